"""A sweep's folder: a plan folder for each point done, each all there or not at all, and what they were made from."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from api.documents import json_text, plan_files
from api.errors import OutputRefused
from api.folder import PLAN_FILE, draft, write_file
from api.plan_command import file_name
from optimizer.plan import Plan
from optimizer.scenario.faults import shown
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.whatif.inputs import data_files
from optimizer.whatif.sweep import Point

MARKER: Final = "sweep.json"
"""The file that makes a folder a sweep's."""

LONGEST: Final = 100
_PARTIAL: Final = re.compile(r"\..*\.[0-9a-f]{8}\.partial(\.old)?")
NOTHING: Final = ("time_limit", "failed")
"""Statuses that without a plan say nothing: such points are planned again."""

Json = dict[str, Any]


def point_name(point: Point) -> str:
    """What a point is called, and its folder: `beds=10+variant=flu_year`."""
    text = ",".join(f"{axis}={_brief(value)}" for axis, value in point.values.items())
    name = file_name(text)
    if len(name) <= LONGEST and not any(isinstance(value, list | dict) for value in point.values.values()):
        return name
    return f"{name[: LONGEST - 9]}-{sha256(text.encode()).hexdigest()[:8]}"


def _brief(value: object) -> str:
    if value is None:
        return "none"
    return json.dumps(value) if isinstance(value, list | dict) else shown(value, quoted=False)


def made_from(loaded: Loaded[Scenario], terms: Mapping[str, object]) -> Json:
    """What every point of a sweep shares: the scenario's name, its data by their hashes, and how plans are made."""
    data = {Path(file).name: sha256(Path(file).read_bytes()).hexdigest() for file in data_files(loaded)}
    return {"schema_version": 1, "scenario": loaded.value.id, "data": data, "terms": dict(terms)}


@dataclass(frozen=True, slots=True)
class Store:
    """The plans of a sweep below a folder."""

    folder: Path

    def kept(self, name: str, loaded: Loaded[Scenario]) -> Json | None:
        """What plan.json says of a point planned before; None where it is not there or of another scenario."""
        said = self.said(name)
        if said is None or said["scenario"]["sha256"] != loaded.sha256:
            return None
        return None if said["objective"] is None and said["status"] in NOTHING else said

    def said(self, name: str) -> Json | None:
        """What a point's plan.json says; None where there is none that can be read."""
        try:
            found: Json = json.loads((self.folder / name / PLAN_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found

    def keep(self, name: str, plan: Plan, loaded: Loaded[Scenario]) -> Json:
        """Write a point's plan folder, whole. Raises OutputFailed where the disk fails."""
        with draft(self.folder / name, force=True) as place:
            place.publish({**plan_files(plan, loaded)})
        return plan.to_json()

    def write(self, name: str, text: str) -> None:
        """Write a file of the sweep itself."""
        write_file(self.folder / name, text)


@contextmanager
def open_store(folder: Path, said: Json, *, force: bool) -> Iterator[Store]:
    """The folder for a sweep, for one run at a time; what it holds of the same sweep is gone on with.

    `force` begins anew. Raises OutputRefused where it holds something else, other data's plans, or a run goes on.
    """
    from filelock import FileLock, Timeout

    _refuse(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise OutputRefused(f"{folder}: another run of this sweep is at work; name another folder with -o") from error
    except OSError as error:
        raise OutputRefused(f"{folder} can't be written: {error.strerror}; name another with -o") from error
    try:
        _begin(folder, said, force=force)
        yield Store(folder)
    finally:
        lock.release()


def _refuse(folder: Path) -> None:
    """Raise OutputRefused where something else stands there."""
    if folder.exists() and not folder.is_dir():
        raise OutputRefused(f"{folder} is a file, not a folder; name another with -o")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise OutputRefused(f"{folder} exists and holds no sweep (no {MARKER}); name another with -o")


def _begin(folder: Path, said: Json, *, force: bool) -> None:
    """Clear what a killed run left half written, and see that the plans there were made from the same."""
    for left in folder.iterdir():
        if _PARTIAL.fullmatch(left.name):
            shutil.rmtree(left, ignore_errors=True)
        elif force and (left / PLAN_FILE).is_file():
            shutil.rmtree(left)
    marker = folder / MARKER
    if marker.is_file() and not force:
        before = _read(marker)
        differing = [key for key in said if before.get(key) != said[key]]
        if differing:
            told = " and ".join(differing)
            raise OutputRefused(f"{folder} holds a sweep made with other {told}; --force plans all anew, or name -o")
    write_file(marker, json_text(said))


def _read(marker: Path) -> Json:
    try:
        found: Json = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
