"""Failures of planning, as callers may want to catch them.

```text
PlanningError          anything that keeps a plan from being made, and is not a fault in the scenario
  + CheckFailed        a plan that breaks a rule or miscounts its cost: a fault of ours, never shown as a plan
```

A scenario that can't be used raises `optimizer.scenario.faults.ScenarioError`, with every fault at its place.
"""

from __future__ import annotations

from optimizer.check import Violation


class PlanningError(Exception):
    """Root of the family."""


class CheckFailed(PlanningError):  # noqa: N818 - says what happened
    """The independent check found what the solver's answer breaks; `violations` lists it."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        self.violations = violations
        listed = "\n".join(str(violation) for violation in violations[:10])
        super().__init__(f"the plan fails the independent check in {len(violations)} places:\n{listed}")
