"""The HTTP service, route by route, from the same description that `openapi.json` holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.handbook.marking import code, page, table

OPENING: Final = """`wardwright serve` answers these. Bodies and answers are JSON, faults problem details (RFC 9457);
`openapi.json` beside the README describes every shape for programs that write clients. A key goes into `Authorization:
Bearer KEY`; on the machine itself nobody has to log in."""

Described = Mapping[str, Any]


def service_page() -> str:
    """The page."""
    from api.http import create_app

    return page("Over HTTP", OPENING, _lines(create_app().openapi()))


def _lines(described: Described) -> Iterator[str]:
    for path in sorted(described["paths"]):
        for verb, told in described["paths"][path].items():
            yield from (f"## {verb.upper()} {path}", "", str(told.get("description") or told.get("summary", "")), "")
            yield from _asked(told)
            yield from _answers(told)


def _asked(told: Described) -> Iterator[str]:
    rows = [
        (code(each["name"]), each["in"], _shape(each.get("schema", {})), str(each.get("description", "")))
        for each in told.get("parameters", ())
    ]
    yield from table(("parameter", "in", "type", "meaning"), rows)
    for media, content in told.get("requestBody", {}).get("content", {}).items():
        yield f"The body is {code(media)}: {_shape(content.get('schema', {}))}."


def _answers(told: Described) -> Iterator[str]:
    rows = [
        (code(status), str(answer.get("description", "")), ", ".join(map(code, answer.get("content", {}))))
        for status, answer in told.get("responses", {}).items()
    ]
    yield from table(("status", "what came of it", "as"), rows)


def _shape(schema: Described) -> str:
    if "$ref" in schema:
        return code(str(schema["$ref"]).rpartition("/")[2])
    if "enum" in schema:
        return " or ".join(code(str(each)) for each in schema["enum"])
    return str(schema.get("type", "any"))
