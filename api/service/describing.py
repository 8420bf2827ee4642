"""The API's description (OpenAPI 3.1), made from the table of routes, the shapes and the scenario's own schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.convertors import StringConvertor, register_url_convertor

from api.problems import MEDIA_TYPE
from api.schema import scenario_schema
from api.service import roster_shapes, shapes
from api.service.asking import Given, Json, Parameter, Route
from api.service.responding import JSON

SHAPES: Final = (shapes, roster_shapes)
"""Where shapes of bodies and answers are."""

REFERENCE: Final = "#/components/schemas/{model}"
PARAMETER: Final = re.compile(r"{(\w+)}")
PART: Final = "part"
"""Starlette's name for a part of a path that a verb after a colon does not belong to."""


class Part(StringConvertor):
    """A part of a path without slash and colon."""

    regex = "[^/:]+"


def matched_path(route: Route) -> str:
    """The path as Starlette matches it, so that `{id}:cancel` is no id."""
    register_url_convertor(PART, Part())
    return PARAMETER.sub(rf"{{\1:{PART}}}", route.path)


def described(route: Route) -> Json:
    """What FastAPI is told of a route beside its path."""
    own = [_parameter(Parameter(name, "", where="path")) for name in PARAMETER.findall(route.path)]
    extra: Json = {"parameters": [*own, *map(_parameter, route.takes)]}
    if route.body is not None:
        extra["requestBody"] = {"content": {JSON: {"schema": _reference(route.body)}}, "required": True}
    if route.scope is not None:
        extra["security"] = [{"key": [route.scope]}]
    extra["responses"] = {str(status): _response(status, gives) for status, gives in route.gives.items()}
    extra["responses"]["default"] = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": _reference(shapes.ProblemShape)}},
    }
    return {"summary": route.summary, "operation_id": _operation(route), "openapi_extra": extra}


def with_schemas(openapi: Callable[[], Json]) -> Json:
    """The description with every schema that it refers to, and how to log in."""
    found = openapi()
    for path in found["paths"].values():
        for operation in path.values():
            if "200" in operation["responses"] and operation["responses"]["200"] == _UNSAID:
                del operation["responses"]["200"]
    schema = scenario_schema(reference=REFERENCE)
    parts = cast("Json", schema.pop("$defs"))
    del schema["$schema"]
    known = {name: each for room in SHAPES for name, each in vars(room).items() if _is_shape(each)}
    _, made = models_json_schema([(each, "serialization") for each in known.values()], ref_template=REFERENCE)
    key = {"type": "http", "scheme": "bearer", "description": "a key of `wardwright keys create`"}
    components = {"schemas": {**made["$defs"], **parts, "Scenario": schema}, "securitySchemes": {"key": key}}
    return {**found, "components": components}


_UNSAID: Final = {"description": "Successful Response", "content": {JSON: {"schema": {}}}}


def _is_shape(each: object) -> bool:
    return (
        isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ in [room.__name__ for room in SHAPES]
    )


def _parameter(each: Parameter) -> Json:
    told = {"description": each.words} if each.words else {}
    return {"name": each.name, "in": each.where, "required": each.where == "path", "schema": each.schema, **told}


def _reference(body: str | type[BaseModel]) -> Json:
    name = body if isinstance(body, str) else body.__name__
    return {"$ref": REFERENCE.format(model=name)}


def _response(status: int, gives: Given) -> Json:
    words = {201: "Made", 202: "Accepted", 204: "Gone", 304: "Unchanged"}.get(status, "Done")
    if gives == "":
        return {"description": words}
    if isinstance(gives, str | tuple):
        medias = (gives,) if isinstance(gives, str) else gives
        return {"description": words, "content": {media: {"schema": {}} for media in medias}}
    return {"description": words, "content": {JSON: {"schema": _reference(gives)}}}


def _operation(route: Route) -> str:
    words = re.findall(r"[a-z0-9]+", route.path.replace("/v1", ""))
    return "_".join([route.method.lower(), *words])
