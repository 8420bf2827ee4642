"""Columns for what is chosen once: the day on which a ward closes, and people engaged."""

from __future__ import annotations

import numpy as np

from optimizer.capacity.layout import ChoiceColumns, Columns
from optimizer.expansion.choices import may_start_closing


def add_choice_columns(columns: Columns) -> ChoiceColumns:
    """`closing` starts by closing, unit and day; `engaged` people by unit and staff group, priced on the first day."""
    case, days = columns.case, np.arange(columns.case.grid.days)
    scenario, units = case.scenario, np.arange(len(case.units))
    starts = [may_start_closing(scenario, case.grid, closing) for closing in scenario.closing.values()]
    where = np.array(starts, dtype=np.bool_).reshape(len(starts), len(case.units), case.grid.days)
    closing = columns.add("closing", where, day=days, upper=1.0, integer=True, unit=units[:, None])
    terms = [[case.engage(staff, unit) for staff in range(len(case.staff))] for unit in range(len(case.units))]
    least, most, price = (
        np.array([[float(getattr(each, name)) if each else 0.0 for each in row] for row in terms]).reshape(
            len(case.units), len(case.staff)
        )
        for name in ("at_least", "at_most", "cost_per_person")
    )
    there = np.array([[each is not None for each in row] for row in terms], dtype=np.bool_).reshape(least.shape)
    engaged = columns.add(
        "engaged", there, day=0, lower=least, upper=most, cost=price, integer=True, item="staff.engaged",
        unit=units[:, None], staff=np.arange(len(case.staff)),
    )  # fmt: skip
    return ChoiceColumns(closing, engaged)
