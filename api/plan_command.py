"""The work behind `wardwright plan`: read, make sure of the output, plan, write, tell. Imported only when it runs."""

from __future__ import annotations

import re
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

from api.documents import plan_files, plan_text
from api.folder import Draft, draft
from api.outcomes import exit_of
from api.scenario_args import Asked
from api.summary import summary
from api.terminal import painted, progress_line
from api.validate_command import Trial, read_all, warning_lines
from optimizer.making import make_plan, scenario_limits
from optimizer.plan import Plan
from optimizer.roster.workable import with_workable
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits

LONGEST = 86_400.0
"""Seconds that a search limited by work may take."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How to plan: None leaves it to the scenario. `time_limit` is in seconds, `work` in pieces; with `work` and
    no `time_limit` no clock ends the search.
    """

    solver: str | None = None
    time_limit: float | None = None
    gap: float | None = None
    seed: int | None = None
    work: int | None = None

    def limits(self, scenario: Scenario) -> Limits:
        """The scenario's limits, with what was asked for above them."""
        limits = scenario_limits(scenario)
        usual = limits.time_limit if self.work is None else LONGEST
        return replace(
            limits,
            time_limit=usual if self.time_limit is None else self.time_limit,
            work=self.work,
            threads=limits.threads if self.work is None else 1,
            gap=limits.gap if self.gap is None else self.gap,
            seed=limits.seed if self.seed is None else self.seed,
        )


@dataclass(frozen=True, slots=True)
class Output:
    """Where plans go: a folder, or standard output as JSON."""

    folder: Path | None
    force: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One plan to make: a scenario, the variants laid on it, and the folder to fill (none: only printed)."""

    variant: str | None
    loaded: Loaded[Scenario]
    draft: Draft | None


def run(asked: Asked, variant: str | None, terms: Terms, output: Output) -> int:
    """Plan the scenario with its variants laid on it; returns the exit code.

    Raises ScenarioError or OutputRefused before anything is planned, and later whatever planning raises.
    """
    read = read_all(asked, [Trial(variant)])
    for warning in warning_lines(read):
        click.echo(warning, err=True)
    with ExitStack() as drafts:
        loaded = read[0][1]
        job = Job(variant, loaded, _draft(drafts, loaded, variant, output))
        plan = _make(job, terms)
        _deliver(plan, job, output)
    return exit_of(plan)


def _draft(drafts: ExitStack, loaded: Loaded[Scenario], variant: str | None, output: Output) -> Draft | None:
    """The folder to fill, made sure of; the variants' names are in it unless it was named for them."""
    if output.as_json and output.folder is None:
        return None
    return drafts.enter_context(draft(output.folder or default_folder(loaded.value, variant), force=output.force))


def default_folder(scenario: Scenario, variant: str | None = None) -> Path:
    """plans/ID-START[-VARIANT+VARIANT] below the current directory; a cycle has no start."""
    start = scenario.horizon.start
    parts = [scenario.id, *([str(start)] if start else []), *([file_name(variant)] if variant else [])]
    return Path("plans") / "-".join(parts)


def file_name(text: str) -> str:
    """A text as part of a folder's name: `flu_year,no_agency` is flu_year+no_agency."""
    return re.sub(r"[^-+=.\w]", "_", text.replace(",", "+"))


def _make(job: Job, terms: Terms) -> Plan:
    with progress_line(job.variant or "") as line:
        plan = make_plan(
            job.loaded,
            variant=job.variant,
            solver=terms.solver,
            limits=terms.limits(job.loaded.value),
            say=line.say if line else None,
            watch=line.watch if line else None,
        )
        return with_workable(plan, job.loaded)


def _deliver(plan: Plan, job: Job, output: Output) -> None:
    """Print first, so that a full disk takes the folder and not the answer; then write, then say where."""
    if output.as_json:
        sys.stdout.write(plan_text(plan))
    else:
        click.echo(painted(summary(plan, note=job.loaded.value.note)), nl=False)
    sys.stdout.flush()
    if job.draft is not None:
        job.draft.publish(plan_files(plan, job.loaded))
        if not output.as_json:
            click.echo(f"Written to {job.draft.shown}")
