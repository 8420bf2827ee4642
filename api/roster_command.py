"""The work behind `wardwright roster`: read, search, recount, write, tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from api import words
from api.documents import json_text
from api.folder import draft
from api.outcomes import DONE, NO_PLAN, STOPPED
from api.terminal import progress_line
from optimizer.roster.formats import open_roster
from optimizer.roster.making import RosterPlan, make_roster
from optimizer.roster.problem import Roster
from optimizer.solution import Status
from optimizer.tables import Cell, Table

MOST_BROKEN: Final = 8
WIDEST_NAME: Final = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    place: Path
    history: int | None
    weeks: tuple[int, ...]
    seconds: float
    work: int | None
    gap: float
    seed: int
    folder: Path | None
    force: bool
    as_json: bool


def run(asked: Asked) -> int:
    """Make a roster; returns the exit code.

    Raises ScenarioError for a problem that can't be read, OutputRefused and OutputFailed, UnfitRules.
    """
    problem = open_roster(asked.place, asked.history, asked.weeks)
    target = asked.folder or Path("rosters") / problem.name
    with ExitStack() as stack:
        place = None if asked.as_json else stack.enter_context(draft(target, force=asked.force))
        line = stack.enter_context(progress_line())
        plan = make_roster(
            problem, seconds=asked.seconds, gap=asked.gap, seed=asked.seed, work=asked.work,
            watch=line.watch if line else None,
        )  # fmt: skip
        if line is not None:
            line.clear()
        if place is not None:
            place.publish(dict(_files(plan)))
    click.echo(json_text(_json(plan)) if asked.as_json else "\n".join(_told(plan, target)) + "\n", nl=False)
    if plan.roster is None:
        return NO_PLAN
    return STOPPED if plan.status is Status.TIME_LIMIT else DONE


def _files(plan: RosterPlan) -> Iterator[tuple[str, str]]:
    yield "plan.json", json_text(_json(plan))
    yield "run.json", json_text(_run(plan))
    if plan.roster is not None:
        duties = tuple(_duties(plan, plan.roster))
        yield "roster.csv", Table("roster", ("person", "day", "shift", "skill"), duties).to_csv()
    if plan.score is not None:
        rows = ((f.rule, f.person, "" if f.day is None else f.day, f.amount, f.cost, f.what) for f in plan.score.broken)
        yield "broken.csv", Table("broken", ("rule", "person", "day", "amount", "points", "what"), tuple(rows)).to_csv()


def _json(plan: RosterPlan) -> dict[str, object]:
    by_rule: Mapping[str, float] = {} if plan.score is None else plan.score.by_rule
    return {
        "schema_version": 1,
        "problem": plan.problem.name,
        "status": str(plan.status),
        "objective": plan.points,
        "bound": plan.bound,
        "gap": plan.gap,
        "points": {rule: points for rule, points in by_rule.items() if points},
        "checked": None if plan.score is None else {"ok": plan.score.legal, "violations": []},
        "tables": {"roster": "roster.csv", "broken": "broken.csv"} if plan.roster is not None else {},
    }


def _run(plan: RosterPlan) -> dict[str, object]:
    """What may differ between equal runs."""
    progress = [{"seconds": round(p.seconds, 2), "points": p.incumbent, "bound": p.bound} for p in plan.progress]
    return {"seconds": round(plan.seconds, 1), "progress": progress}


def _duties(plan: RosterPlan, roster: Roster) -> Iterator[tuple[Cell, ...]]:
    for person, line in zip(plan.problem.people, roster.lines, strict=True):
        yield from ((person.name, day, duty.shift, duty.skill) for day, duty in enumerate(line) if duty is not None)


def _told(plan: RosterPlan, target: Path) -> Iterator[str]:
    problem = plan.problem
    size = (
        f"{words.count(len(problem.people), 'person').replace('persons', 'people')}, {words.count(problem.days, 'day')}"
    )
    if plan.roster is None or plan.score is None or plan.points is None:
        yield f"{problem.name}   {size}: no roster in {plan.seconds:.0f} s; give more with --time-limit"
        return
    yield f"{problem.name}   {size}   checked: every hard rule holds"
    proof = "proven to be the least possible" if plan.status is Status.OPTIMAL else _proof(plan)
    yield f"{plan.points:,.0f} points: {proof}"
    for rule, points in sorted(plan.score.by_rule.items(), key=lambda pair: -pair[1]):
        if points:
            yield f"  {rule}  {points:,.0f}"
    yield from _grid(plan, plan.roster)
    dearest = sorted((each for each in plan.score.broken if each.cost), key=lambda each: -each.cost)
    for each in dearest[:MOST_BROKEN]:
        day = "" if each.day is None else f" on day {each.day}"
        yield words.cut(f"  {each.cost:,.0f}  {each.person or 'cover'}{day}: {each.what}")
    if len(dearest) > MOST_BROKEN:
        yield f"  and {len(dearest) - MOST_BROKEN:,} more in broken.csv"
    yield f"Written to {target}"


def _proof(plan: RosterPlan) -> str:
    return (
        f"no roster has fewer than {plan.bound:,.0f}, so within {words.percent_at_most(plan.gap or 0.0)} of the least"
    )


def _grid(plan: RosterPlan, roster: Roster) -> Iterator[str]:
    """Everybody's line, where it fits: a shift's name cut to what tells shifts apart."""
    names = [shift.name for shift in plan.problem.shifts]
    width = next((w for w in (1, 2, 3) if len({name[:w] for name in names}) == len(names)), 3)
    label = min(WIDEST_NAME, max(words.shown_width(person.name) for person in plan.problem.people))
    if label + 2 + plan.problem.days * (width + 1) > words.width():
        return
    for person, line in zip(plan.problem.people, roster.lines, strict=True):
        cells = " ".join((duty.shift[:width] if duty is not None else "-").ljust(width) for duty in line)
        yield f"{words.padded(person.name[:label], label)}  {cells}".rstrip()
