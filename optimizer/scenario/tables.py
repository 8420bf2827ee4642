"""Columns of CSV files that stand in a scenario as `{table: FILE.csv, column: NAME, where: {COLUMN: VALUE}}`.

Files are read only below the folders allowed, symbolic links followed first. Every number keeps its cell.
"""

import csv
import math
import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from optimizer.scenario.faults import Fault, Step, closest, did_you_mean, shown
from optimizer.scenario.overlay import Cells, Entry, Items, Keys, Node, Place, Scalar, Unreadable, Value, unusable

MAX_ROWS = 1_000_000
MAX_TABLE_BYTES = 100_000_000
MOST_CELLS_TOLD = 20
"""Bad cells of one column told one by one; the rest are counted."""
_TABLE_KEYS = ("table", "column", "where")


class Unreachable(ValueError):  # noqa: N818 - it becomes a fault and never leaves this room
    """A file that may not or can't be read: what is wrong, and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Reach:
    """The folders below which files may be read, resolved."""

    roots: tuple[Path, ...]

    def find(self, name: str, beside: Path) -> Path:
        """The file called `name` as seen from the folder `beside`. Raises Unreachable."""
        try:
            path = (beside / name).resolve()
            if not any(path.is_relative_to(root) for root in self.roots):
                raise Unreachable(f"{name} lies outside the scenario's folder", "--root names the folder to read below")
            if not path.is_file():
                raise Unreachable(f"{name} is a folder" if path.is_dir() else f"no such file: {name}", _alike(path))
        except (OSError, RuntimeError) as error:  # too long a name; links in a circle
            raise Unreachable(f"{shown(name)} can't be read") from error
        except ValueError as error:
            raise error if isinstance(error, Unreachable) else Unreachable(f"{shown(name)} is no file name") from error
        return path


def _alike(path: Path) -> str:
    there = sorted(os.listdir(path.parent)) if path.parent.is_dir() else []
    close = closest(path.name, there)
    return f"did you mean {close}?" if close and close != path.name else ""


@dataclass(slots=True)
class _Lines:
    """The lines of a file, the last one remembered to find a cell in it."""

    source: Iterator[str]
    last: str = ""

    def __iter__(self) -> Iterator[str]:
        for line in self.source:
            self.last = line
            yield line

    def column(self, cell: int) -> int:
        """Where cell number `cell` starts in the last line, counted from 1."""
        starts, quoted = [1], False
        for at, letter in enumerate(self.last):
            quoted ^= letter == '"'
            if letter == "," and not quoted:
                starts.append(at + 2)
        return starts[min(cell, len(starts) - 1)]


def _rows(path: Path, name: str) -> Iterator[tuple[int, list[str], _Lines]]:
    """(line, cells, lines) of every row that isn't blank; `name` is the file as faults say it. Raises Unreadable."""
    line = 0
    try:
        if (size := path.stat().st_size) > MAX_TABLE_BYTES:
            raise Unreadable(Fault(name, 1, 1, "", f"has {size:,} bytes, more than the {MAX_TABLE_BYTES:,} read"))
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            lines = _Lines(file)
            reader = csv.reader(lines, strict=True)
            for cells in reader:
                line = reader.line_num
                if unusable(lines.last):
                    raise Unreadable(Fault(name, line, 1, "", "is not UTF-8", "save the table as CSV in UTF-8"))
                if cells:
                    yield line, cells, lines
    except csv.Error as error:
        raise Unreadable(Fault(name, line + 1, 1, "", f"not readable as CSV: {error}")) from error
    except OSError as error:
        raise Unreadable(Fault(name, 1, 1, "", f"can't be read: {error.strerror}")) from error


def _first(rows: Iterator[tuple[int, list[str], _Lines]], name: str) -> list[str]:
    for _, cells, _ in rows:
        return [cell.strip() for cell in cells]
    raise Unreadable(Fault(name, 1, 1, "", "the table is empty"))


def header(path: Path, name: str) -> list[str]:
    """The column names in the first row. Raises Unreadable where there is none."""
    return _first(_rows(path, name), name)


def missing_column(column: str, columns: Sequence[str], name: str) -> tuple[str, str]:
    """(message, hint) where a table has no such column, or has it twice; two empty texts where all is well."""
    if (times := columns.count(column)) == 1:
        return "", ""
    there = ", ".join(columns[:20])
    if times:
        return f"{name} has {times} columns called {column}", f"columns: {there}"
    close = closest(column, columns)
    return f"{name} has no column {column}", (f"did you mean {close}? " if close else "") + f"columns: {there}"


def _finite(text: str) -> float | None:
    """The number in a cell, whole ones as int; None where there is no finite number."""
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _same(cell: str, wanted: Value) -> bool:
    """Whether a cell holds the value asked for, as text or as a number."""
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return _finite(cell) == wanted
    return cell.strip() == shown(wanted, quoted=False) or cell.strip() == wanted


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at] if at < len(cells) else ""


@dataclass(slots=True)
class _Column:
    """One column asked for: which file, which cells, which rows."""

    path: Path
    name: str
    at: Place
    where: tuple[Step, ...]
    column: Scalar
    keep: Mapping[str, Entry]
    faults: list[Fault]
    bad: int = 0

    def read(self) -> Cells:
        """Read it; raises Unreadable where there is nothing to read."""
        rows = _rows(self.path, self.name)
        there = _first(rows, self.name)
        cell = self._find(str(self.column.value), self.column.at, there)
        keep = [(self._find(key, entry.at, there), entry.node) for key, entry in self.keep.items()]
        values: list[float] = []
        lines, columns = array("L"), array("L")
        for line, cells, text in rows:
            if all(isinstance(node, Scalar) and _same(_cell(cells, at), node.value) for at, node in keep):
                lines.append(line)
                columns.append(text.column(cell))
                values.append(self._value(_cell(cells, cell), Place(self.name, line, columns[-1]), len(values)))
        return self._checked(Cells(self.at, self.name, values, lines, columns))

    def _find(self, column: str, at: Place, there: Sequence[str]) -> int:
        message, hint = missing_column(column, there, self.name)
        if message:
            raise Unreadable(at.fault((*self.where, "column"), message, hint))
        return there.index(column)

    def _value(self, text: str, at: Place, count: int) -> float:
        if count >= MAX_ROWS:
            raise Unreadable(at.fault(self.where, f"the table has more than {MAX_ROWS:,} rows"))
        if (value := _finite(text)) is not None:
            return value
        self.bad += 1
        if self.bad <= MOST_CELLS_TOLD:
            self.faults.append(at.fault((*self.where, count), f"must be a finite number, got {shown(text)}"))
        return 0.0

    def _checked(self, cells: Cells) -> Cells:
        if not cells.values:
            asked = ", ".join(
                f"{key} = {shown(getattr(entry.node, 'value', None))}" for key, entry in self.keep.items()
            )
            message = f"no row of {self.name} has {asked}" if asked else f"{self.name} has no rows"
            raise Unreadable(self.at.fault(self.where, message))
        if self.bad > MOST_CELLS_TOLD:
            more = self.bad - MOST_CELLS_TOLD
            self.faults.append(self.at.fault(self.where, f"{more} more cells of {self.name} are no finite numbers"))
        return replace(cells, broken=bool(self.bad))


@dataclass(slots=True)
class Tables:
    """Puts columns in place of the mappings that ask for them. `reach` None refuses all files (data over HTTP).

    `folders` holds the folder of each scenario file by the name that places give it, `faults` and `files` gather.
    """

    reach: Reach | None
    folders: Mapping[str, Path]
    faults: list[Fault] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def fill(self, node: Node, path: tuple[Step, ...] = ()) -> Node:
        """The tree with every table read; one that can't be becomes a broken stand-in and a fault."""
        if isinstance(node, Items):
            return replace(node, items=tuple(self.fill(each, (*path, at)) for at, each in enumerate(node.items)))
        if not isinstance(node, Keys):
            return node
        named = node.entries.get("table")
        if named and path and isinstance(named.node, Scalar) and isinstance(named.node.value, str):
            return self._filled(node, named.node, path)
        inner = {key: Entry(each.at, self.fill(each.node, (*path, key))) for key, each in node.entries.items()}
        return replace(node, entries=inner)

    def _filled(self, node: Keys, file: Scalar, path: tuple[Step, ...]) -> Node:
        try:
            return self._read(node, file, path)
        except Unreadable as stop:
            self.faults.append(stop.fault)
        except Unreachable as error:
            self.faults.append(file.at.fault((*path, "table"), str(error), error.hint))
        return Scalar(node.at, None, broken=True)

    def _read(self, node: Keys, file: Scalar, path: tuple[Step, ...]) -> Cells:
        if self.reach is None:
            raise Unreachable("no files over HTTP", "give the numbers themselves as a list")
        for key, entry in node.entries.items():
            if key not in _TABLE_KEYS:
                raise Unreadable(entry.at.fault((*path, key), "unknown key", did_you_mean(key, _TABLE_KEYS)))
        column, keep = node.entries.get("column"), node.entries.get("where")
        if column is None or not isinstance(column.node, Scalar):
            raise Unreadable(node.at.fault((*path, "column"), "must name one column of the table"))
        if keep is not None and not isinstance(keep.node, Keys):
            raise Unreadable(keep.node.at.fault((*path, "where"), "must be a mapping of columns to values"))
        name = str(file.value)
        found = self.reach.find(name, self.folders[file.at.file])
        self.files.append(found)
        told = os.path.normpath(os.path.join(os.path.dirname(file.at.file), name))
        kept = keep.node.entries if keep is not None and isinstance(keep.node, Keys) else {}
        return _Column(found, told, node.at, path, column.node, kept, self.faults).read()
