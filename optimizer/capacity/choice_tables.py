"""Reading back what a plan chooses once, and the case that is left when it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimizer.capacity.choice_rules import shut_by
from optimizer.capacity.layout import Layout
from optimizer.expansion.case import Case
from optimizer.expansion.choices import as_chosen
from optimizer.program import Floats, Ints
from optimizer.tables import Cell, figure

Reader = Callable[[Ints], Floats]
"""The values of columns, in their shape; 0 where one is absent."""


def closing_rows(case: Case, layout: Layout, value: Reader) -> Iterator[tuple[Cell, ...]]:
    """The days on which each ward is shut."""
    for u, day in np.argwhere(closed_days(case, layout, value) > 0.5):
        yield case.units[u], case.grid.day_label(int(day)), 1


def closed_days(case: Case, layout: Layout, value: Reader) -> Floats:
    """(U, D) whether each unit is shut by choice."""
    shut = np.zeros((len(case.units), case.grid.days))
    for starts, closing in zip(layout.choices.closing, case.scenario.closing.values(), strict=True):
        shut += value(shut_by(starts, closing.days)).sum(axis=-1)
    return shut


def engaged_rows(case: Case, layout: Layout, value: Reader) -> Iterator[tuple[Cell, ...]]:
    """People engaged, by staff group and home."""
    people = value(layout.choices.engaged)
    for u, g in np.argwhere(people > 5e-7):
        yield case.staff[g], case.units[u], figure(people[u, g])


def settled(case: Case, layout: Layout, value: Reader) -> Case:
    """The case in which what the plan chooses once is given."""
    closed, engaged = closed_days(case, layout, value), value(layout.choices.engaged)
    chosen = as_chosen(case.scenario, case.grid, closed, engaged)
    return case if chosen is case.scenario else Case(chosen, case.grid, case.demand)
