"""OMOP CDM 5.4 `visit_detail` tables: one row for each part of a visit becomes a movement."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from api.importing.records import Imported, Importing, Movement, Pseudonyms, Text

NEEDED: Final = frozenset({"visit_occurrence_id", "visit_detail_start_datetime", "visit_detail_end_datetime"})
PLACES: Final = ("visit_detail_source_value", "care_site_id")
"""Columns that say where, the more readable first."""


def is_omop(text: str) -> bool:
    """Whether the first line of a table is that of `visit_detail`."""
    header = text.lstrip("\ufeff").partition("\n")[0]
    return NEEDED.issubset(name.strip().lower() for name in header.split(","))


def read_omop(texts: Sequence[Text], pseudonyms: Pseudonyms) -> Imported:
    """Movements out of visit details. Raises Importing where no row can be used."""
    notes: list[str] = []
    movements = [movement for each in texts for movement in _movements(each, pseudonyms, notes)]
    if not movements:
        raise Importing(f"{texts[0].file}: no visit detail that can be used; {'; '.join(notes[:3])}")
    return Imported(movements=movements, notes=notes)


def _movements(table: Text, pseudonyms: Pseudonyms, notes: list[str]) -> Iterator[Movement]:
    rows = csv.DictReader(io.StringIO(table.text.lstrip("\ufeff")))
    for row in rows:
        told = {name.strip().lower(): (value or "").strip() for name, value in row.items() if name is not None}
        begins, ends = (_moment(told, f"visit_detail_{edge}_datetime") for edge in ("start", "end"))
        unit = next((told[place] for place in PLACES if told.get(place)), "")
        if begins is None or not unit:
            lacking = "place" if begins is not None else "start"
            notes.append(f"{table.file}:{rows.line_num}: visit detail without a {lacking}; left out")
            continue
        yield Movement(pseudonyms.of(told["visit_occurrence_id"]), unit, begins, ends)


def _moment(told: Mapping[str, str], column: str) -> datetime | None:
    try:
        return datetime.fromisoformat(told.get(column, "")).replace(tzinfo=None)
    except ValueError:
        return None
