"""Bottlenecks and prices in words: what one more of each scarce thing would save, for terminals and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from api import words
from optimizer.plan import Bottleneck, Price

if TYPE_CHECKING:
    from optimizer.explain.story import Story
    from optimizer.saved import SavedPlan

MOST: Final = 10
"""Bottlenecks shown on a terminal; prices.csv has the rest."""

IN_SUMMARY: Final = 4
"""Bottlenecks named when a plan ends."""

BY_DAY: Final = frozenset({"beds", "duties", "devices", "slots", "transfers"})
"""Kinds whose places are days; of others they are weeks."""

NAMES: Final[Mapping[str, Callable[[Bottleneck], str]]] = {
    "beds": lambda each: f"bed on {_units(each)}",
    "duties": lambda each: f"{each.who} on {each.shift}: {_units(each)}",
    "contracts": lambda each: f"{each.who} employed: {_units(each)}",
    "devices": lambda each: f"{each.who} on {_units(each)}",
    "slots": lambda each: f"{each.who} slot",
    "transfers": lambda each: f"transfer out of {_units(each)}",
    "budget": lambda each: "unit of money in the budget",
}
"""What one more of each kind is called; of others, such as bank shifts, one more a week."""


def name_of(each: Bottleneck) -> str:
    """One more of what: a bed on GMED2, rn on night."""
    if each.resource in NAMES:
        return NAMES[each.resource](each)
    contract, _, measure = each.resource.partition(" ")
    return f"{contract} {measure.rstrip('s')} of {each.who} a week"


def _units(each: Bottleneck) -> str:
    shown = each.units if len(each.units) <= 3 else each.units[:2]
    more = len(each.units) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def summary_lines(bottlenecks: Sequence[Bottleneck]) -> list[str]:
    """The dearest bottlenecks, a line each; nothing where nothing is scarce."""
    rows = [[f"  {name_of(each)}", words.money(each.per_day)] for each in bottlenecks[:IN_SUMMARY]]
    return (
        ["What limits most, and what one more would save a day", *map(words.cut, words.figured(rows))] if rows else []
    )


def scarcity(saved: SavedPlan, story: Story) -> str:
    """The bottlenecks of a saved plan, at most twenty lines."""
    scenario = saved.scenario
    lines = [words.cut(f"{scenario.name or scenario.id}   what one more of each scarce thing would save")]
    if story.undefined:
        lines += words.wrapped(f"No prices: {story.undefined}")
    elif not story.bottlenecks:
        lines.append("Nothing is scarce: one more of anything would save nothing")
    else:
        lines += _table(story)
    return "\n".join(lines) + "\n"


HEAD: Final = ("", "one more", "saves a day", "costs a day", "most on", "worth", "solved again")

NOTE: Final = (
    "Saves and worth count the first part of one more, people and bays taken as divisible; solved again is one more in "
    "whole people and bays. Every price, day by day and by method: prices.csv"
)


def _table(story: Story) -> Iterator[str]:
    again = {(each.resource, each.who, each.shift, each.unit, each.day): each for each in story.again}
    rows = [HEAD]
    for rank, each in enumerate(story.bottlenecks[:MOST], start=1):
        saves, costs, worth = words.money(each.per_day), _price(each.own_price), words.money(each.worth)
        rows.append((str(rank), name_of(each), saves, costs, _when(each), worth, _again(each, again)))
    yield from ("  ".join(row).rstrip() for row in words.columned([_aligned(row) for row in rows]))
    left = len(story.bottlenecks) - MOST
    if left > 0:
        yield f"and {left:,} more"
    yield from words.wrapped(NOTE)


def _aligned(row: Sequence[str]) -> list[str]:
    """Figures to the right, under the head of their column."""
    return [cell.rjust(len(head)) if head in HEAD[2:4] else cell for cell, head in zip(row, HEAD, strict=True)]


def _price(value: float | None) -> str:
    return "-" if value is None else words.money(value)


def _when(each: Bottleneck) -> str:
    """The dearest day, or the week that begins then."""
    weekly = each.resource not in BY_DAY
    day = words.day_of(each.dearest) or "any day"
    return f"week of {day}" if weekly and each.dearest else day


def _again(each: Bottleneck, again: Mapping[tuple[str, str, str, str, str], Price]) -> str:
    """What solving again said of the dearest day, at the unit where it was done."""
    for unit in each.units or ("",):
        found = again.get((each.resource, each.who, each.shift, unit, each.dearest))
        if found is not None:
            said = found.reason.rpartition("proven ")[2] if "proven " in found.reason else ""
            return said or ("not known" if found.worth is None else words.money(found.worth))
    return ""


def scarcity_json(story: Story) -> dict[str, object]:
    """The bottlenecks, and what solving again said."""
    return {
        "bottlenecks": [{**asdict(each), "units": list(each.units)} for each in story.bottlenecks],
        "solved_again": [asdict(each) for each in story.again],
        "undefined": story.undefined or None,
    }
