"""What workers do for rosters: every ward of a scenario within the job's bounds."""

from __future__ import annotations

from api.documents import json_text
from api.roster_files import plan_json, roster_files
from api.roster_hospital import SECONDS_A_WARD
from api.service.jobs import DONE
from api.service.leasing import Ending
from api.service.task import ANSWER, Task
from optimizer.roster.hospital_making import make_team_roster
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_reading import Told, read_told, stated_slots, team_problem
from optimizer.roster.hospital_saved import COLUMNS, duty_rows, in_one_piece
from optimizer.roster.hospital_wards import wards
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


def problems_of(loaded: Loaded[Scenario]) -> tuple[Told, tuple[TeamProblem, ...]]:
    """What is told of a roster, and its wards. Raises ScenarioError where there is nobody, or nothing to do."""
    told = read_told(loaded)
    for key in ("people", "needs"):
        if not getattr(told, key):
            raise ScenarioError([Fault("", 0, 0, f"/roster/{key}", "a roster over HTTP needs them")])
    return told, wards(team_problem(told, stated_slots(told)))


def rostered(task: Task) -> Ending:
    """Roster every ward, one after another."""
    loaded = task.scenario()
    told, problems = problems_of(loaded)
    plans = []
    for number, problem in enumerate(problems, 1):
        task.say(f"roster ward {number} of {len(problems)}")
        seconds = min(SECONDS_A_WARD, task.bounds.longest / len(problems))
        plans.append(make_team_roster(problem, seconds=seconds, seed=loaded.value.solve.seed, watch=task.watch))
    name = loaded.value.id
    rows = [list(row) for plan in plans for row in duty_rows(plan.problem, plan.roster)]
    answer = {**plan_json(name, plans), "table_data": {"roster": {"columns": list(COLUMNS), "rows": rows}}}
    files = roster_files(name, plans, in_one_piece(loaded, told, told.needs), {})
    kept = {file: text for file, text in files.items() if isinstance(text, str)}
    return Ending(DONE, {**kept, ANSWER: json_text(answer)}, str(plan_json(name, plans)["status"]))
