"""Errors over HTTP as problem details (RFC 9457): one table from error families to problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.errors import FaceError, Refused
from api.service.errors import (
    BadQuestion,
    Erased,
    KeyReused,
    NoLogin,
    NoSuch,
    NotAllowed,
    NotNow,
    Stale,
    StoreFailed,
    TooMany,
    Unconditional,
)
from forecasting.errors import ForecastError, RegistryError
from optimizer.errors import CheckFailed
from optimizer.goals.prices import NotByPrices
from optimizer.replanning.errors import EventError
from optimizer.roster.explaining import NoSuchCell
from optimizer.roster.hospital_saved import RosterFolderError
from optimizer.saved import PlanFolderError
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.simulation.errors import SimulationError
from optimizer.solvers.errors import SolverError
from optimizer.whatif.errors import WhatIfError

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its HTTP status, what it means and, where the detail does not say, what helps."""

    status: int
    title: str
    hint: str = ""


KINDS: Final[Mapping[str, Kind]] = {
    "invalid-scenario": Kind(422, "The scenario can't be planned as it stands; every fault is listed"),
    "unsuitable-solver": Kind(422, "The solver asked for does not exist or does not suit this scenario"),
    "unusable-history": Kind(422, "A history can't be forecast"),
    "invalid-event": Kind(422, "What happened to the plan was not understood, or can't have happened to it"),
    "unusable-plan": Kind(422, "This can't be asked of this plan"),
    "no-such-cell": Kind(422, "The roster has no such person, day or shift, or the question reads otherwise"),
    "no-comparison": Kind(422, "These can't be compared, or there is nothing to sweep over"),
    "not-json": Kind(400, "The body is not a JSON object", "send one JSON object"),
    "bad-question": Kind(400, "A parameter or header can't be understood"),
    "wrong-media-type": Kind(415, "The body must be application/json", "send Content-Type: application/json"),
    "too-large": Kind(413, "The body is too large", "send histories as daily values, and only as many as matter"),
    "no-login": Kind(
        401, "Nobody knows who is asking", "send Authorization: Bearer and a key of wardwright keys create"
    ),
    "forbidden": Kind(403, "This key may not do that", "ask an administrator for a key with that scope"),
    "not-found": Kind(404, "Nothing here has this name"),
    "not-now": Kind(409, "That does not go with the state it is in"),
    "erased": Kind(410, "It was there and has been erased"),
    "stale": Kind(412, "It has changed since it was read", "GET it again; its ETag says which version it is"),
    "key-reused": Kind(422, "The Idempotency-Key stands for another request", "take a new key for a new request"),
    "unconditional": Kind(428, "A change that must say which version it means", "send If-Match with the plan's ETag"),
    "too-many": Kind(429, "Too much is asked for at once", "wait as long as Retry-After says"),
    "solver-failed": Kind(
        500,
        "The solver ended without an answer",
        "ask again; if it stays so, name another solver or give it more memory",
    ),
    "failed-check": Kind(500, "The plan failed its own check and is not shown: a fault of ours"),
    "internal": Kind(500, "A fault of ours"),
    "store-failed": Kind(503, "The store can't be reached or written; nothing was accepted", "try again later"),
}
"""Every kind of problem, by its code, the last part of its type."""

ERRORS: Final[Mapping[type[Exception], str]] = {
    ScenarioError: "invalid-scenario",
    SolverError: "unsuitable-solver",
    ForecastError: "unusable-history",
    EventError: "invalid-event",
    WhatIfError: "no-comparison",
    NotByPrices: "unusable-plan",
    PlanFolderError: "unusable-plan",
    SimulationError: "unusable-plan",
    RosterFolderError: "unusable-plan",
    NoSuchCell: "no-such-cell",
    Refused: "unusable-plan",
    CheckFailed: "failed-check",
    RegistryError: "not-found",
    BadQuestion: "bad-question",
    NoLogin: "no-login",
    NotAllowed: "forbidden",
    NoSuch: "not-found",
    NotNow: "not-now",
    Erased: "erased",
    Stale: "stale",
    KeyReused: "key-reused",
    Unconditional: "unconditional",
    TooMany: "too-many",
    StoreFailed: "store-failed",
    Exception: "internal",
}
"""Kind of problem by error family; the nearest family counts."""

FAULT_CODES: Final[Mapping[str, str]] = {
    "unknown key": "unknown-key",
    "is missing": "missing",
    "no files over HTTP": "no-files",
    "no databases over HTTP": "no-files",
    "no model is stored": "unknown-model",
    "must be": "wrong-value",
    "must say": "wrong-value",
    "looks like": "personal-data",
}
"""Code of a fault by how its message begins; any other is `disagrees`: parts that do not go together."""

SILENT: Final = ("failed-check", "internal")
"""Kinds of which no detail leaves the house."""


class ProblemError(FaceError):
    """A request that can't be answered; `kind` is a key of `KINDS`."""

    def __init__(self, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.kind = kind
        self.headers = dict(headers or {})
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer that is a problem. `headers` go with it."""

    status: int
    body: dict[str, object]
    headers: dict[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """What an error is over HTTP."""
    if isinstance(error, ProblemError):
        return _problem(error.kind, str(error), (), error.headers)
    kind = next(ERRORS[family] for family in type(error).__mro__ if family in ERRORS)
    if isinstance(error, ScenarioError):
        count = len(error.faults)
        faults = [_fault_json(fault) for fault in error.faults]
        return _problem(kind, f"{count} fault{'' if count == 1 else 's'}, nothing was run", faults, {})
    if isinstance(error, BadQuestion):
        return _problem(kind, str(error), [_fault("query", error.parameter, "bad-question", str(error), "")], {})
    return _problem(kind, "" if kind in SILENT else str(error), (), _headers(error))


def plain_problem(status: int, title: str, headers: Mapping[str, str] | None = None) -> Problem:
    """A problem that is no more than its HTTP status."""
    code = title.lower().replace(" ", "-")
    return Problem(status, {"type": "about:blank", "title": title, "status": status, "code": code}, dict(headers or {}))


def _headers(error: Exception) -> dict[str, str]:
    """What goes with an answer: when to come back, how to log in."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, StoreFailed):
        return {"Retry-After": "5"}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NoLogin) else {}


def _problem(kind: str, detail: str, faults: Sequence[Mapping[str, object]], headers: dict[str, str]) -> Problem:
    found = KINDS[kind]
    body: dict[str, object] = {"type": f"/problems/{kind}", "title": found.title, "status": found.status, "code": kind}
    if detail:
        body["detail"] = detail
    if found.hint:
        body["hint"] = found.hint
    if faults:
        body["faults"] = list(faults)
    return Problem(found.status, body, headers)


def _fault_json(fault: Fault) -> dict[str, object]:
    """Where (a JSON pointer into the body, or the query parameter), what, and the cure."""
    code = next((code for begins, code in FAULT_CODES.items() if fault.message.startswith(begins)), "disagrees")
    if fault.file.startswith("--"):
        return _fault("query", fault.file.removeprefix("--"), code, f"{fault.where}: {fault.message}", fault.hint)
    return _fault("body", fault.where, code, fault.message, fault.hint)


def _fault(where: str, path: str, code: str, message: str, hint: str) -> dict[str, object]:
    return {"code": code, "in": where, "path": path, "message": message, "hint": hint}
