"""A survey of a table of series as data: JSON, and the rows of its cleaning report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Final

from api.describe_words import sentence
from forecasting.cleaning import shown
from forecasting.describing.description import Described
from forecasting.describing.survey import Line, Survey

SCHEMA_VERSION: Final = 1


def survey_json(told: Survey) -> dict[str, object]:
    """Everything that is told, as data; equal surveys give equal bytes."""
    return {
        "schema_version": SCHEMA_VERSION,
        "file": told.file,
        "columns": {**asdict(told.layout), "capacity": dict(told.layout.capacity)},
        "country": told.country,
        "series": [_line_json(line) for line in told.lines],
        "described": [_described_json(one) for one in told.described],
        "cleaning": [dict(zip(CLEANING, row, strict=True)) for row in cleaning_rows(told)],
    }


CLEANING: Final = ("series", "row", "when", "kind", "before", "after", "message")


def cleaning_rows(told: Survey) -> Iterator[tuple[str | int, ...]]:
    """Every fault: series, row, time, kind, what stood there, what is read instead, and the message."""
    for line in told.lines:
        for fault in line.faults:
            yield line.name, fault.line, fault.when, fault.kind, fault.before, fault.after, fault.message


def _line_json(line: Line) -> dict[str, object]:
    found = None if line.figures is None else plain(asdict(line.figures))
    return {"name": line.name, "step": line.step, "figures": found, "cured": len(line.faults), "problem": line.problem}


def _described_json(one: Described) -> dict[str, object]:
    return {
        "name": one.name,
        "rhythms": [plain(asdict(part)) for part in one.rhythms],
        "holidays": [plain(asdict(part)) for part in one.holidays],
        "autocorrelations": [plain(asdict(part)) for part in one.echoes],
        "links": [plain(asdict(part)) for part in one.links],
        "drivers": [{"drives": each.drives, **_plain_dict(asdict(each))} for each in one.drivers],
        "in_words": sentence(one),
    }


def _plain_dict(data: dict[str, object]) -> dict[str, object]:
    return {key: plain(value) for key, value in data.items()}


def plain(value: object) -> object:
    """A value as JSON holds it: times as text, numbers to nine digits."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return shown(value)
    return float(f"{value:.9g}") if isinstance(value, float) else value
