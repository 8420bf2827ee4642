"""Patients day by day in many draws at once: who leaves, comes, finds a bed, lies elsewhere, is boarded.

Beds are given as on a ward: a free bed at home first, then one in a unit that takes outliers, in the order in which
the scenario names them, then elsewhere if the group may be diverted; who finds none is boarded and waits on. Whose bed
closes waits too. Of several groups the one whose boarding is dearest goes first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.expansion.grid import Floats
from optimizer.simulation.coming import Coming
from optimizer.simulation.stage import Place, Stage

_FITS = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """R draws over the committed periods: `present` (R, K, U, P), `waiting`, `diverted` (R, K, P) patients.

    `moved` (R,) is the currency spent on bringing patients to other sites.
    """

    present: Floats
    waiting: Floats
    diverted: Floats
    moved: Floats


def play_patients(stage: Stage, coming: Coming, rng: np.random.Generator) -> Patients:
    """Every period of every draw, in order."""
    draws, groups, periods = coming.arrivals.shape
    found = Patients(
        np.zeros((draws, groups, len(stage.case.units), periods)),
        np.zeros((draws, groups, periods)),
        np.zeros((draws, groups, periods)),
        np.zeros(draws),
    )
    now = _Now.at_start(stage, found, rng)
    for period in range(periods):
        now.leave(period, coming.census[:, :, period])
        now.come(period, coming)
        now.lose_closed_beds(period)
        for place in stage.places:
            now.admit(place, period)
        now.divert(period)
        found.present[..., period], found.waiting[..., period] = now.present, now.waiting
    return found


@dataclass(slots=True, eq=False)
class _Now:
    """The state of every draw: `present` (R, K, U) and `waiting` (R, K); what is booked goes into `found`.

    `elsewhere` (R, K) are diverted patients: they stay there as long as here, and then go on like all others.
    """

    stage: Stage
    found: Patients
    rng: np.random.Generator
    present: Floats
    waiting: Floats
    elsewhere: Floats
    arriving: Floats

    @classmethod
    def at_start(cls, stage: Stage, found: Patients, rng: np.random.Generator) -> _Now:
        """As the plan begins, in whole patients."""
        draws, demand = len(found.moved), stage.case.demand
        present = np.broadcast_to(np.round(demand.present), (draws, *demand.present.shape)).copy()
        waiting = np.broadcast_to(np.round(demand.waiting), found.waiting.shape[:2]).copy()
        return cls(stage, found, rng, present, waiting, np.zeros_like(waiting), np.zeros_like(waiting))

    def leave(self, period: int, census: Floats) -> None:
        """Each stays on by their own chance; where a census (R, K) is drawn more leave if it falls faster."""
        before = self._everybody()
        stay = self.stage.case.demand.stays[:, period]
        self.present = self._staying(self.present, stay[None, :, None])
        self.waiting = self._staying(self.waiting, stay[None, :])
        self.elsewhere = self._staying(self.elsewhere, stay[None, :])
        self._hold_to(census)
        self._send_on(before - self._everybody())

    def _everybody(self) -> Floats:
        """(R, K) patients anywhere."""
        return np.asarray(self.elsewhere + self.waiting + self.present.sum(axis=2))

    def _staying(self, patients: Floats, stay: Floats) -> Floats:
        return self.rng.binomial(patients.astype(np.int64), stay).astype(np.float64)

    def _hold_to(self, census: Floats) -> None:
        """Boarded patients leave first, then outliers, then the rest, until no more are there than were drawn."""
        total = self.waiting + self.present.sum(axis=2)
        over = np.where(np.isnan(census), 0.0, np.maximum(total - census, 0.0))
        gone = np.minimum(self.waiting, over)
        self.waiting -= gone
        over -= gone
        for unit in np.argsort(self.stage.case.at_home.any(axis=0), kind="stable"):
            gone = np.minimum(self.present[:, :, unit], over)
            self.present[:, :, unit] -= gone
            over -= gone

    def _send_on(self, left: Floats) -> None:
        """Those who left arrive in other groups by chance, each in one of them or none."""
        groups = self.stage.case.groups
        self.arriving = np.zeros_like(left)
        for k, group in enumerate(self.stage.case.scenario.patients.values()):
            undecided, rest = left[:, k].copy(), 1.0
            for name, share in group.goes_on_to.items():
                chance = min(share / rest, 1.0) if rest > 0 else 0.0
                gone = self._staying(undecided, np.full(len(undecided), chance))
                self.arriving[:, groups.index(name)] += gone
                undecided -= gone
                rest -= share

    def come(self, period: int, coming: Coming) -> None:
        """New patients wait for a bed; where a census is drawn as many come as it lacks."""
        census = coming.census[:, :, period]
        there = self.waiting + self.present.sum(axis=2)
        lacking = np.maximum(np.nan_to_num(census) - there, 0.0)
        new = coming.arrivals[:, :, period] + coming.cases[:, :, period] + self.arriving
        self.waiting += np.where(np.isnan(census), new, lacking)

    def lose_closed_beds(self, period: int) -> None:
        """Who lies in a bed that closes waits again, the cheapest to board first."""
        for place in reversed(self.stage.places):
            peak = self.stage.case.peaks[place.group, period]
            over = np.ceil(np.maximum(-self._free(place.unit, period), 0.0) / peak - _FITS)
            gone = np.minimum(self.present[:, place.group, place.unit], over)
            self.present[:, place.group, place.unit] -= gone
            self.waiting[:, place.group] += gone

    def admit(self, place: Place, period: int) -> None:
        """As many of those waiting as there are free beds."""
        peak = self.stage.case.peaks[place.group, period]
        room = np.floor(np.maximum(self._free(place.unit, period), 0.0) / peak + _FITS)
        taken = np.minimum(self.waiting[:, place.group], room)
        self.present[:, place.group, place.unit] += taken
        self.waiting[:, place.group] -= taken
        self.found.moved[...] += taken * place.price

    def divert(self, period: int) -> None:
        """Who found no bed goes elsewhere, so many a day, where the group may be diverted."""
        case = self.stage.case
        first = period - period % case.grid.periods_per_day
        for k, group in enumerate(case.scenario.patients.values()):
            if group.divert is not None:
                room = group.divert.at_most_per_day - self.found.diverted[:, k, first:period].sum(axis=1)
                sent = np.minimum(self.waiting[:, k], np.floor(np.maximum(room, 0.0)))
                self.found.diverted[:, k, period] = sent
                self.waiting[:, k] -= sent
                self.elsewhere[:, k] += sent

    def _free(self, unit: int, period: int) -> Floats:
        """(R,) beds open and not taken at the period's peak."""
        return np.asarray(self.stage.beds[unit, period] - self.present[:, :, unit] @ self.stage.case.peaks[:, period])
