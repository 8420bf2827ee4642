"""OR-Tools' solvers through MathOpt: one model message filled from arrays, one run, one honest claim.

MathOpt keeps the incumbent of HiGHS at a time limit, which the older model builder loses. A solver that would answer
a whole-number program with its relaxation (GLOP, PDLP), or a program with continuous columns rounded (CP-SAT), refuses.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Limits, Solution, Status, Watch
from optimizer.solvers.attempt import attempt, package_version
from optimizer.solvers.errors import UnsuitableSolver
from optimizer.solvers.progress import Recorder
from optimizer.solvers.proto import claim_of, floats, model_proto
from optimizer.solvers.session import INCUMBENTS, SESSION
from optimizer.solvers.verify import Claim

if TYPE_CHECKING:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2

INTERIOR_POINT_COLUMNS = 50_000
"""From here on interior point with crossover beats dual simplex on large covering programs (4.7 s against 20 s)."""

CP_SAT_LARGEST = 1e7
"""CP-SAT cuts wider column bounds down to this and calls the best of the rest optimal."""

NODES_OF_WORK = 100
"""So many branches of a tree count as one piece of work."""

_PDLP_TOLERANCE = 1e-8

_HIGHS_WHOLE_TOLERANCE = 1e-9
"""HiGHS' own 1e-6 lets 1e-8 of a whole pass for none under a big-M of 1e9; this does not, and cost no time measured."""

_SCIP_NO_MEMORY = "SCIP error code -1 "

Tune = Callable[["parameters_pb2.SolveParametersProto", Program, Limits], None]
Refuse = Callable[[Program], str]


@dataclass(frozen=True, slots=True)
class _Backend:
    """One MathOpt solver: its name here and there, what it refuses, how it is set up."""

    name: str
    solver_type: str
    refuse: Refuse
    tune: Tune
    takes_hint: bool = True
    tells_plans: bool = False


def glop(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """Google's simplex for linear programs. Raises UnsuitableSolver on whole-number columns."""
    return run(program, limits, watch, _GLOP)


def pdlp(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """Google's first-order method, for the rough price of a huge linear program. Raises UnsuitableSolver likewise."""
    return run(program, limits, watch, _PDLP)


def highs(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """HiGHS: dual simplex, interior point with crossover from 50,000 columns, branch and cut for whole numbers."""
    return run(program, limits, watch, HIGHS)


def scip(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """SCIP: branch and cut, one thread."""
    return run(program, limits, watch, _SCIP)


def cpsat(program: Program, limits: Limits, watch: Watch | None = None) -> Solution:
    """CP-SAT, for programs of whole numbers only. Raises UnsuitableSolver on others or on bounds beyond 1e7."""
    return run(program, limits, watch, _CP_SAT)


def run(program: Program, limits: Limits, watch: Watch | None, backend: _Backend) -> Solution:
    """Run one backend. Raises UnsuitableSolver for a program that it would quietly change."""
    reason = backend.refuse(program)
    if reason:
        raise UnsuitableSolver(f"{backend.name}: {reason}")

    def method(recorder: Recorder) -> tuple[Claim, str]:
        return _solved(program, limits, backend, recorder), f"OR-Tools {package_version('ortools')}"

    return attempt(program, limits, watch, backend.name, method)


def _solved(program: Program, limits: Limits, backend: _Backend, recorder: Recorder) -> Claim:
    from ortools.math_opt import parameters_pb2
    from ortools.math_opt.core.python import solver
    from ortools.util.python.solve_interrupter import SolveInterrupter
    from pybind11_abseil.status import StatusNotOk  # type: ignore[import-untyped]

    interrupter = SolveInterrupter()
    try:
        with SESSION.stoppable(interrupter.interrupt):
            result = solver.solve(
                model_proto(program),
                parameters_pb2.SolverTypeProto.Value(backend.solver_type),
                parameters_pb2.SolverInitializerProto(),
                _parameters(program, limits, backend),
                _hints(limits.hint if backend.takes_hint else None),
                recorder.read,
                *_keeper(program, backend),
                interrupter.pybind_interrupter,
            )
    except StatusNotOk as error:
        memory = _SCIP_NO_MEMORY in str(error)
        message = "out of memory" if memory else f"{backend.name} refused the program: {error}"
        return Claim(Status.FAILED, message=message)
    return claim_of(result, program)


def _parameters(program: Program, limits: Limits, backend: _Backend) -> parameters_pb2.SolveParametersProto:
    from ortools.math_opt import parameters_pb2

    parameters = parameters_pb2.SolveParametersProto()
    parameters.time_limit.FromTimedelta(datetime.timedelta(seconds=limits.time_limit))
    if program.is_whole:
        parameters.relative_gap_tolerance = limits.gap
    backend.tune(parameters, program, limits)
    return parameters


def _hints(hint: Floats | None) -> model_parameters_pb2.ModelSolveParametersProto:
    from ortools.math_opt import model_parameters_pb2

    parameters = model_parameters_pb2.ModelSolveParametersProto()
    if hint is not None:
        given = parameters.solution_hints.add().variable_values
        given.ids.extend(range(len(hint)))
        given.values.extend(floats(hint))
    return parameters


def _keeper(
    program: Program, backend: _Backend
) -> tuple[callback_pb2.CallbackRegistrationProto, Callable[..., callback_pb2.CallbackResultProto] | None]:
    """What asks the solver for its plans while it runs, and leaves each better one in the job's folder."""
    from ortools.math_opt import callback_pb2

    registration = callback_pb2.CallbackRegistrationProto()
    if not backend.tells_plans or SESSION.folder is None:
        return registration, None
    registration.request_registration.append(callback_pb2.CALLBACK_EVENT_MIP_SOLUTION)
    least = math.inf

    def keep(data: callback_pb2.CallbackDataProto) -> callback_pb2.CallbackResultProto:
        nonlocal least
        values = np.array(data.primal_solution_vector.values, dtype=np.float64)
        if len(values) == len(program.cost) and program.objective(values) < least:
            least = program.objective(values)
            SESSION.keep(values)
        return callback_pb2.CallbackResultProto()

    return registration, keep


def _never(program: Program) -> str:
    del program
    return ""


def _refuse_whole(program: Program) -> str:
    return "it would answer with the relaxation, and some columns must be whole numbers" if program.is_whole else ""


def _refuse_continuous(program: Program) -> str:
    if not bool(program.integer.all()):
        return "it would round every column to a whole number, and some may be fractions"
    if bool((np.maximum(np.abs(program.lower), np.abs(program.upper)) > CP_SAT_LARGEST).any()):
        return "it would cut column bounds beyond 1e7 down to that"
    return ""


def _tune_glop(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
    del program
    parameters.random_seed = limits.seed


def _tune_pdlp(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
    del program
    parameters.threads = limits.threads
    wanted = parameters.pdlp.termination_criteria.simple_optimality_criteria
    wanted.eps_optimal_relative = wanted.eps_optimal_absolute = _PDLP_TOLERANCE


def tune_highs(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
    """HiGHS' options as every run of it has them."""
    from ortools.math_opt import parameters_pb2 as words

    parameters.random_seed = limits.seed
    if limits.threads == 1:
        parameters.highs.string_options["parallel"] = "off"
    if program.is_whole and limits.work is not None:
        parameters.highs.int_options["mip_max_nodes"] = NODES_OF_WORK * limits.work
    if not program.is_whole and len(program.cost) >= INTERIOR_POINT_COLUMNS:
        parameters.lp_algorithm = words.LP_ALGORITHM_BARRIER
    parameters.highs.double_options["mip_feasibility_tolerance"] = _HIGHS_WHOLE_TOLERANCE
    if program.is_whole and SESSION.folder is not None:
        parameters.highs.bool_options["mip_improving_solution_save"] = True
        parameters.highs.string_options["mip_improving_solution_file"] = str(SESSION.folder / INCUMBENTS)


def _tune_scip(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
    del program
    parameters.random_seed = limits.seed


def _tune_cp_sat(parameters: parameters_pb2.SolveParametersProto, program: Program, limits: Limits) -> None:
    del program
    parameters.random_seed = limits.seed
    parameters.threads = limits.threads
    parameters.cp_sat.interleave_search = limits.threads == 1


_GLOP = _Backend("glop", "SOLVER_TYPE_GLOP", _refuse_whole, _tune_glop, takes_hint=False)
_PDLP = _Backend("pdlp", "SOLVER_TYPE_PDLP", _refuse_whole, _tune_pdlp, takes_hint=False)
HIGHS = _Backend("highs", "SOLVER_TYPE_HIGHS", _never, tune_highs)
_SCIP = _Backend("scip", "SOLVER_TYPE_GSCIP", _never, _tune_scip, tells_plans=True)
_CP_SAT = _Backend("cpsat", "SOLVER_TYPE_CP_SAT", _refuse_continuous, _tune_cp_sat, tells_plans=True)
