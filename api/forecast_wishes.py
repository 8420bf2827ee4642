"""What a planner wants of a table's forecast, as the command line takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.describe_args import Data


@dataclass(frozen=True, slots=True)
class TableWishes:
    """What is wanted of a table: which series, from when, how far, by which forecaster, with whose holidays."""

    series: tuple[str, ...] = ()
    start: date | None = None
    days: int | None = None
    forecaster: str | None = None
    country: str | None = None
    subdivision: str | None = None
    columns: tuple[str, ...] = ()
    time: str | None = None
    hour: str | None = None
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    timezone: str | None = None
    date_format: str | None = None
    sheet: str | None = None
    query: str | None = None

    def data(self, place: str) -> Data:
        """The table with what its columns are."""
        return Data(
            place, self.sheet, self.query, self.time, self.hour, self.by, self.columns, where=self.where,
            timezone=self.timezone, date_format=self.date_format,
        )  # fmt: skip
