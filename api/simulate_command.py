"""The work behind `wardwright simulate`: a plan folder played against chance, as a table or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from api.documents import json_text
from api.errors import Refused
from api.simulate_words import played_lines, settled_lines
from forecasting import Record
from forecasting.errors import ForecastError
from optimizer.saved import SavedPlan, open_plan
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import Simulated, simulate
from optimizer.simulation.settled import settle

FORECAST = "forecast.json"
MOST_PATHS = 4000
"""Joint paths of a forecast drawn at most: draws beyond them take the same paths again, with other patients."""


def run(folder: Path, *, reps: int, seed: int, as_json: bool) -> None:
    """Play the plan and print what it came to. Raises PlanFolderError, Refused or SimulationError."""
    saved = open_plan(folder)
    if saved.case.grid.cyclic:
        _settle(saved, reps=reps, seed=seed, as_json=as_json)
        return
    expected = expected_by(saved.scenario, kept_forecast(folder), samples=min(reps, MOST_PATHS), seed=seed)
    found = simulate(saved, expected, reps=reps, seed=seed)
    if as_json:
        click.echo(json_text(_json(folder, found)), nl=False)
    else:
        click.echo("\n".join(played_lines(saved, found)))


def _settle(saved: SavedPlan, *, reps: int, seed: int, as_json: bool) -> None:
    """Play a cycle in the long run."""
    found = settle(saved, reps=reps, seed=seed)
    if as_json:
        units = {each.unit: {name: value for name, value in asdict(each).items() if name != "unit"} for each in found}
        told = {"schema_version": 1, "plan": saved.folder.name, "reps": reps, "seed": seed, "units": units}
        click.echo(json_text(told), nl=False)
    else:
        click.echo("\n".join(settled_lines(saved, found, reps=reps, seed=seed)))


def kept_forecast(folder: Path) -> Record | None:
    """The forecast that a plan folder keeps; None where there was none. Raises Refused where it can't be read."""
    path = folder / FORECAST
    if not path.exists():
        return None
    try:
        return Record.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ForecastError) as error:
        raise Refused(f"{path}: can't be read: {error}; plan the scenario again") from error


def _json(folder: Path, found: Simulated) -> dict[str, object]:
    return {
        "schema_version": 1,
        "plan": folder.name,
        "reps": found.reps,
        "seed": found.seed,
        "days": found.days,
        "service_level": found.asked_level,
        "care": {name: asdict(each) for name, each in found.care.items()},
        "cost": {name: asdict(each) for name, each in found.items.items()},
        "paid": asdict(found.paid),
        "total": asdict(found.cost),
    }
