"""Stored plans: the list of them, and each as it stands, waiting, failed, impossible, or done with all its views."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection
from starlette.responses import Response

from api.service.errors import NoSuch
from api.service.jobs import PLANS, Job, files_of, find, listing
from api.service.reading import page_start, page_token
from api.web.planning import standing
from api.web.rendering import render
from api.web.shelf import Seen
from api.web.views import VIEWS, usual
from api.web.visiting import Visit

SIZE: Final = 30
FIRST: Final = next(iter(VIEWS))


async def listed(here: Visit) -> Response:
    """Every plan, the newest first."""
    before, tenant = page_start(here.request), here.known.tenant

    def work(connection: Connection) -> list[Job]:
        return listing(connection, tenant, PLANS, before=before, size=SIZE + 1)

    found = await here.house.read(work)
    token = page_token(found[SIZE - 1].number) if len(found) > SIZE else None
    return render(here, "plans.html", jobs=found[:SIZE], older=token)


async def show(here: Visit) -> Response:
    """One plan as it stands. Raises NoSuch."""
    tenant = here.known.tenant
    job = await here.house.read(lambda connection: find(connection, tenant, here.id, PLANS))
    if not job.ended:
        return render(here, "following.html", standing=await standing(here), job=job)
    if job.incumbent is None:
        return await _without_plan(here, job)
    seen = await here.shelf.seen(here.house, tenant, here.id)
    return view_of(here, seen, f"/plans/{job.id}")


def view_of(here: Visit, seen: Seen, address: str) -> Response:
    """The view of a plan that the address names. Raises NoSuch for one that there is not."""
    name = str(here.request.path_params.get("view", FIRST))
    tabs = {key: each for key, each in VIEWS.items() if each.there(seen) and (each.to_read(seen) or not here.shared)}
    if name not in tabs:
        raise NoSuch("this plan has nothing of that name to show")
    view = tabs[name]
    return render(
        here, view.template, seen=seen, board=seen.board, said=seen.board.said, job=seen.job, tabs=tabs,
        current=name, address=address, **usual(seen, here.speech), **view.facts(seen, here.speech),
    )  # fmt: skip


async def _without_plan(here: Visit, job: Job) -> Response:
    """A job that ended with no plan: why none exists, or what went wrong."""
    kept = await here.house.read(lambda connection: files_of(connection, job.id, ("plan.json",)))
    said: dict[str, Any] = json.loads(kept.get("plan.json", "{}"))
    problem = None if job.problem is None else json.loads(job.problem)
    return render(here, "no_plan.html", job=job, why=said.get("infeasible"), problem=problem)
