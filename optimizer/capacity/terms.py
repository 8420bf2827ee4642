"""Terms that several rules share: the column one step earlier, everybody on duty, everybody who works a duty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.layout import Layout, StaffColumns
from optimizer.expansion.case import Case
from optimizer.program import ABSENT, Floats, Ints, ProgramBuilder, Term
from optimizer.scenario.staff import Contract


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a rule works on: the case, where its columns stand, and the builder that takes its rows."""

    case: Case
    layout: Layout
    builder: ProgramBuilder


def earlier(columns: Ints, *, by: int = 1, cyclic: bool = False) -> Ints:
    """The columns `by` steps earlier along the last axis; ABSENT before the first, or the last ones in a cycle."""
    moved = np.roll(columns, by, axis=-1)
    if not cyclic:
        moved[..., :by] = ABSENT
    return moved


@dataclass(frozen=True, slots=True, eq=False)
class DutyTerms:
    """Columns (..., W) with coefficients of the same shape: people, by duty."""

    columns: Ints
    coefficients: Floats

    def at(self, units: list[int]) -> DutyTerms:
        """Of some units only."""
        return DutyTerms(self.columns[units], np.broadcast_to(self.coefficients, self.columns.shape)[units])

    def gather(self, duties: Ints, days: Ints) -> Term:
        """Summed over the duties (rows, A) and days (rows, A) listed for each row, -1 standing for none.

        The columns' leading axes come first in the result: (..., rows, A * W).
        """
        columns = self.columns[..., duties, days, :]
        columns = np.where((duties == ABSENT)[..., None], ABSENT, columns)
        coefficients = np.broadcast_to(self.coefficients, self.columns.shape)[..., duties, days, :]
        shape = (*columns.shape[:-2], columns.shape[-2] * columns.shape[-1])
        return Term(columns.reshape(shape), coefficients.reshape(shape))


def people(staff: StaffColumns, group: int, *contracts: Contract, counted: bool) -> DutyTerms:
    """(U, S, D, W): people of a group on each duty; `counted` weighs them by the cover they give, on call for less."""
    blocks = staff.on(group, *contracts)
    columns = np.concatenate([block.duty for block in blocks], axis=-1)
    shares = [block.covers if counted else (block.covers >= 0).astype(np.float64) for block in blocks]
    coefficients = np.concatenate(shares, axis=-1)[None, :, None, :]
    return DutyTerms(columns, np.broadcast_to(coefficients, columns.shape))


def present_staff(case: Case, staff: StaffColumns, role: int) -> DutyTerms:
    """(U, S, D, W): everybody who covers a role at a unit: booked there, come from elsewhere, less those gone away."""
    own = [
        DutyTerms(block.duty, np.broadcast_to(block.covers[None, :, None, :], block.duty.shape))
        for block in staff.on(role)
    ]
    arriving = [
        [at for at, f in enumerate(staff.flows) if f.unit == u and f.role == role] for u in range(len(case.units))
    ]
    leaving = [
        [at for at, f in enumerate(staff.flows) if f.home == u and f.staff == role] for u in range(len(case.units))
    ]
    efficiency = np.array([flow.efficiency for flow in staff.flows])
    parts = [
        *own,
        flow_terms(staff.away, arriving, efficiency),
        flow_terms(staff.away, leaving, -np.ones(len(efficiency))),
    ]
    return DutyTerms(
        np.concatenate([part.columns for part in parts], axis=-1),
        np.concatenate([part.coefficients for part in parts], axis=-1),
    )


def flow_terms(away: Ints, lists: list[list[int]], efficiency: Floats) -> DutyTerms:
    """Duties away along the flows of each list, as (lists, S, D, longest list)."""
    width = max((len(each) for each in lists), default=0)
    _, duties, days = away.shape
    columns = np.full((len(lists), duties, days, width), ABSENT, dtype=np.int32)
    coefficients = np.zeros(columns.shape)
    for unit, flows in enumerate(lists):
        for at, flow in enumerate(flows):
            columns[unit, ..., at] = away[flow]
            coefficients[unit, ..., at] = efficiency[flow]
    return DutyTerms(columns, coefficients)


def working_in_intervals(case: Case) -> tuple[Ints, Ints]:
    """(T, A) duty types and (T, A) their start days at work in each interval; -1 fills up."""
    found = [
        np.argwhere(case.grid.covers[:, :, interval]).astype(np.int64) for interval in range(len(case.grid.period))
    ]
    return padded(found)


def padded(found: list[NDArray[np.int64]]) -> tuple[Ints, Ints]:
    """Lists of (duty, day) pairs as two arrays (rows, longest list), filled up with -1."""
    width = max((len(each) for each in found), default=0)
    pairs = np.full((2, len(found), width), ABSENT, dtype=np.int32)
    for row, each in enumerate(found):
        pairs[0, row, : len(each)], pairs[1, row, : len(each)] = each[:, 0], each[:, 1]
    return pairs[0], pairs[1]
