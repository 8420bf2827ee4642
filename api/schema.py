"""Scenarios as JSON Schema and as YAML."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from optimizer.scenario.model import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILE_KEYS: Mapping[str, object] = {
    "extends": {"type": "string", "description": "a file this one is laid over; files only, not over HTTP"},
    "variants": {
        "type": "object",
        "description": "named changes: path to value, such as {flu: {patients.medical.demand.uplift: 0.06}}",
        "additionalProperties": {"type": "object"},
    },
}
"""Keys at the top that the reader takes itself."""


def scenario_schema(*, reference: str = "#/$defs/{model}") -> dict[str, object]:
    """JSON Schema of a scenario, its keys as files write them; parts are named by `reference`."""
    schema: dict[str, object] = Scenario.model_json_schema(by_alias=True, ref_template=reference)
    properties = schema["properties"]
    return {"$schema": DIALECT, **schema, "properties": {**dict(properties), **FILE_KEYS}}  # type: ignore[call-overload]


def schema_text() -> str:
    """The same as text."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


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
