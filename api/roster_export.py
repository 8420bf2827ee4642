"""A stored roster as one file to take away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from api.exports.table import EXPORTS
from api.roster_book import roster_book
from api.roster_calendar import calendars
from api.service.exporting import Exported, plan_folder, room_for_files
from optimizer.roster.changing import as_it_is
from optimizer.roster.explaining import NoSuchCell
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_saved import open_saved_roster

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""A zip file's date, so that equal rosters make equal bytes."""


def exported(files: Mapping[str, str], form: str, person: str = "") -> Exported:
    """A roster's files in a format of `FORMATS`; of calendars those of everybody, or one person's.

    Raises NoSuchCell for somebody without duties, RosterFolderError without a roster.
    """
    with room_for_files(), plan_folder(files) as folder:
        saved = open_saved_roster(folder)
    plans = [as_it_is(problem, roster) for problem, roster in zip(saved.problems, saved.rosters, strict=True)]
    return FORMATS[form](files, plans, person)


def _workbook(files: Mapping[str, str], plans: list[TeamPlan], person: str) -> Exported:
    del files, person
    return Exported("xlsx", EXPORTS["xlsx"].media, roster_book(plans))


def _calendar(files: Mapping[str, str], plans: list[TeamPlan], person: str) -> Exported:
    del files
    found = calendars(plans)
    if person and f"{person}.ics" not in found:
        raise NoSuchCell(f"nobody called {person} has a duty on a dated day")
    if person:
        return Exported("ics", "text/calendar; charset=utf-8", found[f"{person}.ics"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(found.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data)
    return Exported("zip", "application/zip", packed.getvalue())


def _table(files: Mapping[str, str], plans: list[TeamPlan], person: str) -> Exported:
    del plans, person
    return Exported("csv", "text/csv; charset=utf-8", files["roster.csv"].encode())


def _grid(files: Mapping[str, str], plans: list[TeamPlan], person: str) -> Exported:
    del plans, person
    return Exported("txt", "text/plain; charset=utf-8", files["grid.txt"].encode())


FORMATS: Final[Mapping[str, Callable[[Mapping[str, str], list[TeamPlan], str], Exported]]] = {
    "xlsx": _workbook, "ics": _calendar, "csv": _table, "txt": _grid,
}  # fmt: skip
"""How rosters are taken away over HTTP; `ics` is a zip of everybody's calendars where no person is named."""
