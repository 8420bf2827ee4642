"""Our forecasts raced beside the peers on real series, in one printed table: `make bench-forecast`.

Peers (statsforecast, Prophet, mlforecast with LightGBM) live in an environment of their own, whose Python is the first
argument; what they forecast is kept under build/forecast and not made again. The script, with data, splits and scores,
and its data lie beside the repository; without them there is nothing to race. `--light` leaves out the slow peers.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT.parent / "shared" / "peers" / "forecast_bench.py"
RESULTS = ROOT / "build" / "forecast"

LIGHT = ("snaive", "dow_mean6", "ets", "theta", "ets_adj")
SLOW = ("mstl", "arima_monks", "prophet", "mlf_lgbm")
HOURLY, HOURLY_SLOW = ("snaive_h",), ("mstl_h", "prophet_h")
OURS = ("ours_fast", "ours_blend")

GOALS = {"ed_daily": 0.367, "nhs_beds": 0.410, "icu": 0.390, "uihc_hourly": 0.340}
"""The score to reach on each data set; the sixteen weeks have none."""

DATA = ("ed_daily", "nhs_beds", "icu", "uihc_hourly", "ed_daily_16w", "icu_16w")
COLUMNS = ("model", "sWIS", "cov80", "cov95", "MASE", "WAPE", "bias", "ms/fit")


def peers_of(data: str, *, light: bool) -> tuple[str, ...]:
    """Which peers race on a data set; the slow ones sit out where each fit is long."""
    if data == "uihc_hourly":
        return HOURLY if light else HOURLY + HOURLY_SLOW
    if light or data.endswith("_16w"):
        return LIGHT
    return LIGHT + SLOW


def run(python: str, data: str, command: str, models: tuple[str, ...] = ()) -> None:
    """One side's forecasts, or the scores, of one data set."""
    one_thread = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    subprocess.run(
        [python, "-m", "tests.benchmarks.forecast_peers", str(SCRIPT), command, data, ",".join(models)],
        cwd=ROOT,
        env={**os.environ, **one_thread, "RESULTS": str(RESULTS), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def lines(data: str) -> list[str]:
    """The scores of one data set, best first."""
    with (RESULTS / f"{data}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    goal = f", to reach: {GOALS[data]:.3f}" if data in GOALS else ""
    told = [f"{data} ({rows[0]['n']} forecasts{goal})"]
    told.append("  " + "".join(f"{name:>{28 if name == 'model' else 9}}" for name in COLUMNS))
    for row in rows:
        cells = (f"{float(row[name]):9.3f}" for name in COLUMNS[1:])
        told.append(f"  {row['model']:>28}" + "".join(cells))
    return told


def main(arguments: list[str]) -> None:
    """Race on every data set named, all of them if none is."""
    if not SCRIPT.exists():
        print("The race's script and data are not here: nothing to race.")
        return
    peers, *rest = arguments
    light = "--light" in rest
    table: list[str] = []
    for data in [name for name in rest if not name.startswith("-")] or DATA:
        run(peers, data, "run", peers_of(data, light=light))
        run(sys.executable, data, "run", OURS)
        run(sys.executable, data, "table")
        table += lines(data)
        print(f"{data}: raced", file=sys.stderr)
    print("\n".join(table))


if __name__ == "__main__":
    main(sys.argv[1:])
