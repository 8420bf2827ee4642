"""The capacity program as a newcomer would write it in PuLP, from the design's text: one scalar at a time.

It shares with the product only the scenario and its expansion (intervals, needs, pay), never a column or a row, so that
on small cases it is a second opinion on the optimum, and on large ones the peer in the race to build.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pulp
from pulp.apis.coin_api import pulp_cbc_path

from optimizer.expansion.case import Case
from tests.benchmarks.naive_devices import add_devices
from tests.benchmarks.naive_locked import add_locked
from tests.benchmarks.naive_model import Model
from tests.benchmarks.naive_patients import add_patients
from tests.benchmarks.naive_staff import add_staff
from tests.benchmarks.naive_work import add_rules_of_work


def build_naive(case: Case) -> pulp.LpProblem:
    """The whole problem, ready to be solved."""
    return write_naive(case).finish()


def write_naive(case: Case) -> Model:
    """Every variable and rule, with the costs apart; objective and budget are set by `finish`."""
    model = Model(case, pulp.LpProblem("hospital", pulp.LpMinimize))
    flows = add_patients(model)
    staff = add_staff(model, flows)
    add_rules_of_work(model, staff)
    add_devices(model, flows)
    add_locked(model, staff)
    return model


def solve_naive(problem: pulp.LpProblem, *, seconds: float = 30.0) -> float | None:
    """The proven least cost, by the CBC that PuLP ships; None where there is no plan.

    Raises TimeoutError where nothing was proven in time.
    """
    with TemporaryDirectory() as folder:
        command = pulp.COIN_CMD(path=pulp_cbc_path, msg=False, timeLimit=seconds, gapRel=0.0, gapAbs=0.0)
        command.tmpDir = str(Path(folder))
        problem.solve(command)
    if problem.status == pulp.LpStatusInfeasible:
        return None
    if problem.sol_status != pulp.LpSolutionOptimal:
        raise TimeoutError(f"nothing proven in {seconds:g} s")
    return float(pulp.value(problem.objective) or 0.0)  # no priced decision at all: PuLP knows no value
