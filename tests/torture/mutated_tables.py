"""Histories spoiled in spreadsheets, CSV files and databases: refused, read as they now are, or cured in so many words.

A second reader (openpyxl, the csv module, sqlite3) says what a spoiled table holds. A value that planning reads and the
second reader does not find there, with no note that tells of it, would be a plan for something else.
"""

from __future__ import annotations

import csv
import io
import math
import random
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl

from forecasting import History, HistorySource, read_history
from tests.torture.mutating import JUNK, SAME, TOLD, Attempt, Wrong, judged, spoiled_bytes, spoiled_text

FIRST, DAYS = date(2023, 1, 2), 120
Values = dict[str, float]
"""Patients by ISO date."""


def sound_values() -> Values:
    """A week's pattern with some noise, so that no value is suspicious."""
    drawn = random.Random(7)
    days = (FIRST + timedelta(days=at) for at in range(DAYS))
    return {day.isoformat(): 24.0 + (day.weekday() < 5) * 3 + drawn.randrange(4) for day in days}


def read(source: HistorySource) -> History | str:
    """The history, or `refused`."""
    try:
        return read_history(source)
    except Exception as error:
        return judged(error)


def compared(found: History | str, there: Values | None) -> str:
    """What came of it. Raises Wrong where a value was read that a second reader does not find, and nothing says so.

    `there` is None where the second reader found no table.
    """
    if isinstance(found, str):
        return found
    values = {str(day): float(value) for day, value in zip(found.dates, found.values, strict=True)}
    known = {day: value for day, value in values.items() if not math.isnan(value)}
    if known == sound_values():
        return SAME
    if not found.notes and known != there:
        odd = [(day, value, (there or {}).get(day)) for day, value in known.items() if (there or {}).get(day) != value]
        raise Wrong(f"read without a word, but not there: {odd[:3]}; {len(known)} days of {len(there or {})}")
    return TOLD


def listed(rows: Iterable[Iterable[object]]) -> Values:
    """Rows of a second reader as values by day; rows that are none are left out."""
    found: Values = {}
    for row in rows:
        cells = [*row, None, None]
        try:
            found[str(cells[0]).strip()[:10]] = float(str(cells[1]))
        except ValueError:
            continue
    return found


def texts(folder: Path) -> Attempt:
    """CSV files with their bytes, lines or cells spoiled."""
    path, sound = folder / "occupied.csv", _csv_text(sound_values())

    def attempt(chance: random.Random) -> str:
        which = chance.randrange(3)
        raw = sound.encode()
        if which == 0:
            raw = spoiled_bytes(raw, chance)
        elif which == 1:
            raw = spoiled_text(sound, chance).encode("utf-8", "surrogatepass")
        else:
            raw = _csv_text(sound_values(), {chance.randrange(DAYS): chance.choice(JUNK)}).encode()
        path.write_bytes(raw)
        return compared(read(HistorySource(path, "occupied")), _from_csv(raw))

    return attempt


def _csv_text(values: Values, junk: Mapping[int, str] | None = None) -> str:
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(("date", "occupied"))
    for at, (day, value) in enumerate(values.items()):
        writer.writerow((day, (junk or {}).get(at, f"{value:g}")))
    return told.getvalue()


def _from_csv(raw: bytes) -> Values | None:
    try:
        return listed(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return None


def workbooks(folder: Path) -> Attempt:
    """Workbooks with their bytes, the XML inside or a cell spoiled."""
    sound, path = _workbook(sound_values(), {}), folder / "occupied.xlsx"

    def attempt(chance: random.Random) -> str:
        which = chance.randrange(3)
        if which == 0:
            raw = spoiled_bytes(sound, chance)
        elif which == 1:
            raw = _spoiled_inside(sound, chance)
        else:
            raw = _workbook(sound_values(), {chance.randrange(DAYS): chance.choice(JUNK)})
        path.write_bytes(raw)
        found = read(HistorySource(path, "occupied"))
        return found if isinstance(found, str) else compared(found, _from_workbook(path))

    return attempt


def _workbook(values: Values, junk: Mapping[int, str]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("date", "occupied"))
    for at, (day, value) in enumerate(values.items()):
        sheet.append((datetime.fromisoformat(day), int(value)))
        if at in junk:
            cell = sheet.cell(at + 2, 2)
            cell.value = "".join(letter for letter in junk[at] if letter.isprintable())[:3000]
    told = io.BytesIO()
    book.save(told)
    return told.getvalue()


def _spoiled_inside(sound: bytes, chance: random.Random) -> bytes:
    """The same archive with one of its parts spoiled; its checksums are right again."""
    told = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as archive, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as made:
        spoiled = chance.choice([*archive.namelist(), "xl/worksheets/sheet1.xml"])
        for name in archive.namelist():
            raw = archive.read(name)
            made.writestr(name, spoiled_bytes(raw, chance) if name == spoiled else raw)
    return told.getvalue()


def _from_workbook(path: Path) -> Values | None:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return listed(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()


def databases(folder: Path) -> Attempt:
    """SQLite files with their bytes or a cell spoiled."""
    path = folder / "occupied.db"
    sound = _database(path, sound_values())
    source = HistorySource(f"sqlite:///{path}", "occupied", query="select date, occupied from beds")

    def attempt(chance: random.Random) -> str:
        if chance.random() < 0.7:
            path.write_bytes(spoiled_bytes(sound, chance))
        else:
            path.write_bytes(sound)
            _set_cell(path, chance)
        return compared(read(source), _from_database(path))

    return attempt


def _database(path: Path, values: Values) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("create table beds (date text, occupied real)")
    connection.executemany("insert into beds values (?, ?)", values.items())
    connection.commit()
    connection.close()
    return path.read_bytes()


def _set_cell(path: Path, chance: random.Random) -> None:
    connection = sqlite3.connect(path)
    column, row = chance.choice(("date", "occupied")), chance.randint(1, DAYS)
    value = chance.choice((*JUNK, None, b"\xff\x00", -3, 2**62, 1e300))
    connection.execute(f"update beds set {column} = ? where rowid = ?", (value, row))
    connection.commit()
    connection.close()


def _from_database(path: Path) -> Values | None:
    connection = sqlite3.connect(path)
    try:
        return listed(connection.execute("select date, occupied from beds"))
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        connection.close()
