"""From tables to numbers: every row finds its cell, and what cannot be a row of a plan is said, not guessed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.check.findings import MOST_NAMED, Broken
from optimizer.check.names import Index, Names
from optimizer.expansion.grid import Floats, Ints
from optimizer.tables import SHAPES, Table

Keys = tuple[tuple[str, str], ...]
_DAY: Final[Keys] = (("day", "day"),)
_PERIOD: Final[Keys] = (*_DAY, ("period", "period"))
_INTERVAL: Final[Keys] = (("from", "interval's start"), ("to", "interval's end"))
_GROUP: Final[Keys] = (("group", "patient group"),)
_UNIT: Final[Keys] = (("unit", "unit"),)
_STAFF: Final[Keys] = (("staff", "staff group"),)
_DEVICE: Final[Keys] = (("device", "device"),)

KEYS: Final[Mapping[str, Keys]] = {
    "demand": (*_GROUP, *_PERIOD),
    "start": (*_GROUP, ("unit", "unit or holding")),
    "patients": (*_GROUP, *_UNIT, *_PERIOD),
    "waiting": (*_GROUP, *_PERIOD),
    "moves": (*_GROUP, ("from", "unit or holding"), ("to", "unit or holding"), *_PERIOD),
    "electives": (*_GROUP, ("booked", "day"), ("done", "day")),
    "electives_off": (*_GROUP, ("booked", "day")),
    "beds": (*_UNIT, *_DAY),
    "overflow": (*_UNIT, *_DAY),
    "bays": (*_UNIT, ("bay", "bay"), *_DAY),
    "closings": (*_UNIT, *_DAY),
    "engaged": (*_STAFF, *_UNIT),
    "staff": (*_STAFF, ("contract", "contract"), *_UNIT, ("line", "shift or pattern"), *_DAY),
    "on_duty": (*_STAFF, ("home", "unit"), *_UNIT, ("role", "staff group"), ("shift", "shift"), *_DAY),
    "needs": (*_UNIT, *_STAFF, *_INTERVAL, ("rule", "rule")),
    "short_staff": (*_UNIT, *_STAFF, *_INTERVAL),
    "hours_owed": (*_UNIT, *_STAFF, ("week", "week")),
    "staff_changes": (*_UNIT, *_STAFF, ("contract", "contract"), ("shift", "shift"), *_DAY),
    "bay_changes": (*_UNIT, ("bay", "bay"), *_DAY),
    "elective_changes": (*_GROUP, ("booked", "day"), ("done", "day")),
    "devices": (*_DEVICE, *_UNIT, *_PERIOD),
    "stores": (*_DEVICE, ("site", "site"), *_PERIOD),
    "device_moves": (*_DEVICE, ("from", "unit or site"), ("to", "unit or site"), *_PERIOD),
    "services": (*_DEVICE, *_GROUP, *_PERIOD),
    "extra_slots": (*_DEVICE, *_PERIOD),
}
"""Columns that say which cell a row is, with the axis of each; every other column is a figure."""

SEVERAL: Final = frozenset({"needs"})
"""Tables in which rows may share their names: two cover entries may state a rule of one kind."""

MAY_BE_NEGATIVE: Final = frozenset({("beds", "net")})


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A table's N readable rows: `keys` (N,) numbers by column, along axes of `sizes`, and `figures` (N,) by column."""

    name: str
    keys: Mapping[str, Ints]
    sizes: tuple[int, ...]
    figures: Mapping[str, Floats]

    def dense(self, figure: str) -> Floats:
        """A figure as an array with one axis for each key, 0 where no row stands."""
        found = np.zeros(self.sizes)
        np.add.at(found, tuple(self.keys.values()), self.figures[figure])
        return found

    def at(self, row: int, names: Names) -> str:
        """A row's names in planners' words."""
        numbers = [int(each[row]) for each in self.keys.values()]
        words = [str(_name_of(names.axes[axis], at)) for (_, axis), at in zip(KEYS[self.name], numbers, strict=True)]
        return " ".join(word for word in words if word)


@dataclass(slots=True)
class Faults:
    """What could not be read, by the rule it breaks."""

    unknown: list[Broken] = field(default_factory=list)
    doubled: list[Broken] = field(default_factory=list)
    no_number: list[Broken] = field(default_factory=list)
    negative: list[Broken] = field(default_factory=list)


def read(names: Names, tables: Mapping[str, Table]) -> tuple[dict[str, Cells], Faults]:
    """Every table of `KEYS`, empty where it is absent, and what is wrong with their rows."""
    faults = Faults()
    for name in tables:
        if name not in KEYS:
            faults.unknown.append(Broken(name, "no table of a plan is called so", 1.0))
    cells = {name: _read(names, name, tables.get(name), faults) for name in KEYS}
    return cells, faults


def _read(names: Names, name: str, table: Table | None, faults: Faults) -> Cells:
    columns = SHAPES[name]
    rows = list(_whole_rows(name, table, faults)) if table is not None else []
    by_column = dict(zip(columns, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(columns, ())
    readable = np.ones(len(rows), dtype=np.bool_)
    keys = {}
    for column, axis in KEYS[name]:
        keys[column] = _numbers(by_column[column], names.axes[axis])
        faults.unknown.extend(_unknown(f"{name}.csv", column, axis, by_column[column], keys[column]))
        readable &= keys[column] >= 0
    figures = {column: _figures(by_column[column]) for column in columns if column not in keys}
    for column, values in figures.items():
        faults.no_number.extend(_no_numbers(f"{name}.csv", column, by_column[column], values))
        figures[column] = np.where(np.isfinite(values), values, 0.0)
    sizes = tuple(max(names.axes[axis].values(), default=-1) + 1 for _, axis in KEYS[name])
    kept = {column: each[readable] for column, each in keys.items()}
    found = Cells(name, kept, sizes, {column: values[readable] for column, values in figures.items()})
    _judge_cells(names, found, faults)
    return found


def _whole_rows(name: str, table: Table, faults: Faults) -> Iterator[tuple[object, ...]]:
    """Rows with a cell for each column; none where the columns are not the table's own."""
    if tuple(table.columns) != SHAPES[name]:
        faults.unknown.append(Broken(f"{name}.csv", f"must have the columns {', '.join(SHAPES[name])}", 1.0))
        return
    for at, row in enumerate(table.rows):
        if len(row) == len(table.columns):
            yield row
        else:
            faults.unknown.append(Broken(f"{name}.csv row {at + 1}", f"has {len(row)} cells", 1.0))


def _numbers(column: Sequence[object], index: Index) -> Ints:
    return np.array([index.get(cell, -1) for cell in column], dtype=np.int64)


def _figures(column: Sequence[object]) -> Floats:
    try:
        return np.array(column, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array([_figure(cell) for cell in column], dtype=np.float64)


def _figure(cell: object) -> float:
    try:
        return float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _unknown(table: str, column: str, axis: str, cells: Sequence[object], numbers: Ints) -> Iterator[Broken]:
    for row in np.flatnonzero(numbers < 0)[:MOST_NAMED]:
        yield Broken(f"{table} row {row + 1}", f"{column}: no {axis} is called {cells[row]!r}", 1.0)


def _no_numbers(table: str, column: str, cells: Sequence[object], values: Floats) -> Iterator[Broken]:
    for row in np.flatnonzero(~np.isfinite(values))[:MOST_NAMED]:
        yield Broken(f"{table} row {row + 1}", f"{column}: {cells[row]!r} is no number", 1.0)


def _judge_cells(names: Names, cells: Cells, faults: Faults) -> None:
    for column, values in cells.figures.items():
        if (cells.name, column) not in MAY_BE_NEGATIVE:
            for row in np.flatnonzero(values < 0)[:MOST_NAMED]:
                message = f"{cells.name}.{column} is {values[row]:g}"
                faults.negative.append(Broken(cells.at(int(row), names), message, float(-values[row])))
    if "from" in cells.keys and "interval's end" in dict(KEYS[cells.name]).values():
        for row in np.flatnonzero(cells.keys["from"] != cells.keys["to"])[:MOST_NAMED]:
            faults.unknown.append(Broken(cells.at(int(row), names), f"{cells.name}: from and to are no interval", 1.0))
    if cells.name not in SEVERAL:
        for row in np.flatnonzero(times_before(codes(cells)))[:MOST_NAMED]:
            faults.doubled.append(Broken(cells.at(int(row), names), f"{cells.name} has this row twice", 1.0))


def codes(cells: Cells) -> Ints:
    """(N,) one number for each row's names."""
    if not cells.sizes or 0 in cells.sizes:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(np.ravel_multi_index(tuple(cells.keys.values()), cells.sizes), dtype=np.int64)


def times_before(numbers: Ints) -> Ints:
    """(N,) how often each number stands earlier in the list."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    first = np.searchsorted(ordered, ordered, side="left")
    counts = np.empty(len(numbers), dtype=np.int64)
    counts[order] = np.arange(len(numbers)) - first
    return counts


def _name_of(index: Index, number: int) -> object:
    return next(name for name, at in index.items() if at == number)
