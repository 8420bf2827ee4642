"""Which rules clash where no roster keeps them all: facts of which none can be left out, found with CP-SAT.

All hard rules are asked for at once under assumptions; where they clash the solver names some that do, and each of
those is then left out in turn: first rule by rule and person by person, then day by day.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from optimizer.roster.clash_rows import HeldRows, Key, held_rows
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster


@dataclass(frozen=True, slots=True)
class Fact:
    """A hard rule where it clashes: whose it is (nobody's where a duty or a shift is meant), the days it speaks of.

    `what` says what a need, a mix or a locked cell asks for; "" for a rule of people.
    """

    rule: str
    people: tuple[int, ...]
    days: tuple[int, ...]
    what: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Facts that can't all hold. `minimal` where leaving out any one of them was shown to end the clash.

    `roster` is a legal one where there is no clash at all; `decided` is False where time ran out before either was
    known, and then there are no facts.
    """

    facts: tuple[Fact, ...] = ()
    minimal: bool = False
    decided: bool = True
    roster: TeamRoster | None = None


def clash_of(problem: TeamProblem, *, seconds: float = 20.0, seed: int = 0) -> Clash:
    """What clashes in a problem, or a roster where nothing does; as far as it is known after so many seconds."""
    until = time.monotonic() + seconds
    held = held_rows(problem)
    core = _Asking(held, until, seed).asked(held.keys)
    if isinstance(core, TeamRoster):
        return Clash(roster=core)
    if core is None:
        return Clash(decided=False)
    kept, minimal = _pruned(_Asking(held, until, seed), core)
    fine = held_rows(problem, only=frozenset(kept))
    days, finely = _pruned(_Asking(fine, until, seed), fine.keys)
    return Clash(tuple(_facts(fine, days)), minimal and finely)


def _facts(held: HeldRows, kept: Sequence[Key]) -> list[Fact]:
    """What is kept as facts, days of one rule and person together; needs first."""
    found: dict[tuple[str, tuple[int, ...], str], set[int]] = {}
    for key in sorted(kept, key=lambda key: (key.rule != "people wanted", key)):
        found.setdefault((key.rule, key.people, held.words.get(key, "")), set()).update(held.days.get(key, ()))
    return [Fact(rule, people, tuple(sorted(days)), what) for (rule, people, what), days in found.items()]


def _pruned(asking: _Asking, core: Collection[Key]) -> tuple[list[Key], bool]:
    """Those of a core without any of which it is none, and whether there was time to try each."""
    kept, needed = sorted(core, key=lambda key: (key.rule in _LAST, key)), 0
    while needed < len(kept):
        found = asking.asked(kept[:needed] + kept[needed + 1 :])
        if found is None:
            return kept, False
        if isinstance(found, TeamRoster):
            needed += 1
        else:
            there = set(found)
            needed = sum(key in there for key in kept[:needed])
            kept = [key for key in kept if key in there]
    return kept, True


_LAST = ("people wanted", "locked cells", "leave is kept")
"""Left out only where nothing else will do: it is those that planners ask about."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks until some moment."""

    held: HeldRows
    until: float
    seed: int

    def asked(self, keys: Collection[Key]) -> TeamRoster | list[Key] | None:
        """A roster that keeps these rules, or those of them that clash; None where time ran out."""
        from ortools.sat.python import cp_model

        left = self.until - time.monotonic()
        if left <= 0:
            return None
        held, solver = self.held, cp_model.CpSolver()
        held.model.clear_assumptions()
        held.model.add_assumptions([held.literals[key] for key in keys])
        solver.parameters.num_workers, solver.parameters.random_seed = 1, self.seed
        solver.parameters.max_time_in_seconds = left
        ended = solver.solve(held.model)
        if ended in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return held.roster([float(solver.value(column)) for column in held.columns])
        if ended != cp_model.INFEASIBLE:
            return None
        by_index = {held.literals[key].index: key for key in keys}
        core = [by_index[at] for at in solver.sufficient_assumptions_for_infeasibility() if at in by_index]
        return core or list(keys)
