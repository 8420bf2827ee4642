"""FHIR R4 Encounters and Locations, as a bundle or one resource a line, become movements and beds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.importing.records import Bed, Imported, Importing, Movement, Pseudonyms, Text

INPATIENT: Final = frozenset({"IMP", "ACUTE", "NONAC", "OBSENC"})
"""Encounter classes of patients in beds (HL7 v3 ActCode)."""

LASTING: Final = frozenset({"in-progress", "arrived", "onleave"})
"""Statuses of an encounter that has not ended; others but `finished` never filled a bed."""

OPEN_BED: Final = frozenset({"", "O", "U", "H", "I"})
"""Operational statuses (HL7 table 0116) of beds that count as open; C is closed, K contaminated."""

BED, OCCUPIED = "bd", "O"
DEEPEST: Final = 10


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Code(_Part):
    code: str = ""


class _Concept(_Part):
    coding: tuple[_Code, ...] = ()


class _Reference(_Part):
    reference: str = ""
    display: str = ""


class _Period(_Part):
    start: datetime | None = None
    end: datetime | None = None


class _Stay(_Part):
    location: _Reference
    period: _Period | None = None


class _Encounter(_Part):
    id: str
    status: str
    kind: Annotated[_Code, Field(alias="class")]
    period: _Period = _Period()
    location: tuple[_Stay, ...] = ()


class _Identifier(_Part):
    value: str = ""


class _Location(_Part):
    id: str
    name: str = ""
    status: str = "active"
    physical: _Concept = Field(_Concept(), alias="physicalType")
    operational: _Code = Field(_Code(), alias="operationalStatus")
    within: _Reference = Field(_Reference(), alias="partOf")
    identifier: tuple[_Identifier, ...] = ()

    @property
    def is_bed(self) -> bool:
        """Whether this is a bed, not the ward around it."""
        return any(each.code == BED for each in self.physical.coding)


@dataclass(frozen=True, slots=True)
class _Places:
    """Locations by id and by identifier."""

    by_name: Mapping[str, _Location]

    def unit(self, told: _Reference, within: int = 0) -> str:
        """The ward a reference leads to: that of a bed, the location's own name, what is displayed, or its id.

        Beds that stand in beds, in a circle at worst, are followed so far and no further (`within` counts).
        """
        key = told.reference.rpartition("|")[2].rpartition("/")[2]
        place = self.by_name.get(key)
        if place is not None and place.is_bed and place.within.reference and within < DEEPEST:
            return self.unit(place.within, within + 1)
        return (place.name if place is not None else "") or told.display or key


def is_fhir(text: str) -> bool:
    """Whether a text is FHIR as JSON: its first resource says what it is."""
    return text.lstrip("\ufeff \r\n").startswith("{") and '"resourceType"' in text[:100_000]


def read_fhir(texts: Sequence[Text], pseudonyms: Pseudonyms) -> Imported:
    """Movements of inpatient encounters, and beds. Raises Importing where there is neither."""
    notes: list[str] = []
    encounters: list[tuple[str, _Encounter]] = []
    locations: list[_Location] = []
    others: Counter[str] = Counter()
    for place, resource in (found for each in texts for found in _resources(each)):
        kind = str(resource.get("resourceType"))
        try:
            if kind == "Encounter":
                encounters.append((place, _Encounter.model_validate(resource)))
            elif kind == "Location":
                locations.append(_Location.model_validate(resource))
            else:
                others[kind] += 1
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            notes.append(f"{place}: {kind} can't be used: {where}: {first['msg'].lower()}")
    places = _Places(_named(locations))
    movements = list(_movements(encounters, places, pseudonyms, notes))
    beds = [
        Bed(places.unit(each.within), each.status == "active" and each.operational.code in OPEN_BED,
            each.operational.code == OCCUPIED)
        for each in locations if each.is_bed
    ]  # fmt: skip
    notes += [f"{count} {kind} left alone" for kind, count in sorted(others.items())]
    if not movements and not beds:
        raise Importing(f"{texts[0].file}: no inpatient Encounter and no bed Location; {'; '.join(notes[:3])}")
    return Imported(movements=movements, beds=beds, notes=notes)


def _named(locations: Sequence[_Location]) -> dict[str, _Location]:
    by_identifier = {name.value: each for each in locations for name in each.identifier if name.value}
    return by_identifier | {each.id: each for each in locations}


def _resources(told: Text) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Each resource with its file and line. Raises Importing where the text is no JSON."""
    bare, file = told.text.lstrip("\ufeff"), told.file
    try:
        yield from _entries(_parsed(bare, file), f"{file}:1")
    except json.JSONDecodeError:
        for line, row in enumerate(bare.splitlines(), start=1):
            if row.strip():
                try:
                    yield from _entries(_parsed(row, file), f"{file}:{line}")
                except json.JSONDecodeError as error:
                    raise Importing(f"{file}:{line}:{error.colno}: no JSON: {error.msg}") from error


def _parsed(text: str, file: str) -> object:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Importing(f"{file}: is nested too deeply to be FHIR") from error


def _entries(found: object, place: str, within: int = 0) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The resources of a bundle, or the one resource. Raises Importing for bundles in bundles without end."""
    if within > DEEPEST:
        raise Importing(f"{place}: is nested too deeply to be FHIR")
    if not isinstance(found, dict):
        return
    if found.get("resourceType") != "Bundle":
        yield place, found
        return
    entries = found.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        resource = entry.get("resource") if isinstance(entry, dict) else None
        yield from _entries(resource, place, within + 1)


def _movements(
    encounters: Sequence[tuple[str, _Encounter]], places: _Places, pseudonyms: Pseudonyms, notes: list[str]
) -> Iterator[Movement]:
    outside = 0
    for place, each in encounters:
        if each.kind.code not in INPATIENT or each.status not in {"finished", *LASTING}:
            outside += 1
            continue
        for stay in each.location:
            period = stay.period or each.period
            unit = places.unit(stay.location)
            if period.start is None or not unit:
                notes.append(f"{place}: Encounter without {'a start' if unit else 'a place'}; left out")
                continue
            ends = None if each.status in LASTING and period.end is None else period.end or each.period.end
            yield Movement(pseudonyms.of(each.id), unit, _clock(period.start), None if ends is None else _clock(ends))
    if outside:
        notes.append(f"{outside} encounters that filled no bed (emergency, outpatient, planned) left alone")


def _clock(moment: datetime) -> datetime:
    """As the hospital's clock showed it."""
    return moment.replace(tzinfo=None)
