"""What is done where no legal roster was found: a last look for one, else the rules that clash, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api import words
from optimizer.roster.clashing import Clash, Fact, clash_of
from optimizer.roster.hospital_making import TeamPlan, make_team_roster
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_saved import day_label
from optimizer.solution import Status

SECONDS: Final = 30.0
"""Spent at most on a ward without a legal roster."""

MOST_FACTS: Final = 20


@dataclass(frozen=True, slots=True)
class Wards:
    """Rosters of wards, and by ward what clashes where there is no legal one."""

    plans: tuple[TeamPlan, ...]
    clashes: Mapping[str, Clash]


def looked_at(plans: Sequence[TeamPlan], *, seconds: float = SECONDS, seed: int = 0) -> Wards:
    """Every ward as it is where its roster is legal; else the rules that clash, or a legal roster that was missed."""
    found, clashes = [], {}
    for plan in plans:
        if plan.legal:
            found.append(plan)
            continue
        clash = clash_of(plan.problem, seconds=seconds, seed=seed)
        found.append(_better(plan, clash, seconds, seed))
        if clash.roster is None:
            clashes[plan.problem.name] = clash
    return Wards(tuple(found), clashes)


def _better(plan: TeamPlan, clash: Clash, seconds: float, seed: int) -> TeamPlan:
    if clash.facts:
        return replace(plan, status=Status.INFEASIBLE)
    if clash.roster is None:
        return plan
    better = make_team_roster(plan.problem, seconds=seconds, seed=seed, start=clash.roster)
    return better if better.legal else plan


def clash_lines(plans: Sequence[TeamPlan], clashes: Mapping[str, Clash]) -> Iterator[str]:
    """What clashes, ward by ward."""
    for plan in plans:
        clash = clashes.get(plan.problem.name)
        if clash is None:
            continue
        where = f" of {plan.problem.name}" if len(plans) > 1 else ""
        if not clash.decided:
            yield f"Whether the rules{where} clash was not found out in time; give more with --time-limit"
            continue
        yield f"These{where} can't all hold" + (
            "; without any one of them the others can:"
            if clash.minimal
            else ", and perhaps not all of them are needed:"
        )
        told = list(fact_lines(plan.problem, clash.facts))
        for line in told[:MOST_FACTS]:
            yield from words.wrapped(line, "  ", "      ")
        if len(told) > MOST_FACTS:
            yield f"  and {len(told) - MOST_FACTS:,} more in plan.json"


def fact_lines(problem: TeamProblem, facts: Sequence[Fact]) -> Iterator[str]:
    """Facts in words; people under one rule on the same days stand together."""
    alike: dict[tuple[str, tuple[int, ...], str], list[str]] = {}
    for fact in facts:
        who = " with ".join(problem.members[at].id for at in fact.people)
        alike.setdefault((fact.rule, fact.days, fact.what), []).append(who)
    for (rule, days, what), people in alike.items():
        names = ", ".join(filter(None, people))
        yield ": ".join(filter(None, (rule, names, what))) + (f", {spoken_days(problem, days)}" if days else "")


def spoken_days(problem: TeamProblem, days: Sequence[int]) -> str:
    """Days as planners say them, those in a row together."""
    rows: list[list[int]] = []
    for day in days:
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    ends = ([row[0], row[-1]] if len(row) > 1 else row for row in rows)
    return ", ".join(" to ".join(problem.label(day) for day in each) for each in ends)


def clash_json(problem: TeamProblem, clash: Clash) -> dict[str, object]:
    """A ward's clash as plan.json has it."""
    return {
        "ward": problem.name, "decided": clash.decided, "minimal": clash.minimal,
        "facts": [
            {
                "rule": fact.rule, "people": [problem.members[at].id for at in fact.people],
                "days": [day_label(problem, day) for day in fact.days], "what": fact.what,
            }
            for fact in clash.facts
        ],
    }  # fmt: skip
