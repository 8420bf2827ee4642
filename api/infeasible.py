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

MOST_RULES: Final = 4
MOST_CHANGES: Final = 2
"""Told on the terminal, which gets ten lines in all; the rest is in plan.json."""

_MARGIN: Final = "  "


def infeasible_lines(why: Infeasible) -> Iterator[str]:
    """At most eight lines: what clashes, the cure with its price, the cure to paste."""
    yield from _clash(why)
    if why.cure is None:
        yield "No cure was found: no change of its limits that could be tried gives a plan"
        return
    yield from _cure(why.cure)
    yield from settings(why.cure.sets)


def _clash(why: Infeasible) -> Iterator[str]:
    if not why.clash:
        yield "No plan exists: the rules that must hold can't all be met"
        return
    few = "" if why.minimal else " (perhaps fewer clash: time ran out)"
    count = len(why.clash)
    head = "this rule can't be met" if count == 1 else f"these {count} rules can't all hold; without any one they can"
    yield words.cut(f"No plan exists: {head}{few}")
    rows = [_rule(rule) for rule in why.clash[:MOST_RULES]]
    if count > MOST_RULES:
        rows = [*rows[: MOST_RULES - 1], f"and {count - MOST_RULES + 1} more in plan.json"]
    for row in rows:
        yield words.cut(_MARGIN + row)


def _rule(rule: ClashingRule) -> str:
    return rule.what + (f", {rule.when}" if rule.when else "")


def _cure(cure: Cure) -> Iterator[str]:
    """The changes, each with its price, on one line where there is only one."""
    how = "Cheapest cure" if cure.least else "A cure (perhaps not the cheapest)"
    if len(cure.changes) == 1:
        yield words.cut(f"{how}: {_change(cure.changes[0])}")
        return
    yield f"{how}: {words.money(cure.cost)} in all"
    shown = cure.changes if len(cure.changes) <= MOST_CHANGES else cure.changes[: MOST_CHANGES - 1]
    for change in shown:
        yield words.cut(_MARGIN + _change(change))
    if len(shown) < len(cure.changes):
        yield f"{_MARGIN}and {len(cure.changes) - len(shown)} more changes, all in the line to paste"


def _change(change: Change) -> str:
    stated = f" (at {words.money(change.price)}, a price the scenario does not give)" if change.stated else ""
    return f"{change.words}: {words.money(change.cost)}{stated}"


def settings(sets: tuple[str, ...]) -> Iterator[str]:
    """The cure as arguments to paste: on one line, for a shell."""
    yield _MARGIN + " ".join(f"--set {shlex.quote(each)}" for each in sets)
