"""Rules about the published plan: every difference is counted, and there are at most so many."""

from __future__ import annotations

import numpy as np

from optimizer.capacity.patients import by_delay
from optimizer.capacity.terms import Rows, people
from optimizer.program import ABSENT, Floats, Ints, Term
from optimizer.scenario.staff import CONTRACTS

_COUNTED = "changes are counted"


def changes_are_counted(rows: Rows) -> None:
    """A change is every person more or fewer on a shift than published, every bay-day and every case off its day."""
    if rows.case.told is not None:
        _count_shifts(rows)
        _count_bays(rows)
        _count_cases(rows)


def changes_are_few(rows: Rows) -> None:
    """Changes that have a price are at most so many, each counted as one, where the published plan says a limit."""
    told, changes = rows.case.told, rows.layout.changes
    columns = np.concatenate([block[block != ABSENT] for block in (changes.staff, changes.bays, changes.cases)])
    if told is not None and told.terms.most_changes is not None and len(columns):
        rows.builder.add_rows("changes are few", (1,), [Term(columns[None, :])], upper=float(told.terms.most_changes))


def _count_shifts(rows: Rows) -> None:
    case, changed = rows.case, rows.layout.changes.staff
    for group in range(len(case.staff)):
        for contract in case.contracts(group):
            at = CONTRACTS.index(contract)
            where = changed[:, group, at] != ABSENT
            if where.any() and case.told is not None:
                working = people(rows.layout.staff, group, contract, counted=False)
                now = Term(working.columns[where], working.coefficients[where])
                _differences(rows, changed[:, group, at][where], now, case.told.people[:, group, at][where])


def _count_bays(rows: Rows) -> None:
    told, changed = rows.case.told, rows.layout.changes.bays
    where = changed != ABSENT
    if where.any() and told is not None and told.bays is not None:
        _differences(rows, changed[where], Term(rows.layout.beds.open[where]), told.bays[where])


def _count_cases(rows: Rows) -> None:
    """Who is done later, or not at all, is missing on the day told, and counts there alone."""
    told, changed = rows.case.told, rows.layout.changes.cases
    where = changed != ABSENT
    if where.any() and told is not None and told.cases is not None:
        published = by_delay(told.cases, changed.shape[-1])[where]
        terms = [Term(changed[where]), Term(rows.layout.patients.treated[where])]
        rows.builder.add_rows(_COUNTED, (int(where.sum()),), terms, lower=published)


def _differences(rows: Rows, changed: Ints, now: Term, published: Floats) -> None:
    """(N,) changed columns at least what is now above and below what was published."""
    coefficient = np.asarray(now.coefficient, dtype=np.float64)
    for sign in (1.0, -1.0):
        terms = [Term(changed), Term(now.columns, -sign * coefficient)]
        rows.builder.add_rows(_COUNTED, changed.shape, terms, lower=-sign * published)
