"""Small wards for tests of rosters, as data a planner could have written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_reading import read_told, stated_slots, team_problem
from optimizer.scenario.files import open_data

SHIFTS: Mapping[str, Any] = {
    "early": {"start": "07:00", "hours": 8},
    "late": {"start": "14:00", "hours": 8},
    "night": {"start": "21:00", "hours": 10},
}

NO_RULES: Mapping[str, Any] = {
    "rest": {"hours": 0}, "hours": [], "float_cost": 0, "over_cost": 0, "rota_cost": 0,
}  # fmt: skip
"""Nothing but one shift a day."""

MONDAY = "2026-03-02"


def day(number: int) -> str:
    """A day of the roster as a date: 0 is Monday 2 March 2026."""
    return f"2026-03-{2 + number:02d}"


def scenario(days: int = 7, people: Sequence[Mapping[str, Any]] | int = 2, **roster: Any) -> dict[str, Any]:
    """A ward of some days with people n1, n2 and so on (or those given); `rules` are laid on NO_RULES."""
    if isinstance(people, int):
        people = [{"id": f"n{at + 1}", "group": "rn"} for at in range(people)]
    rules = {**NO_RULES, **roster.pop("rules", {})}
    return {
        "schema": 1, "id": "ward", "horizon": {"start": MONDAY, "days": days}, "shifts": dict(SHIFTS),
        "roster": {"people": list(people), "rules": rules, **roster},
    }  # fmt: skip


def needs(*wanted: tuple[int, str, int], cost: float | None = 100.0) -> list[dict[str, Any]]:
    """(day, shift, people) as needs."""
    return [{"day": day(at), "shift": shift, "people": people, "cost": cost} for at, shift, people in wanted]


def every(days: int, *shifts: str, people: int = 1, cost: float | None = 100.0) -> list[dict[str, Any]]:
    """The same need of each shift on each day."""
    return needs(*((at, shift, people) for at in range(days) for shift in shifts), cost=cost)


def problem_of(data: Mapping[str, Any]) -> TeamProblem:
    """The roster problem of a scenario."""
    told = read_told(open_data(data))
    return team_problem(told, stated_slots(told))


def roster_of(problem: TeamProblem, *lines: str) -> TeamRoster:
    """A roster written as letters, a line for each person: E early, L late, N night, - off."""
    names = {"E": "early", "L": "late", "N": "night"}
    number = {(slot.day, slot.shift): at for at, slot in enumerate(problem.slots)}
    return TeamRoster(
        tuple(
            frozenset(number[at, names[letter]] for at, letter in enumerate(line.replace(" ", "")) if letter in names)
            for line in lines
        )
    )
