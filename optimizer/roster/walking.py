"""The cheapest line of a person under given prices, compiled: a walk over the days that keeps every sum apart.

Import late: it loads Numba. Values are kept by day, state, weekends and sum; the walk back asks which step gives them.
"""

from __future__ import annotations

import numpy as np

from optimizer.roster.compiled import compiled, inner
from optimizer.roster.ways import NO_SHIFT, NO_STATE, Floats, Ints, Room, Ways


@inner
def walk(ways: Ways, person: int, prices: Floats, room: Room) -> float:
    """What the cheapest line costs, inf where there is none; the line is left in `room.line`.

    `prices` (D, S + 1) of each shift and, last, a day off; inf where a person may not.
    """
    team = ways.team[person]
    _price(ways, team, prices, room)
    _begin(ways, team, person, room)
    for day in range(1, prices.shape[0]):
        _step(ways, team, day, room)
    last = prices.shape[0] - 1
    cost, state, weekend, total = _cheapest_end(ways, team, person, last, room)
    if cost < np.inf:
        for day in range(last, -1, -1):
            symbol, state, weekend, total = _back(ways, team, day, state, weekend, total, person, room)
            room.line[day] = room.pick[day, symbol]
    return cost


@inner
def _price(ways: Ways, team: int, prices: Floats, room: Room) -> None:
    """The cheapest shift of each symbol."""
    symbols = ways.symbol_at[team + 1] - ways.symbol_at[team]
    off = prices.shape[1] - 1
    for day in range(prices.shape[0]):
        for symbol in range(symbols):
            room.price[day, symbol] = np.inf
            room.pick[day, symbol] = NO_SHIFT
        for shift in range(off):
            symbol = ways.symbol_of[team, shift]
            if prices[day, shift] < room.price[day, symbol]:
                room.price[day, symbol] = prices[day, shift]
                room.pick[day, symbol] = shift
        room.price[day, symbols - 1] = prices[day, off]


@inner
def _clear(ways: Ways, team: int, day: int, room: Room) -> None:
    low, high = ways.low[team, day], ways.high[team, day]
    for state in range(ways.states[team]):
        room.alive[day, state] = False
        for weekend in range(ways.weekends[team, day]):
            for total in range(low, high + 1):
                room.tables[day, state, weekend, total] = np.inf


@inner
def _begin(ways: Ways, team: int, person: int, room: Room) -> None:
    """The table after day 0."""
    _clear(ways, team, 0, room)
    first, last = ways.symbol_at[team], ways.symbol_at[team + 1]
    for symbol in range(last - first):
        state, size = ways.begin[person, symbol], ways.symbol_size[first + symbol]
        off = 1 if first + symbol == last - 1 else 0
        weekend = ways.add[team, 0, off, ways.worked[person]]
        fits = ways.low[team, 0] <= size <= ways.high[team, 0] and weekend < ways.weekends[team, 0]
        if state != NO_STATE and fits:
            cost = _day_cost(ways, team, 0, symbol, off, ways.worked[person], room) + ways.begin_cost[person, symbol]
            if cost < room.tables[0, state, weekend, size]:
                room.tables[0, state, weekend, size] = cost
                room.alive[0, state] = True


@inner
def _day_cost(ways: Ways, team: int, day: int, symbol: int, off: int, worked: int, room: Room) -> float:
    return float(room.price[day, symbol] + ways.half[team, day, off, worked])


@inner
def _step(ways: Ways, team: int, day: int, room: Room) -> None:
    """The table a day later."""
    _clear(ways, team, day, room)
    first = ways.symbol_at[team]
    for group in range(ways.group_at[team], ways.group_at[team + 1]):
        merged = False
        for symbol in range(ways.group_first[group] - first, ways.group_last[group] - first):
            if room.price[day, symbol] < np.inf:
                if not merged and not _merge(ways, team, day, group, room):
                    break
                merged = True
                _lay(ways, team, day, group, symbol, room)


@inner
def _merge(ways: Ways, team: int, day: int, group: int, room: Room) -> bool:
    """The least over the sources of a group; whether there is any."""
    low, high, weekends = ways.low[team, day - 1], ways.high[team, day - 1], ways.weekends[team, day - 1]
    any_alive = False
    for arc in range(ways.arc_at[group], ways.arc_at[group + 1]):
        source, cost = ways.arc_source[arc], ways.arc_cost[arc]
        if room.alive[day - 1, source]:
            for weekend in range(weekends):
                into, values = room.merged[weekend], room.tables[day - 1, source, weekend]
                if any_alive:
                    for total in range(low, high + 1):
                        value = values[total] + cost
                        into[total] = min(into[total], value)
                else:
                    for total in range(low, high + 1):
                        into[total] = values[total] + cost
            any_alive = True
    return any_alive


@inner
def _lay(ways: Ways, team: int, day: int, group: int, symbol: int, room: Room) -> None:
    """What was merged into the target's table, as far on as the symbol leads."""
    target, worked = ways.group_target[group], ways.group_worked[group]
    first, last = ways.symbol_at[team], ways.symbol_at[team + 1]
    off = 1 if first + symbol == last - 1 else 0
    size, add = ways.symbol_size[first + symbol], ways.add[team, day, off, worked]
    cost = _day_cost(ways, team, day, symbol, off, worked, room)
    begin = max(ways.low[team, day - 1], ways.low[team, day] - size)
    end = min(ways.high[team, day - 1], ways.high[team, day] - size) + 1
    for weekend in range(min(ways.weekends[team, day - 1], ways.weekends[team, day] - add)):
        into, values = room.tables[day, target, weekend + add], room.merged[weekend]
        for total in range(begin, end):
            into[total + size] = min(into[total + size], values[total] + cost)
    room.alive[day, target] = True


@inner
def _cheapest_end(ways: Ways, team: int, person: int, day: int, room: Room) -> tuple[float, int, int, int]:
    best = (np.inf, 0, 0, 0)
    for state in range(ways.states[team]):
        if room.alive[day, state]:
            for weekend in range(ways.weekends[team, day]):
                for total in range(ways.low[team, day], ways.high[team, day] + 1):
                    cost = room.tables[day, state, weekend, total] + ways.end[person, weekend, total]
                    if cost < best[0]:
                        best = (cost, state, weekend, total)
    return best


@inner
def _back(
    ways: Ways, team: int, day: int, state: int, weekend: int, total: int, person: int, room: Room
) -> tuple[int, int, int, int]:
    """The symbol of a day and the state, weekends and sum of the day before."""
    value = room.tables[day, state, weekend, total]
    if day == 0:
        return _back_to_start(ways, team, state, total, person, room), 0, 0, 0
    nearest = np.inf
    found = (0, 0, 0, 0)
    for group in range(ways.group_at[team], ways.group_at[team + 1]):
        if ways.group_target[group] == state:
            away, step = _way_back(ways, team, day, group, weekend, total, value, room)
            if away < nearest:
                nearest, found = away, step
    return found


@inner
def _way_back(
    ways: Ways, team: int, day: int, group: int, weekend: int, total: int, value: float, room: Room
) -> tuple[float, tuple[int, int, int, int]]:
    """Of a group the step whose cost is nearest to the value, and how near."""
    first, last = ways.symbol_at[team], ways.symbol_at[team + 1]
    low, high = ways.low[team, day - 1], ways.high[team, day - 1]
    nearest, found = np.inf, (0, 0, 0, 0)
    for at in range(ways.group_first[group], ways.group_last[group]):
        off = 1 if at == last - 1 else 0
        before = total - ways.symbol_size[at]
        weekends = weekend - ways.add[team, day, off, ways.group_worked[group]]
        if 0 <= weekends < ways.weekends[team, day - 1] and low <= before <= high:
            cost = _day_cost(ways, team, day, at - first, off, ways.group_worked[group], room)
            for arc in range(ways.arc_at[group], ways.arc_at[group + 1]):
                source = ways.arc_source[arc]
                if room.alive[day - 1, source]:
                    away = abs(room.tables[day - 1, source, weekends, before] + ways.arc_cost[arc] + cost - value)
                    if away < nearest:
                        nearest, found = away, (at - first, source, weekends, before)
    return nearest, found


@inner
def _back_to_start(ways: Ways, team: int, state: int, total: int, person: int, room: Room) -> int:
    """The symbol of day 0."""
    first, last = ways.symbol_at[team], ways.symbol_at[team + 1]
    nearest, found = np.inf, 0
    for symbol in range(last - first):
        if ways.begin[person, symbol] == state and ways.symbol_size[first + symbol] == total:
            off = 1 if first + symbol == last - 1 else 0
            cost = _day_cost(ways, team, 0, symbol, off, ways.worked[person], room) + ways.begin_cost[person, symbol]
            if cost < nearest:
                nearest, found = cost, symbol
    return found


@compiled
def walks(ways: Ways, people: Ints, prices: Floats, room: Room, lines: Ints, costs: Floats) -> None:
    """The cheapest line (P, D) and cost (P,) of each of some people under prices (P, D, S + 1)."""
    for person in people:
        costs[person] = walk(ways, person, prices[person], room)
        lines[person] = room.line
