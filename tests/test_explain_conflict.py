"""The rules that clash where no plan exists: the smallest set, in planners' words."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from optimizer.explain.clash_words import in_words
from optimizer.explain.conflict import Asking, find_clash
from tests.clashes import Clinic, clinic, feasible
from tests.oracle_tiny import Data, tiny_hospitals
from tests.planted_conflicts import KINDS, planted

ONE_WARD: Data = {
    "schema": 1,
    "id": "clash",
    "horizon": {"start": "2024-01-01", "days": 2},
    "shifts": {"day": {"start": "07:00", "hours": 12}, "night": {"start": "19:00", "hours": 12}},
    "units": {"icu": {"beds": 4, "cares_for": ["crit"]}},
    "patients": {"crit": {"demand": {"census": 3}, "boarding_cost_per_day": 3000}},
    "staff": {
        "rn": {
            "pay_per_hour": 20,
            "own": {"icu": 4},
            "hours_per_week": 168,
            "agency": {"multiplier": 2, "shifts_per_week": 7},
            "short_cost_per_hour": 90,
        }
    },
    "cover": [{"unit": "icu", "staff": "rn", "smallest_team": {"day": 2, "night": 5}, "hard": True}],
}


def told(ward: Clinic) -> list[str]:
    """The clash in words."""
    clash = ward.clash()
    pairs = zip(clash.members, ward.members(clash), strict=True)
    rules = [in_words(ward.case, member, [ward.found.slots[s] for s in clash.slots[at]]) for at, member in pairs]
    return [f"{rule.rule}: {rule.what}, {rule.when} [{rule.path}]" for rule in rules]


def test_a_clash_reads_as_planners_say_it() -> None:
    """2 + 5 shifts a day from 4 people who work one a day each, and 2 from the agency: 7 > 4 + 2 on the first day.

    Two days are 2/7 of a week, so that 7 agency shifts a week are 2. Rest between shifts would do as well as one a day;
    of equals the first rule is told. The days of the other rules make no difference.
    """
    assert told(clinic(ONE_WARD)) == [
        "cover is met: icu must have 2 to 5 rn on duty, day of Mon 1 Jan and 1 more shift [cover.0.hard]",
        "temporary shifts are limited: at most 7 agency rn shifts a week,  [staff.rn.agency.shifts_per_week]",
        "one duty a day: the 4 rn of icu work one shift a day, Mon 1 Jan [staff.rn.own.icu]",
    ]


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_a_planted_clash_is_found(number: int) -> None:
    """A hospital that could be planned, and one rule that no plan survives: it is named, with as few as can be."""
    ward = clinic(planted(number).data)
    clash = ward.clash()
    assert clash.minimal
    assert clash.smallest
    assert {member.rule for member in ward.members(clash)} & planted(number).rules
    assert_minimal(ward, clash.members)


def assert_minimal(ward: Clinic, members: tuple[int, ...]) -> None:
    """All of them clash, and without any one of them they do not: another solver says so."""
    assert not ward.can_keep(members)
    for left_out in members:
        assert ward.can_keep([each for each in members if each != left_out])


@pytest.mark.parametrize("number", [1, 6, 11])
def test_no_fewer_rules_clash(number: int) -> None:
    """Every smaller set of all the rules there are can be kept."""
    ward = clinic(planted(number).data)
    fewer = len(ward.clash().members) - 1
    assert all(ward.can_keep(each) for each in combinations(range(len(ward.found.members)), fewer))


def test_what_can_be_planned_does_not_clash() -> None:
    """With a price instead of hard there is a plan, and nothing to tell."""
    soft = clinic(ONE_WARD, ["cover.0.hard=false"])
    assert find_clash(soft.found, Asking(30.0)) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=tiny_hospitals())
def test_the_rules_together_are_the_program(data: Data) -> None:
    """Whatever the hospital: all rules kept say what the program says, and a clash is minimal."""
    ward = clinic(data)
    can = ward.can_keep(range(len(ward.found.members)))
    assert can == feasible(ward.built.program)
    if not can:
        assert_minimal(ward, ward.clash().members)


def test_a_plan_of_the_program_breaks_no_rule() -> None:
    """The values of the best plan keep every limit that could be given up."""
    from optimizer.solvers import solve

    ward = clinic(ONE_WARD, ["cover.0.hard=false"])
    values = solve(ward.built.program).values
    assert values is not None
    assert not ward.found.relaxable.broken(np.asarray(values)).any()


def test_clashes_besides_the_one_told_are_owned_up_to() -> None:
    """3 patients, 2 beds and no day on which anybody may be boarded clash whatever becomes of the night team."""
    assert not clinic(ONE_WARD).clash().others
    assert clinic(ONE_WARD, ["units.icu.beds=2", "limits.days_over_capacity=0"]).clash().others


def test_time_that_runs_out_is_not_taken_for_an_answer() -> None:
    """Without a second to ask in, nothing is said to clash."""
    assert find_clash(clinic(ONE_WARD).found, Asking(0.0)) is None
