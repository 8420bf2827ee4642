"""One whole line for each of some people out of those that were generated: a small program of whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from optimizer.program import ProgramBuilder, Term
from optimizer.roster.master import Column, Floats, Frame, dear
from optimizer.solution import Limits
from optimizer.solvers.front import solve


@dataclass(frozen=True, slots=True)
class Chosen:
    """A column for each person asked about; what they, those fixed and the cover cost, and any choice at least."""

    columns: Mapping[int, Column]
    cost: float
    bound: float


def choose(
    frame: Frame, columns: Sequence[Column], fixed: Sequence[Column], limits: Limits, held: Sequence[Column] = ()
) -> Chosen | None:
    """The best choice of columns for their people, those `fixed` given; None where none was found in time.

    `held`, a choice that is known, is where the solver begins.
    """
    columns = list({(column.person, column.shifts, column.skills): column for column in [*columns, *held]}.values())
    there = served(frame, fixed)
    builder = ProgramBuilder(offset=sum(column.cost for column in fixed))
    picked = builder.add_columns(
        "line", (len(columns),), cost=[column.cost for column in columns], upper=1.0, integer=True
    )
    mine_at = _by_person(columns)
    for person in sorted(mine_at):
        mine = picked[mine_at[person]]
        builder.add_rows(f"one line {person}", (1,), [Term(mine[None, :])], lower=1.0, upper=1.0)
    _cover(builder, frame, there, _serving(frame, columns, picked))
    _limit_shifts(builder, frame, columns, picked, mine_at)
    limits = replace(limits, hint=_hint(frame, columns, held, there)) if held else limits
    found = solve(builder.build(), limits=limits, solver="highs")
    if found.values is None or found.objective is None:
        return None
    taken = {column.person: column for column, value in zip(columns, found.values, strict=False) if value > 0.5}
    return Chosen(taken, found.objective, -np.inf if found.bound is None else found.bound)


def _hint(frame: Frame, columns: Sequence[Column], held: Sequence[Column], there: Floats) -> Floats:
    """The values of the program's columns where `held` is chosen."""
    keys = {(column.person, column.shifts, column.skills) for column in held}
    taken = [float((column.person, column.shifts, column.skills) in keys) for column in columns]
    count = there + served(frame, held)
    off, missing = frame.wanted - count, np.maximum(frame.least - count, 0.0)
    return np.concatenate([taken, np.maximum(off, 0.0), np.maximum(-off, 0.0), missing])


def keeps_limits(frame: Frame, column: Column) -> bool:
    """Whether a line works no shift too often."""
    return all(column.shifts.count(shift) <= most for at, shift, most in frame.limits if at == column.person)


def legal(frame: Frame, columns: Sequence[Column]) -> bool:
    """Whether lines that are legal one by one are so together: least cover, and no shift too often."""
    enough = bool((served(frame, columns) >= frame.least).all())
    return enough and all(keeps_limits(frame, column) for column in columns)


def _cover(builder: ProgramBuilder, frame: Frame, there: Floats, serving: Sequence[np.ndarray]) -> None:
    """How many serve each need, as near as can be to what is wanted; `there` are those fixed.

    Below the least there is a price that no roster pays if it can be helped: a solver finds first choices sooner so.
    """
    wanted, least = frame.wanted - there, np.maximum(frame.least - there, 0.0)
    short = builder.add_columns("short", wanted.shape, cost=frame.under, upper=np.maximum(frame.wanted, 0.0))
    long = builder.add_columns("long", wanted.shape, cost=frame.over, upper=float(len(frame.problem.people)))
    missing = builder.add_columns("missing", wanted.shape, cost=dear(frame), upper=least)
    for need, mine in enumerate(serving):
        cover = [Term(mine[None, :])] if len(mine) else []
        terms = [*cover, Term(short[need : need + 1]), Term(long[need : need + 1], -1.0)]
        builder.add_rows(f"cover {need}", (1,), terms, lower=wanted[need], upper=wanted[need])
        if least[need] > 0:
            builder.add_rows(f"least {need}", (1,), [*cover, Term(missing[need : need + 1])], lower=least[need])


def served(frame: Frame, columns: Sequence[Column]) -> Floats:
    """(N,) how many serve each need."""
    found = np.zeros(len(frame.wanted))
    for column in columns:
        np.add.at(found, list(column.serves), 1.0)
    return found


def cost_of(frame: Frame, columns: Sequence[Column]) -> float:
    """What a whole choice costs: its lines and its cover."""
    there = served(frame, columns)
    short, long = np.maximum(frame.wanted - there, 0) * frame.under, np.maximum(there - frame.wanted, 0) * frame.over
    return float(sum(column.cost for column in columns) + short.sum() + long.sum())


def _serving(frame: Frame, columns: Sequence[Column], picked: np.ndarray) -> list[np.ndarray]:
    found: list[list[int]] = [[] for _ in frame.wanted]
    for at, column in enumerate(columns):
        for need in column.serves:
            found[need].append(int(picked[at]))
    return [np.array(each, dtype=np.int32) for each in found]


def _by_person(columns: Sequence[Column]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for at, column in enumerate(columns):
        found.setdefault(column.person, []).append(at)
    return found


def _limit_shifts(
    builder: ProgramBuilder, frame: Frame, columns: Sequence[Column], picked: np.ndarray, mine: Mapping[int, list[int]]
) -> None:
    """A column that breaks a limit on a person's shift by itself is none of hers."""
    for at, (person, shift, most) in enumerate(frame.limits):
        over = [i for i in mine.get(person, ()) if columns[i].shifts.count(shift) > most]
        if over:
            builder.add_rows(f"limit {at}", (1,), [Term(picked[over][None, :])], upper=0.0)
