"""`ROUTES`: every route of the service. A new one is a function that answers and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from api.exports.table import EXPORTS
from api.service import other_answers as other
from api.service import plan_answers as plan
from api.service.asking import SCENARIO, Parameter, Route
from api.service.callers import ADMIN, PLAN, PUBLISH, READ
from api.service.exporting import USUAL
from api.service.job_answers import STATES, Jobs
from api.service.responding import JSON
from api.service.shapes import (
    AliveShape,
    AuditShape,
    ExplanationShape,
    JobShape,
    KindShape,
    ModelShape,
    ModelsShape,
    NamesShape,
    PageShape,
    ReplanBody,
    StatusShape,
    ValidShape,
    WholeShape,
)

FORECASTS: Final = Jobs("/v1/forecasts", ("forecast",))

VARIANT: Final = Parameter("variant", "take this variant of the scenario")
PREFER: Final = Parameter("Prefer", "`wait=60` waits so many seconds for the answer itself", where="header")
KEY: Final = Parameter(
    "Idempotency-Key", "equal requests with equal keys make one job", {"type": "string", "maxLength": 255}, "header"
)
IF_MATCH: Final = Parameter("If-Match", "the ETag of the version that is meant", where="header")
IF_NONE_MATCH: Final = Parameter(
    "If-None-Match", "the ETag of the version that is known: 304 if it still is", where="header"
)
LAST_EVENT: Final = Parameter("Last-Event-ID", "go on after this event", where="header")
SIZE: Final = Parameter("page_size", "how many at most", {"type": "integer", "minimum": 1, "maximum": 100})
TOKEN: Final = Parameter("page_token", "`next_page_token` of the page before")
STATE: Final = Parameter("state", "only those in this state", {"type": "string", "enum": list(STATES)})
FORMAT: Final = Parameter("format", f"which kind of file [{USUAL}]", {"type": "string", "enum": list(EXPORTS)})

MADE: Final[Mapping[int, type[BaseModel] | str]] = {202: JobShape, 200: WholeShape}
STREAM: Final = "text/event-stream"
ANY_FILE: Final = "application/octet-stream"


def of_jobs(jobs: Jobs, one: str, many: str) -> tuple[Route, ...]:
    """The routes that jobs of every kind have; `one` and `many` are what they are called."""
    item = f"{jobs.path}/{{id}}"
    ask = (VARIANT, KEY, PREFER)
    return (
        Route("POST", jobs.path, jobs.make, f"Ask for a {one}; 202, or 200 with `Prefer`", PLAN, MADE, ask, SCENARIO),
        Route(
            "GET", jobs.path, jobs.page, f"List {many}, the newest first", READ, {200: PageShape}, (SIZE, TOKEN, STATE)
        ),
        Route("GET", item, jobs.get, f"A {one} with all it holds", READ, {200: WholeShape, 304: ""}, (IF_NONE_MATCH,)),
        Route("GET", f"{item}/status", jobs.status, f"How a {one} stands, cheaply", READ, {200: StatusShape}),
        Route(
            "GET", f"{item}/events", jobs.events, f"Follow a {one} as it is made", READ, {200: STREAM}, (LAST_EVENT,)
        ),
        Route("POST", f"{item}:cancel", jobs.cancel, f"End a {one} with the best so far", PLAN, {202: StatusShape}),
        Route("DELETE", item, jobs.erase, f"Erase a {one}", PLAN, {204: ""}, (IF_MATCH,)),
    )


PLAN_ITEM: Final = "/v1/plans/{id}"
MODEL: Final = "/v1/models/{reference}"

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/healthz", other.healthz, "Whether the service answers", None, {200: AliveShape}),
    Route("GET", "/readyz", other.readyz, "Whether work can be taken on", None, {200: AliveShape}),
    Route("GET", "/version", other.healthz, "Which release this is", None, {200: AliveShape}),
    Route("GET", "/metrics", other.metrics, "Figures for Prometheus", ADMIN, {200: "text/plain"}),
    Route("GET", "/problems/{kind}", other.problem_kind, "What a kind of problem means", None, {200: KindShape}),
    Route("GET", "/v1/schema/scenario", other.schema, "The scenario language as JSON Schema", None, {200: JSON}),
    Route("GET", "/v1/demo", other.demos, "Which demo scenarios there are", None, {200: NamesShape}),
    Route("GET", "/v1/demo/{name}", other.demo, "A demo scenario, to be posted as it is", None, {200: JSON}),
    Route(
        "POST", "/v1/plans:validate", plan.validate, "Check a scenario, run nothing", PLAN, {200: ValidShape},
        (VARIANT,), SCENARIO,
    ),
    *of_jobs(plan.JOBS, "plan", "plans"),
    Route(
        "GET", f"{PLAN_ITEM}/explanation", plan.explanation, "Why a plan is as it is", READ, {200: ExplanationShape}
    ),
    Route(
        "POST", f"{PLAN_ITEM}:replan", plan.replan, "Change a plan by what happened", PLAN, MADE, (KEY, PREFER),
        ReplanBody,
    ),
    Route(
        "POST", f"{PLAN_ITEM}:publish", plan.publish_plan, "Make this the plan that counts", PUBLISH, {200: JobShape},
        (IF_MATCH,),
    ),
    Route(
        "GET", f"{PLAN_ITEM}/export", plan.export, "A plan as a file", READ, {200: ANY_FILE}, (FORMAT,)
    ),
    *of_jobs(FORECASTS, "forecast", "forecasts"),
    Route("GET", "/v1/models", other.models, "Stored forecasts", READ, {200: ModelsShape}),
    Route("GET", MODEL, other.model, "A stored forecast", READ, {200: ModelShape}),
    Route("POST", f"{MODEL}:promote", other.promote, "Put it into production", PUBLISH, {200: ModelShape}),
    Route("POST", f"{MODEL}:rollback", other.roll_back, "Back to the version before", PUBLISH, {200: ModelShape}),
    Route("GET", "/v1/audit", other.audit, "Who did what", ADMIN, {200: AuditShape}, (SIZE, TOKEN)),
)  # fmt: skip
"""Every route; one with a verb after a colon stands beside the thing it is done to."""
