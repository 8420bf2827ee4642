"""An output folder that is either all there or not at all: checked first, filled beside its place, then renamed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.errors import OutputFailed, OutputRefused

PLAN_FILE: Final = "plan.json"
"""The file that makes a folder a plan folder."""

KINDS: Final[Mapping[str, str]] = {
    PLAN_FILE: "plan folder",
    "comparison.json": "comparison",
}
"""What a folder is called, by the file that makes it one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A hidden folder beside `target`, on the same disk, that becomes `target` when published."""

    target: Path
    shown: Path
    partial: Path
    force: bool
    marker: str = PLAN_FILE

    def publish(self, files: Mapping[str, str | bytes]) -> None:
        """Write all files (text or bytes by name) and put the folder in its place.

        Raises OutputFailed where the disk fails; then the place is as it was before.
        """
        try:
            for name, content in files.items():
                (self.partial / name).write_bytes(content.encode() if isinstance(content, str) else content)
            self._take_place()
        except OSError as error:
            message = f"{self.shown} could not be written: {_reason(error)}; nothing was left half written"
            raise OutputFailed(message) from error

    def _take_place(self) -> None:
        refuse_occupied(self.target, self.shown, force=self.force, marker=self.marker)
        old = self.partial.with_name(f"{self.partial.name}.old")
        occupied = self.target.exists()
        if occupied:
            self.target.rename(old)
        try:
            self.partial.rename(self.target)
        except OSError:
            if occupied:
                old.rename(self.target)
            raise
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def draft(target: Path, *, force: bool = False, marker: str = PLAN_FILE) -> Iterator[Draft]:
    """Make sure before any work that `target` can be written, and clean up whatever happens after.

    `force` lets a folder that holds the `marker` of its kind, or an empty one, be replaced. Raises OutputRefused.
    """
    try:
        place = target.resolve() if target.is_symlink() else target.absolute()
        refuse_occupied(place, target, force=force, marker=marker)
        partial = place.with_name(f".{place.name[:60]}.{secrets.token_hex(4)}.partial")
        partial.mkdir(parents=True)
    except OSError as error:
        raise OutputRefused(f"{target} can't be written: {_reason(error)}; name another folder with -o") from error
    try:
        yield Draft(place, target, partial, force, marker)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def refuse_occupied(place: Path, shown: Path, *, force: bool, marker: str = PLAN_FILE) -> None:
    """Raise OutputRefused where something stands at `place` that must not be replaced."""
    try:
        if not place.exists():
            return
        plain = not place.is_dir()
        ours = not plain and ((place / marker).is_file() or not any(place.iterdir()))
    except OSError as error:
        raise OutputRefused(f"{shown} can't be used: {_reason(error)}") from error
    if plain:
        raise OutputRefused(f"{shown} is a file, not a folder; name another with -o")
    if not ours:
        hint = "name another with -o" + (f"; --force replaces {KINDS[marker]}s only" if force else "")
        raise OutputRefused(f"{shown} exists and is no {KINDS[marker]} (it holds no {marker}); {hint}")
    if not force:
        raise OutputRefused(f"{shown} exists; --force replaces it, -o names another")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)


def refuse_file(path: Path, *, force: bool) -> None:
    """Raise OutputRefused where a file stands at `path` that may not be replaced, or a folder."""
    if path.is_dir():
        raise OutputRefused(f"{path} is a folder; name a file with -o")
    if path.exists() and not force:
        raise OutputRefused(f"{path} exists; --force replaces it, -o names another")


def write_file(path: Path, text: str) -> None:
    """Write one text file, all of it or nothing. Raises OutputFailed where the disk fails."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write one file, all of it or nothing. Raises OutputFailed where the disk fails."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputFailed(f"{path} could not be written: {_reason(error)}") from error
