"""Which rules and limits forbid a cell to hold what was asked."""

from __future__ import annotations

from typing import Final

from optimizer.capacity.build import Built
from optimizer.capacity.locked_rules import columns_of
from optimizer.expansion.case import Case
from optimizer.expansion.locked import Lock
from optimizer.explain.clash_words import in_words
from optimizer.explain.conflict import Asking, find_clash
from optimizer.explain.members import clashable
from optimizer.program import ABSENT

SECONDS: Final = 60.0
"""Far more than telling which rules clash takes."""


def out_of_reach(forced: Built, lock: Lock) -> bool:
    """Whether the lock asks for more, or less, than its own columns can ever hold."""
    columns, weights = columns_of(forced.layout, lock)
    there = columns != ABSENT
    least, most = (float(weights[there] @ end[columns[there]]) for end in (forced.program.lower, forced.program.upper))
    return lock.least > most + 1e-9 or lock.most < least - 1e-9


def forbidden(case: Case, forced: Built, lock: Lock) -> tuple[str, ...]:
    """What can't hold beside the lock, in words; empty where its rules allow it after all."""
    columns, _ = columns_of(forced.layout, lock)
    if not (columns != ABSENT).any():
        return (_nobody(case, lock),)
    found = clashable(case, forced)
    clash = find_clash(found, Asking(SECONDS))
    if clash is None:
        return ()
    rules = [
        in_words(case, found.members[member], [found.slots[slot] for slot in clash.slots[member]])
        for member in clash.members
    ]
    told = [f"{rule.what}, {rule.when}" if rule.when else rule.what for rule in rules if rule.path != "locked"]
    return tuple(dict.fromkeys(told))


def _nobody(case: Case, lock: Lock) -> str:
    if lock.kind != "people":
        return f"nothing of the kind can be there: {lock.words}"
    unit, staff, duty, day = lock.at
    if not case.grid.allowed[duty, day]:
        return f"no {case.grid.duties[duty].name} starts on that day"
    who = lock.contracts[0] if len(lock.contracts) == 1 else "contract"
    if who == "own":
        return f"no own {case.staff[staff]} team has its home on {case.units[unit]}"
    return f"no {who} lets {case.staff[staff]} be booked on {case.units[unit]}"
