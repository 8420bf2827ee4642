"""`PAGES`: every page there is. A new one is a function from a `Visit` to a response and a line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from api.service.callers import PLAN, READ
from api.web import comparing, entering, files, planning, plans, replanning, rosters, sharing, starting, whatif
from api.web.visiting import Visit

Answer = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the table; `scope` None lets everybody in, `changes` says it takes a form.

    Without a `session` it neither begins one nor cares whether there is one.
    """

    path: str
    answer: Answer
    scope: str | None
    changes: bool = False
    session: bool = True

    @property
    def method(self) -> str:
        """Its HTTP method."""
        return "POST" if self.changes else "GET"


PAGES: Final[tuple[Page, ...]] = (
    Page("/static/{name}", files.static, None, session=False),
    Page("/language/{code}", entering.language, None, session=False),
    Page("/sign-in", entering.sign_in_form, None),
    Page("/sign-in", entering.sign_in, None, changes=True),
    Page("/sign-out", entering.sign_out, None, changes=True),
    Page("/", starting.start, READ),
    Page("/scenario", starting.check, PLAN, changes=True),
    Page("/scenario/demo/{name}", starting.demo, PLAN),
    Page("/plan", planning.make, PLAN, changes=True),
    Page("/plans", plans.listed, READ),
    Page("/plans/{id}", plans.show, READ),
    Page("/plans/{id}/progress", planning.progress, READ),
    Page("/plans/{id}/stop", planning.stop, PLAN, changes=True),
    Page("/plans/{id}/scenario.yaml", files.scenario, READ),
    Page("/plans/{id}/file/{form}", files.export, READ),
    Page("/plans/{id}/scenario", starting.stored, PLAN),
    Page("/plans/{id}/what-if", whatif.form, PLAN),
    Page("/plans/{id}/what-if", whatif.run, PLAN, changes=True),
    Page("/plans/{id}/cure", whatif.cure, PLAN, changes=True),
    Page("/plans/{id}/replan", replanning.run, PLAN, changes=True),
    Page("/plans/{id}/share", sharing.make, READ, changes=True),
    Page("/plans/{id}/{view}", plans.show, READ),
    Page("/rosters", rosters.listed, READ),
    Page("/rosters/{id}", rosters.show, READ),
    Page("/rosters/{id}/file/{form}", rosters.take, READ),
    Page("/compare", comparing.show, READ),
    Page("/compare/why", comparing.ask, PLAN, changes=True),
    Page("/compare/why/{id}", comparing.why, READ),
    Page("/shared/{token}", sharing.show, None, session=False),
    Page("/shared/{token}/{view}", sharing.show, None, session=False),
)
"""The first that matches answers."""
