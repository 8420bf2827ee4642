"""Stored rosters: the list of them, each as a grid of people and days, and the files it is taken away as."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.audit import Deed, note
from api.service.errors import NoSuch, NotNow
from api.service.exporting import plan_folder, room_for_files
from api.service.jobs import Job, files_of, find, listing
from api.service.reading import page_start, page_token
from api.service.roster_answers import KINDS
from api.views.roster import RosterGrid, roster_grids
from api.web.rendering import PRIVATE, render
from api.web.visiting import Visit

SIZE: Final = 30
MOST_BROKEN: Final = 30


async def listed(here: Visit) -> Response:
    """Every roster, the newest first."""
    before, tenant = page_start(here.request), here.known.tenant

    def work(connection: Connection) -> list[Job]:
        return listing(connection, tenant, KINDS, before=before, size=SIZE + 1)

    found = await here.house.read(work)
    token = page_token(found[SIZE - 1].number) if len(found) > SIZE else None
    return render(here, "rosters.html", jobs=found[:SIZE], older=token)


async def show(here: Visit) -> Response:
    """One roster as it stands. Raises NoSuch."""
    job, files = await _kept(here)
    if "roster.csv" not in files:
        problem = None if job.problem is None else json.loads(job.problem)
        return render(here, "roster_none.html", job=job, problem=problem)
    grids = await run_in_threadpool(partial(_grids, files))
    return render(here, "roster.html", job=job, grids=grids, said=json.loads(files["plan.json"]), broken=_broken(files))


async def take(here: Visit) -> Response:
    """A roster as a file to take away. Raises NoSuch, and NotNow where there is none."""
    from api.roster_export import FORMATS, exported

    form = str(here.request.path_params["form"])
    if form not in FORMATS:
        raise NoSuch("a roster has no such file")
    job, files = await _kept(here)
    if "roster.csv" not in files:
        raise NotNow("there is no roster to take away")
    made = await run_in_threadpool(partial(exported, files, form))
    await here.house.write(lambda connection: note(connection, Deed(here.known, "export", job.id, "", form)))
    named = {"Content-Disposition": f'attachment; filename="{job.id}.{made.ending}"'}
    return Response(made.data, 200, {**PRIVATE, **named}, made.media)


async def _kept(here: Visit) -> tuple[Job, dict[str, str]]:
    """The job with its files. Raises NoSuch."""
    tenant, wanted = here.known.tenant, here.id

    def work(connection: Connection) -> tuple[Job, dict[str, str]]:
        job = find(connection, tenant, wanted, KINDS)
        return job, files_of(connection, job.id) if job.ended else {}

    return await here.house.read(work)


def _grids(files: Mapping[str, str]) -> tuple[RosterGrid, ...]:
    from optimizer.roster.hospital_saved import open_saved_roster

    with room_for_files(), plan_folder(files) as folder:
        return roster_grids(open_saved_roster(folder))


def _broken(files: Mapping[str, str]) -> list[dict[str, Any]]:
    """What it breaks, hard rules first, then the dearest; pay is no breach."""
    rows = [dict(row) for row in csv.DictReader(io.StringIO(files["broken.csv"])) if row["rule"] != "hours paid"]
    rows.sort(key=lambda row: (row["hard"] != "1", -float(row["points"])))
    return [{**row, "hard": row["hard"] == "1", "points": float(row["points"])} for row in rows[:MOST_BROKEN]]
