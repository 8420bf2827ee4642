"""Coming in and going out: signing in with an API key, and choosing a language."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from api.service.errors import NoLogin, NoSuch
from api.web.forms import text
from api.web.languages import COOKIE as LANGUAGE
from api.web.languages import LANGUAGES
from api.web.rendering import render
from api.web.visiting import COOKIE, Visit, signed_in

YEAR: Final = 365 * 86_400


async def sign_in_form(here: Visit) -> Response:
    """The form that asks for a key; whoever is known already goes on."""
    back = inside(here.request.query_params.get("to", "/"))
    if here.caller is not None:
        return RedirectResponse(back, 303)
    return render(here, "sign_in.html", back=back, wrong=False)


async def sign_in(here: Visit) -> Response:
    """Begin a session with a key."""
    back = inside(text(here.form, "to"))
    try:
        await signed_in(here, text(here.form, "key", 500))
    except NoLogin:
        return render(here, "sign_in.html", 401, back=back, wrong=True)
    return RedirectResponse(back, 303)


async def sign_out(here: Visit) -> Response:
    """End the session."""
    response = RedirectResponse("/", 303)
    here.fresh = False
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def language(here: Visit) -> Response:
    """Speak another language from now on. Raises NoSuch for one that there is not."""
    code = str(here.request.path_params["code"])
    if code not in LANGUAGES:
        raise NoSuch("there is no such language here")
    response = RedirectResponse(inside(here.request.query_params.get("to", "/")), 303)
    secure = here.request.url.scheme == "https"
    response.set_cookie(LANGUAGE, code, max_age=YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return response


def inside(address: str) -> str:
    """An address of ours; the start page in place of any other."""
    parts = urlsplit(address)
    local = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if local and "\\" not in address and address.isprintable() else "/"
