"""What tests of clashes and cures share: a scenario's case and program, and asking a second solver about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer import open_data
from optimizer.capacity.build import Built, build
from optimizer.expansion.case import Case
from optimizer.explain.conflict import Asking, Clash, find_clash
from optimizer.explain.members import Clashable, Member, clashable
from optimizer.explain.repair import Cure, Patient, cheapest_cure
from optimizer.planning import foresee, plan_grid
from optimizer.program import Program
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits, Status
from optimizer.solvers import solve


@dataclass(frozen=True, slots=True, eq=False)
class Clinic:
    """A scenario with its case, its program and the limits that may be given up."""

    loaded: Loaded[Scenario]
    case: Case
    built: Built
    found: Clashable

    def clash(self) -> Clash:
        """The clash, which must be found in half a minute."""
        clash = find_clash(self.found, Asking(30.0))
        assert clash is not None
        return clash

    def cure(self) -> Cure | None:
        """The cure, likewise."""
        return cheapest_cure(Patient(self.loaded, self.case, self.built), Asking(30.0))

    def members(self, clash: Clash) -> list[Member]:
        """Whose rules clash."""
        return [self.found.members[at] for at in clash.members]

    def can_keep(self, members: Sequence[int]) -> bool:
        """Whether SCIP finds a plan that keeps these members alone; what nobody can give up holds always."""
        keep = np.isin(self.found.relaxable.atoms.member, members)
        program = self.found.relaxable.elastic(keep, np.zeros_like(keep), whole=True)
        return program is not None and feasible(program)


def feasible(program: Program) -> bool:
    """Whether SCIP finds a plan; anything but yes or no is a failure of the test."""
    solution = solve(program, solver="scip", limits=Limits(gap=1.0, time_limit=30.0))
    assert solution.values is not None or solution.status is Status.INFEASIBLE
    return solution.values is not None


def clinic(data: Mapping[str, object], sets: Sequence[str] = ()) -> Clinic:
    """A scenario from plain data, with settings applied."""
    loaded = open_data(data, sets=sets)
    case = Case(loaded.value, plan_grid(loaded.value), foresee(loaded).demand)
    built = build(case)
    return Clinic(loaded, case, built, clashable(case, built))
