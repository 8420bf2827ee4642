"""Real winters, trust by trust and day by day: what could be known, what is judged, and which weeks are decided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DATA: Final = Path(__file__).parents[3] / "shared" / "data" / "forecasting" / "nhs_trust_beds_daily.csv.gz"

CORE_DAYS, CORE_SHARE = 21, 0.6
"""The core is so high a percentile of so many first days, which are not judged."""

LEAST_KNOWN, LEAST_CORE = 14, 100
"""A trust is judged if it is known on so many of those days and has a core of so many beds: a general hospital."""

WILD: Final = 0.25
"""A day further than this share from the median of the days about it is a mistake in the record, not a day."""

WEEK: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class Winter:
    """Patients in general beds of T trusts on D days from `first`; NaN where unknown.

    `seen` (T, D) is what a planner could know: mistakes are left out by the days before them alone. `real` (T, D) is
    what is judged: mistakes are left out by the days on both sides.
    """

    name: str
    first: np.datetime64
    trusts: tuple[str, ...]
    seen: Floats
    real: Floats

    @classmethod
    def of(cls, name: str, first: np.datetime64, trusts: tuple[str, ...], values: Floats) -> Winter:
        """A winter from its record (T, D)."""
        counted = np.where(values > 0, values, np.nan)
        return cls(name, first, trusts, without_mistakes(counted, 7, 0), without_mistakes(counted, 3, 3))

    @property
    def days(self) -> int:
        """How many days it has."""
        return int(self.seen.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Weeks:
    """The O weeks decided in a winter: each on the day `origins` (O,), for the `days` (O, 7), as places in the winter.

    `core` (T,) beds are open anyway; `judged` (T,) marks the trusts that count.
    """

    core: Floats
    judged: Bools
    origins: Ints
    days: Ints


def without_mistakes(values: Floats, before: int, after: int) -> Floats:
    """Values (T, D) less those further than `WILD` from the median of so many days before and after, and their own."""
    padded = np.pad(values, ((0, 0), (before, after)), constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, before + 1 + after, axis=1)
    known = np.isfinite(around).any(axis=2)
    middle = np.full(values.shape, np.nan)
    middle[known] = np.nanmedian(around[known], axis=1)
    return np.where(np.abs(values - middle) > WILD * middle, np.nan, values)


def weeks(winter: Winter, lead: int) -> Weeks:
    """Every week that can be decided `lead` whole days ahead once the core is known.

    On the last of the first three weeks, and every seventh day from there on, the seven days that begin after `lead`
    more are decided: for three lead days t + 4 to t + 10.
    """
    first = winter.seen[:, :CORE_DAYS]
    known = np.isfinite(first).sum(axis=1) >= LEAST_KNOWN
    core = np.zeros(len(first))
    core[known] = np.ceil(np.nanpercentile(first[known], 100 * CORE_SHARE, axis=1))
    origins = np.arange(CORE_DAYS - 1, winter.days - lead - WEEK, WEEK)
    return Weeks(core, core >= LEAST_CORE, origins, origins[:, None] + lead + 1 + np.arange(WEEK))


def read_winters(file: Path = DATA) -> list[Winter]:
    """All winters of the file in order of time, every trust of any of them in each."""
    import pandas as pd

    table = pd.read_csv(file, parse_dates=["date"], dtype={"winter": str, "trust": str})
    trusts = tuple(sorted(set(table["trust"])))
    found = []
    for name, rows in table.groupby("winter", sort=True):
        first, last = rows["date"].min(), rows["date"].max()
        wide = rows.drop_duplicates(["trust", "date"], keep="last").pivot(
            index="trust", columns="date", values="ga_occ"
        )
        wide = wide.reindex(index=list(trusts), columns=pd.date_range(first, last))
        found.append(Winter.of(str(name), np.datetime64(first, "D"), trusts, wide.to_numpy(dtype=np.float64)))
    return found
