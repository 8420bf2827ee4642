"""A cycle played until it has settled: patients come one by one, stay, go on to the next unit, or find it full.

Time runs on without days or periods. Arrivals are a Poisson stream at their mean rate, stays are exponential with the
group's mean (along its curve where it has one); how stays vary beyond their mean does not matter to who finds a unit
full (Erlang's loss formula is insensitive to it: Sevastyanov 1957). Who may be diverted and finds every bed taken goes
elsewhere for the whole of that stay, and on from there; anybody else is boarded, and counts as there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.grid import Bools, Floats
from optimizer.expansion.pathways import going_on
from optimizer.saved import SavedPlan
from optimizer.scenario.pathways import in_order
from optimizer.scenario.patients import PatientGroup
from optimizer.simulation.errors import SimulationError
from optimizer.simulation.measures import Measured, measured
from optimizer.simulation.stage import Stage

SETTLES: Final = 8.0
"""Mean stays after which nobody remembers that the beds were empty at the start."""

COUNTED: Final = 365.0
"""Days counted in each draw once it has settled."""

_WHOLE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Settled:
    """A unit in the long run: `beds`, patients that `arrive` a day, the `load`: beds they would fill if all had one.

    `found_full` is the chance that who comes finds every bed taken, `taken` the beds taken on average (by those who
    are boarded too), both measured over draws; `by_formula` is the same chance worked out exactly where that can be
    done (Erlang 1917 where those who find it full go elsewhere, the Poisson tail where they are boarded), else None.
    """

    unit: str
    beds: int
    arrive: float
    load: float
    found_full: Measured
    taken: Measured
    by_formula: float | None


def settle(saved: SavedPlan, *, reps: int, seed: int) -> tuple[Settled, ...]:
    """Play the cycle of a plan in `reps` draws of a year each, once settled; equal seeds give equal draws.

    Raises SimulationError for a plan with dates, and for patients that this can't play.
    """
    case = saved.case
    if not case.grid.cyclic:
        raise SimulationError(f"{saved.folder}: has dates; only a cycle settles")
    homes = _homes(saved)
    rng = np.random.default_rng(seed)
    beds = np.floor(Stage(saved).beds.min(axis=1) + _WHOLE)
    run = _Run(case, beds, reps, SETTLES * _longest(case), {name: [] for name in case.groups})
    for unit in _units_in_order(case, homes):
        run.play(unit, [name for name in in_order(case.scenario) if homes[name] == unit], rng)
    return tuple(run.told(unit, homes) for unit in range(len(case.units)) if unit in homes.values())


def erlang_loss(load: float, beds: int) -> float:
    """The chance that all `beds` are taken where who finds them so goes elsewhere: B = a B / (n + a B), from B = 1."""
    chance = 1.0
    for bed in range(1, beds + 1):
        chance = load * chance / (bed + load * chance)
    return chance


def poisson_tail(load: float, beds: int) -> float:
    """The chance of `beds` patients or more where everybody stays, a queue without end (M/G/infinity)."""
    from scipy.stats import poisson

    return float(poisson.sf(beds - 1, load))


@dataclass(frozen=True, slots=True, eq=False)
class _Stream:
    """Patients of one group arriving at `times` (R, N), inf where there is none."""

    group: str
    times: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """R draws from empty beds on, with `beds` (U,); `coming` holds the patients sent on to each group so far.

    `full` keeps of each unit played what `_counted` found.
    """

    case: Case
    beds: Floats
    draws: int
    warm: float
    coming: dict[str, list[Floats]]
    full: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)

    @property
    def ends(self) -> float:
        """When the last day counted is over."""
        return self.warm + COUNTED

    def play(self, unit: int, groups: list[str], rng: np.random.Generator) -> None:
        """One unit: those who come to it straight or from another one, in the order in which they come."""
        found = [self._stream(name, rng) for name in groups]
        times = np.concatenate([each.times for each in found], axis=1)
        kinds = np.repeat(np.arange(len(found)), [each.times.shape[1] for each in found])
        order = np.argsort(times, axis=1, kind="stable")
        times, kind = np.take_along_axis(times, order, axis=1), kinds[order]
        several = int(np.isfinite(times).sum(axis=1).max(initial=0))
        times, kind = times[:, :several], kind[:, :several]
        stays = np.empty_like(times)
        for at, name in enumerate(groups):
            mine = kind == at
            stays[mine] = _stays(self.case.scenario.patients[name], int(mine.sum()), rng)
        may_go = np.array([self.case.scenario.patients[name].divert is not None for name in groups], dtype=np.bool_)
        full, in_bed = _serve(times, stays, int(self.beds[unit]), may_go[kind])
        for at, name in enumerate(groups):
            self._send_on(name, np.where(kind == at, times + stays, np.inf), rng)
        self.full[unit] = self._counted(times, stays, full, in_bed)

    def told(self, unit: int, homes: Mapping[str, int]) -> Settled:
        """What the unit came to."""
        case, groups = self.case, [name for name, home in homes.items() if home == unit]
        rates = {name: _rate(case, name) for name in groups}
        load = sum(rates[name] * _mean(case.scenario.patients[name]) for name in groups)
        beds = int(self.beds[unit])
        kinds = {case.scenario.patients[name].divert is not None for name in groups}
        exact = None if len(kinds) > 1 else erlang_loss(load, beds) if kinds.pop() else poisson_tail(load, beds)
        found_full, taken = (measured(each) for each in self.full[unit])
        return Settled(case.units[unit], beds, sum(rates.values()), load, found_full, taken, exact)

    def _stream(self, name: str, rng: np.random.Generator) -> _Stream:
        """Those who come straight, and those sent on."""
        rate = _direct(self.case, name)
        expected = rate * self.ends
        most = int(np.ceil(expected + 7 * np.sqrt(expected) + 10)) if rate > 0 else 0
        gaps = rng.exponential(1.0, size=(self.draws, most)) / max(rate, 1e-12)
        straight = np.cumsum(gaps, axis=1)
        times = np.concatenate([straight, *self.coming[name]], axis=1)
        return _Stream(name, np.where(times < self.ends, times, np.inf))

    def _send_on(self, name: str, left: Floats, rng: np.random.Generator) -> None:
        """Each who leaves goes to one of the next groups or to none."""
        chance, low = rng.random(left.shape), 0.0
        for target, share in self.case.scenario.patients[name].goes_on_to.items():
            goes = (chance >= low) & (chance < low + share)
            times = np.sort(np.where(goes, left, np.inf), axis=1)
            self.coming[target].append(times[:, : int(np.isfinite(times).sum(axis=1).max(initial=0))])
            low += share

    def _counted(self, times: Floats, stays: Floats, full: Bools, in_bed: Bools) -> tuple[Floats, Floats]:
        """(R,) share of those coming in the days counted who found every bed taken, and (R,) beds taken on average.

        The share is that of all draws together, and each draw's own is told by how it departs from it per patient
        expected: a mean of ratios would be biased, for years with many patients are those with full beds.
        """
        inside = (times >= self.warm) & (times < self.ends)
        came, refused = inside.sum(axis=1), (full & inside).sum(axis=1)
        overall = float(refused.sum() / max(came.sum(), 1))
        found = overall + (refused - overall * came) / max(float(came.mean()), 1.0)
        there = np.minimum(times + stays, self.ends) - np.clip(times, self.warm, self.ends)
        taken = np.where(in_bed & np.isfinite(times), np.maximum(there, 0.0), 0.0).sum(axis=1) / COUNTED
        return np.asarray(found), taken


def _serve(times: Floats, stays: Floats, beds: int, may_go: Bools) -> tuple[Bools, Bools]:
    """(R, N) who finds every bed taken, and who stays all the same or has a bed.

    Patients in the order of their coming; each place holds when its patient leaves, beds and holding area alike.
    """
    draws, patients = times.shape
    full, stays_here = np.zeros(times.shape, dtype=np.bool_), np.zeros(times.shape, dtype=np.bool_)
    places, rows = np.zeros((draws, max(beds, 1))), np.arange(draws)
    for at in range(patients):
        now = times[:, at]
        busy = places > now[:, None]
        full[:, at] = busy.sum(axis=1) >= beds
        stays_here[:, at] = np.isfinite(now) & ~(full[:, at] & may_go[:, at])
        if bool((busy.all(axis=1) & stays_here[:, at]).any()):
            places = np.concatenate([places, np.zeros((draws, max(beds, 1)))], axis=1)
        first = places.argmin(axis=1)
        places[rows, first] = np.where(stays_here[:, at], now + stays[:, at], places[rows, first])
    return full & np.isfinite(times), stays_here


def _stays(group: PatientGroup, number: int, rng: np.random.Generator) -> Floats:
    """Stays of so many patients in days: exponential, or as many days as the group's curve has them in still."""
    stay = group.length_of_stay
    if stay is None or stay.mean_days is not None:
        return rng.exponential(_mean(group), size=number)
    return np.asarray((rng.random((number, 1)) < np.array(stay.still_in)).sum(axis=1), dtype=np.float64)


def _mean(group: PatientGroup) -> float:
    return group.length_of_stay.mean if group.length_of_stay is not None else 1.0


def _longest(case: Case) -> float:
    return max((_mean(group) for group in case.scenario.patients.values()), default=1.0)


def _rate(case: Case, name: str) -> float:
    """Patients of a group arriving a day, those sent on to it among them."""
    row = case.groups.index(name)
    return float(case.demand.arrivals[row].mean() + case.demand.cases[row].mean() / case.grid.periods_per_day) * (
        case.grid.periods_per_day
    )


def _direct(case: Case, name: str) -> float:
    """The same without those sent on."""
    row = case.groups.index(name)
    sent = sum(going_on(case.scenario, case.demand, at)[row].mean() for at in range(len(case.groups)))
    return max(_rate(case, name) - float(sent) * case.grid.periods_per_day, 0.0)


def _homes(saved: SavedPlan) -> dict[str, int]:
    """The one unit of each group. Raises SimulationError where there are several, or stays are not told."""
    case = saved.case
    if not case.groups:
        raise SimulationError(f"{saved.folder}: nobody comes, so a cycle of shifts alone leaves nothing to chance")
    for k, (name, group) in enumerate(case.scenario.patients.items()):
        if case.can_care[k].sum() != 1:
            raise SimulationError(
                f"{saved.folder}: {name} may lie in several units; a cycle is played with one for each"
            )
        if group.length_of_stay is None:
            raise SimulationError(f"{saved.folder}: {name} has no length_of_stay, so nobody stays to be counted")
    return {name: int(np.flatnonzero(case.can_care[k])[0]) for k, name in enumerate(case.groups)}


def _units_in_order(case: Case, homes: Mapping[str, int]) -> Iterator[int]:
    """Units, each after those whose patients go on to it. Raises SimulationError where two send to one another."""
    from graphlib import CycleError, TopologicalSorter

    before: dict[int, set[int]] = {unit: set() for unit in homes.values()}
    for name, group in case.scenario.patients.items():
        for target in group.goes_on_to:
            before[homes[target]].add(homes[name])
    try:
        yield from TopologicalSorter(before).static_order()
    except CycleError as error:
        units = " and ".join(dict.fromkeys(case.units[unit] for unit in error.args[1]))
        raise SimulationError(f"{units} send patients to one another; a cycle is played in one direction") from error
