"""A scenario as a workbook to fill in, in the layout that `optimizer.scenario.books` reads back: nothing is lost."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api import words
from api.errors import Refused
from api.exports.input_notes import meanings
from optimizer.scenario.books import ID, INLINE, MAIN, NULL, PAIRS, ROWS, THINGS, VARIANTS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

WIDEST: Final = 40
LONGEST: Final = 32_767
"""Characters that a cell holds at most."""
PLAIN: Final = re.compile(r"[A-Za-z_][\w-]*|\d{4}-\d\d-\d\d|\d+(min|h|d|w)", re.ASCII)
"""Text that needs no quotes in a list: names, days, lengths of time."""
RESERVED: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
Data = Mapping[str, object]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its headings, and rows of values by heading; `paths` lead from row and heading into the scenario."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    keys: tuple[str | int, ...] = ()

    def path(self, row: int, heading: str) -> Path:
        """Where a cell's value stands in the scenario."""
        if self.name == MAIN:
            return tuple(str(self.rows[row]["key"]).split("."))
        return (self.name, self.keys[row], *heading.split(".")) if self.keys else ()


def input_book(data: Data, notes: Mapping[Path, str] | None = None) -> bytes:
    """The workbook of a scenario's data (as files write them, variants and all), with `notes` on values by path.

    Raises Refused where a list is too long for a cell.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for table in tables(data):
        _write(book, table, notes or {})
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tables(data: Data) -> Iterator[Table]:
    """The sheets: what has one of its own, everything else by its path."""
    own = {key: value for key, value in data.items() if _has_sheet(key, value)}
    rest = {key: value for key, value in data.items() if key not in own}
    pairs = tuple({"key": path, "value": value} for path, value in _flat(rest))
    yield Table(MAIN, ("key", "value"), pairs)
    for key in (*THINGS, *ROWS, *PAIRS, VARIANTS):
        value = own.get(key)
        if key == VARIANTS and isinstance(value, Mapping):
            yield Table(key, ("variant", "path", "value"), tuple(_changes(value)))
        elif key in PAIRS and isinstance(value, Mapping):
            yield Table(key, ("name", "value"), tuple({"name": name, "value": each} for name, each in value.items()))
        elif isinstance(value, Mapping):
            rows = tuple({ID: name, **dict(_flat(each))} for name, each in value.items())
            yield Table(key, _header(rows), rows, tuple(value))
        elif isinstance(value, Sequence):
            rows = tuple(dict(_flat(each)) for each in value)
            yield Table(key, _header(rows), rows, tuple(range(len(rows))))


def _has_sheet(key: str, value: object) -> bool:
    """Whether it is laid out on a sheet: what can't be, stands in one cell as in YAML."""
    if key in ROWS:
        return isinstance(value, list) and bool(value) and all(_parts(each) for each in value)
    if not isinstance(value, Mapping) or not value or not all(map(_names, value)):
        return False
    if key == VARIANTS:
        return all(isinstance(each, Mapping) and all(map(_names, each)) for each in value.values())
    if key in THINGS:
        return all(
            isinstance(each, Mapping) and (not each or _parts(each)) and ID not in each for each in value.values()
        )
    return key in PAIRS


def _names(key: object) -> bool:
    """Whether a key can stand in a cell as it is."""
    return isinstance(key, str) and bool(key) and key.strip() == key and _cell_text(key) == key


def _parts(value: object) -> bool:
    """Whether a value is a mapping whose keys can be steps of a path."""
    return isinstance(value, Mapping) and bool(value) and all(_names(key) and "." not in key for key in value)


def _flat(value: object, above: str = "") -> Iterator[tuple[str, object]]:
    """Paths with their values, mappings taken apart as far as their keys allow."""
    if not isinstance(value, Mapping):
        return
    for key, each in value.items():
        path = f"{above}.{key}" if above else key
        if _parts(each):
            yield from _flat(each, path)
        else:
            yield path, each


def _changes(variants: Data) -> Iterator[Mapping[str, object]]:
    for name, changes in variants.items():
        if isinstance(changes, Mapping) and changes:
            yield from ({"variant": name, "path": path, "value": value} for path, value in changes.items())
        else:
            yield {"variant": name}


def _header(rows: Sequence[Mapping[str, object]]) -> tuple[str, ...]:
    """Every heading, in the order in which they come; those of one part stay together."""
    found = list(dict.fromkeys(heading for row in rows for heading in row))
    first = list(dict.fromkeys(heading.partition(".")[0] for heading in found))
    return tuple(sorted(found, key=lambda heading: first.index(heading.partition(".")[0])))


def _write(book: Workbook, table: Table, notes: Mapping[Path, str]) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    page: Worksheet = book.create_sheet(table.name)
    meant = meanings(table.name, table.header) if table.keys else {}
    for column, heading in enumerate(table.header, start=1):
        _put(page.cell(1, column), heading)
        _comment(page.cell(1, column), meant.get(heading))
        page.cell(1, column).font = Font(bold=True)
        widest = [heading, *(str(row.get(heading, "")) for row in table.rows)]
        page.column_dimensions[get_column_letter(column)].width = min(WIDEST, max(map(words.shown_width, widest)) + 2)
    for at, row in enumerate(table.rows):
        for column, heading in enumerate(table.header, start=1):
            if heading in row:
                _put(page.cell(at + 2, column), row[heading])
            _note(page.cell(at + 2, column), _noted(table.path(at, heading), notes))
    _note(page.cell(1, 1), notes.get((table.name,)))
    page.freeze_panes = "B2"


def _noted(path: Path, notes: Mapping[Path, str]) -> str | None:
    """The note on a value, or on the mapping it is part of."""
    return next((notes[path[:end]] for end in range(len(path), 1, -1) if path[:end] in notes), None)


def _comment(cell: Cell, text: str | None) -> None:
    from openpyxl.comments import Comment

    if text:
        cell.comment = Comment(text, "Wardwright")


def _note(cell: Cell, note: str | None) -> None:
    from openpyxl.styles import PatternFill

    if note:
        _comment(cell, note)
        cell.fill = PatternFill("solid", start_color="FFF0C7")


def _put(cell: Cell, value: object) -> None:
    """One value; text never becomes a formula, a number keeps all its digits. Raises Refused where it is too long."""
    if isinstance(value, bool):
        cell.value = value
    elif isinstance(value, int | float):
        cell.value = repr(value)
        cell.data_type = "n"
    else:
        text = _cell_text(value) if isinstance(value, str) else NULL if value is None else inline(value)
        if len(text) > LONGEST:
            raise Refused(f"{cell.coordinate}: {len(text):,} characters are too long for a cell; name a table instead")
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@\t\r"


def _cell_text(text: str) -> str:
    """Text as a cell holds it: in quotes where it would be read as something else, or would not survive."""
    odd = not text.strip() or text == NULL or text.startswith(INLINE) or "_x" in text or not text.isprintable()
    return _quoted(text) if odd else text


def _quoted(text: str) -> str:
    """Text in double quotes as JSON and YAML read it, in characters that every workbook keeps."""
    quoted = json.dumps(text, ensure_ascii=False).replace("_x", "\\u005fx")
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in quoted)


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def inline(value: object) -> str:
    """A value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{inline(str(key))}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in RESERVED and "_x" not in value
        return value if plain else _quoted(value)
    return NULL if value is None else json.dumps(value)
