"""Share links: a plan shown to whoever has the address, read only, until a day."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import Connection
from starlette.responses import Response

from api.service.audit import Deed, note
from api.service.errors import BadQuestion, NoSuch
from api.service.jobs import PLANS, find
from api.web.forms import text
from api.web.plans import view_of
from api.web.rendering import render
from api.web.visiting import Visit

PURPOSE: Final = "share"
MOST_DAYS: Final = 30
DAY: Final = 86_400


async def make(here: Visit) -> Response:
    """A link to a plan that ends after some days. Raises BadQuestion, NoSuch."""
    days = text(here.form, "days", 4)
    if not (days.isascii() and days.isdecimal() and 1 <= int(days) <= MOST_DAYS):
        raise BadQuestion("days", f"days: must be a whole number from 1 to {MOST_DAYS}")
    caller, until = here.known, time.time() + int(days) * DAY

    def work(connection: Connection) -> None:
        job = find(connection, caller.tenant, here.id, PLANS)
        note(connection, Deed(caller, "share", job.id, "", f"{days} days"))

    await here.house.write(work)
    token = here.sealer.seal(PURPOSE, {"tenant": caller.tenant, "plan": here.id}, until)
    link = f"{here.request.url.scheme}://{here.request.url.netloc}/shared/{token}"
    return render(here, "share.html", link=link, until=until, plan=here.id)


async def show(here: Visit) -> Response:
    """A view of the plan that a link names. Raises NoSuch for a link that is none, or whose time has passed."""
    token = str(here.request.path_params["token"])
    said = here.sealer.read(PURPOSE, token)
    if said is None:
        raise NoSuch("this link is not valid, or its time has passed: ask for a new one")
    here.house.gate.usual.take(f"share {said['plan']}")
    here.shared = str(said["plan"])
    seen = await here.shelf.seen(here.house, str(said["tenant"]), here.shared)
    return view_of(here, seen, f"/shared/{token}")
