"""The work behind `wardwright alternatives`: a plan's folder read back, plans nearly as good written beside it."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from api.alternatives_words import told
from api.documents import json_text, plan_files
from api.errors import Refused
from api.folder import Draft, draft
from api.terminal import progress_line
from optimizer.goals.alternatives import COLUMNS, Alternative, Alternatives, alternatives, table
from optimizer.making import scenario_limits
from optimizer.replanning.differences import COLUMNS as CHANGE_COLUMNS
from optimizer.replanning.differences import rows
from optimizer.saved import SavedPlan, open_plan
from optimizer.solution import Limits
from optimizer.tables import Table

_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*")
MOST_DEARER = 1.0


def share(text: str) -> float:
    """1% or .01 as a share. Raises Refused for anything else, a bare number of 1 or more included."""
    found = _SHARE.fullmatch(text if not text.strip().startswith(".") else f"0{text.strip()}")
    value = float(found[1]) / (100.0 if found[2] else 1.0) if found else -1.0
    if found is None or value > MOST_DEARER or (not found[2] and value >= 1.0):
        raise Refused(f"--within {text}: a share reads like 1% or 0.01, at most 100%")
    return value


def run(
    folder: Path, *, count: int, within: str, output: Path | None, force: bool, seconds: float, as_json: bool
) -> int:
    """Look for alternatives to the plan in `folder`; returns the exit code: 0, or 4 where there are fewer than asked.

    Raises PlanFolderError, OutputRefused or Refused before anything is solved.
    """
    dearer, saved = share(within), open_plan(folder)
    with ExitStack() as drafts:
        places = _drafts(drafts, folder, output, count, force=force, as_json=as_json)
        found = _found(saved, count, dearer, seconds)
        if as_json:
            sys.stdout.write(json_text(_json(found)))
        else:
            click.echo(told(found), nl=False)
        sys.stdout.flush()
        for place, each in zip(places, found.plans, strict=False):
            place.publish(_files(found, each))
            if not as_json:
                click.echo(f"Written to {place.shown}")
    return 0 if not found.ended or found.none_left else 4


def _drafts(
    drafts: ExitStack, folder: Path, output: Path | None, count: int, *, force: bool, as_json: bool
) -> list[Draft]:
    """A folder for each alternative, made sure of: PLAN-alternative-1 and on, or OUTPUT-1 and on."""
    if as_json and output is None:
        return []
    whole = folder if folder.name not in ("", "..") else folder.resolve()
    base = output or whole.with_name(f"{whole.name}-alternative")
    names = [base.with_name(f"{base.name}-{number}") for number in range(1, count + 1)]
    return [drafts.enter_context(draft(name, force=force)) for name in names]


def _found(saved: SavedPlan, count: int, within: float, seconds: float) -> Alternatives:
    asked: Limits = scenario_limits(saved.scenario)
    limits = Limits(time_limit=seconds, gap=asked.gap, seed=saved.facts.seed)
    with progress_line() as line:
        return alternatives(
            saved, count=count, within=within, limits=limits, say=line.say if line else None
        )  # fmt: skip


def _files(found: Alternatives, each: Alternative) -> dict[str, str]:
    """The plan's own files, with what differs from the plan given and the table of all alternatives."""
    return {
        **plan_files(each.plan, found.saved.loaded),
        "changes.csv": Table("changes", CHANGE_COLUMNS, rows(each.changes)).to_csv(),
        "alternatives.csv": Table("alternatives", COLUMNS, tuple(table(found))).to_csv(),
    }


def _json(found: Alternatives) -> dict[str, object]:
    """The table, and every alternative's plan.json."""
    return {
        "within": found.within,
        "ended": found.ended,
        "alternatives": [dict(zip(COLUMNS, row, strict=True)) for row in table(found)],
        "plans": [each.plan.to_json() for each in found.plans],
    }
