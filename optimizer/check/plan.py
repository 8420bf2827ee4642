"""`Plan`: the decisions of a plan as arrays, read from its tables.

K patient groups, U units, H sites, G staff groups, C contracts, V device kinds, D days, P periods, T intervals, S duty
types, B bays. Figures are patients, people, devices or hours, as their tables say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.check.names import Names
from optimizer.check.reading import Cells, Faults
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats, Ints
from optimizer.scenario.places import Escalation


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Rows of patients moved: (N,) group, origin unit (-1: the holding area), target unit, period, and patients."""

    group: Ints
    origin: Ints
    target: Ints
    period: Ints
    patients: Floats


@dataclass(frozen=True, slots=True, eq=False)
class DeviceMoves:
    """Rows of devices moved: (N,) kind, origin and target (units, then sites), period, and devices."""

    kind: Ints
    origin: Ints
    target: Ints
    period: Ints
    devices: Floats


@dataclass(frozen=True, slots=True)
class Bay:
    """Escalation bay `number` (from 0) of a unit on its terms; `before` is 1 where it is open when the plan starts."""

    unit: int
    number: int
    terms: Escalation
    before: float


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan as its tables tell it."""

    case: Case
    names: Names
    cells: Mapping[str, Cells]
    faults: Faults

    @cached_property
    def present(self) -> Floats:
        """(K, U, P) patients in units."""
        return self._by_period("patients", "present")

    @cached_property
    def admitted(self) -> Floats:
        """(K, U, P) patients given a bed."""
        return self._by_period("patients", "admitted")

    @cached_property
    def waiting(self) -> Floats:
        """(K, P) boarded patients."""
        return self._by_period("waiting", "waiting")

    @cached_property
    def diverted(self) -> Floats:
        """(K, P) arrivals sent elsewhere."""
        return self._by_period("waiting", "diverted")

    @cached_property
    def moves(self) -> Moves:
        """Patients moved."""
        cells = self.cells["moves"]
        keys = cells.keys
        return Moves(keys["group"], keys["from"] - 1, keys["to"] - 1, self._periods(cells), cells.figures["patients"])

    @cached_property
    def treated(self) -> Floats:
        """(K, D, D) elective cases by the day booked and the day done."""
        return self.cells["electives"].dense("cases")

    @cached_property
    def cases_done(self) -> Floats:
        """(K, P) elective cases done, in the first period of their day."""
        done = np.zeros((len(self.case.groups), self.case.grid.periods))
        done[:, :: self.case.grid.periods_per_day] = self.treated.sum(axis=1)
        return done

    @cached_property
    def cancelled(self) -> Floats:
        """(K, D) cases cancelled, by the day booked."""
        return self.cells["electives_off"].dense("cancelled")

    @cached_property
    def left(self) -> Floats:
        """(K, D) cases still undone when the plan ends, by the day booked."""
        return self.cells["electives_off"].dense("left")

    @cached_property
    def bays(self) -> tuple[Bay, ...]:
        """Every bay of the case."""
        opened = {} if self.case.grid.cyclic else self.case.scenario.today.open_bays
        return tuple(
            Bay(at, number, unit.escalation, float(number < opened.get(name, 0)))
            for at, (name, unit) in enumerate(self.case.scenario.units.items())
            if unit.escalation is not None
            for number in range(len(unit.escalation.bays))
        )

    @cached_property
    def open(self) -> Floats:
        """(B, D) whether each bay is open."""
        return self._by_bay("open")

    @cached_property
    def opening(self) -> Floats:
        """(B, D) whether each bay is opened."""
        return self._by_bay("opening")

    @cached_property
    def escalation(self) -> Floats:
        """(U, D) beds open above the base."""
        beds = np.zeros((len(self.case.units), self.case.grid.days))
        for bay, opened in zip(self.bays, self.open, strict=True):
            beds[bay.unit] += bay.terms.bays[bay.number] * opened
        return beds

    @cached_property
    def overflow(self) -> Floats:
        """(U, D) beds put up beyond those open."""
        return self.cells["overflow"].dense("beds")

    @cached_property
    def inside(self) -> Floats:
        """(U, P) patients in each unit at the period's peak."""
        return np.asarray((self.present * self.case.peaks[:, None, :]).sum(axis=0))

    @cached_property
    def closed(self) -> Floats:
        """(U, D) whether each unit is shut by choice."""
        return self.cells["closings"].dense("closed")

    @cached_property
    def engaged(self) -> Floats:
        """(U, G) people engaged."""
        return np.asarray(self.cells["engaged"].dense("people").T)

    @cached_property
    def starts(self) -> Floats:
        """(G, C, U, lines, D) people starting each line."""
        return self.cells["staff"].dense("people")

    @cached_property
    def short_staff(self) -> Floats:
        """(U, G, T) people short."""
        cells = self.cells["short_staff"]
        short = np.zeros((len(self.case.units), len(self.case.staff), len(self.case.grid.period)))
        keys = cells.keys
        np.add.at(short, (keys["unit"], keys["staff"], keys["from"]), cells.figures["people"])
        return short

    @cached_property
    def owed(self) -> Floats:
        """(U, G, weeks) hours owed."""
        return self.cells["hours_owed"].dense("hours")

    @cached_property
    def changes(self) -> Floats:
        """(U, G, C, S, D) people off the published plan."""
        return self.cells["staff_changes"].dense("people")

    @cached_property
    def bay_changes(self) -> Floats:
        """(B, D) bays open or shut otherwise than published."""
        return self._by_bay("bays", "bay_changes")

    @cached_property
    def case_changes(self) -> Floats:
        """(K, D, D) elective cases not done on the day told, by the day booked and that day."""
        return self.cells["elective_changes"].dense("cases")

    @cached_property
    def held(self) -> Floats:
        """(V, U, P) devices at units."""
        return self._by_period("devices", "held")

    @cached_property
    def short_devices(self) -> Floats:
        """(V, U, P) devices short."""
        return self._by_period("devices", "short")

    @cached_property
    def stored(self) -> Floats:
        """(V, H, P) devices in stores."""
        return self._by_period("stores", "stored")

    @cached_property
    def rented(self) -> Floats:
        """(V, H, P) devices rented."""
        return self._by_period("stores", "rented")

    @cached_property
    def device_moves(self) -> DeviceMoves:
        """Devices moved."""
        cells = self.cells["device_moves"]
        keys = cells.keys
        return DeviceMoves(keys["device"], keys["from"], keys["to"], self._periods(cells), cells.figures["devices"])

    @cached_property
    def served(self) -> Floats:
        """(V, K, P) requests served."""
        return self._by_period("services", "served")

    @cached_property
    def backlog(self) -> Floats:
        """(V, K, P) requests waiting."""
        return self._by_period("services", "backlog")

    @cached_property
    def extra_slots(self) -> Floats:
        """(V, P) slots beyond the usual."""
        return self._by_period("extra_slots", "slots")

    def _by_period(self, table: str, figure: str) -> Floats:
        dense = self.cells[table].dense(figure)
        return dense.reshape(*dense.shape[:-2], self.case.grid.periods)

    def _periods(self, cells: Cells) -> Ints:
        return cells.keys["day"] * self.case.grid.periods_per_day + cells.keys["period"]

    def _by_bay(self, figure: str, table: str = "bays") -> Floats:
        dense = self.cells[table].dense(figure)
        rows = [dense[bay.unit, bay.number] for bay in self.bays]
        return np.array(rows, dtype=np.float64).reshape(len(self.bays), self.case.grid.days)
