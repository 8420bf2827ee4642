"""The PuLP problem that the naive model is written into, with the money its decisions cost."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulp

from optimizer.expansion.case import Case

Key = tuple[int, ...]
Variables = dict[Key, pulp.LpVariable]
Weighted = tuple[pulp.LpVariable, float]


@dataclass(slots=True)
class Model:
    """A case, the problem written for it, and its costs: `paid` out, by whether the plan commits to the day, and

    `lacking`, prices that nobody pays out (shortfalls, outliers, cases, changes); `changes` counts what differs from
    the published plan.
    """

    case: Case
    problem: pulp.LpProblem
    paid: dict[bool, list[pulp.LpAffineExpression]] = field(default_factory=lambda: {True: [], False: []})
    lacking: list[pulp.LpAffineExpression] = field(default_factory=list)
    changes: list[pulp.LpVariable] = field(default_factory=list)

    def variable(
        self, name: str, key: Key, *, day: int = 0, whole: bool = False, lower: float = 0.0, upper: float | None = None
    ) -> pulp.LpVariable:
        """A variable of at least `lower`; whole only on days that the plan commits to."""
        whole = whole and self.case.scenario.whole and day < self.case.grid.committed_days
        label = "_".join(str(part) for part in (name, *key))
        return self.problem.add_variable(label, lower, upper, "Integer" if whole else "Continuous")

    def pay(self, variable: pulp.LpVariable, price: float, day: int) -> None:
        """Money that somebody pays out for a day."""
        self.paid[day < self.case.grid.committed_days].append(price * variable)

    def lack(self, variable: pulp.LpVariable, price: float) -> None:
        """The price of something lacking, off its place or changed, which nobody pays out."""
        self.lacking.append(price * variable)

    def rule(self, constraint: pulp.LpConstraint) -> None:
        """Add one constraint."""
        self.problem.addConstraint(constraint)

    def total(self, terms: list[Weighted]) -> pulp.LpAffineExpression:
        """The weighted sum of variables."""
        return pulp.lpSum([weight * variable for variable, weight in terms])

    def finish(self) -> pulp.LpProblem:
        """Set the objective, and the budget where there is one."""
        budget = self.case.scenario.limits.budget
        if budget is not None:
            self.rule(pulp.lpSum(self.paid[True]) <= budget)
        published = self.case.scenario.today.published
        if published is not None and published.most_changes is not None and self.changes:
            self.rule(pulp.lpSum(self.changes) <= published.most_changes)
        self.problem.setObjective(pulp.lpSum(self.paid[True] + self.paid[False] + self.lacking))
        return self.problem
