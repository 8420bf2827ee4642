"""The work behind `wardwright sweep`: read the points, plan those not planned yet, keep each as it is done, tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from api import words
from api.documents import json_text
from api.outcomes import INVALID, OUR_FAULT, PLAN_EXITS, STOPPED, worst
from api.plan_command import Terms
from api.scenario_args import Asked
from api.summary import INTERRUPTED
from api.sweep_store import Store, made_from, open_store, point_name
from api.sweep_table import Row, csv_text, json_of, told
from api.terminal import Line, progress_line
from api.validate_command import Trial, read_all
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import composed
from optimizer.solution import Status
from optimizer.whatif.crew import Crew, plan_all
from optimizer.whatif.sweep import Done, Point, Task, points


@dataclass(frozen=True, slots=True)
class Sweeping:
    """What to sweep: a scenario with variants laid on it and axes added, how to plan, and who does it."""

    asked: Asked
    variant: str | None
    terms: Terms
    crew: Crew


def run(sweeping: Sweeping, output: Path | None, *, force: bool, as_json: bool) -> int:
    """Plan what is left of a sweep, print its table, write it; returns the exit code.

    Raises ScenarioError, SweepError or OutputRefused before anything is planned.
    """
    base = sweeping.asked.load(sweeping.variant)
    folder = output or Path("sweeps") / base.value.id
    work, code = swept(sweeping, base, folder, force=force)
    sys.stdout.write(json_text(json_of(work.rows())) if as_json else _report(work, base, folder))
    return code


def swept(sweeping: Sweeping, base: Loaded[Scenario], folder: Path, *, force: bool) -> tuple[Work, int]:
    """Every point planned that was not yet, each kept in `folder`, and the exit code. Raises as `run` does."""
    every = points(base.sweep)
    trials = [Trial(sweeping.variant, {axis: at}) for axis, values in base.sweep.items() for at in range(len(values))]
    read_all(sweeping.asked, trials)
    with open_store(folder, made_from(base, asdict(sweeping.terms)), force=force) as store:
        with progress_line() as line:
            work = Work(sweeping, store, {point_name(point): point for point in every}, line)
            code = work.all()
        store.write("sweep.csv", csv_text(work.rows()))
        return work, code


def _report(work: Work, base: Loaded[Scenario], folder: Path) -> str:
    before = f", {work.before} of them before" if work.before else ""
    left = len(work.points) - len(work.found)
    stopped = f"; stopped with {words.count(left, 'point')} left: run it again to go on" if left else ""
    planned = words.count(len(work.found), "point")
    return f"{told(work.rows(), base.value.currency)}{planned} planned{before}, kept in {folder}{stopped}\n"


@dataclass(slots=True)
class Work:
    """A sweep under way: `found` what each point came to, `before` how many of them stood there already."""

    sweeping: Sweeping
    store: Store
    points: dict[str, Point]
    line: Line | None
    found: dict[str, Row] = field(default_factory=dict)
    out: dict[str, Loaded[Scenario]] = field(default_factory=dict)
    before: int = 0

    def all(self) -> int:
        """Plan what is not planned yet; Ctrl-C ends it with what there is."""
        try:
            for done in plan_all(self._tasks(), self.sweeping.crew):
                self._keep(done)
        except KeyboardInterrupt:
            return STOPPED
        return worst([_exit_of(row) for row in self.found.values()])

    def rows(self) -> list[Row]:
        """A row for each point, in their order."""
        return [self.found.get(name, Row(name, point.values)) for name, point in self.points.items()]

    def _tasks(self) -> Iterator[Task]:
        """The points that are not planned yet, read one by one."""
        for name, point in self.points.items():
            try:
                loaded = self.sweeping.asked.load(self.sweeping.variant, point.pick)
            except ScenarioError as error:
                self._found(Row(name, point.values, why=str(error.faults[0])))
                continue
            if (said := self.store.kept(name, loaded)) is not None:
                self.before += 1
                self._found(Row(name, point.values, said))
                continue
            self.out[name] = loaded
            yield self._task(name, point, loaded)

    def _task(self, name: str, point: Point, loaded: Loaded[Scenario]) -> Task:
        crew, terms = self.sweeping.crew, self.sweeping.terms
        at_a_time = crew.jobs or os.cpu_count() or 1
        threads = 1 if crew.backend != "local" else max(1, (os.cpu_count() or 1) // at_a_time)
        variants = [each for each in (self.sweeping.variant, point.variant) if isinstance(each, str)]
        limits = replace(terms.limits(loaded.value), threads=threads)
        return Task(name, loaded, limits, composed(",".join(variants)), terms.solver)

    def _keep(self, done: Done) -> None:
        loaded, values = self.out.pop(done.name), self.points[done.name].values
        if done.plan is None:
            self._found(Row(done.name, values, why=done.why))
        elif done.plan.solver.message != INTERRUPTED:
            self._found(Row(done.name, values, self.store.keep(done.name, done.plan, loaded)))

    def _found(self, row: Row) -> None:
        self.found[row.name] = row
        if self.line is not None:
            cost = row.status if row.total is None else words.money(row.total)
            self.line.say(f"{len(self.found)} of {len(self.points)} points, {row.name}: {cost}")


def _exit_of(row: Row) -> int:
    """The exit code of a point."""
    if row.said is None:
        return INVALID
    return PLAN_EXITS.get((Status(row.said["status"]), row.said["objective"] is not None), OUR_FAULT)
