"""The work behind `wardwright roster` for a scenario or a plan: named people, or else a certificate."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import click

from api.documents import json_text, plan_files
from api.errors import Refused
from api.folder import draft
from api.outcomes import DONE, INFEASIBLE, NO_PLAN, STOPPED
from api.roster_clash import SECONDS, clash_lines, looked_at
from api.roster_files import cut_csv, plan_json, roster_files, status
from api.roster_words import certified, told
from api.terminal import Line, progress_line
from optimizer.making import make_plan
from optimizer.roster.certifying import PoolRoster
from optimizer.roster.cutting import cut_until_workable
from optimizer.roster.hospital_making import TeamPlan, make_team_roster, many
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_reading import Told, read_told, stated_slots, team_problem
from optimizer.roster.hospital_saved import in_one_piece
from optimizer.roster.hospital_wards import Certificate, certify_plan, needs_of_plan, wards
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.files import open_scenario
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Status

SECONDS_A_WARD: Final = 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; `place` a scenario file or, with `of_plan`, a folder."""

    place: Path
    of_plan: bool
    people: Path | None = None
    variant: str | None = None
    sets: tuple[str, ...] = ()
    seconds: float = SECONDS_A_WARD
    gap: float = 0.0
    seed: int = 0
    work: int | None = None
    jobs: int = 2
    folder: Path | None = None
    force: bool = False
    as_json: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What is rostered: the scenario, what was told of people, and the plan its needs come from, if any."""

    loaded: Loaded[Scenario]
    told: Told
    saved: SavedPlan | None = None


@dataclass(slots=True)
class Counter:
    """Says on a terminal which of several wards are done."""

    line: Line | None
    total: int
    done: int = field(default=0)

    def tell(self, name: str) -> None:
        """One more is done."""
        self.done += 1
        if self.line is not None:
            self.line.say(f"{self.done} of {self.total} wards, last {name}")


def run(asked: Asked) -> int:
    """Roster a scenario or a plan; returns the exit code.

    Raises ScenarioError, PlanFolderError, OutputRefused and OutputFailed, RosterError for a fault of ours.
    """
    with ExitStack() as stack:
        source = _source(asked, stack)
        name = source.loaded.value.id
        target = asked.folder or Path("rosters") / name
        place = None if asked.as_json else stack.enter_context(draft(target, force=asked.force))
        certificate = _certificate(source, asked)
        if not source.told.people:
            files = _anonymous(name, _there(certificate))
            lines = [*certified(_there(certificate))]
            code, data = DONE, _certified_json(name, _there(certificate))
        else:
            made, scenario = _rostered(source, asked)
            found = looked_at(made, seconds=max(asked.seconds, SECONDS), seed=asked.seed)
            plans = found.plans
            extra = {"cut.csv": cut_csv(certificate)} if certificate is not None else {}
            files = roster_files(name, plans, scenario, extra, found.clashes)
            lines = [*told(name, plans), *clash_lines(plans, found.clashes)]
            lines += [*(certified(certificate) if certificate is not None else ())]
            code, data = exit_code(plans), plan_json(name, plans, found.clashes)
        if place is not None:
            place.publish(files)
        if asked.cut and certificate is not None and source.saved is not None:
            lines += _cut(stack, source.saved, certificate, target, asked)
        click.echo(json_text(data) if asked.as_json else "\n".join([*lines, f"Written to {target}"]) + "\n", nl=False)
    return code


def _cut(stack: ExitStack, saved: SavedPlan, certificate: Certificate, target: Path, asked: Asked) -> list[str]:
    """The plan made again with at most what can be placed, in a folder of its own, and its own certificate."""
    if certificate.share == 1.0:
        return ["Nothing to cut: every planned own duty can be worked"]
    folder = target.with_name(f"{target.name}-plan")
    place = stack.enter_context(draft(folder, force=asked.force))
    with progress_line() as line:
        rounds = cut_until_workable(
            saved, certificate, partial(certify_plan, jobs=asked.jobs), watch=line.watch if line else None
        )
    if not rounds:
        return ["With the cuts no plan was found"]
    last = rounds[-1]
    place.publish(plan_files(last.plan, last.loaded))
    times = "" if len(rounds) == 1 else f" {len(rounds)} times"
    told = f"Planned again{times} with the cuts, cost {last.plan.objective:,.0f}: {folder}"
    return [told, *certified(last.certificate)]


def _source(asked: Asked, stack: ExitStack) -> Source:
    """The scenario with its people; planned first where it states no needs of its own."""
    if asked.of_plan:
        saved = open_plan(asked.place)
        return Source(saved.loaded, read_told(saved.loaded, asked.people), saved)
    loaded = open_scenario(asked.place, variant=asked.variant, sets=asked.sets)
    told = read_told(loaded, asked.people)
    if told.needs:
        return Source(loaded, told)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return Source(loaded, told, _planned(loaded, asked, folder))


def _planned(loaded: Loaded[Scenario], asked: Asked, folder: Path) -> SavedPlan:
    """The scenario's capacity plan, made and read back as from its folder."""
    with progress_line() as line:
        plan = make_plan(
            loaded, variant=asked.variant, say=line.say if line else None, watch=line.watch if line else None
        )
    if not plan.exists:
        raise Refused(f"{loaded.value.id}: no capacity plan was found ({plan.status}), so there is nothing to roster")
    for name, text in plan_files(plan, loaded).items():
        (folder / name).write_text(text, encoding="utf-8")
    return open_plan(folder)


def _certificate(source: Source, asked: Asked) -> Certificate | None:
    if source.saved is None:
        if not source.told.people:
            raise Refused("nobody is told of: give roster.people, roster.people_file or --people TABLE")
        return None
    with progress_line() as line:
        counter = Counter(line, sum(len(group.teams(())) for group in source.saved.scenario.staff.values()) or 1)

        def done(each: PoolRoster) -> None:
            counter.tell(each.pool.name)

        return certify_plan(source.saved, jobs=asked.jobs, done=done)


def _there(certificate: Certificate | None) -> Certificate:
    if certificate is None:
        raise Refused("there is no plan to certify")
    return certificate


def _rostered(source: Source, asked: Asked) -> tuple[list[TeamPlan], Mapping[str, object]]:
    """A roster for every ward, and the scenario in one piece."""
    told_ = source.told
    if source.saved is not None:
        told_ = replace(told_, needs=needs_of_plan(source.saved, told_))
    problems = wards(team_problem(told_, stated_slots(told_)))
    return make_all(problems, asked), in_one_piece(source.loaded, told_, told_.needs)


def make_all(
    problems: tuple[TeamProblem, ...], asked: Asked, starts: Sequence[TeamRoster] | None = None
) -> list[TeamPlan]:  # fmt: skip
    """Rosters of all wards, several at a time, with progress on a terminal."""
    with progress_line() as line:
        counter = Counter(line, len(problems))
        watch = line.watch if line is not None and len(problems) == 1 else None
        begin = dict(zip((problem.name for problem in problems), starts or (), strict=False))

        def make(problem: TeamProblem) -> TeamPlan:
            return make_team_roster(
                problem, seconds=asked.seconds, gap=asked.gap, seed=asked.seed, work=asked.work, watch=watch,
                start=begin.get(problem.name),
            )  # fmt: skip

        return many(problems, make, asked.jobs, lambda plan: counter.tell(plan.problem.name))


def exit_code(plans: Sequence[TeamPlan]) -> int:
    """0 where all wards are proven within the gap, 4 where time ran out, 3 or 5 where one has no legal roster."""
    if not all(plan.legal for plan in plans):
        return INFEASIBLE if any(plan.status is Status.INFEASIBLE for plan in plans) else NO_PLAN
    return STOPPED if status(plans) is Status.TIME_LIMIT else DONE


def _anonymous(name: str, certificate: Certificate) -> dict[str, str | bytes]:
    """The files of a certificate: the anonymous rosters and their shares."""
    from optimizer.roster.hospital_saved import COLUMNS, duty_rows
    from optimizer.tables import Table

    rows = tuple(row for pool in certificate.pools for row in duty_rows(pool.problem, pool.roster))
    return {
        "plan.json": json_text(_certified_json(name, certificate)),
        "roster.csv": Table("roster", COLUMNS, rows).to_csv(),
        "cut.csv": cut_csv(certificate),
    }


def _certified_json(name: str, certificate: Certificate) -> dict[str, object]:
    return {
        "schema_version": 1, "kind": "certificate", "problem": name, "planned": certificate.planned,
        "placed": certificate.placed, "share": round(certificate.share, 6),
        "checked": {"ok": True, "violations": []},
        "pools": [
            {"name": pool.pool.name, "people": len(pool.problem.members), "planned": pool.pool.planned,
             "placed": pool.placed, "proven_most": pool.proven}
            for pool in certificate.pools
        ],
        "tables": {"roster": "roster.csv", "cut": "cut.csv"},
    }  # fmt: skip
