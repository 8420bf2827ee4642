"""A roster as arrays that compiled code changes in place, beside what its cover is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.lightly import Counted, nothing_counted
from optimizer.roster.master import Column, Frame
from optimizer.roster.ways import NO_SHIFT, Floats, Ints

NO_OPTION = -1


class Cover(NamedTuple):
    """What of a problem a search needs beside everybody's ways; P people, D days, S shifts, N needs.

    `own` (P, D, S + 1) prices of a person's own, a day off last. A shift is worked by one of its options (a need that
    is served): `option_at` (D * S + 1) where those of a day and shift begin, `option_need`, `allowed` (P, options).
    `cost` (N, P + 2) of a need by how many serve it. `most` (P, S) times that somebody may work a shift.
    `counted` is what the walk leaves out.
    """

    own: Floats
    option_at: Ints
    option_need: Ints
    allowed: NDArray[np.bool_]
    cost: Floats
    most: Ints
    counted: Counted


class Standing(NamedTuple):
    """A roster: `lines` (P, D) shifts, `options` (P, D) by which they are worked, `counts` (N,), `own` (P,) points."""

    lines: Ints
    options: Ints
    counts: Ints
    own: Floats


def cover_of(frame: Frame, missing: float, counted: Counted | None = None) -> Cover:
    """That of a problem; `missing` is the price of each one below the least cover, `counted` what no walk counts."""
    problem = frame.problem
    days, shifts, people = problem.days, len(problem.shifts), problem.people
    found: list[list[tuple[int, str]]] = [[] for _ in range(days * shifts)]
    for (day, shift, skill), need in sorted(frame.need_at.items(), key=lambda pair: pair[1]):
        found[day * shifts + shift].append((need, skill))
    options = [option for each in found for option in each]
    allowed = [[not skill or skill in person.skills for _, skill in options] for person in people]
    counts = np.arange(len(people) + 2)[None, :]
    cost = np.maximum(frame.wanted[:, None] - counts, 0) * frame.under[:, None]
    cost += np.maximum(counts - frame.wanted[:, None], 0) * frame.over[:, None]
    cost += np.maximum(frame.least[:, None] - counts, 0) * missing
    most = np.full((len(people), shifts), days, dtype=np.int64)
    for person, shift, limit in frame.limits:
        most[person, shift] = limit
    return Cover(
        np.concatenate([frame.own, frame.rest[:, :, None]], axis=2),
        np.concatenate([[0], np.cumsum([len(each) for each in found])]).astype(np.int64),
        np.array([need for need, _ in options], dtype=np.int64),
        np.array(allowed, dtype=np.bool_).reshape(len(people), len(options)), cost, most,
        nothing_counted() if counted is None else counted,
    )  # fmt: skip


def nobody(cover: Cover) -> Standing:
    """The roster in which nobody has a line yet; its own points are without bound."""
    people, days = cover.own.shape[:2]
    return Standing(
        np.full((people, days), NO_SHIFT, dtype=np.int64), np.full((people, days), NO_OPTION, dtype=np.int64),
        np.zeros(len(cover.cost), dtype=np.int64), np.full(people, np.inf),
    )  # fmt: skip


def copied(standing: Standing) -> Standing:
    """One that changes by itself."""
    return Standing(standing.lines.copy(), standing.options.copy(), standing.counts.copy(), standing.own.copy())


def columns_of(frame: Frame, cover: Cover, standing: Standing) -> list[Column]:
    """Everybody's line as a column."""
    return [
        column_of(frame, cover, at, standing.lines[at], standing.options[at], float(standing.own[at]))
        for at in range(len(standing.lines))
    ]


def column_of(frame: Frame, cover: Cover, person: int, line: Ints, options: Ints, cost: float) -> Column:
    """A line as a column."""
    needs = frame.problem.needs
    serves = tuple(int(cover.option_need[at]) for at in options if at != NO_OPTION)
    skills = tuple("" if at == NO_OPTION else needs[cover.option_need[at]].skill for at in options)
    return Column(person, tuple(line.tolist()), skills, round(cost, 6), serves)


def standing_of(frame: Frame, cover: Cover, columns: Sequence[Column]) -> Standing:
    """A roster of columns, at most one a person."""
    found = nobody(cover)
    shifts = len(frame.problem.shifts)
    for column in columns:
        found.lines[column.person] = column.shifts
        found.own[column.person] = column.cost
        serves = iter(column.serves)
        for day, shift in enumerate(column.shifts):
            first, last = (cover.option_at[day * shifts + shift + each] for each in (0, 1))
            if shift != NO_SHIFT and last > first:
                need = next(serves)
                at = first + int(np.flatnonzero(cover.option_need[first:last] == need)[0])
                found.options[column.person, day] = at
                found.counts[need] += 1
    return found
