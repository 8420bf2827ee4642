"""A capacity program in many futures: columns and most rows stand once, each future adds the rows that it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.build import Built, build
from optimizer.capacity.rules import RULES
from optimizer.capacity.terms import Rows
from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Grid
from optimizer.program import ABSENT, Bools, Floats, Ints, Program, ProgramBuilder
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import Contract
from optimizer.uncertainty.alike import alike, shapes_of
from optimizer.uncertainty.fills import Fills, filled
from optimizer.uncertainty.rows import rows_of as rows_of
from optimizer.uncertainty.rows import stacked
from optimizer.uncertainty.split import decided_before_known
from optimizer.uncertainty.whole import where_asked, whole_people

BY_FUTURE: Final = frozenset(
    {
        "waiting patients are conserved",
        "present patients are conserved",
        "diversions stay within arrivals",
        "cover is met",
        "needs round up",
        "temporary staff is limited",
        "requests are served or wait",
    }
)
"""The rules whose rows hang on demand or on who comes; every other rule says the same in every future."""

_SHARED: Final = (
    "sites", "units", "groups", "staff", "needs", "factors", "peaks", "site_of_unit", "site_of_group", "at_home",
    "can_care", "holding", "base_beds", "opens_by_bay", "locked_people", "absent", "told", "wanted", "pay", "teams",
)  # fmt: skip
"""What a case derives from the scenario alone, without its fill rates: worked out once for all futures."""


CUTS: Final = "whole people"
"""Rows that only whole people make true; they say nothing of people of whom a share comes."""

LIMITS: Final = "temporary"
"""How the names of rows begin that limit who is asked for, whoever comes."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Rows of one future: as what differs from `like` where their shape is the same."""

    like: Program
    at: NDArray[np.int64]
    data: Floats
    row_lower: Floats
    row_upper: Floats

    def rows(self) -> Program:
        """The rows in full."""
        data = self.like.data.copy()
        data[self.at] = self.data
        return replace(self.like, data=data, row_lower=self.row_lower, row_upper=self.row_upper)


@dataclass(frozen=True, eq=False)
class Futures:
    """S futures of one scenario. `built` has the columns, with bounds that hold in all of them.

    `first` (n,) marks the columns decided before demand is known, `weights` (S,) are the chances, `cases` tell what
    each future is. Columns decided first whose people may not come count `comes[s]` (n,) times; None where all come.
    `fills` are the shares that come of each contract in each future, empty where those expected do. Where `tight`, the
    futures hold besides what only decisions in whole numbers make true: those in fractions then cost more.
    """

    built: Built
    cases: tuple[Case, ...]
    weights: Floats
    first: Bools
    comes: tuple[Floats | None, ...]
    fills: tuple[Fills, ...] = ()
    tight: bool = False

    def __len__(self) -> int:
        return len(self.weights)

    @cached_property
    def early(self) -> Program:
        """The rows that hold only what is decided first, on all columns."""
        mine = self._kept[0].rows()
        return stacked(rows_of(self._fixed, ~self._late(self._fixed)), rows_of(mine, ~self._late(mine)))

    @cached_property
    def later(self) -> Program:
        """The rows that are the same in every future, and hold something that is decided later."""
        return rows_of(self._fixed, self._late(self._fixed))

    def own_rows(self, number: int) -> Program:
        """The rows of one future alone that hold something decided later."""
        rows = self._kept[number].rows()
        return rows_of(rows, self._late(rows))

    @cached_property
    def _fixed(self) -> Program:
        return _rows_by(self.cases[0], self.built, by_future=False)

    def _late(self, program: Program) -> Bools:
        """(m,) rows that hold something decided later; those that hold nothing are taken for such."""
        late = np.diff(program.indptr) == 0
        rows = np.repeat(np.arange(len(late)), np.diff(program.indptr))
        late[rows[~self.first[program.indices]]] = True
        return np.asarray(late)

    @cached_property
    def _kept(self) -> tuple[_Kept, ...]:
        found: list[_Kept] = []
        shapes = shapes_of((self._own(number) for number in range(len(self))), CUTS)
        whole = self.first & self.built.program.integer
        asking = where_asked(self.cases[0]) if self.tight and bool(whole.any()) else {}
        for number, case in enumerate(self.cases):
            rows = alike(self._own(number), CUTS, shapes)
            if asking:
                rows = stacked(rows, whole_people(case, self.built, asking, whole, self.comes[number]))
            found.append(_compact(rows, found[-1:]))
        return tuple(found)

    def _own(self, number: int) -> Program:
        rows, comes = _rows_by(self.cases[number], self.built, by_future=True), self.comes[number]
        return rows if comes is None else _counted(rows, comes)

    def part(self, numbers: Sequence[int]) -> Futures:
        """Some of the futures, at the chances they have among all."""
        chosen = list(numbers)
        cases, comes = tuple(self.cases[at] for at in chosen), tuple(self.comes[at] for at in chosen)
        fills = tuple(self.fills[at] for at in chosen) if self.fills else ()
        found = Futures(self.built, cases, self.weights[chosen], self.first, comes, fills, self.tight)
        vars(found).update(_fixed=self._fixed, _kept=tuple(self._kept[at] for at in chosen))
        return found

    def cost(self, number: int) -> Floats:
        """(n,) what each column costs in that future."""
        comes, cost = self.comes[number], self.built.program.cost
        return cost if comes is None else cost * comes

    def program(self, number: int) -> Program:
        """The program of one future in fractions, less the rows on what is decided first alone."""
        whole = self.built.program
        rows = stacked(self.later, self.own_rows(number))
        return replace(
            whole, cost=self.cost(number), integer=np.zeros(len(whole.cost), dtype=np.bool_), indptr=rows.indptr,
            indices=rows.indices, data=rows.data, row_lower=rows.row_lower, row_upper=rows.row_upper, rows=rows.rows,
        )  # fmt: skip


def futures_of(
    scenario: Scenario, grid: Grid, demands: Sequence[Demand], weights: Floats, fills: Sequence[Fills] = ()
) -> Futures:
    """The futures in which demand is one of `demands` and, where `fills` are given, so many of those asked for come.

    Raises ValueError where the scenario has no uncertainty to split its decisions by.
    """
    if scenario.uncertainty is None:
        raise ValueError("the scenario has no uncertainty section")
    most = replace(
        demands[0],
        arrivals=np.max([each.arrivals for each in demands], axis=0),
        stays=np.max([each.stays for each in demands], axis=0),
    )
    whole = Case(scenario, grid, most)
    built = build(whole)
    first = decided_before_known(whole, built, scenario.uncertainty)
    late = [{key: share for key, share in each.items() if not _asked_first(whole, built, first, key)} for each in fills]
    shared = {name: getattr(whole, name) for name in _SHARED}
    cases = []
    for number, demand in enumerate(demands):
        case = Case(filled(scenario, late[number]) if fills else scenario, grid, demand)
        vars(case).update(shared)
        cases.append(case)
    comes = tuple(_comes(whole, built, first, each) for each in fills) if fills else (None,) * len(demands)
    return Futures(built, tuple(cases), weights, first, comes, tuple(fills))


def _asked_first(case: Case, built: Built, first: Bools, key: tuple[str, Contract]) -> bool:
    """Whether people of the group and contract are asked for before demand is known."""
    return any(bool(first[columns].any()) for columns in _columns_of(case, built, key))


def _columns_of(case: Case, built: Built, key: tuple[str, Contract]) -> list[Ints]:
    return [
        block.starts[block.starts != ABSENT]
        for block in built.layout.staff.working
        if (case.staff[block.staff], block.contract) == key
    ]


def _comes(case: Case, built: Built, first: Bools, fills: Fills) -> Floats | None:
    """(n,) by what each column counts: of people asked for first, those who come over those expected."""
    found = np.ones(len(built.program.cost))
    for (name, contract), share in fills.items():
        terms = case.scenario.staff[name].temporary(contract)
        for columns in _columns_of(case, built, (name, contract)):
            found[columns] = share / terms.fill_rate if terms is not None else 1.0
    found[~first] = 1.0
    return None if bool((found == 1.0).all()) else found


def _rows_by(case: Case, built: Built, *, by_future: bool) -> Program:
    """The rows of the rules that hang on the future, or of all others, on no columns of their own."""
    builder = ProgramBuilder()
    rows = Rows(case, built.layout, builder)
    for rule in RULES:
        if (rule.name in BY_FUTURE) == by_future:
            rule.add(rows)
    return builder.build()


def _compact(rows: Program, before: Sequence[_Kept]) -> _Kept:
    """The rows beside those of the future before, if they have the same shape: only what differs is kept."""
    nothing = np.empty(0, dtype=np.int64)
    if before:
        like = before[-1].like
        if np.array_equal(rows.indptr, like.indptr) and np.array_equal(rows.indices, like.indices):
            at = np.flatnonzero(rows.data != like.data)
            return _Kept(like, at, rows.data[at], rows.row_lower, rows.row_upper)
    return _Kept(rows, nothing, np.empty(0), rows.row_lower, rows.row_upper)


def _counted(program: Program, comes: Floats) -> Program:
    """The rows with those who come in place of those expected; cuts by whole people hold no longer, and ask nothing."""
    row = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    factor, lower = comes[program.indices], program.row_lower.copy()
    for block in program.rows:
        inside = (row >= block.start) & (row < block.start + block.size)
        if block.name.startswith(LIMITS):
            factor[inside] = 1.0
        elif block.name == CUTS:
            lower[row[inside & (factor != 1.0)]] = -np.inf
    return replace(program, data=program.data * factor, row_lower=lower)
