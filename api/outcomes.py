"""How things ended, as exit codes: one table for plans, one for errors. Import late: it knows every room's errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.errors import OutputFailed, OutputRefused, Refused
from api.service.errors import ServiceError
from forecasting.errors import ForecastError
from optimizer.errors import PlanningError
from optimizer.explain.cells import CellError
from optimizer.plan import Plan
from optimizer.replanning.errors import EventError
from optimizer.replay.errors import ReplayError
from optimizer.roster.automaton import UnfitRules
from optimizer.roster.explaining import NoSuchCell
from optimizer.roster.hospital_saved import RosterFolderError
from optimizer.saved import PlanFolderError
from optimizer.scenario.faults import ScenarioError
from optimizer.simulation.errors import SimulationError
from optimizer.solution import Status
from optimizer.solvers.errors import SolverError
from optimizer.uncertainty.errors import BadSamples, NoDecision, NoneInTime
from optimizer.whatif.errors import WhatIfError

DONE, OUR_FAULT, INVALID, INFEASIBLE, STOPPED, NO_PLAN, RETRAIN = 0, 1, 2, 3, 4, 5, 6
"""`RETRAIN`: done, and forecasts are to be trained anew; the only one that says nothing of a plan."""

PLAN_EXITS: Final[Mapping[tuple[Status, bool], int]] = {
    (Status.OPTIMAL, True): DONE,
    (Status.WITHIN_GAP, True): DONE,
    (Status.TIME_LIMIT, True): STOPPED,
    (Status.TIME_LIMIT, False): NO_PLAN,
    (Status.INFEASIBLE, False): INFEASIBLE,
}
"""Exit code by status and whether there is a plan; anything else is a fault of ours."""

ERROR_EXITS: Final[Mapping[type[BaseException], int]] = {
    ScenarioError: INVALID,
    PlanFolderError: INVALID,
    RosterFolderError: INVALID,
    NoSuchCell: INVALID,
    EventError: INVALID,
    SimulationError: INVALID,
    ReplayError: INVALID,
    SolverError: INVALID,
    UnfitRules: INVALID,
    ForecastError: INVALID,
    OutputRefused: INVALID,
    Refused: INVALID,
    ServiceError: INVALID,
    CellError: INVALID,
    WhatIfError: INVALID,
    BadSamples: INVALID,
    NoDecision: INFEASIBLE,
    NoneInTime: NO_PLAN,
    KeyboardInterrupt: NO_PLAN,
    OutputFailed: OUR_FAULT,
    PlanningError: OUR_FAULT,
    BaseException: OUR_FAULT,
}
"""Exit code by error family; the nearest family counts."""

SEVERITY: Final = (DONE, STOPPED, NO_PLAN, INFEASIBLE, INVALID, OUR_FAULT)
"""Exit codes from good to bad."""

EXPECTED: Final = (
    UnfitRules,
    ServiceError,
    ScenarioError,
    SolverError,
    ForecastError,
    OutputRefused,
    Refused,
    OutputFailed,
    PlanningError,
)
"""Errors whose own words a user can act on."""


def exit_of(plan: Plan) -> int:
    """The exit code of a plan, or of its absence."""
    return PLAN_EXITS.get((plan.status, plan.exists), OUR_FAULT)


def exit_of_error(error: BaseException) -> int:
    """The exit code of an error: that of its nearest family."""
    return next(ERROR_EXITS[family] for family in type(error).__mro__ if family in ERROR_EXITS)


def worst(codes: list[int]) -> int:
    """The worst of some exit codes; 0 where there is none."""
    return max(codes, key=SEVERITY.index, default=DONE)


def told(error: BaseException) -> str:
    """An error in words for whoever asked: its own where it was foreseen, else a short admission."""
    if isinstance(error, KeyboardInterrupt):
        return "stopped; nothing was written"
    if isinstance(error, EXPECTED):
        return str(error)
    return f"a fault of ours: {type(error).__name__}: {error}\n--debug shows where; please report it"
