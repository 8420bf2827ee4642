"""The published case of named nurses reaches its published optima, proven, and stands its recount."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.roster.hospital_making import make_team_roster
from optimizer.roster.hospital_reading import read_told, stated_slots, team_problem
from optimizer.scenario.files import open_scenario

CASE = Path(__file__).parents[1] / "scenarios" / "cases" / "O05.yaml"


@pytest.mark.parametrize(
    ("variant", "points"),
    [
        (None, 28_824.0),  # the least pay that covers 41 shifts, as printed by the source
        ("fair", 28_831.0),  # 7 more: pay, and how far numbers of shifts are from 6.875 each
        ("even", 4.0),  # that alone: four shifts more than needed, and all 32 work 7, .125 from 6.875 each
    ],
)
def test_the_published_nurses_reach_their_optimum(variant: str | None, points: float) -> None:
    """32 nurses, leave, two pairs that work together and eleven that never do: the least pay, proven."""
    told = read_told(open_scenario(CASE, variant=variant))
    plan = make_team_roster(team_problem(told, stated_slots(told)), seconds=120)
    assert plan.status == "optimal"
    assert plan.legal
    assert plan.points == pytest.approx(points)
    assert plan.bound == pytest.approx(points)
