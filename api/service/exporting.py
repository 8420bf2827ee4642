"""A stored plan as one file to take away, in the formats of `wardwright export`."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.errors import Refused
from api.exports.public import PUBLIC
from api.exports.table import EXPORTS
from api.service.errors import BadQuestion, StoreFailed

USUAL: Final = "csv"
PREFIX: Final = "wardwright-plan-"
NEW_SECONDS: Final = 10.0
"""A folder so young may not be held yet by whoever makes it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: its ending, media type and bytes."""

    ending: str
    media: str
    data: bytes


def exported(files: Mapping[str, str], form: str, *, public: bool = False) -> Exported:
    """A plan's files in a format.

    Raises BadQuestion for one that there is not or that does not suit the plan, PlanFolderError without a plan,
    StoreFailed where the disk is full.
    """
    from api.views.board import board
    from optimizer.saved import open_plan

    known = PUBLIC if public else EXPORTS
    if form not in known:
        raise BadQuestion("format", f"format: must be one of {', '.join(known)}")
    found = known[form]
    with room_for_files(), plan_folder(files) as folder:
        shown = board(open_plan(folder))
        try:
            return Exported(found.ending, found.media, found.make(shown))
        except Refused as error:
            raise BadQuestion("format", f"format: {error}") from error


@contextmanager
def room_for_files() -> Iterator[None]:
    """What a full or broken disk says, in words that name no place on it. Raises StoreFailed."""
    try:
        yield
    except OSError as error:
        raise StoreFailed(f"temporary files can't be written: {error.strerror}") from error


@contextmanager
def plan_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """A plan's files as the folder that it is read from; nobody else may look into it, and it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as place, _held(place):
        folder = Path(place)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        yield folder


def sweep() -> int:
    """Remove the plan folders of processes that were killed while they had one; how many there were."""
    found = [each for each in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if _left_behind(each)]
    for each in found:
        shutil.rmtree(each, ignore_errors=True)
    return len(found)


@contextmanager
def _held(place: str) -> Iterator[None]:
    """A lock on a folder that ends with this process, however that ends."""
    folder = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


def _left_behind(folder: Path) -> bool:
    """Whether it is ours, not of this moment, and nobody holds it any more."""
    try:
        found = folder.lstat()
        if found.st_uid != os.getuid() or time.time() - found.st_mtime < NEW_SECONDS or folder.is_symlink():
            return False
        with _held(str(folder)):
            return True
    except OSError:
        return False
