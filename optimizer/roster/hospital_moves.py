"""Moves on a hospital's roster, and annealing with them, compiled. Import late: it loads Numba.

A move gives one person other duties, or two persons each other's on some days; what it costs decides whether it stays.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from optimizer.roster.compiled import lean, released
from optimizer.roster.hospital_arrays import DAY_OFF, Ints, Ward
from optimizer.roster.hospital_floor import Floor, ask, attempt, cost, recount

LONGEST: Final = 14
"""Days that two people exchange at once, at most."""

CHANCES: Final = (0.05, 0.10, 0.60, 0.80, 0.85, 0.95)
"""Of the kinds of move, summed: one cell, a duty that is short, days exchanged, two single days exchanged, two days of
one line exchanged, days passed round among three; the rest gives somebody several days alike. Where cover is met hardly
anything but an exchange is worth making.
"""

SEEKS: Final = 12
"""How often a duty that is short is looked for."""


@lean
def _any(number: int, draw: np.random.Generator) -> int:
    return min(number - 1, int(draw.random() * number))


@lean
def _begin(floor: Floor, first: int, second: int) -> None:
    """An empty move of one person (`second` -1) or two."""
    floor.sizes[0] = 0
    floor.sizes[1] = 1 if second < 0 else 2
    floor.people[0], floor.people[1] = first, second


@lean
def _may(ward: Ward, who: int, day: int, at: int) -> bool:
    return bool(ward.cells.may_off[who, day] if at == DAY_OFF else ward.cells.may[who, at])


@lean
def _one_cell(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Somebody has another duty on a day, or a day off."""
    people, days = floor.cells.shape
    who, day = _any(people, draw), _any(days, draw)
    _begin(floor, who, -1)
    first, last = ward.cells.option_at[who * days + day], ward.cells.option_at[who * days + day + 1]
    then = ward.cells.option[first + _any(last - first, draw)]
    if then != floor.cells[who, day]:
        ask(floor, who, day, then)


@lean
def _short(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Somebody is given a duty that lacks people."""
    people, duties = ward.cells.may.shape
    at = _any(duties, draw)
    for _ in range(SEEKS):
        if floor.counts[at] < ward.duties.wanted[at]:
            break
        at = _any(duties, draw)
    who = _any(people, draw)
    for _ in range(SEEKS):
        if ward.cells.may[who, at]:
            break
        who = _any(people, draw)
    _begin(floor, who, -1)
    if ward.cells.may[who, at] and floor.cells[who, ward.duties.day[at]] != at:
        ask(floor, who, ward.duties.day[at], at)


@lean
def _exchange(ward: Ward, floor: Floor, day: int) -> bool:
    """The two people of the move have each other's duty on a day; False where they may not."""
    first, second = floor.people[0], floor.people[1]
    mine, theirs = floor.cells[first, day], floor.cells[second, day]
    if mine == theirs:
        return True
    if not (_may(ward, first, day, theirs) and _may(ward, second, day, mine)):
        return False
    ask(floor, first, day, theirs)
    ask(floor, second, day, mine)
    return True


@lean
def _two_people(floor: Floor, draw: np.random.Generator) -> None:
    people = len(floor.cells)
    first, second = _any(people, draw), _any(people - 1, draw)
    _begin(floor, first, second + (second >= first))


@lean
def _days_exchanged(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Two people have each other's duties on days in a row."""
    days = floor.cells.shape[1]
    _two_people(floor, draw)
    first = _any(days, draw)
    length = 1 + _any(_any(LONGEST, draw) + 1, draw)
    for day in range(first, min(days, first + length)):
        if not _exchange(ward, floor, day):
            break


@lean
def _twice_exchanged(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Two people have each other's duties on two days, between which all stays."""
    days = floor.cells.shape[1]
    _two_people(floor, draw)
    first, second = _any(days, draw), _any(days, draw)
    if first != second:
        _exchange(ward, floor, first)
        _exchange(ward, floor, second)


@lean
def _passed_round(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """On some days in a row each of three people has the duty of the next."""
    people, days = floor.cells.shape
    if people < 3:
        return
    _two_people(floor, draw)
    third = _any(people, draw)
    while third in (floor.people[0], floor.people[1]):
        third = _any(people, draw)
    floor.people[2], floor.sizes[1] = third, 3
    first = _any(days, draw)
    for day in range(first, min(days, first + 1 + _any(4, draw))):
        for at in range(3):
            who, then = floor.people[at], floor.cells[floor.people[(at + 1) % 3], day]
            if not _may(ward, who, day, then):
                floor.sizes[0] = 0
                return
            if then != floor.cells[who, day]:
                ask(floor, who, day, then)


@lean
def _on(ward: Ward, at: int, day: int) -> int:
    """The same duty on another day; -2 where there is none."""
    if at == DAY_OFF:
        return DAY_OFF
    twin = ward.duties.twin[at, day]
    return twin if twin != DAY_OFF else -2


@lean
def _within(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Somebody works on one day what she worked on another, and the other way round."""
    people, days = floor.cells.shape
    who, first = _any(people, draw), _any(days, draw)
    _begin(floor, who, -1)
    second = min(days - 1, max(0, first + _any(2 * LONGEST + 1, draw) - LONGEST))
    here, there = floor.cells[who, first], floor.cells[who, second]
    new_here, new_there = _on(ward, there, first), _on(ward, here, second)
    if first == second or new_here == -2 or new_there == -2 or (new_here == here and new_there == there):
        return
    if _may(ward, who, first, new_here) and _may(ward, who, second, new_there):
        ask(floor, who, first, new_here)
        ask(floor, who, second, new_there)


@lean
def _alike(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """Somebody works the same on some days in a row, or has them off."""
    people, days = floor.cells.shape
    who, first = _any(people, draw), _any(days, draw)
    _begin(floor, who, -1)
    at, end = who * days + first, min(days, first + 2 + _any(3, draw))
    begin = ward.cells.option_at[at]
    option = ward.cells.option[begin + _any(ward.cells.option_at[at + 1] - begin, draw)]
    for day in range(first, end):
        then = _on(ward, option, day) if day > first else option
        if then == -2 or not _may(ward, who, day, then):
            return
        if then != floor.cells[who, day]:
            ask(floor, who, day, then)


@lean
def _propose(ward: Ward, floor: Floor, draw: np.random.Generator) -> None:
    """A move of some kind; none where there is nobody, or nothing to do."""
    floor.sizes[0] = 0
    if ward.cells.may.size == 0:
        return
    kind = draw.random()
    if kind < CHANCES[0] or len(floor.cells) < 2:
        _one_cell(ward, floor, draw)
    elif kind < CHANCES[1]:
        _short(ward, floor, draw)
    elif kind < CHANCES[2]:
        _days_exchanged(ward, floor, draw)
    elif kind < CHANCES[3]:
        _twice_exchanged(ward, floor, draw)
    elif kind < CHANCES[4]:
        _within(ward, floor, draw)
    elif kind < CHANCES[5]:
        _passed_round(ward, floor, draw)
    else:
        _alike(ward, floor, draw)


@lean
def _copy(source: Ints, target: Ints) -> None:
    for row in range(source.shape[0]):
        for column in range(source.shape[1]):
            target[row, column] = source[row, column]


@released
def anneal(
    ward: Ward, floor: Floor, best: Ints, least: float, weight: float, moves: int, hot: float, cold: float,
    draw: np.random.Generator,
) -> tuple[float, int]:  # fmt: skip
    """So many moves while it cools from `hot` to `cold`; the best roster's cells are left in `best` (M, D).

    Points are with a hard breach at `weight`. `least` is what `best` costs; returned is what it costs now, and how many
    moves were made that changed the price.
    """
    recount(ward, floor)
    now, heat, made = cost(floor, weight), hot, 0
    cooling = (cold / hot) ** (1.0 / max(1, moves))
    for _ in range(moves):
        heat *= cooling
        _propose(ward, floor, draw)
        if floor.sizes[0] == 0:
            continue
        now_more = attempt(ward, floor, weight, -heat * math.log(1.0 - draw.random()))
        if now_more < np.inf:
            now += now_more
            made += now_more != 0.0
            if now < least - 1e-6:
                least = now
                _copy(floor.cells, best)
    return least, made


@released
def tidy(ward: Ward, floor: Floor, weight: float) -> None:
    """Take duties away that have people enough without them, where that costs nothing."""
    people, days = floor.cells.shape
    for who in range(people):
        for day in range(days):
            at = floor.cells[who, day]
            if at != DAY_OFF and floor.counts[at] > ward.duties.wanted[at] and ward.cells.may_off[who, day]:
                _begin(floor, who, -1)
                ask(floor, who, day, DAY_OFF)
                attempt(ward, floor, weight, 1e-9)
