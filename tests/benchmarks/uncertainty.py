"""Plans for many futures of the quickstart's ward and of ten wards: seconds, proven gap, memory by method and number.

`python -m tests.benchmarks.uncertainty [--seconds 120] [--only ten_wards:l_shaped:100]`; each race in a process of its
own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from optimizer.planning import plan_grid
from optimizer.program import Floats
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits
from optimizer.uncertainty.against import futures_from
from optimizer.uncertainty.deciding import decide
from optimizer.uncertainty.drawing import foresee_pool, sampled_futures

QUICKSTART: Final = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"
RACES: Final = (
    ("quickstart", "extensive", 20),
    ("quickstart", "extensive", 100),
    ("quickstart", "l_shaped", 100),
    ("quickstart", "l_shaped", 500),
    ("ten_wards", "l_shaped", 20),
    ("ten_wards", "l_shaped", 100),
    ("ten_wards", "l_shaped", 500),
)
WARDS: Final = 10
MIB: Final = 1024.0


def quickstart(futures: int) -> tuple[Loaded[Scenario], Floats]:
    """One ward (520 columns a future): a level that all days share, and each day's own chance."""
    loaded = open_scenario(QUICKSTART, sets=["uncertainty.known_ahead=1d"])
    luck, days = np.random.default_rng(1), plan_grid(loaded.value).days
    level = 25.0 + 2.5 * luck.standard_normal((futures, 1, 1)) + luck.standard_normal((futures, 1, days))
    return loaded, np.maximum(level, 0.0)


def ten_wards(futures: int) -> tuple[Loaded[Scenario], Floats]:
    """Ten wards (size S, 5,200 columns a future), each day of each ward by its own chance."""
    loaded = open_data(hospital())
    return loaded, sampled_futures(loaded, foresee_pool(loaded), 0, futures, seed=0).values


INSTANCES: Final = {"quickstart": quickstart, "ten_wards": ten_wards}


def hospital(days: int = 7) -> dict[str, Any]:
    """Its scenario: wards of 14 to 30 beds, nearly full, who lend beds to the next one."""
    luck = random.Random(1)
    beds = {f"W{number}": luck.randint(14, 30) for number in range(WARDS)}
    bay = {"bays": [4], "cost_per_bed_day": 238, "notice": "3d", "least_stay": "2d"}
    return {
        "schema": 1,
        "id": "ten-wards",
        "horizon": {"start": "2024-01-01", "days": days},
        "shifts": {
            "early": {"start": "07:00", "hours": 7.5},
            "late": {"start": "14:00", "hours": 7.5},
            "night": {"start": "21:00", "hours": 10.5},
        },
        "patients": {f"g{number}": _group(number, beds[f"W{number}"]) for number in range(WARDS)},
        "units": {f"W{number}": {"beds": beds[f"W{number}"], "cares_for": [f"g{number}"], "escalation": bay}
                  for number in range(WARDS)},
        "staff": {
            "rn": _registered({unit: round(1.2 * count) for unit, count in beds.items()}),
            "hca": _assistants({unit: round(0.6 * count) for unit, count in beds.items()}),
        },
        "cover": [
            {"unit": list(beds), "staff": "rn", "patients_per_person": {"early": 4, "late": 4, "night": 7},
             "smallest_team": 2},
            {"unit": list(beds), "staff": "hca", "hours_per_patient_day": 2.9, "rounding": "nearest"},
        ],
        "uncertainty": {"samples": 100, "known_ahead": "1d"},
    }  # fmt: skip


def _group(number: int, beds: int) -> dict[str, Any]:
    return {
        "demand": {"census": round(0.95 * beds, 1), "doubt": {"sd": round(0.08 * beds, 2), "days": "apart"}},
        "length_of_stay": {"mean_days": 6},
        "boarding_cost_per_day": 2400,
        "outlies_in": [f"W{(number + 1) % WARDS}"],
        "outlier_cost_per_day": 150,
    }


def _registered(own: dict[str, int]) -> dict[str, Any]:
    return {
        "pay_per_hour": 18.5, "premium": {"night": 0.3, "saturday": 0.3, "sunday": 0.6}, "own": own, "headroom": 0.22,
        "overtime": {"multiplier": 1.5, "hours_per_week": 200, "notice": "1d"},
        "bank": {"multiplier": 1.25, "shifts_per_week": 60, "notice": "2d", "fill_rate": 0.85},
        "agency": {"multiplier": 1.9, "shifts_per_week": 40, "notice": "1d", "fill_rate": 0.95},
        "short_cost_per_hour": 110,
    }  # fmt: skip


def _assistants(own: dict[str, int]) -> dict[str, Any]:
    bank = {"multiplier": 1.1, "shifts_per_week": 60, "notice": "1d", "fill_rate": 0.95}
    return {"pay_per_hour": 12.9, "own": own, "headroom": 0.22, "bank": bank, "short_cost_per_hour": 60}


def race(name: str, method: str, futures: int, seconds: float) -> str:
    """One line: build, decide, how far it is proven, and the most memory of this process."""
    loaded, samples = INSTANCES[name](futures)
    begun = time.perf_counter()
    made = futures_from(loaded, samples)
    built = time.perf_counter() - begun
    found = decide(made, limits=Limits(gap=0.005, time_limit=seconds), method=method)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
    gap = "none" if found.gap is None else f"{found.gap:.2%}"
    return (
        f"{name:10} {method:10} {futures:4} futures: built in {built:.1f} s, decided in {found.seconds:.1f} s, "
        f"cost {found.objective:,.0f}, proven within {gap}, {memory:.0f} MiB"
    )


def main() -> None:
    """Every race in turn, or the one named on the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=120.0)
    asked.add_argument("--only", help="instance:method:futures")
    given = asked.parse_args()
    if given.only:
        name, method, futures = given.only.split(":")
        print(race(name, method, int(futures), given.seconds))
        return
    for name, method, futures in RACES:
        subprocess.run([sys.executable, "-m", "tests.benchmarks.uncertainty", "--seconds", str(given.seconds),
                        "--only", f"{name}:{method}:{futures}"], check=True)  # fmt: skip


if __name__ == "__main__":
    main()
