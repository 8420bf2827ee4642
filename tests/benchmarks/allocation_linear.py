"""The linear races: all of ours against the bare solver, methods against each other, windows against all at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from optimizer.program import Program
from optimizer.solution import Limits, Solution
from optimizer.solvers import SOLVERS, solve
from optimizer.solvers.mathopt import INTERIOR_POINT_COLUMNS
from optimizer.solvers.proto import claim_of, model_proto
from optimizer.solvers.rolling import rolling
from optimizer.solvers.verify import Claim, Run, settle
from tests.benchmarks.allocation_line import Line, clocked, seconds
from tests.benchmarks.allocation_peers import has_reference, race_program, reference_network
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program

LIMITS: Final = Limits(time_limit=600.0, threads=1)
SLOWER: Final = {"S": 1.15, "P": 1.15, "M": 1.05}
ROLLED: Final = {"M": 0.5}
"""Smaller programs are solved whole: rolling is for horizons that are too long for that."""

REPEATS: Final = {"S": 5, "P": 1, "M": 1}
METHODS: Final = {
    "dual simplex": ("HIGHS", "LP_ALGORITHM_DUAL_SIMPLEX"),
    "interior point with crossover": ("HIGHS", "LP_ALGORITHM_BARRIER"),
    "PDLP to 1e-4": ("PDLP", "LP_ALGORITHM_UNSPECIFIED"),
}
METHOD_SECONDS: Final = {"S": 60, "P": 120, "M": 300}


def bare_race(size: str) -> Iterator[Line]:
    """Build, hand-over, solve and read-back against the same solver and method on arrays in memory."""
    network = reference_network(size) if has_reference() else draw(size)
    program, source = race_program(size)
    bare, objective = clocked(lambda: _bare(program), REPEATS[size])
    ours, claim = clocked(lambda: _claimed(allocation_program(network)), REPEATS[size])
    same = claim.bound is not None and abs(claim.bound - objective) <= 1e-6 * abs(objective)
    found = f"{size} ({source}){'' if same else ' OPTIMA DIFFER'}"
    yield Line(found, seconds(ours), f"bare HiGHS {seconds(bare)}", ours / bare, SLOWER[size])
    mine = allocation_program(network)
    checked, _ = clocked(lambda: settle(mine, claim, LIMITS, Run("highs", "-", 0.0)), 3)
    yield Line(f"{size}: the check of the answer", seconds(checked), f"of {seconds(ours)}", checked / ours)
    yield from _isolation(size, mine)


def _isolation(size: str, program: Program) -> Iterator[Line]:
    import time

    if size != "S":
        return
    solve(program, solver="highs", limits=LIMITS)
    begun = time.perf_counter()
    SOLVERS["highs"](program, LIMITS)
    inside = time.perf_counter() - begun
    begun = time.perf_counter()
    solve(program, solver="highs", limits=LIMITS)
    apart = time.perf_counter() - begun
    yield Line(f"{size}: in a process of its own, wall", seconds(apart), f"inside {seconds(inside)}", apart / inside)


def _bare(program: Program) -> float:
    """OR-Tools' HiGHS, filled from sparse arrays, by the method that we would pick: its least cost."""
    from ortools.linear_solver.python import model_builder_helper as bare
    from scipy.sparse import csr_matrix

    model = bare.ModelBuilderHelper()
    matrix = csr_matrix((program.data, program.indices, program.indptr), shape=program.shape)
    arrays = program.lower, program.upper, program.cost, program.row_lower, program.row_upper
    model.fill_model_from_sparse_data(*arrays, matrix)
    solver = bare.ModelSolverHelper("highs")
    solver.enable_output(False)
    if len(program.cost) >= INTERIOR_POINT_COLUMNS:
        solver.set_solver_specific_parameters("solver=ipm")
    solver.solve(model)
    solver.variable_values()
    return float(solver.objective_value())


def _claimed(program: Program) -> Claim:
    """What our adapter hears from HiGHS, unchecked."""
    barrier = len(program.cost) >= INTERIOR_POINT_COLUMNS
    algorithm = "LP_ALGORITHM_BARRIER" if barrier else "LP_ALGORITHM_UNSPECIFIED"
    return claim_of(_run(program, "HIGHS", algorithm, LIMITS.time_limit), program)


def _run(program: Program, solver_type: str, algorithm: str, time_limit: float) -> Any:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver
    from ortools.util.python.solve_interrupter import SolveInterrupter

    parameters = parameters_pb2.SolveParametersProto(lp_algorithm=parameters_pb2.LPAlgorithmProto.Value(algorithm))
    parameters.time_limit.FromTimedelta(datetime.timedelta(seconds=time_limit))
    if solver_type == "PDLP":
        wanted = parameters.pdlp.termination_criteria.simple_optimality_criteria
        wanted.eps_optimal_relative = wanted.eps_optimal_absolute = 1e-4
    return solver.solve(
        model_proto(program),
        parameters_pb2.SolverTypeProto.Value(f"SOLVER_TYPE_{solver_type}"),
        parameters_pb2.SolverInitializerProto(),
        parameters,
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        SolveInterrupter().pybind_interrupter,
    )


def method_race(size: str) -> Iterator[Line]:
    """Each method on the same arrays; the ratio is its time against the one picked, which should be the least."""
    program, _ = race_program(size)
    picked = "interior point with crossover" if len(program.cost) >= INTERIOR_POINT_COLUMNS else "dual simplex"
    times: dict[str, tuple[float, str]] = {}
    for name in (picked, *(method for method in METHODS if method != picked)):
        taken, result = clocked(lambda name=name: _run(program, *METHODS[name], METHOD_SECONDS[size]))
        primal = result.termination.objective_bounds.primal_bound
        proven = "OPTIMAL" if result.termination.reason == 1 else "not proven"
        times[name] = taken, f"{primal:,.2f} {proven}"
    for name, (taken, said) in times.items():
        picked_time = times[picked][0]
        line = Line(f"{size}: {name}", seconds(taken), said, taken / picked_time, 1.0, more=True)
        yield replace(line, goal=None) if name == picked else line


def rolling_race(size: str, *, peer: bool = True) -> Iterator[Line]:
    """Window by window, in time and cost, beside the whole program at once."""
    program, source = race_program(size)
    first: list[tuple[float, float | None]] = []
    found, taken = _rolled(program, first)
    cost, bound, gap = found.objective or 0.0, found.bound or 0.0, found.gap
    yield Line(f"{size} ({source}): cost and bound", f"{cost:,.0f}", f"bound {bound:,.0f}", gap, 0.01)
    if not peer:
        yield Line(f"{size}: plan, then bound", seconds(first[0][0]), seconds(taken))
        return
    whole, claim = clocked(lambda: _claimed(program))
    goal = ROLLED.get(size)
    yield Line(f"{size}: seconds to a plan", seconds(first[0][0]), f"whole {seconds(whole)}", first[0][0] / whole, goal)
    yield Line(f"{size}: seconds to its bound", seconds(taken), f"whole {seconds(whole)}", taken / whole)
    least = claim.bound or 0.0
    yield Line(
        f"{size}: cost against the least", f"{first[0][1]:,.0f}", f"{least:,.0f}", (first[0][1] or 0.0) / least, 1.001
    )


def _rolled(program: Program, first: list[tuple[float, float | None]]) -> tuple[Solution, float]:
    import time

    begun = time.process_time()
    found = rolling(
        program,
        replace(LIMITS, gap=1e-2, time_limit=1200.0, threads=2),
        lambda told: first.append((time.process_time() - begun, told.incumbent)),
    )
    return found, time.process_time() - begun
