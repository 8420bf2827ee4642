"""Plans side by side: 2 to 20 of them in tables, and from cost to cost of two of them a waterfall."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.compare_sections import brief, path_of
from api.exports.waterfall_picture import Wording, falling, waterfall_picture
from api.service.accepting import Order, accept
from api.service.errors import BadQuestion, NotNow
from api.service.job_answers import ANSWER
from api.service.jobs import PLANS, Job, files_of, find
from api.service.store import now
from api.views.beside import Option, figure_rows, money_rows, option
from api.views.said import Said
from api.web.naming import Names
from api.web.rendering import render
from api.web.visiting import Visit
from optimizer.saved import PLAN, SCENARIO
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.whatif.inputs import differing_inputs

LEAST, MOST = 2, 20
MOST_INPUTS: Final = 60
WHY: Final = ("compare",)
"""The kind of job that plans anew to see which input makes what."""


@dataclass(frozen=True, slots=True)
class Side:
    """One plan of a comparison."""

    job: Job
    option: Option
    loaded: Loaded[Scenario]
    planned: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called: its variant, else its scenario."""
        return self.option.name


def wording(here: Visit) -> Wording:
    """How a waterfall speaks to this reader."""
    speech = here.speech
    names = Names(speech)
    return Wording(
        lambda item, fixed: names.fixed(item) if fixed else names.cost(item),
        speech.money,
        speech.signed,
        lambda count: speech.say("%(count)s smaller items", count=count),
    )


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


def _side(number: int, job: Job, kept: Mapping[str, str]) -> Side:
    if job.incumbent is None or PLAN not in kept or SCENARIO not in kept:
        raise NotNow(f"plan {number} of those chosen has no plan to compare")
    planned = json.loads(kept[SCENARIO])
    loaded = parse(planned, Scenario)
    name = job.variant or loaded.value.name or job.scenario
    return Side(job, option(f"{number}. {name}", Said.model_validate_json(kept[PLAN])), loaded, planned)


async def show(here: Visit) -> Response:
    """What differs between plans."""
    asked = here.request.query_params
    sides = await sides_of(here, asked.getlist("plan"))
    if asked.get("first") == "oldest":
        ids = [side.job.id for side in sorted(sides, key=lambda side: side.job.number)]
        return RedirectResponse(f"/compare?{'&'.join(f'plan={each}' for each in ids)}", 303)
    first = sides[0]
    against = next((side for side in sides[1:] if side.job.id == asked.get("against")), sides[1])
    inputs = await run_in_threadpool(differing_inputs, first.loaded, against.loaded)
    options = [side.option for side in sides]
    weighing = [each for each in inputs if each.weighs]
    return render(
        here, "compare.html", sides=sides, first=first, against=against, money=money_rows(options),
        figures=figure_rows(options), inputs=weighing[:MOST_INPUTS], left=max(0, len(weighing) - MOST_INPUTS),
        picture=waterfall_picture([first.option, against.option], wording(here)),
        currency=first.loaded.value.currency, path=path_of, brief=brief,
    )  # fmt: skip


async def ask(here: Visit) -> Response:
    """Ask which input makes what of a difference: the plan is made anew with one input changed over after another."""
    sent = here.form.get("plan[]")
    sides = (await sides_of(here, [str(each) for each in sent] if isinstance(sent, list) else ()))[:LEAST]
    first, caller = sides[0], here.known
    options: list[dict[str, object]] = [
        {"name": side.name, "scenario": dict(side.planned), "variant": None, "set": []} for side in sides
    ]
    request = {"options": options, "how": "auto", "by": "auto"}
    order = Order(caller.tenant, caller.name, WHY[0], request, first.job.scenario, first.job.sha256)
    taken = await run_in_threadpool(accept, here.house.open_store, order, None, here.house.quota)
    return RedirectResponse(f"/compare/why/{taken.job.id}", 303)


async def why(here: Visit) -> Response:
    """Which input makes what of a difference, once it is known; until then how it is coming on."""
    tenant = here.known.tenant

    def work(connection: Connection) -> tuple[Job, dict[str, str], float]:
        job = find(connection, tenant, here.id, WHY)
        return job, files_of(connection, job.id, (ANSWER,)), now(connection)

    job, kept, at = await here.house.read(work)
    seconds = (job.ended_at or at) - (job.started_at or job.made_at)
    if here.partial:
        if job.ended:
            return Response(None, 200, {"HX-Redirect": f"/compare/why/{here.id}"})
        return render(here, "why_progress.html", job=job, seconds=seconds)
    problem = None if job.problem is None else json.loads(job.problem)
    answer = json.loads(kept[ANSWER]) if ANSWER in kept else None
    facts = {} if answer is None else _attributed(here, answer)
    return render(here, "why_costs.html", job=job, seconds=seconds, problem=problem, answer=answer, **facts)


def _attributed(here: Visit, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What a comparison found of its one difference, with its picture."""
    first, other = answer["first"], answer["others"][0]
    shared = other["attribution"]
    if shared is None or first["total"] is None or other["total"] is None:
        return {"first": first, "other": other, "parts": (), "picture": None, "plans": 0}
    other_end = here.speech.say("how far the searches came")
    parts = [(", ".join(part["inputs"]) or other_end, part) for part in shared["parts"]]
    steps = [(name, part["money"]) for name, part in parts]
    picture = falling((first["name"], first["total"]), steps, (other["name"], other["total"]), wording(here))
    return {"first": first, "other": other, "parts": parts, "picture": picture, "plans": shared["plans"]}
