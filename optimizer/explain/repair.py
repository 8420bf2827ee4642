"""The least-cost change of the scenario's limits with which a plan exists, as `--set` takes it, and tried.

Every lever is moved once and the program built anew: what its ends of rows and columns give way by for each unit is the
lever's column in an elastic program. Its least cost is the cure. The settings are then applied to the scenario, and the
program built from that is shown to have a plan before anybody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.expansion.case import Case
from optimizer.expansion.demand import elective_cases
from optimizer.explain.conflict import Asking, Undecided
from optimizer.explain.lever import Books, Lever, number
from optimizer.explain.lever_prices import Priced, Prices
from optimizer.explain.lever_program import Effect, LeverProgram, Softening, lever_program
from optimizer.explain.levers import levers
from optimizer.explain.members import same_shape
from optimizer.program import Floats, Program
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import Choice
from optimizer.solution import Status

LEAST_USED: Final = 1e-6
"""Of less than this nothing is short."""

TRIES: Final = 4
"""How often a cure that fails its trial is looked for anew, its levers' effects seen from nearer."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a cure in words, and its cost in currency: `used` times `price`, which `stated` says is only ours.

    `unit` says what is used where it is not what the words count.
    """

    words: str
    used: float
    unit: str
    cost: float
    price: float
    stated: bool
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cure:
    """The cheapest change that was found; `least` where it was proven to be.

    With all `sets` applied the scenario has a plan: that was tried.
    """

    changes: tuple[Change, ...]
    least: bool

    @property
    def cost(self) -> float:
        """Currency in all."""
        return sum(change.cost for change in self.changes)

    @property
    def sets(self) -> tuple[str, ...]:
        """Every `PATH=VALUE`, in order."""
        return tuple(dict.fromkeys(text for change in self.changes for text in change.sets))


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """The scenario to cure: `case` and `built` as they are now."""

    loaded: Loaded[Scenario]
    case: Case
    built: Built

    def with_sets(self, sets: Sequence[str]) -> tuple[Case, Program] | None:
        """The case and its program with settings applied; None where the scenario would refuse them."""
        try:
            scenario = parse(self.loaded.resolved, Scenario, choice=Choice(sets=tuple(sets))).value
        except ScenarioError:
            return None
        demand = replace(self.case.demand, cases=elective_cases(scenario, self.case.grid))
        case = Case(scenario, self.case.grid, demand)
        return case, build(case).program


def cheapest_cure(patient: Patient, asking: Asking) -> Cure | None:
    """The least-cost cure; None where no lever cures it, or time ran out before one was found."""
    prices = Prices(patient.case)
    found = levers(Books(patient.loaded, prices))
    soft = softenings(patient, prices)
    steps = {lever: lever.step for lever in found}
    for _ in range(TRIES):
        effects = [each for lever in found if (each := effect(patient, lever, steps[lever])) is not None]
        program = lever_program(patient.built.program, effects, soft)
        try:
            solution = asking.solve(program.program)
        except Undecided:
            return None
        if solution.values is None:
            return None
        cure = _cure(program, soft, solution.values, least=solution.status is Status.OPTIMAL)
        if cure.changes and _works(patient, cure, solution.values, asking):
            return cure
        moved = {each.lever: program.amount(at, solution.values) for at, each in enumerate(effects)}
        steps |= {lever: amount for lever, amount in moved.items() if amount > 0}
    return None


def effect(patient: Patient, lever: Lever, step: float) -> Effect | None:
    """What moving the lever by one gives way, seen by moving it by `step`; None where it changes nothing, or more."""
    tried = patient.with_sets((lever.setting(min(step, lever.most)),)) if lever.most > 0 else None
    if tried is None or not same_shape(tried[1], patient.built.program):
        return None
    found = Effect.between(lever, patient.built.program, tried[1], min(step, lever.most))
    return found if found.any else None


def softenings(patient: Patient, prices: Prices) -> list[Softening]:
    """Cover and devices that must be met, each with the price at which it may be short instead."""
    if patient.case.scenario.service_level is not None:
        return []
    return [*_soft_cover(patient, prices), *_soft_devices(patient)]


def _soft_cover(patient: Patient, prices: Prices) -> list[Softening]:
    from optimizer.explain.labels import cover_needs

    case, program = patient.case, patient.built.program
    needs, intervals = cover_needs(case, program)
    found = []
    for at, cover in enumerate(case.scenario.cover):
        mine = [number for number, need in enumerate(case.needs) if need.cover == at]
        rows = np.flatnonzero(np.isin(needs, mine)) if cover.hard else np.empty(0, dtype=np.int64)
        if len(rows):
            group = case.scenario.staff[cover.staff]
            price = prices.short_hour(cover.staff, cover.short_cost_per_hour)
            given = () if price.money == group.short_cost_per_hour else (f"{number(price.money)}",)
            sets = (f"cover.{at}.hard=false", *(f"cover.{at}.short_cost_per_hour={each}" for each in given))
            where = ", ".join(cover.unit) or case.units[0]
            what = f"{cover.staff} hours left short on {where}, at a price"
            found.append(Softening(rows, case.grid.hours[intervals[rows]], price, what, sets))
    return found


def _soft_devices(patient: Patient) -> list[Softening]:
    from optimizer.explain.labels import column_labels, shared_labels
    from optimizer.explain.lever_prices import STATED_DEVICE_DAY, Priced

    case, program = patient.case, patient.built.program
    low, _ = shared_labels(program, column_labels(case, patient.built.layout, len(program.cost)))
    named = np.zeros(len(program.row_lower), dtype=np.bool_)
    for block in program.rows:
        if block.name == "patients have their devices":
            named[block.start : block.start + block.size] = True
    found = []
    for number_of, (name, kind) in enumerate(case.scenario.devices.items()):
        rows = np.flatnonzero(named & (low["device"] == number_of))
        if kind.hard and len(rows):
            given = kind.short_cost_per_day
            money = given or max(STATED_DEVICE_DAY, 10 * (kind.rent.cost_per_day if kind.rent else 0.0))
            more = () if given is not None else (f"devices.{name}.short_cost_per_day={number(money)}",)
            sets = (f"devices.{name}.hard=false", *more)
            days = np.full(len(rows), 1.0 / case.grid.periods_per_day)
            what = f"{name} days left short, at a price"
            found.append(Softening(rows, days, Priced(money, given is None), what, sets))
    return found


def _cure(program: LeverProgram, soft: Sequence[Softening], values: Floats, *, least: bool) -> Cure:
    """What was moved and what is short, the dearest first."""
    changes = []
    for at, each in enumerate(program.effects):
        amount, used, lever = program.amount(at, values), program.used(at, values), each.lever
        if amount > 0:
            changes.append(
                _change(lever.words(amount), used, lever.use.unit, lever.price, (lever.setting(amount),)),
            )
    for at, softening in enumerate(soft):
        used = program.short(at, values)
        if used > LEAST_USED:
            words = f"{used:,.6g} {softening.what}" if used >= 1 else f"{used:.2f} {softening.what}"
            changes.append(_change(words, used, "", softening.price, softening.sets))
    return Cure(tuple(sorted(changes, key=lambda change: -change.cost)), least)


def _change(words: str, used: float, unit: str, price: Priced, sets: tuple[str, ...]) -> Change:
    return Change(words, round(used, 3), unit, round(used * price.money, 2), price.money, price.stated, sets)


def _works(patient: Patient, cure: Cure, values: Floats, asking: Asking) -> bool:
    """Whether the scenario with the settings applied has a plan: the one found, or one that a solver finds."""
    tried = patient.with_sets(cure.sets)
    if tried is None:
        return False
    program = tried[1]
    own = values[: len(patient.built.program.cost)]
    if same_shape(program, patient.built.program) and holds(program, own):
        return True
    free = replace(program, cost=np.zeros_like(program.cost))
    try:
        return asking.solve(free).values is not None
    except Undecided:
        return False


def holds(program: Program, values: Floats) -> bool:
    """Whether values (n,) meet every end of rows and columns of a program, within a solver's tolerance."""
    there = program.activity(values)
    slack = 1e-6 * (1.0 + np.abs(there))
    rows = (there >= program.row_lower - slack) & (there <= program.row_upper + slack)
    columns = (values >= program.lower - 1e-6) & (values <= program.upper + 1e-6)
    whole = ~program.integer | (np.abs(values - np.round(values)) <= 1e-6)
    return bool(rows.all() and columns.all() and whole.all())
