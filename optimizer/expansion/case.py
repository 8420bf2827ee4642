"""`Case`: a scenario with its demand, expanded once; the program is built and the check recounts from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from optimizer.expansion.beds import base_beds, open_by_bay
from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Bools, Floats, Grid, Ints, Line, make_lines
from optimizer.expansion.needs import Need, hour_factors, make_needs
from optimizer.expansion.pay import DutyPay, duty_pay
from optimizer.expansion.published import Told, absent, told
from optimizer.expansion.roads import kilometres
from optimizer.scenario.choices import Engage
from optimizer.scenario.crosscheck import site_names, unit_names
from optimizer.scenario.locked import LockedPeople
from optimizer.scenario.model import Scenario
from optimizer.scenario.staff import CONTRACTS, Contract, StaffGroup, Team


@dataclass(frozen=True, eq=False)
class Case:
    """K groups, U units, G staff groups, D days, P periods, T intervals; every array below is derived, never stored."""

    scenario: Scenario
    grid: Grid
    demand: Demand

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """Site names."""
        return site_names(self.scenario)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Unit names."""
        return unit_names(self.scenario)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Patient group names."""
        return tuple(self.scenario.patients)

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """Staff group names."""
        return tuple(self.scenario.staff)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every need for people."""
        return make_needs(self.scenario, self.grid)

    @cached_property
    def factors(self) -> Floats:
        """(K, T) patients in an interval over the day's figure."""
        return hour_factors(self.scenario, self.grid)

    @cached_property
    def peaks(self) -> Floats:
        """(K, P) the largest such factor of each period: what beds must hold."""
        peaks = np.zeros((len(self.groups), self.grid.periods))
        np.maximum.at(peaks.T, self.grid.period, self.factors.T)
        return peaks

    @cached_property
    def kilometres(self) -> Floats:
        """(H, H) km between two sites that patients and devices may be moved between; NaN where they may not."""
        return kilometres(self.scenario, self.sites)

    @cached_property
    def site_of_unit(self) -> Ints:
        """(U,) site number of each unit."""
        units = [self.scenario.units[name].site for name in self.scenario.units] or [None]
        return np.array([self.sites.index(name) if name else 0 for name in units])

    @cached_property
    def site_of_group(self) -> Ints:
        """(K,) site at which each patient group arrives."""
        sites = [group.site for group in self.scenario.patients.values()]
        return np.array([self.sites.index(name) if name else 0 for name in sites], dtype=np.int64)

    @cached_property
    def at_home(self) -> Bools:
        """(K, U) whether the unit is a home of the group."""
        return self._pairs(lambda group, unit: group in self.scenario.units[unit].cares_for)

    @cached_property
    def can_care(self) -> Bools:
        """(K, U) whether the unit may hold patients of the group, home or as outliers."""
        outliers = self._pairs(lambda group, unit: unit in self.scenario.patients[group].outlies_in)
        return self.at_home | outliers

    @cached_property
    def outlying(self) -> Floats:
        """(K, U) currency a day for a patient of the group at the unit; nothing at home."""
        groups = self.scenario.patients.values()
        prices = np.array([[group.outlying_at(unit) for unit in self.units] for group in groups])
        return np.where(self.at_home, 0.0, prices.reshape(self.at_home.shape))

    @cached_property
    def holding(self) -> Ints:
        """(K,) unit whose team looks after the group's boarded patients; -1 for none."""
        held = []
        for row, group in enumerate(self.scenario.patients.values()):
            homes = np.flatnonzero(self.can_care[row] if not self.at_home[row].any() else self.at_home[row])
            held.append(self.units.index(group.holding) if group.holding else int(homes[0]) if len(homes) else -1)
        return np.array(held, dtype=np.int64)

    @cached_property
    def base_beds(self) -> Floats:
        """(U, D) beds open without escalation, closures taken off."""
        return base_beds(self.scenario, self.grid)

    @cached_property
    def opens_by_bay(self) -> Bools:
        """(U, D) units that are open only where an escalation bay is."""
        return open_by_bay(self.scenario, self.grid)

    @cached_property
    def census(self) -> Floats:
        """(K, P) patients present anywhere if nobody is diverted and every elective case comes on its day."""
        return self.demand.census

    @cached_property
    def most_present(self) -> Floats:
        """(K,) more patients than can ever be present at once: a bound, rounded up."""
        booked = self.demand.cases.sum(axis=1)
        return np.asarray(np.ceil(self.census.max(axis=1, initial=0.0) + booked) + 1.0)

    @cached_property
    def most_needed(self) -> Floats:
        """(N,) more people than each need can ask for in any interval, rounded up."""
        most = self.most_present[:, None]
        peaks = [(need.per_patient * self.factors * most).sum(axis=0).max(initial=0.0) for need in self.needs]
        least = [(need.least + need.least_if_open).max(initial=0.0) for need in self.needs]
        asked = np.asarray(np.ceil(peaks) + np.ceil(least))
        mixed = np.array([need.rule == "skill mix" for need in self.needs], dtype=np.bool_)
        share = np.array([min(need.share, 0.999) for need in self.needs])
        return np.where(mixed, (asked.sum() + self._anybody) * (1.0 + share / (1.0 - share)), asked)

    @property
    def _anybody(self) -> float:
        """More people than can be on duty unasked: every head of every team, everybody published, everybody locked."""
        pairs = [(staff, unit) for staff in range(len(self.staff)) for unit in range(len(self.units))]
        heads = sum(self.heads(*pair) or 0.0 for pair in pairs)
        published = self.scenario.today.published.shifts if self.scenario.today.published else ()
        return float(np.ceil(heads + sum(shift.people for shift in published) + sum(self.locked_people)))

    @cached_property
    def locked_people(self) -> tuple[float, ...]:
        """The least number of people that each locked cell of staff asks for."""
        return tuple(cell.bounds[0] for cell in self.scenario.locked if isinstance(cell, LockedPeople))

    @cached_property
    def absent(self) -> Floats:
        """(U, G, C, S, D) people who would have worked a duty and do not come."""
        return absent(self)

    @cached_property
    def told(self) -> Told | None:
        """What is published; None where nothing is."""
        return told(self)

    @cached_property
    def wanted(self) -> frozenset[tuple[int, int]]:
        """(unit, staff group) pairs that any need names."""
        return frozenset((need.unit, need.staff) for need in self.needs)

    @cached_property
    def pay(self) -> tuple[DutyPay, ...]:
        """What duties cost, by staff group."""
        return tuple(duty_pay(self.scenario, self.grid, group) for group in self.scenario.staff.values())

    def lines(self, staff: int, contract: Contract) -> tuple[Line, ...]:
        """Lines a staff group may start on a contract: patterns hold for own staff, others work single shifts."""
        group = self.scenario.staff[self.staff[staff]]
        named = {name: self.scenario.patterns[name] for name in group.patterns} if contract == "own" else {}
        return make_lines(self.grid, named, group.shifts)

    def contracts(self, staff: int) -> tuple[Contract, ...]:
        """Contracts the staff group has."""
        group = self.scenario.staff[self.staff[staff]]
        has_own = group.own is not None or group.engages_freely
        return tuple(kind for kind in CONTRACTS if (has_own if kind == "own" else group.temporary(kind) is not None))

    @cached_property
    def teams(self) -> dict[tuple[int, int], Team]:
        """Own people by (staff group, home unit)."""
        found = {}
        for staff in range(len(self.staff)):
            for unit, team in self.group_of(staff).teams(self.units).items():
                found[staff, self.units.index(unit)] = team
        return found

    def team(self, staff: int, unit: int) -> Team | None:
        """Own people of a staff group whose home is the unit; None where there are none or they are unlimited."""
        return self.teams.get((staff, unit))

    def may_be_booked(self, staff: int, contract: Contract, unit: int) -> bool:
        """Whether people of the group may start duties at the unit on the contract."""
        group = self.scenario.staff[self.staff[staff]]
        if contract == "own":
            return group.engages_freely or self.team(staff, unit) is not None
        terms = group.temporary(contract)
        if terms is None:
            return False
        if contract == "overtime":
            return self.team(staff, unit) is not None and (not terms.units or self.units[unit] in terms.units)
        return self.units[unit] in terms.units if terms.units else (unit, staff) in self.wanted

    def heads(self, staff: int, unit: int) -> float | None:
        """People at work of the team, net of headroom; None where their number is not given."""
        team = self.team(staff, unit)
        if team is None or team.people is None:
            return None
        engaged = team.engage.at_least if team.engage is not None else 0
        return (team.people + engaged) * self.group_of(staff).worked_share

    def engage(self, staff: int, unit: int) -> Engage | None:
        """On what terms the team may have more people; None where it may not."""
        team = self.team(staff, unit)
        return team.engage if team is not None else None

    def may_be_engaged(self, staff: int, unit: int) -> float:
        """More people at work of the team, beside those who are, net of headroom, that may be engaged."""
        terms = self.engage(staff, unit)
        return (terms.at_most - terms.at_least) * self.group_of(staff).worked_share if terms is not None else 0.0

    def group_of(self, staff: int) -> StaffGroup:
        """The staff group of that number."""
        return self.scenario.staff[self.staff[staff]]

    def _pairs(self, holds: Callable[[str, str], bool]) -> Bools:
        """(K, U) whether it holds of a group and a unit; false throughout where the scenario names no units."""
        cells = [[holds(group, unit) for unit in self.units] for group in self.groups if self.scenario.units]
        empty = np.zeros((len(self.groups), len(self.units)), dtype=np.bool_)
        return np.array(cells, dtype=np.bool_).reshape(empty.shape) if self.scenario.units else empty
