"""The half of a search that proves: HiGHS on the whole program, first its root, then what is worth while."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from optimizer.solution import Progress, Solution, Status
from optimizer.solvers.search.highs import Options, run_highs
from optimizer.solvers.search.improve import NODES, linear
from optimizer.solvers.search.incumbents import last_plan
from optimizer.solvers.search.priced_stocks import Apart, told_apart
from optimizer.solvers.search.standing import Standing
from optimizer.solvers.session import INCUMBENTS

TREE_WORTH = 20.0
"""A tree is worth a try if this many times the root's seconds are left; with less it moves a bound hardly at all."""

ROOT_SHARE = 0.5
"""Once there is a plan, the root may take this part of the time left: its cuts prove most of what they do early on."""

_ROOT: Options = {
    "mip_max_nodes": 1,
    "mip_heuristic_run_rens": False,  # the improver's own work, and half of the root's time
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}


def prove(standing: Standing, folder: Path) -> None:
    """Raise the bound by the root's cuts, then by a tree if there is time or no plan yet."""
    try:
        _branch(standing, folder)
    finally:
        standing.proving = False


def _branch(standing: Standing, folder: Path) -> None:
    root = _bounded(standing, _ROOT, folder, 1.0 if standing.plan is None else ROOT_SHARE)
    if standing.over or (standing.plan is not None and standing.left() <= TREE_WORTH * root.seconds):
        return
    tree = _bounded(standing, {}, folder)
    if tree.status is not Status.FAILED:
        standing.end()


def branch_a_while(standing: Standing, folder: Path, nodes: int) -> None:
    """Grow a tree of so many nodes (1: its root alone), however long it takes; the search ends if that settles it."""
    standing.work(max(1, nodes // NODES))
    options: Options = _ROOT if nodes == 1 else {"mip_max_nodes": nodes}
    tree = _bounded(standing, options, folder)
    if tree.status in (Status.OPTIMAL, Status.WITHIN_GAP, Status.INFEASIBLE):
        standing.end()


def _bounded(standing: Standing, options: Options, folder: Path, share: float = 1.0) -> Solution:
    """Run HiGHS on the whole program, for a share of the time left, and take over the bounds and plans it finds."""
    file = folder / INCUMBENTS
    saving: Options = {"mip_improving_solution_save": True, "mip_improving_solution_file": str(file)}

    apart = _apart(standing)

    def hear(progress: Progress) -> None:
        standing.prove(progress.bound)
        best = np.inf if standing.objective is None else standing.objective
        if standing.steady or progress.incumbent is None:
            return
        if progress.incumbent < best - 1e-6 * abs(best):
            plan = last_plan(file, len(apart.program.cost))
            if plan is not None:
                standing.offer(apart.narrow(plan))

    hint = None if standing.plan is None else apart.widen(standing.plan)
    limits = replace(standing.limits, time_limit=max(0.0, share * standing.left()), hint=hint)
    solution = run_highs(apart.program, limits, {**options, **saving}, hear)
    standing.prove(solution.bound)
    if solution.values is not None:
        standing.offer(apart.narrow(solution.values))
    if solution.status is Status.INFEASIBLE:
        standing.deny()
    if solution.status is Status.FAILED:
        standing.note(solution.message)
    return solution


def _apart(standing: Standing) -> Apart:
    """The program with its stocks told apart, made once: the same plans, and a higher bound."""
    if standing.apart is None:
        if standing.relaxed is None:
            limits = replace(standing.limits, time_limit=max(0.0, standing.left()), hint=None)
            standing.relaxed = run_highs(linear(standing.program), limits, {}).values
        standing.apart = told_apart(standing.program, standing.relaxed)
    return standing.apart
