"""The work behind `wardwright validate`: the scenario, its variants and its sweep read and checked, nothing run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from api import words
from api.scenario_args import Asked
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.warnings import warnings_of


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to read a scenario: with variants laid on it, or with one value of its sweep."""

    variant: str | None = None
    pick: Mapping[str, int] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """How its faults are told apart: "variant flu: ", or nothing."""
        point = ", ".join(f"sweep {axis}, value {at + 1}: " for axis, at in self.pick.items())
        return f"variant {self.variant}: " if self.variant else point


Read = tuple[Trial, Loaded[Scenario]]
"""How a scenario was read, and what was read."""


def run(asked: Asked, variant: str | None) -> tuple[str, list[str]]:
    """What to print, and warnings, a line each.

    Checks the scenario with the `variant` named laid on it, or without one the scenario as it stands, each of its
    variants by itself and each value of its sweep. Raises ScenarioError with every fault.
    """
    read = read_all(asked, [Trial(variant)])
    first = read[0][1]
    if variant is None:
        read += read_all(asked, [Trial(name) for name in first.variants])
        read += read_all(asked, list(_points(first.sweep)))
    people = [_people_of(trial, loaded) for trial, loaded in read if loaded.value.roster is not None]
    return _valid(asked, first, people[0] if people else 0), warning_lines(read)


def read_all(asked: Asked, trials: Iterable[Trial]) -> list[Read]:
    """The scenario read in each way. Raises ScenarioError with every fault of every one."""
    read: list[Read] = []
    faults: list[Fault] = []
    for trial in trials:
        try:
            read.append((trial, asked.load(trial.variant, trial.pick)))
        except ScenarioError as error:
            faults += [_placed(trial, fault) for fault in error.faults]
    if faults:
        raise ScenarioError(faults)
    return read


def _people_of(trial: Trial, loaded: Loaded[Scenario]) -> int:
    """How many people a roster names, its tables read and its wishes, pairs and duties held against one another.

    Raises ScenarioError with every fault.
    """
    from optimizer.roster.hospital_reading import read_told, stated_slots, team_problem

    try:
        told = read_told(loaded)
        if told.needs:
            team_problem(told, stated_slots(told))
    except ScenarioError as error:
        raise ScenarioError([_placed(trial, fault) for fault in error.faults]) from error
    return len(told.people)


def warning_lines(read: Iterable[Read]) -> list[str]:
    """Warnings as lines; one that several ways to read share is told of the first only."""
    found: dict[Fault, Trial] = {}
    for trial, loaded in read:
        for fault in warnings_of(loaded):
            found.setdefault(fault, trial)
    told = sorted((_placed(trial, fault) for fault, trial in found.items()), key=lambda fault: fault)
    return [str(replace(fault, where=f"warning: {fault.where}")) for fault in told]


def _points(sweep: Mapping[str, tuple[object, ...]]) -> Iterator[Trial]:
    """Each value of each axis by itself."""
    for axis, values in sweep.items():
        yield from (Trial(pick={axis: at}) for at in range(len(values)))


def _placed(trial: Trial, fault: Fault) -> Fault:
    """The same fault, saying with what laid on the scenario it comes up."""
    if fault.file == "--variant":
        return fault
    return replace(fault, where=f"{trial.told}{fault.where}")


def _valid(asked: Asked, loaded: Loaded[Scenario], people: int) -> str:
    scenario = loaded.value
    counts = {
        "unit": len(scenario.units),
        "patient group": len(scenario.patients),
        "staff group": len(scenario.staff),
        "device": len(scenario.devices),
        "variant": len(loaded.variants),
        "sweep value": sum(len(values) for values in loaded.sweep.values()),
    }
    named = [f"{people:,} named {'person' if people == 1 else 'people'}"] if people else []
    listed = ", ".join([*(words.count(number, name) for name, number in counts.items() if number), *named])
    return "\n".join(words.wrapped(f"{asked.path}: valid ({listed})", hanging="  ")) + "\n"
