"""The work behind `wardwright validate`: the scenario and its variants read and checked, nothing run, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from optimizer.scenario.warnings import warnings_of

from api.scenario_args import Asked
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


def run(asked: Asked, variants: tuple[str, ...]) -> tuple[str, list[str]]:
    """What to print, and warnings, a line each.

    Checks the scenario and then all its variants, or only the `variants` named. Raises ScenarioError with every fault.
    """
    base = [asked.load()] if not variants else []
    chosen = variants or base[0].variants
    found: list[Fault] = [fault for loaded in base for fault in warnings_of(loaded)]
    faults: list[Fault] = []
    for name in chosen:
        try:
            loaded = asked.load(name)
        except ScenarioError as error:
            faults += _of_variant(name, error.faults)
        else:
            found += _of_variant(name, (fault for fault in warnings_of(loaded) if fault not in found))
            base.append(loaded)
    if faults:
        raise ScenarioError(faults)
    return _valid(asked, base[0], chosen), [str(_as_warning(fault)) for fault in sorted(set(found))]


def _of_variant(name: str, faults: Iterable[Fault]) -> list[Fault]:
    """The same faults, saying in which variant they are."""
    return [_named(name, fault) for fault in faults]


def _named(name: str, fault: Fault) -> Fault:
    return fault if fault.file == "--variant" else replace(fault, where=f"variant {name}: {fault.where}")


def _as_warning(fault: Fault) -> Fault:
    return replace(fault, where=f"warning: {fault.where}")


def _valid(asked: Asked, loaded: Loaded[Scenario], variants: tuple[str, ...]) -> str:
    scenario = loaded.value
    counts = [
        f"{len(parts):,} {name}"
        for name, parts in (
            ("units", scenario.units),
            ("patient groups", scenario.patients),
            ("staff groups", scenario.staff),
            ("devices", scenario.devices),
            ("variants", variants),
        )
        if parts
    ]
    return f"{asked.path}: valid ({', '.join(counts)})\n"
