"""Tables of people, needs, requests and past duties: rows of a CSV file as the scenario's own types.

Every fault is told with file, line and column. A column about a person beyond her pseudonym is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.roster.reading import Faults, lines_of
from optimizer.scenario.faults import did_you_mean, say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Entry = TypeVar("Entry", bound=BaseModel)

PERSONAL: Final = re.compile(r"(^|_|\b)(sur|fore|first|last|full)?_?name$|birth|address|phone|e?mail", re.IGNORECASE)
"""Columns that tell who somebody is."""


def read_entries(path: Path, kind: type[Entry]) -> tuple[Entry, ...]:
    """A row each. Raises ScenarioError with every fault at its cell."""
    faults = Faults(path.name)
    rows = list(csv.reader(lines_of(path)))
    header = [cell.strip() for cell in rows[0]] if rows else []
    if not header:
        faults.add(1, 1, "the table is empty")
    _check_header(faults, header, kind)
    faults.settle()
    found = [_entry(faults, line, header, cells, kind) for line, cells in enumerate(rows[1:], start=2) if any(cells)]
    faults.settle()
    return tuple(each for each in found if each is not None)


def _check_header(faults: Faults, header: Sequence[str], kind: type[BaseModel]) -> None:
    known = {field.alias or name for name, field in kind.model_fields.items()}
    for at, name in enumerate(header, start=1):
        if name not in known and PERSONAL.search(name):
            faults.add(1, at, f"{name} tells who somebody is", "a roster knows people by pseudonyms; leave it out")
        elif name not in known:
            hint = did_you_mean(name, sorted(known)) or f"columns: {', '.join(sorted(known))}"
            faults.add(1, at, f"unknown column {name}", hint)
        elif header.count(name) > 1:
            faults.add(1, at, f"two columns are called {name}")


def _entry(faults: Faults, line: int, header: Sequence[str], cells: Sequence[str], kind: type[Entry]) -> Entry | None:
    told = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        for each in error.errors():
            name = str(each["loc"][0]) if each["loc"] else ""
            at = header.index(name) + 1 if name in header else 1
            faults.add(line, at, f"{name}: {_said(each)}", _cure(name))
        return None


def _said(error: ErrorDetails) -> str:
    return say(error["type"], error.get("ctx", {}), error["input"], error["msg"])


def _cure(name: str) -> str:
    pseudonym = "a pseudonym is letters, figures, - and _, with at least one figure: n01"
    return pseudonym if name in ("id", "person") else ""
