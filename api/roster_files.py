"""The files of a roster's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from api.documents import json_text
from api.roster_clash import clash_json
from api.roster_grid import grid
from api.roster_words import unfilled
from optimizer.roster.clashing import Clash
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_saved import COLUMNS, day_label, duty_rows
from optimizer.roster.hospital_team_rules import burdens
from optimizer.roster.hospital_wards import Certificate, total
from optimizer.roster.making import relative_gap
from optimizer.solution import Status
from optimizer.tables import Table

BROKEN = ("ward", "rule", "person", "day", "amount", "points", "hard", "what")
BURDENS = ("ward", "person", "hours", "shifts", "nights", "weekends", "wishes_unmet")
NO_CLASHES: Final[Mapping[str, Clash]] = MappingProxyType({})
CUT = ("staff", "unit", "at", "shift", "day", "people")


def plan_json(name: str, plans: Sequence[TeamPlan], clashes: Mapping[str, Clash] = NO_CLASHES) -> dict[str, object]:
    """`plan.json` of a roster: points by rule, bound, every ward by itself, and what clashes where none is legal."""
    points, bound, legal = total(plans)
    rules = dict.fromkeys(rule for plan in plans for rule in plan.score.by_rule)
    hard = [each.what for plan in plans for each in plan.score.hard]
    return {
        "schema_version": 1, "kind": "roster", "problem": name, "status": str(status(plans)),
        "objective": round(points, 6) if legal else None, "bound": None if bound is None else round(bound, 6),
        "gap": relative_gap(points, bound) if legal and bound is not None else None,
        "points": {
            rule: round(cost, 6) for rule in rules if (cost := sum(plan.score.by_rule[rule] for plan in plans))
        },
        "checked": {"ok": legal, "violations": hard[:100]},
        "wards": [_ward(plan) for plan in plans],
        **({"clashes": [clash_json(plan.problem, clashes[plan.problem.name]) for plan in plans
                        if plan.problem.name in clashes]} if clashes else {}),
        "tables": {"roster": "roster.csv", "broken": "broken.csv", "burdens": "burdens.csv"},
    }  # fmt: skip


def _ward(plan: TeamPlan) -> dict[str, object]:
    return {
        "name": plan.problem.name, "people": len(plan.problem.members),
        "duties": sum(slot.wanted for slot in plan.problem.slots), "unfilled": unfilled(plan),
        "status": str(plan.status), "legal": plan.legal, "points": round(plan.points, 6),
        "bound": None if plan.bound is None else round(plan.bound, 6), "gap": plan.gap,
    }  # fmt: skip


def status(plans: Sequence[TeamPlan]) -> Status:
    """How the wards together ended: the worst of them."""
    order = (Status.OPTIMAL, Status.WITHIN_GAP, Status.TIME_LIMIT, Status.INFEASIBLE)
    return max((plan.status for plan in plans), key=order.index, default=Status.OPTIMAL)


def roster_files(
    name: str, plans: Sequence[TeamPlan], scenario: Mapping[str, object], extra: Mapping[str, str | bytes],
    clashes: Mapping[str, Clash] = NO_CLASHES,
) -> dict[str, str | bytes]:  # fmt: skip
    """All of them by name; `scenario` is the problem in one piece."""
    from api.roster_book import roster_book
    from api.roster_calendar import calendars

    duties = tuple(row for plan in plans for row in duty_rows(plan.problem, plan.roster))
    return {
        "plan.json": json_text(plan_json(name, plans, clashes)),
        "scenario.json": json_text(dict(scenario)),
        "roster.csv": Table("roster", COLUMNS, duties).to_csv(),
        "broken.csv": Table("broken", BROKEN, tuple(_broken(plans))).to_csv(),
        "burdens.csv": Table("burdens", BURDENS, tuple(_burdens(plans))).to_csv(),
        "grid.txt": "\n".join(_grids(plans)) + "\n",
        "roster.xlsx": roster_book(plans),
        **calendars(plans),
        **extra,
    }


def _broken(plans: Sequence[TeamPlan]) -> Iterator[tuple[str | int | float, ...]]:
    for plan in plans:
        for each in plan.score.broken:
            day = "" if each.day is None else day_label(plan.problem, each.day)
            cost = round(each.cost, 6)
            yield plan.problem.name, each.rule, each.person, day, each.amount, cost, int(each.hard), each.what


def _burdens(plans: Sequence[TeamPlan]) -> Iterator[tuple[str | int | float, ...]]:
    for plan in plans:
        for person, carried in burdens(plan.problem, plan.roster):
            figures = (carried[each] for each in ("hours", "shifts", "nights", "weekends", "wishes"))
            yield plan.problem.name, person, *(round(figure, 4) for figure in figures)


def _grids(plans: Sequence[TeamPlan]) -> Iterator[str]:
    for plan in plans:
        yield plan.problem.name
        yield from grid(plan.problem, plan.roster) if plan.problem.members else ()
        yield ""


def cut_csv(certificate: Certificate) -> str:
    """Duties of a plan that its people can't work, as a table."""
    rows = (
        (pool.pool.group, pool.pool.unit, each.slot.place, each.slot.shift, day_label(pool.problem, each.slot.day),
         each.people)
        for pool in certificate.pools for each in pool.unplaced
    )  # fmt: skip
    return Table("cut", CUT, tuple(rows)).to_csv()
