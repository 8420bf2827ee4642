"""The work behind `wardwright export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.errors import Refused
from api.exports.public import PUBLIC
from api.exports.table import EXPORTS, Export
from api.folder import refuse_file, write_bytes


def run(
    folder: Path, form: str, target: Path | None, *, others: Sequence[Path] = (), public: bool = False, force: bool
) -> str:
    """Write a plan folder in a format of EXPORTS, held against `others`, or of PUBLIC; what was written, in words.

    Raises Refused for a format that is not for everybody, PlanFolderError for a folder without a plan, OutputRefused
    where a file stands in the way, OutputFailed where the disk fails.
    """
    from api.views.board import board
    from optimizer.saved import open_plan

    export = _for_everybody(form, others) if public else EXPORTS[form]
    path = target if target is not None else folder.resolve().with_name(f"{folder.resolve().name}.{export.ending}")
    refuse_file(path, force=force)
    write_bytes(path, export.make(board(open_plan(folder), [open_plan(each) for each in others])))
    shown = path if target is not None else path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"Written to {shown}: {export.what}\n"


def _for_everybody(form: str, others: Sequence[Path]) -> Export:
    if form not in PUBLIC or others:
        raise Refused(f"--public takes --format {', '.join(PUBLIC)}, of one plan alone")
    return PUBLIC[form]
