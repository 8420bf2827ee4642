"""The tables a scenario is drafted from: a census by ward and, if there is one, the establishment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from forecasting.errors import HistoryError
from forecasting.recording import Recording
from forecasting.sources import Row, Sheet, TableSource, open_table
from forecasting.sources_layout import PLACES, Layout, SeriesSource
from forecasting.sources_many import SeriesRead, read_series
from optimizer.drafting.assumptions import LATE_DAYS
from optimizer.drafting.draft import Group, Ward
from optimizer.drafting.wards import ward_of
from optimizer.scenario.faults import Fault, ScenarioError, closest

STAFF_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("unit", "ward", "department"),
    "staff": ("staff", "staff_group", "group", "grade", "role"),
    "people": ("people", "wte", "fte", "heads", "headcount"),
    "pay_per_hour": ("pay_per_hour", "hourly_pay", "rate"),
    "hours_per_week": ("hours_per_week", "contracted_hours"),
}
"""Columns of the establishment by what they may be called; the last two may be left out."""

NEEDED: Final = ("unit", "staff", "people")


@dataclass(frozen=True, slots=True)
class Census:
    """Wards with the day after their last, and what could not be used, in words."""

    wards: tuple[Ward, ...]
    next_day: date
    notes: tuple[str, ...]


def read_census(path: Path, kept: str) -> Census:
    """Wards out of a table of patients by day; `kept` is the path of its copy beside the scenario.

    Raises HistoryError where it can't be read or nothing in it is of use.
    """
    opened = read_series(SeriesSource(TableSource(path)))
    if len(opened.layout.by) > 1:
        names = " and ".join(opened.layout.by)
        message = f"tells wards apart by {names}; put the ward's whole name into one column"
        raise HistoryError(path.name, 1, 1, message)
    beds = _beds_columns(opened.layout)
    wards: list[Ward] = []
    notes: list[str] = []
    lasts: list[date] = []
    series = [each for each in opened.series if not each.covariate]
    places = {(each.owner, each.column): each.recording for each in series if each.recording is not None}
    for each in series:
        if each.column in beds.values():
            continue
        if each.recording is None:
            notes.append(f"{each.name}: {each.problem}; left out")
        elif each.recording.step.name not in ("hour", "day"):
            notes.append(
                f"{each.name}: is told by the {each.recording.step.name}; a plan needs days or hours; left out"
            )
        else:
            capacity = beds.get(each.column)
            wards.append(_ward(each, opened.layout, kept, capacity, places.get((each.owner, capacity or ""))))
            lasts.append(each.recording.times[-1].astype("datetime64[D]").item())
    if not wards:
        raise HistoryError(path.name, 1, 1, "; ".join(["holds no series a ward can be planned by", *notes]))
    return Census(tuple(wards), max(lasts) + timedelta(days=1), tuple(notes))


def _beds_columns(layout: Layout) -> Mapping[str, str]:
    """The column of beds by that of patients: as the layout found, or the only two there are."""
    if layout.capacity or len(layout.counts) != 2:
        return layout.capacity
    beds = [name for name in layout.counts if PLACES.search(name)]
    patients = [name for name in layout.counts if name not in beds]
    return {patients[0]: beds[0]} if len(beds) == len(patients) == 1 else {}


def _ward(each: SeriesRead, layout: Layout, kept: str, capacity: str | None, beds: Recording | None) -> Ward:
    late = _late(each.recording)
    where = {layout.by[0]: each.owner} if layout.by else {}
    history: dict[str, object] = {"file": kept, "column": each.column}
    history |= {"date_column": layout.time} if layout.time != "date" else {}
    history |= {"where": where} if where else {}
    history |= {"capacity_column": capacity} if capacity is not None else {}
    history |= {"daily": "mean"} if each.recording is not None and each.recording.step.name == "hour" else {}
    history |= {"hour_column": layout.hour} if layout.hour is not None else {}
    return ward_of(each.owner or each.column, history, late, None if beds is None else _late(beds))


def _late(recording: Recording | None) -> np.ndarray:
    """Known values of the last days."""
    if recording is None:
        return np.zeros(1)
    since = recording.times[-1] - np.timedelta64(LATE_DAYS, "D")
    values = recording.values[recording.times > since]
    return np.asarray(values[~np.isnan(values)])


def read_groups(path: Path, wards: Sequence[str]) -> tuple[Group, ...]:
    """The establishment: a row for each ward and staff group.

    Raises HistoryError where it can't be read, ScenarioError with every row that can't be used.
    """
    sheet = open_table(TableSource(path))
    columns = _columns(sheet)
    lacking = [name for name in NEEDED if name not in columns]
    if lacking:
        wanted = "; ".join(f"{name}: one of {', '.join(STAFF_COLUMNS[name])}" for name in lacking)
        raise ScenarioError([Fault(path.name, 1, 1, "", f"lacks a column for {', '.join(lacking)}", wanted)])
    known = {ward.casefold(): ward for ward in wards}
    faults: list[Fault] = []
    groups = [group for row in sheet.rows for group in _group(path.name, row, columns, known, faults)]
    if faults:
        raise ScenarioError(faults)
    return tuple(groups)


def _columns(sheet: Sheet) -> dict[str, str]:
    """The table's own name of each column it has."""
    named = {name.lower().replace(" ", "_"): name for name in sheet.columns}
    found = {}
    for what, names in STAFF_COLUMNS.items():
        there = [named[name] for name in names if name in named]
        if there:
            found[what] = there[0]
    return found


def _group(
    file: str, row: Row, columns: Mapping[str, str], known: Mapping[str, str], faults: list[Fault]
) -> Iterator[Group]:
    before = len(faults)
    ward = known.get(row.text(columns["unit"]).casefold())
    if ward is None:
        said = row.text(columns["unit"])
        near = closest(said, list(known.values()))
        hint = f"did you mean {near}?" if near else f"wards are {', '.join(list(known.values())[:8])}"
        faults.append(
            Fault(file, row.line, row.place(columns["unit"]), "", f"no ward of the census is called {said!r}", hint)
        )
    if not row.text(columns["staff"]):
        faults.append(Fault(file, row.line, row.place(columns["staff"]), "", "no staff group", "such as rn or hca"))
    people, pay, hours = (_figure(file, row, columns.get(name), faults) for name in list(STAFF_COLUMNS)[2:])
    if people is None and len(faults) == before:
        faults.append(Fault(file, row.line, row.place(columns["people"]), "", "no number of people", "0 or more"))
    if len(faults) == before and ward is not None and people is not None:
        yield Group(ward, row.text(columns["staff"]), people, pay, hours)


def _figure(file: str, row: Row, column: str | None, faults: list[Fault]) -> float | None:
    """A number of 0 or more; None where the cell is empty or there is no such column."""
    if column is None or not row.text(column):
        return None
    try:
        value = float(row.text(column))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        words = f"{column}: must be a number of 0 or more, got {row.text(column)!r}"
        faults.append(Fault(file, row.line, row.place(column), "", words, "write it as 37.5"))
        return None
    return value
