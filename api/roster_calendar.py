"""A calendar for each person of a roster, for phones and mail programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_problem import Member, Slot, TeamProblem

if TYPE_CHECKING:
    from icalendar import Event


def calendars(plans: Sequence[TeamPlan]) -> Mapping[str, bytes]:
    """PERSON.ics for everybody with a duty; none for a cycle, which has no dates."""
    from icalendar import Calendar

    found: dict[str, bytes] = {}
    for plan in plans:
        first = plan.problem.first
        if first is None:
            continue
        for member, duties in zip(plan.problem.members, plan.roster.duties, strict=True):
            calendar = Calendar()
            calendar.add("prodid", "-//Wardwright//wardwright//EN")
            calendar.add("version", "2.0")
            calendar.add("x-wr-calname", member.id)
            for at in sorted(duties, key=lambda at: plan.problem.slots[at].start):
                calendar.add_component(_event(plan.problem, member, plan.problem.slots[at], first))
            if duties:
                found[f"{member.id}.ics"] = bytes(calendar.to_ical())
    return found


def _event(problem: TeamProblem, member: Member, slot: Slot, first: date) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{problem.name}.{member.id}.{slot.day}.{slot.shift}@wardwright")
    event.add("dtstamp", datetime(2000, 1, 1, tzinfo=UTC))
    event.add("dtstart", _moment(problem, first, slot.start))
    event.add("dtend", _moment(problem, first, slot.end))
    event.add("summary", f"{slot.shift} at {slot.place or slot.unit}")
    event.add("location", slot.place or slot.unit)
    event.add("categories", [slot.role])
    return event


def _moment(problem: TeamProblem, first: date, minutes: int) -> datetime:
    """Minutes that really pass since the first midnight as a moment; in universal time where the zone is known."""
    midnight = datetime.combine(first, time())
    if problem.zone is None:
        return midnight + timedelta(minutes=minutes)
    return midnight.replace(tzinfo=ZoneInfo(problem.zone)).astimezone(UTC) + timedelta(minutes=minutes)
