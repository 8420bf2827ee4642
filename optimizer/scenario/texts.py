"""Scenario files as text, refused by their bytes before anything is parsed."""

from __future__ import annotations

from pathlib import Path

from optimizer.scenario.faults import Fault
from optimizer.scenario.overlay import Unreadable


def read_text(path: Path, name: str, max_bytes: int) -> str:
    """The text of a file called `name` in faults. Raises Unreadable for one that is too large or no text."""
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
        if len(raw) > max_bytes:
            size = max(path.stat().st_size, len(raw))
            cure = "put long lists into a CSV file beside it and name it here: {table: FILE.csv, column: NAME}"
            message = f"the file has {size:,} bytes, more than the {max_bytes:,} read"
            raise Unreadable(Fault(name, 1, 1, "", message, cure))
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise Unreadable(Fault(name, line + 1, column, "", "is not UTF-8", "save the file as UTF-8")) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file name"
        raise Unreadable(Fault(name, 1, 1, "", f"can't be read: {reason}")) from error
