"""What-ifs over HTTP: a scenario resolved with where each value is from, comparisons, sweeps. Translates only."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.accepting import Order
from api.service.asking import Ask
from api.service.job_answers import Jobs, laid, scenario_order
from api.service.reading import idempotency_key, json_body, model_body
from api.service.responding import document
from api.service.shapes import MOST_POINTS, CompareBody, ResolvedShape, ScenarioName
from api.service.whatif_options import options_of
from api.show_command import origins
from optimizer.scenario.files import open_data
from optimizer.whatif.sweep import points

COMPARISONS: Final = Jobs("/v1/comparisons", ("compare",))
SWEEPS: Final = Jobs("/v1/sweeps", ("sweep",))


async def resolve(ask: Ask) -> Response:
    """A scenario as it is planned, and where each value of it is from."""
    data = await json_body(ask.request)
    loaded = await run_in_threadpool(partial(open_data, data, **laid(ask.request)))
    named = ScenarioName(id=loaded.value.id, sha256=loaded.sha256)
    return document(ResolvedShape(scenario=named, resolved=loaded.resolved, origins=origins(loaded)))


async def compare(ask: Ask) -> Response:
    """Ask for a comparison."""
    key, body = idempotency_key(ask.request), await model_body(ask.request, CompareBody)
    read = await run_in_threadpool(partial(options_of, body))
    first = read[0][1]
    caller, request = ask.caller, body.model_dump(mode="json")
    order = Order(caller.tenant, caller.name, "compare", request, first.value.id, first.sha256)
    return await COMPARISONS.taken(ask, order, key)


async def sweep(ask: Ask) -> Response:
    """Ask for a sweep over the values under a scenario's `sweep`. Raises SweepError where there are none."""
    key, data, asked = idempotency_key(ask.request), await json_body(ask.request), laid(ask.request)
    loaded = await run_in_threadpool(partial(open_data, data, **asked))
    points(loaded.sweep, most=MOST_POINTS)
    return await SWEEPS.taken(ask, scenario_order(ask, "sweep", data, loaded), key)
