"""Reading a plan folder back: the scenario that was planned, the demand it was planned for, every decision.

Nothing is forecast again: a plan is explained, or changed, as it was made, whatever has happened to its data since.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from optimizer.check.choice_rules import settled
from optimizer.check.names import Names
from optimizer.check.plan import Plan
from optimizer.check.reading import read
from optimizer.errors import PlanningError
from optimizer.expansion.case import Case
from optimizer.expansion.demand import Demand, starting_state
from optimizer.planning import plan_grid
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.solution import Status
from optimizer.tables import SHAPES, Table

PLAN, SCENARIO = "plan.json", "scenario.json"


class PlanFolderError(PlanningError):
    """A folder that holds no plan, or one that was changed since it was written; the message says which file."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What plan.json says of the plan: how it ended, its cost and how near that is to the least."""

    status: Status
    objective: float
    bound: float | None
    gap: float | None
    variant: str | None
    seed: int
    cost: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class SavedPlan:
    """A plan as its folder tells it; `case` holds the demand that was planned for."""

    folder: Path
    loaded: Loaded[Scenario]
    case: Case
    tables: Mapping[str, Table]
    facts: Facts

    @property
    def scenario(self) -> Scenario:
        """The scenario that was planned, all in one piece."""
        return self.loaded.value


def open_plan(folder: Path) -> SavedPlan:
    """Read a plan folder. Raises PlanFolderError where it holds no plan, or parts that do not belong together."""
    said = _json(folder, "plan.json")
    facts, sha256 = _facts(folder, said)
    loaded = _scenario(folder)
    if loaded.sha256 != sha256:
        raise PlanFolderError(f"{folder / SCENARIO}: changed since {PLAN} was written; plan the scenario again")
    tables = dict(_tables(folder))
    return SavedPlan(folder, loaded, _case(folder, loaded.value, tables), tables, facts)


def _facts(folder: Path, said: Mapping[str, object]) -> tuple[Facts, str]:
    """The facts, and the hash of the scenario that was planned."""
    try:
        facts = _Said.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PlanFolderError(f"{folder / PLAN}: {where}: {first['msg'].lower()}; plan the scenario again") from error
    if facts.objective is None:
        raise PlanFolderError(f"{folder}: no plan was found (status {facts.status}), so there is none to read")
    kept = Facts(facts.status, facts.objective, facts.bound, facts.gap, facts.variant, facts.seed, facts.cost)
    return kept, facts.scenario.sha256


class _SaidScenario(BaseModel):
    sha256: str


class _Said(BaseModel):
    """What is read of plan.json."""

    scenario: _SaidScenario
    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    variant: str | None
    seed: int
    cost: dict[str, float]


def _json(folder: Path, name: str) -> dict[str, object]:
    try:
        data = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanFolderError(f"{folder}: no plan folder, for it holds no {name}") from error
    except (OSError, ValueError) as error:
        raise PlanFolderError(f"{folder / name}: can't be read: {error}") from error
    if not isinstance(data, dict):
        raise PlanFolderError(f"{folder / name}: must hold one JSON object")
    return data


def _scenario(folder: Path) -> Loaded[Scenario]:
    """The scenario; the files of its histories are not looked for."""
    try:
        return parse(_json(folder, SCENARIO), Scenario)
    except ScenarioError as error:
        raise PlanFolderError(f"{folder / SCENARIO}: {error}") from error


def _tables(folder: Path) -> Iterator[tuple[str, Table]]:
    """Every table the folder holds, cells as text."""
    for name, columns in SHAPES.items():
        path = folder / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = list(csv.reader(file)) or [[]]
            if tuple(header) != columns:
                raise PlanFolderError(f"{path}: line 1: must be {','.join(columns)}; plan the scenario again")
            yield name, Table(name, columns, tuple(tuple(row) for row in rows))


def _case(folder: Path, scenario: Scenario, tables: Mapping[str, Table]) -> Case:
    """The case with the demand that the plan's own tables state, and what it chose once given."""
    grid = plan_grid(scenario)
    present, waiting = starting_state(scenario)
    nothing = np.zeros((len(scenario.patients), grid.periods))
    bare = Case(scenario, grid, Demand(nothing, nothing, present, waiting, nothing[:, : grid.days], cyclic=grid.cyclic))
    cells, faults = read(Names(bare), {name: tables[name] for name in ("demand", "start") if name in tables})
    for broken in (*faults.unknown, *faults.doubled, *faults.no_number, *faults.negative):
        raise PlanFolderError(f"{folder}: {broken.where}: {broken.message}; plan the scenario again")
    arrivals, stays = (cells["demand"].dense(each).reshape(nothing.shape) for each in ("arrivals", "stays"))
    cases = cells["demand"].dense("cases")[:, :, 0]
    start = cells["start"].dense("patients")
    demand = Demand(arrivals, stays, start[:, 1:], start[:, 0], cases, cyclic=grid.cyclic)
    chosen = {name: tables[name] for name in ("closings", "engaged") if name in tables}
    asked = Case(scenario, grid, demand)
    return settled(Plan(asked, Names(asked), *read(Names(asked), chosen)))
