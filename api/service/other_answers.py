"""What the service tells beside its jobs: stored forecasts, demos, the schema, whether it is well, the audit."""

from __future__ import annotations

from functools import cache, partial
from typing import Final

from sqlalchemy import Connection, func, select, text
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.documents import json_text
from api.problems import KINDS
from api.release import release
from api.schema import scenario_schema
from api.service import hooks
from api.service.asking import Ask
from api.service.audit import Deed, deeds, note
from api.service.demo import DEMOS, demo_text
from api.service.errors import NoSuch, StoreFailed
from api.service.reading import model_body, page_size, page_start, page_token
from api.service.responding import JSON, PRIVATE, document
from api.service.schema import JOBS
from api.service.shapes import (
    AliveShape,
    AuditShape,
    HookBody,
    HookShape,
    HooksShape,
    KindShape,
    ModelShape,
    ModelsShape,
    NamesShape,
    NewHookShape,
)
from forecasting import Registry
from forecasting.registry.card import Reference
from forecasting.registry.store import Entry, facts_of

_release = cache(release)
"""Looked up once: it is read from the disk."""

PROMETHEUS: Final = "text/plain; version=1.0.0; charset=utf-8"


async def healthz(ask: Ask) -> Response:
    """Answer at once, whatever is being done."""
    del ask
    return document(AliveShape(status="ok", version=_release()))


async def readyz(ask: Ask) -> Response:
    """Whether work can be taken on: the store answers, and nobody has told us to stop. Raises StoreFailed."""
    if ask.house.closing.is_set():
        raise StoreFailed("the service is stopping")
    await ask.house.read(lambda connection: connection.execute(text("select 1")).scalar_one())
    return document(AliveShape(status="ok", version=_release()))


async def metrics(ask: Ask) -> Response:
    """Figures for Prometheus."""

    def counted(connection: Connection) -> dict[tuple[str, str], int]:
        asked = select(JOBS.c.kind, JOBS.c.state, func.count()).group_by(JOBS.c.kind, JOBS.c.state)
        return {(kind, state): count for kind, state, count in connection.execute(asked)}

    return Response(ask.house.metrics.text(await ask.house.read(counted)), media_type=PROMETHEUS)


async def problem_kind(ask: Ask) -> Response:
    """What a problem's type means."""
    kind = ask.request.path_params["kind"]
    if kind not in KINDS:
        raise HTTPException(404)
    known = KINDS[kind]
    return document(KindShape(type=f"/problems/{kind}", status=known.status, title=known.title, hint=known.hint))


async def schema(ask: Ask) -> Response:
    """The JSON Schema of scenarios."""
    del ask
    return Response(json_text(scenario_schema()), media_type="application/schema+json")


async def demos(ask: Ask) -> Response:
    """Which demo scenarios there are."""
    del ask
    return document(NamesShape(items=list(DEMOS)))


async def demo(ask: Ask) -> Response:
    """A demo scenario, to be posted back as it is. Raises NoSuch."""
    name = ask.request.path_params["name"]
    if name not in DEMOS:
        raise NoSuch(f"there are {', '.join(DEMOS)}")
    return Response(await run_in_threadpool(demo_text, name), media_type=JSON, headers=PRIVATE)


async def models(ask: Ask) -> Response:
    """Every stored forecast."""
    entries = await run_in_threadpool(_registry(ask).entries)
    return document(ModelsShape(items=[_model(entry) for entry in entries]))


async def model(ask: Ask) -> Response:
    """One stored forecast. Raises RegistryError."""
    entry = await run_in_threadpool(_registry(ask).entry, ask.request.path_params["reference"])
    return document(_model(entry))


async def promote(ask: Ask) -> Response:
    """Put a version into production. Raises RegistryError."""
    work = partial(_known(ask).promote, ask.request.path_params["reference"], by=ask.caller.name)
    return await _promoted(ask, "model promoted", await run_in_threadpool(work))


async def roll_back(ask: Ask) -> Response:
    """Put the version before back into production. Raises RegistryError."""
    work = partial(_known(ask).roll_back, ask.request.path_params["reference"], by=ask.caller.name)
    return await _promoted(ask, "model rolled back", await run_in_threadpool(work))


async def _promoted(ask: Ask, what: str, entry: Entry) -> Response:
    deed = Deed(ask.caller, what, entry.card.reference, "", "production")
    await ask.house.write(lambda connection: note(connection, deed))
    return document(_model(entry))


async def audit(ask: Ask) -> Response:
    """Who did what of late, the newest first."""
    size, before = page_size(ask.request), page_start(ask.request)
    rows = await ask.house.read(lambda connection: deeds(connection, ask.caller.tenant, before=before, size=size + 1))
    token = page_token(int(str(rows[size - 1]["number"]))) if len(rows) > size else None
    return document(AuditShape.model_validate({"items": rows[:size], "next_page_token": token}))


async def add_hook(ask: Ask) -> Response:
    """Tell events to an address from now on."""
    body, hosts = await model_body(ask.request, HookBody), ask.house.hook_hosts
    hook, secret = await ask.house.write(
        lambda connection: hooks.add(connection, ask.caller, body.url, tuple(body.events), hosts)
    )
    shown = HookShape.of(hook).model_dump()
    return document(NewHookShape(**shown, secret=secret), 201, {"Location": f"/v1/webhooks/{hook.id}"})


async def list_hooks(ask: Ask) -> Response:
    """Which addresses are told."""
    found = await ask.house.read(lambda connection: hooks.listed(connection, ask.caller.tenant))
    return document(HooksShape(items=[HookShape.of(hook) for hook in found]))


async def remove_hook(ask: Ask) -> Response:
    """Tell an address nothing more. Raises NoSuch."""
    await ask.house.write(lambda connection: hooks.remove(connection, ask.caller, ask.id))
    return Response(status_code=204)


def _known(ask: Ask) -> Registry:
    """The registry, in which the model that is named must be: a name that is not there must leave no folder."""
    registry = _registry(ask)
    registry.versions(Reference.of(ask.request.path_params["reference"]).name)
    return registry


def _registry(ask: Ask) -> Registry:
    return Registry(ask.house.folder_of_models(ask.caller.tenant))


def _model(entry: Entry) -> ModelShape:
    return ModelShape.model_validate(dict(facts_of(entry)))
