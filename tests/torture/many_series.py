"""A hundred thousand series from a table to a file of forecasts, at true scale: it ends, and memory stays flat.

`python -m tests.torture.many_series 100000 60` writes a table of so many wards and days, forecasts it with the command
line in a process of its own, and holds the memory of that to what a tenth of the wards takes. `make torture` runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

FIRST = date(2024, 1, 1)
AHEAD = 14
MOST_GROWTH = 1.15
"""Ten times the series may take so many times the memory."""

_PROGRAM = """
import resource, sys
from api.cli import main
try:
    main(prog_name="wardwright")
finally:
    print("MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


def table(path: Path, wards: int, days: int) -> None:
    """Wards one after another, a row a day: weekday, level and chance."""
    dates = [(FIRST + timedelta(days=at)).isoformat() for at in range(days)]
    weekday = 1.0 - 0.1 * (np.arange(days) % 7 >= 5)
    with path.open("w", encoding="utf-8") as file:
        file.write("date,ward,patients\n")
        for ward in range(wards):
            rng = np.random.default_rng(ward)
            values = rng.poisson(rng.uniform(10.0, 60.0) * weekday).tolist()
            file.writelines(f"{day},W{ward},{value}\n" for day, value in zip(dates, values, strict=True))


def measured(folder: Path, wards: int, days: int) -> tuple[int, float, int]:
    """Most memory in MB, seconds, and rows written, of forecasting so many wards."""
    source, out = folder / f"{wards}.csv", folder / f"{wards}-ahead.csv"
    table(source, wards, days)
    words = ["forecast", str(source), "--by", "ward", "--days", str(AHEAD), "-o", str(out)]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    spent = time.monotonic() - began
    if done.returncode:
        raise SystemExit(done.stderr)
    with out.open(encoding="utf-8") as file:
        rows = sum(1 for _ in file) - 1
    source.unlink()
    return int(done.stderr.split()[-1]), spent, rows


def main(wards: int = 100_000, days: int = 60) -> int:
    """Print both measurements; 1 where rows are missing or memory grew with the series."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for count in (wards // 10, wards):
            most, spent, rows = measured(Path(folder), count, days)
            print(f"{count:,} series of {days} days: {rows:,} rows, {most:,} MB at most, {spent:,.0f} s", flush=True)
            found.append((most, rows == count * AHEAD))
    flat = found[1][0] <= MOST_GROWTH * found[0][0]
    print("memory is flat" if flat else "memory grows with the series")
    return int(not (flat and all(whole for _, whole in found)))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
