"""The work behind `wardwright replan`: a plan's folder read back, changed by what happened, written beside it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click

from api.documents import json_text, plan_files
from api.errors import Refused
from api.folder import Draft, draft
from api.outcomes import exit_of
from api.replan_words import told
from api.summary import summary
from api.terminal import progress_line
from optimizer.making import scenario_limits
from optimizer.replanning.answer import Replanned, replan
from optimizer.replanning.differences import COLUMNS, count, rows
from optimizer.replanning.frontier import COLUMNS as FRONTIER_COLUMNS
from optimizer.replanning.frontier import Point, frontier, undominated
from optimizer.replanning.replan import Request
from optimizer.saved import SavedPlan, open_plan
from optimizer.solution import Limits
from optimizer.tables import Table

FRONTIER_TIMES = 2.0
"""The frontier may take so many times the time limit."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the command was given."""

    events: tuple[str, ...]
    locks: tuple[str, ...]
    lock_until: str | None
    change_price: float | None
    frontier: bool
    time_limit: float

    def request(self) -> Request:
        """The same, read. Raises Refused where the day is none."""
        try:
            until = None if self.lock_until is None else date.fromisoformat(self.lock_until)
        except ValueError as error:
            raise Refused(f"--lock-until {self.lock_until}: a day reads like 2026-12-09") from error
        return Request(self.events, self.locks, until, self.change_price)


def run(folder: Path, asking: Asking, output: Path | None, *, force: bool, as_json: bool) -> int:
    """Change the plan in `folder`; returns the exit code.

    Raises PlanFolderError, EventError, ScenarioError, OutputRefused or Refused before anything is solved.
    """
    request, saved = asking.request(), open_plan(folder)
    with ExitStack() as drafts:
        place = _draft(drafts, folder, output, force=force, as_json=as_json)
        found = _replanned(saved, request, asking)
        points = _frontier(found, asking) if asking.frontier and found.plan.exists else ()
        _print(found, points, as_json=as_json)
        if place is not None:
            place.publish(replanned_files(found, points))
            if not as_json:
                click.echo(f"Written to {place.shown}")
    return exit_of(found.plan)


def _draft(drafts: ExitStack, folder: Path, output: Path | None, *, force: bool, as_json: bool) -> Draft | None:
    if as_json and output is None:
        return None
    whole = folder if folder.name not in ("", "..") else folder.resolve()
    target = output or whole.with_name(f"{whole.name}-replanned")
    return drafts.enter_context(draft(target, force=force))


def _replanned(saved: SavedPlan, request: Request, asking: Asking) -> Replanned:
    limits = replace(scenario_limits(saved.scenario), time_limit=asking.time_limit, seed=saved.facts.seed)
    with progress_line() as line:
        return replan(
            saved, request, limits=limits, say=line.say if line else None, watch=line.watch if line else None
        )  # fmt: skip


def _frontier(found: Replanned, asking: Asking) -> tuple[Point, ...]:
    """The frontier, the plan itself among its points."""
    with progress_line() as line:
        if line is not None:
            line.say("trying other numbers of changes")
        limits = Limits(time_limit=FRONTIER_TIMES * asking.time_limit, seed=found.plan.source.seed)
        points = frontier(found.task, limits=limits, about=count(found.changes))
    made = count(found.changes)
    # a plan with no more changes costs at least the bound, which counts their price, less the price of them all
    least = None if found.plan.bound is None else found.plan.bound - found.task.price * made
    return undominated([*points, Point(made, found.money or 0.0, least)])


def _print(found: Replanned, points: tuple[Point, ...], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json_text({**replanned_json(found), "frontier": [_point_json(point) for point in points]}))
    elif found.plan.exists:
        click.echo(told(found, points), nl=False)
    else:
        click.echo(summary(found.plan), nl=False)
    sys.stdout.flush()


def replanned_json(found: Replanned) -> dict[str, object]:
    """`plan.json` with what was changed and why."""
    told_again: Mapping[str, object] = {
        "events": [{"text": event.text, "words": event.words} for event in found.task.events],
        "set": list(found.task.sets),
        "change_price": found.task.price,
        "cost_published": found.before,
        "cost_unchanged": found.kept,
        "cost_without_change_price": found.money,
        "changes": count(found.changes),
    }
    return {**found.plan.to_json(), "replanned": told_again}


def _point_json(point: Point) -> dict[str, object]:
    return {"changes": point.changes, "cost": point.cost, "bound": point.bound, "gap": point.gap}


def replanned_files(found: Replanned, points: tuple[Point, ...]) -> dict[str, str]:
    """Every file of the changed plan's folder, text by name."""
    files = plan_files(found.plan, found.task.loaded) | {"plan.json": json_text(replanned_json(found))}
    files["changes.csv"] = Table("changes", COLUMNS, rows(found.changes)).to_csv()
    if points:
        files["frontier.csv"] = Table("frontier", FRONTIER_COLUMNS, tuple(point.row() for point in points)).to_csv()
    return files
