"""Forms as pages send them: bounded before they are taken apart; files as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from api.problems import ProblemError
from api.service.reading import MAX_BODY

MOST: Final = MAX_BODY + 200_000
"""Bytes of a whole form: a scenario and the little that goes with it."""

MOST_FIELDS: Final = 3000


async def form_of(request: Request) -> Mapping[str, object]:
    """The fields of a form: text, lists of text under names that end in [], files as text or, unreadable, as bytes.

    Raises ProblemError where it is too large or no form.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST:
            raise ProblemError("too-large", f"more than {MOST:,} bytes")

    async def again() -> Message:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    try:
        sent = await Request(request.scope, again).form(max_files=2, max_fields=MOST_FIELDS, max_part_size=MAX_BODY)
        return await _plain(sent)
    except HTTPException as error:
        raise ProblemError("bad-question", str(error.detail)) from error


async def _plain(sent: FormData) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in dict.fromkeys(sent.keys()):
        values = [await _value(each) for each in sent.getlist(name)]
        found[name] = values if name.endswith("[]") else values[-1]
    return found


async def _value(value: UploadFile | str) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    data = await value.read()
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n") if data else ""
    except UnicodeDecodeError:
        return data


def text(form: Mapping[str, object], name: str, most: int = 2_000_000) -> str:
    """A field's text, "" where it was not sent."""
    value = form.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""
