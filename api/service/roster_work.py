"""What workers do for rosters: every ward of a scenario within the job's bounds; a roster changed after absences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from api.documents import json_text, plan_files
from api.roster_change import Terms, change, change_files, change_json
from api.roster_clash import SECONDS, looked_at
from api.roster_files import plan_json, roster_files
from api.roster_hospital import SECONDS_A_WARD
from api.service.exporting import plan_folder, room_for_files
from api.service.jobs import DONE
from api.service.leasing import Ending, Known
from api.service.task import Task
from optimizer.making import make_plan, scenario_limits
from optimizer.roster.hospital_making import TeamPlan, make_team_roster
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_reading import Told, read_told, stated_slots, team_problem
from optimizer.roster.hospital_saved import COLUMNS, duty_rows, in_one_piece, open_saved_roster
from optimizer.roster.hospital_wards import needs_of_plan, total, wards
from optimizer.saved import open_plan
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

ANSWER: Final = "answer.json"


def problems_of(loaded: Loaded[Scenario]) -> tuple[Told, tuple[TeamProblem, ...]]:
    """What is told of a roster, and its wards (none yet where the scenario is planned first).

    Raises ScenarioError where there is nobody, or nothing to do.
    """
    told = read_told(loaded)
    missing = [] if told.people else ["people"]
    missing += [] if told.needs or loaded.value.cover else ["needs"]
    if missing:
        raise ScenarioError([Fault("", 0, 0, f"/roster/{key}", "a roster over HTTP needs them") for key in missing])
    return told, wards(team_problem(told, stated_slots(told)))


def rostered(task: Task) -> Ending:
    """Roster every ward, one after another; a scenario that states no needs is planned first."""
    loaded = task.scenario()
    told, problems = problems_of(loaded)
    if not told.needs:
        told = _planned(task, loaded, told)
        problems = wards(team_problem(told, stated_slots(told)))
    plans = []
    for number, problem in enumerate(problems, 1):
        task.say(f"roster ward {number} of {len(problems)}")
        seconds = min(SECONDS_A_WARD, task.bounds.longest / len(problems))
        plans.append(make_team_roster(problem, seconds=seconds, seed=loaded.value.solve.seed, watch=task.watch))
    found = looked_at(plans, seconds=min(SECONDS, task.bounds.longest), seed=loaded.value.solve.seed)
    name = loaded.value.id
    files = roster_files(name, found.plans, in_one_piece(loaded, told, told.needs), {}, found.clashes)
    return _ending(files, plan_json(name, found.plans, found.clashes), found.plans)


def _planned(task: Task, loaded: Loaded[Scenario], told: Told) -> Told:
    """The needs of the scenario's own capacity plan. Raises ScenarioError where there is none."""
    limits = task.bounds.on(scenario_limits(loaded.value), loaded.value.solve.time_limit)
    plan = make_plan(loaded, variant=task.job.variant, limits=limits, say=task.say, watch=task.watch)
    if not plan.exists:
        raise ScenarioError([Fault("", 0, 0, "", f"no capacity plan was found ({plan.status}), so nothing to roster")])
    with room_for_files(), plan_folder(plan_files(plan, loaded)) as folder:
        return replace(told, needs=needs_of_plan(open_plan(folder), told))


def rerostered(task: Task) -> Ending:
    """Change a roster as little as absences ask for."""
    asked = task.request
    task.say("roster anew")
    with room_for_files(), plan_folder(task.parent) as folder:
        saved = open_saved_roster(folder)
    seconds = min(float(asked["time_limit"]), task.bounds.longest) / max(1, len(saved.problems))
    changed = change(saved, asked["absent"], Terms(seconds, seed=saved.loaded.value.solve.seed))
    plans = tuple(each.plan for each in changed)
    files = change_files(saved, asked["absent"], changed)
    return _ending(files, change_json(saved.loaded.value.id, changed), plans)


def _ending(
    files: Mapping[str, str | bytes], answer: Mapping[str, object], plans: tuple[TeamPlan, ...]
) -> Ending:  # fmt: skip
    """What is kept: texts alone; workbooks and calendars are made of them again when asked for."""
    rows = [list(row) for plan in plans for row in duty_rows(plan.problem, plan.roster)]
    whole = {**answer, "table_data": {"roster": {"columns": list(COLUMNS), "rows": rows}}}
    kept = {file: text for file, text in files.items() if isinstance(text, str)}
    points, bound, legal = total(plans)
    gap = answer["gap"]
    known = Known(incumbent=points if legal else None, bound=bound, gap=gap if isinstance(gap, float) else None)
    return Ending(DONE, {**kept, ANSWER: json_text(whole)}, str(answer["status"]), known=known)
