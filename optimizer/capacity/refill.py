"""The way back from a plan's tables to its program: the value of every column, and the program with them fixed.

What explains a plan starts here: its own decisions as a starting point, and the linear program that is left once its
whole numbers stay as they are, whose prices mean something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.layout import BedColumns, ChangeColumns, DeviceColumns, PatientColumns, StaffColumns
from optimizer.capacity.patients import by_delay
from optimizer.check.names import Names
from optimizer.check.plan import Plan
from optimizer.check.reading import read
from optimizer.expansion.case import Case
from optimizer.expansion.needs import whole_people
from optimizer.program import ABSENT, Floats, Ints, Program
from optimizer.scenario.staff import CONTRACTS
from optimizer.tables import Table

_FRACTION = 1e-6


def values_of(case: Case, built: Built, tables: Mapping[str, Table]) -> Floats:
    """(n,) the value of every column, as a plan's tables tell it (to six decimals); 0 where they say nothing."""
    names = Names(case)
    filling = _Filling(Plan(case, names, *read(names, tables)), np.zeros(built.program.shape[1]))
    filling.patients(built.layout.patients)
    filling.beds(built.layout.beds)
    filling.staff(built.layout.staff)
    filling.devices(built.layout.devices)
    filling.changes(built.layout.changes)
    filling.put(built.layout.choices.engaged, filling.plan.engaged)
    return np.clip(filling.values, built.program.lower, built.program.upper)


def with_whole_fixed(program: Program, values: Floats) -> Program:
    """The linear program left when every whole column keeps its value of `values` (n,)."""
    fixed = np.round(values)
    return replace(
        program,
        lower=np.where(program.integer, fixed, program.lower),
        upper=np.where(program.integer, fixed, program.upper),
        integer=np.zeros_like(program.integer),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Filling:
    """A plan's decisions on their way into `values` (n,)."""

    plan: Plan
    values: Floats

    def put(self, columns: Ints, figures: Floats) -> None:
        """Write figures (in the shape of `columns`) where there is a column."""
        there = columns != ABSENT
        self.values[columns[there]] = np.broadcast_to(figures, columns.shape)[there]

    def patients(self, into: PatientColumns) -> None:
        """Where patients are, and the elective list."""
        plan = self.plan
        self.put(into.waiting, plan.waiting)
        self.put(into.diverted, plan.diverted)
        self.put(into.admitted, plan.admitted)
        self.put(into.present, plan.present)
        self._moves(into)
        days = np.arange(into.treated.shape[1])
        for delay in range(into.treated.shape[2]):
            done = np.minimum(days + delay, len(days) - 1)
            self.put(into.treated[:, :, delay], plan.treated[:, days, done])
        self.put(into.cancelled, plan.cancelled)
        self.put(into.left, plan.left)
        per_day = plan.waiting.reshape(len(plan.waiting), plan.case.grid.days, plan.case.grid.periods_per_day)
        self.put(into.over, np.asarray((per_day > _FRACTION).any(axis=(0, 2)), dtype=np.float64))

    def _moves(self, into: PatientColumns) -> None:
        at = {(route.group, route.origin, route.target): row for row, route in enumerate(into.routes)}
        moves = self.plan.moves
        for group, origin, target, period, patients in zip(
            moves.group, moves.origin, moves.target, moves.period, moves.patients, strict=True
        ):
            row = at.get((int(group), int(origin), int(target)))
            if row is not None:
                self.put(into.moved[row, period], np.asarray(patients))

    def beds(self, into: BedColumns) -> None:
        """Bays, units that open with them, and beds beyond."""
        self.put(into.open, self.plan.open)
        self.put(into.opening, self.plan.opening)
        opened = np.zeros(into.unit_open.shape)
        for bay, days in zip(into.bays, self.plan.open, strict=True):
            opened[bay.unit] = np.maximum(opened[bay.unit], days)
        self.put(into.unit_open, opened)
        self.put(into.overflow, self.plan.overflow)

    def staff(self, into: StaffColumns) -> None:
        """People at work, away, short and owed hours."""
        plan, case = self.plan, self.plan.case
        lines = {name: at for at, name in enumerate(plan.names.lines)}
        for block in into.working:
            rows = [lines[line.name] for line in block.lines]
            self.put(block.starts, plan.starts[block.staff, CONTRACTS.index(block.contract)][:, rows])
        people = plan.cells["on_duty"].dense("people")
        for at, flow in enumerate(into.flows):
            self.put(into.away[at], people[flow.staff, flow.home, flow.unit, flow.role])
        self.put(into.short, plan.short_staff)
        for at, need in enumerate(case.needs):
            self.put(into.needed[at], whole_people(need, self._driven(at)))
        self.put(into.owed, plan.owed)

    def _driven(self, at: int) -> Floats:
        """(T,) people that need `at` asks for by its patients."""
        case = self.plan.case
        need = case.needs[at]
        here = self.plan.present[:, need.unit]
        if case.scenario.boarded_need_care:
            here = here + self.plan.waiting * (case.holding == need.unit)[:, None]
        return np.asarray((need.per_patient * here[:, case.grid.period] * case.factors).sum(axis=0))

    def changes(self, into: ChangeColumns) -> None:
        """What differs from the published plan."""
        self.put(into.staff, self.plan.changes)
        self.put(into.bays, self.plan.bay_changes)
        self.put(into.cases, by_delay(self.plan.case_changes, into.cases.shape[-1]))

    def devices(self, into: DeviceColumns) -> None:
        """Devices where they are, on their way, rented, short, and slots."""
        plan = self.plan
        for columns, figures in (
            (into.held, plan.held), (into.stored, plan.stored), (into.rented, plan.rented),
            (into.short, plan.short_devices), (into.served, plan.served), (into.backlog, plan.backlog),
            (into.extra, plan.extra_slots),
        ):  # fmt: skip
            self.put(columns, figures)
        self._device_moves(into)

    def _device_moves(self, into: DeviceColumns) -> None:
        """Places are numbered units first, then sites."""
        units, moves = len(self.plan.case.units), self.plan.device_moves
        for kind, origin, target, period, devices in zip(
            moves.kind, moves.origin, moves.target, moves.period, moves.devices, strict=True
        ):
            if origin >= units and target >= units:
                self.put(into.shipped[kind, origin - units, target - units, period], np.asarray(devices))
            elif origin >= units:
                self.put(into.sent[kind, target, period], np.asarray(devices))
            else:
                self.put(into.returned[kind, origin, period], np.asarray(devices))
