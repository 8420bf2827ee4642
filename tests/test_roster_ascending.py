"""Prices found by ascent: what they prove, and where generation goes on from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.roster.ascending import ascend, relax
from optimizer.roster.curtois import read_curtois
from optimizer.roster.finding import Finder
from optimizer.roster.generating import generate
from optimizer.roster.inrc2 import read_inrc2
from optimizer.roster.master import Frame, Master, dear
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Limits, Need, Person, Roster, RosterProblem, ShiftKind
from optimizer.roster.score import score

DATA = Path(__file__).parent / "data" / "roster"


def begun(problem: RosterProblem) -> tuple[Frame, Pricing, Finder]:
    """A problem with a first roster."""
    frame, pricing = Frame.of(problem), Pricing(problem)
    finder = Finder(frame, pricing, dear(frame))
    assert finder.begin()
    return frame, pricing, finder


@pytest.mark.parametrize("name", ["Instance2", "n005w4"])
def test_an_ascent_comes_near_to_the_relaxation_and_never_above_it(name: str) -> None:
    """The prices prove the bound told, which lies at most a twentieth below the relaxation's cost."""
    problem = read_curtois(DATA / f"{name}.txt") if name == "Instance2" else read_inrc2(DATA, 0, (1, 2), name=name)
    frame, pricing, finder = begun(problem)
    master = Master(frame, dear(frame))
    for column in finder.columns():
        master.add(column)
    relaxed = generate(frame, pricing, master).relaxed
    found = ascend(frame, pricing, finder.columns(), most=100)
    lines = pricing.cheapest(frame.prices(found.prices), frame.rest)
    assert found.bound == pytest.approx(frame.bound(found.prices, lines))
    assert 0.95 * relaxed <= found.bound <= relaxed + 1e-3


def test_generation_that_goes_on_from_an_ascent_solves_the_same_relaxation() -> None:
    """The relaxation costs the same from nothing and from where an ascent ended, and its bound closes to it."""
    problem = read_curtois(DATA / "Instance2.txt")
    frame, pricing, finder = begun(problem)
    alone, after = Master(frame, dear(frame)), Master(frame, dear(frame))
    made = relax(frame, pricing, after, finder.columns())
    assert made.done
    assert made.relaxed == pytest.approx(generate(frame, pricing, alone).relaxed, abs=1e-3)
    assert made.bound == pytest.approx(made.relaxed, abs=1e-3)


def test_the_lines_of_an_ascent_are_legal_and_cost_what_the_scorer_counts() -> None:
    """Every column of a week of five nurses, as a roster of that person alone."""
    problem = read_inrc2(DATA, 0, (1,), name="n005w4")
    frame, pricing, finder = begun(problem)
    for column in ascend(frame, pricing, finder.columns(), most=10).columns:
        person = problem.people[column.person]
        alone = RosterProblem(
            "one", problem.days, problem.shifts, (person,), (),
            tuple(wish for wish in problem.wishes if wish.person == person.name), problem.first_weekday,
        )  # fmt: skip
        found = score(alone, Roster((column.duties(problem),)))
        assert found.legal
        assert found.points == pytest.approx(column.cost)


def test_limits_on_a_person_s_shift_have_prices_in_an_ascent() -> None:
    """One person may work 1 of 2 early shifts wanted at 10 each, so any roster costs 10; the ascent proves above 8."""
    person = Person("A", most_of={"E": 1}, working=Limits(0, 2))
    needs = tuple(Need(day, "E", "", 0, 1, 10.0, 1.0) for day in range(2))
    problem = RosterProblem("x", 2, (ShiftKind("E", 480),), (person,), needs)
    frame, pricing, finder = begun(problem)
    assert 8.0 < ascend(frame, pricing, finder.columns(), most=60).bound <= 10.0 + 1e-6
