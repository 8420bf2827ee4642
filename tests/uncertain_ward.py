"""One ward of one or a few uncertain days for tests of plans for many futures: small enough to enumerate."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from optimizer.program import Floats
from optimizer.scenario.uncertainty import Risk
from optimizer.uncertainty.deciding import cost_of
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.risk import weighed


def uncertain_ward(*, days: int = 1, beds: int = 20, **more: Any) -> dict[str, Any]:
    """Patients each need a nurse for a 10-hour duty. An own nurse costs 100, told weeks ahead, one of the agency 250 on
    the day, of whom 1 can be had, and an hour without costs 40, so 400 a duty; a patient without a bed costs 1,000."""
    return {
        "schema": 1,
        "id": "ward",
        "horizon": {"start": "2024-01-01", "days": days},
        "shifts": {"D": {"start": "07:00", "hours": 10}},
        "units": {"W": {"beds": beds, "cares_for": ["med"]}},
        "patients": {"med": {"demand": {"census": 3, "doubt": {"sd": 1}}, "boarding_cost_per_day": 1000}},
        "boarded_need_care": False,
        "staff": {
            "rn": {
                "paid": "per_shift",
                "cost_per_shift": 100,
                "own": {"W": {"shifts_per_week": 7 * 6}},
                "rest": {"shifts_in_7_days": 7, "hours": 0},
                "agency": {"multiplier": 2.5, "people_per_shift": 1},
                "short_cost_per_hour": 40,
            }
        },
        "cover": [{"unit": "W", "staff": "rn", "hours_per_patient_day": 24, "during": ["D"]}],
        "uncertainty": {"known_ahead": "1d"},
        **more,
    }


def best_by_trying(futures: Futures, most: int, risk: Risk | None = None) -> tuple[float, Floats]:
    """The least over every whole first decision from 0 to `most` in each column, each future solved for each."""
    found = np.inf, np.zeros(0)
    for decided in product(range(most + 1), repeat=int(futures.first.sum())):
        costs = cost_of(futures, np.array(decided, dtype=np.float64))
        if not np.isnan(costs).any() and weighed(costs, futures.weights, risk) < found[0] - 1e-9:
            found = weighed(costs, futures.weights, risk), np.array(decided, dtype=np.float64)
    return found


def one_day(values: Sequence[float]) -> Floats:
    """(S, 1, 1) samples of one group on one day."""
    return np.array(values, dtype=np.float64)[:, None, None]
