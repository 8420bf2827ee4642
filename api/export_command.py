"""The work behind `wardwright export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.exports.table import EXPORTS
from api.folder import refuse_file, write_bytes


def run(folder: Path, form: str, target: Path | None, *, others: Sequence[Path] = (), force: bool) -> str:
    """Write a plan folder in a format of EXPORTS, held against `others`; what was written, in words.

    Raises PlanFolderError for a folder without a plan, OutputRefused where a file stands in the way, OutputFailed where
    the disk fails.
    """
    from api.views.board import board
    from optimizer.saved import open_plan

    export = EXPORTS[form]
    path = target if target is not None else folder.resolve().with_name(f"{folder.resolve().name}.{export.ending}")
    refuse_file(path, force=force)
    write_bytes(path, export.make(board(open_plan(folder), [open_plan(each) for each in others])))
    shown = path if target is not None else path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"Written to {shown}: {export.what}\n"
