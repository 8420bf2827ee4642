"""Rosters of hospitals' own people: made, certified, changed after absences, explained, edited and read back."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from api.roster_book import read_book, roster_book
from optimizer.roster.certifying import certify, pool_problem
from optimizer.roster.changing import as_it_is, read_absence, reroster
from optimizer.roster.explaining import Bench, NoSuchCell, reasons, why, why_not
from optimizer.roster.hospital_clock import Clock, ShiftTimes
from optimizer.roster.hospital_making import TeamPlan, make_team_roster
from optimizer.roster.hospital_problem import Slot, TeamRoster
from optimizer.roster.hospital_reading import read_told, stated_slots, team_problem
from optimizer.roster.hospital_score import team_score
from optimizer.roster.hospital_tables import read_entries
from optimizer.roster.hospital_wards import wards
from optimizer.roster.planned import Pool
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.rostering import RosterPerson
from optimizer.scenario.staff import Rest
from tests.roster_ward import day, every, needs, problem_of, roster_of, scenario

TIRED: dict[str, Any] = {"rest": {"hours": 11}, "counts": [{"days": 7, "most": 5}], "change_cost": 1}


def least(data: dict[str, Any]) -> float:
    """The points of the best roster, by trying every one: days x shifts for each person."""
    problem = problem_of(data)
    lines = ["".join(line) for line in product("ELN-", repeat=problem.days)]
    scores = (team_score(problem, roster_of(problem, *pick)) for pick in product(lines, repeat=len(problem.members)))
    return min(score.points for score in scores if score.legal)


def test_a_roster_is_proven_the_best_of_all_that_there_are() -> None:
    """Two people, three days, a shift of each kind on each: as good as the best of 4,096 rosters, and proven."""
    rules = {**TIRED, "fairness": [{"of": "nights", "cost": 2}], "nights": {"least": 2, "cost": 3}}
    requests = [{"person": "n1", "day": day(1), "shift": "early", "weight": 7}]
    data = scenario(3, 2, rules=rules, needs=every(3, "early", "late", "night", cost=10), requests=requests)
    plan = make_team_roster(problem_of(data), seconds=30)
    assert plan.status == "optimal"
    assert plan.points == pytest.approx(least(data))
    assert plan.bound == pytest.approx(plan.points)


def test_a_search_stopped_by_work_is_the_same_every_time() -> None:
    """The same seed and work give the same roster, whatever the clock."""
    data = scenario(7, 4, rules=TIRED, needs=every(7, "early", "late", "night"))
    first, second = (make_team_roster(problem_of(data), seconds=60, seed=3, work=4) for _ in range(2))
    assert first.roster == second.roster
    assert first.legal


def test_a_need_that_nobody_can_meet_is_no_legal_roster_and_is_named() -> None:
    """Two are needed, hard, and one is there: proven infeasible, the missing person told."""
    plan = make_team_roster(problem_of(scenario(1, 1, needs=needs((0, "early", 2), cost=None))), seconds=20)
    assert not plan.legal
    assert plan.status == "infeasible"
    assert [each.what for each in plan.score.hard] == ["early all rn: 1 of 2"]


def test_wards_that_share_nobody_are_rostered_apart() -> None:
    """Two units are two wards; one nurse who may go to the other makes them one."""
    data = scenario(2, [{"id": "a1", "group": "rn", "unit": "A"}, {"id": "b1", "group": "rn", "unit": "B"}])
    data["units"] = {"A": {"beds": 1}, "B": {"beds": 1}}
    data["roster"]["needs"] = [{"day": day(0), "shift": "early", "unit": unit, "people": 1} for unit in "AB"]
    assert [part.name for part in wards(problem_of(data))] == ["A-rn", "B-rn"]
    data["roster"]["people"][0]["units"] = "B"
    assert len(wards(problem_of(data))) == 1


CLOCK = Clock(None, None, {"early": ShiftTimes(420, 480, 480, night=False), "night": ShiftTimes(1260, 600, 600, True)})


def pool(*wanted: tuple[int, str, int]) -> Pool:
    """A pool with so many people planned on some shifts."""
    stints = ((CLOCK.stint(shift, at), people) for at, shift, people in wanted)
    slots = (Slot(s.day, s.shift, s.start, s.end, s.paid, s.night, "A", "rn", n, 1.0) for s, n in stints)
    return Pool("rn", "A", tuple(slots))


def test_a_plan_that_people_can_work_is_certified_in_full() -> None:
    """Five days of a shift for two of two people: ten duties, all of them placed."""
    duties = pool(*((at, "early", 2) for at in range(5)))
    found = certify(pool_problem(duties, CLOCK, 7, 2.0, Rest(), {}), duties)
    assert (found.placed, found.unplaced, found.proven) == (10, (), True)


def test_what_cannot_be_placed_is_told_and_proven() -> None:
    """One person, six earlies in seven days of which five may be worked; a night before an early takes one more."""
    six = pool(*((at, "early", 1) for at in range(6)))
    assert certify(pool_problem(six, CLOCK, 7, 1.0, Rest(), {}), six).placed == 5
    seam = pool((0, "night", 1), (1, "early", 1))
    found = certify(pool_problem(seam, CLOCK, 7, 1.0, Rest(), {}), seam)
    assert (found.placed, found.proven, len(found.unplaced)) == (1, True, 1)
    tired = pool((0, "early", 1))
    assert certify(pool_problem(tired, CLOCK, 7, 1.0, Rest(), {"night": 1}), tired).placed == 0


@pytest.fixture(scope="module")
def plan() -> TeamPlan:
    """Five people on three shifts of a week, one each: 21 duties where 25 could be worked; n2 is free for more."""
    problem = problem_of(scenario(7, 5, rules=TIRED, needs=every(7, "early", "late", "night")))
    return as_it_is(problem, roster_of(problem, "EEEE--L", "----EEE", "LLLLL--", "NNNN-L-", "----NNN"))


def test_without_events_nothing_changes(plan: TeamPlan) -> None:
    """A published roster stays to the last cell."""
    changed = reroster(plan.problem, plan.roster, [])
    assert (changed.plan.roster, changed.changes) == (plan.roster, ())


def test_an_absence_changes_little_after_it_and_nothing_before(plan: TeamPlan) -> None:
    """Whoever works day 3 falls out: days before stay, the duty is taken, rest is kept, and it is told who could."""
    slot = next(at for at, each in enumerate(plan.problem.slots) if each.day == 3 and each.shift == "early")
    who = next(member.id for member, duties in zip(plan.problem.members, plan.roster.duties, strict=True)
               if slot in duties)  # fmt: skip
    changed = reroster(plan.problem, plan.roster, [read_absence(f"{who}:{day(3)}", plan.problem)], seconds=10)
    assert changed.plan.legal
    assert not [each for each in changed.plan.score.broken if each.rule == "people wanted"]
    assert all(change.day >= 3 for change in changed.changes)
    assert len(changed.changes) <= 4
    assert changed.suggestions[0][0] == slot
    assert changed.suggestions[0][1]


def test_an_absence_of_nobody_is_refused(plan: TeamPlan) -> None:
    """A name that nobody has, a day that is none, days outside the roster."""
    with pytest.raises(NoSuchCell, match="nobody is called x9"):
        reroster(plan.problem, plan.roster, [read_absence(f"x9:{day(3)}", plan.problem)])
    for text, message in (("n1", "reads like"), ("n1:2026-02-30", "day"), ("n1:2027-01-01", "the roster runs from")):
        with pytest.raises(NoSuchCell, match=message):
            read_absence(text, plan.problem)


def test_why_she_and_why_not_he_are_told_with_their_price() -> None:
    """n1 works the early; without her it is 100 short; n2, asked not to, costs 3; n3 is on leave."""
    people = [{"id": "n1", "group": "rn"}, {"id": "n2", "group": "rn"}, {"id": "n3", "group": "rn", "leave": day(0)}]
    requests = [{"person": "n2", "day": day(0), "weight": 3}]
    problem = problem_of(scenario(1, people, needs=needs((0, "early", 1)), requests=requests))
    bench = Bench.of(problem, roster_of(problem, "E", "-", "-"))
    answer = why(bench, 0, 0)
    assert answer.without.points == 100.0
    assert (answer.others[0].member, answer.others[0].difference.points) == (1, 3.0)
    added, swapped = why_not(bench, 1, 0)
    assert added.points == 3.0
    assert swapped[0].difference.points == 3.0
    assert [each.rule for each in why_not(bench, 2, 0)[0].broken] == ["leave is kept"]
    empty = Bench.of(problem, TeamRoster((frozenset(), frozenset(), frozenset())))
    assert {reason: [each.member for each in who] for reason, who in reasons(empty, 0).items()} == {
        "legal, at a price": [0, 1],
        "on leave": [2],
    }


def test_a_workbook_reads_back_as_it_was_written_and_names_a_bad_cell(plan: TeamPlan, tmp_path: Path) -> None:
    """The same roster comes back; a shift that is not there is told with sheet and cell."""
    from openpyxl import load_workbook

    path = tmp_path / "roster.xlsx"
    path.write_bytes(roster_book([plan]))
    assert read_book(path, [plan.problem]) == (plan.roster,)
    book = load_workbook(path)
    book["ward"]["E2"] = "twilight"
    book.save(path)
    with pytest.raises(ScenarioError, match="ward!E2: no duty twilight; that day: early, late, night"):
        read_book(path, [plan.problem])


def test_a_table_of_people_tells_every_fault_at_its_cell(tmp_path: Path) -> None:
    """A name in place of a pseudonym, a grade that is none, and columns that say who somebody is."""
    path = tmp_path / "people.csv"
    path.write_text("id,group,grade\nAnne,rn,5\nn2,rn,high\n")
    with pytest.raises(ScenarioError) as caught:
        read_entries(path, RosterPerson)
    told = [(each.line, each.column, each.message.split(":")[0]) for each in caught.value.faults]
    assert told == [(2, 1, "id"), (3, 3, "grade")]
    path.write_text("id,group,surname,hour_per_week\nn1,rn,Smith,30\n")
    with pytest.raises(ScenarioError, match=r"surname tells who somebody is.*\n.*unknown column hour_per_week"):
        read_entries(path, RosterPerson)


def test_what_names_nobody_or_nothing_is_told_all_at_once() -> None:
    """A wish, a pair and a locked cell of strangers; a need of a shift there is not."""
    data = scenario(
        1, 1, needs=needs((0, "early", 1)), requests=[{"person": "n9", "day": day(0)}],
        pairs=[{"people": ["n1", "n8"]}], locked=[{"person": "n1", "day": day(0), "shift": "late"}],
    )  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        problem_of(data)
    assert [(each.where, each.message, each.hint) for each in caught.value.faults] == [
        ("/roster/locked/0", "n1 can't work late on 2026-03-02", ""),
        ("/roster/pairs/0", "nobody is called n8", "known here: n1"),
        ("/roster/requests/0", "nobody is called n9", "known here: n1"),
    ]
    told = read_told(open_data(scenario(1, 1, needs=needs((0, "twilight", 1)))))
    with pytest.raises(ScenarioError, match="/roster/needs/0: must say a shift"):
        team_problem(told, stated_slots(told))


def test_entries_of_tables_and_scenario_are_told_at_their_lines_all_at_once(tmp_path: Path) -> None:
    """A need of no shift on line 3 of its table, a doubled person on lines 2 and 3 of hers, a pair of a stranger."""
    (tmp_path / "people.csv").write_text("id,group\nn1,rn\nn1,rn\n")
    (tmp_path / "needs.csv").write_text(f"day,shift,people\n{day(0)},early,1\n{day(0)},nihgt,1\n")
    (tmp_path / "ward.yaml").write_text(
        "schema: 1\nid: ward\nhorizon: {start: 2026-03-02, days: 1}\n"
        'shifts: {early: {start: "07:00", hours: 8}, night: {start: "21:00", hours: 10}}\n'
        "roster:\n  people_file: people.csv\n  needs_file: needs.csv\n  pairs:\n    - {people: [n1, n7]}\n"
    )
    told = read_told(open_scenario(tmp_path / "ward.yaml"))
    with pytest.raises(ScenarioError) as caught:
        stated_slots(told)
    assert sorted((Path(each.file).name, each.line) for each in caught.value.faults) == [
        ("needs.csv", 3), ("people.csv", 2), ("people.csv", 3), ("ward.yaml", 9),
    ]  # fmt: skip
