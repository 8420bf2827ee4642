"""Every line of a person that is not dearer than the cheapest by more than a slack, compiled.

Where prices prove a bound, no roster below the best one known holds a line outside such a list: choosing among the
lists is choosing among all. Suffixes grow back from the last day; the walk's tables tell which ones can still be
completed, so that none is begun in vain. Import late: it loads Numba.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.roster.compiled import compiled, inner
from optimizer.roster.standing import NO_OPTION, Cover
from optimizer.roster.walking import walk
from optimizer.roster.ways import NO_SHIFT, NO_STATE, Floats, Ints, Room, Ways


class Suffixes(NamedTuple):
    """Ends of lines: the cell each begins at (M, 3: state, weekends, sum), its cost, shifts and options (M, D)."""

    cell: Ints
    cost: Floats
    shifts: Ints
    options: Ints


def suffixes_for(most: int, days: int) -> Suffixes:
    """Room for so many."""
    return Suffixes(
        np.zeros((most, 3), dtype=np.int64), np.zeros(most), np.zeros((most, days), dtype=np.int64),
        np.zeros((most, days), dtype=np.int64),
    )  # fmt: skip


class Priced(NamedTuple):
    """A person's prices: `shift` (D, S + 1) of each shift, a day off last, `option` of each way to work one."""

    shift: Floats
    option: Floats


@compiled
def lines_within(
    ways: Ways, cover: Cover, person: int, prices: Priced, slack: float, room: Room, one: Suffixes, other: Suffixes
) -> int:
    """How many lines cost at most `slack` more than the cheapest, left in `one`; -1 where more than fit."""
    most = walk(ways, person, prices.shift, room) + slack
    if most == np.inf:
        return 0
    count = _ends(ways, person, most, room, one)
    here, there = one, other
    for day in range(prices.shift.shape[0] - 1, -1, -1):
        found = 0
        for at in range(count):
            found = _extend(ways, cover, person, prices, most, room, day, at, found, here, there)
            if found < 0:
                return -1
        count, here, there = found, there, here
    if prices.shift.shape[0] % 2 == 1:
        for at in range(count):
            _copy(here, at, one, at)
    return count


@inner
def _ends(ways: Ways, person: int, most: float, room: Room, into: Suffixes) -> int:
    team, last = ways.team[person], room.alive.shape[0] - 1
    count = 0
    for state in range(ways.states[team]):
        if room.alive[last, state]:
            for weekend in range(ways.weekends[team, last]):
                for total in range(ways.low[team, last], ways.high[team, last] + 1):
                    end = ways.end[person, weekend, total]
                    if room.tables[last, state, weekend, total] + end <= most and count < len(into.cost):
                        into.cell[count] = (state, weekend, total)
                        into.cost[count] = end
                        count += 1
    return count


@inner
def _extend(
    ways: Ways, cover: Cover, person: int, prices: Priced, most: float, room: Room, day: int, at: int, count: int,
    here: Suffixes, there: Suffixes,
) -> int:  # fmt: skip
    """Every suffix a day longer than one; how many there are then, -1 where they don't fit."""
    team = ways.team[person]
    if day == 0:
        return _extend_to_start(ways, cover, person, prices, most, at, count, here, there)
    for group in range(ways.group_at[team], ways.group_at[team + 1]):
        if ways.group_target[group] == here.cell[at, 0] and count >= 0:
            for symbol in range(ways.group_first[group], ways.group_last[group]):
                if count >= 0:
                    count = _extend_by(
                        ways, cover, person, prices, most, room, day, group, symbol, at, count, here, there
                    )
    return count


@inner
def _extend_by(
    ways: Ways, cover: Cover, person: int, prices: Priced, most: float, room: Room, day: int, group: int, symbol: int,
    at: int, count: int, here: Suffixes, there: Suffixes,
) -> int:  # fmt: skip
    """The same by one symbol, out of every state of a group."""
    team, worked = ways.team[person], ways.group_worked[group]
    off = 1 if symbol == ways.symbol_at[team + 1] - 1 else 0
    before = here.cell[at, 2] - ways.symbol_size[symbol]
    weekends = here.cell[at, 1] - ways.add[team, day, off, worked]
    if weekends < 0 or weekends >= ways.weekends[team, day - 1]:
        return count
    if before < ways.low[team, day - 1] or before > ways.high[team, day - 1]:
        return count
    for arc in range(ways.arc_at[group], ways.arc_at[group + 1]):
        source = ways.arc_source[arc]
        if room.alive[day - 1, source] and count >= 0:
            earlier = room.tables[day - 1, source, weekends, before]
            step = ways.arc_cost[arc] + ways.half[team, day, off, worked]
            cell = (source, weekends, before)
            count = _duties(
                ways, cover, person, prices, most - earlier, day, symbol, step, cell, at, count, here, there
            )
    return count


@inner
def _extend_to_start(
    ways: Ways, cover: Cover, person: int, prices: Priced, most: float, at: int, count: int, here: Suffixes,
    there: Suffixes,
) -> int:  # fmt: skip
    """The same for day 0, before which there is nothing."""
    team = ways.team[person]
    first, last = ways.symbol_at[team], ways.symbol_at[team + 1] - 1
    for symbol in range(first, last + 1):
        off, worked = (1 if symbol == last else 0), ways.worked[person]
        reached = ways.begin[person, symbol - first]
        cell = (reached, ways.add[team, 0, off, worked], ways.symbol_size[symbol])
        same = cell[0] == here.cell[at, 0] and cell[1] == here.cell[at, 1] and cell[2] == here.cell[at, 2]
        if reached != NO_STATE and same:
            step = ways.begin_cost[person, symbol - first] + ways.half[team, 0, off, worked]
            count = _duties(ways, cover, person, prices, most, 0, symbol, step, cell, at, count, here, there)
            if count < 0:
                return -1
    return count


@inner
def _duties(
    ways: Ways, cover: Cover, person: int, prices: Priced, most: float, day: int, symbol: int, step: float,
    cell: tuple[int, int, int], at: int, count: int, here: Suffixes, there: Suffixes,
) -> int:  # fmt: skip
    """A suffix for every shift of a symbol and every way to work it that is not too dear."""
    team, off = ways.team[person], prices.shift.shape[1] - 1
    first = ways.symbol_at[team]
    for shift in range(off + 1):
        if first + ways.symbol_of[team, shift] == symbol:
            begin, end = 0, 0
            if shift < off:
                begin, end = cover.option_at[day * off + shift], cover.option_at[day * off + shift + 1]
            for option in range(begin, max(end, begin + 1)):
                price = prices.shift[day, shift] if begin == end else prices.option[option]
                cost = here.cost[at] + step + price
                if cost <= most:
                    if count == len(there.cost):
                        return -1
                    _copy(here, at, there, count)
                    there.cell[count] = cell
                    there.cost[count] = cost
                    there.shifts[count, day] = NO_SHIFT if shift == off else shift
                    there.options[count, day] = NO_OPTION if begin == end else option
                    count += 1
    return count


@inner
def _copy(source: Suffixes, at: int, target: Suffixes, to: int) -> None:
    target.cell[to] = source.cell[at]
    target.cost[to] = source.cost[at]
    target.shifts[to] = source.shifts[at]
    target.options[to] = source.options[at]
