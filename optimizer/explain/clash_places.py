"""Rules about places, things and money in the words of planners."""

from __future__ import annotations

from optimizer.expansion.locked import locks
from optimizer.explain.spoken import Said, Spoken
from optimizer.limits import notice_words
from optimizer.program import ABSENT
from optimizer.scenario.goals import budget_of


def beds(spoken: Spoken) -> Said:
    """Beds of a unit."""
    beds = spoken.case.scenario.units[spoken.unit].beds
    return f"{spoken.unit} has {beds} {'bed' if beds == 1 else 'beds'}", f"units.{spoken.unit}.beds"


def bay_notice(spoken: Spoken) -> Said:
    """Notice of bays."""
    terms = spoken.case.scenario.units[spoken.unit].escalation
    notice = notice_words(terms.notice) if terms else ""
    return f"a bay of {spoken.unit} opens after {notice}", f"units.{spoken.unit}.escalation.notice"


def closed(spoken: Spoken) -> Said:
    """Beds closed."""
    closures = spoken.case.scenario.units[spoken.unit].closures
    why = ", ".join(dict.fromkeys(each.why for each in closures if each.why))
    beds = sum(each.beds for each in closures) if len(closures) == 1 else ""
    said = f"{beds} beds of {spoken.unit} are closed".strip() + (f" ({why})" if why else "")
    return said, f"units.{spoken.unit}.closures"


def reserve(spoken: Spoken) -> Said:
    """Devices kept free."""
    kind = spoken.case.scenario.devices[spoken.device]
    key = "reserve_share" if kind.reserve_share else "reserve"
    kept = max(kind.reserve, int(kind.reserve_share * sum(kind.owned.values())))
    return f"{kept} {spoken.device}{'' if kept == 1 else 's'} kept free in the store", f"devices.{spoken.device}.{key}"


def rent(spoken: Spoken) -> Said:
    """Devices rented."""
    rent = spoken.case.scenario.devices[spoken.device].rent
    most, notice = (rent.at_most, rent.notice) if rent else (0, None)
    after = f", after {notice_words(notice)}" if notice else ""
    return (
        f"at most {most} {spoken.device}{'' if most == 1 else 's'} rented{after}",
        f"devices.{spoken.device}.rent.at_most",
    )


def transfers(spoken: Spoken) -> Said:
    """Patients sent to other sites."""
    most = spoken.case.scenario.transfers.per_site_per_day or 0.0
    site = spoken.case.sites[spoken.member.site] if spoken.member.site != ABSENT else "a site"
    return (
        f"{site} sends at most {most:g} {'patient' if most == 1 else 'patients'} a day to other sites",
        "transfers.per_site_per_day",
    )


def diversions(spoken: Spoken) -> Said:
    """Patients diverted."""
    name = spoken.case.groups[spoken.member.group]
    terms = spoken.case.scenario.patients[name].divert
    most = terms.at_most_per_day if terms else 0.0
    return (
        f"at most {most:g} {name} {'patient' if most == 1 else 'patients'} a day diverted",
        f"patients.{name}.divert.at_most_per_day",
    )


def over(spoken: Spoken) -> Said:
    """Days on which patients are boarded."""
    share = spoken.case.scenario.limits.days_over_capacity or 0.0
    return f"patients are boarded on at most {share:.0%} of days", "limits.days_over_capacity"


def have_devices(spoken: Spoken) -> Said:
    """Devices that patients must have."""
    kind = spoken.case.scenario.devices[spoken.device]
    owned = sum(kind.owned.values())
    said = f"patients in {spoken.unit} must have their {spoken.device} ({owned} owned)"
    return said, f"devices.{spoken.device}.hard" if kind.hard else "service_level"


def slots(spoken: Spoken) -> Said:
    """Slots of a device."""
    serving = spoken.case.scenario.devices[spoken.device].serving
    most = serving.slots_per_day if serving else 0.0
    return f"each {spoken.device} has {most:g} slots a day", f"devices.{spoken.device}.serving.slots_per_day"


def locked(spoken: Spoken) -> Said:
    """A locked cell."""
    cells = locks(spoken.case)
    lock = cells[spoken.member.part]
    bounds = f"is {lock.least:g}" if lock.least == lock.most else f"is {lock.least:g} to {lock.most:g}"
    bounds = f"is at least {lock.least:g}" if lock.most == float("inf") else bounds
    return f"locked: {lock.words} {bounds}", "locked"


def budget(spoken: Spoken) -> Said:
    """Money."""
    scenario = spoken.case.scenario
    path = "limits.budget" if scenario.solve.budget is None else "solve.budget"
    return f"decisions cost at most {budget_of(scenario) or 0.0:,.0f}", path


def least_stay(spoken: Spoken) -> Said:
    """How long a bay stays open at least."""
    return f"a bay of {spoken.unit} stays open for its least stay", f"units.{spoken.unit}.escalation.least_stay"


def longest_stay(spoken: Spoken) -> Said:
    """How long a bay is open at most."""
    said = f"a bay of {spoken.unit} is open no longer than its longest stay"
    return said, f"units.{spoken.unit}.escalation.longest_stay"


def changes(spoken: Spoken) -> Said:
    """How much of what is published may change."""
    published = spoken.case.scenario.today.published
    most = published.most_changes if published else 0
    return f"at most {most or 0} changes of what is published", "today.published.most_changes"


def shut(spoken: Spoken) -> Said:
    """Bays that can't be open."""
    return f"bays of {spoken.unit} are shut", f"units.{spoken.unit}.escalation.shut"


def broken(spoken: Spoken) -> Said:
    """Devices out of use."""
    number = sum(each.devices for each in spoken.case.scenario.devices[spoken.device].broken)
    return f"{number} {spoken.device} out of use", f"devices.{spoken.device}.broken"
