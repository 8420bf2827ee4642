"""Needs for people counted from the plan's patients, and the rows of the needs table that tell of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.check.names import NEED_RULES
from optimizer.check.plan import Plan
from optimizer.check.reading import codes, times_before
from optimizer.expansion.grid import Floats, Ints
from optimizer.expansion.needs import Need, whole_people


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A need counted, each (T,): `patients` counted, people `driven` by them, `besides` them, and people `on_duty`."""

    need: Need
    patients: Floats
    driven: Floats
    besides: Floats
    on_duty: Floats

    @property
    def before_rounding(self) -> Floats:
        """(T,) people needed as the rule says, in fractions."""
        return np.asarray(self.driven + self.besides)

    def people(self, doubt: float) -> Floats:
        """(T,) people needed, whole where the rule rounds, were the patients' part less by `doubt` people."""
        return np.asarray(whole_people(self.need, self.driven - doubt * self.need.rounded) + self.besides)

    @property
    def in_fractions(self) -> Floats:
        """(T,) people needed where a plan is in fractions: what rounding forgives is forgiven."""
        return np.asarray(np.maximum(self.driven - self.need.forgiven, 0.0) + self.besides)


def count_needs(plan: Plan, on_duty: Floats) -> tuple[Wanted, ...]:
    """Every need of the case in its order; `on_duty` (G, U, T) people."""
    case = plan.case
    counted = plan.present
    if case.scenario.boarded_need_care:
        held = case.holding[:, None] == np.arange(len(case.units))
        counted = counted + plan.waiting[:, None, :] * held[:, :, None]
    by_interval = counted[:, :, case.grid.period] * case.factors[:, None, :]
    unit_open = _open_by_bay(plan)[:, case.grid.day_of_interval]
    return tuple(_count(need, by_interval[:, need.unit], on_duty, unit_open[need.unit]) for need in case.needs)


def rows_of_needs(plan: Plan, found: tuple[Wanted, ...]) -> Ints:
    """For each need and interval asked, the row of the needs table that tells of it (-1: none)."""
    cells = plan.cells["needs"]
    parts = [_codes_of(cells.sizes, each.need) for each in found]
    expected, said = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64), codes(cells)
    width = len(expected) + len(said) + 1
    keys = [each * width + times_before(each) for each in (expected, said)]
    _, mine, theirs = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    rows = np.full(len(expected), -1, dtype=np.int64)
    rows[mine] = theirs
    return rows


def stacked(found: tuple[Wanted, ...], figures: list[Floats]) -> Floats:
    """Figures (T,) of each need, in one list over the needs and intervals asked."""
    parts = [figure[each.need.asked] for each, figure in zip(found, figures, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _open_by_bay(plan: Plan) -> Floats:
    """(U, D) 1 where one of the unit's bays is open (a fraction past the committed days, where bays may be)."""
    is_open = np.zeros((len(plan.case.units), plan.case.grid.days))
    for bay, days in zip(plan.bays, plan.open, strict=True):
        is_open[bay.unit] = np.maximum(is_open[bay.unit], days)
    return is_open


def _count(need: Need, patients: Floats, on_duty: Floats, unit_open: Floats) -> Wanted:
    mix = need.share * sum((on_duty[group, need.unit] for group in need.of), np.zeros(patients.shape[1]))
    driven = np.asarray((need.per_patient * patients).sum(axis=0))
    besides = need.least + need.least_if_open * unit_open + mix
    return Wanted(need, patients.sum(axis=0), driven, besides, on_duty[need.staff, need.unit])


def _codes_of(sizes: tuple[int, ...], need: Need) -> Ints:
    asked = np.flatnonzero(need.asked)
    numbers = (need.unit, need.staff, asked, asked, NEED_RULES.index(need.rule))
    keys = tuple(np.broadcast_to(np.asarray(each), asked.shape) for each in numbers)
    return np.asarray(np.ravel_multi_index(keys, sizes), dtype=np.int64)
