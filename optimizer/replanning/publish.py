"""A plan's own decisions as the published plan of a scenario: what its tables say that people were told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.pay import cost_per_duty
from optimizer.scenario.staff import CONTRACTS
from optimizer.tables import Cell, Table, figure

Item = dict[str, object]


def published(case: Case, tables: Mapping[str, Table], price: float) -> Item:
    """`today.published` of the plan that the tables tell, every change at `price` (currency).

    A change is a person more or fewer on a shift, a bay open or shut on a day, a case off its day.
    """
    return {
        "shifts": list(_shifts(case, tables)),
        "bays": [
            {"unit": row["unit"], "bay": int(row["bay"]), "date": row["day"]}
            for row in _told(case, tables, "bays", "day")
            if float(row["open"]) > 0
        ],
        "cases": [
            {"group": row["group"], "booked": row["booked"], "done": row["done"], "cases": figure(float(row["cases"]))}
            for row in _told(case, tables, "electives", "booked")
        ],
        "contracts": list(CONTRACTS),
        "change_cost_per_shift": price,
        "change_cost_per_bay_day": price,
        "change_cost_per_case": price,
    }


def _shifts(case: Case, tables: Mapping[str, Table]) -> Iterator[Item]:
    for row in _told(case, tables, "staff", "day"):
        said: Item = {"unit": row["unit"], "staff": row["staff"], "shift": row["line"], "date": row["day"]}
        said["people"] = figure(float(row["people"]))
        yield said if row["contract"] == "own" else {**said, "contract": row["contract"]}


def _told(case: Case, tables: Mapping[str, Table], name: str, day: str) -> Iterator[dict[str, Cell]]:
    """Rows of a table on the days that the plan commits to: nobody is told of the days beyond."""
    last = case.grid.day(case.grid.committed_days - 1)
    for row in tables[name].records() if name in tables else ():
        if date.fromisoformat(str(row[day])) <= last:
            yield row


def usual_price(case: Case) -> float:
    """What a change costs where nobody says: as much as an own shift's plain pay, the mean over groups and shifts.

    So a change must save what one person's shift is worth. 1 where no shift has a price.
    """
    pay = []
    for group in case.scenario.staff.values():
        hours = [duty.paid_minutes / 60.0 for duty in case.grid.duties]
        pay.append(float(np.mean(hours)) * (group.pay_per_hour or 0.0))
    for staff, group in enumerate(case.scenario.staff.values()):
        if group.pay_per_hour is None:
            pay[staff] = float(cost_per_duty(group, case.pay[staff], "own").mean())
    return round(float(np.mean(pay)), 2) if pay and np.mean(pay) > 0 else 1.0
