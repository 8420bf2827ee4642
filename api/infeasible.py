"""What a planner reads when no plan exists: the rules that clash, the cheapest cure, and how to ask for it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from api import words

if TYPE_CHECKING:
    from optimizer.explain.clash_words import ClashingRule
    from optimizer.explain.infeasible import Infeasible
    from optimizer.explain.repair import Change, Cure

MOST_LINES: Final = 5
MOST_CHANGES: Final = 2
"""Lines for rules and changes, and of those for changes: ten are printed in all. The rest is in plan.json."""

_MARGIN: Final = "  "


def infeasible_lines(why: Infeasible) -> Iterator[str]:
    """At most eight lines: what clashes, the cure with its price, the cure to paste."""
    changes = 0 if why.cure is None or len(why.cure.changes) == 1 else MOST_CHANGES
    yield from _clash(why, MOST_LINES - changes)
    if why.cure is None:
        yield "No cure was found: no change of its limits that could be tried gives a plan"
        return
    yield from _cure(why.cure)
    yield _MARGIN + " ".join(f"--set {shlex.quote(each)}" for each in why.cure.sets)


def _clash(why: Infeasible, most: int) -> Iterator[str]:
    if not why.clash:
        yield "No plan exists: the rules that must hold can't all be met"
        return
    count = len(why.clash)
    besides = "; other rules clash besides" if why.others else ""
    few = "" if why.minimal else "; perhaps fewer clash: time ran out"
    yield words.cut(f"No plan exists: {_together(count)}{few}{besides}")
    rows = [_rule(rule) for rule in why.clash[:most]]
    if count > most:
        rows = [*rows[:-1], f"and {count - most + 1} more in plan.json"]
    for row in rows:
        yield words.cut(_MARGIN + row)


def _together(count: int) -> str:
    if count == 1:
        return "this rule can't be met"
    return f"these {count} rules can't all hold; without any one of them the others can"


def _rule(rule: ClashingRule) -> str:
    return rule.what + (f", {rule.when}" if rule.when else "")


def _cure(cure: Cure) -> Iterator[str]:
    """The changes, each with its price, on one line where there is only one."""
    how = "Cheapest cure" if cure.least else "A cure, perhaps not the cheapest"
    if len(cure.changes) == 1:
        yield words.cut(f"{how}: {_change(cure.changes[0])}")
        return
    yield f"{how}: {words.money(cure.cost)} in all"
    shown = cure.changes if len(cure.changes) <= MOST_CHANGES else cure.changes[: MOST_CHANGES - 1]
    for change in shown:
        yield words.cut(_MARGIN + _change(change))
    if len(shown) < len(cure.changes):
        yield f"{_MARGIN}and {len(cure.changes) - len(shown)} more changes, all of them in the line to paste"


def _used(change: Change) -> str:
    """`3 used`, `1 bed-day`."""
    return f"{change.used:,.6g} {change.unit[:-1] if change.used == 1 and change.unit.endswith('s') else change.unit}"


def _change(change: Change) -> str:
    stated = " (our price; you gave none)" if change.stated else ""
    used = f", {_used(change)}" if change.unit else ""
    return f"{change.words}{used}: {words.money(change.cost)}{stated}"
