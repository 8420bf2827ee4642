"""Errors over HTTP as problem details (RFC 9457): one table from error families to problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from api.errors import FaceError
from forecasting.errors import ForecastError
from optimizer.errors import CheckFailed
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.solvers.errors import SolverError

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its HTTP status and what it means."""

    status: int
    title: str


KINDS: Final[Mapping[str, Kind]] = {
    "invalid-scenario": Kind(422, "The scenario can't be planned as it stands; every fault is listed"),
    "unsuitable-solver": Kind(422, "The solver asked for does not exist or does not suit this scenario"),
    "unusable-history": Kind(422, "A history can't be forecast"),
    "not-json": Kind(400, "The body is not a JSON object"),
    "wrong-media-type": Kind(415, "The body must be application/json"),
    "too-large": Kind(413, "The body is too large"),
    "busy": Kind(503, "Other plans are being made; come back later"),
    "failed-check": Kind(500, "The plan failed its own check and is not shown: a fault of ours"),
    "internal": Kind(500, "A fault of ours"),
}
"""Every kind of problem, by the last part of its type."""

ERRORS: Final[Mapping[type[Exception], str]] = {
    ScenarioError: "invalid-scenario",
    SolverError: "unsuitable-solver",
    ForecastError: "unusable-history",
    CheckFailed: "failed-check",
    Exception: "internal",
}
"""Kind of problem by error family; the nearest family counts."""

_SILENT: Final = ("failed-check", "internal")
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
        return _problem(kind, f"{count} fault{'' if count == 1 else 's'}, nothing was run", error.faults, {})
    return _problem(kind, "" if kind in _SILENT else str(error), (), {})


def plain_problem(status: int, title: str, headers: Mapping[str, str] | None = None) -> Problem:
    """A problem that is no more than its HTTP status."""
    return Problem(status, {"type": "about:blank", "title": title, "status": status}, dict(headers or {}))


def _problem(kind: str, detail: str, faults: tuple[Fault, ...], headers: dict[str, str]) -> Problem:
    found = KINDS[kind]
    body: dict[str, object] = {"type": f"/problems/{kind}", "title": found.title, "status": found.status}
    if detail:
        body["detail"] = detail
    if faults:
        body["faults"] = [_fault_json(fault) for fault in faults]
    return Problem(found.status, body, headers)


def _fault_json(fault: Fault) -> dict[str, object]:
    """Where (a JSON pointer into the body, or the query parameter), what, and the cure."""
    option = fault.file.startswith("--")
    where = {"parameter": fault.file.removeprefix("--")} if option else {"pointer": fault.where}
    message = f"{fault.where}: {fault.message}" if option else fault.message
    return {**where, "message": message, "hint": fault.hint}
