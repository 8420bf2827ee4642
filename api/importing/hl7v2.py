"""HL7 v2 ADT messages: admissions, transfers and discharges, and their cancellations, become movements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from api.importing.records import Imported, Importing, Movement, Pseudonyms, Text

if TYPE_CHECKING:
    from hl7 import Message

INPATIENT: Final = "I"
"""PV1-2 of patients in beds (HL7 table 0004)."""

_TIME: Final = re.compile(r"^(\d{8})(\d{4})?(\d{2})?")


@dataclass(frozen=True, slots=True)
class Event:
    """What one message says: its trigger, whose visit, where, when, where before, and when that visit began."""

    trigger: str
    visit: str
    unit: str
    at: datetime
    before: str
    admitted: datetime | None
    discharged: datetime | None


@dataclass(slots=True)
class Visits:
    """The movements of every visit, as far as the messages have come."""

    pseudonyms: Pseudonyms
    by_visit: dict[str, list[Movement]] = field(default_factory=dict)

    def admit(self, event: Event) -> None:
        """A01: a bed from the moment of admission on."""
        begins = event.admitted or event.at
        self.by_visit[event.visit] = [Movement(self.pseudonyms.of(event.visit), event.unit, begins, None)]

    def transfer(self, event: Event) -> None:
        """A02: the bed before ends, another begins. Of a visit not heard of yet, the time before counts as well."""
        visit = self.by_visit.setdefault(event.visit, [])
        if not visit and event.before and event.admitted is not None:
            visit.append(Movement(self.pseudonyms.of(event.visit), event.before, event.admitted, None))
        self._end(visit, event.at)
        visit.append(Movement(self.pseudonyms.of(event.visit), event.unit, event.at, None))

    def discharge(self, event: Event) -> None:
        """A03: the bed ends, at the moment of discharge where the message says it."""
        visit = self.by_visit.setdefault(event.visit, [])
        if not visit and event.admitted is not None:
            visit.append(Movement(self.pseudonyms.of(event.visit), event.unit, event.admitted, None))
        self._end(visit, event.discharged or event.at)

    def cancel_admission(self, event: Event) -> None:
        """A11: it never was."""
        self.by_visit.pop(event.visit, None)

    def cancel_transfer(self, event: Event) -> None:
        """A12: back in the bed before."""
        visit = self.by_visit.get(event.visit, [])
        if len(visit) > 1:
            visit.pop()
            visit[-1] = replace(visit[-1], ends=None)

    def cancel_discharge(self, event: Event) -> None:
        """A13: still in the last bed."""
        visit = self.by_visit.get(event.visit, [])
        if visit:
            visit[-1] = replace(visit[-1], ends=None)

    @staticmethod
    def _end(visit: list[Movement], at: datetime) -> None:
        if visit and visit[-1].ends is None:
            visit[-1] = replace(visit[-1], ends=at)


TRIGGERS: Final[Mapping[str, Callable[[Visits, Event], None]]] = {
    "A01": Visits.admit,
    "A02": Visits.transfer,
    "A03": Visits.discharge,
    "A11": Visits.cancel_admission,
    "A12": Visits.cancel_transfer,
    "A13": Visits.cancel_discharge,
}
"""Trigger events (HL7 v2 chapter 3) that move patients; others are counted and left alone."""


def is_hl7(text: str) -> bool:
    """Whether a text is HL7 v2: it begins with a message header, which may be wrapped for the wire."""
    return text.lstrip("\ufeff\x0b\r\n ").startswith("MSH")


def read_hl7(texts: Sequence[Text], pseudonyms: Pseudonyms) -> Imported:
    """Movements out of all messages, in the order of their times. Raises Importing where none moves a patient."""
    notes: list[str] = []
    events = sorted(_events(texts, notes), key=lambda event: event.at)
    visits = Visits(pseudonyms)
    for event in events:
        TRIGGERS[event.trigger](visits, event)
    if not events:
        raise Importing(
            f"{texts[0].file}: no message about a patient's bed (ADT {', '.join(TRIGGERS)}); {'; '.join(notes[:3])}"
        )
    movements = [each for visit in visits.by_visit.values() for each in visit]
    return Imported(movements=movements, notes=notes, until=events[-1].at)


def _events(texts: Sequence[Text], notes: list[str]) -> Iterator[Event]:
    seen: set[str] = set()
    for file, line, message in ((each.file, *found) for each in texts for found in _messages(each.text)):
        try:
            event = _event(message)
        except (KeyError, IndexError, ValueError) as error:
            notes.append(f"{file}:{line}: message can't be used: {error}")
            continue
        control = str(message.extract_field("MSH", 0, 10))
        if control in seen:
            notes.append(f"{file}:{line}: message comes twice; taken once")
        elif event is not None:
            seen.add(control)
            yield event


def _messages(text: str) -> Iterator[tuple[int, Message]]:
    """Each message with the line its header stands in; segments end with CR, LF or both."""
    import hl7

    segments: list[str] = []
    begun = 1
    for at, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        bare = line.strip("\ufeff\x0b\x1c ")
        if bare.startswith("MSH") and segments:
            yield begun, hl7.parse("\r".join(segments))
            segments = []
        if bare:
            begun = at if not segments else begun
            segments.append(bare)
    if segments:
        yield begun, hl7.parse("\r".join(segments))


def _event(message: Message) -> Event | None:
    """What a message says; None where it is not about a bed. Raises ValueError where it lacks what it must say."""
    trigger = _part(message, "MSH", 9, 2) or _part(message, "EVN", 1, 1)
    if trigger not in TRIGGERS or _part(message, "PV1", 2, 1) not in ("", INPATIENT):
        return None
    visit, unit = _part(message, "PV1", 19, 1), _part(message, "PV1", 3, 1)
    if not visit:
        raise ValueError("PV1-19 (visit number) is empty")
    if not unit:
        raise ValueError("PV1-3 (location) is empty")
    at = _time(_part(message, "EVN", 6, 1) or _part(message, "EVN", 2, 1) or _part(message, "MSH", 7, 1))
    if at is None:
        raise ValueError("EVN-2 (time of the event) is no time")
    admitted, discharged = _time(_part(message, "PV1", 44, 1)), _time(_part(message, "PV1", 45, 1))
    return Event(trigger, visit, unit, at, _part(message, "PV1", 6, 1), admitted, discharged)


def _part(message: Message, segment: str, at: int, component: int) -> str:
    """A component of a field, "" where it is not there."""
    try:
        return str(message.extract_field(segment, 1, at, 1, component)).strip()
    except (KeyError, LookupError):
        return ""


def _time(text: str) -> datetime | None:
    """A moment as HL7 writes it (20260105083000), by the hospital's clock."""
    found = _TIME.match(text)
    if found is None:
        return None
    try:
        return datetime.strptime(
            "".join(part or "" for part in found.groups(default="")).ljust(14, "0"), "%Y%m%d%H%M%S"
        )
    except ValueError:
        return None
