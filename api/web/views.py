"""`VIEWS`: what there is to look at in a plan, each a template and the facts it needs, in the order of the tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from api import words
from api.exports.fan_picture import FanPicture, Frame, fan_picture
from api.views.beds import AHEAD_HOURS
from api.views.demand import group_parts
from api.views.fan import Fan, fans
from api.views.shortages import Cure, Shortage, shortages
from api.views.staffing import ShiftCell
from api.web.languages import NOTHING, Speech
from api.web.languages import later as _
from api.web.naming import CONTRACTS, Names
from api.web.retelling import Retelling
from api.web.shelf import Seen
from api.web.timeline import timeline

Facts = dict[str, Any]
MOST_SHORT: Final = 80
"""Shortfalls in the list; the rest are counted."""


@dataclass(frozen=True, slots=True)
class View:
    """A tab: its label, its template, what it needs beside the plan, and whether this plan has anything of it.

    `to_read` says whether there is something for those who may change nothing.
    """

    label: str
    template: str
    facts: Callable[[Seen, Speech], Facts]
    there: Callable[[Seen], bool] = lambda seen: True
    to_read: Callable[[Seen], bool] = lambda seen: True


def usual(seen: Seen, speech: Speech) -> Facts:
    """What the head of every view needs."""
    board = seen.board
    start = board.saved.scenario.horizon.start
    span = speech.say("A cycle that repeats")
    if start is not None:
        last = start + timedelta(days=max(0, board.saved.case.grid.committed_days - 1))
        span = f"{speech.day(start, long=True)} {NOTHING} {speech.day(last, long=True)}"
    gap = "" if board.said.gap is None else words.percent_at_most(board.said.gap).replace(" %", "%")
    units = board.saved.scenario.units

    def unit_name(unit: str) -> str:
        """What a unit is called, "" where that is its code alone."""
        name = units[unit].name if unit in units else None
        return name if name is not None and name != unit else ""

    fixed = sum(board.said.fixed.values())
    return {"span": span, "fixed": fixed, "gap": gap, "bands": seen.bands, "unit_name": unit_name}


def _nothing(seen: Seen, speech: Speech) -> Facts:
    del seen, speech
    return {}


def _beds(seen: Seen, speech: Speech) -> Facts:
    del seen, speech
    return {"ahead": AHEAD_HOURS}


LARGE: Final = Frame(width=900, height=280, left=52, past_days=42)
"""A forecast on the page, with six weeks before it."""

SMALL: Final = Frame(width=430, height=170, left=40, past_days=14)


@dataclass(frozen=True, slots=True)
class FanView:
    """A forecast with its picture, and the day on which passing the capacity is likeliest (None without one)."""

    fan: Fan
    picture: FanPicture
    worst: int | None


def _fan_view(fan: Fan, frame: Frame, speech: Speech) -> FanView:
    worst = None if not fan.over else max(range(len(fan.over)), key=fan.over.__getitem__)
    return FanView(fan, fan_picture(fan, frame, speech.short_day), worst)


def _forecast(seen: Seen, speech: Speech) -> Facts:
    """Each series as it is planned for, and each patient group's own part of it beside its beds."""
    scenario, days = seen.board.saved.scenario, seen.board.occupancy.days
    groups = fans(seen.forecast, days, group_parts(scenario)) if len(scenario.patients) > 1 else ()
    tight = sorted((fan for fan in groups if fan.over), key=lambda fan: -max(fan.over or (0.0,)))
    return {
        "fans": [_fan_view(fan, LARGE, speech) for fan in seen.board.fans],
        "groups": [_fan_view(fan, SMALL, speech) for fan in tight],
        "likely": LIKELY,
        "marked": lambda chance: next((mark for mark in LIKELY if chance >= mark[0]), None),
    }


LIKELY: Final = ((0.5, "full", "■"), (0.2, "tight", "▲"), (0.05, "busy", "◆"))
"""From which chance of passing its beds on a cell is marked, and how."""


def _staffing(seen: Seen, speech: Speech) -> Facts:
    contracts = seen.board.staffing.contracts
    marks = {"overtime": speech.say("O"), "bank": speech.say("B"), "agency": speech.say("A")}

    def hired(cell: ShiftCell) -> str:
        """People who start here on other than own contracts: 1 B 2 A."""
        there = [(people, marks.get(name)) for name, people in zip(contracts, cell.by_contract, strict=True)]
        return " ".join(f"{speech.plain(people)}{mark}" for people, mark in there if mark and people >= 0.05)

    return {"hired": hired}


def _devices(seen: Seen, speech: Speech) -> Facts:
    board, kinds = seen.board, seen.board.saved.scenario.devices
    labels = tuple(speech.short_day(day) for day in board.occupancy.days)
    owned = _owned(seen)
    return {
        "device_name": lambda device: kinds[device].name or device,
        "sites": len({row.site for row in board.devices}),
        "lines": [
            timeline(row, kinds[row.device], owned.get((row.device, row.site), 0.0), labels) for row in board.devices
        ],
    }


def _owned(seen: Seen) -> dict[tuple[str, str], float]:
    """How many of a kind a site owns, those of its units included."""
    case = seen.board.saved.case
    site_of = {unit: case.sites[at] for unit, at in zip(case.units, case.site_of_unit.tolist(), strict=True)}
    found: dict[tuple[str, str], float] = {}
    for name, kind in case.scenario.devices.items():
        for place, count in kind.owned.items():
            key = name, site_of.get(place, place)
            found[key] = found.get(key, 0.0) + count
    return found


@dataclass(frozen=True, slots=True)
class ShortRow:
    """A shortfall in the reader's words."""

    unit: str
    when: str
    what: str
    rule: str
    because: str
    cure: str


def _short(seen: Seen, speech: Speech) -> Facts:
    """Every shortfall, said once for all the times at which it is the same."""
    tell = _retelling(seen, speech)
    alike: dict[tuple[str, ...], list[Shortage]] = {}
    for each in shortages(seen.board, seen.prices):
        key = each.short.unit, each.short.what, each.short.because, cure_words(each.cure, speech)
        alike.setdefault(key, []).append(each)

    def row(same: Sequence[Shortage]) -> ShortRow:
        first, short = same[0], same[0].short
        more = speech.say(" and %(count)s more", count=len(same) - 1) if len(same) > 1 else ""
        rule = speech.say(first.rule) if first.rule else ""
        told = tell(short.what), rule, tell(short.because), cure_words(first.cure, speech)
        return ShortRow(short.unit, tell.when(short.when) + more, *told)

    rows = list(alike.values())
    return {"shortages": [row(same) for same in rows[:MOST_SHORT]], "left": sum(map(len, rows[MOST_SHORT:]))}


CURES: Final[Mapping[str, str]] = {
    "duty": _("one more %(who)s duty, %(price)s"),
    "move": _("move one from the store, %(price)s"),
    "rent": _("rent one more, %(price)s a day"),
    "bed": _("one more bed open on %(who)s, %(price)s a day"),
    "slot": _("one more extra slot, %(price)s"),
}


def cure_words(cure: Cure | None, speech: Speech) -> str:
    """A cure and its price in words."""
    if cure is None:
        return speech.say("none is priced")
    who = speech.say(CONTRACTS.get(cure.who, cure.who))
    said = speech.say(CURES[cure.what], who=who, price=speech.money(cure.price))
    return said if cure.within else speech.say("%(cure)s, once a limit gives way", cure=said)


def _retelling(seen: Seen, speech: Speech) -> Retelling:
    """A plan's own sentences for a reader."""
    grid = seen.board.saved.case.grid
    dates = [grid.day(at) for at in range(grid.committed_days)] if grid.dated else []
    contracts = {name: speech.say(said) for name, said in CONTRACTS.items()}
    return Retelling(speech, contracts, {f"{day:%a} {day.day} {day:%b}": day for day in dates})


def _changes(seen: Seen, speech: Speech) -> Facts:
    tell = _retelling(seen, speech)
    return {"told": [(each.place, tell.when(each.when), tell(each.what)) for each in seen.board.changes]}


def _limits(seen: Seen, speech: Speech) -> Facts:
    del seen
    return {"scarce": Names(speech).scarce}


VIEWS: Final[Mapping[str, View]] = {
    "beds": View(_("Bed state"), "view_beds.html", _beds),
    "occupancy": View(_("Occupancy"), "view_occupancy.html", _nothing),
    "forecast": View(_("Forecast"), "view_forecast.html", _forecast),
    "staffing": View(_("Staffing"), "view_staffing.html", _staffing, lambda seen: bool(seen.board.staffing.rows)),
    "devices": View(_("Devices"), "view_devices.html", _devices, lambda seen: bool(seen.board.devices)),
    "shortfalls": View(_("Shortfalls"), "view_shortfalls.html", _short),
    "limits": View(_("What limits"), "view_limits.html", _limits),
    "money": View(_("Money"), "view_money.html", _nothing),
    "changes": View(
        _("Changes"), "view_changes.html", _changes, to_read=lambda seen: seen.board.said.replanned is not None
    ),
}
"""By the last part of the address; the first is shown where none is named."""
