"""Demo scenarios as one piece of JSON, their histories laid in, so that they can be posted back unchanged."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

from api.documents import json_text
from api.starters import TEMPLATES, scenarios_folder
from forecasting import History
from optimizer.histories import named_histories, read_histories
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.load import file_data

DEMOS: Final[Mapping[str, str]] = {name: TEMPLATES[name] for name in ("ward", "hospital", "district")}
"""Scenario file by name."""

WHAT_IFS: Final = ("variants", "knobs")
"""Keys of a file by which its what-ifs come along."""


@cache
def demo_text(name: str) -> str:
    """A demo scenario as JSON text. Raises KeyError for a name that there is not."""
    file = scenarios_folder() / DEMOS[name]
    loaded, said = open_scenario(file), file_data(file)
    named, _ = named_histories(loaded.value)
    inline = [_values(recorded) for recorded in read_histories(loaded)]
    patients: dict[str, Any] = dict(loaded.resolved["patients"])  # type: ignore[call-overload]
    for group, terms in loaded.value.patients.items():
        if terms.demand is not None and terms.demand.history is not None:
            history = inline[named.index(terms.demand.history)]
            patients[group] = {**patients[group], "demand": {**patients[group]["demand"], "history": history}}
    what_ifs: dict[str, Any] = {key: said[key] for key in WHAT_IFS if key in said}
    data = {**loaded.resolved, "patients": patients, **what_ifs}
    open_data(data)
    return json_text(data)


def _values(recorded: History) -> dict[str, object]:
    """A history as one value a day; null on days without one, those between its pieces among them."""
    first, last = recorded.dates[0].item(), recorded.dates[-1].item()
    by_day = dict(zip(recorded.dates.tolist(), recorded.values.tolist(), strict=True))
    found = [by_day.get(first + timedelta(days=at), math.nan) for at in range((last - first).days + 1)]
    return {"start": str(first), "values": [None if math.isnan(value) else round(value, 6) for value in found]}
