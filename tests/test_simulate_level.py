"""A service level asked for is the share of days covered, on weeks that the plan has never seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from forecasting import Record
from optimizer.expansion.grid import Floats
from optimizer.saved import SavedPlan
from optimizer.simulation.coming import Expected
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import simulate
from optimizer.solution import Limits
from tests.command import run
from tests.small_ward import saved_plan

LEVEL = 0.9
HISTORIES = 8


def true_days(shape: int | tuple[int, int], seed: int) -> Floats:
    """Patients on some days of a ward of 100, give or take 8, each day for itself."""
    return 100 + 8 * np.random.default_rng(seed).standard_normal(shape)


def asked(values: Floats) -> dict[str, Any]:
    """A week to be covered on 90 % of days, after a history; 4.8 hours a patient-day are .2 nurses on duty each."""
    start = str(np.datetime64("2024-01-01") - len(values))
    return {
        "schema": 1,
        "id": "level",
        "horizon": {"start": "2024-01-01", "days": 7, "beyond_days": 0},
        "shifts": {"D": {"start": "07:00", "hours": 24}},
        "units": {"W": {"beds": 400, "cares_for": ["med"]}},
        "patients": {"med": {"demand": {"history": {"start": start, "values": values.round(3).tolist()}}}},
        "staff": {
            "rn": {
                "paid": "per_shift",
                "cost_per_shift": 100,
                "own": "unlimited",
                "rest": {"shifts_in_7_days": 7, "hours": 0},
            }
        },
        "cover": [{"unit": "W", "staff": "rn", "hours_per_patient_day": 4.8}],
        "service_level": LEVEL,
        "whole": False,
        "forecast": {"forecaster": "weekday_mean", "samples": 5000},
    }


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[SavedPlan, Expected]]:
    """The week planned after each of eight histories, with what each plan expected."""
    found = []
    for number in range(HISTORIES):
        folder = tmp_path_factory.mktemp("level")
        saved = saved_plan(folder, asked(true_days(1500, number)), limits=Limits(20.0, 0.0, threads=1))
        record = Record.from_json(json.loads((folder / "forecast.json").read_text(encoding="utf-8")))
        found.append((saved, expected_by(saved.scenario, record, samples=2000, seed=11)))
    return found


def test_the_level_asked_for_is_reached_on_weeks_never_seen(plans: list[tuple[SavedPlan, Expected]]) -> None:
    """On 4,000 weeks of the true ward after each of eight histories, 90 % of days are covered, within a point."""
    reached = []
    for number, (saved, expected) in enumerate(plans):
        true = Expected(
            replace(expected.demand, arrivals=np.full_like(expected.demand.arrivals, 100.0)),
            {"med": true_days((4000, 7), 1000 + number)},
            expected.onward,
        )
        reached.append(simulate(saved, true, reps=4000, seed=12).care["fully_covered"].mean)
    assert np.mean(reached) == pytest.approx(LEVEL, abs=0.01)


def test_a_plan_reaches_its_level_in_its_own_eyes(plans: list[tuple[SavedPlan, Expected]]) -> None:
    """Played against its own forecast each plan covers 90 % of days, within a point."""
    for saved, expected in plans[:3]:
        found = simulate(saved, expected, reps=2000, seed=5)
        assert found.asked_level == LEVEL
        assert found.care["fully_covered"].mean == pytest.approx(LEVEL, abs=0.01)


def test_the_command_says_what_the_level_came_to(plans: list[tuple[SavedPlan, Expected]]) -> None:
    """The last line names the level asked for and the share of days reached."""
    told = run("simulate", plans[0][0].folder, "--reps", 200)
    assert told.exit_code == 0
    assert "Asked was a service level of 90.0 %" in " ".join(told.output.split())
