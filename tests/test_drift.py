"""What a forecast's error cost in plan money, worked out by hand on one ward."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.drift import demand_as_it_came, price_drift
from optimizer.saved import PlanFolderError, SavedPlan
from optimizer.solution import Limits
from tests.small_ward import saved_plan
from tests.test_replan import WARD

LIMITS = Limits(20.0, 0.0, threads=1)
FOREST = {"history": {"start": "2023-11-01", "values": [5] * 61}}
"""5 patients on every day before 2024: as many are foreseen, who need 5 / 3, so 2 nurses on each of 3 days."""


def planned(folder: Path, cover: Any = WARD["cover"], **changes: Any) -> SavedPlan:
    """The ward's plan for its forecast, written and read back."""
    patients = {"med": {"demand": {**FOREST, **changes}, "boarding_cost_per_day": 5000}}
    data = {**WARD, "cover": cover, "patients": patients, "forecast": {"forecaster": "weekday_mean"}}
    return saved_plan(folder, data, limits=LIMITS)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> SavedPlan:
    """The ward planned for 5 patients: 6 own shifts at 100."""
    return planned(tmp_path_factory.mktemp("ward"))


def test_the_error_costs_what_knowing_would_have_saved(ward: SavedPlan) -> None:
    """9 came for 5: a third nurse is short all three days, where knowing would have rostered her."""
    assert ward.facts.objective == pytest.approx(600)
    found = price_drift(ward, np.array([[9.0, 9.0, 9.0]]), limits=LIMITS)
    # as told: 6 shifts at 100, and one nurse missing for 10 hours at 50 on 3 days
    assert found.held is not None
    assert found.held.objective == pytest.approx(600 + 3 * 500)
    # knowing: 3 own nurses on each of 3 days
    assert found.known.objective == pytest.approx(900)
    assert found.cost == pytest.approx(1200)
    assert found.proven
    assert (found.least, found.most) == pytest.approx((1200, 1200))
    assert [plan.to_json()["checked"] for plan in (found.held, found.known)] == [{"ok": True, "violations": []}] * 2


def test_a_quiet_day_costs_the_shift_that_nobody_needed(ward: SavedPlan) -> None:
    """3 came for 5 on the second day: of 2 nurses told to come one was enough, and costs 100."""
    found = price_drift(ward, np.array([[np.nan, 3.0, np.nan]]), limits=LIMITS)
    assert found.days == 1
    assert found.cost == pytest.approx(100)


def test_knowing_is_never_dearer_however_short_the_search(ward: SavedPlan) -> None:
    """Stopped at once, the plan that knows is the held one at worst, and the bounds still enclose 1200."""
    found = price_drift(ward, np.array([[9.0, 9.0, 9.0]]), limits=replace(LIMITS, time_limit=0.5))
    assert found.cost is not None
    assert found.most is not None
    assert 0 <= found.least <= found.cost <= found.most
    assert found.least <= 1200.001
    assert found.most >= 1199.999


def test_a_forecast_that_was_right_cost_nothing(ward: SavedPlan) -> None:
    """What came was foreseen: both plans cost the same."""
    found = price_drift(ward, np.array([[5.0, 5.0, 5.0]]), limits=LIMITS)
    assert found.cost == pytest.approx(0)
    assert found.least == 0


def test_what_came_holds_uplifts_and_surges_already(tmp_path: Path) -> None:
    """Planned for 20 % more than 5, and 2 more on the third day; 7 were counted on two days, and 7 they stay."""
    surge = {"from": "2024-01-03", "to": "2024-01-03", "per_day": 2}
    saved = planned(tmp_path, uplift=0.2, surges=[surge])
    assert saved.case.demand.arrivals[0] == pytest.approx([6, 6, 8])
    found = demand_as_it_came(saved, np.array([[7.0, np.nan, 7.0]]))
    # the second day is not known: as planned
    assert found.arrivals[0] == pytest.approx([7, 6, 7])


def test_a_plan_that_can_not_stand_has_no_price(tmp_path: Path) -> None:
    """Nurses may not be short at any price: with 9 for 5 the 2 told do not do, where 3 would."""
    cover = [{"unit": "W", "staff": "rn", "patients_per_person": 3, "during": ["D"], "hard": True}]
    found = price_drift(planned(tmp_path, cover=cover), np.array([[9.0, 9.0, 9.0]]), limits=LIMITS)
    assert found.held is None
    assert found.known.objective == pytest.approx(900)
    assert (found.cost, found.least, found.most, found.proven) == (None, 0.0, None, False)


def test_a_plan_by_goals_has_no_price(tmp_path: Path) -> None:
    """Goals weigh no money, so that an error has no price."""
    data = {**WARD, "solve": {"goals": ["shortfalls", "cost"]}}
    with pytest.raises(PlanFolderError, match="made by goals in turn"):
        price_drift(saved_plan(tmp_path, data, limits=LIMITS), np.empty((0, 3)), limits=LIMITS)
