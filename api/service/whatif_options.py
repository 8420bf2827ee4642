"""The options of a comparison asked for over HTTP, read as scenarios."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from api.service.shapes import CompareBody
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.files import open_data
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


def options_of(body: CompareBody, models: Path | None = None) -> list[tuple[str, Loaded[Scenario]]]:
    """Every option's name and scenario; one without a scenario takes the first's. Stored models lie in `models`.

    Raises ScenarioError with the faults of all of them.
    """
    read: list[tuple[str, Loaded[Scenario]]] = []
    faults: list[Fault] = []
    for at, option in enumerate(body.options):
        data = option.scenario if option.scenario is not None else body.options[0].scenario or {}
        try:
            loaded = open_data(data, variant=option.variant, sets=option.set, models=models)
        except ScenarioError as error:
            faults += [_within(at, fault) for fault in error.faults]
        else:
            read.append((option.name or option.variant or f"{loaded.value.id} ({at + 1})", loaded))
    if faults:
        raise ScenarioError(faults)
    return read


def _within(at: int, fault: Fault) -> Fault:
    """The fault, placed in the whole body."""
    return fault if fault.file else replace(fault, where=f"/options/{at}/scenario{fault.where}")
