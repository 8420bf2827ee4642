"""What is published, as arrays that program and check share: people, bays and elective cases as they were told.

U units, G staff groups, C contracts (in the order of `CONTRACTS`), S duty types, D days, B bays, K patient groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from optimizer.expansion.beds import shut_bays
from optimizer.expansion.demand import elective_days
from optimizer.expansion.grid import Bools, Floats, Grid, Line
from optimizer.scenario.goals import changes_are_counted
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import CONTRACTS, Contract
from optimizer.scenario.today import Published, PublishedShift

if TYPE_CHECKING:
    from optimizer.expansion.case import Case


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """The published plan less those who are absent.

    `people` (U, G, C, S, D) published people who do come; `bays` (B, D) 1 where a bay is told to be open and can be;
    `cases` (K, D, D) elective cases by the day booked and the day told: None where those are not published. `counted`
    (C,) and `days` (D,) are the contracts and days on which changes count, `locked` (D,) the days on which none may be.
    `unpriced` where changes are a goal and count one each; else only those count that have a price.
    """

    terms: Published
    people: Floats
    bays: Floats | None
    cases: Floats | None
    counted: Bools
    days: Bools
    locked: Bools
    unpriced: bool = False

    @property
    def counts_shifts(self) -> bool:
        """Whether people more or fewer on a shift are counted as changes."""
        return self.unpriced or self.terms.change_cost_per_shift > 0

    @property
    def counts_bays(self) -> bool:
        """Whether bays open or shut otherwise are."""
        return self.bays is not None and (self.unpriced or self.terms.change_cost_per_bay_day > 0)

    @property
    def counts_cases(self) -> bool:
        """Whether cases off their day are."""
        return self.cases is not None and (self.unpriced or self.terms.change_cost_per_case > 0)


def told(case: Case) -> Told | None:
    """What the case's scenario has published; None where nothing is."""
    terms = case.scenario.today.published
    if terms is None:
        return None
    days = np.arange(case.grid.days)
    before = 0 if terms.locked_before is None else (terms.locked_before - case.grid.first_day).days
    return Told(
        terms,
        np.maximum(_people(case, terms) - case.absent, 0.0),
        None if terms.bays is None else _bays(case, terms),
        None if terms.cases is None else _cases(case, terms, days < before),
        np.array([contract in terms.contracts for contract in CONTRACTS], dtype=np.bool_),
        days < case.grid.committed_days,
        days < before,
        changes_are_counted(case.scenario),
    )


def absent(case: Case) -> Floats:
    """(U, G, C, S, D) people who would have worked a duty and do not come."""
    found = _nobody(case)
    for staff, group in enumerate(case.scenario.staff.values()):
        for each in group.absences:
            day = _number(case.grid, each.day)
            if day is not None:
                cell = case.units.index(each.unit), staff, CONTRACTS.index(each.contract)
                found[(*cell, _duty(case.grid, each.shift), day)] += each.people
    return found


def absent_employed(case: Case, staff: int) -> Floats:
    """(U, S, D) the hospital's own people of a group who do not come to a duty, on either contract they work on."""
    kinds = [CONTRACTS.index("own"), CONTRACTS.index("overtime")]
    return np.asarray(case.absent[:, staff, kinds].sum(axis=1))


def absent_shifts(case: Case, staff: int) -> Floats:
    """(U, weeks) own duties to which people do not come; they count as worked."""
    return _by_week(case.absent[:, staff, CONTRACTS.index("own")])


def absent_hours(case: Case, staff: int) -> Floats:
    """(U, weeks) own hours inside the contract of those who do not come."""
    hours = np.array([duty.base_minutes / 60.0 for duty in case.grid.duties])
    return _by_week(case.absent[:, staff, CONTRACTS.index("own")] * hours[:, None])


def _by_week(figures: Floats) -> Floats:
    """(U, S, D) summed over shifts and the days of each week."""
    return np.asarray(np.add.reduceat(figures.sum(axis=1), np.arange(0, figures.shape[-1], 7), axis=-1))


def told_starts(case: Case, staff: int, contract: Contract, lines: tuple[Line, ...]) -> Floats:
    """(U, L, D) people of a group told to start each line on a contract, less those absent."""
    published = case.told
    starts = np.zeros((len(case.units), len(lines), case.grid.days))
    if published is None:
        return starts
    patterns = {line.name: row for row, line in enumerate(lines) if line.name in case.scenario.patterns}
    for row, line in enumerate(lines):
        if line.name not in patterns:
            starts[:, row] = published.people[:, staff, CONTRACTS.index(contract), line.entries[0].duty]
    for day, shift in _of_group(case, published.terms, staff):
        if shift.shift in patterns and shift.contract == contract:
            starts[case.units.index(shift.unit), patterns[shift.shift], day] += shift.people
    return starts


def bay_names(scenario: Scenario) -> list[tuple[str, int]]:
    """(unit, bay number from 0) of every escalation bay, in the order of program and check."""
    units = scenario.units.items()
    return [(name, at) for name, unit in units if unit.escalation for at in range(len(unit.escalation.bays))]


def _nobody(case: Case) -> Floats:
    grid = case.grid
    return np.zeros((len(case.units), len(case.staff), len(CONTRACTS), len(grid.duties), grid.days))


def _people(case: Case, terms: Published) -> Floats:
    """A pattern's people are on each of its duties."""
    found, grid = _nobody(case), case.grid
    duties = {duty.name: at for at, duty in enumerate(grid.duties)}
    for staff in range(len(case.staff)):
        lines = {line.name: line for line in case.lines(staff, "own") if line.name in case.scenario.patterns}
        for day, shift in _of_group(case, terms, staff):
            cell = case.units.index(shift.unit), staff, CONTRACTS.index(shift.contract)
            if shift.shift in duties:
                found[(*cell, duties[shift.shift], day)] += shift.people
            elif shift.shift in lines:
                for entry in lines[shift.shift].entries:
                    if day + entry.offset < grid.days:
                        found[(*cell, entry.duty, day + entry.offset)] += shift.people
    return found


def _of_group(case: Case, terms: Published, staff: int) -> Iterator[tuple[int, PublishedShift]]:
    """(day, what is published) of one staff group on the days of the grid."""
    for shift in terms.shifts:
        day = _number(case.grid, shift.day)
        if shift.staff == case.staff[staff] and day is not None:
            yield day, shift


def _bays(case: Case, terms: Published) -> Floats:
    names = bay_names(case.scenario)
    found = np.zeros((len(names), case.grid.days))
    for bay in terms.bays or ():
        day = _number(case.grid, bay.day)
        if day is not None:
            found[names.index((bay.unit, bay.bay - 1)), day] = 1.0
    return found * ~shut_bays(case.scenario, case.grid)


def _cases(case: Case, terms: Published, locked: Bools) -> Floats:
    """A list called off on a locked day is not done."""
    found = np.zeros((len(case.groups), case.grid.days, case.grid.days))
    for each in terms.cases or ():
        booked, done = _number(case.grid, each.booked), _number(case.grid, each.done)
        if booked is not None and done is not None:
            found[case.groups.index(each.group), booked, done] += each.cases
    called_off = ~elective_days(case.scenario, case.grid)[:, None, :] & locked
    return np.asarray(found * ~called_off)


def _number(grid: Grid, day: date) -> int | None:
    number = (day - grid.first_day).days
    return number if 0 <= number < grid.days else None


def _duty(grid: Grid, name: str) -> int:
    return next(at for at, duty in enumerate(grid.duties) if duty.name == name)
