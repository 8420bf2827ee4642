"""What every solver and every oracle says of one random scenario, and where they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.capacity.build import Built, build
from optimizer.capacity.tables import read_tables
from optimizer.check import check
from optimizer.expansion.case import Case
from optimizer.program import Program
from optimizer.solution import Limits, Solution, Status
from optimizer.solvers import solve
from tests.oracle_brute_force import TinyHospital
from tests.oracles import make_case

Data = Mapping[str, object]
MIXED = ("highs", "cbc", "scip")
"""Solvers of programs that mix whole numbers and fractions."""

STEPS = 4
"""A tiny hospital's fractions are quarters (devices of a half or three quarters), so CP-SAT may count in those."""

LIMITS = Limits(time_limit=20.0, gap=0.0, threads=1)


@dataclass(slots=True)
class Tally:
    """How many scenarios were asked about, what came of them, and every disagreement in words."""

    scenarios: int = 0
    distinct: set[str] = field(default_factory=set)
    answers: dict[str, int] = field(default_factory=dict)
    undecided: list[str] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)

    def take(self, data: Data, found: Mapping[str, Solution | float | None]) -> None:
        """Count one scenario's answers: a solver's Solution, or an oracle's least cost (None: no plan)."""
        self.scenarios += 1
        self.distinct.add(repr(data))
        spans = {}
        for name, answer in found.items():
            span = _span(answer)
            kind = (
                f"{name}: {answer.status}"
                if isinstance(answer, Solution)
                else f"{name}: {'cost' if span else 'no plan'}"
            )
            self.answers[kind] = self.answers.get(kind, 0) + 1
            spans[name] = span
        low = [name for name in spans if spans[name] == "unknown"]
        self.undecided += [f"{name} on {data}" for name in low]
        known = {name: span for name, span in spans.items() if name not in low}
        if not _agree(list(known.values())):
            self.disagreements.append(f"{known}\n    {data}")


Span = tuple[float, float] | str | None
"""Between what costs the optimum lies; None: there is no plan; "unknown": nothing was learned."""


def _span(answer: Solution | float | None) -> Span:
    if not isinstance(answer, Solution):
        return None if answer is None or answer == math.inf else (answer, answer)
    if answer.status is Status.INFEASIBLE:
        return None
    if answer.objective is None:
        return "unknown"
    return (-math.inf if answer.bound is None else answer.bound), answer.objective


def _agree(spans: list[Span]) -> bool:
    if not spans or None in spans:
        return all(span is None for span in spans)
    pairs = [span for span in spans if isinstance(span, tuple)]
    low, high = max(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    return low <= high + 0.001 + 1e-6 * abs(high)


def tiny_opinions(data: Data) -> tuple[dict[str, Solution | float | None], list[str]]:
    """Of a tiny hospital: trying everything, every solver, CP-SAT in quarters; and what the check says of the plans."""
    case = make_case(data)
    built = build(case)
    found: dict[str, Solution | float | None] = {"brute force": TinyHospital(data).least_cost()}
    for name in MIXED:
        found[name] = solve(built.program, solver=name, limits=LIMITS)
    found["cpsat"] = solve(in_steps(built.program), solver="cpsat", limits=LIMITS)
    return found, list(_violations(case, built, found))


def opinions(data: Data) -> tuple[dict[str, Solution | float | None], list[str]]:
    """Of any small hospital: the solvers that take fractions; and what the check says of the plans."""
    case = make_case(data)
    built = build(case)
    limits = replace(LIMITS, time_limit=5.0)
    found: dict[str, Solution | float | None] = {
        name: solve(built.program, solver=name, limits=limits) for name in MIXED
    }
    return found, list(_violations(case, built, found))


def in_steps(program: Program) -> Program:
    """The program with its fractions counted in steps of a quarter: whole numbers all."""
    step = np.where(program.integer, 1.0, 1.0 / STEPS)
    return replace(
        program,
        cost=program.cost * step,
        lower=np.ceil(program.lower / step - 1e-9),
        upper=np.floor(program.upper / step + 1e-9),
        integer=np.ones_like(program.integer),
        data=program.data * step[program.indices],
    )


def _violations(case: Case, built: Built, found: Mapping[str, Solution | float | None]) -> Iterator[str]:
    """Where the independent check refuses a plan of one of the solvers."""
    for name, answer in found.items():
        if name == "cpsat" or not isinstance(answer, Solution) or answer.values is None or answer.objective is None:
            continue
        cost = built.layout.cost(built.program.cost, answer.values, case.grid.committed_days)
        checked = check(case, read_tables(case, built, answer.values), objective=answer.objective, cost=cost)
        yield from (f"{name}: {violation}" for violation in checked.violations)
