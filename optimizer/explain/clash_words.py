"""Clashing rules in the words of planners, each with where the scenario says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.explain import clash_people as people
from optimizer.explain import clash_places as places
from optimizer.explain.lifts import NOTICE, PUBLISHED, TOLD_BEFORE
from optimizer.explain.members import Member, Slot
from optimizer.explain.spoken import Said, Spoken
from optimizer.explain.when_words import when_words


@dataclass(frozen=True, slots=True)
class ClashingRule:
    """A rule of the clash: `rule` by its name, `what` it says in words, `when`, and the scenario's key that says it."""

    rule: str
    what: str
    when: str
    path: str


def in_words(case: Case, member: Member, slots: Iterable[Slot]) -> ClashingRule:
    """One member of a clash, with the days that matter."""
    spoken = Spoken(case, member, tuple(sorted(slots, key=lambda slot: (slot.first, slot.last, slot.interval))))
    what, path = WORDS.get(member.rule, _plain)(spoken)
    return ClashingRule(member.rule, what, when_words(case, spoken.slots), path)


def _plain(spoken: Spoken) -> Said:
    where = " ".join(each for each in (spoken.contract, spoken.staff, spoken.unit) if each)
    return spoken.member.rule + (f": {where}" if where else ""), ""


WORDS: Final[Mapping[str, Callable[[Spoken], Said]]] = {
    "patients fit open beds": places.beds,
    "bays stay open long enough": places.least_stay,
    "bays close in time": places.longest_stay,
    "transfers stay within limits": places.transfers,
    "diversions stay within arrivals": places.diversions,
    "days over capacity are few": places.over,
    "cover is met": people.cover,
    "contract hours are kept": people.contract_hours,
    "own shifts are kept": people.own_shifts,
    "temporary shifts are limited": people.temporary_shifts,
    "temporary hours are limited": people.temporary_hours,
    "one duty a day": people.one_a_day,
    "rest between duties": people.rest,
    "five in seven days": people.five_in_seven,
    "weekends off": people.weekends,
    "patients have their devices": places.have_devices,
    "rented devices are limited": places.rent,
    "slots are enough": places.slots,
    "locked cells are kept": places.locked,
    "budget is kept": places.budget,
    "changes are few": places.changes,
    TOLD_BEFORE: people.told_before,
    "absences": people.absent,
    "bays shut": places.shut,
    "broken": places.broken,
    NOTICE: people.notice,
    PUBLISHED: people.published,
    "people a shift": people.a_shift,
    "hours owed": people.owed,
    "notice of bays": places.bay_notice,
    "closures": places.closed,
    "reserve": places.reserve,
    "rent": places.rent,
    "last night": people.last_night,
}
"""By rule what it says; rules that are not listed go by their own name."""
