"""Rosters over HTTP: made, changed after absences, explained, taken away, scored when edited. Translates only."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.accepting import Order
from api.service.asking import Ask
from api.service.audit import Deed, note
from api.service.errors import BadQuestion, NotNow
from api.service.exporting import plan_folder, room_for_files
from api.service.job_answers import ANSWER, Jobs, laid, scenario_order
from api.service.jobs import Job, files_of, find
from api.service.reading import asked, idempotency_key, json_body, model_body
from api.service.responding import PRIVATE, document
from api.service.roster_shapes import EditedShape, RerosterBody, RosterExplanationShape, WorkbookBody
from optimizer.scenario.files import open_data

KINDS: Final = ("roster", "reroster")
ROSTERS: Final = Jobs("/v1/rosters", KINDS)

QUESTIONS: Final = ("why", "why_not", "why_short")
"""Parameters of an explanation: of them at most one."""

MOST_BROKEN: Final = 200


async def roster(ask: Ask) -> Response:
    """Ask for a roster of the people told under a scenario's `roster`, over its needs or those of its plan.

    Raises ScenarioError where there are no people, or a need, wish or pair names nobody.
    """
    from api.service.roster_work import problems_of

    key, data, changes = idempotency_key(ask.request), await json_body(ask.request), laid(ask.request)
    loaded = await run_in_threadpool(partial(open_data, data, **changes))
    await run_in_threadpool(partial(problems_of, loaded))
    return await ROSTERS.taken(ask, scenario_order(ask, "roster", data, loaded), key)


async def reroster(ask: Ask) -> Response:
    """Change a roster as little as absences ask for: a new roster, made from this one."""
    key, body = idempotency_key(ask.request), await model_body(ask.request, RerosterBody)
    job, _ = await ask.house.read(_Made(ask, ("roster.csv",)))
    request = body.model_dump(mode="json")
    order = Order(
        ask.caller.tenant, ask.caller.name, "reroster", request, job.scenario, job.sha256, job.variant, parent=job.id
    )  # fmt: skip
    return await ROSTERS.taken(ask, order, key)


async def explanation(ask: Ask) -> Response:
    """Why a roster is as it is, or why a cell of it is: `why=n05:2026-03-10`. Raises NoSuchCell."""
    questions = [(name, said) for name in QUESTIONS for said in asked(ask.request, name)]
    if len(questions) > 1:
        raise BadQuestion(questions[1][0], "ask one of why, why_not and why_short, and that once")
    job, files = await ask.house.read(_Made(ask))
    told = _explained(job, files)
    if questions:
        told |= await run_in_threadpool(partial(_answered, files, *questions[0]))
    return document(RosterExplanationShape.model_validate(told))


def _explained(job: Job, files: Mapping[str, str]) -> dict[str, Any]:
    plan = json.loads(files["plan.json"])
    broken = list(csv.DictReader(io.StringIO(files["broken.csv"])))
    broken.sort(key=lambda row: (row["hard"] != "1", -float(row["points"])))
    return {
        "id": job.id, "outcome": job.outcome, "points": plan["points"], "wards": plan["wards"],
        "broken": broken[:MOST_BROKEN], "clashes": plan.get("clashes", []),
        "suggestions": json.loads(files.get(ANSWER, "{}")).get("suggestions", []),
    }  # fmt: skip


def _answered(files: Mapping[str, str], question: str, text: str) -> dict[str, Any]:
    from api.roster_questions import ask as ask_roster
    from optimizer.roster.hospital_saved import open_saved_roster

    with room_for_files(), plan_folder(files) as folder:
        found = ask_roster(open_saved_roster(folder), question, text)
    return {"question": question, "told": list(found.lines), "answer": dict(found.data)}


async def export(ask: Ask) -> Response:
    """A roster as a file to take away: workbook, table, grid, or the calendars of all, or of one person."""
    from api.roster_export import FORMATS, exported

    wanted, person = (ask.request.query_params.get(name, usual) for name, usual in (("format", "xlsx"), ("person", "")))
    if wanted not in FORMATS:
        raise BadQuestion("format", f"format: must be one of {', '.join(FORMATS)}")
    job, files = await ask.house.read(_Made(ask))
    made = await run_in_threadpool(partial(exported, files, wanted, person))
    deed = Deed(ask.caller, "export", job.id, "", wanted)
    await ask.house.write(lambda connection: note(connection, deed))
    named = {"Content-Disposition": f'attachment; filename="{job.id}.{made.ending}"', "ETag": job.etag}
    return Response(made.data, 200, {**PRIVATE, **named}, made.media)


async def check(ask: Ask) -> Response:
    """Score a roster's workbook as it was edited. Raises ScenarioError with every cell that says no duty."""
    job, files = await ask.house.read(_Made(ask))
    body = await model_body(ask.request, WorkbookBody)
    try:
        book = base64.b64decode(body.workbook, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadQuestion("workbook", "workbook: must be an xlsx file in base64") from error
    return document(EditedShape.model_validate(await run_in_threadpool(partial(_scored, job, files, book))))


def _scored(job: Job, files: Mapping[str, str], book: bytes) -> dict[str, Any]:
    from api.roster_check import edited_json, score
    from optimizer.roster.hospital_saved import open_saved_roster

    with room_for_files(), plan_folder(files) as folder:
        (folder / "roster.xlsx").write_bytes(book)
        saved = open_saved_roster(folder)
        return {"id": job.id, **edited_json(saved, score(saved, folder / "roster.xlsx"))}


class _Made:
    """Finds a roster that has ended, with its files. Raises NoSuch, and NotNow where there is nothing yet."""

    def __init__(self, ask: Ask, names: tuple[str, ...] = ()) -> None:
        self._tenant, self._id, self._names = ask.caller.tenant, ask.id, names

    def __call__(self, connection: Connection) -> tuple[Job, dict[str, str]]:
        job = find(connection, self._tenant, self._id, KINDS)
        files = files_of(connection, job.id, self._names)
        if not files:
            raise NotNow("it ended without a roster" if job.ended else "it is not done yet; look at its status")
        return job, files
