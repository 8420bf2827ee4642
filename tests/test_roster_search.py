"""Rosters found: lines priced as the scorer counts them, bounds below every roster, the best of tiny cases."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.roster.automaton import UnfitRules
from optimizer.roster.curtois import read_curtois
from optimizer.roster.generating import generate, whole_bound
from optimizer.roster.inrc2 import read_inrc2, read_solution
from optimizer.roster.master import Frame, Master, Prices, dear
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Before, Duty, Limits, Need, Person, Roster, RosterProblem, ShiftKind, Wish
from optimizer.roster.proving import Proof, all_lines
from optimizer.roster.score import score
from optimizer.roster.searching import Search
from optimizer.roster.standing import cover_of
from optimizer.roster.ways import NO_SHIFT

DATA = Path(__file__).parent / "data" / "roster"
EARLY, LATE = ShiftKind("E", 480), ShiftKind("L", 480, frozenset({"E"}))
CELLS = (None, Duty("E"), Duty("L"))


@st.composite
def limits(draw: st.DrawFn, most: int, *, hard: bool) -> Limits:
    """Few or many, hard or at a price."""
    low = draw(st.integers(0, most))
    weight = None if hard else float(draw(st.integers(1, 9)))
    return Limits(low, draw(st.integers(max(1, low), most + 1)), weight, weight)


@st.composite
def people(draw: st.DrawFn, name: str, days: int) -> Person:
    """A contract of either benchmark's kind: hard with open ends, or soft with a history."""
    hard = draw(st.booleans())
    before = Before()
    if not hard:
        working = draw(st.integers(0, 3))
        shift = draw(st.sampled_from("EL")) if working else ""
        same = draw(st.integers(1, working)) if working else 0
        before = Before(draw(st.integers(0, 2)), draw(st.integers(0, 1)), shift, same, working, 0 if working else 2)
    return Person(
        name,
        working=draw(limits(3, hard=hard)),
        resting=Limits(draw(st.integers(0, 2))) if hard else draw(limits(3, hard=False)),
        minutes=Limits(0, 480 * draw(st.integers(2, days))) if hard else Limits(),
        assignments=Limits() if hard else draw(limits(days, hard=False)),
        same_shift={} if hard else {"E": draw(limits(3, hard=False))},
        weekends=Limits(0, draw(st.integers(0, 1)), None, None if hard else 7.0),
        half_weekend=0.0 if hard else float(draw(st.integers(0, 5))),
        days_off=frozenset(draw(st.sets(st.integers(0, days - 1), max_size=1))),
        before=before,
        open_start=hard,
    )


@st.composite
def problems(draw: st.DrawFn, days: int, heads: int) -> RosterProblem:
    """A few people over a few days that end in a weekend, with wishes and cover."""
    team = tuple(draw(people(f"p{at}", days)) for at in range(heads))
    wishes = [
        Wish(
            f"p{draw(st.integers(0, heads - 1))}", draw(st.integers(0, days - 1)),
            draw(st.sampled_from(["", "E", "L"])), float(draw(st.integers(1, 5))), draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    needs = tuple(
        Need(day, shift, "", 0, draw(st.integers(0, heads)), float(draw(st.integers(1, 20))), 1.0)
        for day in range(days)
        for shift in "EL"
    )
    return RosterProblem("tiny", days, (EARLY, LATE), team, needs, tuple(wishes), first_weekday=(7 - days) % 7)


def own_points(problem: RosterProblem, person: int, line: tuple[Duty | None, ...]) -> float:
    """What a line costs its person by the scorer, inf where it is illegal; the others have no lines in this count."""
    alone = RosterProblem(
        "one", problem.days, problem.shifts, (problem.people[person],), (),
        tuple(wish for wish in problem.wishes if wish.person == problem.people[person].name), problem.first_weekday,
    )  # fmt: skip
    found = score(alone, Roster((line,)))
    return found.points if found.legal else np.inf


@settings(max_examples=60, deadline=None)
@given(problems(5, 1), st.lists(st.integers(-6, 6), min_size=10, max_size=10))
def test_the_cheapest_line_is_that_of_trying_all(problem: RosterProblem, drawn: list[int]) -> None:
    """3 to the 5 lines under random prices: the walk over states finds the least that the scorer counts."""
    prices = np.array(drawn, dtype=np.float64).reshape(5, 2)
    frame = Frame.of(problem)
    found = Pricing(problem).cheapest(frame.own + prices, frame.rest)
    least = np.inf
    for line in product(CELLS, repeat=5):
        paid = sum(prices[day, "EL".index(duty.shift)] for day, duty in enumerate(line) if duty is not None)
        least = min(least, own_points(problem, 0, line) + paid)
    if not found:
        assert least == np.inf
        return
    assert found[0].cost == pytest.approx(least)
    duties = tuple(None if s == NO_SHIFT else Duty("EL"[s]) for s in found[0].shifts)
    paid = sum(prices[day, shift] for day, shift in enumerate(found[0].shifts) if shift != NO_SHIFT)
    assert own_points(problem, 0, duties) + paid == pytest.approx(least)


@settings(max_examples=40, deadline=None)
@given(problems(4, 1), st.lists(st.integers(-6, 6), min_size=8, max_size=8), st.integers(0, 8))
def test_the_list_of_lines_within_a_slack_holds_all_and_no_other(
    problem: RosterProblem, drawn: list[int], slack: int
) -> None:
    """3 to the 4 lines under random prices of the needs: those within the slack of the cheapest, with their points."""
    frame, pricing = Frame.of(problem), Pricing(problem)
    prices = Prices(np.array(drawn, dtype=np.float64), np.zeros(len(frame.limits)))
    worth = {(need.day, need.shift): price for need, price in zip(problem.needs, drawn, strict=True)}
    reduced = {}
    for line in product(CELLS, repeat=4):
        points = own_points(problem, 0, line)
        if points < np.inf:
            earned = sum(worth[day, duty.shift] for day, duty in enumerate(line) if duty is not None)
            reduced[line] = points - earned, points
    within = {
        line: points for line, (cost, points) in reduced.items()
        if cost <= min(cost for cost, _ in reduced.values()) + slack
    }  # fmt: skip
    found = all_lines(frame, cover_of(frame, dear(frame)), pricing, Proof(prices, 0.0), float(slack))
    assert found is not None
    assert {column.duties(problem): column.cost for column in found} == pytest.approx(within)


def best_of_all(problem: RosterProblem) -> float:
    """The least points of any legal roster, by trying all."""
    lines = [
        [line for line in product(CELLS, repeat=problem.days) if own_points(problem, at, line) < np.inf]
        for at in range(len(problem.people))
    ]
    return min(
        (found.points for chosen in product(*lines) if (found := score(problem, Roster(chosen))).legal), default=np.inf
    )


@settings(max_examples=12, deadline=None)
@given(problems(3, 2))
def test_tiny_rosters_are_the_best_of_all_and_no_bound_lies_above(problem: RosterProblem) -> None:
    """Two people over three days, all pairs of lines tried."""
    best = best_of_all(problem)
    found = Search(problem, seed=1).run(6.0)
    assert found.bound <= best + 1e-6
    if found.roster is None:
        assert best == np.inf
    else:
        assert score(problem, found.roster).points == pytest.approx(found.points)
        assert found.points >= best - 1e-6


@pytest.mark.parametrize(("name", "points"), [("Instance1", 607.0), ("Instance2", 828.0)])
def test_a_small_benchmark_is_solved_and_proven(name: str, points: float) -> None:
    """Curtois and Qu's first two: the best known, proven; the first one's relaxation ends 49 below it."""
    problem = read_curtois(DATA / f"{name}.txt")
    found = Search(problem).run(100.0)
    assert found.roster is not None
    assert (found.points, found.bound) == (points, points)
    assert score(problem, found.roster).points == points


def test_the_bound_of_a_competition_s_instance_lies_below_its_roster() -> None:
    """Two weeks of n005w4: skills, histories and least cover are in the bound, which closes to the relaxation."""
    problem = read_inrc2(DATA, 0, (1, 2), name="n005w4")
    roster = read_solution(problem, [DATA / "Sol-n005w4-1-0.txt", DATA / "Sol-n005w4-2-1.txt"])
    frame = Frame.of(problem)
    made = generate(frame, Pricing(problem), Master(frame, 1e5))
    assert made.done
    assert made.bound == pytest.approx(made.relaxed, abs=1e-3)
    assert whole_bound(frame, made.bound) <= score(problem, roster).points


def test_limits_that_can_not_be_searched_together_are_refused() -> None:
    """Minutes and numbers of shifts are two sums; one is counted."""
    person = Person("A", minutes=Limits(0, 960), assignments=Limits(0, 2, 1, 1))
    with pytest.raises(UnfitRules, match="minutes and on shifts in all can't be searched together"):
        Pricing(RosterProblem("x", 3, (EARLY, LATE), (person,), ()))
