"""The work behind `wardwright validate`: the scenario and its variants read and checked, nothing run, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from api import words
from api.scenario_args import Asked
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.warnings import warnings_of

Read = tuple[str | None, Loaded[Scenario]]
"""A variant's name (None: the scenario as it stands) and what was read."""


def run(asked: Asked, variants: tuple[str, ...]) -> tuple[str, list[str]]:
    """What to print, and warnings, a line each.

    Checks the scenario and then all its variants, or only the `variants` named. Raises ScenarioError with every fault.
    """
    read = read_all(asked, variants or (None,))
    if not variants:
        read += read_all(asked, read[0][1].variants)
    return _valid(asked, read[0][1], len([name for name, _ in read if name])), warning_lines(read)


def read_all(asked: Asked, variants: Iterable[str | None]) -> list[Read]:
    """Every variant read. Raises ScenarioError with every fault of every variant."""
    read: list[Read] = []
    faults: list[Fault] = []
    for name in variants:
        try:
            read.append((name, asked.load(name)))
        except ScenarioError as error:
            faults += [_in_variant(name, fault) for fault in error.faults]
    if faults:
        raise ScenarioError(faults)
    return read


def warning_lines(read: Iterable[Read]) -> list[str]:
    """Warnings as lines; one that several variants share is told of the first only."""
    found: dict[Fault, str | None] = {}
    for name, loaded in read:
        for fault in warnings_of(loaded):
            found.setdefault(fault, name)
    told = sorted((_in_variant(name, fault) for fault, name in found.items()), key=lambda fault: fault)
    return [str(replace(fault, where=f"warning: {fault.where}")) for fault in told]


def _in_variant(name: str | None, fault: Fault) -> Fault:
    """The same fault, saying in which variant it is."""
    if name is None or fault.file == "--variant":
        return fault
    return replace(fault, where=f"variant {name}: {fault.where}")


def _valid(asked: Asked, loaded: Loaded[Scenario], variants: int) -> str:
    scenario = loaded.value
    counts = {
        "unit": len(scenario.units),
        "patient group": len(scenario.patients),
        "staff group": len(scenario.staff),
        "device": len(scenario.devices),
        "variant": variants,
    }
    listed = ", ".join(words.count(number, name) for name, number in counts.items() if number)
    return f"{asked.path}: valid ({listed})\n"
