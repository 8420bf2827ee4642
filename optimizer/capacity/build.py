"""From a case to its program: columns block by block, then every rule in `RULES`."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.capacity.beds import add_bed_columns
from optimizer.capacity.changes import add_change_columns
from optimizer.capacity.choices import add_choice_columns
from optimizer.capacity.devices import add_device_columns
from optimizer.capacity.layout import Columns, Layout
from optimizer.capacity.patients import add_patient_columns
from optimizer.capacity.rules import RULES
from optimizer.capacity.staff import add_staff_columns
from optimizer.capacity.terms import Rows
from optimizer.expansion.case import Case
from optimizer.program import Program, ProgramBuilder


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A program with the layout that reads its solution back."""

    program: Program
    layout: Layout


def build(case: Case) -> Built:
    """The capacity program of a case: least cost of what decisions change, subject to every rule."""
    builder = ProgramBuilder()
    columns = Columns(case, builder)
    patients, beds = add_patient_columns(columns), add_bed_columns(columns)
    staff, changes = add_staff_columns(columns), add_change_columns(columns, patients)
    devices = add_device_columns(columns)
    choices = add_choice_columns(columns)
    layout = Layout(patients, beds, staff, devices, changes, choices, tuple(columns.ledger))
    rows = Rows(case, layout, builder)
    for rule in RULES:
        rule.add(rows)
    return Built(builder.build(), layout)
