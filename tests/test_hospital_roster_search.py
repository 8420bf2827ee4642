"""The search for hospitals' rosters counts as the recount does, move by move, and finds what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.roster.hospital_annealing import Annealer, warm_up
from optimizer.roster.hospital_floor import breaches, count_all, floor_for, points_of
from optimizer.roster.hospital_laying import laid_out
from optimizer.roster.hospital_making import make_team_roster
from optimizer.roster.hospital_moves import anneal, tidy
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import COLUMNS, duty_rows, read_rows
from optimizer.roster.hospital_score import rescored, team_score
from optimizer.tables import Table
from tests.roster_ward import day, every, needs, problem_of, roster_of, scenario
from tests.test_hospital_roster_rules import RULES

PEOPLE = [
    {"id": "n1", "group": "rn", "grade": 6, "hours_per_week": 32, "rota": "early early off", "nights_before": 1,
     "absent": f"{day(4)}"},
    {"id": "n2", "group": "rn", "grade": 5, "hours_per_week": 24, "weekly_hours_before": 20, "leave": day(7)},
    {"id": "n3", "group": "rn", "contract": "bank", "cost_per_shift": 9, "pay_per_hour": 2},
]  # fmt: skip

WORKED = [
    {"person": "n1", "day": "2026-02-28", "shift": "night"}, {"person": "n1", "day": "2026-03-01", "shift": "night"},
    {"person": "n2", "day": "2026-02-28", "shift": "early"},
]  # fmt: skip


def hard_ones(rules: dict[str, Any]) -> dict[str, Any]:
    """The same rules with no price where a rule may do without one."""
    hard = {key: {**rule, "cost": None} for key, rule in rules.items() if isinstance(rule, dict) and "cost" in rule}
    listed = {key: [{**each, "cost": None} for each in rules[key]] for key in ("forbidden", "counts", "hours", "mix")}
    return {**rules, **hard, **listed, "contract": {"less_cost": None, "more_cost": 1, "more_at_most": 4}}


def crowded(first: int, rules: dict[str, Any]) -> TeamProblem:
    """A ward with every rule there is, from the weekday `first` on."""
    requests = [
        {"person": "n1", "day": day(1), "weight": 2}, {"person": "n1", "day": day(4), "weight": 2, "work": True},
        {"person": "n2", "day": day(5), "shift": "night", "work": True, "weight": None},
    ]  # fmt: skip
    pairs = [{"people": ["n1", "n2"], "together": True, "cost": 1}, {"people": ["n2", "n3"], "cost": 2}]
    data = scenario(9, PEOPLE, rules=rules, needs=every(9, "early", "late", "night"), worked=WORKED,
                    requests=requests, pairs=pairs)  # fmt: skip
    data["horizon"] = {"start": day(first), "days": 9}
    for need in data["roster"]["needs"]:
        need["day"] = day(first + int(need["day"][-2:]) - 2)
    return problem_of(data)


def cells_of(problem: TeamProblem, roster: TeamRoster) -> np.ndarray:
    """(M, D) the duty of each cell."""
    cells = np.full((len(problem.members), problem.days), -1, dtype=np.int64)
    for who, duties in enumerate(roster.duties):
        for at in duties:
            cells[who, problem.slots[at].day] = at
    return cells


@given(
    lines=st.lists(st.text("ELN--", min_size=9, max_size=9), min_size=3, max_size=3),
    first=st.integers(0, 6), hard=st.booleans(),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_compiled_count_and_recount_agree_on_any_roster(lines: list[str], first: int, hard: bool) -> None:
    """Points to the thousandth, and legal or not, with all rules at a price or hard, on any weekday."""
    problem = crowded(first, hard_ones(RULES) if hard else RULES)
    roster = roster_of(problem, *lines)
    recounted = team_score(problem, roster)
    floor = floor_for(laid_out(problem), cells_of(problem, roster))
    cells_kept = [each for each in recounted.hard if each.rule not in ("leave is kept", "duties she may work")]
    assert points_of(floor, 0.0) == pytest.approx(recounted.points, abs=1e-3)
    assert (breaches(floor) > 0) == bool(cells_kept)


@given(lines=st.lists(st.text("ELN--", min_size=9, max_size=9), min_size=4, max_size=4), who=st.integers(0, 2))
@settings(max_examples=25, deadline=None)
def test_a_recount_of_what_changed_is_the_whole_recount(lines: list[str], who: int) -> None:
    """One person's line is another: what is broken, and the points by rule, are those of a recount of everybody."""
    problem = crowded(0, RULES)
    before = team_score(problem, roster_of(problem, *lines[:3]))
    after = roster_of(problem, *(lines[3] if at == who else line for at, line in enumerate(lines[:3])))
    found, whole = rescored(problem, after, before, {who}), team_score(problem, after)
    assert sorted(map(repr, found.broken)) == sorted(map(repr, whole.broken))
    assert found.by_rule == pytest.approx(whole.by_rule)


def test_moves_keep_count_of_what_they_change() -> None:
    """After thousands of moves the figures carried along are those of a fresh count, and the best is as said."""
    problem = crowded(0, RULES)
    ward = laid_out(problem)
    floor = floor_for(ward, np.full((3, 9), -1, dtype=np.int64))
    best = floor.cells.copy()
    least, made = anneal(ward, floor, best, np.inf, 1000.0, 20_000, 50.0, 1.0, np.random.default_rng(0))
    carried = points_of(floor, 1000.0)
    count_all(ward, floor)
    assert made > 100
    assert carried == pytest.approx(points_of(floor, 1000.0), abs=1e-6)
    assert least == pytest.approx(points_of(floor_for(ward, best), 1000.0), abs=1e-6)


def test_locked_cells_and_days_away_are_never_touched() -> None:
    """n1 is locked to a late on day 0 and to nothing on day 1, n2 away on day 2: so it stays, whatever it costs."""
    people = [{"id": "n1", "group": "rn"}, {"id": "n2", "group": "rn", "leave": day(2)}]
    locked = [{"person": "n1", "day": day(0), "shift": "late"}, {"person": "n1", "day": day(1)}]
    problem = problem_of(scenario(3, people, needs=every(3, "early", "late", people=2), locked=locked))
    plan = make_team_roster(problem, seconds=5, work=2)
    assert plan.legal
    assert [problem.slots[at].shift for at in plan.roster.cell(problem, 0, 0)] == ["late"]
    assert not plan.roster.cell(problem, 0, 1)
    assert not plan.roster.cell(problem, 1, 2)


def test_prices_far_apart_do_not_make_a_roster_illegal() -> None:
    """A missing person costs a million, rest is hard: the late before the early stays uncovered all the same."""
    rules = {"rest": {"hours": 11}}
    problem = problem_of(scenario(2, 1, rules=rules, needs=needs((0, "late", 1), (1, "early", 1), cost=1e6)))
    plan = make_team_roster(problem, seconds=5, work=2)
    assert plan.legal
    assert plan.points == 1e6


def test_a_first_roster_is_there_at_once_and_a_start_is_never_lost() -> None:
    """Hardly any time: the roster given to begin with, or a better one."""
    problem = problem_of(scenario(7, 5, needs=every(7, "early", "late", "night")))
    annealer = Annealer(problem)
    start = roster_of(problem, "EEEEE--", "LLLLL--", "NNNNN--", "-----EL", "------N")
    annealer.adopt(start)
    assert annealer.points == pytest.approx(300.0)  # late and night of day 5, early of day 6
    assert make_team_roster(problem, seconds=0.0, start=start).points <= 300.0


def test_what_is_compiled_ahead_is_what_is_used() -> None:
    """A ward without people or duties, and one with every rule: the same machine code serves both."""
    warm_up()
    make_team_roster(crowded(0, RULES), work=1)
    assert all(len(each.signatures) == 1 for each in (anneal, tidy, count_all, points_of, breaches))


def test_duties_that_ask_for_a_skill_come_back_as_they_were(tmp_path: Path) -> None:
    """Two earlies of a day, one of which asks for a skill: the table of the roster tells them apart."""
    people = [{"id": "n1", "group": "rn", "skills": "iv"}, {"id": "n2", "group": "rn"}]
    wanted = [*needs((0, "early", 1)), {**needs((0, "early", 1))[0], "skill": "iv"}]
    problem = problem_of(scenario(1, people, needs=wanted))
    roster = TeamRoster((frozenset({1}), frozenset({0})))
    (tmp_path / "roster.csv").write_text(Table("roster", COLUMNS, tuple(duty_rows(problem, roster))).to_csv())
    assert read_rows(tmp_path / "roster.csv", [problem]) == (roster,)
