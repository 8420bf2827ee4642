"""What a hospital's roster costs and whether it is legal, recounted rule by rule without any solver."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Final

from optimizer.roster import hospital_rules as of_lines
from optimizer.roster import hospital_team_rules as of_teams
from optimizer.roster.hospital_lines import Found
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.rules import Finding
from optimizer.roster.score import Score

TeamRule = Callable[[TeamProblem, TeamRoster], Found]

TEAM_RULES: Final[Mapping[str, TeamRule]] = {
    "one shift a day": of_lines.one_shift_a_day,
    "one place at a time": of_lines.one_place_at_a_time,
    "rest between duties": of_lines.rest_between_duties,
    "shifts that may not follow": of_lines.successions,
    "duties she may work": of_lines.may_work,
    "leave is kept": of_lines.leave_is_kept,
    "locked cells": of_teams.locked_cells,
    "shifts in a period": of_lines.shifts_in_a_period,
    "hours in a period": of_lines.hours_in_a_period,
    "contract hours": of_lines.contract_hours,
    "working days in a row": of_lines.working_runs,
    "rest days in a row": of_lines.resting_runs,
    "nights in blocks": of_lines.nights_in_blocks,
    "rest after nights": of_lines.rest_after_nights,
    "weekends both days or none": of_lines.weekends_whole,
    "weekends off": of_lines.weekends_off,
    "people wanted": of_teams.cover,
    "skill and grade mix": of_teams.skill_mix,
    "requests": of_teams.wishes,
    "together": of_teams.together,
    "apart": of_teams.apart,
    "fair shares": of_teams.fairness,
    "base rotas": of_teams.rotas,
    "hours paid": of_teams.hours_paid,
    "bank and agency last": of_teams.temporary_last,
    "duties at home": of_teams.at_home,
    "published duties stay": of_teams.published_stays,
}
"""By the name planners read, in the order of the breakdown; the program of rosters has rows under the same names."""

MONEY: Final = frozenset({"hours paid"})
"""Costs that break nothing."""


def team_score(problem: TeamProblem, roster: TeamRoster) -> Score:
    """Recount a roster. Raises ValueError where it has not a line for everybody."""
    if len(roster.duties) != len(problem.members):
        raise ValueError(f"a roster of {len(problem.members)} people needs a line for each of them")
    broken = tuple(
        Finding(name, person, day, amount, weight, what)
        for name, rule in TEAM_RULES.items()
        for person, day, amount, weight, what in rule(problem, roster)
    )
    by_rule = {name: sum(each.cost for each in broken if each.rule == name) for name in TEAM_RULES}
    return Score(by_rule, broken)


def rescored(problem: TeamProblem, roster: TeamRoster, before: Score, changed: Collection[int]) -> Score:
    """The recount of a roster that differs from one recounted `before` in the lines of a few people (by number) alone.

    Rules of single lines are counted anew for those people only, all others for everybody.
    """
    members = sorted(changed)
    few = replace(problem, members=tuple(problem.members[at] for at in members))
    lines = TeamRoster(tuple(roster.duties[at] for at in members))
    ids = {member.id for member in few.members}
    broken: list[Finding] = []
    for name, rule in TEAM_RULES.items():
        alone = rule.__module__ == of_lines.__name__
        broken += (each for each in before.broken if alone and each.rule == name and each.person not in ids)
        found = rule(few, lines) if alone else rule(problem, roster)
        broken += (Finding(name, *each) for each in found)
    by_rule = dict.fromkeys(TEAM_RULES, 0.0)
    for each in broken:
        by_rule[each.rule] += each.cost
    return Score(by_rule, tuple(broken))
