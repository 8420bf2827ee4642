"""Clashing rules in the words of planners, each with where the scenario says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.expansion.locked import locks
from optimizer.explain.lifts import NOTICE, PUBLISHED
from optimizer.explain.members import Member, Slot
from optimizer.explain.when_words import when_words
from optimizer.limits import notice_words
from optimizer.program import ABSENT
from optimizer.scenario.staff import CONTRACTS, Temporary


@dataclass(frozen=True, slots=True)
class ClashingRule:
    """A rule of the clash: `rule` by its name, `what` it says in words, `when`, and the scenario's key that says it."""

    rule: str
    what: str
    when: str
    path: str


Said = tuple[str, str]
"""What a rule says, and where in the scenario."""


def in_words(case: Case, member: Member, slots: Iterable[Slot]) -> ClashingRule:
    """One member of a clash, with the days that matter."""
    spoken = _Spoken(case, member, tuple(sorted(slots, key=lambda slot: (slot.first, slot.last, slot.interval))))
    what, path = WORDS.get(member.rule, _plain)(spoken)
    return ClashingRule(member.rule, what, when_words(case, spoken.slots), path)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A member with names instead of numbers."""

    case: Case
    member: Member
    slots: tuple[Slot, ...]

    @property
    def unit(self) -> str:
        return self.case.units[self.member.unit] if self.member.unit != ABSENT else ""

    @property
    def staff(self) -> str:
        return self.case.staff[self.member.staff] if self.member.staff != ABSENT else ""

    @property
    def contract(self) -> str:
        return CONTRACTS[self.member.contract] if self.member.contract != ABSENT else ""

    @property
    def device(self) -> str:
        return list(self.case.scenario.devices)[self.member.device]

    @property
    def terms(self) -> Temporary:
        found = self.case.group_of(self.member.staff).temporary(CONTRACTS[self.member.contract])
        return found or Temporary()

    @property
    def team(self) -> str:
        """The 6.2 rn of ICU at work."""
        heads = self.case.heads(self.member.staff, self.member.unit)
        number = "" if heads is None else f"{round(heads, 1):g} "
        return f"the {number}{self.staff} at work of {self.unit}"

    @property
    def team_path(self) -> str:
        own = self.case.group_of(self.member.staff).own
        return f"staff.{self.staff}.own" + (f".{self.unit}" if isinstance(own, dict) else "")


def _plain(spoken: _Spoken) -> Said:
    where = " ".join(each for each in (spoken.contract, spoken.staff, spoken.unit) if each)
    return spoken.member.rule + (f": {where}" if where else ""), ""


def _cover(spoken: _Spoken) -> Said:
    case, need = spoken.case, spoken.case.needs[spoken.member.part]
    entry = case.scenario.cover[need.cover]
    at = [slot.interval for slot in spoken.slots if slot.interval != ABSENT]
    people = max((float(need.least[t] + need.least_if_open[t]) for t in at), default=0.0)
    ratio = entry.patients_per_person
    said = {
        "ratio": f"one {spoken.staff} for every {ratio:g} patients" if isinstance(ratio, float | int) else
                 f"{spoken.staff} by its patients",
        "care hours": f"{spoken.staff} for its care hours",
        "skill mix": f"its share of {spoken.staff}",
    }.get(need.rule, f"{people:g} {spoken.staff} on duty")  # fmt: skip
    hard = f"cover.{need.cover}.hard" if entry.hard else "service_level"
    return f"{spoken.unit} must have {said}" + (" (service level)" if not entry.hard else ""), hard


def _beds(spoken: _Spoken) -> Said:
    beds = spoken.case.scenario.units[spoken.unit].beds
    return f"{spoken.unit} has {beds} beds", f"units.{spoken.unit}.beds"


def _contract_hours(spoken: _Spoken) -> Said:
    hours = spoken.case.group_of(spoken.member.staff).hours_per_week
    return f"{spoken.team} have {hours:g} contract hours a week each", spoken.team_path


def _one_a_day(spoken: _Spoken) -> Said:
    return f"{spoken.team} work one shift a day", spoken.team_path


def _rest(spoken: _Spoken) -> Said:
    hours = spoken.case.group_of(spoken.member.staff).rest.hours
    return f"{spoken.team} rest {hours:g} h between shifts", f"staff.{spoken.staff}.rest.hours"


def _five_in_seven(spoken: _Spoken) -> Said:
    most = spoken.case.group_of(spoken.member.staff).rest.shifts_in_7_days
    return f"{spoken.team} work at most {most:g} shifts in 7 days", f"staff.{spoken.staff}.rest.shifts_in_7_days"


def _weekends(spoken: _Spoken) -> Said:
    share = spoken.case.group_of(spoken.member.staff).rest.weekends_off
    return f"{share:.0%} of {spoken.team} are off each weekend", f"staff.{spoken.staff}.rest.weekends_off"


def _own_shifts(spoken: _Spoken) -> Said:
    team = spoken.case.team(spoken.member.staff, spoken.member.unit)
    week = team.shifts_per_week if team else None
    most, span, key = (week, "a week", "shifts_per_week") if week is not None else (
        team.shifts_per_horizon if team else 0.0, "in all", "shifts_per_horizon")  # fmt: skip
    return f"own {spoken.staff} of {spoken.unit} work at most {most:g} shifts {span}", f"{spoken.team_path}.{key}"


def _temporary_shifts(spoken: _Spoken) -> Said:
    week = spoken.terms.shifts_per_week
    most, span, key = (week, "a week", "shifts_per_week") if week is not None else (
        spoken.terms.shifts_per_horizon or 0.0, "in all", "shifts_per_horizon")  # fmt: skip
    return f"at most {most:g} {spoken.contract} {spoken.staff} shifts {span}{_filled(spoken.terms)}", _key(spoken, key)


def _temporary_hours(spoken: _Spoken) -> Said:
    hours = spoken.terms.hours_per_week or 0.0
    said = f"at most {hours:g} {spoken.contract} hours of {spoken.staff} a week{_filled(spoken.terms)}"
    return said, _key(spoken, "hours_per_week")


def _filled(terms: Temporary) -> str:
    return "" if terms.fill_rate == 1.0 else f", {terms.fill_rate:.0%} of them come"


def _key(spoken: _Spoken, key: str) -> str:
    return f"staff.{spoken.staff}.{spoken.contract}.{key}"


def _a_shift(spoken: _Spoken) -> Said:
    most = spoken.terms.people_per_shift or 0.0
    return f"at most {most:g} {spoken.contract} {spoken.staff} a shift at {spoken.unit}", _key(
        spoken, "people_per_shift"
    )


def _notice(spoken: _Spoken) -> Said:
    if spoken.contract == "own":
        notice = notice_words(spoken.case.group_of(spoken.member.staff).notice)
        return f"own {spoken.staff} of {spoken.unit} are told {notice} ahead", f"staff.{spoken.staff}.notice"
    need = f"{spoken.contract} {spoken.staff} need {notice_words(spoken.terms.notice)}"
    return f"{need} at {spoken.unit}", _key(spoken, "notice")


def _published(spoken: _Spoken) -> Said:
    said = f"{spoken.contract} {spoken.staff} published at {spoken.unit} are inside their notice"
    return said, "today.published.shifts"


def _owed(spoken: _Spoken) -> Said:
    terms = spoken.case.group_of(spoken.member.staff).hours_owed
    hours = terms.hours_per_person if terms else 0.0
    return f"{spoken.team} owe at most {hours:g} h each", f"staff.{spoken.staff}.hours_owed.hours_per_person"


def _bay_notice(spoken: _Spoken) -> Said:
    terms = spoken.case.scenario.units[spoken.unit].escalation
    notice = notice_words(terms.notice) if terms else ""
    return f"a bay of {spoken.unit} opens after {notice}", f"units.{spoken.unit}.escalation.notice"


def _closed(spoken: _Spoken) -> Said:
    closures = spoken.case.scenario.units[spoken.unit].closures
    why = ", ".join(dict.fromkeys(each.why for each in closures if each.why))
    beds = sum(each.beds for each in closures) if len(closures) == 1 else ""
    said = f"{beds} beds of {spoken.unit} are closed".strip() + (f" ({why})" if why else "")
    return said, f"units.{spoken.unit}.closures"


def _reserve(spoken: _Spoken) -> Said:
    kind = spoken.case.scenario.devices[spoken.device]
    key = "reserve_share" if kind.reserve_share else "reserve"
    kept = max(kind.reserve, int(kind.reserve_share * sum(kind.owned.values())))
    return f"{kept} {spoken.device} are kept free in the store", f"devices.{spoken.device}.{key}"


def _rent(spoken: _Spoken) -> Said:
    rent = spoken.case.scenario.devices[spoken.device].rent
    most, notice = (rent.at_most, rent.notice) if rent else (0, None)
    after = f", after {notice_words(notice)}" if notice else ""
    return f"at most {most} {spoken.device} are rented{after}", f"devices.{spoken.device}.rent.at_most"


def _last_night(spoken: _Spoken) -> Said:
    there = [each for each in spoken.case.scenario.today.on_duty if each.staff == spoken.staff]
    people = sum(each.people for each in there if not spoken.unit or each.unit == spoken.unit)
    return f"{people:g} {spoken.staff} {f'of {spoken.unit} ' if spoken.unit else ''}worked last night", "today.on_duty"


def _transfers(spoken: _Spoken) -> Said:
    most = spoken.case.scenario.transfers.per_site_per_day or 0.0
    site = spoken.case.sites[spoken.member.site] if spoken.member.site != ABSENT else "a site"
    return f"{site} sends at most {most:g} patients a day to other sites", "transfers.per_site_per_day"


def _diversions(spoken: _Spoken) -> Said:
    name = spoken.case.groups[spoken.member.group]
    terms = spoken.case.scenario.patients[name].divert
    most = terms.at_most_per_day if terms else 0.0
    return f"at most {most:g} {name} patients a day are diverted", f"patients.{name}.divert.at_most_per_day"


def _over(spoken: _Spoken) -> Said:
    share = spoken.case.scenario.limits.days_over_capacity or 0.0
    return f"patients are boarded on at most {share:.0%} of days", "limits.days_over_capacity"


def _have_devices(spoken: _Spoken) -> Said:
    kind = spoken.case.scenario.devices[spoken.device]
    owned = sum(kind.owned.values())
    said = f"patients in {spoken.unit} must have their {spoken.device} ({owned} owned)"
    return said, f"devices.{spoken.device}.hard" if kind.hard else "service_level"


def _slots(spoken: _Spoken) -> Said:
    serving = spoken.case.scenario.devices[spoken.device].serving
    most = serving.slots_per_day if serving else 0.0
    return f"{spoken.device} has {most:g} slots a day each", f"devices.{spoken.device}.serving.slots_per_day"


def _locked(spoken: _Spoken) -> Said:
    cells = locks(spoken.case)
    lock = cells[spoken.member.part]
    bounds = f"is {lock.least:g}" if lock.least == lock.most else f"is {lock.least:g} to {lock.most:g}"
    bounds = f"is at least {lock.least:g}" if lock.most == float("inf") else bounds
    return f"locked: {lock.words} {bounds}", "locked"


def _budget(spoken: _Spoken) -> Said:
    return f"decisions cost at most {spoken.case.scenario.limits.budget or 0.0:,.0f}", "limits.budget"


def _least_stay(spoken: _Spoken) -> Said:
    return f"a bay of {spoken.unit} stays open for its least stay", f"units.{spoken.unit}.escalation.least_stay"


def _longest_stay(spoken: _Spoken) -> Said:
    said = f"a bay of {spoken.unit} is open no longer than its longest stay"
    return said, f"units.{spoken.unit}.escalation.longest_stay"


WORDS: Final[Mapping[str, Callable[[_Spoken], Said]]] = {
    "patients fit open beds": _beds,
    "bays stay open long enough": _least_stay,
    "bays close in time": _longest_stay,
    "transfers stay within limits": _transfers,
    "diversions stay within arrivals": _diversions,
    "days over capacity are few": _over,
    "cover is met": _cover,
    "contract hours are kept": _contract_hours,
    "own shifts are kept": _own_shifts,
    "temporary shifts are limited": _temporary_shifts,
    "temporary hours are limited": _temporary_hours,
    "one duty a day": _one_a_day,
    "rest between duties": _rest,
    "five in seven days": _five_in_seven,
    "weekends off": _weekends,
    "patients have their devices": _have_devices,
    "rented devices are limited": _rent,
    "slots are enough": _slots,
    "locked cells are kept": _locked,
    "budget is kept": _budget,
    NOTICE: _notice,
    PUBLISHED: _published,
    "people a shift": _a_shift,
    "hours owed": _owed,
    "notice of bays": _bay_notice,
    "closures": _closed,
    "reserve": _reserve,
    "rent": _rent,
    "last night": _last_night,
}
"""By rule what it says; rules that are not listed go by their own name."""
