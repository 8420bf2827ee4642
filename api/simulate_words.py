"""A simulated plan as planners read it: what it says, what it came to on average, and in a bad draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from api import words
from optimizer.saved import SavedPlan
from optimizer.simulation.measures import Measured
from optimizer.simulation.run import COVERED, Simulated
from optimizer.simulation.settled import Settled

_HEAD: Final = ("", "the plan says", "on average", "surely between", "1 draw in 20")


def _share(value: float) -> str:
    """The ends of an interval reckoned by the normal law may lie where no share can."""
    return words.percent(min(1.0, max(0.0, value)), 1)


def _amount(value: float) -> str:
    return f"{max(0.0, value):,.1f}"


CARE: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    "fully_covered": ("days with nothing short", _share),
    "beds_covered": ("days with a bed for everybody", _share),
    "hours_covered": ("days with no hour short", _share),
    "in_a_bed": ("patient-days in a suitable bed", _share),
    "hours_filled": ("nursing hours filled", _share),
    "understaffed": ("patient-shifts over 15 % short", _share),
    "boarded_days": ("boarded patient-days", _amount),
    "outlier_days": ("outlier patient-days", _amount),
    "diverted": ("patients diverted", _amount),
    "short_hours": ("hours short", _amount),
    "asked": ("shifts asked for on top", _amount),
}
"""Measures of care in the order in which they are told, with their words and how their figures are written."""


def played_lines(saved: SavedPlan, found: Simulated) -> Iterator[str]:
    """The table, and what the service level asked for came to."""
    scenario = saved.scenario
    name, first = scenario.name or scenario.id, saved.case.grid.first_day
    days = words.count(found.days, "day")
    yield words.cut(f"{name}   {days} from {words.day_name(first)}   {found.reps:,} draws, seed {found.seed}")
    rows = [_HEAD, *_care_rows(found.care), *_money_rows(scenario.currency, found)]
    yield from words.figured(rows, "  ")
    yield from words.wrapped(f"1 draw in 20 is as bad as the last column, or worse. {_held(found)}")
    if found.asked_level is not None:
        yield from words.wrapped(_asked(found.asked_level, found.care["fully_covered"]))


def _care_rows(care: Mapping[str, Measured]) -> Iterator[tuple[str, ...]]:
    """Measures of care; those of which there is nothing at all are left out."""
    for name, (told, write) in CARE.items():
        each = care[name]
        if name in COVERED or each.worst or each.mean or each.planned:
            yield _row(told, each, write)


def _money_rows(currency: str, found: Simulated) -> Iterator[tuple[str, ...]]:
    """Money by item where chance changed it, then what is paid out and all together."""
    for item, each in found.items.items():
        if not _is_held(each):
            yield _row(words.cost_name(item), each, words.money)
    yield _row(f"paid out, {currency}".rstrip(", "), found.paid, words.money)
    yield _row("with what is short priced", found.cost, words.money)


def _is_held(each: Measured) -> bool:
    """Whether chance left a cost where the plan has it, but for the arithmetic."""
    return each.high - each.low < 1e-6 and each.planned is not None and abs(each.mean - each.planned) <= 0.5


def _held(found: Simulated) -> str:
    """What was not left to chance, with what it costs in every draw alike, the dearest first."""
    kept = {item: each.mean for item, each in found.items.items() if _is_held(each)}
    told = [f"{words.cost_name(item)} {words.money(cost)}" for item, cost in sorted(kept.items(), key=_dearest)]
    costs = f" (at their cost in every draw: {', '.join(told)})" if told else ""
    return (
        f"Held as planned, whoever comes: own shifts and overtime, open beds, lists, devices and slots{costs}. Only "
        "patients, bank, agency and who floats follow chance."
    )


def _dearest(item: tuple[str, float]) -> float:
    return -item[1]


def _row(told: str, each: Measured, write: Callable[[float], str]) -> tuple[str, ...]:
    planned = "" if each.planned is None else write(each.planned)
    between = f"{write(each.low)} to {write(each.high)}"
    return told, planned, write(each.mean), between, write(each.worst)


def _asked(level: float, covered: Measured) -> str:
    low, high = _share(covered.low), _share(covered.high)
    return (
        f"Asked was a service level of {words.percent(level, 1)}: on {words.percent(covered.mean, 1)} of the days "
        f"({low} to {high}) every patient had a bed and every hour was filled."
    )


def settled_lines(saved: SavedPlan, found: Sequence[Settled], *, reps: int, seed: int) -> Iterator[str]:
    """A cycle in the long run: a row for each unit."""
    yield words.cut(
        f"{saved.scenario.name or saved.scenario.id}   {reps:,} draws of a year each, once settled, seed {seed}"
    )
    head = ("", "beds", "come a day", "beds asked", "beds taken", "find it full", "surely between", "by formula")
    yield from words.figured([head, *map(_settled_row, found)], "  ")
    yield from words.wrapped(
        "Beds asked are those that all who come would fill on average. Who finds every bed taken goes elsewhere for "
        "the whole of that stay where the group may be diverted, else is boarded and counted as there."
    )


def _settled_row(each: Settled) -> tuple[str, ...]:
    full = each.found_full
    return (
        each.unit, str(each.beds), f"{each.arrive:.2f}", f"{each.load:.2f}", f"{each.taken.mean:.2f}",
        _share(full.mean), f"{_share(full.low)} to {_share(full.high)}",
        "none" if each.by_formula is None else _share(each.by_formula),
    )  # fmt: skip
