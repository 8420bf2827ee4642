"""Beds as a morning huddle looks at them: how full each unit is and will be, worst first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.views.levels import Level, level_of
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats
from optimizer.readings import Readings
from optimizer.scenario.bands import Bands
from optimizer.scenario.quantities import MINUTES_PER_DAY

AHEAD_HOURS: Final = (0, 12, 24, 48)
"""Hours after the plan begins at which a huddle asks how many patients there will be."""


@dataclass(frozen=True, slots=True)
class BedState:
    """One unit: `open_beds` as the plan begins, `occupied` then (None where the scenario does not say).

    `expected` are patients at AHEAD_HOURS (None past the end), `net` open beds less patients at the tightest of the
    days that AHEAD_HOURS reach, `boarded` the patients who wait for one of its beds, on average over those days.
    """

    unit: str
    name: str
    open_beds: float
    occupied: float | None
    expected: tuple[float | None, ...]
    net: float
    boarded: float
    level: Level


@dataclass(frozen=True, slots=True)
class Filling:
    """A unit on a day: patients over open beds; `share` is None where no bed is open, and so is the level."""

    patients: float
    open_beds: float
    share: float | None
    level: Level | None

    @property
    def percent(self) -> int | None:
        """The share in whole per cent, rounded so that it never seems to pass a band's edge that it does not."""
        if self.share is None:
            return None
        exact = self.share * 100
        return math.ceil(exact - 1e-6) if exact > 100 else math.floor(exact + 1e-6)


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Fillings by unit and committed day, (U, D); `days` as the plan's tables label them."""

    units: tuple[str, ...]
    days: tuple[str, ...]
    cells: tuple[tuple[Filling, ...], ...]


def bed_states(read: Readings) -> tuple[BedState, ...]:
    """Every unit with patients or beds, the one nearest to overflowing first."""
    days = _days_ahead(read.case)
    boarded = _by_unit_day(read, "boarded")[:, :days].mean(axis=1)
    opened, net = _by_unit_day(read, "open"), _by_unit_day(read, "net")
    expected, started, bands = expected_patients(read), _at_start(read), read.case.scenario.occupancy_bands
    found = [
        BedState(
            unit, read.case.scenario.units[unit].name or unit, float(opened[at, 0]), started[at],
            tuple(_at_hour(read.case, expected[at], hour) for hour in AHEAD_HOURS),
            float(net[at, :days].min()), float(boarded[at]),
            level_of(_fullest(expected[at, : _interval(read.case, days * 24) or None], opened[at, :days]), bands),
        )
        for at, unit in enumerate(read.case.units)
        if unit in read.case.scenario.units and (opened[at].any() or expected[at].any())
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda state: (state.net - state.boarded, state.unit)))


def occupancy(read: Readings) -> Occupancy:
    """How full every unit is on every committed day."""
    patients, opened = _by_unit_day(read, "patients"), _by_unit_day(read, "open")
    days = range(read.case.grid.committed_days)
    shown = [at for at in range(len(read.case.units)) if opened[at].any() or patients[at].any()]
    bands = read.case.scenario.occupancy_bands
    cells = tuple(
        tuple(_filling(float(patients[at, day]), float(opened[at, day]), bands) for day in days) for at in shown
    )
    return Occupancy(
        tuple(read.case.units[at] for at in shown), tuple(read.case.grid.day_label(day) for day in days), cells
    )


def expected_patients(read: Readings) -> Floats:
    """(U, T) patients in each interval, following the hour-of-day profile."""
    case = read.case
    units = {name: at for at, name in enumerate(case.units)}
    groups = {name: at for at, name in enumerate(case.groups)}
    by_period = np.zeros((len(groups), len(units), case.grid.periods))
    for row in read.rows("patients"):
        by_period[groups[str(row["group"])], units[str(row["unit"])], read.period(row)] += float(row["present"])
    return np.asarray(np.einsum("kut,kt->ut", by_period[:, :, case.grid.period], case.factors))


def _filling(patients: float, opened: float, bands: Bands) -> Filling:
    share = patients / opened if opened > 0 else None
    return Filling(patients, opened, share, None if share is None else level_of(share, bands))


def _fullest(expected: Floats, opened: Floats) -> float:
    most, beds = float(expected.max(initial=0.0)), float(opened.min(initial=np.inf))
    return most / beds if beds > 0 else float(most > 0)


def _days_ahead(case: Case) -> int:
    return min(case.grid.committed_days, AHEAD_HOURS[-1] // 24)


def _interval(case: Case, hour: int) -> int | None:
    """Number of the interval that an hour of the horizon lies in; None past the end."""
    at = int(np.searchsorted(case.grid.edges, hour * 60, side="right")) - 1
    return at if at < len(case.grid.period) and hour * 60 < case.grid.committed_days * MINUTES_PER_DAY else None


def _at_hour(case: Case, expected: Floats, hour: int) -> float | None:
    at = _interval(case, hour)
    return None if at is None else float(expected[at])


def _at_start(read: Readings) -> list[float | None]:
    present = read.case.demand.present.sum(axis=0)
    return [float(each) if present.any() else None for each in present]


def _by_unit_day(read: Readings, column: str) -> Floats:
    """(U, D) a column of the table of beds."""
    units = {name: at for at, name in enumerate(read.case.units)}
    found = np.zeros((len(units), read.case.grid.days))
    for row in read.rows("beds"):
        found[units[str(row["unit"])], read.day(row)] = float(row[column])
    return found
