"""`ROUTES`: every route of the service. A new one is a function that answers and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from api.exports.table import EXPORTS
from api.service import other_answers as other
from api.service import plan_answers as plan
from api.service import roster_answers as rosters
from api.service import whatif_answers as whatif
from api.service.asking import SCENARIO, Answer, Parameter, Route
from api.service.callers import ADMIN, PLAN, PUBLISH, READ
from api.service.exporting import USUAL
from api.service.job_answers import STATES, Jobs
from api.service.responding import JSON
from api.service.roster_shapes import EditedShape, RerosterBody, RosterExplanationShape, WorkbookBody
from api.service.shapes import (
    AliveShape,
    AuditShape,
    CompareBody,
    ExplanationShape,
    HookBody,
    HooksShape,
    JobShape,
    KindShape,
    ModelShape,
    ModelsShape,
    NamesShape,
    NewHookShape,
    PageShape,
    ReplanBody,
    ResolvedShape,
    SimulateBody,
    StatusShape,
    ValidShape,
    WholeShape,
)

FORECASTS: Final = Jobs("/v1/forecasts", ("forecast",))

VARIANT: Final = Parameter("variant", "a variant, or several (`a,b`), laid left to right on the scenario")
SET: Final = Parameter(
    "set", "PATH=VALUE laid on the scenario; may repeat", {"type": "array", "items": {"type": "string"}}
)
PREFER: Final = Parameter("Prefer", "`wait=60` waits so many seconds for the answer itself", where="header")
KEY: Final = Parameter(
    "Idempotency-Key", "equal requests with equal keys make one job", {"type": "string", "maxLength": 255}, "header"
)
IF_MATCH: Final = Parameter("If-Match", "the ETag of the version that is meant", where="header")
IF_NONE_MATCH: Final = Parameter(
    "If-None-Match", "the ETag of the version that is known: 304 if it still is", where="header"
)
LAST_EVENT: Final = Parameter(
    "Last-Event-ID", "go on after this event", {"type": "string", "pattern": "^[0-9]{1,9}$"}, "header"
)
SIZE: Final = Parameter("page_size", "how many at most", {"type": "integer", "minimum": 1, "maximum": 100})
TOKEN: Final = Parameter("page_token", "`next_page_token` of the page before")
STATE: Final = Parameter("state", "only those in this state", {"type": "string", "enum": list(STATES)})
FORMAT: Final = Parameter("format", f"which kind of file [{USUAL}]", {"type": "string", "enum": list(EXPORTS)})
PUBLIC: Final = Parameter("public", "for everybody: counts alone, small ones held back", {"type": "boolean"})

MADE: Final[Mapping[int, type[BaseModel] | str]] = {202: JobShape, 200: WholeShape}
STREAM: Final = "text/event-stream"
SCHEMA: Final = "application/schema+json"
WHY: Final = Parameter("why", "PERSON:DAY, as n05:2026-03-10")
WHY_NOT: Final = Parameter("why_not", "PERSON:DAY:SHIFT, as n05:2026-03-10:night")
WHY_SHORT: Final = Parameter("why_short", "DAY:SHIFT[:UNIT], as 2026-03-10:night")
FORM: Final = Parameter(
    "format", "which kind of file [xlsx]; ics is a zip of all calendars, or one person's",
    {"type": "string", "enum": ["xlsx", "ics", "csv", "txt"]},
)  # fmt: skip
PERSON: Final = Parameter("person", "whose calendar, by pseudonym")
ROSTER_FILES: Final = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip", "text/calendar", "text/csv",
    "text/plain",
)  # fmt: skip
A_FILE: Final = tuple(sorted({each.media.partition(";")[0] for each in EXPORTS.values()}))


Made = tuple[Answer, str | type[BaseModel], tuple[Parameter, ...]]
"""How jobs of a kind are asked for where not by a scenario alone: the answer, its body, its parameters."""


def of_jobs(jobs: Jobs, one: str, many: str, made: Made | None = None) -> tuple[Route, ...]:
    """The routes that jobs of every kind have; `one` and `many` are what they are called."""
    item = f"{jobs.path}/{{id}}"
    answer, body, ask = made or (jobs.make, SCENARIO, (VARIANT, SET, KEY, PREFER))
    return (
        Route("POST", jobs.path, answer, f"Ask for a {one}; 202, or 200 with `Prefer`", PLAN, MADE, ask, body),
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


def roster_routes(item: str) -> tuple[Route, ...]:
    """What rosters can be asked beside what all jobs can."""
    return (
        Route(
            "GET", f"{item}/explanation", rosters.explanation, "Why a roster, or a cell of it, is as it is", READ,
            {200: RosterExplanationShape}, (WHY, WHY_NOT, WHY_SHORT),
        ),
        Route(
            "POST", f"{item}:reroster", rosters.reroster, "Change a roster after absences, as little as can be", PLAN,
            MADE, (KEY, PREFER), RerosterBody,
        ),
        Route(
            "POST", f"{item}:check", rosters.check, "Score a roster's workbook as it was edited", READ,
            {200: EditedShape}, (), WorkbookBody,
        ),
        Route(
            "GET", f"{item}/export", rosters.export, "A roster as a file", READ, {200: ROSTER_FILES}, (FORM, PERSON)
        ),
    )  # fmt: skip


PLAN_ITEM: Final = "/v1/plans/{id}"
MODEL: Final = "/v1/models/{reference}"
HOOKS: Final = "/v1/webhooks"

ROUTES: Final[tuple[Route, ...]] = (
    Route("GET", "/healthz", other.healthz, "Whether the service answers", None, {200: AliveShape}),
    Route("GET", "/readyz", other.readyz, "Whether work can be taken on", None, {200: AliveShape}),
    Route("GET", "/version", other.healthz, "Which release this is", None, {200: AliveShape}),
    Route("GET", "/metrics", other.metrics, "Figures for Prometheus", ADMIN, {200: "text/plain"}),
    Route("GET", "/problems/{kind}", other.problem_kind, "What a kind of problem means", None, {200: KindShape}),
    Route("GET", "/v1/schema/scenario", other.schema, "The scenario language as JSON Schema", None, {200: SCHEMA}),
    Route("GET", "/v1/demo", other.demos, "Which demo scenarios there are", None, {200: NamesShape}),
    Route("GET", "/v1/demo/{name}", other.demo, "A demo scenario, to be posted as it is", None, {200: JSON}),
    Route(
        "POST", "/v1/plans:validate", plan.validate, "Check a scenario, run nothing", PLAN, {200: ValidShape},
        (VARIANT, SET), SCENARIO,
    ),
    Route(
        "POST", "/v1/scenarios:resolve", whatif.resolve, "A scenario as it is planned, and where each value is from",
        PLAN, {200: ResolvedShape}, (VARIANT, SET), SCENARIO,
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
        "GET", f"{PLAN_ITEM}/export", plan.export, "A plan as a file", READ, {200: A_FILE}, (FORMAT, PUBLIC)
    ),
    *of_jobs(FORECASTS, "forecast", "forecasts"),
    *of_jobs(whatif.COMPARISONS, "comparison", "comparisons", (whatif.compare, CompareBody, (KEY, PREFER))),
    *of_jobs(whatif.SWEEPS, "sweep", "sweeps", (whatif.sweep, SCENARIO, (VARIANT, SET, KEY, PREFER))),
    *of_jobs(plan.SIMULATIONS, "simulation", "simulations", (plan.simulate, SimulateBody, (KEY, PREFER))),
    *of_jobs(rosters.ROSTERS, "roster", "rosters", (rosters.roster, SCENARIO, (VARIANT, SET, KEY, PREFER))),
    *roster_routes("/v1/rosters/{id}"),
    Route("GET", "/v1/models", other.models, "Stored forecasts", READ, {200: ModelsShape}),
    Route("GET", MODEL, other.model, "A stored forecast", READ, {200: ModelShape}),
    Route("POST", f"{MODEL}:promote", other.promote, "Put it into production", PUBLISH, {200: ModelShape}),
    Route("POST", f"{MODEL}:rollback", other.roll_back, "Back to the version before", PUBLISH, {200: ModelShape}),
    Route("POST", HOOKS, other.add_hook, "Tell events to an address", ADMIN, {201: NewHookShape}, (), HookBody),
    Route("GET", HOOKS, other.list_hooks, "Which addresses are told", ADMIN, {200: HooksShape}),
    Route("DELETE", f"{HOOKS}/{{id}}", other.remove_hook, "Tell an address nothing more", ADMIN, {204: ""}),
    Route("GET", "/v1/audit", other.audit, "Who did what", ADMIN, {200: AuditShape}, (SIZE, TOKEN)),
)  # fmt: skip
"""Every route; one with a verb after a colon stands beside the thing it is done to."""
