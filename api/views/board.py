"""All that a plan shows at once, from its folder: pages, workbooks and exports draw the same figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from api.views.beds import BedState, Occupancy, bed_states, occupancy
from api.views.beside import Option, option
from api.views.changes import changes
from api.views.demand import planned_parts
from api.views.devices import DeviceRow, device_rows
from api.views.fan import Fan, fans
from api.views.said import Said
from api.views.staffing import Staffing, staffing
from optimizer.readings import Readings
from optimizer.replanning.story import Told
from optimizer.saved import PLAN, PlanFolderError, SavedPlan


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """What there is to see of one plan.

    `changes` are those to the plan it replaces. `options` are the plans it is held against, the first the one to
    compare with, and itself last; empty where it stands alone.
    """

    saved: SavedPlan
    said: Said
    beds: tuple[BedState, ...]
    occupancy: Occupancy
    staffing: Staffing
    devices: tuple[DeviceRow, ...]
    fans: tuple[Fan, ...]
    changes: tuple[Told, ...] = ()
    options: tuple[Option, ...] = ()


def board(saved: SavedPlan, beside: Sequence[SavedPlan] = ()) -> Board:
    """Everything there is to see of a plan that was read back, held against the plans `beside` it.

    Raises PlanFolderError where plan.json lacks what there is to see.
    """
    read = Readings(saved.case, saved.tables)
    full = occupancy(read)
    kept = _kept_json(saved, "forecast.json")
    return Board(
        saved, _said(saved), bed_states(read), full, staffing(read), device_rows(read),
        fans(kept, full.days, enumerate(planned_parts(saved.scenario))), changes(saved.folder),
        tuple(option(plan_name(each), _said(each)) for each in (*beside, saved)) if beside else (),
    )  # fmt: skip


def plan_name(saved: SavedPlan) -> str:
    """What a plan is called beside others: its folder, which tells variants and settings apart."""
    return saved.folder.resolve().name


def _said(saved: SavedPlan) -> Said:
    try:
        return Said.model_validate(_kept_json(saved, PLAN))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{saved.folder / PLAN}: {where}: {first['msg'].lower()}; plan the scenario again"
        raise PlanFolderError(message) from error


def _kept_json(saved: SavedPlan, name: str) -> Mapping[str, object]:
    """A JSON file of the plan's folder; empty where there is none, for older plans keep no forecast."""
    path = saved.folder / name
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found if isinstance(found, dict) else {}
