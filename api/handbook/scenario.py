"""The scenario language, key by key, from the same JSON Schema that `wardwright schema` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.handbook.marking import code, page, table
from api.schema import scenario_schema

OPENING: Final = """Every key of a scenario file, with its type, what it is left out as, and what it means. A key that
is not here is a fault, and so is one given twice. `wardwright schema` prints the same as JSON Schema (draft 2020-12),
which editors use to complete and check scenario files as you type. In a [workbook](../tutorials/workbook.md) the same
keys are headings of columns, with dots between the steps.

Wherever a list of numbers stands, `{table: FILE.csv, column: NAME, where: {COLUMN: VALUE}}` may stand too."""

KINDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
}
LIMITS: Final = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}

Schema = Mapping[str, Any]


def scenario_page() -> str:
    """The page."""
    schema: Schema = scenario_schema()
    return page("The scenario, key by key", OPENING, _lines(schema))


def _lines(schema: Schema) -> Iterator[str]:
    parts: Schema = schema["$defs"]
    yield "## A scenario"
    yield from _part(schema, parts)
    for name in _reached(schema, parts):
        yield f"## {name}"
        yield ""
        yield " ".join(str(parts[name].get("description", "")).split())
        yield from _part(parts[name], parts)


def _part(part: Schema, parts: Schema) -> Iterator[str]:
    needed = set(part.get("required", ()))
    rows = [
        (code(key), _kind(told, parts), "must be given" if key in needed else _default(told), _meaning(told))
        for key, told in part.get("properties", {}).items()
    ]
    yield from table(("key", "type", "left out", "meaning"), rows)


def _reached(schema: Schema, parts: Schema) -> list[str]:
    """Parts in the order in which a reader comes upon them."""
    found: list[str] = []
    left = [schema]
    while left:
        names = [name for name in _names(left.pop(0).get("properties", {})) if name not in found]
        found += dict.fromkeys(names)
        left += [parts[name] for name in dict.fromkeys(names)]
    return [name for name in found if parts[name].get("properties")]


def _names(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield str(node["$ref"]).rpartition("/")[2]
        for each in node.values():
            yield from _names(each)
    elif isinstance(node, list):
        for each in node:
            yield from _names(each)


def _kind(told: Schema, parts: Schema) -> str:
    """A type in words: number, list of text, mapping to Unit."""
    if "$ref" in told:
        name = str(told["$ref"]).rpartition("/")[2]
        return f"[{name}](#{name.lower()})" if parts[name].get("properties") else _kind(parts[name], parts)
    if "const" in told or "enum" in told:
        return " or ".join(code(json.dumps(each)) for each in told.get("enum", [told.get("const")]))
    forms = told.get("anyOf") or told.get("oneOf") or told.get("allOf")
    if forms:
        kinds = dict.fromkeys(_kind(each, parts) for each in forms)
        return " or ".join(kind for kind in kinds if kind != "nothing") or "nothing"
    return _plain(told, parts)


def _plain(told: Schema, parts: Schema) -> str:
    kind = told.get("type")
    if kind == "array":
        return f"list of {_kind(told.get('items', {}), parts)}"
    if kind == "object":
        inner = [told.get("additionalProperties"), *told.get("patternProperties", {}).values()]
        kinds = [_kind(each, parts) for each in inner if isinstance(each, Mapping) and each]
        return f"mapping of names to {' or '.join(kinds)}" if kinds else "mapping"
    return KINDS.get(str(kind), "anything") + _limits(told)


def _limits(told: Schema) -> str:
    """From 0 to 1, above 0."""
    given = {key: told[key] for key in LIMITS if isinstance(told.get(key), int | float)}
    for strict, loose in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if strict in given:
            given.pop(loose, None)
    parts = [f"{LIMITS[key]} {value:g}" for key, value in given.items()]
    return f", {' '.join(parts)}" if parts else ""


def _default(told: Schema) -> str:
    if "default" not in told or told["default"] is None:
        return ""
    if isinstance(told["default"], Mapping) and told["default"]:
        return "as its parts are"
    return code(json.dumps(told["default"], ensure_ascii=False))


def _meaning(told: Schema) -> str:
    return " ".join(str(told.get("description", "")).split())
