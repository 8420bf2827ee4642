"""Staff recounted: who may start what and when, contracts and limits, duties away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from optimizer.check.findings import Broken, Label, above, differ
from optimizer.check.recount import OWN, Recount
from optimizer.expansion.grid import Bools, Floats, Line
from optimizer.expansion.published import absent_hours, absent_shifts, told_starts
from optimizer.scenario.staff import CONTRACTS, Contract, Temporary

_MINUTE = timedelta(minutes=1)


def people_start_only_what_they_may(recount: Recount) -> Iterator[Broken]:
    """People start lines of their own contract, at units where they may be booked, on weekdays the shifts have."""
    allowed = np.zeros(recount.plan.starts.shape, dtype=np.bool_)
    for group, contract, lines in recount.blocks:
        days = _may_start(recount, lines)
        units = recount.bookable(group, contract)
        for row, line in enumerate(lines):
            at = recount.plan.names.lines.index(line.name)
            allowed[group, CONTRACTS.index(contract), :, at] = units[:, None] & days[row]
    label = _start_label(recount)
    yield from above(recount.plan.starts * ~allowed, 0.0, label, "{left} people start where or when they may not")


def starts_inside_notice_are_as_published(recount: Recount) -> Iterator[Broken]:
    """Inside a contract's notice, and where the published plan is locked, those published start and nobody else."""
    for group, contract, lines in recount.blocks:
        locked = _locked(recount, group, contract, lines) & _may_start(recount, lines)
        if locked.any():
            people = recount.starts_of(group, contract, lines)
            told = told_starts(recount.case, group, contract, lines)
            where = locked & recount.bookable(group, contract)[:, None, None]
            label = _line_label(recount, group, contract, lines)
            text = "{left} people start where nothing may be changed, {right} are published"
            yield from differ(np.where(where, people, 0.0), np.where(where, told, 0.0), label, text)


def away_only_when_working(recount: Recount) -> Iterator[Broken]:
    """Those away from home or in another role are at most those at work, and go where and when they may."""
    place = recount.plan.names.place("staff", "unit", "shift", "day")
    yield from above(recount.gone, recount.cover[:, OWN], place, "{left} away > {right} at work")
    away, cells, grid = recount.away, recount.plan.cells["on_duty"], recount.case.grid
    terms = [group.floating for group in recount.case.scenario.staff.values()]
    notice = np.array([each.notice / _MINUTE if each else 0.0 for each in terms])
    offsets = np.array([grid.duty_start(duty, 0) for duty in range(len(grid.duties))], dtype=np.int64)
    starts = away.day * 24 * 60 + offsets[away.duty]
    astray = np.isnan(away.worth) | ((away.home != away.unit) & (starts < notice[away.staff]))
    astray |= ~grid.allowed[away.duty, away.day]
    people = np.where(astray, away.people, 0.0)
    yield from above(people, 0.0, lambda row: cells.at(row, recount.plan.names), "{left} people where they may not be")


def contract_hours_are_kept(recount: Recount) -> Iterator[Broken]:
    """Own hours in a week are at most the contracts net of headroom, plus hours owed, less those given back."""
    case, plan = recount.case, recount.plan
    place = plan.names.place("unit", "week")
    for group in range(len(case.staff)):
        terms, heads = case.group_of(group), recount.team_heads[group][:, None]
        owed = plan.owed[:, group]
        most = np.nan_to_num(heads) * (terms.hours_owed.hours_per_person if terms.hours_owed else 0.0)
        yield from above(owed, most, _of(recount, group, place), "{left} h owed > {right} allowed")
        if case.scenario.horizon.cycle == "day":
            continue  # people of a typical day, not of a week
        before = np.concatenate((np.zeros((len(owed), 1)), owed[:, :-1]), axis=1)
        contracted = np.where(np.isnan(heads), np.inf, heads * terms.hours_per_week * recount.week_shares)
        contracted = np.maximum(contracted - absent_hours(case, group), 0.0)
        worked = _hours(recount, group, "own") - owed + before
        some = np.isfinite(contracted)
        text = "{left} own hours net of hours owed > {right} contracted"
        yield from above(np.where(some, worked, 0.0), np.where(some, contracted, 0.0), _of(recount, group, place), text)


def own_shifts_are_kept(recount: Recount) -> Iterator[Broken]:
    """A team given as a number of shifts works at most so many, in a week or over the committed horizon."""
    case, names = recount.case, recount.plan.names
    for group in range(len(case.staff)):
        for unit in range(len(case.units)):
            team, people = case.team(group, unit), recount.heads[group, OWN, unit]
            where = f"{case.units[unit]} {case.staff[group]}"
            if team is not None and team.shifts_per_week is not None:
                limit = np.maximum(team.shifts_per_week * recount.week_shares - absent_shifts(case, group)[unit], 0.0)
                label = _after(where, names.place("week"))
                yield from above(recount.by_week(people), limit, label, "{left} own shifts > {right} available")
            if team is not None and team.shifts_per_horizon is not None:
                total = people[:, : case.grid.committed_days].sum(keepdims=True)
                missed = case.absent[unit, group, OWN, :, : case.grid.committed_days].sum()
                limit = np.maximum(team.shifts_per_horizon - missed, 0.0)
                yield from above(total, limit, lambda *_, at=where: at, "{left} own shifts > {right}")


def temporary_staff_is_limited(recount: Recount) -> Iterator[Broken]:
    """Overtime, bank and agency stay within their limits by unit and shift, week and committed horizon.

    Limits on shifts and hours are on what is asked for: the people planned are those who come.
    """
    for group, contract, lines in recount.blocks:
        terms = recount.case.group_of(group).temporary(contract)
        if terms is not None:
            yield from _within_limits(recount, group, contract, terms)
            people = recount.starts_of(group, contract, lines)
            if terms.people_per_shift is not None:
                label = _line_label(recount, group, contract, lines)
                yield from above(people, terms.people_per_shift, label, "{left} people in one shift > {right} allowed")


def _within_limits(recount: Recount, group: int, contract: Contract, terms: Temporary) -> Iterator[Broken]:
    grid, shares = recount.case.grid, recount.week_shares * terms.fill_rate
    people = recount.heads[group, CONTRACTS.index(contract)].sum(axis=0)
    label = _after(f"{recount.case.staff[group]} {contract}", recount.plan.names.place("week"))
    if terms.shifts_per_week is not None:
        limit = terms.shifts_per_week * shares
        yield from above(recount.by_week(people), limit, label, "{left} shifts > {right} allowed")
    if terms.hours_per_week is not None:
        hours = _hours(recount, group, contract).sum(axis=0)
        yield from above(hours, terms.hours_per_week * shares, label, "{left} h > {right} allowed")
    if terms.shifts_per_horizon is not None:
        total = people[:, : grid.committed_days].sum(keepdims=True)
        where, most = f"{recount.case.staff[group]} {contract}", terms.shifts_per_horizon * terms.fill_rate
        yield from above(total, most, lambda *_: where, "{left} shifts > {right} allowed")


def _hours(recount: Recount, group: int, contract: Contract) -> Floats:
    """(U, weeks) hours on a contract; what lengthens an own shift is overtime, not contract."""
    duties = recount.case.grid.duties
    minutes = np.array([duty.base_minutes if contract == "own" else duty.paid_minutes for duty in duties])
    return recount.by_week(recount.paid[group, CONTRACTS.index(contract)] * (minutes / 60.0)[:, None])


def _may_start(recount: Recount, lines: tuple[Line, ...]) -> Bools:
    """(L, D) whether every duty of a line that lies in the horizon may start on its day."""
    grid = recount.case.grid
    weekdays = np.array([grid.weekday(day) for day in range(grid.days)])
    allowed = np.array([np.isin(weekdays, line.weekdays) for line in lines], dtype=np.bool_).reshape(
        len(lines), grid.days
    )
    for row, line in enumerate(lines):
        for entry in line.entries:
            days = np.arange(grid.days) + entry.offset
            inside = days < grid.days
            allowed[row] &= grid.allowed[entry.duty, days % grid.days] | (~inside & (not grid.cyclic))
    return allowed


def _locked(recount: Recount, group: int, contract: Contract, lines: tuple[Line, ...]) -> Bools:
    """(L, D) starts that are settled: inside the notice (own ones only where some are published), or locked."""
    case, terms = recount.case, recount.case.group_of(group)
    temporary = terms.temporary(contract)
    notice = (temporary.notice if temporary else terms.notice) / _MINUTE
    free = contract == "own" and (case.told is None or bool(terms.patterns))
    duties = [line.entries[0].duty for line in lines]
    starts = [[case.grid.duty_start(duty, day) < notice for day in range(case.grid.days)] for duty in duties]
    inside = np.array(starts, dtype=np.bool_).reshape(len(lines), case.grid.days) & (not free)
    return inside if case.told is None else inside | case.told.locked


def _of(recount: Recount, group: int, place: Label) -> Label:
    return lambda unit, at: place(unit, at).replace(" ", f" {recount.case.staff[group]} ", 1)


def _after(words: str, place: Label) -> Label:
    return lambda *cell: f"{words} {place(*cell)}"


def _start_label(recount: Recount) -> Label:
    case, names = recount.case, recount.plan.names
    return lambda g, c, u, line, day: (
        f"{case.units[u]} {case.staff[g]} {CONTRACTS[c]} {names.lines[line]} {names.day(day)}"
    )


def _line_label(recount: Recount, group: int, contract: Contract, lines: tuple[Line, ...]) -> Label:
    label, names = _start_label(recount), recount.plan.names
    return lambda u, line, day: label(group, CONTRACTS.index(contract), u, names.lines.index(lines[line].name), day)
