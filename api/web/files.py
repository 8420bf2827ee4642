"""Files that pages name: style and script, a plan in the formats of `wardwright export`, its scenario as YAML."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from typing import Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.audit import Deed, note
from api.service.errors import NoSuch, NotNow
from api.service.exporting import exported
from api.service.job_answers import ANSWER
from api.service.jobs import PLANS, files_of, find, request_of
from api.web.rendering import PRIVATE
from api.web.visiting import Visit

STATIC: Final[Mapping[str, str]] = {
    "style.css": "text/css; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "mark.svg": "image/svg+xml",
}
"""Files anybody may read, with their media types."""


@cache
def _file(name: str) -> bytes:
    return resources.files("api.web").joinpath("static", name).read_bytes()


async def static(here: Visit) -> Response:
    """One of ours. Raises NoSuch."""
    name = str(here.request.path_params["name"])
    if name not in STATIC:
        raise NoSuch("there is no such file")
    return Response(_file(name), 200, {"Cache-Control": "public, max-age=300"}, STATIC[name])


async def export(here: Visit) -> Response:
    """A plan as a file to take away. Raises NoSuch, BadQuestion, and NotNow where there is no plan."""
    form, caller = str(here.request.path_params["form"]), here.known

    def work(connection: Connection) -> dict[str, str]:
        job = find(connection, caller.tenant, here.id, PLANS)
        if job.incumbent is None or not job.ended:
            raise NotNow("there is no plan to take away")
        return files_of(connection, job.id)

    kept = await here.house.read(work)
    kept.pop(ANSWER, None)
    made = await run_in_threadpool(partial(exported, kept, form))
    await here.house.write(lambda connection: note(connection, Deed(caller, "export", here.id, "", form)))
    named = {"Content-Disposition": f'attachment; filename="{here.id}.{made.ending}"'}
    return Response(made.data, 200, {**PRIVATE, **named}, made.media)


async def scenario_asked(here: Visit) -> Mapping[str, object]:
    """The scenario that a plan was asked for with, its variants included. Raises NoSuch, and NotNow without one."""
    caller = here.known

    def work(connection: Connection) -> Mapping[str, object]:
        job = find(connection, caller.tenant, here.id, PLANS)
        asked = request_of(connection, job.id).get("scenario")
        if not isinstance(asked, dict):
            raise NotNow("a changed plan has no scenario of its own: take that of the plan it changes")
        return asked

    return await here.house.read(work)


async def scenario(here: Visit) -> Response:
    """The same as YAML that `wardwright plan` takes. Raises NoSuch and NotNow."""
    text = await run_in_threadpool(yaml_text, await scenario_asked(here))
    named = {"Content-Disposition": f'attachment; filename="{here.id}.yaml"'}
    return Response(text, 200, {**PRIVATE, **named}, "application/yaml")


def yaml_text(data: Mapping[str, object]) -> str:
    """Plain data as YAML."""
    from ruamel.yaml import YAML

    writer, out = YAML(typ="safe", pure=True), io.StringIO()
    writer.default_flow_style = None
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 120
    writer.dump(dict(data), out)
    return out.getvalue()
