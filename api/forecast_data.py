"""The work behind `wardwright forecast TABLE`: every series of a table at its own step, as text, CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from api import words
from api.documents import json_text
from api.errors import OutputFailed, Refused
from api.folder import refuse_file, write_file
from api.forecast_rows import COLUMNS, OneSeries, Row, basis, series_of
from api.forecast_wishes import TableWishes
from api.terminal import progress_line
from forecasting.ahead import Ahead, Asked, forecast_any
from forecasting.cleaning import time_zone
from forecasting.hourly import DAYS_SCORED
from forecasting.recording import Recording
from forecasting.sources_many import SeriesRead, chosen, read_series

SCHEMA_VERSION: Final = 1
DEFAULT_FORECASTER: Final = "fast"
MOST_SHOWN: Final = 6
"""Series told in full on the terminal; a file holds all."""

MOST_NOTES: Final = 12


@dataclass(slots=True)
class Telling:
    """What has been forecast so far, as it is to be told; `all_series` only where JSON wants them."""

    count: int = 0
    shown: list[OneSeries] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    all_series: list[dict[str, object]] = field(default_factory=list)


def run_table(place: str, wishes: TableWishes, *, output: Path | None, force: bool, as_json: bool) -> str:
    """Forecast a table's series and write the file that is named; what to print.

    Raises HistoryError or ForecastError where that can't be, Refused for another kind of file or where nothing is left,
    OutputRefused for one that stands in the way.
    """
    if output is not None:
        if output.suffix not in (".csv", ".json"):
            raise Refused(f"{output}: forecasts are written to a .csv or a .json file")
        refuse_file(output, force=force)
    keep = as_json or (output is not None and output.suffix == ".json")
    told = Telling()
    with ExitStack() as stack:
        line = stack.enter_context(progress_line())
        table = stack.enter_context(_table(output)) if output is not None and output.suffix == ".csv" else None
        for one in forecast_any(_recordings(place, wishes, told), _asked(place, wishes)):
            _take(one, told, table, keep=keep)
            if line:
                line.say(f"forecasting: {told.count:,} series done")
        if not told.count:
            why = "".join(f"\n  {name}: {reason}" for name, reason in told.left_out[:MOST_NOTES])
            raise Refused(f"{place}: holds no series that can be forecast{why}")
    document = json_text(_json(place, told)) if keep else ""
    if output is not None and output.suffix == ".json":
        write_file(output, document)
    if as_json:
        return document
    return _text(place, told) + (f"Written to {output}\n" if output is not None else "")


def _asked(place: str, wishes: TableWishes) -> Asked:
    """What is wanted, as the library has it."""
    return Asked(
        start=wishes.start,
        days=wishes.days,
        forecaster=wishes.forecaster or DEFAULT_FORECASTER,
        country=wishes.country,
        subdivision=wishes.subdivision,
        zone=time_zone(place, wishes.timezone),
    )


def _recordings(place: str, wishes: TableWishes, told: Telling) -> Iterator[Recording]:
    """Every series of counts that is wanted and can be read, as it comes; the others are told as left out.

    Raises HistoryError for a wanted name that no series has.
    """
    names: list[str] = []
    for each in read_series(wishes.data(place).source()).series:
        if each.covariate:
            continue
        names.append(each.name)
        if wishes.series and not _wanted(each, wishes.series):
            continue
        if each.recording is None:
            told.left_out.append((each.name, each.problem))
            continue
        told.notes += [str(note) for note in each.recording.notes] if len(told.notes) < MOST_NOTES else []
        yield each.recording
    if wishes.series:
        chosen(names, wishes.series)


def _wanted(read: SeriesRead, series: tuple[str, ...]) -> bool:
    return bool({read.name, *read.name.split(" ")} & set(series))


def _take(one: Ahead, told: Telling, table: TextIO | None, *, keep: bool) -> None:
    """One chunk's forecast, written and remembered as far as it is told."""
    told.left_out += one.left_out
    if one.forecast is None:
        return
    told.bases.append(basis(one.forecast, one.step))
    told.notes += [note for note in one.forecast.notes if note != DAYS_SCORED]
    for series in series_of(one.forecast, one.step):
        told.count += 1
        if len(told.shown) < MOST_SHOWN:
            told.shown.append(series)
        if table is not None:
            table.write(_csv(series.rows()))
        if keep:
            told.all_series.append(series.to_json())


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@contextmanager
def _table(path: Path) -> Iterator[TextIO]:
    """A CSV file that is written as forecasts come, and stands in its place once it is whole."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(",".join(COLUMNS) + "\n")
            yield file
        partial.replace(path)
    except OSError as error:
        raise OutputFailed(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _json(place: str, told: Telling) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "file": Path(place).name,
        "basis": list(dict.fromkeys(told.bases)),
        "series": told.all_series,
        "left_out": [{"name": name, "why": reason} for name, reason in told.left_out],
        "notes": list(dict.fromkeys(told.notes)),
    }


def _text(place: str, told: Telling) -> str:
    """The first series in full, then what all of them rest on."""
    lines = [f"{Path(place).name}: {told.count:,} series"]
    for series in told.shown:
        lines += [*words.wrapped(series.name or "the series", hanging="  "), *series.lines()]
    if told.count > len(told.shown):
        lines.append(f"and {told.count - len(told.shown):,} more series; -o FILE.csv holds all")
    for each in dict.fromkeys(told.bases[:MOST_SHOWN]):
        lines += words.wrapped(f"Forecast: {each}", hanging="  ")
    lines += _cut([f"left out: {name}: {reason}" for name, reason in told.left_out], "left out")
    lines += _cut(list(dict.fromkeys(told.notes)), "notes; --json lists all")
    return "\n".join(lines) + "\n"


def _cut(sentences: list[str], what: str) -> list[str]:
    """The first sentences, wrapped, and how many more there are."""
    lines = [line for each in sentences[:MOST_NOTES] for line in words.wrapped(each, "  ", "    ")]
    more = len(sentences) - MOST_NOTES
    return lines + ([f"  and {more:,} more {what}"] if more > 0 else [])
