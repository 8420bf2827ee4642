"""What a planner reads when a published plan was changed: what happened, what it costs, who is to be told what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from optimizer.replanning.answer import Replanned
from optimizer.replanning.differences import count
from optimizer.replanning.frontier import Point
from optimizer.replanning.phrases import day_words
from optimizer.replanning.story import story
from optimizer.solution import Status

MOST_TOLD: Final = 12
MOST_SHORT: Final = 3
LEAST_TOLD: Final = 0.005
"""Less money than this is no difference."""

_MARGIN: Final = "  "


def told(found: Replanned, points: Sequence[Point] = ()) -> str:
    """The whole text, at most 100 columns wide."""
    lines = [*_head(found), *_cost(found), *_changes(found), *_short(found), *_frontier(points)]
    return "\n".join(lines) + "\n"


def _head(found: Replanned) -> Iterator[str]:
    source = found.plan.source
    yield from words.joined(source.name or source.id, ["  replanned", " checked: every rule holds"], _MARGIN)
    if not found.task.events:
        yield "Nothing happened, so nothing changes"
        return
    for event in found.task.events:
        yield from words.wrapped(f"What happened: {event.words}", hanging=_MARGIN)
    terms = found.task.loaded.value.today.published
    if terms is not None and terms.locked_before is not None:
        yield f"{_MARGIN}everything before {day_words(terms.locked_before.isoformat())} stays as published"


def _cost(found: Replanned) -> Iterator[str]:
    """What can be changed of the cost, before, unchanged and now, and how good that is proven to be."""
    currency = f" {found.plan.source.currency}" if found.plan.source.currency else ""
    parts = [f"{words.money(found.before)}{currency} as published"]
    if found.task.events:
        parts.append("can't stay as it is" if found.kept is None else f"{words.money(found.kept)} if nothing changes")
        parts.extend(_now(found))
    yield from words.wrapped(f"Cost you can change: {', '.join(parts)}", hanging=_MARGIN)
    if count(found.changes):
        yield f"{_MARGIN}each change is priced at {words.money(found.task.price)} (--change-price)"
    yield from words.wrapped(_proof(found), _MARGIN, _MARGIN)


def _now(found: Replanned) -> Iterator[str]:
    """The cost of what is planned now, where that is not the published plan."""
    money, changes = found.money or 0.0, count(found.changes)
    if changes:
        yield f"{words.money(money)} with {_number(changes)}"
    elif _cheaper_by_what_nobody_was_told(found):
        yield f"{words.money(money)} with no change of what people were told"


def _cheaper_by_what_nobody_was_told(found: Replanned) -> bool:
    return bool(found.uncounted) and found.kept is not None and (found.money or 0.0) < found.kept - LEAST_TOLD


def _proof(found: Replanned) -> str:
    """How near it is proven to be, or what a plan made afresh could save."""
    if not found.task.events:
        saved = 0.0 if found.bound is None else max(0.0, found.before - found.bound)
        if found.bound is None:
            return "nothing was proven of it: a plan made afresh might be cheaper"
        if saved <= max(0.005, 1e-6 * abs(found.before)):
            return "no plan made afresh could be cheaper"
        return f"a plan made afresh could save {words.money(saved)} at most"
    if found.plan.status is Status.OPTIMAL:
        return "proven: no other changes are worth more, their price counted"
    if found.plan.gap is None:
        return "nothing is proven: cheaper changes may exist"
    apart = (found.plan.objective or 0.0) - (found.plan.bound or 0.0)
    return f"changing anything anywhere could save {words.money(apart)} more at most, the changes' price counted"


def _changes(found: Replanned) -> Iterator[str]:
    first = tuple(unit for event in found.task.events for unit in event.units)
    lines = story(found.changes, first)
    yield f"To be told, {_number(count(found.changes))} in all" if lines else _nothing(found)
    rows = words.columned([[each.place, each.when, each.what] for each in lines[:MOST_TOLD]]) if lines else []
    yield from (words.cut(_MARGIN + "  ".join(row)) for row in rows)
    if len(lines) > MOST_TOLD:
        yield f"{_MARGIN}and {len(lines) - MOST_TOLD:,} more in changes.csv"
    differing = list(_things(found))
    if differing:
        yield f"Decided on the day, and not counted: {' and '.join(differing)} other than planned"


BESIDE: Final = {
    "on_duty": ("duty away from home", "duties away from home"),
    "device_moves": ("device move", "device moves"),
}
"""What differs beside the changes, by table, in words for one and for more."""


def _nothing(found: Replanned) -> str:
    """Why nobody is told anything, and no more than is proven."""
    if not found.task.events:
        return "Nobody is to be told anything"
    proven = found.plan.status is Status.OPTIMAL
    return "No change is worth its price" if proven else "No change worth its price was found"


def _things(found: Replanned) -> Iterator[str]:
    for table, (one, more) in BESIDE.items():
        number = found.uncounted.get(table, 0)
        if number:
            yield f"{number:,} {one if number == 1 else more}"


def _number(changes: float) -> str:
    return f"{changes:g} change{'' if changes == 1 else 's'}"


def _short(found: Replanned) -> Iterator[str]:
    """What is still short where something happened, on its days."""
    places = {unit for event in found.task.events for unit in event.units}
    days = {day_words(event.day.isoformat()) for event in found.task.events}
    still = [
        each for each in found.plan.shortfalls if each.unit in places and any(each.when.endswith(day) for day in days)
    ]
    for each in still[:MOST_SHORT]:
        yield words.cut(f"Still short: {each.unit}  {each.when}  {each.what}")
    if len(still) > MOST_SHORT:
        yield f"{_MARGIN}and {len(still) - MOST_SHORT} more there, in shortfalls.csv"


def _frontier(points: Sequence[Point]) -> Iterator[str]:
    """Cost against changes, fewest first."""
    if not points:
        return
    yield "Cost against changes (without their price; the gap is to the least possible for so many)"
    rows = [["changes", "cost", "saves", "gap"]]
    before = points[0].cost
    for point in points:
        gap = "unproven" if point.gap is None else words.percent_at_most(point.gap if point.gap > 1e-6 else 0.0)
        rows.append([f"{point.changes:g}", words.money(point.cost), words.money(before - point.cost), gap])
    yield from (_MARGIN + "  ".join(row) for row in words.columned(rows))
