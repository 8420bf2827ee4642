"""Rules about people in the words of planners."""

from __future__ import annotations

from optimizer.explain.spoken import Said, Spoken
from optimizer.limits import notice_words
from optimizer.program import ABSENT
from optimizer.scenario.staff import Temporary


def cover(spoken: Spoken) -> Said:
    """People who must be on duty."""
    case, need = spoken.case, spoken.case.needs[spoken.member.part]
    entry = case.scenario.cover[need.cover]
    at = [slot.interval for slot in spoken.slots if slot.interval != ABSENT]
    people = sorted({float(need.least[t] + need.least_if_open[t]) for t in at})
    number = " to ".join(f"{each:g}" for each in dict.fromkeys((*people[:1], *people[-1:])))
    ratio = entry.patients_per_person
    said = {
        "ratio": f"one {spoken.staff} for every {ratio:g} patients" if isinstance(ratio, float | int) else
                 f"{spoken.staff} by its patients",
        "care hours": f"{spoken.staff} for its care hours",
        "skill mix": f"its share of {spoken.staff}",
    }.get(need.rule, f"{number} {spoken.staff} on duty")  # fmt: skip
    hard = f"cover.{need.cover}.hard" if entry.hard else "service_level"
    return f"{spoken.unit} must have {said}" + (" (service level)" if not entry.hard else ""), hard


def contract_hours(spoken: Spoken) -> Said:
    """Contract hours."""
    hours = spoken.case.group_of(spoken.member.staff).hours_per_week
    return f"{spoken.team} have contracts of {hours:g} h a week", spoken.team_path


def one_a_day(spoken: Spoken) -> Said:
    """One duty a day."""
    return f"{spoken.team} work one shift a day", spoken.team_path


def rest(spoken: Spoken) -> Said:
    """Rest between duties."""
    hours = spoken.case.group_of(spoken.member.staff).rest.hours
    return f"{spoken.team} rest {hours:g} h between shifts", f"staff.{spoken.staff}.rest.hours"


def five_in_seven(spoken: Spoken) -> Said:
    """Shifts in seven days."""
    most = spoken.case.group_of(spoken.member.staff).rest.shifts_in_7_days
    return f"{spoken.team} work at most {most:g} shifts in 7 days", f"staff.{spoken.staff}.rest.shifts_in_7_days"


def weekends(spoken: Spoken) -> Said:
    """Weekends off."""
    share = spoken.case.group_of(spoken.member.staff).rest.weekends_off
    return f"{share:.0%} of {spoken.team} are off each weekend", f"staff.{spoken.staff}.rest.weekends_off"


def own_shifts(spoken: Spoken) -> Said:
    """A team given as a number of shifts."""
    team = spoken.case.team(spoken.member.staff, spoken.member.unit)
    week = team.shifts_per_week if team else None
    most, span, key = (week, "a week", "shifts_per_week") if week is not None else (
        team.shifts_per_horizon if team else 0.0, "in all", "shifts_per_horizon")  # fmt: skip
    return f"own {spoken.staff} of {spoken.unit} work at most {most:g} shifts {span}", f"{spoken.team_path}.{key}"


def temporary_shifts(spoken: Spoken) -> Said:
    """Overtime, bank and agency shifts."""
    week = spoken.terms.shifts_per_week
    most, span, key = (week, "a week", "shifts_per_week") if week is not None else (
        spoken.terms.shifts_per_horizon or 0.0, "in all", "shifts_per_horizon")  # fmt: skip
    shifts = "shift" if most == 1 else "shifts"
    said = f"at most {most:g} {spoken.contract} {spoken.staff} {shifts} {span}{_filled(spoken.terms)}"
    return said, _key(spoken, key)


def temporary_hours(spoken: Spoken) -> Said:
    """Overtime, bank and agency hours."""
    hours = spoken.terms.hours_per_week or 0.0
    said = f"at most {hours:g} {spoken.contract} hours of {spoken.staff} a week{_filled(spoken.terms)}"
    return said, _key(spoken, "hours_per_week")


def _filled(terms: Temporary) -> str:
    return "" if terms.fill_rate == 1.0 else f", {terms.fill_rate:.0%} of them come"


def _key(spoken: Spoken, key: str) -> str:
    return f"staff.{spoken.staff}.{spoken.contract}.{key}"


def a_shift(spoken: Spoken) -> Said:
    """Temporary people in one shift."""
    most = spoken.terms.people_per_shift or 0.0
    return f"at most {most:g} {spoken.contract} {spoken.staff} a shift at {spoken.unit}", _key(
        spoken, "people_per_shift"
    )


def notice(spoken: Spoken) -> Said:
    """Notice of a contract."""
    if spoken.contract == "own":
        notice = notice_words(spoken.case.group_of(spoken.member.staff).notice)
        return f"own {spoken.staff} of {spoken.unit} are told {notice} ahead", f"staff.{spoken.staff}.notice"
    need = f"{spoken.contract} {spoken.staff} need {notice_words(spoken.terms.notice)}"
    return f"{need} at {spoken.unit}", _key(spoken, "notice")


def published(spoken: Spoken) -> Said:
    """Shifts published inside their notice."""
    said = f"{spoken.contract} {spoken.staff} published at {spoken.unit} are inside their notice"
    return said, "today.published.shifts"


def owed(spoken: Spoken) -> Said:
    """Hours owed."""
    terms = spoken.case.group_of(spoken.member.staff).hours_owed
    hours = terms.hours_per_person if terms else 0.0
    return f"{spoken.team} owe at most {hours:g} h each", f"staff.{spoken.staff}.hours_owed.hours_per_person"


def last_night(spoken: Spoken) -> Said:
    """Who worked last night."""
    there = [each for each in spoken.case.scenario.today.on_duty if each.staff == spoken.staff]
    people = sum(each.people for each in there if not spoken.unit or each.unit == spoken.unit)
    return f"{people:g} {spoken.staff} {f'of {spoken.unit} ' if spoken.unit else ''}worked last night", "today.on_duty"


def told_before(spoken: Spoken) -> Said:
    """What is published and may not change any more."""
    who = " ".join(each for each in (spoken.contract, spoken.staff) if each)
    where = f"{who} of {spoken.unit}" if who and spoken.unit else who or spoken.unit
    return (
        f"what is published{f' for {where}' if where else ''} is kept as it was told",
        "today.published.locked_before",
    )


def absent(spoken: Spoken) -> Said:
    """People who do not come."""
    gone = [each for each in spoken.case.group_of(spoken.member.staff).absences if each.unit == spoken.unit]
    people = sum(each.people for each in gone)
    return f"{people:g} absences of {spoken.staff} at {spoken.unit}", f"staff.{spoken.staff}.absences"
