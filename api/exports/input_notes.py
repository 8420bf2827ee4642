"""What the columns of a workbook to fill in mean, from the scenario's own schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from api.schema import scenario_schema

Schema = Mapping[str, Any]
ANY = "*"
"""The step to a thing with an id, or to a row."""


def meanings(sheet: str, headings: tuple[str, ...]) -> dict[str, str]:
    """What each heading of a sheet means, where the schema says it; paths lead from a thing of the sheet."""
    schema = _schema()
    found = {}
    for heading in headings:
        told = _told(schema, schema, [sheet, ANY, *heading.split(".")])
        if told:
            found[heading] = told
    return found


@cache
def _schema() -> Schema:
    return scenario_schema()


def _told(schema: Schema, node: Schema, steps: list[str]) -> str:
    if not steps:
        return str(node.get("description", ""))
    below = (_told(schema, each, steps[1:]) for each in _below(schema, node, steps[0]))
    return next((told for told in below if told), "")


def _below(schema: Schema, node: Schema, step: str) -> Iterator[Schema]:
    """What may stand one step below, of all forms that the value may take."""
    for form in _forms(schema, node):
        inner = form.get("properties", {}).get(step)
        if isinstance(inner, Mapping):
            yield inner
        free = [form.get("items"), form.get("additionalProperties"), *form.get("patternProperties", {}).values()]
        yield from (each for each in free if inner is None and isinstance(each, Mapping))


def _forms(schema: Schema, node: Schema) -> Iterator[Schema]:
    if "$ref" in node:
        yield from _forms(schema, schema["$defs"][str(node["$ref"]).rpartition("/")[2]])
    for form in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _forms(schema, form)
    yield node
