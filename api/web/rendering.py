"""Templates to pages: escaped by themselves, in the reader's language, with nothing that the policy would refuse."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from api.release import release
from api.service.callers import PLAN
from api.views.levels import SIGNS
from api.web import naming
from api.web.languages import LANGUAGES, Speech, catalogue
from api.web.visiting import Visit

POLICY: Final = (
    "default-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What goes with every page and every file of it."""

PRIVATE: Final = {"Cache-Control": "private, no-store"}


@cache
def environment(code: str) -> Environment:
    """The templates in a language."""
    found = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_translations(catalogue(code), newstyle=True)  # type: ignore[attr-defined]
    found.globals.update(signs=SIGNS, languages=LANGUAGES, release=release(), names=naming.Names(Speech(code)))
    return found


def render(here: Visit, template: str, status: int = 200, **facts: Any) -> Response:
    """A page, or a part of one."""
    may = {"plan": here.may(PLAN)}
    text = environment(here.speech.code).get_template(template).render(here=here, s=here.speech, may=may, **facts)
    return HTMLResponse(text, status, PRIVATE)
