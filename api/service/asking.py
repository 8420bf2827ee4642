"""A route as data: where it is, what it asks of its caller, what it takes and gives, and the function that answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.service.callers import Caller
from api.service.house import House

SCENARIO: Final = "Scenario"
"""The body is a scenario."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of somebody who was let in."""

    request: Request
    house: House
    caller: Caller

    @property
    def id(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["id"])

    def header(self, name: str) -> str | None:
        """A header; None where it was not sent."""
        return self.request.headers.get(name)


Answer = Callable[[Ask], Awaitable[Response]]
"""Translates a request into one call and its result into a response."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter or header, with its JSON Schema."""

    name: str
    words: str
    schema: Json = field(default_factory=lambda: {"type": "string"})
    where: str = "query"


Given = type[BaseModel] | str | tuple[str, ...]
"""What an answer holds: a model, or the media types of what is no JSON object."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. `scope` None lets everybody in; `body` names a schema or is a model of it.

    `gives` is what a good answer holds by status.
    """

    method: str
    path: str
    answer: Answer
    summary: str
    scope: str | None
    gives: Mapping[int, Given]
    takes: tuple[Parameter, ...] = ()
    body: str | type[BaseModel] | None = None
