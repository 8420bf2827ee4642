"""What a roster costs and whether it is legal, recounted rule by rule without any solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.roster.problem import Roster, RosterProblem
from optimizer.roster.rules import RULES, Finding, findings


@dataclass(frozen=True, slots=True)
class Score:
    """Points by rule, their sum, and every broken rule; `legal` where no hard rule is broken."""

    by_rule: Mapping[str, float]
    broken: tuple[Finding, ...]

    @property
    def points(self) -> float:
        """The sum over all rules."""
        return sum(self.by_rule.values())

    @property
    def hard(self) -> tuple[Finding, ...]:
        """What makes it no roster."""
        return tuple(each for each in self.broken if each.hard)

    @property
    def legal(self) -> bool:
        """Whether every hard rule holds."""
        return not self.hard


def score(problem: RosterProblem, roster: Roster) -> Score:
    """Recount a roster. Raises ValueError where it has not a line for every person and a cell for every day."""
    if len(roster.lines) != len(problem.people) or any(len(line) != problem.days for line in roster.lines):
        raise ValueError(f"a roster of {len(problem.people)} people needs {problem.days} days for each of them")
    broken = tuple(findings(problem, roster))
    by_rule = {name: sum(each.cost for each in broken if each.rule == name) for name in RULES}
    return Score(by_rule, broken)
