"""MathOpt's messages: a program into one, what a solver answered out of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.program import Floats, Program
from optimizer.solution import Duals, Status
from optimizer.solvers.progress import number
from optimizer.solvers.verify import Claim

if TYPE_CHECKING:
    from ortools.math_opt import model_pb2, result_pb2


def model_proto(program: Program) -> model_pb2.ModelProto:
    """The program as MathOpt's message. Floats are quickest out of memory, small whole numbers out of a list."""
    from ortools.math_opt import model_pb2

    rows, columns = program.shape
    model = model_pb2.ModelProto()
    model.variables.ids.extend(range(columns))
    model.variables.lower_bounds.extend(floats(program.lower))
    model.variables.upper_bounds.extend(floats(program.upper))
    model.variables.integers.extend(program.integer.tolist())
    priced = np.flatnonzero(program.cost)
    model.objective.offset = program.offset
    model.objective.linear_coefficients.ids.extend(priced.tolist())
    model.objective.linear_coefficients.values.extend(floats(program.cost[priced]))
    model.linear_constraints.ids.extend(range(rows))
    model.linear_constraints.lower_bounds.extend(floats(program.row_lower))
    model.linear_constraints.upper_bounds.extend(floats(program.row_upper))
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(np.repeat(np.arange(rows), np.diff(program.indptr)).tolist())
    matrix.column_ids.extend(program.indices.tolist())
    matrix.coefficients.extend(floats(program.data))
    return model


def floats(values: Floats) -> memoryview:
    """What a message's list of floats takes in at half the time that a list of Python's own costs."""
    return memoryview(np.ascontiguousarray(values, dtype=np.float64))  # type: ignore[arg-type]


def claim_of(result: result_pb2.SolveResultProto, program: Program) -> Claim:
    """What a solver said of its run, unchecked."""
    from ortools.math_opt import result_pb2 as words

    ended = words.TerminationReasonProto.Name(result.termination.reason).removeprefix("TERMINATION_REASON_")
    bound = number(str(result.termination.objective_bounds.dual_bound))
    status = _STATUSES.get(ended, Status.FAILED)
    message = f"{ended.lower()} {result.termination.detail}".strip() if status is Status.FAILED else ""
    return Claim(status, _values(result), bound, message, None if program.is_whole else _duals(result, program))


def _duals(result: result_pb2.SolveResultProto, program: Program) -> Duals | None:
    """The prices of the first dual solution that holds; the duals of a whole-number program would read 0."""
    from ortools.math_opt import solution_pb2

    for solution in result.solutions:
        if solution.dual_solution.feasibility_status == solution_pb2.SOLUTION_STATUS_FEASIBLE:
            told = solution.dual_solution
            rows, columns = (np.zeros(size) for size in program.shape)
            rows[np.array(told.dual_values.ids, dtype=np.int64)] = told.dual_values.values
            columns[np.array(told.reduced_costs.ids, dtype=np.int64)] = told.reduced_costs.values
            return Duals(rows, columns)
    return None


def _values(result: result_pb2.SolveResultProto) -> Floats | None:
    from ortools.math_opt import solution_pb2

    for solution in result.solutions:
        if solution.primal_solution.feasibility_status == solution_pb2.SOLUTION_STATUS_FEASIBLE:
            values = solution.primal_solution.variable_values.values
            return np.fromiter(values, np.float64, len(values))
    return None


# Column bounds are finite, so "infeasible or unbounded" can only be the first.
_STATUSES = {
    "OPTIMAL": Status.OPTIMAL,
    "INFEASIBLE": Status.INFEASIBLE,
    "INFEASIBLE_OR_UNBOUNDED": Status.INFEASIBLE,
    "UNBOUNDED": Status.UNBOUNDED,
    "FEASIBLE": Status.TIME_LIMIT,
    "NO_SOLUTION_FOUND": Status.TIME_LIMIT,
    "IMPRECISE": Status.TIME_LIMIT,
}
