"""Where no legal roster exists, the rules that clash are named, and none of them can be left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.roster_clash import fact_lines
from optimizer.roster.clashing import Clash, clash_of
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_score import team_score
from tests.command import run
from tests.roster_ward import day, every, needs, problem_of, scenario

FIVE: dict[str, Any] = {"rest": {"hours": 11}, "counts": [{"days": 7, "most": 5}]}


def told(problem: TeamProblem) -> tuple[Clash, list[str]]:
    """What clashes, and in words."""
    clash = clash_of(problem, seconds=30)
    return clash, list(fact_lines(problem, clash.facts))


def test_leave_and_a_need_clash_and_nothing_else_is_named() -> None:
    """Two earlies on day 2 for n1, on leave, and n2; n3 works lates only, and the night before has n2 to spare."""
    people = [
        {"id": "n1", "group": "rn", "leave": f"{day(1)}..{day(2)}"}, {"id": "n2", "group": "rn"},
        {"id": "n3", "group": "rn", "shifts": "late"},
    ]  # fmt: skip
    wanted = needs((2, "early", 2), (2, "late", 1), (0, "night", 1), cost=None)
    clash, lines = told(problem_of(scenario(4, people, rules=FIVE, needs=wanted)))
    assert (clash.decided, clash.minimal) == (True, True)
    assert lines == [
        "people wanted: early all rn: 2 wanted, 2 may work it, Wed 4 Mar",
        "leave is kept: n1, Wed 4 Mar",
    ]


def test_without_any_one_of_the_needs_the_others_can_be_met() -> None:
    """Four duties on day 1 for three people: all of that day's needs clash, and without any one of them all is well."""
    wanted: list[Any] = [
        *needs((1, "early", 2), (1, "late", 1), (1, "night", 1), cost=None),
        *every(4, "late", cost=None)[2:],
    ]
    problem = problem_of(scenario(4, 3, needs=wanted))
    clash, _ = told(problem)
    assert clash.minimal
    assert [(fact.rule, fact.days) for fact in clash.facts] == [("people wanted", (1,))] * 3
    for at, slot in enumerate(problem.slots[:3]):
        fewer = (*problem.slots[:at], replace(slot, wanted=0), *problem.slots[at + 1 :])
        assert clash_of(replace(problem, slots=fewer)).roster is not None


def test_where_nothing_clashes_a_legal_roster_is_given() -> None:
    """Two shifts a day are no more than three people can work: the roster stands its recount."""
    problem = problem_of(scenario(7, 3, rules=FIVE, needs=every(7, "early", "late", cost=None)))
    clash = clash_of(problem)
    assert clash.roster is not None
    assert team_score(problem, clash.roster).legal
    assert clash.facts == ()


def test_without_time_nothing_is_claimed() -> None:
    """No second to look: neither a clash nor a roster."""
    problem = problem_of(scenario(7, 3, rules=FIVE, needs=every(7, "early", "late", "night", cost=None)))
    assert clash_of(problem, seconds=0.0) == Clash(decided=False)


def test_locks_pairs_and_mixes_are_named(tmp_path: Path) -> None:
    """n1 locked on the early, n2 in charge wanted there, and the two kept apart: three facts, exit 3."""
    people: list[dict[str, Any]] = [{"id": "n1", "group": "rn"}, {"id": "n2", "group": "rn", "grade": 7}]
    rules = {**FIVE, "mix": [{"grade_from": 7, "at_least": 1}]}
    data = scenario(
        2, people, rules=rules, needs=needs((0, "early", 1)), pairs=[{"people": ["n1", "n2"]}],
        locked=[{"person": "n1", "day": day(0), "shift": "early"}],
    )  # fmt: skip
    (tmp_path / "ward.json").write_text(json.dumps(data))
    done = run("roster", tmp_path / "ward.json", "--time-limit", "5", "-o", tmp_path / "made")
    assert done.exit_code == 3, done.stderr
    assert "These can't all hold; without any one of them the others can:" in done.stdout
    assert "  locked cells: n1: early all rn, Mon 2 Mar" in done.stdout
    assert "  skill and grade mix: early all: at least 1 of grade 7 or more, Mon 2 Mar" in done.stdout
    assert "  apart: n1 with n2, Mon 2 Mar" in done.stdout
    said = json.loads((tmp_path / "made" / "plan.json").read_text())["clashes"][0]
    assert (said["minimal"], len(said["facts"])) == (True, 3)
