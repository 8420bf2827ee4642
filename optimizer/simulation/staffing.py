"""People in many draws: who was booked and comes, who is asked for when more are needed, who helps out elsewhere.

What was rostered stays. Bank and agency come by chance, each person asked for at the fill rate. As patients differ from
the plan, more are asked for at each contract's notice, bank first, for the patients expected then: those planned for
and what is left of today's surplus. On the day own people with nothing to do at home help where somebody lacks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.expansion.grid import Floats, Ints
from optimizer.simulation.coming import whole_by_chance
from optimizer.simulation.flow import Patients
from optimizer.simulation.needs import lacking, needed
from optimizer.simulation.stage import BOOKED, Booked, Route, Stage, looked_after

LASTS: Final = 0.9
"""Share of a surplus of patients that is still there a day later, at least: more come where more came."""

_HALF: Final = 0.5
_FITS: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Staffed:
    """R draws: people `wanted`, `there` and `short` (R, U, G, T), and currency (R,) by item of what chance changed.

    `asked` (R,) counts people asked for beyond the plan, of bank and agency.
    """

    wanted: Floats
    there: Floats
    short: Floats
    money: dict[str, Floats]
    asked: Floats


def play_staff(stage: Stage, patients: Patients, rng: np.random.Generator) -> Staffed:
    """Staff every committed interval of every draw."""
    tended = looked_after(stage.case, patients.present, patients.waiting)
    rota = _Rota.at_start(stage, needed(stage, tended))
    for contract in BOOKED:
        rota.book(contract, rng)
    for contract in BOOKED:
        rota.ask(contract, tended, rng)
    for route in stage.routes:
        rota.lend(route)
    return Staffed(rota.wanted, rota.there, lacking(stage, rota.wanted, rota.there), rota.money, rota.asked)


@dataclass(slots=True, eq=False)
class _Rota:
    """What is there so far: `there` and `wanted` (R, U, G, T), `home` (R, G, U, S, D) own people still at home."""

    stage: Stage
    wanted: Floats
    there: Floats
    home: Floats
    asked: Floats
    money: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def at_start(cls, stage: Stage, wanted: Floats) -> _Rota:
        """Own people as they were rostered."""
        draws, days = len(wanted), stage.case.grid.committed_days
        there = np.broadcast_to(stage.rostered[:, :, : stage.intervals], wanted.shape).copy()
        home = stage.own_at_home[..., :days]
        return cls(stage, wanted, there, np.broadcast_to(home, (draws, *home.shape)).copy(), np.zeros(draws))

    @property
    def _days(self) -> int:
        return self.stage.case.grid.committed_days

    def _covered(self, duty: int, day: int) -> Floats:
        """(T,) intervals in which a duty works, cut at the committed days' end."""
        return np.asarray(self.stage.case.grid.covers[duty, day, : self.stage.intervals].astype(np.float64))

    def _pay(self, contract: str, money: Floats) -> None:
        self.money[f"staff.{contract}"] = self.money.get(f"staff.{contract}", np.zeros(len(self.asked))) + money

    def book(self, contract: Booked, rng: np.random.Generator) -> None:
        """Those whom the plan counts on: more are asked for than come, each comes at the fill rate."""
        case, covers = self.stage.case, self.stage.case.grid.covers[:, : self._days, : self.stage.intervals]
        for staff in range(len(case.staff)):
            terms = case.group_of(staff).temporary(contract)
            if terms is not None:
                planned = self.stage.booked(contract)[staff][..., : self._days]
                asked = np.broadcast_to(planned / terms.fill_rate, (len(self.asked), *planned.shape))
                come = _come(asked, terms.fill_rate, rng)
                self.there[:, :, staff] += np.einsum("rusd,sdt->rut", come, covers.astype(np.float64))
                self._pay(contract, (come * self.stage.price_of(contract, staff)[:, : self._days]).sum(axis=(1, 2, 3)))

    def ask(self, contract: Booked, tended: Floats, rng: np.random.Generator) -> None:
        """More of bank or agency than planned, as far ahead as they must be asked."""
        case = self.stage.case
        for staff in range(len(case.staff)):
            terms = case.group_of(staff).temporary(contract)
            if terms is None:
                continue
            ahead = math.ceil(terms.notice / timedelta(days=1))
            wanted = needed(self.stage, expected_patients(self.stage, tended, ahead))
            room = _Room.of(self.stage, contract, staff, len(self.asked))
            may = np.array([case.may_be_booked(staff, contract, unit) for unit in range(len(case.units))])
            for day in range(ahead, self._days):
                for duty in range(len(case.grid.duties)):
                    if case.grid.allowed[duty, day]:
                        asking = _Asking(contract, staff, duty, day, terms.fill_rate)
                        self._ask_for(asking, wanted[:, :, staff] * may[:, None], room, rng)

    def _ask_for(self, asking: _Asking, wanted: Floats, room: _Room, rng: np.random.Generator) -> None:
        """One duty of one day at every unit, as long as there is room under the contract's limits."""
        stage, staff = self.stage, asking.staff
        covered = self._covered(asking.duty, asking.day) * stage.case.grid.hours[: stage.intervals]
        if not covered.any():
            return
        lack = np.maximum(wanted - self.there[:, :, staff], 0.0)
        price = stage.price_of(asking.contract, staff)[asking.duty, asking.day]
        worth = (np.minimum(lack, 1.0) * stage.short_price[:, staff, : stage.intervals]) @ covered
        people = np.where(worth > price, np.floor(lack @ covered / covered.sum() + _HALF), 0.0)
        asked = room.take(np.round(people / asking.fill_rate), asking.day // 7)
        come = rng.binomial(asked.astype(np.int64), asking.fill_rate).astype(np.float64)
        self.there[:, :, staff] += come[:, :, None] * self._covered(asking.duty, asking.day)
        self.asked += asked.sum(axis=1)
        self._pay(asking.contract, come.sum(axis=1) * price)

    def lend(self, route: Route) -> None:
        """Own people who are not needed at home go where somebody lacks, duty by duty."""
        for duty in range(len(self.stage.case.grid.duties)):
            for day in range(self._days):
                own = self.home[:, route.staff, route.home, duty, day]
                at = np.flatnonzero(self._covered(duty, day))
                if len(at) and own.any():
                    self._lend_for(route, own, at)

    def _lend_for(self, route: Route, own: Floats, at: Ints) -> None:
        """One duty, which works in the intervals `at`: whole people, as many as are spare and lacked."""
        home = (slice(None), route.home, route.staff, at)
        away = (slice(None), route.unit, route.role, at)
        spare = (self.there[home] - self.wanted[home]).min(axis=1)
        lack = (self.wanted[away] - self.there[away]).max(axis=1) / route.worth
        sent = np.maximum(np.minimum(np.floor(np.minimum(spare, own) + _FITS), np.ceil(lack - _FITS)), 0.0)
        own -= sent
        self.there[home] -= sent[:, None]
        self.there[away] += (sent * route.worth)[:, None]
        self._pay("float", sent * route.price)


@dataclass(frozen=True, slots=True)
class _Asking:
    """People of a staff group asked for on a contract, for one duty of one day."""

    contract: Booked
    staff: int
    duty: int
    day: int
    fill_rate: float


@dataclass(slots=True, eq=False)
class _Room:
    """How many more shifts may be asked for: `left` (R, weeks), and at most `each` at one unit in one shift."""

    left: Floats
    each: float

    @classmethod
    def of(cls, stage: Stage, contract: Booked, staff: int, draws: int) -> _Room:
        """The contract's limits less what the plan has asked for; a limit in hours counts as shifts of mean length."""
        case, weeks = stage.case, -(-stage.case.grid.committed_days // 7)
        terms = case.group_of(staff).temporary(contract)
        planned = stage.booked(contract)[staff].sum(axis=(0, 1))[: case.grid.committed_days]
        by_week = np.add.reduceat(planned, np.arange(0, case.grid.committed_days, 7))
        most = np.full(weeks, np.inf)
        if terms is not None:
            hours = float(np.mean([duty.paid_minutes / 60 for duty in case.grid.duties]))
            limits = (terms.shifts_per_week, None if terms.hours_per_week is None else terms.hours_per_week / hours)
            most = np.minimum(most, min((each for each in limits if each is not None), default=np.inf))
            most = np.maximum(most - by_week / terms.fill_rate, 0.0)
            if terms.shifts_per_horizon is not None:
                rest = max(terms.shifts_per_horizon - float(by_week.sum()) / terms.fill_rate, 0.0)
                most = np.minimum(most, rest * most / most.sum() if np.isfinite(most).all() else rest / weeks)
        each = terms.people_per_shift if terms is not None and terms.people_per_shift is not None else np.inf
        return cls(np.broadcast_to(np.floor(most), (draws, weeks)).copy(), each)

    def take(self, asked: Floats, week: int) -> Floats:
        """(R, U) of those `asked` what there is room for, unit by unit."""
        capped = np.minimum(asked, self.each)
        before = np.cumsum(capped, axis=1) - capped
        taken = np.clip(self.left[:, week, None] - before, 0.0, capped)
        self.left[:, week] -= taken.sum(axis=1)
        return np.asarray(taken)


def expected_patients(stage: Stage, tended: Floats, ahead: int) -> Floats:
    """(R, K, U, P) patients expected so many days ahead: those planned for, and what is left of a surplus.

    Nothing of a day later than those days before is read.
    """
    if ahead == 0:
        return tended
    back, periods = ahead * stage.case.grid.periods_per_day, stage.periods
    planned = np.broadcast_to(stage.planned[:, :, :periods], tended.shape)
    found = planned.copy()
    stays = stage.case.demand.stays[:, :periods]
    for period in range(back, periods):
        left = np.maximum(np.prod(stays[:, period - back + 1 : period + 1], axis=1), LASTS**ahead)
        surplus = tended[..., period - back] - planned[..., period - back]
        found[..., period] = np.maximum(planned[..., period] + surplus * left[:, None], 0.0)
    return found


def _come(asked: Floats, fill_rate: float, rng: np.random.Generator) -> Floats:
    """Of those asked for, who comes by chance; where everybody comes, exactly those."""
    if fill_rate == 1.0:
        return asked
    return rng.binomial(whole_by_chance(asked, rng).astype(np.int64), fill_rate).astype(np.float64)
