"""Ruin and recreate, compiled: some people lose their lines and get the cheapest ones anew, one after another.

Each is rostered exactly, by her walk under what one more on every shift is worth while the others stay. Import late: it
loads Numba.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from optimizer.roster.compiled import compiled, inner
from optimizer.roster.counting import counted_line
from optimizer.roster.standing import NO_OPTION, Cover, Standing
from optimizer.roster.walking import walk
from optimizer.roster.ways import NO_SHIFT, Floats, Ints, Room, Ways

TRIES: Final = 12
"""How often a line that works a shift too often is sought again, at prices of that shift that double."""


FIRST_ATTEMPTS: Final = 20
"""How often somebody's first line is sought where not all limits are the walk's, prices shaken more each time."""

ATTEMPTS: Final = 2
"""How often a later one is: without it the old one stays."""


class Desk(NamedTuple):
    """Where a person's prices are worked out (D, S + 1), by which option each shift is cheapest, and old lines kept.

    `raised` are the prices that a legal line came of, `dearer` what was added to them by day and shift.
    """

    prices: Floats
    choice: Ints
    raised: Floats
    dearer: Floats
    kept_lines: Ints
    kept_options: Ints
    kept_own: Floats
    order: Ints


def desk_for(cover: Cover) -> Desk:
    """Room for the search's own work."""
    people, days, shifts = cover.own.shape
    return Desk(
        np.zeros((days, shifts)), np.zeros((days, shifts), dtype=np.int64), np.zeros((days, shifts)),
        np.zeros((days, shifts)),
        np.zeros((people, days), dtype=np.int64), np.zeros((people, days), dtype=np.int64), np.zeros(people),
        np.arange(people),
    )  # fmt: skip


@inner
def _worth(
    cover: Cover, standing: Standing, person: int, noise: float, most: float, desk: Desk, draw: np.random.Generator
) -> None:
    """What each shift costs a person: her own points and what one more there changes, never worth above `most`."""
    days, off = cover.own.shape[1], cover.own.shape[2] - 1
    for day in range(days):
        desk.prices[day, off] = cover.own[person, day, off]
        for shift in range(off):
            at = day * off + shift
            first, last = cover.option_at[at], cover.option_at[at + 1]
            least, choice = 0.0 if first == last else np.inf, NO_OPTION
            for option in range(first, last):
                need = cover.option_need[option]
                if cover.allowed[person, option]:
                    count = standing.counts[need]
                    value = max(-most, cover.cost[need, count + 1] - cover.cost[need, count])
                    if value < least:
                        least, choice = value, option
            if noise > 0.0:
                least += noise * draw.standard_normal()
            desk.prices[day, shift] = cover.own[person, day, shift] + least
            desk.choice[day, shift] = choice


@inner
def _excess(cover: Cover, person: int, line: Ints, shift: int) -> int:
    return int((line == shift).sum() - cover.most[person, shift])


@inner
def _legal_line(
    ways: Ways, cover: Cover, person: int, attempts: int, room: Room, desk: Desk, draw: np.random.Generator
) -> bool:  # fmt: skip
    """The cheapest line into `room.line`; where it works a shift too often, at higher prices of that."""
    if len(cover.counted.minutes) > 0:
        return counted_line(ways, cover, person, attempts, room, desk, draw)
    shifts = cover.most.shape[1]
    desk.raised[:] = desk.prices
    dearer = 2.0
    for _ in range(TRIES):
        if walk(ways, person, desk.raised, room) == np.inf:
            return False
        over = False
        for shift in range(shifts):
            if cover.most[person, shift] < len(room.line) and _excess(cover, person, room.line, shift) > 0:
                over = True
                desk.raised[:, shift] += dearer
        if not over:
            return True
        dearer *= 2.0
    return False


@inner
def lift(cover: Cover, standing: Standing, person: int) -> None:
    """Take a person's line away."""
    for day in range(standing.lines.shape[1]):
        option = standing.options[person, day]
        if option != NO_OPTION:
            standing.counts[cover.option_need[option]] -= 1
            standing.options[person, day] = NO_OPTION


@inner
def _lay_down(cover: Cover, standing: Standing, person: int, line: Ints, options: Ints) -> None:
    for day in range(len(line)):
        standing.lines[person, day] = line[day]
        standing.options[person, day] = options[day]
        if options[day] != NO_OPTION:
            standing.counts[cover.option_need[options[day]]] += 1


@inner
def place(
    ways: Ways, cover: Cover, standing: Standing, person: int, noise: float, most: float, room: Room, desk: Desk,
    draw: np.random.Generator,
) -> bool:  # fmt: skip
    """Give a person who has no line the cheapest; whether there is a legal one."""
    _worth(cover, standing, person, noise, most, desk, draw)
    attempts = FIRST_ATTEMPTS if standing.own[person] == np.inf else ATTEMPTS
    if not _legal_line(ways, cover, person, attempts, room, desk, draw):
        return False
    off = cover.own.shape[2] - 1
    paid, shown = 0.0, 0.0
    for day in range(len(room.line)):
        shift = room.line[day]
        at = off if shift == NO_SHIFT else shift
        shown += desk.raised[day, at]
        paid += cover.own[person, day, at]
        standing.lines[person, day] = shift
        option = NO_OPTION if shift == NO_SHIFT else desk.choice[day, shift]
        standing.options[person, day] = option
        if option != NO_OPTION:
            standing.counts[cover.option_need[option]] += 1
    standing.own[person] = np.round(_last_cost(ways, person, room) - shown + paid, 6)
    return True


@inner
def _last_cost(ways: Ways, person: int, room: Room) -> float:
    """What the last walk found."""
    team, last = ways.team[person], len(room.line) - 1
    best = np.inf
    for state in range(ways.states[team]):
        if room.alive[last, state]:
            for weekend in range(ways.weekends[team, last]):
                for total in range(ways.low[team, last], ways.high[team, last] + 1):
                    best = min(best, room.tables[last, state, weekend, total] + ways.end[person, weekend, total])
    return float(best)


@compiled
def points(cover: Cover, standing: Standing) -> float:
    """What the roster costs."""
    total = standing.own.sum()
    for need in range(len(cover.cost)):
        total += cover.cost[need, standing.counts[need]]
    return float(total)


@inner
def _shuffle(desk: Desk, count: int, draw: np.random.Generator) -> None:
    """So many people at random to the front of the order."""
    people = len(desk.order)
    for at in range(count):
        other = at + int(draw.random() * (people - at))
        desk.order[at], desk.order[other] = desk.order[other], desk.order[at]


@inner
def _renew(
    ways: Ways, cover: Cover, standing: Standing, count: int, noise: float, most: float, room: Room, desk: Desk,
    draw: np.random.Generator,
) -> bool:  # fmt: skip
    """New lines for the first `count` of the order: one after another, then each anew with the others in place.

    Who comes first would take all that the others left; so nothing is worth above `most` to her unless she is alone.
    """
    for at in range(count):
        person = desk.order[at]
        desk.kept_lines[person] = standing.lines[person]
        desk.kept_options[person] = standing.options[person]
        desk.kept_own[person] = standing.own[person]
        lift(cover, standing, person)
    for at in range(count):
        if not place(ways, cover, standing, desk.order[at], noise, most if count > 1 else np.inf, room, desk, draw):
            return False
    for at in range(count if count > 1 else 0):
        lift(cover, standing, desk.order[at])
        if not place(ways, cover, standing, desk.order[at], 0.0, np.inf, room, desk, draw):
            return False
    return True


@inner
def _undo(cover: Cover, standing: Standing, count: int, desk: Desk) -> None:
    for at in range(count):
        person = desk.order[at]
        lift(cover, standing, person)
    for at in range(count):
        person = desk.order[at]
        _lay_down(cover, standing, person, desk.kept_lines[person], desk.kept_options[person])
        standing.own[person] = desk.kept_own[person]


@compiled
def keep(best: Standing, standing: Standing) -> None:
    """Copy one roster over another."""
    best.lines[:] = standing.lines
    best.options[:] = standing.options
    best.counts[:] = standing.counts
    best.own[:] = standing.own


@compiled
def begin(ways: Ways, cover: Cover, standing: Standing, room: Room, desk: Desk, draw: np.random.Generator) -> int:
    """A line for everybody who has none, dearest choices first; returns a person without a legal one, or -1."""
    _shuffle(desk, len(desk.order), draw)
    for at in range(len(desk.order)):
        person = desk.order[at]
        if standing.own[person] == np.inf and not place(ways, cover, standing, person, 0.0, np.inf, room, desk, draw):
            return int(person)
    return -1


@compiled
def improve(
    ways: Ways, cover: Cover, standing: Standing, best: Standing, room: Room, desk: Desk, draw: np.random.Generator,
    rounds: int, heat: float, anew: int, noise: float, worth: float,
) -> float:  # fmt: skip
    """So many rounds: a few people anew, kept if not dearer by more than chance at `heat` allows; the best's points."""
    now, least = points(cover, standing), points(cover, best)
    for _ in range(rounds):
        count = 1 + int(draw.random() * anew)
        _shuffle(desk, count, draw)
        made = _renew(ways, cover, standing, count, noise * draw.random(), worth * draw.random(), room, desk, draw)
        after = points(cover, standing) if made else np.inf
        if after <= now - heat * np.log(1.0 - draw.random()):
            now = after
            if now < least - 1e-9:
                least = now
                keep(best, standing)
        else:
            _undo(cover, standing, count, desk)
    return least
