"""The work behind `wardwright export`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api.errors import Refused
from api.exports.public import PUBLIC
from api.exports.table import EXPORTS, Export
from api.folder import refuse_file, write_bytes

SHIFTS: Final = ("ics", "fhir")
"""Formats of single shifts, which may tell those of one team alone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to write: a format of EXPORTS, held against the plans `others`; or of PUBLIC; or one team's shifts alone."""

    form: str
    others: Sequence[Path] = ()
    public: bool = False
    staff: str | None = None
    unit: str | None = None


def run(folder: Path, wanted: Wanted, target: Path | None, *, force: bool) -> str:
    """Write a plan folder as asked; what was written, in words.

    Raises Refused for a format that does not go with what else is asked, PlanFolderError for a folder without a plan,
    OutputRefused where a file stands in the way, OutputFailed where the disk fails.
    """
    from api.views.board import board
    from api.views.staffing import narrowed
    from optimizer.saved import open_plan

    export = _export(wanted)
    path = target if target is not None else folder.resolve().with_name(f"{folder.resolve().name}.{export.ending}")
    refuse_file(path, force=force)
    shown = board(open_plan(folder), [open_plan(each) for each in wanted.others])
    try:
        shown = replace(shown, staffing=narrowed(shown.staffing, wanted.unit, wanted.staff))
    except LookupError as error:
        raise Refused(str(error.args[0])) from error
    write_bytes(path, export.make(shown))
    told = path if target is not None else path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"Written to {told}: {export.what}\n"


def _export(wanted: Wanted) -> Export:
    if (wanted.staff or wanted.unit) and wanted.form not in SHIFTS:
        raise Refused(f"--staff and --unit go with --format {' or '.join(SHIFTS)}, which tell single shifts")
    if not wanted.public:
        return EXPORTS[wanted.form]
    if wanted.form not in PUBLIC or wanted.others:
        raise Refused(f"--public takes --format {', '.join(PUBLIC)}, of one plan alone")
    return PUBLIC[wanted.form]
