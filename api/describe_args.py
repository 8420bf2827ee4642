"""What `wardwright describe` is asked on the command line: the table, what its columns are, and what is wanted.

Light: it is read whenever the command line is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from forecasting.sources_layout import SeriesSource


@dataclass(frozen=True, slots=True)
class Data:
    """The table as the command line names it, and what its columns are."""

    place: str
    sheet: str | None = None
    query: str | None = None
    time: str | None = None
    hour: str | None = None
    by: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    covariates: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    capacity: tuple[str, ...] = ()
    timezone: str | None = None
    date_format: str | None = None

    def source(self) -> SeriesSource:
        """The table as the library reads it; days from the day after tomorrow on can't have been recorded."""
        from forecasting.sources import TableSource
        from forecasting.sources_layout import SeriesSource

        database = "://" in self.place or self.place.startswith("env:")
        return SeriesSource(
            table=TableSource(self.place if database else Path(self.place), self.sheet, self.query),
            time=self.time,
            hour=self.hour,
            by=self.by,
            columns=self.columns,
            covariates=self.covariates,
            where=tuple(pair(text, "--where") for text in self.where),
            capacity=dict(pair(text, "--capacity") for text in self.capacity),
            timezone=self.timezone,
            date_format=self.date_format,
            latest=(datetime.now(UTC) + timedelta(days=1)).date(),
        )


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted: which series, whose public holidays, and in what form."""

    series: tuple[str, ...] = ()
    country: str | None = None
    subdivision: str | None = None
    html: Path | None = None
    folder: Path | None = None
    force: bool = False
    as_json: bool = False


_OPTIONS: Final = (
    click.argument("place", metavar="DATA"),
    click.option("--series", multiple=True, metavar="NAME", help="Tell all about this one: its name, owner or column."),
    click.option("--column", "columns", multiple=True, metavar="NAME", help="A column of counts [every one]."),
    click.option("--with", "covariates", multiple=True, metavar="NAME", help="A column that may explain them."),
    click.option("--by", multiple=True, metavar="NAME", help="A column that says whose row it is."),
    click.option("--time", metavar="NAME", help="The column of dates or times."),
    click.option("--hour", metavar="NAME", help="The column of hours, where dates lack them."),
    click.option("--where", multiple=True, metavar="NAME=VALUE", help="Only such rows."),
    click.option("--capacity", multiple=True, metavar="OCCUPIED=BEDS", help="A column of patients and one of beds."),
    click.option("--timezone", metavar="NAME", help="Whose clocks: Europe/London."),
    click.option("--date-format", metavar="FORMAT", help="How dates are written if not 2023-03-13: %d/%m/%Y."),
    click.option("--country", metavar="CODE", help="Whose public holidays: GB, US, DE ..."),
    click.option("--subdivision", metavar="CODE", help="And of which part of it: ENG, IA, BY ..."),
    click.option("--sheet", metavar="NAME", help="A sheet of a workbook [the first]."),
    click.option("--query", metavar="SQL", help="What to read of a database."),
    click.option("--html", type=click.Path(path_type=Path), help="Write one page with pictures."),
    click.option(
        "-o", "--output", "folder", type=click.Path(path_type=Path), help="Folder for text, data, cleaning, pictures."
    ),
    click.option("--force", is_flag=True, help="Replace them."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)


def takes_data(function: Callable[[Data, Wishes], None]) -> Callable[..., None]:
    """Give a command the options of a table, handed to it as `Data` and `Wishes`."""

    @wraps(function)
    def asked(**given: object) -> None:
        data, wishes = ({each.name: given[each.name] for each in fields(kind)} for kind in (Data, Wishes))
        function(Data(**data), Wishes(**wishes))  # type: ignore[arg-type]

    for option in reversed(_OPTIONS):
        asked = option(asked)
    return asked


def pair(text: str, option: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE. Raises BadParameter where there are not two."""
    name, mark, value = (part.strip() for part in text.partition("="))
    if not (name and mark and value):
        raise click.BadParameter(f"{text!r}: write it as NAME=VALUE", param_hint=option)
    return name, value
