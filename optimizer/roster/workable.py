"""How many of a plan's own duties its people can work, told with every plan: a quick roster without names.

Made day by day in a moment and recounted, so what it places can be worked; `wardwright roster --from` looks harder.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand
from optimizer.plan import WORKABLE, Plan, Workable
from optimizer.planning import plan_grid
from optimizer.roster.hospital_wards import certify_plan
from optimizer.saved import Facts, SavedPlan
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


def with_workable(plan: Plan, loaded: Loaded[Scenario]) -> Plan:
    """The plan with the share of its own duties that people can work; as it is where nobody's number is given.

    Raises RosterError where the quick roster does not stand its recount: a fault of ours.
    """
    if not plan.exists or "staff" not in plan.tables:
        return plan
    found = certify_plan(_in_hand(plan, loaded), seconds=0.0)
    if not found.planned:
        return plan
    short = tuple(each.pool.name for each in found.pools if each.unplaced)
    told = Workable(found.planned, found.placed, short)
    return replace(plan, workable=told, key_figures={**plan.key_figures, WORKABLE: round(told.share, 6)})


def _in_hand(plan: Plan, loaded: Loaded[Scenario]) -> SavedPlan:
    """A plan as if read from its folder, without its demand, which no roster looks at."""
    scenario, grid = loaded.value, plan_grid(loaded.value)
    nothing = np.zeros((len(scenario.patients), grid.periods))
    nobody = np.zeros((len(scenario.patients), 0))
    demand = Demand(nothing, nothing, nobody, nobody, nothing[:, : grid.days], cyclic=grid.cyclic)
    facts = Facts(plan.status, plan.objective or 0.0, plan.bound, plan.gap, plan.source.variant, plan.source.seed, {})
    return SavedPlan(Path(), loaded, Case(scenario, grid, demand), plan.tables, facts)
