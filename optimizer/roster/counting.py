"""Lines whose minutes and weekends are counted beside the walk, compiled: prices are sought at which they fit.

A price a minute is doubled, then halved between one that gives too many minutes and one that gives too few; where both
stay so, the first days get one and the last the other. Weekends too many are made dear, those that are worth least
first. Import late: it loads Numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.roster.compiled import inner
from optimizer.roster.lightly import NO_WEEKEND
from optimizer.roster.standing import Cover
from optimizer.roster.walking import walk
from optimizer.roster.ways import NO_SHIFT, Floats, Ints, Room, Ways

if TYPE_CHECKING:
    from optimizer.roster.sweeping import Desk

PASSES: Final = 16
"""How often weekends and shifts worked too often are made dearer in an attempt."""

PRICES: Final = 24
"""How many prices a minute are tried before days are parted."""

NARROW: Final = 0.03
"""Prices a minute that are this near to one another, relatively, part the days."""

LEAST_STEP: Final = 1e-3

ROUGHLY: Final = 0.03
"""While weekends are too many, minutes need fit no better than by this share."""

SHAKEN: Final = 0.01
"""By how much prices are shaken, in what a shift's minutes cost."""


@inner
def counted_line(
    ways: Ways, cover: Cover, person: int, attempts: int, room: Room, desk: Desk, draw: np.random.Generator
) -> bool:  # fmt: skip
    """A cheap line within every limit, into `room.line`, at prices left in `desk.raised`; whether there is one."""
    for attempt in range(attempts):
        _shake(cover, person, attempt, desk, draw)
        dearer, slack = 2.0, int(ROUGHLY * cover.counted.most[person])
        for _ in range(PASSES):
            if not _fit_minutes(ways, cover, person, slack, room, desk):
                break
            over = _raise_shifts(cover, person, room.line, dearer, desk)
            over = _raise_weekends(cover, person, room.line, dearer, desk, draw) or over
            if over:
                dearer *= 2.0
            elif slack == 0:
                return True
            else:
                slack = 0
    return False


@inner
def _shake(cover: Cover, person: int, attempt: int, desk: Desk, draw: np.random.Generator) -> None:
    """Nothing dearer but by chance, more at each attempt."""
    counted = cover.counted
    size = SHAKEN * attempt * max(1.0, abs(counted.price[person]) * counted.minutes.mean())
    for day in range(desk.dearer.shape[0]):
        for shift in range(desk.dearer.shape[1]):
            desk.dearer[day, shift] = size * draw.standard_normal() if attempt else 0.0


@inner
def _fit_minutes(ways: Ways, cover: Cover, person: int, slack: int, room: Room, desk: Desk) -> bool:
    """Whether there is a line whose minutes are off by `slack` at most; its price is kept for the next time."""
    low, high = -np.inf, np.inf
    price = cover.counted.price[person]
    step = max(0.03 * abs(price), LEAST_STEP)
    for _ in range(PRICES):
        off = _beyond(ways, cover, person, price, price, 0, room, desk)
        if abs(off) <= slack:
            cover.counted.price[person] = price
            return True
        if off > 0:
            low = price
        else:
            high = price
        if high - low < NARROW * max(abs(low), abs(high)) + LEAST_STEP:
            break
        price = low + step if high == np.inf else high - step if low == -np.inf else 0.5 * (low + high)
        step *= 2.0
    if low == -np.inf or high == np.inf:
        return False
    cover.counted.price[person] = 0.5 * (low + high)
    return _part_days(ways, cover, person, low, high, slack, room, desk)


@inner
def _part_days(
    ways: Ways, cover: Cover, person: int, low: float, high: float, slack: int, room: Room, desk: Desk
) -> bool:  # fmt: skip
    """The day until which minutes are cheap, where that fits; whether there is one."""
    first, last = 0, len(room.line)
    while last - first > 1:
        middle = (first + last) // 2
        off = _beyond(ways, cover, person, low, high, middle, room, desk)
        if abs(off) <= slack:
            return True
        if off > 0:
            last = middle
        else:
            first = middle
    return False


@inner
def _beyond(
    ways: Ways, cover: Cover, person: int, early: float, late: float, until: int, room: Room, desk: Desk
) -> int:  # fmt: skip
    """Minutes too many of the cheapest line at a price a minute until a day and another from it; below 0 too few."""
    counted, shifts = cover.counted, len(cover.counted.minutes)
    for day in range(desk.raised.shape[0]):
        price = early if day < until else late
        for shift in range(shifts):
            added = desk.dearer[day, shift] + price * counted.minutes[shift]
            desk.raised[day, shift] = desk.prices[day, shift] + added
        desk.raised[day, shifts] = desk.prices[day, shifts]
    if walk(ways, person, desk.raised, room) == np.inf:
        return -1  # no price helps
    total = 0
    for shift in room.line:
        if shift != NO_SHIFT:
            total += counted.minutes[shift]
    if total > counted.most[person]:
        return int(total - counted.most[person])
    return int(min(0, total - counted.least[person]))


@inner
def _raise_shifts(cover: Cover, person: int, line: Ints, dearer: float, desk: Desk) -> bool:
    """Whether a shift was worked too often; it is dearer now."""
    over = False
    for shift in range(cover.most.shape[1]):
        if cover.most[person, shift] < len(line) and (line == shift).sum() > cover.most[person, shift]:
            over = True
            desk.dearer[:, shift] += dearer
    return over


@inner
def _raise_weekends(
    cover: Cover, person: int, line: Ints, dearer: float, desk: Desk, draw: np.random.Generator
) -> bool:  # fmt: skip
    """Whether too many weekends are worked; those worth least are dearer now than they are worth."""
    worth = _worth_of_weekends(cover, line, desk, draw)
    excess = (worth < np.inf).sum() - cover.counted.weekends[person]
    for _ in range(excess):
        least = int(np.argmin(worth))
        price = dearer + 2.0 * max(0.0, worth[least])
        worth[least] = np.inf
        for day in range(len(line)):
            if cover.counted.weekend_of[day] == least:
                desk.dearer[day, : cover.most.shape[1]] += price
    return bool(excess > 0)


@inner
def _worth_of_weekends(cover: Cover, line: Ints, desk: Desk, draw: np.random.Generator) -> Floats:
    """What working each weekend saves, inf for those that are free."""
    worth = np.full(cover.counted.weekend_of.max() + 1, np.inf)
    off = cover.most.shape[1]
    for day in range(len(line)):
        weekend = cover.counted.weekend_of[day]
        if weekend != NO_WEEKEND and line[day] != NO_SHIFT:
            saved = desk.raised[day, off] - desk.raised[day, line[day]] + 0.1 * draw.random()
            worth[weekend] = saved if worth[weekend] == np.inf else worth[weekend] + saved
    return worth
