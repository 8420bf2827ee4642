"""What jobs of every kind can be asked: made, listed, read, followed, cancelled, erased. Routes name the kinds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypedDict

from fastapi.sse import EventSourceResponse, format_sse_event
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.service.accepting import Accepted, Order, accept
from api.service.asking import Ask
from api.service.deciding import ANYTHING, cancel, erase
from api.service.errors import BadQuestion, StoreFailed
from api.service.jobs import ENDED, QUEUED, RUNNING, Happening, Job, by_id, files_of, find, happenings, listing
from api.service.reading import (
    LONGEST_WAIT,
    asked,
    idempotency_key,
    json_body,
    last_event_id,
    page_size,
    page_start,
    page_token,
    preferred_wait,
)
from api.service.responding import document, unchanged, with_answer
from api.service.shapes import JobShape, PageShape, StatusShape
from api.service.store import Store
from optimizer.scenario.files import open_data
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.varying import composed

ANSWER: Final = "answer.json"
RETRY_AFTER: Final = 2
"""Seconds after which it is worth while to look how a new job stands."""

LOOK_SECONDS: Final = 0.25
"""How often a waiting request or an event stream looks into the store."""

QUIET_SECONDS: Final = 15.0
"""An event stream with nothing to tell says so this often, so that nobody between takes it for dead."""

STATES: Final = (QUEUED, RUNNING, *ENDED)


class Laid(TypedDict):
    """What is laid on a scenario: variants by name, and changes."""

    variant: str | None
    sets: list[str]


def laid(request: Request) -> Laid:
    """What a request asks to lay on the scenario in its body: `variant=a,b`, and `set=PATH=VALUE` once or more."""
    variants = asked(request, "variant")
    return {"variant": composed(variants[-1] if variants else None), "sets": asked(request, "set")}


def scenario_order(ask: Ask, kind: str, data: Mapping[str, Any], loaded: Loaded[Scenario]) -> Order:
    """The order for work on a scenario, with what is laid on it."""
    changes, caller = laid(ask.request), ask.caller
    request = {"scenario": data, **({"sets": changes["sets"]} if changes["sets"] else {})}
    return Order(caller.tenant, caller.name, kind, request, loaded.value.id, loaded.sha256, changes["variant"])


@dataclass(frozen=True, slots=True)
class Jobs:
    """The answers for some kinds of job that live under one path. A new one is of the first kind."""

    path: str
    kinds: tuple[str, ...]

    async def make(self, ask: Ask) -> Response:
        """Take a scenario on. 202 at once, or the answer itself where `Prefer: wait` is long enough."""
        key, data = idempotency_key(ask.request), await json_body(ask.request)
        loaded = await run_in_threadpool(partial(open_data, data, **laid(ask.request)))
        return await self.taken(ask, scenario_order(ask, self.kinds[0], data, loaded), key)

    async def taken(self, ask: Ask, order: Order, key: str | None) -> Response:
        """Accept an order and answer."""
        quota = ask.house.quota
        taken = await run_in_threadpool(accept, ask.house.open_store, order, key, quota)
        wanted = preferred_wait(ask.request.headers.getlist("prefer"))
        if wanted is None:
            return self._accepted(taken, {})
        wait = min(wanted, LONGEST_WAIT)
        applied = {"Preference-Applied": f"wait={wait:.0f}"}
        job = await self._ended(ask, taken.job, wait)
        if job is None:
            return self._accepted(taken, applied)
        return await self._whole(ask, job, {**applied, "Location": f"{self.path}/{job.id}"})

    def _accepted(self, taken: Accepted, headers: dict[str, str]) -> Response:
        told = {"Location": f"{self.path}/{taken.job.id}", "Retry-After": str(RETRY_AFTER), "ETag": taken.job.etag}
        again = {"Idempotent-Replayed": "true"} if taken.again else {}
        return document(JobShape.of(taken.job), 202, {**told, **again, **headers})

    async def _ended(self, ask: Ask, job: Job, wait: float) -> Job | None:
        """The job once it has ended; None where that takes longer or the caller has gone."""
        until = time.monotonic() + wait
        while not ask.house.closing.is_set():
            found = await ask.house.read(self._find(ask, job.id))
            if found.ended:
                return found
            if time.monotonic() > until or await ask.request.is_disconnected():
                return None
            await asyncio.sleep(LOOK_SECONDS)
        return None

    async def page(self, ask: Ask) -> Response:
        """List jobs, the newest first."""
        size, before, state = page_size(ask.request), page_start(ask.request), ask.request.query_params.get("state")
        if state is not None and state not in STATES:
            raise BadQuestion("state", f"state: must be one of {', '.join(STATES)}")

        def work(connection: Connection) -> list[Job]:
            return listing(connection, ask.caller.tenant, self.kinds, before=before, size=size + 1, state=state)

        found = await ask.house.read(work)
        token = page_token(found[size - 1].number) if len(found) > size else None
        return document(PageShape(items=[JobShape.of(job) for job in found[:size]], next_page_token=token))

    async def get(self, ask: Ask) -> Response:
        """One job with its answer; 304 where the caller has this version already."""
        job = await ask.house.read(self._find(ask, ask.id))
        if job.etag in _tags(ask.header("if-none-match")):
            return unchanged(job)
        return await self._whole(ask, job, {})

    async def _whole(self, ask: Ask, job: Job, headers: dict[str, str]) -> Response:
        files = await ask.house.read(lambda connection: files_of(connection, job.id, (ANSWER,)))
        return with_answer(job, files.get(ANSWER), headers)

    async def status(self, ask: Ask) -> Response:
        """How a job stands, cheaply."""
        return document(StatusShape.of(await ask.house.look(self._find(ask, ask.id))))

    async def cancel(self, ask: Ask) -> Response:
        """End a job with the best it has so far."""
        job = await ask.house.write(lambda connection: cancel(connection, ask.caller, ask.id, self.kinds))
        return document(StatusShape.of(job), 202, {"Location": f"{self.path}/{job.id}"})

    async def erase(self, ask: Ask) -> Response:
        """Remove a job and all it made."""
        match = ask.header("if-match")
        await ask.house.write(lambda connection: erase(connection, ask.caller, ask.id, self.kinds, match))
        await run_in_threadpool(_scrubbed, ask.house.open_store)
        return Response(status_code=204)

    async def events(self, ask: Ask) -> Response:
        """What happens to a job, as it happens, from the event that the client has seen last."""
        seen = last_event_id(ask.request)
        await ask.house.read(self._find(ask, ask.id))
        ask.house.room_for_stream(ask.caller.tenant)
        return EventSourceResponse(self._stream(ask, seen), headers={"Cache-Control": "no-store"})

    async def _stream(self, ask: Ask, seen: int) -> AsyncIterator[bytes]:
        ask.house.enter_stream(ask.caller.tenant)
        try:
            spoke = time.monotonic()
            while not ask.house.closing.is_set():
                ended, news = await ask.house.read(_News(ask.id, seen))
                for each in news:
                    yield format_sse_event(data_str=each.data, event=each.name, id=str(each.number))
                    seen, spoke = each.number, time.monotonic()
                if ended:
                    return
                if time.monotonic() - spoke > QUIET_SECONDS:
                    yield format_sse_event(comment="nothing new")
                    spoke = time.monotonic()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            ask.house.leave_stream(ask.caller.tenant)

    def _find(self, ask: Ask, job_id: str) -> _Find:
        return _Find(ask.caller.tenant, job_id, self.kinds)


@dataclass(frozen=True, slots=True)
class _Find:
    """Finds a tenant's job. Raises NoSuch."""

    tenant: str
    job_id: str
    kinds: tuple[str, ...]

    def __call__(self, connection: Connection) -> Job:
        return find(connection, self.tenant, self.job_id, self.kinds)


@dataclass(frozen=True, slots=True)
class _News:
    """Whether a job has ended (or is gone), and its events after the last one seen."""

    job_id: str
    seen: int

    def __call__(self, connection: Connection) -> tuple[bool, list[Happening]]:
        job = by_id(connection, self.job_id)
        return job is None or job.ended, happenings(connection, self.job_id, self.seen)


def _scrubbed(store: Store) -> None:
    """Overwrite what was erased. Raises StoreFailed, which says that it is gone all the same."""
    try:
        store.scrub()
    except StoreFailed as error:
        raise StoreFailed(
            f"it is erased, but its bytes could not be overwritten yet ({error}); purge does that"
        ) from error


def _tags(header: str | None) -> list[str]:
    """The ETags of If-None-Match; weak ones count as what they name."""
    tags = [] if header is None else [each.strip().removeprefix("W/") for each in header.split(",")]
    return [tag for tag in tags if tag != ANYTHING]
