"""A stored plan as one file to take away, in the formats of `wardwright export`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.exports.table import EXPORTS
from api.service.errors import BadQuestion

USUAL: Final = "csv"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its ending, media type and bytes."""

    ending: str
    media: str
    data: bytes


def exported(files: Mapping[str, str], form: str) -> Exported:
    """A plan's files in a format. Raises BadQuestion for one that there is not, PlanFolderError without a plan."""
    from api.views.board import board
    from optimizer.saved import open_plan

    if form not in EXPORTS:
        raise BadQuestion("format", f"format: must be one of {', '.join(EXPORTS)}")
    found = EXPORTS[form]
    with plan_folder(files) as folder:
        return Exported(found.ending, found.media, found.make(board(open_plan(folder))))


@contextmanager
def plan_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """A plan's files as the folder that it is read from; nobody else may look into it, and it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wardwright-") as place:
        folder = Path(place)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        yield folder
