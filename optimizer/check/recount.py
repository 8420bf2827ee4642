"""`Recount`: people duty by duty, from a plan's starts: who is at work, who is away, who covers which role when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from optimizer.check.needs import Wanted, count_needs, rows_of_needs
from optimizer.check.plan import Plan
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Bools, Floats, Ints, Line
from optimizer.scenario.staff import CONTRACTS, Contract

OWN: Final = CONTRACTS.index("own")
EMPLOYED: Final = [OWN, CONTRACTS.index("overtime")]
"""Contracts on which the hospital's own people work, who need their rest on either."""


@dataclass(frozen=True, slots=True, eq=False)
class Away:
    """Rows of duties away from home or in another role: (N,) numbers, people, what one is worth (nan: not allowed)."""

    staff: Ints
    home: Ints
    unit: Ints
    role: Ints
    duty: Ints
    day: Ints
    people: Floats
    worth: Floats


@dataclass(frozen=True, eq=False)
class Recount:
    """A plan, and what its decisions lead to duty by duty."""

    plan: Plan

    @property
    def case(self) -> Case:
        """The case planned for."""
        return self.plan.case

    @cached_property
    def blocks(self) -> tuple[tuple[int, Contract, tuple[Line, ...]], ...]:
        """(staff group, contract, lines that may be started) for every contract there is."""
        case = self.case
        return tuple((g, kind, case.lines(g, kind)) for g in range(len(case.staff)) for kind in case.contracts(g))

    @cached_property
    def _weighed(self) -> tuple[Floats, Floats, Floats]:
        shape = (len(self.case.staff), len(CONTRACTS), len(self.case.units), *self.case.grid.allowed.shape)
        heads, cover, paid = np.zeros((3, *shape))
        for group, contract, lines in self.blocks:
            at = group, CONTRACTS.index(contract)
            for line in lines:
                starts = self.plan.starts[at][:, self.plan.names.lines.index(line.name)]
                for entry in line.entries:
                    people = later(starts, entry.offset, cyclic=self.case.grid.cyclic)
                    heads[at][:, entry.duty] += people
                    cover[at][:, entry.duty] += people * entry.covers
                    paid[at][:, entry.duty] += people * entry.pays
        return heads, cover, paid

    @property
    def heads(self) -> Floats:
        """(G, C, U, S, D) people on each duty."""
        return self._weighed[0]

    @property
    def cover(self) -> Floats:
        """(G, C, U, S, D) the same, each counted as the cover given: less for those on call."""
        return self._weighed[1]

    @property
    def paid(self) -> Floats:
        """(G, C, U, S, D) the same, each counted as the pay drawn."""
        return self._weighed[2]

    @cached_property
    def away(self) -> Away:
        """Duties away from home, or in another role."""
        cells = self.plan.cells["on_duty"]
        staff, home, unit, role = (cells.keys[column] for column in ("staff", "home", "unit", "role"))
        kinds, which = np.unique(np.array([staff, home, unit, role]), axis=1, return_inverse=True)
        worth = np.array([worth_away(self.case, *(int(each) for each in kind)) for kind in kinds.T])
        each = worth[which.ravel()] if len(worth) else np.zeros(0)
        return Away(staff, home, unit, role, cells.keys["shift"], cells.keys["day"], cells.figures["people"], each)

    @cached_property
    def gone(self) -> Floats:
        """(G, U, S, D) people of each group and home who work a duty elsewhere or as something else."""
        away, gone = self.away, np.zeros((len(self.case.staff), len(self.case.units), *self.case.grid.allowed.shape))
        np.add.at(gone, (away.staff, away.home, away.duty, away.day), away.people)
        return gone

    @cached_property
    def on_duty(self) -> Floats:
        """(G, U, T) people who cover each role: booked, come from elsewhere or there before, not gone away."""
        away = self.away
        people = self.cover.sum(axis=1) - self.gone
        worth = np.nan_to_num(away.worth)
        np.add.at(people, (away.role, away.unit, away.duty, away.day), away.people * worth)
        covers = self.case.grid.covers
        duties = people.reshape(*people.shape[:2], len(covers) * covers.shape[1])
        flat = duties @ covers.reshape(-1, covers.shape[-1]).astype(np.float64)
        return np.asarray(flat) + self._there_before

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """Every need of the case, counted from the plan's patients."""
        return count_needs(self.plan, self.on_duty)

    @cached_property
    def need_rows(self) -> Ints:
        """For each need and interval asked, its row of the needs table (-1: none)."""
        return rows_of_needs(self.plan, self.wanted)

    @cached_property
    def team_heads(self) -> Floats:
        """(G, U) people of each team at work, nan where their number is not given."""
        case = self.case
        heads = [[case.heads(group, unit) for unit in range(len(case.units))] for group in range(len(case.staff))]
        return np.array(heads, dtype=np.float64).reshape(len(case.staff), len(case.units))

    def employed(self, group: int) -> Floats:
        """(U, S, D) the hospital's own people of a group on each duty, overtime among them."""
        return np.asarray(self.heads[group, EMPLOYED].sum(axis=0))

    def bookable(self, group: int, contract: Contract) -> Bools:
        """(U,) units at which people of the group may start duties on the contract."""
        case = self.case
        return np.array([case.may_be_booked(group, contract, unit) for unit in range(len(case.units))], dtype=np.bool_)

    def starts_of(self, group: int, contract: Contract, lines: tuple[Line, ...]) -> Floats:
        """(U, L, D) people starting each of the lines."""
        numbers = [self.plan.names.lines.index(line.name) for line in lines]
        return np.asarray(self.plan.starts[group, CONTRACTS.index(contract)][:, numbers])

    def by_week(self, people: Floats) -> Floats:
        """(..., S, D) as (..., weeks), summed over shifts and the days of each week."""
        return np.asarray(np.add.reduceat(people.sum(axis=-2), np.arange(0, self.case.grid.days, 7), axis=-1))

    @cached_property
    def week_shares(self) -> Floats:
        """(weeks,) the part of each week that lies in the horizon."""
        days = self.case.grid.days
        return np.array([min(7, days - 7 * week) / 7 for week in range(self.plan.names.weeks)])

    @cached_property
    def _there_before(self) -> Floats:
        there = np.zeros((len(self.case.staff), len(self.case.units), len(self.case.grid.period)))
        for group, unit, duty, people in last_night(self.case):
            there[group, unit] += people * self.case.grid.covers_before[duty]
        return there


def last_night(case: Case) -> Iterator[tuple[int, int, int, float]]:
    """(staff group, unit, duty type, people) who began a duty on the day before the horizon."""
    duties = [duty.name for duty in case.grid.duties]
    for duty in case.scenario.today.on_duty:
        yield case.staff.index(duty.staff), case.units.index(duty.unit), duties.index(duty.shift), duty.people


def later(people: Floats, days: int, *, cyclic: bool) -> Floats:
    """Figures by day (..., D) moved so many days on; what passes the end is dropped, or comes round in a cycle."""
    moved = np.roll(people, days, axis=-1)
    if not cyclic:
        moved[..., :days] = 0.0
    return moved


def worth_away(case: Case, staff: int, home: int, unit: int, role: int) -> float:
    """Share of a person that one of a home team is worth at a unit in a role; nan where that is not allowed."""
    group = case.group_of(staff)
    as_role = 1.0 if role == staff else group.can_work_as.get(case.staff[role], np.nan)
    if (staff, home) == (role, unit) or not case.may_be_booked(staff, "own", home):
        return float(np.nan)
    if unit == home:
        return float(as_role)
    routes = group.floating.routes.get(case.units[home], ()) if group.floating else ()
    same_site = case.site_of_unit[home] == case.site_of_unit[unit]
    allowed = bool(same_site) if routes == "any" else case.units[unit] in routes
    return float(as_role * group.floating.efficiency) if group.floating and allowed else float(np.nan)
