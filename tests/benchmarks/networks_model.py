"""The allocation program of a network, with `ProgramBuilder`: beds, census, cover, hours, devices, priced shortfalls.

Every column bound is finite and no larger than what some least-cost plan needs; the docstrings say why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from optimizer.program import ABSENT, TIME, Floats, Ints, Program, ProgramBuilder, Term
from tests.benchmarks.networks import PERIODS, STEPS_IN, Network

WEEK: Final = 7 * PERIODS
_TARGET: Final = [to for _, to, _ in STEPS_IN]
_SOURCE: Final = [source for source, _, _ in STEPS_IN]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Index arrays: by unit and period (U, T); patients (U, K, T), arcs (U, A, K, T); staff (U, G, T); devices."""

    open: Ints
    opening: Ints
    present: Ints
    admitted: Ints
    unplaced: Ints
    outlying: Ints
    moved: Ints | None
    early: Ints
    long: Ints
    agency: Ints
    overtime: Ints
    float: Ints
    short: Ints
    standing_in: Ints
    held: Ints
    sent: Ints
    returned: Ints
    device_short: Ints
    pool: Ints
    rented: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Writer:
    """Adds blocks with the labels of their first, middle and last axis."""

    network: Network
    builder: ProgramBuilder
    whole: bool

    def columns(
        self, name: str, middle: tuple[str, int] | None, cost: ArrayLike, upper: ArrayLike, *, whole: bool = False
    ) -> Ints:
        """One block (U, [middle,] T); whole numbers only if the program is to have any."""
        n = self.network
        shape = (n.units, *((middle[1],) if middle else ()), n.periods)
        across = (-1, *([1] * (len(shape) - 1)))
        labels = {TIME: np.arange(n.periods, dtype=np.int32)}
        labels["unit"] = np.arange(n.units, dtype=np.int32).reshape(across)
        labels["site"] = n.site.reshape(across)
        if middle and middle[0] == "staff":
            labels["staff"] = np.arange(middle[1], dtype=np.int32)[:, None]
        return self.builder.add_columns(
            name, shape, cost=cost, upper=upper, integer=whole and self.whole, labels=labels
        )  # fmt: skip

    def rows(
        self,
        name: str,
        shape: tuple[int, ...],
        terms: list[Term],
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> None:
        """One block of rows."""
        self.builder.add_rows(name, shape, terms, lower=lower, upper=upper)


def earlier(columns: Ints, by: int = 1) -> Ints:
    """The columns `by` periods earlier; ABSENT before the first."""
    moved = np.full_like(columns, ABSENT)
    moved[..., by:] = columns[..., :-by]
    return moved


def allocation_program(network: Network, *, whole: bool = False) -> Program:
    """The program of a network, with whole people and beds or without."""
    writer = _Writer(network, ProgramBuilder(), whole)
    open_, opening = _bed_columns(writer)
    columns = Columns(open_, opening, *_patient_columns(writer), *_staff_columns(writer), *_device_columns(writer))
    for rule in (_patient_rows, _bed_rows, _cover_rows, _hour_rows, _device_rows):
        rule(writer, columns)
    return writer.builder.build()


def _bed_columns(w: _Writer) -> tuple[Ints, Ints]:
    """Beds open above the base, and openings: neither beyond the spare beds (an opening is only made to open)."""
    spare = w.network.spare[:, None]
    return (
        w.columns("open", None, w.network.prices.bed, spare, whole=True),
        w.columns("opening", None, w.network.prices.opening, spare),
    )


def _patient_columns(w: _Writer) -> tuple[Ints, Ints, Ints, Ints, Ints | None]:
    """Nobody present beyond the beds; nobody placed or left unplaced who did not arrive."""
    n, groups = w.network, len(w.network.stay)
    patients = ("patients", groups)
    capacity = (n.beds + n.spare)[:, None, None]
    present = w.columns("present", patients, 0.0, capacity)
    admitted = w.columns("admitted", patients, 0.0, n.arrivals)
    unplaced = w.columns("unplaced", patients, n.prices.unplaced[:, None], n.arrivals)
    shape = (n.units, n.near.shape[1], groups, n.periods)
    unit = np.arange(n.units, dtype=np.int32)[:, None, None, None]
    labels = {TIME: np.arange(n.periods, dtype=np.int32), "unit": unit, "site": n.site[unit]}
    outlying = w.builder.add_columns(
        "outlying", shape, cost=n.prices.outlying[:, None], upper=n.arrivals[:, None], labels=labels
    )  # fmt: skip
    if n.sites == 1:
        return present, admitted, unplaced, outlying, None
    return present, admitted, unplaced, outlying, w.columns("moved", patients, n.prices.transfer[:, None], _moves(n))


def _moves(n: Network) -> Floats:
    """Nobody can be moved who is not there: those left from full beds, new, or arriving from the site before."""
    each = n.units // n.sites
    coming = n.arrivals + n.arrivals[n.from_near].sum(axis=1)
    most = coming + (n.stay * (n.beds + n.spare)[:, None])[..., None]
    most[..., 0] = coming[..., 0] + n.stay * n.present
    for period in range(1, n.periods):
        most[..., period] += np.roll(most[..., period - 1], each, axis=0)
    return most


def _staff_columns(w: _Writer) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    """Starts within heads; temporary hours within the most a full unit can need, agency in whole shifts of eight."""
    n = w.network
    groups = ("staff", len(n.pay))
    rate = n.pay[:, None] * n.premium
    need = _most_hours(n)
    own = n.heads[..., None]
    by_site = n.float[n.site][..., None]
    return (
        w.columns("early", groups, 8 * rate, own, whole=True),
        w.columns("long", groups, 12 * 1.02 * rate, own, whole=True),
        w.columns("agency", groups, 8 * 2.2 * rate, np.ceil(need / 8), whole=True),
        w.columns("overtime", groups, 1.5 * rate, np.minimum(need, 0.1 * n.week_hours[..., None])),
        w.columns("float", groups, 1.1 * rate, np.minimum(need, by_site)),
        w.columns("short", groups, n.prices.hour_short[:, None], need),
        w.columns("standing_in", ("role", len(STEPS_IN)), 0.5, 8 * own[:, _SOURCE]),
    )


def _most_hours(n: Network) -> Floats:
    """(U, G, 1) care hours of a unit full of the patients who need most."""
    return ((n.beds + n.spare)[:, None] * n.care.max(axis=1))[..., None]


def _device_columns(w: _Writer) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """No more at a unit or on the way than the site owns and may have rented; no more short than a full unit needs."""
    n = w.network
    kinds = ("devices", len(n.prices.device))
    price = n.prices.device[:, None]
    owned = n.pool + n.devices.reshape(n.sites, -1, kinds[1]).sum(axis=1) + 3 * n.rentable
    most = owned[n.site][..., None]
    short = ((n.beds + n.spare)[:, None] * n.device_need.max(axis=1))[..., None]
    units = (
        w.columns("held", kinds, 0.0, most),
        w.columns("sent", kinds, price, most),
        w.columns("returned", kinds, 0.5 * price, most),
        w.columns("device_short", kinds, n.prices.device_short[:, None], short),
    )
    site = np.arange(n.sites, dtype=np.int32)[:, None, None]
    labels = {TIME: np.arange(n.periods, dtype=np.int32), "site": site}
    shape = (n.sites, kinds[1], n.periods)
    pool = w.builder.add_columns("pool", shape, upper=owned[..., None], labels=labels)
    rented = w.builder.add_columns("rented", shape, cost=5 * price, upper=n.rentable[..., None], labels=labels)
    return (*units, pool, rented)


def _patient_rows(w: _Writer, c: Columns) -> None:
    """Those there are those who stayed, were admitted or came from elsewhere; every arrival goes somewhere."""
    n = w.network
    arcs = range(n.near.shape[1])
    before = np.zeros(c.present.shape)
    before[..., 0] = n.stay * n.present
    terms = [Term(c.present), Term(earlier(c.present), -n.stay[:, None]), Term(c.admitted, -1.0)]
    terms += [Term(c.outlying[n.from_near[:, arc], arc], -1.0) for arc in arcs]
    if c.moved is not None:
        come = np.roll(c.moved, n.units // n.sites, axis=0)
        terms += [Term(c.moved), Term(earlier(come), -1.0)]
    w.rows("census", c.present.shape, terms, before, before)
    placed = [Term(c.admitted), Term(c.unplaced), *(Term(c.outlying[:, arc]) for arc in arcs)]
    w.rows("arrivals", c.present.shape, placed, n.arrivals, n.arrivals)


def _bed_rows(w: _Writer, c: Columns) -> None:
    """Patients fit the beds; beds are opened before they are open, and stay open for two periods."""
    beds = [Term(np.moveaxis(c.present, 1, -1)), Term(c.open, -1.0)]
    w.rows("beds", c.open.shape, beds, upper=w.network.beds[:, None])
    w.rows("opened", c.open.shape, [Term(c.open), Term(earlier(c.open), -1.0), Term(c.opening, -1.0)], upper=0.0)
    w.rows("stay_open", c.open.shape, [Term(c.opening), Term(earlier(c.opening)), Term(c.open, -1.0)], upper=0.0)


def _cover_rows(w: _Writer, c: Columns) -> None:
    """Hours on duty, 12-hour shifts with half of their second period, meet the hours that those present need."""
    n = w.network
    shape = c.early.shape
    into = np.full((*shape, 2), ABSENT, dtype=np.int32)
    counts = np.ones((1, len(n.pay), 1, 2))
    away = np.full(shape, ABSENT, dtype=np.int32)
    for at, (source, target, share) in enumerate(STEPS_IN):
        place = _TARGET[:at].count(target)
        into[:, target, :, place] = c.standing_in[:, at]
        counts[0, target, 0, place] = share
        away[:, source] = c.standing_in[:, at]
    own = [Term(c.early, 8.0), Term(c.long, 8.0), Term(earlier(c.long), 4.0), Term(c.agency, 8.0)]
    others = [Term(c.overtime), Term(c.float), Term(c.short), Term(into, counts), Term(away, -1.0)]
    patients = Term(np.moveaxis(c.present, 1, -1)[:, None], -n.care[None, :, None])
    w.rows("cover", shape, [*own, *others, patients], lower=0.0)
    lent = [Term(c.standing_in), Term(c.early[:, _SOURCE], -8.0), Term(c.long[:, _SOURCE], -8.0)]
    w.rows("lent", c.standing_in.shape, lent, upper=0.0)
    shared = np.moveaxis(c.float.reshape(n.sites, -1, *shape[1:]), 1, -1)
    w.rows("float", shared.shape[:-1], [Term(shared)], upper=n.float[..., None])


def _hour_rows(w: _Writer, c: Columns) -> None:
    """Contract hours and overtime by week, and rest: nobody starts again within two periods."""
    n = w.network
    weeks = (n.units, len(n.pay), n.weeks)
    week = [Term(_by_week(c.early, n.weeks), 8.0), Term(_by_week(c.long, n.weeks), 12.0)]
    w.rows("week", weeks, week, upper=n.week_hours[..., None])
    w.rows("overtime", weeks, [Term(_by_week(c.overtime, n.weeks))], upper=0.1 * n.week_hours[..., None])
    recent = [c.early, earlier(c.early), c.long, earlier(c.long), earlier(c.long, 2)]
    w.rows("rest", c.early.shape, [Term(each) for each in recent], upper=n.heads[..., None])


def _by_week(columns: Ints, weeks: int) -> Ints:
    """(..., W, 21); ABSENT past the horizon."""
    padding = [(0, 0)] * (columns.ndim - 1) + [(0, weeks * WEEK - columns.shape[-1])]
    return np.pad(columns, padding, constant_values=ABSENT).reshape(*columns.shape[:-1], weeks, WEEK)


def _device_rows(w: _Writer, c: Columns) -> None:
    """Devices move between unit and pool and take a period on the way; rented ones go back after three."""
    n = w.network
    before = np.zeros(c.held.shape)
    before[..., 0] = n.devices
    held = [Term(c.held), Term(earlier(c.held), -1.0), Term(earlier(c.sent), -1.0), Term(c.returned)]
    w.rows("kept", c.held.shape, held, before, before)

    def of_site(columns: Ints) -> Ints:
        return np.moveaxis(columns.reshape(n.sites, -1, *columns.shape[1:]), 1, -1)

    stored = np.zeros(c.pool.shape)
    stored[..., 0] = n.pool
    pool = [Term(c.pool), Term(earlier(c.pool), -1.0), Term(c.rented, -1.0), Term(earlier(c.rented, 3))]
    pool += [Term(of_site(c.sent)), Term(of_site(earlier(c.returned)), -1.0)]
    w.rows("pool", c.pool.shape, pool, stored, stored)
    patients = Term(np.moveaxis(c.present, 1, -1)[:, None], -n.device_need[None, :, None])
    w.rows("devices", c.held.shape, [Term(c.held), Term(c.device_short), patients], lower=0.0)
