"""Devices as those who move them see them: by kind and site, held against needed, rented, moved, short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.readings import Readings


@dataclass(frozen=True, slots=True)
class DeviceDay:
    """A kind at a site on a day, at its tightest period: devices needed, short, rented there, moved in that day."""

    needed: float
    short: float
    rented: float
    moved_in: float


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A kind of device at a site over the committed days."""

    device: str
    site: str
    days: tuple[DeviceDay, ...]


def device_rows(read: Readings) -> tuple[DeviceRow, ...]:
    """Every kind at every site that needs, rents or receives one."""
    case = read.case
    kinds = {name: at for at, name in enumerate(case.scenario.devices)}
    sites = {name: at for at, name in enumerate(case.sites)}
    site_of = dict(zip(case.units, case.site_of_unit.tolist(), strict=True)) | sites
    shape = (len(kinds), len(sites), case.grid.days, case.grid.periods_per_day)
    needed, short, rented, moved = (np.zeros(shape) for _ in range(4))

    def add(table: str, place: str, figures: dict[str, Floats]) -> None:
        for row in read.rows(table):
            cell = kinds[str(row["device"])], site_of[str(row[place])], read.day(row), int(row["period"])
            for column, found in figures.items():
                found[cell] += float(row[column])

    add("devices", "unit", {"needed": needed, "short": short})
    add("stores", "site", {"rented": rented})
    add("device_moves", "to", {"devices": moved})
    rows = (
        DeviceRow(kind, site, _days(case.grid.committed_days, needed[k, s], short[k, s], rented[k, s], moved[k, s]))
        for kind, k in kinds.items()
        for site, s in sites.items()
    )
    return tuple(row for row in rows if any(map(_busy, row.days)))


def _busy(day: DeviceDay) -> bool:
    return any((day.needed, day.short, day.rented, day.moved_in))


def _days(count: int, needed: Floats, short: Floats, rented: Floats, moved: Floats) -> tuple[DeviceDay, ...]:
    """Each day of arrays (D, periods a day)."""
    return tuple(
        DeviceDay(float(needed[day].max()), float(short[day].max()), float(rented[day].max()), float(moved[day].sum()))
        for day in range(count)
    )
