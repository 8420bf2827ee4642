"""Text that a spreadsheet would take for a formula, made text: an apostrophe before it."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    dangerous = cell.startswith(_BEGINS_A_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if dangerous else cell


def harmless_csv(text: str) -> str:
    """CSV text whose every cell is harmless."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(text))
    csv.writer(out, lineterminator="\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
