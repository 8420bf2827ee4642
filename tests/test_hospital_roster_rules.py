"""Each rule of a hospital's roster is recounted as a person would count it, and the program holds the same rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.roster.hospital_elastic import completed, elastic
from optimizer.roster.hospital_program import ROWS, roster_program
from optimizer.roster.hospital_score import TEAM_RULES, team_score
from tests.roster_ward import day, every, needs, problem_of, roster_of, scenario


def counted(rules: Mapping[str, Any], *lines: str, days: int = 7, **more: Any) -> dict[str, list[tuple[Any, ...]]]:
    """What a roster of early, late and night shifts breaks, by rule: person, day, amount, cost (None: hard)."""
    people = more.pop("people", len(lines))
    data = scenario(days, people, rules=rules, needs=every(days, "early", "late", "night", people=0), **more)
    problem = problem_of(data)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for each in team_score(problem, roster_of(problem, *lines)).broken:
        found.setdefault(each.rule, []).append((each.person, each.day, each.amount, each.weight))
    return found


def test_rest_counts_hours_between_duties_and_knows_exceptions() -> None:
    """Late ends at 22:00: nine hours before an early, which 11 forbid and an exception of 9 allows."""
    rule = {"rest": {"hours": 11}}
    assert counted(rule, "L E - - - - -") == {"rest between duties": [("n1", 1, 1, None)]}
    excused = {"rest": {"hours": 11, "exceptions": [{"after": "late", "before": "early", "hours": 9}]}}
    assert counted(excused, "L E - - - - -") == {}


def test_a_forbidden_succession_is_told_whatever_the_hours() -> None:
    """Early after night is forbidden on the next day only."""
    rule = {"forbidden": [{"after": "late", "before": "night", "cost": 3}]}
    assert counted(rule, "L N - L - N -") == {"shifts that may not follow": [("n1", 1, 1, 3.0)]}


def test_counts_hold_in_every_window_and_over_the_whole() -> None:
    """Four in any three days are impossible; three nights in the week are one more than two."""
    rule = {"counts": [{"days": 3, "most": 2, "cost": 1}, {"shifts": ["night"], "most": 2, "cost": 5}]}
    # days 0-2: 3 worked; days 1-3: 2; days 2-4: 2; days 3-5: 2; days 4-6: 2; nights on days 1, 4, 5
    found = counted(rule, "E N E - N N -")
    assert found == {"shifts in a period": [("n1", 2, 1, 1.0), ("n1", 6, 1, 5.0)]}


def test_hours_of_17_weeks_count_the_usual_hours_of_weeks_that_nobody_told() -> None:
    """119 days of which 112 are unknown at 48 h a week: 768 h; six earlies and a night make 58 of the 48 left."""
    rule = {"hours": [{"days": 119, "most": 816, "cost": 1, "unknown": "contract"}]}
    people = [{"id": "n1", "group": "rn", "weekly_hours_before": 48}]
    found = counted(rule, "E E E E E E N", people=people)
    # day 5's window holds 113 unknown days: 774.86 + 48 = 822.86 h, 6.857 h over = 411 min; day 6's 768 + 58 = 826
    assert [(each[1], each[2]) for each in found["hours in a period"]][-1] == (6, 600)


def test_contract_hours_are_owed_less_leave_and_with_what_was_owed() -> None:
    """40 h a week less a day of leave and plus 4 h owed is 36: three earlies are 12 h short."""
    rule = {"contract": {"less_cost": 2, "more_cost": 1}}
    people = [{"id": "n1", "group": "rn", "hours_per_week": 40, "leave": day(4), "hours_owed": 4}]
    found = counted(rule, "E E E - - - -", people=people)
    assert found == {"contract hours": [("n1", None, 12 * 60, pytest.approx(2 / 60))]}


def test_runs_of_work_and_of_rest_are_neither_too_short_nor_too_long() -> None:
    """At most three and at least two days of work, at least two off; a run at the end may go on."""
    rule = {"working_run": {"least": 2, "most": 3, "cost": 1}, "resting_run": {"least": 2, "cost": 1}}
    found = counted(rule, "E - E E E E -")
    assert found == {
        "working days in a row": [("n1", 5, 1, 1.0), ("n1", 0, 1, 1.0)],  # four in a row; a single day at the start
        "rest days in a row": [("n1", 1, 1, 1.0)],
    }


def test_nights_come_in_blocks_with_rest_after_them() -> None:
    """A single night is one short of two; a late 31 h after it is too soon for 46."""
    rule = {"nights": {"least": 2, "most": 3, "rest_hours": 46, "cost": 1}}
    found = counted(rule, "N - L - - - -")
    assert found == {"nights in blocks": [("n1", 0, 1, 1.0)], "rest after nights": [("n1", 2, 1, 1.0)]}


def test_duties_before_the_roster_count() -> None:
    """Four days worked before it and two inside are one more than five in a row; a night before forbids an early."""
    worked = [{"person": "n1", "day": f"2026-02-{at}", "shift": "early"} for at in (26, 27, 28)]
    worked.append({"person": "n1", "day": "2026-03-01", "shift": "night"})
    rule = {"working_run": {"most": 5, "cost": 1}, "rest": {"hours": 11, "cost": 1}}
    found = counted(rule, "E E - - - - -", worked=worked)
    assert found["working days in a row"] == [("n1", 1, 1, 1.0)]
    assert found["rest between duties"] == [("n1", 0, 1, 1.0)]  # the night ends at 07:00, when the early begins


def test_what_an_absence_cuts_short_is_excused() -> None:
    """Absent on day 1 and 5: one night before it, one day off in it, half a weekend and few shifts break nothing."""
    people = [{"id": "n1", "group": "rn", "absent": f"{day(1)}; {day(5)}"}, {"id": "n2", "group": "rn"}]
    rule = {
        "nights": {"least": 2}, "working_run": {"least": 2}, "resting_run": {"least": 2}, "weekends": {"whole_cost": 4},
        "counts": [{"least": 4}], "hours": [{"least": 30}],
    }  # fmt: skip
    requests = [{"person": "n1", "day": day(1), "work": True, "weight": None}]
    pairs = [{"people": ["n1", "n2"], "together": True}]
    # n2 works day 1 without her, and is excused from nothing: single days off on days 2 and 5, half a weekend
    told = counted(rule, "N - - N N - E", "N N - N N - E", people=people, requests=requests, pairs=pairs)
    assert told == {
        "rest days in a row": [("n2", 2, 1, None), ("n2", 5, 1, None)],
        "weekends both days or none": [("n2", 5, 1, 4.0)],
    }


def test_weekends_are_whole_and_some_are_off() -> None:
    """Half of the first weekend; both worked where one in two must be off."""
    rule = {"weekends": {"whole_cost": 4, "off_in": 2, "most": 1, "cost": 9}}
    found = counted(rule, "- - - - - E -  - - - - - E E", days=14)
    assert found["weekends both days or none"] == [("n1", 5, 1, 4.0)]
    assert found["weekends off"] == [("n1", None, 1, 9.0), ("n1", 12, 1, 9.0)]


def test_pairs_are_together_or_apart() -> None:
    """n1 and n2 together differ on day 0 and 1; n1 and n3 apart meet on day 0."""
    pairs = [{"people": ["n1", "n2"], "together": True, "cost": 1}, {"people": ["n1", "n3"], "cost": 2}]
    found = counted({}, "E E - - - - -", "E L - - - - -", "E - - - - - -", pairs=pairs)
    assert found["together"] == [("n1", 1, 1, 1.0), ("n2", 1, 1, 1.0)]
    assert found["apart"] == [("n1", 0, 1, 2.0)]


def test_mix_asks_for_a_skill_and_limits_juniors() -> None:
    """Nobody of grade 6 on day 0, and two of grade up to 5 where one is allowed."""
    rule = {"mix": [{"grade_from": 6, "at_least": 1, "cost": 7}, {"grade_to": 5, "at_most": 1, "cost": 3}]}
    people = [{"id": "n1", "group": "rn", "grade": 5}, {"id": "n2", "group": "rn", "grade": 5}]
    data = scenario(7, people, rules=rule, needs=needs((0, "early", 2)))
    problem = problem_of(data)
    broken = team_score(problem, roster_of(problem, "E------", "E------")).by_rule
    assert broken["skill and grade mix"] == 10.0


def test_fairness_is_a_spread_a_deviation_or_the_heaviest_load() -> None:
    """n1 has three nights and n2 one, besides two before: spread 0; alone the heaviest is 3."""
    people = [{"id": "n1", "group": "rn"}, {"id": "n2", "group": "rn", "nights_before": 2}]
    lines = ("N N N - - - -", "- - - - N - -")
    spread = counted({"fairness": [{"of": "nights", "cost": 2}]}, *lines, people=people)
    heaviest = counted({"fairness": [{"of": "nights", "by": "most_loaded", "cost": 2}]}, *lines, people=people)
    target = counted({"fairness": [{"of": "nights", "by": "deviation", "target": 2, "cost": 2}]}, *lines, people=people)
    assert spread == {}
    assert heaviest["fair shares"] == [("", None, 1, 6.0)]
    assert target["fair shares"] == [("n1", None, 1, 2.0), ("n2", None, 1, 2.0)]


def test_base_rotas_bank_and_floating_have_their_prices() -> None:
    """A rota of early, off: day 0 is kept, 1 is not; a bank duty costs 40; leave excuses from the rota."""
    people = [
        {"id": "n1", "group": "rn", "rota": "early off", "leave": day(2)},
        {"id": "bank-1", "group": "rn", "contract": "bank", "cost_per_shift": 40},
    ]
    found = counted({"rota_cost": 6}, "E E - - E - E", "E - - - - - -", people=people)
    assert found["base rotas"] == [("n1", 1, 1, 6.0)]
    assert found["bank and agency last"] == [("bank-1", None, 1, 40.0)]


def test_requests_locked_cells_and_leave_are_recounted() -> None:
    """Asked off on day 0 at 2, promised a night on day 1, locked as early on day 2, away on day 3."""
    people = [{"id": "n1", "group": "rn", "leave": day(3)}]
    requests = [
        {"person": "n1", "day": day(0), "weight": 2},
        {"person": "n1", "day": day(1), "shift": "night", "work": True, "weight": None},
    ]
    locked = [{"person": "n1", "day": day(2), "shift": "early"}]
    found = counted({}, "E E - E - - -", people=people, requests=requests, locked=locked)
    assert found["requests"] == [("n1", 0, 1, 2.0), ("n1", 1, 1, None)]
    assert found["locked cells"] == [("n1", 2, 1, None)]
    assert found["leave is kept"] == [("n1", 3, 1, None)]


def test_a_night_on_which_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    """In London a twelve-hour night of 28 March 2026 has 11 hours, that of 24 October 13."""
    for start, hours in (("2026-03-28", 11), ("2026-10-24", 13), ("2026-06-06", 12)):
        data = scenario(1, 1)
        data["horizon"] = {"start": start, "days": 1, "timezone": "Europe/London"}
        data["shifts"] = {"night": {"start": "19:30", "hours": 12}}
        data["roster"]["needs"] = [{"day": start, "shift": "night", "people": 1}]
        assert problem_of(data).slots[0].paid == hours * 60


def test_the_program_has_rows_for_rules_of_the_recount_alone() -> None:
    """Every block of rows stands under the name of a rule that is recounted."""
    assert set(ROWS) <= set(TEAM_RULES)


RULES = {
    "rest": {"hours": 11, "cost": 5},
    "forbidden": [{"after": "night", "before": "late", "cost": 3}],
    "counts": [{"days": 3, "most": 2, "cost": 2}, {"shifts": ["night"], "least": 1, "cost": 1}],
    "hours": [{"days": 7, "most": 30, "cost": 6}, {"least": 20, "cost": 6}],
    "contract": {"less_cost": 3, "more_cost": 6},
    "working_run": {"least": 2, "most": 3, "cost": 2},
    "resting_run": {"least": 2, "most": 3, "cost": 2},
    "nights": {"least": 2, "most": 2, "rest_hours": 46, "cost": 4},
    "weekends": {"whole_cost": 3, "most": 1, "off_in": 2, "cost": 2},
    "mix": [{"grade_from": 6, "at_least": 1, "cost": 4}, {"grade_to": 5, "at_most": 1, "cost": 2}],
    "fairness": [
        {"of": "nights", "cost": 2}, {"of": "weekends", "by": "most_loaded", "cost": 2},
        {"of": "shifts", "by": "deviation", "cost": 2}, {"of": "hours", "cost": 1}, {"of": "wishes", "cost": 1},
    ],
    "rota_cost": 2, "over_cost": 1, "change_cost": 5,
}  # fmt: skip

PEOPLE = [
    {"id": "n1", "group": "rn", "grade": 6, "hours_per_week": 32, "rota": "early early off", "nights_before": 1},
    {
        "id": "n2",
        "group": "rn",
        "grade": 5,
        "hours_per_week": 24,
        "weekly_hours_before": 20,
        "absent": "2026-03-06..2026-03-07",
    },
    {"id": "n3", "group": "rn", "contract": "bank", "cost_per_shift": 9},
]


@given(lines=st.lists(st.text("ELN--", min_size=9, max_size=9), min_size=3, max_size=3))
@settings(max_examples=12, deadline=None)
def test_program_and_recount_agree_on_any_roster(lines: list[str]) -> None:
    """With every rule at a price, the program's cost of a roster is the recount's to the thousandth."""
    worked = [{"person": "n1", "day": "2026-02-28", "shift": "night"}, {"person": "n1", "day": "2026-03-01",
               "shift": "night"}, {"person": "n2", "day": "2026-02-28", "shift": "early"}]  # fmt: skip
    requests = [{"person": "n1", "day": day(1), "weight": 2}, {"person": "n2", "day": day(5), "shift": "night",
                "work": True, "weight": 3}]  # fmt: skip
    pairs = [{"people": ["n1", "n2"], "together": True, "cost": 1}, {"people": ["n2", "n3"], "cost": 2}]
    data = scenario(9, PEOPLE, rules=RULES, needs=every(9, "early", "late", "night"), worked=worked,
                    requests=requests, pairs=pairs)  # fmt: skip
    problem = problem_of(data)
    roster = roster_of(problem, lines[0], f"{lines[1][:4]}--{lines[1][6:]}", lines[2])  # n2 is absent on days 4 and 5
    made = roster_program(problem)
    taken = np.zeros(made.duty.shape)
    for member, duties in enumerate(roster.duties):
        taken[member, sorted(duties)] = 1.0
    values = completed(elastic(made), made.duty, taken)
    recounted = team_score(problem, roster)
    hard = [each.rule for each in recounted.hard]
    assert (values is None) == ("one place at a time" in hard)  # the one thing that is not for sale here
    if values is not None:
        assert elastic(made).program.objective(values) == pytest.approx(recounted.points, abs=1e-3)
