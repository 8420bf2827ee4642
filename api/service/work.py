"""What workers do: each kind of job is a function and a line in `WORK`. Imported only where work is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from api.documents import json_text, plan_files, plan_with_tables
from api.forecast_command import Foreseen
from api.plan_command import Terms
from api.problems import ProblemError, problem_of
from api.replan_command import replanned_files, replanned_json
from api.service.exporting import plan_folder, room_for_files
from api.service.jobs import CANCELLED, DONE, FAILED
from api.service.leasing import Ending, Known
from api.service.roster_work import rerostered, rostered
from api.service.task import ANSWER, Task, Work
from api.service.telling import broke
from api.service.whatif_work import compared, swept
from api.simulate_command import played, played_json
from api.summary import INTERRUPTED
from optimizer.making import make_plan, scenario_limits
from optimizer.plan import Plan
from optimizer.replanning.answer import replan as change_plan
from optimizer.replanning.replan import Request
from optimizer.roster.workable import with_workable
from optimizer.saved import open_plan
from optimizer.solution import Status


def plan(task: Task) -> Ending:
    """Plan a scenario as the command line would."""
    loaded = task.scenario()
    limits = task.bounds.on(Terms().limits(loaded.value), loaded.value.solve.time_limit)
    made = make_plan(loaded, variant=task.job.variant, limits=limits, say=task.say, watch=task.watch)
    made = with_workable(made, loaded)
    return _planned(made, plan_files(made, loaded), plan_with_tables(made))


def replan(task: Task) -> Ending:
    """Change a plan as little as events ask for."""
    asked = task.request
    until = asked.get("lock_until")
    request = Request(
        tuple(asked["events"]),
        tuple(asked["locks"]),
        None if until is None else date.fromisoformat(until),
        asked.get("change_price"),
    )
    with room_for_files(), plan_folder(task.parent) as folder:
        saved = open_plan(folder)
        limits = task.bounds.on(scenario_limits(saved.scenario), asked["time_limit"])
        found = change_plan(saved, request, limits=limits, say=task.say, watch=task.watch)
    answer = {**plan_with_tables(found.plan), **replanned_json(found)}
    return _planned(found.plan, replanned_files(found, ()), answer)


def forecast(task: Task) -> Ending:
    """Forecast a scenario's demand."""
    task.say("forecast")
    foreseen = Foreseen.of(task.scenario(), task.job.variant)
    answer = json_text(foreseen.to_json())
    return Ending(DONE, {ANSWER: answer, "forecast.json": answer, "forecast.csv": foreseen.table.to_csv()})


def simulated(task: Task) -> Ending:
    """Play a plan against chance."""
    task.say("simulate")
    asked = task.request
    with plan_folder(task.parent) as folder:
        found = played(open_plan(folder), reps=asked["reps"], seed=asked["seed"])
    answer = json_text(played_json(str(task.job.parent), found, reps=asked["reps"], seed=asked["seed"]))
    return Ending(DONE, {ANSWER: answer, "simulation.json": answer})


WORK: Final[Mapping[str, Work]] = {
    "plan": plan,
    "replan": replan,
    "forecast": forecast,
    "compare": compared,
    "sweep": swept,
    "sim": simulated,
    "roster": rostered,
    "reroster": rerostered,
}
"""What is done, by kind of job."""


def done(task: Task) -> Ending:
    """Do a job and say how it ended; nothing that goes wrong in it leaves this function, a cancel included."""
    try:
        return WORK[task.job.kind](task)
    except KeyboardInterrupt:
        return Ending(CANCELLED)
    except Exception as error:
        broke(f"job {task.job.id}", error)
        return Ending(FAILED, problem=problem_of(error).body)


def _planned(made: Plan, files: Mapping[str, str], answer: Mapping[str, object]) -> Ending:
    state = CANCELLED if made.solver.message == INTERRUPTED else DONE
    problem = None
    if made.status in (Status.FAILED, Status.UNBOUNDED):  # killed, out of memory, broken: no answer to rely on
        state, problem = FAILED, problem_of(ProblemError("solver-failed", made.solver.message)).body
    known = Known(incumbent=made.objective, bound=made.bound, gap=made.gap)
    return Ending(state, {**files, ANSWER: json_text(answer)}, str(made.status), problem, known)
