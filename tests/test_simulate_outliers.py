"""Patients off home, where one unit costs more a day than another: played as they are planned."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import simulate
from tests.small_ward import saved_plan

DIVISIONS: Final[dict[str, Any]] = {
    "schema": 1,
    "id": "divisions",
    "horizon": {"start": "2024-01-01", "days": 2, "beyond_days": 0},
    "units": {"HOME": {"beds": 1, "cares_for": ["med"]}, "NEAR": {"beds": 1}, "FAR": {"beds": 3}},
    "patients": {
        "med": {
            "demand": {"census": 3},
            "outlies_in": ["FAR", "NEAR"],
            "outlier_cost_per_day": 60,
            "outlier_cost_at": {"FAR": 180},
            "boarding_cost_per_day": 1000,
        }
    },
}
"""Three patients on both days: one at home, and room for one at 60 and for three at 180 a day."""


def test_who_lies_off_home_costs_what_that_unit_costs(tmp_path: Path) -> None:
    """The cheaper unit fills first, though it is named last: one at 60 and one at 180 for two days are 480."""
    saved = saved_plan(tmp_path, DIVISIONS)
    assert saved.facts.cost["patients.outliers"] == pytest.approx(480.0)
    found = simulate(saved, expected_by(saved.scenario, None, samples=4, seed=1), reps=4, seed=1)
    assert found.items["patients.outliers"].mean == pytest.approx(480.0)
