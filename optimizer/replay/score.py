"""What a week that was played comes to, in money and in care; weeks add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.expansion.case import Case
from optimizer.readings import Readings
from optimizer.scenario.goals import UNPAID
from optimizer.simulation.needs import understaffed
from optimizer.tables import Table

BEYOND = "beyond_horizon"


@dataclass(frozen=True, slots=True)
class Score:
    """Money by cost `items`, and care: patient-days boarded and outlying, hours short and needed, patient-shifts.

    `understaffed` are the patient-shifts on which over 15 % of the needed hours lacked, of all `patient_shifts`.
    """

    items: Mapping[str, float]
    boarded_days: float
    outlier_days: float
    patient_days: float
    short_hours: float
    needed_hours: float
    understaffed: float
    patient_shifts: float

    @property
    def cost(self) -> float:
        """Currency of all that decisions change, the price of harm included."""
        return sum(self.items.values())

    @property
    def paid(self) -> float:
        """Currency that somebody pays out."""
        return sum(money for item, money in self.items.items() if item not in UNPAID)

    @property
    def understaffed_share(self) -> float:
        """Share of patient-shifts understaffed."""
        return self.understaffed / self.patient_shifts if self.patient_shifts else 0.0

    @classmethod
    def of(cls, weeks: Sequence[Score]) -> Score:
        """The sum of some weeks."""
        items = {item: sum(week.items.get(item, 0.0) for week in weeks) for week in weeks for item in week.items}
        names = [name for name in cls.__slots__ if name != "items"]
        return cls(items, *(sum(getattr(week, name) for week in weeks) for name in names))


def score_week(case: Case, tables: Mapping[str, Table], money: Mapping[str, float]) -> Score:
    """The committed days of one week, as its tables tell them."""
    read, grid = Readings(case, tables), case.grid
    span = int((grid.day_of_interval < grid.committed_days).sum())
    hours = grid.hours[:span]
    wanted, short = read.needed[..., :span], read.short[..., :span]
    shifts = understaffed(case, wanted[None], short[None])[0]
    first = np.arange(grid.committed_days) * grid.periods_per_day
    there = read.patients[:, None, first] * grid.allowed[None, :, : grid.committed_days]
    inside = grid.committed_periods
    outlying = [row for row in read.rows("patients") if not int(row["home"]) and read.period(row) < inside]
    boarded = [row for row in read.rows("waiting") if read.period(row) < inside]
    return Score(
        {item: each for item, each in money.items() if item != BEYOND},
        sum(float(row["waiting"]) for row in boarded) / grid.periods_per_day,
        sum(float(row["present"]) for row in outlying) / grid.periods_per_day,
        float(read.patients[:, :inside].sum()) / grid.periods_per_day,
        float((short * hours).sum()),
        float((wanted * hours).sum()),
        float((there * shifts).sum()),
        float(there.sum()),
    )
