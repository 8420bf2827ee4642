"""What a planner could change so that a plan exists: every kind of limit of a scenario that may give way.

What moving a lever does to the program is not written here: `repair` builds the program with it moved and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from optimizer.explain.lever import Books, Lever
from optimizer.explain.lever_people import changes, locked, published, teams, temporary_staff
from optimizer.explain.lever_places import beds, devices, patients, plan_limits

KINDS: Final[tuple[Callable[[Books], Iterator[Lever]], ...]] = (
    temporary_staff,
    teams,
    beds,
    patients,
    devices,
    plan_limits,
    published,
    changes,
    locked,
)
"""Every kind of lever there is."""


def levers(books: Books) -> list[Lever]:
    """Every lever of the scenario."""
    return [lever for kind in KINDS for lever in kind(books)]
