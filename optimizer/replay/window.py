"""A week and the days its decisions reach into, as one program of the product, its past held as it was.

Levers have their notice by what is held: at each step the days gone by are held whole, and ahead of today each lever on
the days that it can't reach any more. So weekly limits, rest and stays count what has happened already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats, Grid, make_grid
from optimizer.planning import demand_of
from optimizer.program import ABSENT, TIME, Bools, Ints
from optimizer.replanning.scope import fixed
from optimizer.replay.errors import ReplayError
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import Contract, StaffGroup
from optimizer.scenario.today import Today
from optimizer.solution import Limits
from optimizer.solvers import solve

WEEK: Final = 7
NOW: Final = timedelta(0)
OWN_NOTICE: Final = timedelta(days=28)
"""Notice of own shifts where the scenario gives none: a rota is published four weeks ahead."""

HAIR: Final = 2e-6
"""Part of a booking that is left out when it is written down: rows that an answer fills to the brim hold for it only to
the solver's eye, and must hold in other programs too."""

_LEVERS: Final[tuple[Contract, ...]] = ("overtime", "bank", "agency")


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Who is where in the evening: `present` (K, U) and `waiting` (K,) patients."""

    present: Floats
    waiting: Floats


@dataclass(frozen=True, slots=True)
class Notices:
    """Whole days ahead that each lever must be decided: `rota` own shifts, `bays`, and the other contracts by group."""

    rota: int
    bays: int
    contracts: Mapping[tuple[int, Contract], int]

    def of(self, staff: int, contract: Contract) -> int:
        """Days ahead that people of a group must be asked on a contract."""
        return self.rota if contract == "own" else self.contracts.get((staff, contract), 0)


def notices_of(scenario: Scenario) -> Notices:
    """Each lever's notice, in days begun."""
    own = [group.notice for group in scenario.staff.values() if group.notice > NOW]
    stated = scenario.uncertainty.notice.own_shifts if scenario.uncertainty else OWN_NOTICE
    bays = [unit.escalation.notice for unit in scenario.units.values() if unit.escalation]
    contracts = {
        (at, kind): _days(terms.notice)
        for at, group in enumerate(scenario.staff.values())
        for kind in _LEVERS
        if (terms := group.temporary(kind)) is not None
    }
    return Notices(_days(max(own, default=stated)), max(map(_days, bays), default=0), contracts)


def _days(notice: timedelta) -> int:
    return math.ceil(notice / timedelta(days=1))


def wards_alone(scenario: Scenario) -> Scenario:
    """The scenario at ward level: beds and people in fractions, lists as booked, without devices or notices of its own.

    Notice is kept by the replay, which decides what is held. Bays may close on any day: a week does not know since when
    part of one was open. Closures are of days to come, not of the past.

    Raises ReplayError for a cycle or several periods a day.
    """
    if scenario.horizon.start is None or scenario.horizon.periods_per_day != 1:
        raise ReplayError("a replay needs a horizon with a start, in whole days")
    bay = {"notice": NOW, "least_stay": timedelta(days=1), "longest_stay": None, "shut": ()}
    units = {
        name: unit.model_copy(
            update={"escalation": unit.escalation and unit.escalation.model_copy(update=bay), "closures": ()}
        )
        for name, unit in scenario.units.items()
    }
    patients = {
        name: group.model_copy(
            update={"elective": group.elective and group.elective.model_copy(update={"protected": True})}
        )
        for name, group in scenario.patients.items()
    }
    staff = {name: _at_once(group) for name, group in scenario.staff.items()}
    return scenario.model_copy(
        update={
            "units": units, "patients": patients, "staff": staff, "devices": {}, "whole": False, "locked": (),
            "uncertainty": None, "service_level": None, "limits": type(scenario.limits)(),
        }
    )  # fmt: skip


def _at_once(group: StaffGroup) -> StaffGroup:
    """A staff group whose every contract is decided without notice."""
    free: dict[str, object] = {
        kind: each and each.model_copy(update={"notice": NOW}) for kind in _LEVERS for each in [group.temporary(kind)]
    }
    floating = group.floating and group.floating.model_copy(update={"notice": NOW})
    return group.model_copy(update={**free, "floating": floating, "notice": NOW, "absences": ()})


@dataclass(frozen=True, eq=False)
class Window:
    """A program from a day on: `days` counted and `beyond` more, for groups' `census` (K, days + beyond)."""

    scenario: Scenario
    start: date
    days: int
    beyond: int
    state: State
    census: Mapping[str, Floats]

    @cached_property
    def case(self) -> Case:
        """The week's case, with the state of the evening before."""
        dated = self._dated
        grid = make_grid(dated, beyond_days=self.beyond)
        return Case(dated, grid, demand_of(dated, grid, self.census, ()))

    @cached_property
    def built(self) -> Built:
        """Its program."""
        return build(self.case)

    @property
    def grid(self) -> Grid:
        """Its days."""
        return self.case.grid

    @cached_property
    def day(self) -> Ints:
        """(n,) the day of each column; ABSENT for none."""
        return self.built.program.labels(TIME)

    @property
    def _dated(self) -> Scenario:
        horizon = self.scenario.horizon.model_copy(
            update={"start": self.start, "days": self.days, "beyond_days": self.beyond}
        )
        groups, units = list(self.scenario.patients), list(self.scenario.units)
        census = {
            name: {
                unit: float(self.state.present[k, u]) for u, unit in enumerate(units) if self.state.present[k, u] > 0
            }
            for k, name in enumerate(groups)
        }
        waiting = {name: float(each) for name, each in zip(groups, self.state.waiting, strict=True) if each > 0}
        today = Today.model_construct(**{**Today().__dict__, "census": census, "waiting": waiting})
        return self.scenario.model_copy(update={"horizon": horizon, "today": today})

    def evening(self, values: Floats, day: int) -> State:
        """Who is where at the end of a day of the window."""
        patients = self.built.layout.patients
        return State(_read(patients.present[..., day], values), _read(patients.waiting[..., day], values))


def _read(columns: Ints, values: Floats) -> Floats:
    """Values in the shape of some columns, 0 where there is none."""
    return np.asarray(np.where(columns == ABSENT, 0.0, values[columns]))


@dataclass(slots=True, eq=False)
class Diary:
    """What has been decided by day since the replay began: people by staff group and contract (U, L, days), and bays.

    NaN where nothing is decided yet. Keys of `people` are (staff group, contract); `bays` is (B, days).
    """

    first: date
    days: int
    people: dict[tuple[int, Contract], Floats] = field(default_factory=dict)
    bays: Floats | None = None

    def settled(self, window: Window, *, rota: bool = False) -> tuple[Bools, Floats]:
        """(n,) which of the window's columns are decided, and (n,) their values; of a `rota` own shifts alone."""
        size = window.built.program.shape[1]
        held, values = np.zeros(size, dtype=np.bool_), np.zeros(size)
        for columns, figures in self._parts(window, rota=rota):
            known = (columns != ABSENT) & np.isfinite(figures)
            held[columns[known]], values[columns[known]] = True, figures[known]
        return held, values

    def decide(self, window: Window, values: Floats, today: int, notices: Notices, *, rota: bool = False) -> None:
        """Write down what must be decided on day `today` of the window: of each lever the days inside its notice.

        A day decided before stays. `rota` writes down own shifts of all days counted, and nothing else.
        """
        for block in window.built.layout.staff.working:
            own = block.contract == "own"
            ahead = window.days - 1 if own else today + notices.of(block.staff, block.contract)
            if own == rota:
                self._write(window, self._of(block.staff, block.contract, block.starts), block.starts, values, ahead)
        if not rota and self.bays is not None:
            self._write(window, self.bays, window.built.layout.beds.open, values, today + notices.bays)

    def _write(self, window: Window, into: Floats, columns: Ints, values: Floats, ahead: int) -> None:
        """Figures of the window's days up to `ahead`, where nothing is decided yet."""
        offset = (window.start - self.first).days
        figures = _read(columns, values)
        for day in range(min(ahead + 1, columns.shape[-1])):
            if 0 <= offset + day < self.days:
                now = into[..., offset + day]
                now[...] = np.where(np.isnan(now), figures[..., day] * (1.0 - HAIR), now)

    def _parts(self, window: Window, *, rota: bool) -> Iterator[tuple[Ints, Floats]]:
        """Columns of the window with what the diary says of them, NaN where nothing."""
        for block in window.built.layout.staff.working:
            if block.contract == "own" or not rota:
                yield block.starts, self._cut(window, self._of(block.staff, block.contract, block.starts))
        opened = window.built.layout.beds.open
        if self.bays is None:
            self.bays = np.full((len(opened), self.days), np.nan)
        if not rota:
            yield opened, self._cut(window, self.bays)

    def _of(self, staff: int, contract: Contract, starts: Ints) -> Floats:
        key = staff, contract
        if key not in self.people:
            self.people[key] = np.full((*starts.shape[:2], self.days), np.nan)
        return self.people[key]

    def _cut(self, window: Window, whole: Floats) -> Floats:
        """The days of the window out of all days."""
        found = np.full((*whole.shape[:-1], window.grid.days), np.nan)
        offset = (window.start - self.first).days
        low, high = max(-offset, 0), min(self.days - offset, window.grid.days)
        if low < high:
            found[..., low:high] = whole[..., offset + low : offset + high]
        return found


def inside_notice(window: Window, today: int, notices: Notices) -> Bools:
    """(n,) what can't wait on day `today` of a window: all up to that day, and of each lever the days in its notice."""
    day, layout = window.day, window.built.layout
    found = (day >= 0) & (day <= today)
    levers = [(block.starts, notices.of(block.staff, block.contract)) for block in layout.staff.working]
    beds = [(columns, notices.bays) for columns in (layout.beds.open, layout.beds.opening, layout.beds.unit_open)]
    for columns, ahead in (*levers, *beds):
        known = columns[columns != ABSENT]
        found[known] |= day[known] <= today + ahead
    return np.asarray(found, dtype=np.bool_)


def booked(window: Window) -> Bools:
    """(n,) which columns are people on any contract."""
    found = np.zeros(window.built.program.shape[1], dtype=np.bool_)
    for block in window.built.layout.staff.working:
        found[block.starts[block.starts != ABSENT]] = True
    return found


def answer(window: Window, held: Bools, values: Floats, limits: Limits) -> Floats:
    """(n,) the cheapest that is open, with some columns held at their values. Raises ReplayError where nothing is."""
    found = solve(fixed(window.built.program, held, values), limits=limits)
    if found.values is None:
        raise ReplayError(f"the days from {window.start} can't be replayed: {found.status} ({found.why})")
    return found.values


def only_counted(window: Window, values: Floats) -> tuple[Window, Floats]:
    """The window without the days beyond those counted, and the values of what is left."""
    short = replace(window, beyond=0, census={name: each[: window.days] for name, each in window.census.items()})
    parts = []
    for block, kept in zip(window.built.program.columns, short.built.program.columns, strict=True):
        part = block.take(values).ravel()[block.take(window.day).ravel() < window.days]
        if len(part) != kept.size:
            raise ReplayError(f"{block.name} of the days from {window.start} can't be told apart by day")
        parts.append(part)
    return short, np.concatenate(parts)
