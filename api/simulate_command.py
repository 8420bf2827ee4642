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
from optimizer.simulation.settled import Settled, settle

FORECAST = "forecast.json"
MOST_PATHS = 4000
"""Joint paths of a forecast drawn at most: draws beyond them take the same paths again, with other patients."""


def run(folder: Path, *, reps: int, seed: int, as_json: bool) -> None:
    """Play the plan and print what it came to. Raises PlanFolderError, Refused or SimulationError."""
    saved = open_plan(folder)
    found = played(saved, reps=reps, seed=seed)
    if as_json:
        click.echo(json_text(played_json(folder.name, found, reps=reps, seed=seed)), nl=False)
    elif isinstance(found, Simulated):
        click.echo("\n".join(played_lines(saved, found)))
    else:
        click.echo("\n".join(settled_lines(saved, found, reps=reps, seed=seed)))


def played(saved: SavedPlan, *, reps: int, seed: int) -> Simulated | tuple[Settled, ...]:
    """A plan played against chance; that of a cycle in the long run. Raises Refused or SimulationError."""
    if saved.case.grid.cyclic:
        return settle(saved, reps=reps, seed=seed)
    expected = expected_by(saved.scenario, kept_forecast(saved.folder), samples=min(reps, MOST_PATHS), seed=seed)
    return simulate(saved, expected, reps=reps, seed=seed)


def played_json(plan: str, found: Simulated | tuple[Settled, ...], *, reps: int, seed: int) -> dict[str, object]:
    """What a plan of that name came to, as JSON tells it."""
    if isinstance(found, Simulated):
        return _json(plan, found)
    units = {each.unit: {name: value for name, value in asdict(each).items() if name != "unit"} for each in found}
    return {"schema_version": 1, "plan": plan, "reps": reps, "seed": seed, "units": units}


def kept_forecast(folder: Path) -> Record | None:
    """The forecast that a plan folder keeps; None where there was none. Raises Refused where it can't be read."""
    path = folder / FORECAST
    if not path.exists():
        return None
    try:
        return Record.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ForecastError) as error:
        raise Refused(f"{path}: can't be read: {error}; plan the scenario again") from error


def _json(plan: str, found: Simulated) -> dict[str, object]:
    return {
        "schema_version": 1,
        "plan": plan,
        "reps": found.reps,
        "seed": found.seed,
        "days": found.days,
        "service_level": found.asked_level,
        "care": {name: asdict(each) for name, each in found.care.items()},
        "cost": {name: asdict(each) for name, each in found.items.items()},
        "paid": asdict(found.paid),
        "total": asdict(found.cost),
    }
