"""Rosters recounted without a solver: each rule by hand, and a published roster against its official breakdown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.roster.curtois import read_curtois
from optimizer.roster.inrc2 import read_inrc2, read_solution
from optimizer.roster.problem import Before, Duty, Limits, Need, Person, Roster, RosterProblem, ShiftKind, Wish
from optimizer.roster.runs import runs
from optimizer.roster.score import Score, score
from optimizer.scenario.faults import ScenarioError

DATA = Path(__file__).parent / "data" / "roster"
EARLY, LATE = ShiftKind("E", 480), ShiftKind("L", 480, frozenset({"E"}))


def scored(line: str, person: Person, **more: object) -> Score:
    """The score of one person's line, a letter a day, `-` for a day off; days begin on a Monday."""
    problem = RosterProblem("x", len(line), (EARLY, LATE), (person,), (), ())
    problem = replace(problem, **more)  # type: ignore[arg-type]
    return score(problem, Roster((tuple(None if cell == "-" else Duty(cell) for cell in line),)))


def broken(line: str, person: Person, **more: object) -> list[tuple[str, int, float]]:
    """Each broken rule with how often, and its points."""
    return [(each.rule, each.amount, each.cost) for each in scored(line, person, **more).broken]


def test_runs_carry_on_from_the_day_before() -> None:
    """Two days worked before and one more are three; a run that day 0 does not continue ended before it."""
    carried = runs([True, False, False], (True, 2))
    assert [(run.kind, run.length, run.inside) for run in carried] == [(True, 3, 1), (False, 2, 2)]
    ended = runs([False], (True, 2))
    assert [(run.kind, run.length, run.inside) for run in ended] == [(True, 2, 0), (False, 1, 1)]


def test_a_shift_that_leaves_no_rest_is_illegal() -> None:
    """An early the day after a late; after a day between it is fine."""
    assert broken("LE", Person("A")) == [("shifts leave rest before the next", 1, 0.0)]
    assert scored("L-E", Person("A")).legal


def test_the_shift_before_day_0_counts() -> None:
    """A late yesterday forbids an early today."""
    assert not scored("E", Person("A", before=Before(shift="L", working=1, same_shift=1))).legal


def test_a_run_that_touches_an_end_may_be_short_and_never_long() -> None:
    """At least 2 and at most 3 days in a row: 1 in the middle is short, 1 at either end is not, 4 are too many."""
    person = Person("A", working=Limits(2, 3))
    assert scored("E--EE--E", person).legal
    assert broken("--E--", person) == [("days worked in a row", 1, 0.0)]
    assert broken("EEEE-", person) == [("days worked in a row", 1, 0.0)]


def test_days_over_the_most_cost_once_in_the_horizon_they_lie_in() -> None:
    """6 days before and 2 more are 8, at most 5: the 2 inside cost 30 each, the one before was paid for already."""
    person = Person(
        "A", working=Limits(0, 5, 30, 30), before=Before(working=6, shift="E", same_shift=6), open_start=False
    )
    assert broken("EE-", person) == [("days worked in a row", 2, 60.0)]


def test_a_run_that_ended_before_day_0_is_charged_what_it_lacks() -> None:
    """One day of rest before and none inside, at least 2 wanted."""
    person = Person("A", resting=Limits(2, 9, 30, 30), before=Before(resting=1), open_start=False)
    assert broken("E", person) == [("days off in a row", 1, 30.0)]


def test_minutes_lie_within_the_contract() -> None:
    """3 shifts of 480 are 1,440: 40 over 1,400, 60 under 1,500."""
    assert broken("EEE", Person("A", minutes=Limits(0, 1400))) == [("minutes are the contract's", 40, 0.0)]
    assert broken("EEE", Person("A", minutes=Limits(1500))) == [("minutes are the contract's", 60, 0.0)]


def test_a_weekend_counts_if_either_day_is_worked() -> None:
    """Saturday of the first week and Sunday of the second: 2 weekends of 1, both half at 30."""
    person = Person("A", weekends=Limits(0, 1, None, 20.0), half_weekend=30.0)
    assert broken("-----E-------E", person) == [
        ("weekends worked", 1, 20.0), ("weekends whole", 1, 30.0), ("weekends whole", 1, 30.0),
    ]  # fmt: skip


def test_wishes_cost_their_weight_where_they_are_not_granted() -> None:
    """Asked for E on day 0 and got L (3), asked not to work day 1 and does (5), asked off L on day 2 and has E (0)."""
    asked = (Wish("A", 0, "E", 3, True), Wish("A", 1, "", 5, False), Wish("A", 2, "L", 7, False))
    assert scored("LLE", Person("A"), wishes=asked).points == 8.0


def test_cover_costs_by_person_missing_or_too_many() -> None:
    """2 wanted at 100 and 1 there is 100; 0 wanted at 1 and 1 there is 1; below the least it is illegal."""
    needs = Need(0, "E", "", 0, 2, 100, 1), Need(1, "E", "", 0, 0, 100, 1)
    assert scored("EE", Person("A"), needs=needs).points == 101.0
    assert not scored("-", Person("A"), needs=(Need(0, "E", "", 1, 1, 100, 1),)).legal


def test_the_official_breakdown_of_a_published_roster_is_met_point_for_point() -> None:
    """n005w4, history 0, weeks 1-2-3-3: its validator says 320, 465, 330, 70, 210, 60, 240, in all 1,695."""
    problem = read_inrc2(DATA, 0, (1, 2, 3, 3), name="n005w4")
    weeks = [DATA / f"Sol-n005w4-{week}-{at}.txt" for at, week in enumerate((1, 2, 3, 3))]
    found = score(problem, read_solution(problem, weeks))
    assert found.legal
    assert found.points == 1695.0
    points = found.by_rule
    assert points["shifts in all are the contract's"] == 320.0
    assert points["days worked in a row"] + points["days of one shift in a row"] == 465.0
    assert points["days off in a row"] == 330.0
    assert points["wishes"] == 70.0
    assert points["weekends worked"] == 210.0
    assert points["weekends whole"] == 60.0
    assert points["wanted cover"] == 240.0


def test_a_roster_of_the_wrong_size_is_refused() -> None:
    """Two days for a problem of three."""
    problem = RosterProblem("x", 3, (EARLY,), (Person("A"),), ())
    with pytest.raises(ValueError, match="a roster of 1 people needs 3 days for each of them"):
        score(problem, Roster(((None, None),)))


def test_every_fault_of_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    """A shift nobody knows, a day past the last, an employee misspelt and a weight that is none."""
    text = (DATA / "Instance1.txt").read_text(encoding="utf-8")
    text = text.replace("A,2,D,2", "A,2,X,2").replace("B,0,D,3", "B,99,D,3").replace("C,12,D,1", "Q,12,D,many")
    path = tmp_path / "bad.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_curtois(path)
    told = str(caught.value)
    assert "bad.txt:35:5  no shift is called 'X'" in told
    assert "bad.txt:37:3  day 99 is past the last, 13; days count from 0" in told
    assert "bad.txt:59:1  no employee is called 'Q'" in told
    assert "bad.txt:59:8  a weight must be a whole number of 0 or more, got 'many'" in told


def test_a_scenario_that_breaks_off_says_so(tmp_path: Path) -> None:
    """Five nurses are announced, four follow."""
    for path in DATA.glob("*n005w4*.txt"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("Nguyen FullTime 1 Nurse", ""), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"Sc-n005w4\.txt:23:10  5 NURSES are to follow, 4 do"):
        read_inrc2(tmp_path, 0, (1,), name="n005w4")
