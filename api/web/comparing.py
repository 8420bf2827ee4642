"""Plans side by side: 2 to 20 of them in tables, and from cost to cost of two of them a waterfall."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.compare_sections import brief, path_of
from api.service.errors import BadQuestion, NotNow
from api.service.jobs import PLANS, Job, files_of, find
from api.views.beside import Option, figure_rows, money_rows, option, steps
from api.views.said import Said
from api.web.rendering import render
from api.web.visiting import Visit
from api.web.waterfall import waterfall
from optimizer.saved import PLAN, SCENARIO
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.whatif.inputs import Input, differing_inputs

LEAST, MOST = 2, 20
MOST_INPUTS: Final = 60


@dataclass(frozen=True, slots=True)
class Side:
    """One plan of a comparison."""

    job: Job
    option: Option
    loaded: Loaded[Scenario]

    @property
    def name(self) -> str:
        """What it is called: its variant, else its scenario."""
        return self.option.name


async def sides_of(here: Visit, ids: Sequence[str]) -> list[Side]:
    """The plans asked for, the first to compare with. Raises BadQuestion, NoSuch, and NotNow for one without a plan."""
    wanted = list(dict.fromkeys(ids))
    if not LEAST <= len(wanted) <= MOST:
        raise BadQuestion("plan", f"choose {LEAST} to {MOST} plans to compare")
    tenant = here.known.tenant

    def work(connection: Connection) -> list[tuple[Job, dict[str, str]]]:
        jobs = [find(connection, tenant, each, PLANS) for each in wanted]
        return [(job, files_of(connection, job.id, (PLAN, SCENARIO))) for job in jobs]

    found = await here.house.read(work)
    return await run_in_threadpool(lambda: [_side(number, *each) for number, each in enumerate(found, 1)])


def _side(number: int, job: Job, kept: dict[str, str]) -> Side:
    if job.incumbent is None or PLAN not in kept or SCENARIO not in kept:
        raise NotNow(f"plan {number} of those chosen has no plan to compare")
    loaded = parse(json.loads(kept[SCENARIO]), Scenario)
    name = job.variant or loaded.value.name or job.scenario
    return Side(job, option(f"{number}. {name}", Said.model_validate_json(kept[PLAN])), loaded)


async def show(here: Visit) -> Response:
    """What differs between plans."""
    asked = here.request.query_params
    sides = await sides_of(here, asked.getlist("plan"))
    first = sides[0]
    against = next((side for side in sides[1:] if side.job.id == asked.get("against")), sides[1])
    inputs = await run_in_threadpool(differing_inputs, first.loaded, against.loaded)
    options = [side.option for side in sides]
    moves = steps(first.option, against.option)
    return render(
        here, "compare.html", sides=sides, first=first, against=against, money=money_rows(options),
        figures=figure_rows(options), inputs=_shown(inputs), left=max(0, len(inputs) - MOST_INPUTS),
        picture=waterfall(first.option, against.option, moves), moves=moves,
        currency=first.loaded.value.currency, path=path_of, brief=brief,
    )  # fmt: skip


def _shown(inputs: Sequence[Input]) -> tuple[Input, ...]:
    return tuple(each for each in inputs if each.weighs)[:MOST_INPUTS]


async def ask(here: Visit) -> Response:
    """Ask which input makes what of the difference: the plans are made anew, one input changed over at a time."""
    raise NotNow("not here yet")
