"""Scenarios in workbooks: a sheet for each kind of thing, a row for each thing, a column for each of its values.

| sheet | rows |
|---|---|
| `scenario` | key, value: whatever has no sheet of its own |
| `units`, `patients`, `staff` and so on | id, then a column for each value: `beds`, `demand.history.file` |
| `cover`, `locked` | a column for each value, no id |
| `variants` | variant, path, value |
| `knobs`, `sweep` | name, value |

Dots in a heading part the steps of a path. An empty cell is a value left out. Lists and mappings stand in one cell as
in YAML, `[amu, resp]`; the word null is no value. Sheets whose names begin with # or `data ` are the planner's own.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from optimizer.scenario.faults import CELL, Fault, shown, spot
from optimizer.scenario.nesting import Nest, moved
from optimizer.scenario.overlay import MAX_DEPTH, Entry, Items, Keys, Node, Place, Scalar, Unreadable, Value, unusable
from optimizer.scenario.source import read_yaml

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

ENDINGS: Final = frozenset({".xlsx", ".xlsm"})
MAIN: Final = "scenario"
THINGS: Final = ("units", "patients", "staff", "shifts", "patterns", "sites", "acuity", "devices", "closing")
"""Sheets of things with an id, where a scenario has such things."""
ROWS: Final = ("cover", "locked")
"""Sheets of rows without one."""
PAIRS: Final = ("knobs", "sweep")
VARIANTS: Final = "variants"
ID: Final = "id"
NULL: Final = "null"
INLINE: Final = ("[", "{", '"')
"""What a cell written as in YAML begins with."""
OWN: Final = ("#", "data ")
"""How the names of sheets begin that are no part of the scenario."""

MOST_BYTES: Final = 20_000_000
"""Bytes of a workbook unpacked; what is longer belongs into tables beside it."""
MOST_CELLS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's tree, and what its places call its sheets."""

    tree: Keys
    sheets: tuple[str, ...]


def read_book(path: Path, name: str, faults: list[Fault]) -> Book:
    """The scenario in a workbook called `name`; `faults` gathers what is wrong but not fatal.

    Raises Unreadable where it can't be read at all.
    """
    told, written = _opened(path, name, values=True), _opened(path, name, values=False)
    sheets = [sheet for sheet in told.worksheets if not sheet.title.lower().startswith(OWN)]
    if MAIN not in [sheet.title for sheet in sheets]:
        raise Unreadable(Fault(name, 1, 1, "", f"holds no sheet called {MAIN}", "wardwright new DIR --xlsx makes one"))
    entries: dict[str, Entry] = {}
    for sheet in sheets:
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise Unreadable(Fault(f"{name}:{sheet.title}{CELL}", 1, 1, "", f"has more than {MOST_CELLS:,} cells"))
        reading = _Sheet(sheet, written[sheet.title], f"{name}:{sheet.title}{CELL}", faults)
        for key, entry in reading.entries():
            reading.keep(entries, (key,), entry)
    return Book(Keys(Place(name, 1, 1), entries), tuple(f"{name}:{sheet.title}{CELL}" for sheet in sheets))


def _opened(path: Path, name: str, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_BYTES:
                raise Unreadable(Fault(name, 1, 1, "", f"holds more than {MOST_BYTES:,} bytes unpacked"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out (pictures, rules) is no part of a scenario
            return load_workbook(path, data_only=values)
    except Unreadable:
        raise
    except Exception as error:  # a broken or hostile file answers with whatever breaks first
        reason = getattr(error, "strerror", None) or "it is no workbook, or a broken one"
        raise Unreadable(Fault(name, 1, 1, "", f"can't be read: {reason}")) from error


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet: its cells' values, its cells as written (formulas), and what its places call it."""

    told: Worksheet
    written: Worksheet
    file: str
    faults: list[Fault]

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """The top-level keys that the sheet holds."""
        title, top = self.told.title, Place(self.file, 1, 1)
        if title == MAIN:
            yield from self._paths(Keys(top, {}), self._pairs()).entries.items()
        elif title == VARIANTS:
            yield title, Entry(top, self._variants())
        elif title in PAIRS:
            yield title, Entry(top, self._named(self._pairs()))
        elif self._header() and self._header()[0][1] == ID:
            yield title, Entry(top, self._named(self._things()))
        else:
            yield title, Entry(top, Items(top, tuple(node for _, node in self._rows(first=0) if node.entries)))

    def keep(self, entries: dict[str, Entry], path: Sequence[str], entry: Entry) -> None:
        """Add a key that is not there yet."""
        key = path[-1]
        if key in entries:
            first = entries[key].at
            self.faults.append(entry.at.fault(path, f"is given twice, first at {spot(*first[:3])}", "keep one of them"))
        else:
            entries[key] = entry

    def _named(self, pairs: Iterator[tuple[Scalar, Node]]) -> Keys:
        entries: dict[str, Entry] = {}
        for key, node in pairs:
            self.keep(entries, (self.told.title, str(key.value)), Entry(key.at, node))
        return Keys(Place(self.file, 1, 1), entries)

    def _pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Name and value of every row below the header; a row without a value is left out."""
        for row in range(2, self.told.max_row + 1):
            key, value = self._key(row, 1), self._node(row, 2)
            if key is not None and value is not None:
                yield key, value
            elif value is not None:
                self.faults.append(value.at.fault((), "has no name to its left"))

    def _things(self) -> Iterator[tuple[Scalar, Node]]:
        for row, node in self._rows(first=1):
            key = self._key(row, 1)
            if key is not None:
                yield key, node
            elif node.entries:
                self.faults.append(Place(self.file, row, 1).fault((self.told.title,), f"has no {ID}"))

    def _rows(self, first: int) -> Iterator[tuple[int, Keys]]:
        """Each row as a mapping, its columns from number `first` on."""
        columns = self._header()[first:]
        for row in range(2, self.told.max_row + 1):
            cells = ((name, self._node(row, column)) for column, name in columns)
            pairs = ((Scalar(node.at, name), node) for name, node in cells if node is not None)
            yield row, self._paths(Keys(Place(self.file, row, 1), {}), pairs)

    def _header(self) -> list[tuple[int, str]]:
        """Column number and heading of every column that has one; values below none are a fault."""
        found = []
        for column in range(1, self.told.max_column + 1):
            heading = self._key(1, column)
            if heading is not None:
                found.append((column, str(heading.value)))
            elif any(self.told.cell(row, column).value is not None for row in range(2, self.told.max_row + 1)):
                fault = Place(self.file, 1, column).fault((self.told.title,), "has values below but no heading")
                self.faults.extend([] if fault in self.faults else [fault])
        return found

    def _variants(self) -> Keys:
        """Changes by variant; a row with a name alone is a variant that changes nothing."""
        found: dict[str, dict[str, Entry]] = {}
        places: dict[str, Place] = {}
        for row in range(2, self.told.max_row + 1):
            name, path, value = self._key(row, 1), self._key(row, 2), self._node(row, 3)
            if name is None:
                if path is not None or value is not None:
                    self.faults.append(Place(self.file, row, 1).fault((VARIANTS,), "names no variant"))
                continue
            places.setdefault(str(name.value), name.at)
            changes = found.setdefault(str(name.value), {})
            if path is None and value is None:
                continue
            if path is None or value is None:
                cure = "null removes what is there"
                self.faults.append(name.at.fault((VARIANTS, str(name.value)), "needs a path and a value", cure))
            else:
                self.keep(changes, (VARIANTS, str(name.value), str(path.value)), Entry(path.at, value))
        entries = {name: Entry(places[name], Keys(places[name], changes)) for name, changes in found.items()}
        return Keys(Place(self.file, 1, 1), entries)

    def _paths(self, under: Keys, pairs: Iterator[tuple[Scalar, Node]]) -> Keys:
        """Dotted paths with their values as nested mappings."""
        nested = Nest(under.at)
        for key, node in pairs:
            steps = str(key.value).split(".")
            if not all(steps) or len(steps) > MAX_DEPTH:
                self.faults.append(key.at.fault((str(key.value),), "is no path: steps are parted by single dots"))
            elif (clash := nested.put(steps, Entry(key.at, node))) is not None:
                self.faults.append(key.at.fault(steps, f"is given twice, first at {spot(*clash[:3])}"))
        return nested.keys()

    def _key(self, row: int, column: int) -> Scalar | None:
        """The text in a cell that names something; numbers are taken as text."""
        node = self._node(row, column)
        if node is None or (isinstance(node, Scalar) and node.broken):
            return None
        if isinstance(node, Scalar) and node.value is not None and not isinstance(node.value, bool):
            return Scalar(node.at, shown(node.value, quoted=False) if not isinstance(node.value, str) else node.value)
        self.faults.append(node.at.fault((), "must be a name"))
        return None

    def _node(self, row: int, column: int) -> Node | None:
        """What a cell holds; None where it is empty."""
        cell, at = self.told.cell(row, column), Place(self.file, row, column)
        if self.written.cell(row, column).data_type == "f" and cell.value is None:
            message = "is a formula that was never reckoned"
            return self._broken(at, message, "open the workbook in a spreadsheet program and save it, or put the value")
        if cell.data_type == "e":
            return self._broken(at, f"is an error: {cell.value}")
        value = _plain(cell)
        if isinstance(value, str) and (value == NULL or value.startswith(INLINE)):
            return self._inline(value, at)
        if (value is None) or (isinstance(value, str) and not value.strip()):
            return None
        problem = unusable(value)
        return self._broken(at, problem) if problem else Scalar(at, value)

    def _inline(self, text: str, at: Place) -> Node:
        found: list[Fault] = []
        try:
            node = read_yaml(text, self.file, found)
        except Unreadable as stop:
            return self._broken(at, stop.fault.message, stop.fault.hint)
        self.faults.extend(replace(each, line=at.line, column=at.column) for each in found)
        return Scalar(at, None) if node is None else moved(node, at)

    def _broken(self, at: Place, message: str, hint: str = "") -> Scalar:
        self.faults.append(at.fault((), message, hint))
        return Scalar(at, None, broken=True)


def _plain(cell: Cell) -> Value:
    """A cell's value as scenarios write it: dates and times as text, whole numbers whole."""
    value: Any = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    return math.nan if isinstance(value, complex) else str(value)
