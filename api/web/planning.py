"""Planning from the page: a job is asked for, followed while it is done, and stopped with the best so far."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.importing.identities import faults_in
from api.service.accepting import Order, accept
from api.service.deciding import cancel
from api.service.jobs import PLANS, Happening, Job, find, happenings
from api.service.reading import refuse
from api.service.store import now
from api.web.forms import text
from api.web.rendering import render
from api.web.starting import scenario_of
from api.web.visiting import Visit

WIDTH, HEIGHT, EDGE = 640, 160, 8


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job stands: seconds since it began, and the curve of best cost and bound as paths (None: nothing yet)."""

    job: Job
    seconds: float
    curve: Curve | None


@dataclass(frozen=True, slots=True)
class Curve:
    """Best cost and what is proven over time, as the points of two lines."""

    best: str
    bound: str
    highest: float
    lowest: float


async def make(here: Visit) -> Response:
    """Ask for a plan of the scenario that the form holds."""
    data, loaded = await run_in_threadpool(partial(scenario_of, here.form))
    variant = text(here.form, "variant") or None
    return await ordered(here, Order(
        here.known.tenant, here.known.name, "plan", {"scenario": data}, loaded.value.id, loaded.sha256, variant
    ))  # fmt: skip


async def ordered(here: Visit, order: Order) -> Response:
    """Take an order on, and go to where it can be followed. Raises ScenarioError where it names a person."""
    refuse(await run_in_threadpool(faults_in, order.request))
    taken = await run_in_threadpool(accept, here.house.open_store, order, None, here.house.quota)
    return RedirectResponse(f"/plans/{taken.job.id}", 303)


async def standing(here: Visit) -> Standing:
    """How a plan of the caller's stands. Raises NoSuch."""
    tenant = here.known.tenant

    def work(connection: Connection) -> tuple[Job, list[Happening], float]:
        job = find(connection, tenant, here.id, PLANS)
        return job, happenings(connection, job.id, 0), now(connection)

    job, news, at = await here.house.read(work)
    began = job.started_at or job.made_at
    return Standing(job, (job.ended_at or at) - began, _curve(news))


async def progress(here: Visit) -> Response:
    """The part of the page that tells how a plan is coming on; once it has ended, the way to it."""
    found = await standing(here)
    if found.job.ended:
        return Response(None, 200, {"HX-Redirect": f"/plans/{here.id}"})
    return render(here, "progress.html", standing=found, job=found.job)


async def stop(here: Visit) -> Response:
    """End a plan with the best that was found."""
    await here.house.write(lambda connection: cancel(connection, here.known, here.id, PLANS))
    return RedirectResponse(f"/plans/{here.id}", 303)


Point = tuple[float, float]
_LEAST: Final = 2


def _curve(news: Sequence[Happening]) -> Curve | None:
    """The lines of what was told; None before there are two figures to join."""
    told = [json.loads(each.data) for each in news if each.name == "progress"]
    best, bound = ([_figure(each.get(name)) for each in told] for name in ("incumbent", "bound"))
    known = [value for value in (*best, *bound) if value is not None]
    if len([value for value in best if value is not None]) < _LEAST:
        return None
    low, high = min(known), max(known)
    return Curve(_points(best, low, high), _points(bound, low, high), high, low)


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _points(values: Sequence[float | None], low: float, high: float) -> str:
    span, steps = (high - low) or 1.0, max(1, len(values) - 1)
    shown = [
        (EDGE + at * (WIDTH - 2 * EDGE) / steps, EDGE + (high - value) / span * (HEIGHT - 2 * EDGE))
        for at, value in enumerate(values)
        if value is not None
    ]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in shown)
