"""What a drafted scenario takes for granted where its tables are silent: for the planner to replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Assumed:
    """A figure that no table gave: its path in the scenario and what is to be thought of it."""

    path: tuple[str | int, ...]
    why: str


MEAN_STAY_DAYS: Final = 6.5
"""Days; a common mean of adult general wards. `wardwright stays` makes the hospital's own of a table of stays."""

BOARDING_COST: Final = 860.0
"""Currency a patient-day without a bed: the order of magnitude of the English planner questions' figure."""

PAY_PER_HOUR: Final = 20.0
HOURS_PER_WEEK: Final = 37.5
HEADROOM: Final = 0.22
"""Share of contracted hours lost to leave, sickness and study, as English establishments are usually set."""

SHORT_TIMES_PAY: Final = 6.0
"""A missing hour costs so many hours of pay: dearer than any agency, so that shortfalls come last."""

BANK_MULTIPLIER: Final = 1.25
AGENCY_MULTIPLIER: Final = 1.9
BANK_SHARE: Final = 0.10
AGENCY_SHARE: Final = 0.05
"""Shifts a week that bank and agency can give, as a share of those the own people work."""

SHIFT_HOURS: Final = 7.5
"""Paid hours of a drafted shift, by which shares of people become shifts."""

LATE_DAYS: Final = 90
"""Days at the end of a series that say how full a ward is."""

BUSY_PERCENTILE: Final = 95
"""The percentile of those days that stands for a busy one."""

BEDS_DAYS: Final = 14
"""Days at the end of a series of beds whose median says how many there are."""

LEAST_BEDS: Final = 1
"""A ward that was ever used has a bed."""
