"""Everybody's line as a blend of several, compiled: shares move to where prices, which follow the shares, are better.

A relaxation without a linear program: each need's price follows how many serve it, around a centre (a proximal term);
each person in turn gets the cheapest line under the prices, and shares move from her dearest line to her cheapest, as
far as that pays while prices answer (pairwise Frank-Wolfe steps, person by person). Import late: it loads Numba.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.roster.compiled import compiled, inner
from optimizer.roster.standing import NO_OPTION, Cover
from optimizer.roster.walking import walk
from optimizer.roster.ways import NO_SHIFT, Floats, Ints, Room, Ways

HALVINGS = 14
"""Of a step, until it is as long as pays."""

TRIES = 12
"""How often a line that works a shift too often is sought again."""

NOWHERE = -1


class Rows(NamedTuple):
    """What is shared (R,): needs, then limits on a person's shift. A price lies between `low` and `high`.

    Up to `mid` it asks for `wanted`, above for `least`; `limit_at` (P, S) is the row of a limit, or NOWHERE.
    """

    low: Floats
    mid: Floats
    high: Floats
    wanted: Floats
    least: Floats
    limit_at: Ints


class Blend(NamedTuple):
    """Of each person some lines (P, K, D) with options, `cost` (P, K; inf: none there) and `share` of each.

    `oldest` (P,) is the place to use next, `there` (R,) what all of them come to.
    """

    lines: Ints
    options: Ints
    cost: Floats
    share: Floats
    oldest: Ints
    there: Floats


class Pull(NamedTuple):
    """How prices follow (R,): by `firm` for each one missing, around `centre`; `price` is what they are."""

    centre: Floats
    firm: Floats
    price: Floats


class Bench(NamedTuple):
    """Where a person's prices (D, S + 1) are worked out, by which option, and what a step moves (R,) in which rows."""

    prices: Floats
    choice: Ints
    moved: Floats
    touched: Ints


@inner
def _price(rows: Rows, pull: Pull, there: float, row: int) -> float:
    """The price of a row that so much is there of."""
    found = pull.centre[row] + pull.firm[row] * (rows.wanted[row] - there)
    if found > rows.mid[row]:
        found = max(rows.mid[row], pull.centre[row] + pull.firm[row] * (rows.least[row] - there))
    return float(min(max(found, rows.low[row]), rows.high[row]))


@inner
def _ask(ways: Ways, cover: Cover, rows: Rows, price: Floats, person: int, room: Room, bench: Bench) -> None:
    """What each shift costs a person under prices."""
    off = cover.own.shape[2] - 1
    for day in range(cover.own.shape[1]):
        bench.prices[day, off] = cover.own[person, day, off]
        for shift in range(off):
            first, last = cover.option_at[day * off + shift], cover.option_at[day * off + shift + 1]
            least, choice = 0.0 if first == last else np.inf, NO_OPTION
            for option in range(first, last):
                if cover.allowed[person, option] and -price[cover.option_need[option]] < least:
                    least, choice = -price[cover.option_need[option]], option
            limit = rows.limit_at[person, shift]
            if limit != NOWHERE:
                least -= price[limit]
            bench.prices[day, shift] = cover.own[person, day, shift] + least
            bench.choice[day, shift] = choice


@inner
def _walk(ways: Ways, cover: Cover, person: int, room: Room, bench: Bench, dearer: float) -> float:
    """The cheapest line into `room.line` and what it costs; what is worked too often is `dearer`, and dearer again."""
    paid = walk(ways, person, bench.prices, room)
    for _ in range(TRIES if dearer > 0.0 else 0):
        over = False
        for shift in range(cover.most.shape[1]):
            most = cover.most[person, shift]
            if most < len(room.line) and (room.line == shift).sum() > most:
                over = True
                bench.prices[:, shift] += dearer
        if not over or paid == np.inf:
            return paid
        dearer *= 2.0
        paid = walk(ways, person, bench.prices, room)
    return paid if dearer == 0.0 else np.inf


@inner
def _earns(cover: Cover, rows: Rows, blend: Blend, price: Floats, person: int, slot: int) -> float:
    """What a line costs under prices."""
    found = blend.cost[person, slot]
    for day in range(blend.lines.shape[2]):
        shift, option = blend.lines[person, slot, day], blend.options[person, slot, day]
        if option != NO_OPTION:
            found -= price[cover.option_need[option]]
        if shift != NO_SHIFT and rows.limit_at[person, shift] != NOWHERE:
            found -= price[rows.limit_at[person, shift]]
    return float(found)


@inner
def _touch(
    cover: Cover, rows: Rows, blend: Blend, person: int, slot: int, sign: float, bench: Bench, count: int
) -> int:
    """Note a line among what moves; so many rows are touched then."""
    for day in range(blend.lines.shape[2]):
        shift, option = blend.lines[person, slot, day], blend.options[person, slot, day]
        if option != NO_OPTION:
            bench.moved[cover.option_need[option]] += sign
            bench.touched[count] = cover.option_need[option]
            count += 1
        if shift != NO_SHIFT and rows.limit_at[person, shift] != NOWHERE:
            bench.moved[rows.limit_at[person, shift]] += sign
            bench.touched[count] = rows.limit_at[person, shift]
            count += 1
    return count


@inner
def _once(bench: Bench, count: int) -> int:
    """Touched rows that do move, each once, to the front; `moved` keeps theirs alone."""
    kept = 0
    for at in range(count):
        row, seen = bench.touched[at], False
        for earlier in range(kept):
            seen = seen or bench.touched[earlier] == row
        if not seen and bench.moved[row] != 0.0:
            bench.touched[kept] = row
            kept += 1
    return kept


@inner
def _slope(rows: Rows, blend: Blend, pull: Pull, bench: Bench, count: int, step: float, dearer: float) -> float:
    """What a little more of a step costs after so much of it."""
    found = dearer
    for at in range(count):
        row = bench.touched[at]
        found -= _price(rows, pull, blend.there[row] + step * bench.moved[row], row) * bench.moved[row]
    return found


@inner
def _length(rows: Rows, blend: Blend, pull: Pull, bench: Bench, count: int, most: float, dearer: float) -> float:
    """How long a step pays, `most` at most."""
    if _slope(rows, blend, pull, bench, count, 0.0, dearer) >= 0.0:
        return 0.0
    if _slope(rows, blend, pull, bench, count, most, dearer) <= 0.0:
        return most
    short, long = 0.0, most
    for _ in range(HALVINGS):
        middle = 0.5 * (short + long)
        if _slope(rows, blend, pull, bench, count, middle, dearer) < 0.0:
            short = middle
        else:
            long = middle
    return short


@inner
def _shift(
    cover: Cover, rows: Rows, blend: Blend, pull: Pull, bench: Bench, person: int, away: int, to: int, least: float
) -> None:
    """Move a share from one line to another: as far as pays, `least` of it in any case; prices follow."""
    count = _touch(cover, rows, blend, person, to, 1.0, bench, 0)
    count = _once(bench, _touch(cover, rows, blend, person, away, -1.0, bench, count))
    dearer, most = blend.cost[person, to] - blend.cost[person, away], blend.share[person, away]
    step = max(min(least, most), _length(rows, blend, pull, bench, count, most, dearer))
    for at in range(count):
        row = bench.touched[at]
        blend.there[row] += step * bench.moved[row]
        bench.moved[row] = 0.0
        pull.price[row] = _price(rows, pull, blend.there[row], row)
    blend.share[person, to] += step
    blend.share[person, away] = max(0.0, blend.share[person, away] - step)


@inner
def _held(blend: Blend, person: int, room: Room, bench: Bench) -> int:
    """Where the line just walked is held already, or NOWHERE."""
    for slot in range(blend.cost.shape[1]):
        same = blend.cost[person, slot] < np.inf
        for day in range(len(room.line)):
            shift = room.line[day]
            option = NO_OPTION if shift == NO_SHIFT else bench.choice[day, shift]
            same = same and blend.lines[person, slot, day] == shift and blend.options[person, slot, day] == option
        if same:
            return slot
    return NOWHERE


@inner
def _take(
    cover: Cover, rows: Rows, blend: Blend, pull: Pull, bench: Bench, person: int, room: Room, paid: float
) -> None:
    """Hold the line just walked, in the oldest of the least places, whose share goes to the greatest."""
    places = blend.cost.shape[1]
    slot, most = blend.oldest[person], 0
    for at in range(places):
        place = (blend.oldest[person] + at) % places
        if blend.share[person, place] < blend.share[person, slot]:
            slot = place
        if blend.share[person, place] > blend.share[person, most]:
            most = place
    if blend.share[person, slot] > 0.0:
        _shift(cover, rows, blend, pull, bench, person, slot, most, 1.0)
    blend.oldest[person] = (slot + 1) % places
    off = cover.own.shape[2] - 1
    for day in range(len(room.line)):
        shift = room.line[day]
        blend.lines[person, slot, day] = shift
        blend.options[person, slot, day] = NO_OPTION if shift == NO_SHIFT else bench.choice[day, shift]
        at = off if shift == NO_SHIFT else shift
        paid += cover.own[person, day, at] - bench.prices[day, at]
    blend.cost[person, slot] = np.round(paid, 6)


@inner
def _settle(cover: Cover, rows: Rows, blend: Blend, pull: Pull, bench: Bench, person: int) -> float:
    """One step from a person's dearest line to her cheapest; by how much the mean lay above the cheapest."""
    worst, best, mean, away, to = -np.inf, np.inf, 0.0, 0, 0
    for slot in range(blend.cost.shape[1]):
        if blend.cost[person, slot] < np.inf:
            cost = _earns(cover, rows, blend, pull.price, person, slot)
            if cost < best:
                best, to = cost, slot
            if blend.share[person, slot] > 0.0:
                mean += cost * blend.share[person, slot]
                if cost > worst:
                    worst, away = cost, slot
    if away != to and worst > best:
        _shift(cover, rows, blend, pull, bench, person, away, to, 0.0)
    return mean - best


@compiled
def blend_all(
    ways: Ways, cover: Cover, rows: Rows, blend: Blend, pull: Pull, room: Room, bench: Bench, order: Ints, steps: int,
    dearer: float,
) -> float:  # fmt: skip
    """Everybody in turn: her cheapest line, then so many steps; the sum of how far means lay above the cheapest.

    With `dearer` above 0 no line works a shift too often; without it limits on shifts hold by their prices alone.
    """
    for row in range(len(pull.price)):
        pull.price[row] = _price(rows, pull, blend.there[row], row)
    apart = 0.0
    for person in order:
        _ask(ways, cover, rows, pull.price, person, room, bench)
        paid = _walk(ways, cover, person, room, bench, dearer)
        if paid < np.inf:
            if _held(blend, person, room, bench) == NOWHERE:
                _take(cover, rows, blend, pull, bench, person, room, paid)
            apart += _settle(cover, rows, blend, pull, bench, person)
            for _ in range(steps - 1):
                _settle(cover, rows, blend, pull, bench, person)
    return apart


@compiled
def fix(cover: Cover, rows: Rows, blend: Blend, pull: Pull, bench: Bench, person: int, slot: int) -> None:
    """Let a person have one line alone."""
    for other in range(blend.cost.shape[1]):
        if other != slot and blend.share[person, other] > 0.0:
            _shift(cover, rows, blend, pull, bench, person, other, slot, 1.0)
    blend.share[person, slot] = 1.0
