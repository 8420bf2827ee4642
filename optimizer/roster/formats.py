"""The formats a roster problem may come in; a file tells by its content which it is, a folder by its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optimizer.roster.curtois import is_curtois, read_curtois
from optimizer.roster.inrc2 import read_inrc2
from optimizer.roster.problem import RosterProblem
from optimizer.roster.reading import Faults, lines_of


def open_roster(place: Path, history: int | None = None, weeks: Sequence[int] = ()) -> RosterProblem:
    """A benchmark file (Curtois and Qu), or a competition's folder (INRC-II) with a history and weeks.

    Raises ScenarioError with every fault at its place.
    """
    faults = Faults(place.name)
    if place.is_dir():
        if history is None or not weeks:
            faults.add(1, 1, "a competition's folder needs a history and weeks", "--history 1 --weeks 6-2-9-1")
            faults.settle()
        return read_inrc2(place, history or 0, weeks)
    if history is not None or weeks:
        faults.add(1, 1, "is a file: a history and weeks go with a competition's folder")
        faults.settle()
    if not is_curtois(lines_of(place)):
        faults.add(1, 1, "is no roster problem that is read", "it must begin with SECTION_HORIZON")
        faults.settle()
    return read_curtois(place)
