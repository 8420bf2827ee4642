"""Names that one part of a scenario says of another, and whether they are there."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from optimizer.scenario.faults import Problem

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

Path = tuple[str | int, ...]
MAIN_SITE: Final = "main"
ONLY_UNIT: Final = "all"


def site_names(scenario: Scenario) -> tuple[str, ...]:
    """The sites; a scenario that names none has one, called main."""
    return tuple(scenario.sites) or (MAIN_SITE,)


def unit_names(scenario: Scenario) -> tuple[str, ...]:
    """The units; a scenario that names none has one, called all."""
    return tuple(scenario.units) or (ONLY_UNIT,)


def known(path: Path, names: Collection[str], there: Collection[str], kind: str) -> Iterator[Problem]:
    """A problem at `path` for each name that is not among those there, with the closest one as a hint."""
    for name in names:
        if name not in there:
            close = difflib.get_close_matches(name, there, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted(there)) or 'none'}"
            yield Problem((*path,), f"no {kind} is called {name}", hint)


def one_start(scenario: Scenario, path: Path, name: str) -> Iterator[Problem]:
    """The shift is there and has one start, so that its name says when people work."""
    yield from known(path, [name], scenario.shifts, "shift")
    shift = scenario.shifts.get(name)
    base = scenario.shifts.get(shift.extends or name) if shift is not None else None
    if base is not None and base.starts is not None:
        yield Problem(path, f"{name} has several starts", "name a shift with one start")
