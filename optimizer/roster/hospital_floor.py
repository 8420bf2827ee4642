"""A hospital's roster as compiled code changes it: cells, and all that is counted of them. Import late: it loads Numba.

A move is a list of cells with what they become. It is tried whole, its price counted, and undone where it is too dear.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from optimizer.roster.compiled import compiled, lean
from optimizer.roster.hospital_arrays import DAY_OFF, Bools, Floats, Ints, Mix, Ties, Ward
from optimizer.roster.hospital_counting import HARD, NIGHTS, SOFT, TALLY, count_line

MOST_CELLS: Final = 128
"""Cells of one move, at most."""

MOST_PEOPLE: Final = 4

TEAM_SOFT: Final = 0
TEAM_HARD: Final = 1
SPREAD: Final = 2
"""Places in `team`: points and hard breaches of cover, mix and pairs, points of what is shared over the team."""


class Floor(NamedTuple):
    """A roster: `cells` (M, D), how many are on each duty (`counts`), in each group of mix (`mixed`), `tallies` (M, 7)
    and `team` (3,); and a move: cells by `who` and `day`, what each `then` becomes and `was`, people and new tallies.
    """

    cells: Ints
    counts: Ints
    mixed: Ints
    tallies: Floats
    team: Floats
    who: Ints
    day: Ints
    then: Ints
    was: Ints
    people: Ints
    new: Floats
    sizes: Ints


def floor_for(ward: Ward, cells: Ints) -> Floor:
    """A roster by its cells (M, D), counted."""
    people = len(cells)
    who, day, then, was = (np.zeros(MOST_CELLS, dtype=np.int64) for _ in range(4))
    floor = Floor(
        cells.copy(), np.zeros(len(ward.duties.day), dtype=np.int64), np.zeros(len(ward.mix.least), dtype=np.int64),
        np.zeros((people, TALLY)), np.zeros(3), who, day, then, was, np.zeros(MOST_PEOPLE, dtype=np.int64),
        np.zeros((MOST_PEOPLE, TALLY)), np.zeros(2, dtype=np.int64),
    )  # fmt: skip
    count_all(ward, floor)
    return floor


@compiled
def count_all(ward: Ward, floor: Floor) -> None:
    """Count everything from the cells."""
    recount(ward, floor)


@lean
def recount(ward: Ward, floor: Floor) -> None:
    """Count everything from the cells."""
    floor.counts[:] = 0
    floor.mixed[:] = 0
    floor.team[:] = 0.0
    _begin(ward, floor)
    people, days = floor.cells.shape
    for who in range(people):
        for day in range(days):
            _enter(ward, floor, who, floor.cells[who, day])
            _tie(ward.ties, ward.cells.absent, floor.cells, floor.team, who, day, 0.5)
        count_line(ward, who, floor.cells[who], floor.tallies[who])
    floor.sizes[:] = 0
    floor.team[SPREAD] = _spread(ward, floor)


@compiled
def points_of(floor: Floor, weight: float) -> float:
    """What a roster costs, a hard breach at a weight."""
    return cost(floor, weight)


@compiled
def breaches(floor: Floor) -> float:
    """Hard rules broken; 0.0 where the roster is legal."""
    return float(floor.team[TEAM_HARD] + floor.tallies[:, HARD].sum())


@lean
def cost(floor: Floor, weight: float) -> float:
    """Of the roster, a hard breach at a weight."""
    soft, hard = floor.team[TEAM_SOFT] + floor.team[SPREAD], floor.team[TEAM_HARD]
    for who in range(len(floor.tallies)):
        soft += floor.tallies[who, SOFT]
        hard += floor.tallies[who, HARD]
    return float(soft + weight * hard)


@lean
def _begin(ward: Ward, floor: Floor) -> None:
    """Team figures of nobody at work."""
    duties, mix = ward.duties, ward.mix
    for at in range(len(duties.day)):
        floor.team[TEAM_SOFT] += duties.under[at] * duties.wanted[at]
        floor.team[TEAM_HARD] += duties.under_hard[at] * duties.wanted[at]
    for group in range(len(mix.least)):
        floor.team[TEAM_SOFT] += mix.soft[group] * mix.least[group]
        floor.team[TEAM_HARD] += mix.hard[group] * mix.least[group]


@lean
def _enter(ward: Ward, floor: Floor, who: int, at: int) -> None:
    """Somebody more on a duty."""
    if at == DAY_OFF:
        return
    duties, mix, team = ward.duties, ward.mix, floor.team
    if floor.counts[at] < duties.wanted[at]:
        team[TEAM_SOFT] -= duties.under[at]
        team[TEAM_HARD] -= duties.under_hard[at]
    else:
        team[TEAM_SOFT] += duties.over[at]
    floor.counts[at] += 1
    for place in range(mix.group_at[at], mix.group_at[at + 1]):
        group = mix.group[place]
        if mix.counts[mix.rule[group], who]:
            _of_sort(mix, team, group, floor.mixed[group], 1.0)
            floor.mixed[group] += 1


@lean
def _leave(ward: Ward, floor: Floor, who: int, at: int) -> None:
    """Somebody fewer on a duty."""
    if at == DAY_OFF:
        return
    duties, mix, team = ward.duties, ward.mix, floor.team
    floor.counts[at] -= 1
    if floor.counts[at] < duties.wanted[at]:
        team[TEAM_SOFT] += duties.under[at]
        team[TEAM_HARD] += duties.under_hard[at]
    else:
        team[TEAM_SOFT] -= duties.over[at]
    for place in range(mix.group_at[at], mix.group_at[at + 1]):
        group = mix.group[place]
        if mix.counts[mix.rule[group], who]:
            floor.mixed[group] -= 1
            _of_sort(mix, team, group, floor.mixed[group], -1.0)


@lean
def _of_sort(mix: Mix, team: Floats, group: int, before: int, sign: float) -> None:
    """What one more of a sort changes where there are so many, or, with -1, one fewer where so many stay."""
    times = 0.0
    if before < mix.least[group]:
        times -= sign
    if before >= mix.most[group]:
        times += sign
    team[TEAM_SOFT] += times * mix.soft[group]
    team[TEAM_HARD] += times * mix.hard[group]


@lean
def _tie(ties: Ties, absent: Bools, cells: Ints, team: Floats, who: int, day: int, sign: float) -> None:
    """Count somebody's pairs on a day, or with -1 count them no longer."""
    mine = cells[who, day]
    for tie in range(ties.at[who], ties.at[who + 1]):
        theirs, times = cells[ties.other[tie], day], 0.0
        if ties.together[tie]:
            if mine != theirs and not (absent[who, day] or absent[ties.other[tie], day]):
                times = (1.0 if mine != DAY_OFF else 0.0) + (1.0 if theirs != DAY_OFF else 0.0)
        elif mine != DAY_OFF and theirs != DAY_OFF and ties.spot[mine] == ties.spot[theirs]:
            times = 1.0
        team[TEAM_SOFT] += sign * times * ties.soft[tie]
        team[TEAM_HARD] += sign * times * ties.hard[tie]


@lean
def _put(ward: Ward, floor: Floor, who: int, day: int, at: int) -> None:
    """Give somebody a duty, or a day off, in place of what she has; tallies of lines are not counted here."""
    _tie(ward.ties, ward.cells.absent, floor.cells, floor.team, who, day, -1.0)
    _leave(ward, floor, who, floor.cells[who, day])
    floor.cells[who, day] = at
    _enter(ward, floor, who, at)
    _tie(ward.ties, ward.cells.absent, floor.cells, floor.team, who, day, 1.0)


@lean
def _spread(ward: Ward, floor: Floor) -> float:
    """Points of burdens over the team, the people of the move with their new tallies."""
    shares, total = ward.shares, 0.0
    for rule in range(len(shares.burden)):
        burden = shares.burden[rule]
        least, most = np.inf, -np.inf
        for who in shares.own:
            has = floor.tallies[who, NIGHTS + burden]
            for at in range(floor.sizes[1]):
                if floor.people[at] == who:
                    has = floor.new[at, NIGHTS + burden]
            has += shares.base[who, burden]
            least, most = min(least, has), max(most, has)
        total += shares.cost[rule] * (most - least if shares.spread[rule] else most)
    return total


@lean
def ask(floor: Floor, who: int, day: int, then: int) -> None:
    """One cell more in the move."""
    size = floor.sizes[0]
    floor.who[size], floor.day[size], floor.then[size] = who, day, then
    floor.sizes[0] = size + 1


@lean
def attempt(ward: Ward, floor: Floor, weight: float, limit: float) -> float:
    """Make the move if the roster costs at most `limit` more after it (hard breaches at `weight`); by how much, or inf.

    `ask` lists its cells, `floor.people` says whose they are.
    """
    soft, hard, spread = floor.team[TEAM_SOFT], floor.team[TEAM_HARD], floor.team[SPREAD]
    for at in range(floor.sizes[0]):
        floor.was[at] = floor.cells[floor.who[at], floor.day[at]]
        _put(ward, floor, floor.who[at], floor.day[at], floor.then[at])
    more = floor.team[TEAM_SOFT] - soft + weight * (floor.team[TEAM_HARD] - hard)
    for at in range(floor.sizes[1]):
        mine = floor.tallies[floor.people[at]]
        more -= mine[SOFT] + weight * mine[HARD]
    more = _recounted(ward, floor, weight, limit, more, spread) if more - spread <= limit else np.inf
    if more > limit:
        for at in range(floor.sizes[0] - 1, -1, -1):
            _put(ward, floor, floor.who[at], floor.day[at], floor.was[at])
        floor.team[TEAM_SOFT], floor.team[TEAM_HARD], floor.team[SPREAD] = soft, hard, spread
        return np.inf
    for at in range(floor.sizes[1]):
        for place in range(TALLY):
            floor.tallies[floor.people[at], place] = floor.new[at, place]
    return float(more)


@lean
def _recounted(ward: Ward, floor: Floor, weight: float, limit: float, more: float, spread: float) -> float:
    """The price of the move with the lines of its people counted anew; `more` is without them."""
    same = True
    for at in range(floor.sizes[1]):
        who = floor.people[at]
        count_line(ward, who, floor.cells[who], floor.new[at])
        more += floor.new[at, SOFT] + weight * floor.new[at, HARD]
        for place in range(NIGHTS, TALLY):
            same = same and floor.new[at, place] == floor.tallies[who, place]
        if more - spread > limit:
            return np.inf
    if not same and len(ward.shares.burden):
        floor.team[SPREAD] = _spread(ward, floor)
        more += floor.team[SPREAD] - spread
    return more
