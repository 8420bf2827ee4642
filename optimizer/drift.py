"""What a forecast's error cost in plan money: the plan as it stood against the plan made knowing what came.

Both meet the demand that came and both pass the independent check. In the one, what people were told (shifts, bays,
elective cases on the committed days) stays, and all else is decided anew: who floats, where patients lie, devices,
what is short. In the other everything is open. What is decided anew sees all days at once, so that the price is that
of the error under the best of answers: a ward that sees one day at a time pays no less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from optimizer.capacity.build import Built
from optimizer.capacity.refill import values_of
from optimizer.errors import PlanningError
from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand
from optimizer.expansion.grid import Floats
from optimizer.expansion.groups import counts_arrivals
from optimizer.goals.prices import refuse_goals
from optimizer.histories import named_histories
from optimizer.making import Step, make_plan
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook, foresee
from optimizer.program import ABSENT, TIME, Bools
from optimizer.replanning.scope import fixed
from optimizer.replanning.solving import judged
from optimizer.saved import PlanFolderError, SavedPlan
from optimizer.scenario.patients import Demand as Given
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers import solve

_PROVEN = (Status.OPTIMAL, Status.WITHIN_GAP)


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """The two plans for what came on `days` of the committed days; `held` keeps what was told, `known` knew all.

    `held` is None where what was told can't be carried out with what came.
    """

    days: int
    held: Plan | None
    known: Plan

    @property
    def cost(self) -> float | None:
        """What the error cost, in currency: the dearer plan less the cheaper; None where either is lacking."""
        if self.held is None or self.held.objective is None or self.known.objective is None:
            return None
        return self.held.objective - self.known.objective

    @property
    def least(self) -> float:
        """What it cost at least, as far as proven, in currency: knowing more never costs more, so never below 0."""
        if self.held is None or self.held.bound is None or self.known.objective is None:
            return 0.0
        return max(0.0, self.held.bound - self.known.objective)

    @property
    def most(self) -> float | None:
        """What it cost at most, as far as proven, in currency; None where nothing is."""
        if self.held is None or self.held.objective is None or self.known.bound is None:
            return None
        return max(0.0, self.held.objective - self.known.bound)

    @property
    def proven(self) -> bool:
        """Whether both plans are proven within the gap asked for."""
        return self.held is not None and self.held.status in _PROVEN and self.known.status in _PROVEN


def price_drift(
    saved: SavedPlan, came: Floats, *, limits: Limits, say: Step | None = None, watch: Watch | None = None
) -> Priced:
    """Price a plan's forecast error; `came` (S, D) by history and day of the grid, NaN where it is not known.

    Each of the two solves may take the time limit. Raises PlanFolderError for a plan made by goals or of a cycle,
    CheckFailed where an answer breaks a rule.
    """
    refuse_goals(saved, "what an error cost can't be told in money")
    if not saved.case.grid.dated:
        raise PlanFolderError(f"{saved.folder}: a cycle has no dates, so nothing came that could be priced")
    days = int(np.isfinite(came[:, : saved.case.grid.committed_days]).any(axis=0).sum())
    outlook = Outlook(demand_as_it_came(saved, came), DemandNote(horizon_days=saved.case.grid.days))
    make = partial(
        make_plan, saved.loaded, variant=saved.facts.variant, limits=limits, say=say, watch=watch, outlook=outlook
    )
    holding = _Holding(saved)
    try:
        held = make(method=holding)
    except CannotStand:
        held = None
    return Priced(days, held, make(method=_Open(holding.found)))


class CannotStand(PlanningError):  # noqa: N818 - says what is wrong with the plan
    """What a plan told people can't be carried out with the demand that came."""


@dataclass(slots=True)
class _Holding:
    """A method that keeps what a plan told people, and remembers what it `found`."""

    saved: SavedPlan
    found: Solution | None = None

    def __call__(self, case: Case, built: Built, limits: Limits, watch: Watch | None = None) -> Solution:
        """The best answer to the case with the told decisions fixed."""
        values = values_of(case, built, self.saved.tables)
        program = fixed(built.program, told(case, built), values)
        found = solve(program, solver=case.scenario.solve.solver, limits=limits, watch=watch)
        if found.status is Status.INFEASIBLE:
            raise CannotStand(f"{self.saved.folder}: can't be carried out as told with what came")
        self.found = found
        return found


@dataclass(frozen=True, slots=True)
class _Open:
    """A method with every decision open, which starts from the held plan: it serves too, so none dearer is taken."""

    held: Solution | None

    def __call__(self, case: Case, built: Built, limits: Limits, watch: Watch | None = None) -> Solution:
        """The best answer found, with the bound of the whole program."""
        held = None if self.held is None or self.held.values is None else self.held
        allowed = replace(limits, hint=None if held is None else held.values)
        found = solve(built.program, solver=case.scenario.solve.solver, limits=allowed, watch=watch)
        if held is None or held.objective is None:
            return found
        if found.objective is not None and found.objective <= held.objective:
            return found
        return judged(replace(held, bound=found.bound), limits.gap)


def told(case: Case, built: Built) -> Bools:
    """(n,) columns that people are told of on the committed days: shifts begun, bays open, elective cases done."""
    layout, day = built.layout, built.program.labels(TIME)
    found = np.zeros(built.program.shape[1], dtype=np.bool_)
    for columns in (*(block.starts for block in layout.staff.working), layout.beds.open, layout.patients.treated):
        found[columns[columns != ABSENT]] = True
    return np.asarray(found & (day != ABSENT) & (day < case.grid.committed_days), dtype=np.bool_)


def demand_as_it_came(saved: SavedPlan, came: Floats) -> Demand:
    """The demand of a plan with what came in place of its forecast; `came` (S, D) by history and day, NaN if unknown.

    Uplifts, surges and seasonal factors are expectations: what came holds them already. On unknown days demand stays
    as it was planned for.
    """
    case, patients = saved.case, dict(saved.scenario.patients)
    grid, demand = case.grid, case.demand
    known = np.zeros(demand.arrivals.shape, dtype=np.bool_)
    for name, row in named_histories(saved.scenario)[1].items():
        group, at = patients[name], case.groups.index(name)
        share, arriving = group.demand.share if group.demand else 1.0, counts_arrivals(group)
        daily = np.repeat(came[row] * share, grid.periods_per_day) / (grid.periods_per_day if arriving else 1)
        known[at] = np.isfinite(daily)
        figures = tuple(np.where(known[at], daily, demand.arrivals[at] if arriving else case.census[at]).tolist())
        given = Given(arrivals=figures, measures="arrivals") if arriving else Given(census=figures)
        patients[name] = group.model_copy(update={"demand": given})
    counted = saved.scenario.model_copy(update={"patients": patients})
    found = foresee(replace(saved.loaded, value=counted)).demand
    arrivals, stays = np.where(known, found.arrivals, demand.arrivals), np.where(known, found.stays, demand.stays)
    return replace(demand, arrivals=arrivals, stays=stays)
