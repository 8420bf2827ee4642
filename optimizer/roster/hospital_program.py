"""A hospital's roster as a `Program`: one column for each duty each person may work, rows rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from optimizer.program import ABSENT, Floats, Ints, Program
from optimizer.roster import hospital_rows as of_lines
from optimizer.roster import hospital_team_rows as of_teams
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_sheet import Row, Sheet

ROWS: Final[Mapping[str, Callable[[Sheet], Iterable[Row]]]] = {
    "one place at a time": of_lines.one_place_rows,
    "rest between duties": of_lines.rest_rows,
    "shifts that may not follow": of_lines.succession_rows,
    "locked cells": of_teams.locked_rows,
    "shifts in a period": of_lines.count_rows,
    "hours in a period": of_lines.hour_rows,
    "contract hours": of_lines.contract_rows,
    "working days in a row": of_lines.working_rows,
    "rest days in a row": of_lines.resting_rows,
    "nights in blocks": of_lines.night_rows,
    "rest after nights": of_lines.night_rest_rows,
    "weekends both days or none": of_lines.whole_weekend_rows,
    "weekends off": of_lines.weekend_off_rows,
    "people wanted": of_teams.cover_rows,
    "skill and grade mix": of_teams.mix_rows,
    "requests": of_teams.wish_rows,
    "together": of_teams.together_rows,
    "apart": of_teams.apart_rows,
    "fair shares": of_teams.fair_rows,
    "base rotas": of_teams.rota_rows,
    "published duties stay": of_teams.published_rows,
}
"""By the names of TEAM_RULES. What is not here is held by the columns: who may work what, when, at which price."""


@dataclass(frozen=True, slots=True, eq=False)
class RosterProgram:
    """The program, and (M, N) its column for each member's each duty, ABSENT where she may not work it."""

    program: Program
    duty: Ints

    def roster(self, values: Floats) -> TeamRoster:
        """The roster that an answer of the program says."""
        taken = (self.duty != ABSENT) & (values[np.maximum(self.duty, 0)] > 0.5)
        return TeamRoster(tuple(frozenset(int(at) for at in np.flatnonzero(row)) for row in taken))


def roster_program(problem: TeamProblem, without: frozenset[str] = frozenset()) -> RosterProgram:
    """The program of a problem; `without` leaves rules out, to see which of them clash."""
    sheet = Sheet.of(problem)
    of_teams.price_duties(sheet)
    past: dict[str, list[Row]] = {}
    for name, row in of_lines.past_rows(sheet):
        past.setdefault(name, []).append(row)
    for name, rows in ROWS.items():
        if name not in without:
            sheet.keep(name, [*past.get(name, []), *rows(sheet)])
    program = sheet.builder.build()
    cost = program.cost.copy()
    for column, price in sheet.extra.items():
        cost[column] += price
    return RosterProgram(replace(program, cost=cost), sheet.duty)
