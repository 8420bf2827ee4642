"""Random hospital networks for the allocation races: sites of units that share patients, staff hours and devices.

`draw` makes a network of any size from a seed; `allocation_program` (networks_model.py) writes its program. A day has
three periods of eight hours. Arrays are by unit (U), patient group (K), staff group (G), device kind (V), site (S) and
period (T).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.program import Floats, Ints

PERIODS: Final = 3
"""Periods in a day."""

SIZES: Final = {
    "T": (1, 3, 3),
    "S": (1, 10, 7),
    "P": (1, 20, 14),
    "M": (1, 40, 28),
    "L": (5, 40, 28),
    "XL": (20, 40, 28),
}
"""Sites, units a site, days."""

STEPS_IN: Final = ((0, 1, 1.0), (2, 0, 0.9), (3, 1, 0.8))
"""Who may stand in for whom, and what an hour of it counts: nurses for assistants, doctors for nurses, therapists."""

_PAY: Final = np.array([32.0, 19.0, 70.0, 30.0])
_STAY: Final = np.array([0.90, 0.93, 0.95])
_CARE: Final = np.array([[1.3, 2.2, 5.0], [1.0, 1.4, 1.0], [0.25, 0.5, 1.2], [0.15, 0.25, 0.3]])
_DEVICES: Final = np.array([[0.0, 0.02, 0.5], [0.3, 0.8, 2.0], [0.1, 0.5, 1.0], [0.01, 0.03, 0.1]])
_WEEK_HOURS: Final = 37.5


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Currency: a patient not placed, off the home unit or moved (K); a bed, an opening; an hour short; devices (V)."""

    unplaced: Floats
    outlying: Floats
    transfer: Floats
    bed: float
    opening: float
    hour_short: Floats
    device: Floats
    device_short: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """One network. `near` (U, A) lists the units that patients of a unit may outlie to, `from_near` whence they come.

    `beds`, `spare` (U); `stay` (K) the share that stays a further period; `arrivals` (U, K, T); `present` (U, K) before
    the first; `care` (G, K) hours a patient and period; `heads`, `week_hours` (U, G); `pay` (G), `premium` (T); `float`
    (S, G) hours a period; `device_need` (V, K); `devices` (U, V), `pool`, `rentable` (S, V).
    """

    sites: int
    days: int
    beds: Floats
    spare: Floats
    stay: Floats
    arrivals: Floats
    present: Floats
    near: Ints
    from_near: Ints
    care: Floats
    heads: Floats
    week_hours: Floats
    pay: Floats
    premium: Floats
    float: Floats
    device_need: Floats
    devices: Floats
    pool: Floats
    rentable: Floats
    prices: Prices

    @property
    def units(self) -> int:
        """Units of all sites."""
        return len(self.beds)

    @property
    def periods(self) -> int:
        """Periods of the horizon."""
        return PERIODS * self.days

    @property
    def weeks(self) -> int:
        """Weeks begun."""
        return -(-self.days // 7)

    @property
    def site(self) -> Ints:
        """The site of each unit, (U,)."""
        return np.repeat(np.arange(self.sites, dtype=np.int32), self.units // self.sites)


def draw(size: str | tuple[int, int, int] = "S", seed: int = 1) -> Network:
    """A random network: units of 14 to 29 beds, nearly full, staffed for nine tenths of their need."""
    sites, each, days = SIZES[size] if isinstance(size, str) else size
    random = np.random.default_rng([seed, sites, each, days])
    units = sites * each
    beds = random.integers(14, 30, units).astype(np.float64)
    mix = random.dirichlet([6.0, 3.0, 1.5], units)
    census = 0.95 * beds[:, None] * mix
    hours = beds[:, None] * (mix @ _CARE.T)
    held = beds[:, None] * (mix @ _DEVICES.T)
    heads = np.ceil(hours * 7 * PERIODS * 0.78 / _WEEK_HOURS)
    pool = np.ceil(held.reshape(sites, each, -1).sum(axis=1) * 0.15)
    near, from_near = _neighbours(sites, each)
    return Network(
        sites, days, beds, np.ceil(0.3 * beds), _STAY, _arrivals(random, census, days), 0.95 * census,
        near, from_near, _CARE, heads, heads * _WEEK_HOURS, _PAY, _premium(days),
        np.ceil(0.04 * hours.reshape(sites, each, -1).sum(axis=1)), _DEVICES, np.floor(0.9 * held),
        pool, np.ceil(pool / 2) + 1, _prices(),
    )  # fmt: skip


def _arrivals(random: np.random.Generator, census: Floats, days: int) -> Floats:
    """Gamma draws around what keeps the census, by time of day and weekday, on a slow wave of the unit's own."""
    periods = np.arange(PERIODS * days)
    of_day = np.tile([1.2, 1.3, 0.5], days)
    of_week = 1 + 0.15 * np.sin(2 * np.pi * (periods // PERIODS) / 7)
    wave = 1 + 0.25 * np.sin(2 * np.pi * (periods / len(periods) + random.random((len(census), 1))))
    expected = (census * (1 - _STAY))[..., None] * (of_day * of_week) * wave[:, None]
    return np.round(random.gamma(6.0, expected / 6.0), 2)


def _premium(days: int) -> Floats:
    """What an hour costs beside the plain rate: nights and weekends more, later a trifle more."""
    periods = np.arange(PERIODS * days)
    weekend = np.where(periods // PERIODS % 7 >= 5, 1.35, 1.0)
    return np.tile([1.0, 1.06, 1.3], days) * weekend * (1 + 0.002 * periods / len(periods))


def _neighbours(sites: int, each: int) -> tuple[Ints, Ints]:
    """The next three units of the site, round a circle: where patients go, and whence they come on the same arc."""
    arcs = np.arange(1, min(3, each - 1) + 1)
    place = np.arange(each)[:, None]
    first = (np.arange(sites) * each)[:, None, None]
    to, back = (((place + sign * arcs) % each + first).reshape(sites * each, -1).astype(np.int32) for sign in (1, -1))
    return to, back


def _prices() -> Prices:
    return Prices(
        unplaced=np.array([6000.0, 9000.0, 24000.0]),
        outlying=np.array([60.0, 110.0, 300.0]),
        transfer=np.array([400.0, 500.0, 1200.0]),
        bed=120.0,
        opening=250.0,
        hour_short=6 * _PAY,
        device=np.array([40.0, 4.0, 8.0, 60.0]),
        device_short=np.array([3000.0, 150.0, 300.0, 2000.0]),
    )
