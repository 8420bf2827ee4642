"""Scenarios as JSON Schema and as YAML."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

from api.meanings import meaning
from optimizer.scenario.model import Scenario
from optimizer.scenario.quantities import duration_text

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

FILE_KEYS: Final[Mapping[str, object]] = {
    "extends": {"type": "string", "description": "a file this one is laid over; files only, not over HTTP"},
    "variants": {
        "type": "object",
        "description": "named changes: path to value, such as {flu: {patients.medical.demand.uplift: 0.06}}",
        "additionalProperties": {"type": "object"},
    },
    "knobs": {
        "type": "object",
        "description": "names for paths, such as {beds: units.med-a.beds}, for variants, sweep and --set to use",
        "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    },
    "sweep": {
        "type": "object",
        "description": "values to try for paths, knobs or variant, such as {beds: [0, 10, 20], variant: [null, flu]}",
        "additionalProperties": {"type": "array", "minItems": 1},
    },
}
"""Keys at the top that the reader takes itself."""

TABLE: Final[Mapping[str, object]] = {
    "type": "object",
    "description": "a column of numbers from a CSV file beside the scenario; files only, not over HTTP",
    "properties": {
        "table": {"type": "string"},
        "column": {"type": "string"},
        "where": {"type": "object", "description": "keep rows whose columns hold these values"},
    },
    "required": ["table", "column"],
    "additionalProperties": False,
}
"""What may stand for any list of numbers."""

_ZERO: Final = "PT0S"
_ONE_DAY: Final = "P1D"
_DURATIONS: Final = {_ZERO: duration_text(timedelta(0)), _ONE_DAY: duration_text(timedelta(days=1))}
"""Default lengths of time as pydantic writes them, and as scenarios do."""


def scenario_schema(*, reference: str = "#/$defs/{model}") -> dict[str, object]:
    """JSON Schema of a scenario, its keys as files write them; parts are named by `reference`."""
    table = {"$ref": reference.format(model="Table")}
    found = Scenario.model_json_schema(by_alias=True, ref_template=reference)
    schema = cast("dict[str, Any]", _as_written(found, table))
    parts = {name: _explained(name, part) for name, part in {**schema["$defs"], "Table": dict(TABLE)}.items()}
    keys = {**_explained("Scenario", schema)["properties"], **FILE_KEYS}
    return {"$schema": DIALECT, **schema, "$defs": parts, "properties": keys}


def _explained(name: str, part: dict[str, Any]) -> dict[str, Any]:
    """A part with what its keys mean, where its type does not say it."""
    told = {
        key: {**each, "description": meaning(name, key)} if "description" not in each and meaning(name, key) else each
        for key, each in part.get("properties", {}).items()
    }
    return {**part, "properties": told} if told else part


def schema_text() -> str:
    """The same as text."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _as_written(node: object, table: object) -> object:
    """The schema with a table allowed for every list of numbers, and durations as scenarios write them."""
    if isinstance(node, list):
        return [_as_written(each, table) for each in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _as_written(value, table) for key, value in node.items()}
    if isinstance(default := inner.get("default"), str):
        inner["default"] = _DURATIONS.get(default, default)
    items = inner.get("items")
    if inner.get("type") != "array" or not isinstance(items, dict) or not _holds_numbers(items):
        return inner
    said = {key: inner.pop(key) for key in ("default", "description", "title") if key in inner}
    return {"anyOf": [inner, table], **said}


def _holds_numbers(items: dict[str, Any]) -> bool:
    forms = items.get("anyOf", [items])
    return any(form.get("type") in ("number", "integer") for form in forms)


def as_yaml(data: object) -> str:
    """Plain data as YAML 1.2, innermost lists and mappings on one line."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)  # ruamel types its settings as None
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False
    yaml.allow_unicode = True
    yaml.width = 120
    text = io.StringIO()
    yaml.dump(data, text)
    return text.getvalue()


def in_full(scenario: Scenario) -> dict[str, object]:
    """A scenario as plain data with every default filled in; what is left out where there is no default stays out."""
    data: dict[str, object] = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data
