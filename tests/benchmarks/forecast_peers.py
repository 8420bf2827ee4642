"""One side of the forecasting race, run by the Python that has its libraries: forecasts are kept as files to compare.

The race itself (data, splits, scores, peers) is a script of its own; this only adds horizons of sixteen weeks to it and
names what ours are. `python -m tests.benchmarks.forecast_peers SCRIPT run|table DATA MODELS`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

LONG = {
    "ed_daily_16w": {"H": 112, "step": 28, "n": 5, "season": 7, "min_train": 200},
    "icu_16w": {"H": 112, "step": 28, "n": 12, "season": 7, "min_train": 365},
}
"""Sixteen weeks ahead, from origins four weeks apart."""

OURS = "ours_"


def race_of(script: Path) -> ModuleType:
    """The race's module, with the long horizons among its data sets and our forecasters among its models."""
    spec = importlib.util.spec_from_file_location("forecast_race_script", script)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{script} cannot be loaded")
    race = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = race
    spec.loader.exec_module(race)
    short = race.load
    race.load = lambda name: short(name.removesuffix("_16w"))
    race.CFG.update(LONG)
    return race


def main(script: str, command: str, data: str, models: str) -> None:
    """Run models on one data set, or print the table of what has been run."""
    race = race_of(Path(script))
    if command == "table":
        race.table(data)
        return
    for name in models.split(","):
        if name.startswith(OURS):
            os.environ["FORECASTER"] = name.removeprefix(OURS)
            os.environ["OURS"] = "tests.benchmarks.forecast:ours"
            race.MODELS[name] = race.MODELS["ours"]
            race.GLOBAL.add(name)
        race.run(data, [name], force=name.startswith(OURS))


if __name__ == "__main__":
    main(*sys.argv[1:5])
