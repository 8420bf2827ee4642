"""The elastic program of levers: the capacity program with a column for each lever and for what is used of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.explain.lever import Lever
from optimizer.explain.lever_prices import Priced
from optimizer.explain.relax import Ends, Numbers, assembled
from optimizer.program import Bools, Floats, Program

MOVED = 1e-3
"""What moving a lever by one counts beside what is paid for its use, as a part of one use: so that none moves idly."""

LEAST_FEE = 1e-3
"""Currency that moving even a free lever counts."""

SIDES = ("row_lower", "row_upper", "lower", "upper")


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """By how much each end of rows (m,) and columns (n,) moves for one unit of the lever's amount."""

    lever: Lever
    moves: Ends

    @classmethod
    def between(cls, lever: Lever, before: Program, after: Program, step: float) -> Effect:
        """From the program before and after the lever was moved by `step`."""
        moves = []
        for side in SIDES:
            old, new = getattr(before, side), getattr(after, side)
            same = (old == new) | ~np.isfinite(old) | ~np.isfinite(new)
            moves.append(np.where(same, 0.0, (np.where(same, 0.0, new) - np.where(same, 0.0, old)) / step))
        return cls(lever, Ends(*moves))

    @property
    def any(self) -> bool:
        """Whether anything moves."""
        return any(bool(getattr(self.moves, side).any()) for side in SIDES)


@dataclass(frozen=True, slots=True, eq=False)
class Softening:
    """Rows (S,) that may be missed from below at a price for `weight` (S,) hours or days of each."""

    rows: Numbers
    weight: Floats
    price: Priced
    what: str
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LeverProgram:
    """The program, and which of its columns are each lever's amount, its uses, and each softening's slack."""

    program: Program
    effects: tuple[Effect, ...]
    amounts: tuple[int, ...]
    uses: tuple[Numbers, ...]
    soft: tuple[tuple[Numbers, Floats], ...]

    def amount(self, at: int, values: Floats) -> float:
        """By how much the lever of effect number `at` is moved, whole where it is whole."""
        moved = float(values[self.amounts[at]])
        if self.effects[at].lever.whole:
            return float(np.ceil(moved - 1e-6))
        return moved if moved > 1e-6 else 0.0

    def used(self, at: int, values: Floats) -> float:
        """What is paid for of the lever of effect number `at`: its uses, or else the amount itself."""
        if not self.effects[at].lever.use.names:
            return self.amount(at, values)
        return float(values[self.uses[at]].sum()) / self.effects[at].lever.use.parts

    def short(self, at: int, values: Floats) -> float:
        """Hours or days by which softening number `at` is short."""
        columns, weight = self.soft[at]
        return float((values[columns] * weight).sum())


def lever_program(base: Program, effects: Sequence[Effect], soft: Sequence[Softening]) -> LeverProgram:
    """Least cost of levers and shortfalls with which a plan exists; the program's own costs count for nothing."""
    growing = _Growing(base)
    named = _names(base)
    added = [_add(growing, named, effect) for effect in effects]
    slack = tuple((growing.missed(each), each.weight) for each in soft)
    amounts, uses = tuple(amount for amount, _ in added), tuple(own for _, own in added)
    return LeverProgram(growing.build(), tuple(effects), amounts, uses, slack)


def _add(growing: _Growing, named: dict[str, list[str]], effect: Effect) -> tuple[int, Numbers]:
    """The column of a lever's amount, and those of its uses."""
    lever = effect.lever
    fee = MOVED * lever.price.money if lever.use.names else lever.price.money
    amount = growing.column(max(fee, LEAST_FEE), lever.most, whole=lever.whole)
    paid, per_use, own = _paid(named, lever), lever.price.money / lever.use.parts, []
    for side, at, step in _moved(effect):
        up = 1.0 if side.endswith("upper") else -1.0
        if paid is not None and paid[side][at] and step * up > 0:
            own.append(growing.used(amount, abs(step), per_use, whole=lever.whole, most=lever.most))
            growing.give(side, at, own[-1], up)
        else:
            growing.give(side, at, amount, step)
    return amount, np.array(own, dtype=np.int64)


def _names(base: Program) -> dict[str, list[str]]:
    """The block name of every row and column end."""
    rows = [block.name for block in base.rows for _ in range(block.size)]
    columns = [block.name for block in base.columns for _ in range(block.size)]
    return {"row_lower": rows, "row_upper": rows, "lower": columns, "upper": columns}


def _paid(named: dict[str, list[str]], lever: Lever) -> dict[str, Bools] | None:
    """By side which ends are paid by use."""
    if not lever.use.names:
        return None
    return {side: np.isin(np.array(names, dtype=object), lever.use.names) for side, names in named.items()}


def _moved(effect: Effect) -> Iterator[tuple[str, int, float]]:
    for side in SIDES:
        moves = getattr(effect.moves, side)
        for at in np.flatnonzero(moves).tolist():
            yield side, at, float(moves[at])


@dataclass(slots=True)
class _Growing:
    """The base program, growing columns that move its ends: each end moved stands in a row of its own."""

    base: Program
    cost: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    links: list[tuple[int, int, float]] = field(default_factory=list)
    gives: dict[tuple[str, int], list[tuple[int, float]]] = field(default_factory=dict)

    def column(self, cost: float, most: float, *, whole: bool) -> int:
        """A new column from 0 to `most`; its number."""
        self.cost.append(cost)
        self.most.append(most)
        self.whole.append(whole)
        return len(self.base.cost) + len(self.cost) - 1

    def used(self, amount: int, step: float, price: float, *, whole: bool, most: float) -> int:
        """What is used of an end that the column `amount` moves by `step`: at most so much, paid by `price`."""
        own = self.column(price, float(np.ceil(most * step)), whole=whole)
        self.links.append((own, amount, step))
        return own

    def give(self, side: str, at: int, column: int, step: float) -> None:
        """The end gives way by `step` for each unit of the column."""
        self.gives.setdefault((side, at), []).append((column, step))

    def missed(self, soft: Softening) -> Numbers:
        """Columns (S,) by which rows may be missed from below."""
        own = []
        for row, weight in zip(soft.rows.tolist(), soft.weight.tolist(), strict=True):
            own.append(self.column(soft.price.money * weight, 1e4, whole=False))
            self.give("row_lower", row, own[-1], -1.0)
        return np.array(own, dtype=np.int64)

    def build(self) -> Program:
        """The program with everything in it."""
        base, (m, n) = self.base, self.base.shape
        ends = Ends(base.row_lower.copy(), base.row_upper.copy(), base.lower.copy(), base.upper.copy())
        rows: list[tuple[Numbers, Floats, float, float]] = []
        most = np.array(self.most)
        for (side, at), given in self.gives.items():
            columns, steps = np.array([each for each, _ in given]), np.array([step for _, step in given])
            own, weights = _of(base, side, at)
            end = float(getattr(base, side)[at])
            room = float((np.abs(steps) * most[columns - n]).sum())
            low, high = (-np.inf, end) if side.endswith("upper") else (end, np.inf)
            rows.append((np.concatenate((own, columns)), np.concatenate((weights, -steps)), low, high))
            getattr(ends, side)[at] = _open(side, end, room)
        rows += [(np.array(pair), np.array([1.0, -step]), -np.inf, 0.0) for *pair, step in self.links]
        number = np.concatenate([np.full(len(each[0]), m + at) for at, each in enumerate(rows)] or [np.empty(0)])
        old = np.repeat(np.arange(m), np.diff(base.indptr))
        entries = (
            np.concatenate((old, number)).astype(np.int64),
            np.concatenate((base.indices, *(each[0] for each in rows))),
            np.concatenate((base.data, *(each[1] for each in rows))),
        )
        whole = Ends(
            np.concatenate((ends.row_lower, [each[2] for each in rows])),
            np.concatenate((ends.row_upper, [each[3] for each in rows])),
            np.concatenate((ends.lower, np.zeros(len(most)))),
            np.concatenate((ends.upper, most)),
        )
        cost = np.concatenate((np.zeros(n), self.cost))
        return assembled(entries, whole, cost, np.concatenate((base.integer, np.array(self.whole, dtype=np.bool_))))


def _of(base: Program, side: str, at: int) -> tuple[Numbers, Floats]:
    """The entries of a row, or the one of a column's own end."""
    if side.startswith("row"):
        inside = slice(base.indptr[at], base.indptr[at + 1])
        return base.indices[inside], base.data[inside]
    return np.array([at]), np.ones(1)


def _open(side: str, end: float, room: float) -> float:
    """The end of the row or column itself once a row of its own holds it: open, or as far as it can ever give way."""
    if side.startswith("row"):
        return np.inf if side.endswith("upper") else -np.inf
    return end + room if side == "upper" else end - room
