"""A plan as FHIR R4: places, shifts as slots of schedules, and bed capacity by day as measure reports, in one bundle.

| resource | what |
|---|---|
| Location | every site, unit and bed; a bed is occupied (O), unoccupied (U) or closed (C) as the plan begins |
| Schedule | a unit's staff group over the days planned |
| Slot | one shift of a day: busy where it is covered, free where hours are short, so that somebody may take it |
| MeasureReport | a site's day: beds open, patients expected and beds to spare, a group for each unit |

Every resource is checked by the library `fhir.resources`, which comes with `pip install 'wardwright[fhir]'`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.errors import Refused
from api.views.board import Board
from api.views.staffing import ShiftCell, ShiftRow
from optimizer.scenario.named import MAIN_SITE, site_names

BASE: Final = "https://wardwright.invalid/fhir"
"""Where resources would lie if a server held them, so that references within the bundle lead somewhere."""
UNITS: Final = f"{BASE}/units"
CAPACITY: Final = f"{BASE}/Measure/bed-capacity"
COUNTS: Final = f"{BASE}/CodeSystem/bed-capacity"
PHYSICAL: Final = "http://terminology.hl7.org/CodeSystem/location-physical-type"
BED_STATUS: Final = "http://terminology.hl7.org/CodeSystem/v2-0116"

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Ids:
    """Ids of sites and units, by their names in the scenario: a FHIR id takes no Chinese and no blanks."""

    sites: dict[str, str]
    units: dict[str, str]


def fhir_bundle(board: Board) -> bytes:
    """The bundle as JSON.

    Raises Refused where the library is not there, or where the plan has no dates.
    """
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError as error:
        raise Refused("FHIR takes a library of its own: pip install 'wardwright[fhir]'") from error
    if not board.saved.case.grid.dated:
        raise Refused("a plan of a cycle has no dates: give horizon.start for FHIR, or export xlsx")
    entries = [
        {"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in _resources(board)
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(board, 0), "entry": entries}
    return bytes(Bundle.model_validate(bundle).model_dump_json(indent=1).encode()) + b"\n"


def _resources(board: Board) -> Iterator[Resource]:
    scenario = board.saved.scenario
    ids = _Ids(
        {name: f"site-{at}" for at, name in enumerate(site_names(scenario), start=1)},
        {name: f"unit-{at}" for at, name in enumerate(scenario.units, start=1)},
    )
    yield from _sites(board, ids)
    yield from _units(board, ids)
    yield from _schedules(board, ids)
    yield from _reports(board, ids)


def _sites(board: Board, ids: _Ids) -> Iterator[Resource]:
    hospital = board.saved.scenario.name or board.saved.scenario.id
    for name, id_ in ids.sites.items():
        shown = hospital if name == MAIN_SITE else name
        yield {"resourceType": "Location", "id": id_, "status": "active", "name": shown, **_kind("si", "Site")}


def _units(board: Board, ids: _Ids) -> Iterator[Resource]:
    """Every unit with its beds, those of its escalation bays included."""
    states = {state.unit: state for state in board.beds}
    for name, unit in board.saved.scenario.units.items():
        own = ids.units[name]
        yield {
            "resourceType": "Location", "id": own, "status": "active", "name": unit.name or name, "mode": "instance",
            "identifier": [{"system": UNITS, "value": name}], **_kind("wa", "Ward"),
            "partOf": {"reference": f"Location/{ids.sites[unit.site or next(iter(ids.sites))]}"},
        }  # fmt: skip
        state = states.get(name)
        opened = 0 if state is None else round(state.open_beds)
        filled = 0 if state is None else min(opened, round(state.occupied or state.expected[0] or 0))
        bays = 0 if unit.escalation is None else sum(unit.escalation.bays)
        for bed in range(1, max(opened, ceil(unit.beds) + bays) + 1):
            yield _bed(own, bed, "O" if bed <= filled else "U" if bed <= opened else "C")


def _bed(unit: str, bed: int, status: str) -> Resource:
    return {
        "resourceType": "Location", "id": f"{unit}-bed-{bed}", "status": "active", "name": f"Bed {bed}",
        "operationalStatus": {"system": BED_STATUS, "code": status}, **_kind("bd", "Bed"),
        "partOf": {"reference": f"Location/{unit}"},
    }  # fmt: skip


def _kind(code: str, display: str) -> Resource:
    return {"physicalType": {"coding": [{"system": PHYSICAL, "code": code, "display": display}]}}


def _schedules(board: Board, ids: _Ids) -> Iterator[Resource]:
    """A schedule for each unit's staff group, and below it a slot for each of its shifts."""
    horizon = {"start": _instant(board, 0), "end": _instant(board, len(board.staffing.days))}
    groups: dict[tuple[str, str], list[ShiftRow]] = {}
    for row in board.staffing.rows:
        if row.unit in ids.units:
            groups.setdefault((row.unit, row.staff), []).append(row)
    for number, ((unit, staff), rows) in enumerate(groups.items(), start=1):
        id_ = f"schedule-{number}"
        yield {
            "resourceType": "Schedule", "id": id_, "active": True, "serviceType": [{"text": staff}],
            "actor": [{"reference": f"Location/{ids.units[unit]}", "display": unit}], "planningHorizon": horizon,
        }  # fmt: skip
        yield from (slot for shift, row in enumerate(rows, start=1) for slot in _slots(board, id_, shift, row))


def _slots(board: Board, schedule: str, shift: int, row: ShiftRow) -> Iterator[Resource]:
    grid = board.saved.case.grid
    duty = next(at for at, each in enumerate(grid.duties) if each.name == row.shift)
    span = timedelta(minutes=grid.duties[duty].span)
    for day, cell in enumerate(row.cells):
        if cell.planned or cell.needed:
            begins = grid.moment(grid.duty_start(duty, day))
            yield {
                "resourceType": "Slot", "id": f"{schedule}-{shift}-{day + 1}",
                "schedule": {"reference": f"Schedule/{schedule}"}, "serviceType": [{"text": row.staff}],
                "status": "free" if cell.short_hours > 0 else "busy", "start": _zoned(board, begins),
                "end": _zoned(board, begins + span), "comment": _comment(row, cell, board.staffing.contracts),
            }  # fmt: skip


def _comment(row: ShiftRow, cell: ShiftCell, contracts: Sequence[str]) -> str:
    by = ", ".join(f"{count:g} {name}" for name, count in zip(contracts, cell.by_contract, strict=True) if count)
    short = f"; {cell.short_hours:.1f} hours short" if cell.short_hours > 0 else ""
    return f"{row.shift}: {cell.planned:g} planned ({by or 'nobody'}) of {round(cell.needed, 1):g} needed{short}"


def _reports(board: Board, ids: _Ids) -> Iterator[Resource]:
    """A report for each site and day on which it has units with beds."""
    full = board.occupancy
    site_of = {name: unit.site or next(iter(ids.sites)) for name, unit in board.saved.scenario.units.items()}
    for name, id_ in ids.sites.items():
        units = [at for at, unit in enumerate(full.units) if site_of.get(unit) == name]
        for day in range(len(full.days)) if units else ():
            yield {
                "resourceType": "MeasureReport", "id": f"{id_}-day-{day + 1}", "status": "complete", "type": "summary",
                "measure": CAPACITY, "subject": {"reference": f"Location/{id_}"},
                "period": {"start": _instant(board, day), "end": _instant(board, day + 1)},
                "group": [_group(full.units[at], full.cells[at][day].open_beds, full.cells[at][day].patients)
                          for at in units],
            }  # fmt: skip


def _group(unit: str, opened: float, patients: float) -> Resource:
    """Counts are whole: patients expected are rounded, never more to spare than there is."""
    counts = {
        "open": ("Beds open", round(opened)),
        "occupied": ("Patients expected", round(patients)),
        "available": ("Beds to spare", max(0, int(opened - patients + 1e-6))),
    }
    found: Resource = {
        "code": {"coding": [{"system": UNITS, "code": unit}], "text": unit},
        "population": [
            {"code": {"coding": [{"system": COUNTS, "code": code}], "text": text}, "count": count}
            for code, (text, count) in counts.items()
        ],
    }
    if opened > 0:
        share = {"value": round(patients / opened * 100, 1), "unit": "%", "code": "%"}
        found["measureScore"] = {**share, "system": "http://unitsofmeasure.org"}
    return found


def _instant(board: Board, day: int) -> str:
    """When a day of the horizon begins, as the hospital's clock says and with its offset."""
    grid = board.saved.case.grid
    return _zoned(board, grid.moment(0) + timedelta(days=day))


def _zoned(board: Board, moment: datetime) -> str:
    """FHIR asks for a zone: the scenario's own, else universal time."""
    name = board.saved.scenario.horizon.timezone
    return moment.replace(tzinfo=UTC if name is None else ZoneInfo(name)).isoformat()
