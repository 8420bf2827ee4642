"""What plans can be asked beside what all jobs can: validated, explained, changed, published, exported."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.accepting import Order
from api.service.asking import Ask
from api.service.audit import Deed, note
from api.service.deciding import publish
from api.service.errors import NotNow
from api.service.exporting import USUAL, exported
from api.service.job_answers import ANSWER, Jobs, laid
from api.service.jobs import PLANS, Job, files_of, find
from api.service.reading import idempotency_key, json_body, model_body, yes_or_no
from api.service.responding import PRIVATE, document
from api.service.shapes import (
    ExplanationShape,
    JobShape,
    ReplanBody,
    ScenarioName,
    SimulateBody,
    ValidShape,
    WarningShape,
)
from optimizer.scenario.files import open_data
from optimizer.scenario.warnings import warnings_of

JOBS = Jobs("/v1/plans", PLANS)
SIMULATIONS = Jobs("/v1/simulations", ("sim",))


async def validate(ask: Ask) -> Response:
    """Check a scenario and run nothing."""
    data = await json_body(ask.request)
    loaded = await run_in_threadpool(partial(open_data, data, **laid(ask.request)))
    warnings = [WarningShape(path=each.where, message=each.message, hint=each.hint) for each in warnings_of(loaded)]
    named = ScenarioName(id=loaded.value.id, sha256=loaded.sha256)
    return document(ValidShape(valid=True, scenario=named, warnings=warnings))


async def explanation(ask: Ask) -> Response:
    """Why a plan is as it is."""
    job, files = await ask.house.read(_Made(ask, ("plan.json",)))
    return document(ExplanationShape.model_validate(_explained(job, json.loads(files["plan.json"]))))


def _explained(job: Job, plan: dict[str, Any]) -> dict[str, Any]:
    told = {name: plan[name] for name in ("cost", "shortfalls", "bottlenecks", "notes")}
    more = {"infeasible": plan.get("infeasible"), "goals": plan.get("goals", [])}
    return {"id": job.id, "outcome": job.outcome, **told, **more}


async def replan(ask: Ask) -> Response:
    """Change a plan as little as what happened asks for: a new plan, made from this one."""
    key, body = idempotency_key(ask.request), await model_body(ask.request, ReplanBody)
    job, _ = await ask.house.read(_Made(ask, ("scenario.json",), exists=True))
    request = body.model_dump(mode="json")
    order = Order(
        ask.caller.tenant, ask.caller.name, "replan", request, job.scenario, job.sha256, job.variant, parent=job.id
    )  # fmt: skip
    return await JOBS.taken(ask, order, key)


async def simulate(ask: Ask) -> Response:
    """Play a plan against chance."""
    key, body = idempotency_key(ask.request), await model_body(ask.request, SimulateBody)
    job, _ = await ask.house.read(_Made(ask, ("scenario.json",), exists=True, plan=body.plan))
    request = body.model_dump(mode="json")
    order = Order(
        ask.caller.tenant, ask.caller.name, "sim", request, job.scenario, job.sha256, job.variant, parent=job.id
    )  # fmt: skip
    return await SIMULATIONS.taken(ask, order, key)


async def publish_plan(ask: Ask) -> Response:
    """Make a plan the one that counts."""
    match = ask.header("if-match")
    job = await ask.house.write(lambda connection: publish(connection, ask.caller, ask.id, match))
    return document(JobShape.of(job), 200, {"ETag": job.etag})


async def export(ask: Ask) -> Response:
    """A plan as a file to take away."""
    wanted, public = ask.request.query_params.get("format", USUAL), yes_or_no(ask.request, "public")
    job, files = await ask.house.read(_Made(ask))
    files.pop(ANSWER, None)
    made = await run_in_threadpool(partial(exported, files, wanted, public=public))
    deed = Deed(ask.caller, "public export" if public else "export", job.id, "", wanted)
    await ask.house.write(lambda connection: note(connection, deed))
    named = {"Content-Disposition": f'attachment; filename="{job.id}.{made.ending}"', "ETag": job.etag}
    return Response(made.data, 200, {**PRIVATE, **named}, made.media)


class _Made:
    """Finds a plan that has ended, with its files. Raises NoSuch, and NotNow where there is nothing yet."""

    def __init__(self, ask: Ask, names: tuple[str, ...] = (), *, exists: bool = False, plan: str | None = None) -> None:
        self._tenant, self._id, self._names, self._exists = ask.caller.tenant, plan or ask.id, names, exists

    def __call__(self, connection: Connection) -> tuple[Job, dict[str, str]]:
        job = find(connection, self._tenant, self._id, PLANS)
        files = files_of(connection, job.id, self._names)
        if not files:
            raise NotNow("it ended without a plan" if job.ended else "it is not done yet; look at its status")
        if self._exists and job.incumbent is None:
            raise NotNow(f"no plan was found (status {job.outcome}), so there is none to change")
        return job, files
