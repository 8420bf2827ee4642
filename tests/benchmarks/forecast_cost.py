"""What forecasts of many series cost: CPU seconds and memory by chunk. `python -m tests.benchmarks.forecast_cost`.

Series are made up, 730 days each, forecast 28 days ahead at nine levels. Arguments: a forecaster, how many chunks of a
thousand (100 for the hundred thousand of a country).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from forecasting import History, history_from_values
from forecasting.streaming import CHUNK, forecast_stream

DAYS, AHEAD = 730, 28
FIRST = date(2023, 1, 2)


def series(count: int) -> Iterator[History]:
    """Wards with a weekday, a year and chance in them."""
    day = np.arange(DAYS)
    for at in range(count):
        rng = np.random.default_rng(at)
        level = rng.uniform(10.0, 200.0) * (1.0 + 0.1 * np.sin(day / 58.0) - 0.1 * (day % 7 >= 5))
        yield history_from_values(f"ward {at}", FIRST, rng.poisson(level).astype(float).tolist())


def main(forecaster: str = "fast", chunks: str = "1") -> None:
    """Print a line for each chunk: CPU seconds of the forecast alone, and the most memory held until then."""
    coming = series(int(chunks) * CHUNK)
    for at in range(int(chunks)):
        some = [next(coming) for _ in range(CHUNK)]
        before = time.process_time()
        for _ in forecast_stream(
            some, start=FIRST + timedelta(days=DAYS), days=AHEAD, forecaster=forecaster, country="GB"
        ):
            pass
        spent = time.process_time() - before
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
        print(f"{forecaster}: chunk {at + 1}, {CHUNK} series, {spent:.1f} s CPU, {most:,.0f} MB at most", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
