"""Replanning from the page: what happened, in a planner's words, changes a plan as little as it asks for."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import Connection
from starlette.responses import Response

from api.service.accepting import Order
from api.service.errors import BadQuestion, NotNow
from api.service.jobs import PLANS, Job, find
from api.web.forms import text
from api.web.planning import ordered
from api.web.visiting import Visit

MOST_EVENTS: Final = 200
LONGEST: Final = 300
SECONDS: Final = 30.0


async def run(here: Visit) -> Response:
    """Ask for the changed plan. Raises NoSuch, NotNow, and BadQuestion for what can't be read."""
    tenant = here.known.tenant
    job: Job = await here.house.read(lambda connection: _planned(connection, tenant, here.id))
    events = [line.strip() for line in text(here.form, "events").splitlines() if line.strip()]
    if not events or len(events) > MOST_EVENTS or max(map(len, events)) > LONGEST:
        raise BadQuestion("events", f"events: say what happened, one a line, at most {MOST_EVENTS} lines")
    request = {
        "events": events,
        "locks": [],
        "lock_until": _day(text(here.form, "lock_until", 10)),
        "change_price": _price(text(here.form, "change_price", 20)),
        "time_limit": SECONDS,
    }
    order = Order(tenant, here.known.name, "replan", request, job.scenario, job.sha256, job.variant, parent=job.id)
    return await ordered(here, order)


def _planned(connection: Connection, tenant: str, plan_id: str) -> Job:
    job = find(connection, tenant, plan_id, PLANS)
    if not job.ended or job.incumbent is None:
        raise NotNow("there is no plan to change yet")
    return job


def _day(said: str) -> str | None:
    try:
        return date.fromisoformat(said).isoformat() if said else None
    except ValueError as error:
        raise BadQuestion("lock_until", "lock_until: a day reads like 2023-03-15") from error


def _price(said: str) -> float | None:
    if not said:
        return None
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise BadQuestion("change_price", "change_price: must be a number, 0 or more")
    return value
