"""Which decisions come before what nobody knows yet: the split of a capacity program by notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.expansion.choices import may_close
from optimizer.program import ABSENT, Bools, Floats, Ints
from optimizer.scenario.uncertainty import Uncertainty

DAY: Final = timedelta(days=1)

Noticed = tuple[Ints, timedelta]
"""Columns of the program and the notice at which they are decided."""


def decided_before_known(case: Case, built: Built, terms: Uncertainty) -> Bools:
    """(n,) whether each column is decided before its day's demand is known, so the same whatever comes.

    The rule: a lever whose notice is longer than demand is known ahead is decided first; whatever has no notice, and
    whatever only follows from demand (where patients are, who is short), is decided when it is known.
    """
    return np.asarray(notice_of_columns(case, built, terms) > terms.known_ahead / DAY)


def notice_of_columns(case: Case, built: Built, terms: Uncertainty) -> Floats:
    """(n,) days of notice of each column; 0 for what follows from demand."""
    found = np.zeros(len(built.program.cost))
    for levers in (_beds, _electives, _staff, _floats, _devices, _transfers, _choices):
        for columns, notice in levers(case, built, terms):
            found[columns[columns != ABSENT]] = notice / DAY
    return found


def _beds(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Bays by their own notice; a unit that opens with them, by theirs."""
    del terms
    beds = built.layout.beds
    for at, bay in enumerate(beds.bays):
        yield beds.open[at], bay.terms.notice
        yield beds.opening[at], bay.terms.notice
    for unit in range(len(case.units)):
        notices = [bay.terms.notice for bay in beds.bays if bay.unit == unit]
        if notices:
            yield beds.unit_open[unit], min(notices)


def _electives(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """The elective list: patients are told their day."""
    del case
    patients = built.layout.patients
    for columns in (patients.treated, patients.cancelled, patients.left):
        yield columns, terms.notice.elective_list


def _staff(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Own shifts by their group's notice, or the usual one where it says none; the others by their contract's."""
    staff = built.layout.staff
    for block in staff.working:
        group = case.group_of(block.staff)
        contract = group.temporary(block.contract)
        own = group.notice if "notice" in group.model_fields_set else terms.notice.own_shifts
        yield block.starts, own if contract is None else contract.notice
        if contract is None:
            yield staff.owed[:, block.staff], own


def _floats(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Duties away from home by the float's notice; a lower role at home is taken up on the day."""
    del terms
    staff = built.layout.staff
    for at, flow in enumerate(staff.flows):
        floating = case.group_of(flow.staff).floating
        if floating is not None and flow.unit != flow.home:
            yield staff.away[at], floating.notice


def _choices(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Wards to close, with what opens where nobody closes them, and people to engage."""
    choices = built.layout.choices
    yield choices.closing.reshape(-1), terms.notice.closures
    yield choices.engaged.reshape(-1), terms.notice.closures
    yield built.layout.beds.unit_open[may_close(case.scenario, case.grid)], terms.notice.closures


def _devices(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Rented devices by the notice of their rent."""
    del terms
    for at, kind in enumerate(case.scenario.devices.values()):
        if kind.rent is not None:
            yield built.layout.devices.rented[at], kind.rent.notice


def _transfers(case: Case, built: Built, terms: Uncertainty) -> Iterator[Noticed]:
    """Patients moved to other sites, by the notice that transfers are given."""
    del case
    patients = built.layout.patients
    for at, route in enumerate(patients.routes):
        if route.between_sites:
            yield patients.moved[at], terms.notice.transfers
