"""What a solver said, kept honest: a status, and values, cost, bound and gap only where there are some.

Nothing here knows solvers; every other room may import it cheaply (numpy only).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from optimizer.program import Floats


class Status(StrEnum):
    """How a solve ended. Values are present after OPTIMAL and WITHIN_GAP, and perhaps after TIME_LIMIT."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    FAILED = "failed"


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """``(objective - bound) / max(1e-10, |objective|)``, never below 0; None where either is None."""
    if objective is None or bound is None:
        return None
    return max(0.0, objective - bound) / max(1e-10, abs(objective))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands `seconds` after its start: best cost found and best bound proven, each None if none yet."""

    seconds: float
    incumbent: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        """The relative gap between incumbent and bound; None while either is missing."""
        return relative_gap(self.incumbent, self.bound)


Watch = Callable[[Progress], None]
"""Told of progress while a solve runs, at most about five times a second."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a solve may use.

    `time_limit` is in seconds, `gap` relative (0.0001 is 0.01 %), `memory_gib` limits what the solver's process may
    take beyond its start (Linux only; elsewhere it is not enforced), and `hint` is a vector over all columns from which
    a whole-number search may start. `work` stops a whole-number search after so many pieces of work, on one thread and
    by no clock, so that the same solve twice ends with the same plan.
    """

    time_limit: float = 120.0
    gap: float = 1e-4
    seed: int = 0
    threads: int = 2
    memory_gib: float | None = None
    hint: Floats | None = None
    work: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """Prices of a linear program solved to optimality, in its cost's unit per unit of each bound.

    `rows` (m,): by how much the least cost rises as a row's binding bound rises by one; 0 where neither binds.
    `columns` (n,): likewise for a column's binding bound (its reduced cost).
    """

    rows: Floats
    columns: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A verified answer: `values` (one per column) meet every row and bound, and `objective` is recounted from them.

    `bound` is the least cost any plan can have, as far as it was proven, and `gap` the relative distance to it.
    `why` says in plain words how the solver was chosen, `message` what the user should know beyond the status.
    `duals` come with an optimal linear program from a solver that tells them; a program of whole numbers has none.
    """

    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    values: Floats | None
    solver: str
    version: str
    why: str
    seconds: float
    message: str = ""
    progress: tuple[Progress, ...] = ()
    duals: Duals | None = None
