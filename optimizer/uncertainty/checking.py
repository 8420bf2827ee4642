"""Every future's own plan, put to the independent check: what follows from the first decisions keeps every rule."""

from __future__ import annotations

from typing import Final

import numpy as np

from optimizer.capacity.tables import read_tables
from optimizer.check import check
from optimizer.errors import CheckFailed
from optimizer.expansion.case import Case
from optimizer.program import Floats
from optimizer.uncertainty.fills import filled
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.recourse import Recourse

MOST_CHECKED: Final = 100
"""So many futures are checked one by one."""

LEAST_MONEY: Final = 5e-7


def check_futures(futures: Futures, decided: Floats) -> int:
    """How many futures were recounted from their tables, and hold, where `decided` (F,) stands.

    They are checked in fractions of people and things, as they are planned. Raises CheckFailed where one does not hold.
    """
    recourse, many = Recourse(futures), min(len(futures), MOST_CHECKED)
    for number in range(many):
        answer = recourse.answer(number, decided)
        if answer.values is not None:
            _check(futures, number, answer.values, answer.cost)
    return many


def _check(futures: Futures, number: int, values: Floats, cost: float) -> None:
    """One future, with those who come in place of those asked for."""
    comes, case = futures.comes[number], futures.cases[number]
    came = values if comes is None else values * comes
    fills = futures.fills[number] if futures.fills else {}
    scenario = filled(case.scenario, fills).model_copy(update={"whole": False})
    alone = Case(scenario, case.grid, case.demand)
    money = futures.built.layout.cost(futures.built.program.cost, came, case.grid.committed_days)
    told = {item: each for item, each in money.items() if abs(each) > LEAST_MONEY}
    tables = read_tables(alone, futures.built, np.asarray(came))
    checked = check(alone, tables, objective=cost, cost=told)
    if not checked.ok:
        raise CheckFailed(checked.violations)
