"""Rosters over HTTP: a scenario with people and needs under `roster`. Translates only."""

from __future__ import annotations

from functools import partial
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.asking import Ask
from api.service.job_answers import Jobs, laid, scenario_order
from api.service.reading import idempotency_key, json_body
from optimizer.scenario.files import open_data

ROSTERS: Final = Jobs("/v1/rosters", ("roster",))


async def roster(ask: Ask) -> Response:
    """Ask for a roster of the people told under a scenario's `roster`, over its needs or those of its plan.

    Raises ScenarioError where there are no people, or a need, wish or pair names nobody.
    """
    from api.service.roster_work import problems_of

    key, data, asked = idempotency_key(ask.request), await json_body(ask.request), laid(ask.request)
    loaded = await run_in_threadpool(partial(open_data, data, **asked))
    await run_in_threadpool(partial(problems_of, loaded))
    return await ROSTERS.taken(ask, scenario_order(ask, "roster", data, loaded), key)
