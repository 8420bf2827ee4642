"""Columns for beds: escalation bays open and opening, day by day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from optimizer.capacity.layout import Bay, BedColumns, Columns
from optimizer.expansion.beds import shut_bays
from optimizer.expansion.case import Case
from optimizer.program import Floats, Ints


def add_bed_columns(columns: Columns) -> BedColumns:
    """`open` and `opening` for every bay; inside its notice a bay can't be opened."""
    case = columns.case
    bays = _bays(case)
    days = np.arange(case.grid.days)
    where = np.ones((len(bays), case.grid.days), dtype=np.bool_)
    price = np.array([bay.terms.bay_day_cost(bay.number) for bay in bays])
    opening = np.array([bay.terms.opening_cost for bay in bays])
    notice = np.array([bay.terms.notice / timedelta(days=1) for bay in bays])
    least, most = _told(case, where.shape)
    unit = np.array([bay.unit for bay in bays], dtype=np.int32)[:, None]
    is_open = columns.add(
        "open", where, day=days, lower=least, upper=most, cost=price[:, None], integer=True, item="beds.escalation",
        unit=unit
    )  # fmt: skip
    may_open = np.where(days[None, :] >= notice[:, None], 1.0, 0.0)
    opens = columns.add(
        "opening", where, day=days, upper=may_open, cost=opening[:, None], item="beds.opening", unit=unit
    )  # fmt: skip
    unit_open = columns.add(
        "unit_open", case.opens_by_bay, day=days, upper=1.0, unit=np.arange(len(case.units))[:, None]
    )
    return BedColumns(bays, is_open, opens, unit_open, _add_overflow(columns))


def _add_overflow(columns: Columns) -> Ints:
    """`overflow`: beds beyond those open where a unit may put some up; none where a quantile of demand is covered."""
    case, days = columns.case, np.arange(columns.case.grid.days)
    terms = [unit.overflow for unit in case.scenario.units.values()] or [None]
    anybody = float(case.most_present.sum())
    most = np.array([anybody if each is None or each.at_most is None else each.at_most for each in terms])
    price = np.array([(each.cost_per_bed_day or 0.0) if each else 0.0 for each in terms])
    allowed = np.array([each is not None for each in terms], dtype=np.bool_) & (case.scenario.service_level is None)
    return columns.add(
        "overflow", np.repeat(allowed[:, None], len(days), axis=1), day=days, upper=most[:, None],
        cost=price[:, None], integer=True, item="beds.overflow", unit=np.arange(len(terms))[:, None],
    )  # fmt: skip


def _told(case: Case, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """(B, D) least and most: shut where they can't be open, as published where the published plan is locked."""
    least, most = np.zeros(shape), np.where(shut_bays(case.scenario, case.grid), 0.0, 1.0)
    if case.told is not None and case.told.bays is not None:
        least = np.where(case.told.locked, case.told.bays, least)
        most = np.where(case.told.locked, case.told.bays, most)
    return least, most


def _bays(case: Case) -> tuple[Bay, ...]:
    found: list[Bay] = []
    for at, (name, unit) in enumerate(case.scenario.units.items()):
        before = case.scenario.today.open_bays.get(name, 0)
        if unit.escalation is not None:
            found.extend(
                Bay(at, number, unit.escalation, number < before) for number in range(len(unit.escalation.bays))
            )
    return tuple(found)
