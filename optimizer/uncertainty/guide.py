"""A rough answer to many futures side by side, by a first-order method, from which sharp cuts are made.

Decisions shared by many futures are what cuts learn slowly: each tells of one point. The prices at which every future
would by itself decide as all do together (the multipliers of what is decided first) make one cut of each future nearly
as good as all of them, and the primal-dual hybrid gradient method (Applegate et al. 2021, PDLP) finds them to three
digits in a time that grows hardly faster than the futures. Nothing of it is believed: each cut's height is solved for.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from optimizer.program import Floats, Program
from optimizer.scenario.uncertainty import Risk
from optimizer.solution import Limits
from optimizer.solvers.proto import model_proto
from optimizer.solvers.scaling import SMALLEST
from optimizer.uncertainty.clock import NEVER, Until
from optimizer.uncertainty.extensive import Extensive, extensive
from optimizer.uncertainty.futures import Futures
from optimizer.uncertainty.recourse import Recourse

if TYPE_CHECKING:
    from ortools.math_opt import parameters_pb2, result_pb2

GUIDED_ENTRIES: Final = 3_500_000
"""At most so many entries stand side by side, so that memory does not grow with the number of futures beyond."""

NEAR: Final = 1e-3
"""How near the method comes before it stops, as a share of the cost and of what rows ask."""

LEAST_WEIGHT: Final = 1e-9
"""A future that counts less than this tells no prices."""

POLL_SECONDS: Final = 0.2
"""So often Ctrl-C is listened for meanwhile."""


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """Nearly the best first decisions in fractions, `decided` (F,), for the first of the futures.

    `slopes` (G, F) say by how much each of them, in currency, would cost more for one more of each.
    """

    decided: Floats
    slopes: Floats


def guided(futures: Futures, risk: Risk | None = None, limits: Limits | None = None) -> Guide | None:
    """What all futures, or as many of the first as memory allows, would nearly decide; None where time is too short."""
    entries = len(futures.program(0).data) + len(futures.early.data)
    many = min(len(futures), GUIDED_ENTRIES // max(entries, 1))
    if not many:
        return None
    part = futures.part(range(many))
    form = extensive(part, risk, whole=False)
    found = _nearly(form.program, limits or Limits())
    if found is None:
        return None
    template = futures.built.program
    first = np.flatnonzero(futures.first)
    decided = np.clip(form.decided(found[0]), template.lower[first], template.upper[first])
    return Guide(decided, _slopes(part, form, risk, found[1]))


def every_slope(futures: Futures, guide: Guide | None, until: Until = NEVER) -> Floats:
    """(S, F) the guide's slopes, and for futures beyond its own what they would pay where it stands.

    Those are moved alike so that on average they ask what the guide's do: nobody then gains by going far. Those not
    solved before `until` pay that average. Without a guide all are 0.
    """
    found = np.zeros((len(futures), int(futures.first.sum())))
    if guide is None:
        return found
    known = len(guide.slopes)
    found[:known] = guide.slopes
    recourse, solved = Recourse(futures), known
    while solved < len(futures) and not until.over():
        slope = recourse.answer(solved, guide.decided).slope
        found[solved] = 0.0 if slope is None else slope
        solved += 1
    asked = _mean(futures, found, slice(0, known))
    if known < solved:
        found[known:solved] += asked - _mean(futures, found, slice(known, solved))
    found[solved:] = asked
    return np.where(np.abs(found) < SMALLEST, 0.0, found)


def _mean(futures: Futures, slopes: Floats, part: slice) -> Floats:
    weights = futures.weights[part]
    return np.asarray(weights @ slopes[part] / weights.sum())


def _slopes(futures: Futures, form: Extensive, risk: Risk | None, duals: Floats) -> Floats:
    """(G, F) what one more of each first decision changes in each future's cost, by the prices (m,) of its rows."""
    first, found = np.flatnonzero(futures.first), np.zeros((len(futures), int(futures.first.sum())))
    weights = _weights(futures, form, risk, duals)
    start = len(futures.early.row_lower)
    for number in range(len(futures)):
        program = futures.program(number)
        stop = start + len(program.row_lower)
        if weights[number] > LEAST_WEIGHT:
            rows = np.repeat(np.arange(stop - start), np.diff(program.indptr))
            told = program.data * duals[start:stop][rows] / (form.scale * weights[number])
            saved = np.bincount(program.indices, weights=told, minlength=len(futures.first))
            found[number] = (program.cost - saved)[first]
        start = stop
    return found


def _weights(futures: Futures, form: Extensive, risk: Risk | None, duals: Floats) -> Floats:
    """(G,) by what each future's cost counts: its chance, and what the dear tail adds to it."""
    if risk is None:
        return futures.weights
    tail = np.abs(duals[len(duals) - len(futures) :]) / form.scale
    return np.asarray((1.0 - risk.weight) * futures.weights + tail)


def _nearly(program: Program, limits: Limits) -> tuple[Floats, Floats] | None:
    """Columns and row prices that nearly hold; in this process, in a thread so that Ctrl-C is heard."""
    from ortools.math_opt import parameters_pb2
    from ortools.util.python.solve_interrupter import SolveInterrupter

    interrupter, done = SolveInterrupter(), threading.Event()
    found: list[result_pb2.SolveResultProto] = []
    parameters = _parameters(parameters_pb2.SolveParametersProto(), limits)

    def run() -> None:
        try:
            _run(program, parameters, interrupter, found)
        finally:
            done.set()

    threading.Thread(target=run, daemon=True).start()
    try:
        while not done.wait(POLL_SECONDS):
            pass
    finally:  # not by joining: a join that Ctrl-C ends takes the thread for ended, and it would outlive us
        interrupter.interrupt()
        done.wait()
    return _read(found[0], program) if found else None


def _run(
    program: Program,
    parameters: parameters_pb2.SolveParametersProto,
    interrupter: object,
    found: list[result_pb2.SolveResultProto],
) -> None:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver
    from pybind11_abseil.status import StatusNotOk  # type: ignore[import-untyped]

    nothing = model_parameters_pb2.ModelSolveParametersProto(), None, callback_pb2.CallbackRegistrationProto(), None
    kind, initial = parameters_pb2.SOLVER_TYPE_PDLP, parameters_pb2.SolverInitializerProto()
    try:
        found.append(
            solver.solve(model_proto(program), kind, initial, parameters, *nothing, interrupter.pybind_interrupter)  # type: ignore[attr-defined]
        )
    except StatusNotOk:
        return  # a guide that can't be had is done without


def _parameters(parameters: parameters_pb2.SolveParametersProto, limits: Limits) -> parameters_pb2.SolveParametersProto:
    import datetime

    parameters.time_limit.FromTimedelta(datetime.timedelta(seconds=limits.time_limit))
    parameters.threads = limits.threads
    wanted = parameters.pdlp.termination_criteria.simple_optimality_criteria
    wanted.eps_optimal_relative = wanted.eps_optimal_absolute = NEAR
    return parameters


def _read(result: result_pb2.SolveResultProto, program: Program) -> tuple[Floats, Floats] | None:
    for solution in result.solutions:
        values = np.array(solution.primal_solution.variable_values.values, dtype=np.float64)
        told = solution.dual_solution.dual_values
        duals = np.zeros(len(program.row_lower))
        duals[_ids(told.ids)] = told.values
        if len(values) == len(program.cost) and bool(np.isfinite(values).all() and np.isfinite(duals).all()):
            return values, duals
    return None


def _ids(ids: object) -> NDArray[np.int64]:
    return np.array(ids, dtype=np.int64)
