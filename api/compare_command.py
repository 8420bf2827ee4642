"""The work behind `wardwright compare`: read, plan, set side by side, tell. Imported only when it runs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click

from api.compare_files import MARKER, compared_files
from api.compare_json import compared_json
from api.compare_options import options_of
from api.compare_words import told
from api.documents import json_text
from api.folder import draft
from api.outcomes import OUR_FAULT, PLAN_EXITS, worst
from api.plan_command import Terms
from api.summary import INTERRUPTED
from api.terminal import Line, progress_line
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import Outlook
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.whatif.attribution import Way
from optimizer.whatif.compare import By, Compared, compare


@dataclass(frozen=True, slots=True)
class Asking:
    """How to compare: changes laid on every scenario, where files may be read, the way costs are shared out, limits."""

    sets: tuple[str, ...] = ()
    root: Path | None = None
    how: str = "auto"
    by: str = "auto"
    time_limit: float | None = None
    gap: float | None = None


def run(asked: tuple[str, ...], asking: Asking, output: Path | None, *, force: bool, as_json: bool) -> int:
    """Compare, print, write; returns the worst exit code of the plans compared.

    Raises ScenarioError, PlanFolderError, Refused or OutputRefused before anything is planned.
    """
    options = options_of(asked, asking.sets, asking.root)
    with ExitStack() as drafts:
        place = drafts.enter_context(draft(output, force=force, marker=MARKER)) if output else None
        with progress_line() as line:
            found = compare(options, _Making(asking, line).make, way=cast("Way", asking.how), by=cast("By", asking.by))
        sys.stdout.write(json_text(compared_json(found)) if as_json else told(found))
        sys.stdout.flush()
        if place is not None:
            place.publish(compared_files(found))
            if not as_json:
                click.echo(f"Written to {place.shown}")
    return exit_of(found)


def exit_of(found: Compared) -> int:
    """The worst exit code of the plans compared."""
    outcomes = [found.outcome, *(each.outcome for each in found.others)]
    return worst([PLAN_EXITS.get((each.status, each.exists), OUR_FAULT) for each in outcomes])


@dataclass(frozen=True, slots=True)
class _Making:
    """Plans a scenario, telling on `line` what it is planned for; Ctrl-C ends all."""

    asking: Asking
    line: Line | None

    def make(self, loaded: Loaded[Scenario], outlook: Outlook | None, told: str) -> Plan:
        """Plan within the limits asked for. Raises KeyboardInterrupt where that was stopped."""
        terms = Terms(time_limit=self.asking.time_limit, gap=self.asking.gap)
        watch = None
        if self.line is not None:
            self.line.name = f"{told}: "
            watch = self.line.watch
        plan = make_plan(loaded, limits=terms.limits(loaded.value), outlook=outlook, watch=watch)
        if plan.solver.message == INTERRUPTED:
            raise KeyboardInterrupt
        return plan
