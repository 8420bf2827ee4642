"""What workers do for what-ifs: comparisons and sweeps, each plan within the job's bounds."""

from __future__ import annotations

from api.compare_files import MARKER, markdown
from api.compare_json import compared_json
from api.documents import json_text
from api.plan_command import Terms
from api.service.jobs import DONE
from api.service.leasing import Ending
from api.service.shapes import MOST_POINTS, CompareBody
from api.service.task import ANSWER, Task
from api.service.whatif_options import options_of
from api.summary import INTERRUPTED
from api.sweep_store import point_name
from api.sweep_table import Row, csv_text, json_of
from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import Outlook
from optimizer.scenario.files import open_data
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.whatif.compare import Option, compare
from optimizer.whatif.sweep import points


def compared(task: Task) -> Ending:
    """Compare what was asked for."""
    body = CompareBody.model_validate(task.request)
    options = [Option(name, loaded) for name, loaded in options_of(body, task.models)]

    def make(loaded: Loaded[Scenario], outlook: Outlook | None, told: str) -> Plan:
        task.say(f"plan {told}")
        return _made(task, loaded, outlook)

    found = compare(options, make, way=body.how, by=body.by)
    answer = json_text(compared_json(found))
    return Ending(DONE, {ANSWER: answer, MARKER: answer, "comparison.md": markdown(found)}, str(found.outcome.status))


def swept(task: Task) -> Ending:
    """Plan every point of a sweep, one after another."""
    data, variant, sets = task.request["scenario"], task.job.variant, task.sets
    base, rows = task.scenario(), []
    every = points(base.sweep, most=MOST_POINTS)
    for number, point in enumerate(every, 1):
        task.say(f"plan point {number} of {len(every)}")
        loaded = open_data(data, variant=variant, sets=sets, pick=point.pick, models=task.models)
        rows.append(Row(point_name(point), point.values, _made(task, loaded, None).to_json()))
    answer = json_text({"currency": base.value.currency, "points": json_of(rows)})
    return Ending(DONE, {ANSWER: answer, "sweep.csv": csv_text(rows)})


def _made(task: Task, loaded: Loaded[Scenario], outlook: Outlook | None) -> Plan:
    """Plan within the job's bounds. Raises KeyboardInterrupt where the job was cancelled."""
    limits = task.bounds.on(Terms().limits(loaded.value), loaded.value.solve.time_limit)
    plan = make_plan(loaded, limits=limits, outlook=outlook, watch=task.watch)
    if plan.solver.message == INTERRUPTED:
        raise KeyboardInterrupt
    return plan
