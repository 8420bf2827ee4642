"""Rules about people: cover, contracts, rest and what keeps a plan rosterable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from optimizer.capacity.staff import published_people, week_count
from optimizer.capacity.terms import Rows, padded, people
from optimizer.program import ABSENT, Floats, Ints, Term
from optimizer.scenario.quantities import MINUTES_PER_DAY
from optimizer.scenario.staff import Contract

SATURDAY: Final = 5
EMPLOYED: Final[tuple[Contract, ...]] = ("own", "overtime")
"""Contracts worked by the hospital's own people, who need their rest on either."""


def away_only_when_working(rows: Rows) -> None:
    """Each duty is worked once: those away from home or in a lower role are at most those at work."""
    case, staff = rows.case, rows.layout.staff
    for group in range(len(case.staff)):
        for home in sorted({flow.home for flow in staff.flows if flow.staff == group}):
            flows = [at for at, flow in enumerate(staff.flows) if flow.staff == group and flow.home == home]
            working = people(staff, group, "own", counted=True)
            rows.builder.add_rows(
                "away only when working",
                staff.away.shape[1:],
                [
                    Term(np.moveaxis(staff.away[flows], 0, -1)),
                    Term(working.columns[home], -working.coefficients[home]),
                ],
                upper=0.0,
            )


def contract_hours_are_kept(rows: Rows) -> None:
    """Own hours in a week are at most the team's contracts net of headroom, plus hours owed, less those given back."""
    case, weeks = rows.case, week_count(rows.case)
    if case.scenario.horizon.cycle == "day":
        return  # people of a typical day, not of a week
    for group, unit, heads in _teams_by_heads(rows):
        hours = _hours_by_week(rows, group, unit)
        owed = rows.layout.staff.owed[unit, group]
        before = np.concatenate(([ABSENT], owed[:-1])).astype(np.int32)
        contracted = heads * case.group_of(group).hours_per_week * _week_shares(rows)
        terms = [hours, Term(owed, -1.0), Term(before, 1.0)]
        rows.builder.add_rows("contract hours are kept", (weeks,), terms, upper=contracted)


def own_shifts_are_kept(rows: Rows) -> None:
    """A team given as a number of shifts works at most so many, in a week or over the horizon."""
    case, weeks = rows.case, week_count(rows.case)
    for group in range(len(case.staff)):
        for unit in range(len(case.units)):
            team = case.team(group, unit)
            if team is not None and team.shifts_per_week is not None:
                limit = team.shifts_per_week * _week_shares(rows)
                rows.builder.add_rows("own shifts are kept", (weeks,), [_shifts_by_week(rows, group, "own", unit)], upper=limit)
            if team is not None and team.shifts_per_horizon is not None:
                everything = _everybody(rows, group, ("own",), [unit])
                rows.builder.add_rows("own shifts are kept", (1,), [everything], upper=team.shifts_per_horizon)


def temporary_staff_is_limited(rows: Rows) -> None:
    """Overtime, bank and agency stay within their limits by week and horizon."""
    case, weeks = rows.case, week_count(rows.case)
    for block in rows.layout.staff.working:
        terms = case.group_of(block.staff).temporary(block.contract)
        if terms is None:
            continue
        asked = terms.fill_rate * _week_shares(rows)
        if terms.shifts_per_week is not None:
            shifts = _shifts_by_week(rows, block.staff, block.contract)
            rows.builder.add_rows("temporary shifts are limited", (weeks,), [shifts], upper=terms.shifts_per_week * asked)
        if terms.hours_per_week is not None:
            hours = _hours_by_week(rows, block.staff, None, block.contract)
            rows.builder.add_rows("temporary hours are limited", (weeks,), [hours], upper=terms.hours_per_week * asked)
        if terms.shifts_per_horizon is not None:
            everything = _everybody(rows, block.staff, (block.contract,), list(range(len(case.units))))
            rows.builder.add_rows("temporary shifts are limited", (1,), [everything], upper=terms.shifts_per_horizon * terms.fill_rate)


def one_duty_a_day(rows: Rows) -> None:
    """Duties that start on a day are at most the people at work."""
    case = rows.case
    duties = np.tile(np.arange(len(case.grid.duties)), (case.grid.days, 1))
    days = np.tile(np.arange(case.grid.days)[:, None], (1, len(case.grid.duties)))
    for group, unit, heads in _teams_by_heads(rows):
        term = people(rows.layout.staff, group, *EMPLOYED, counted=False).gather(duties, days)
        rows.builder.add_rows("one duty a day", (case.grid.days,), [_at(term, unit)], upper=heads)


def rest_between_duties(rows: Rows) -> None:
    """Nobody starts before resting: all who work, or rest from work, when a duty starts are different people.

    Duties are intervals of time lengthened by the rest, so these rows are exactly what one person's rest asks.
    """
    case, groups = rows.case, range(len(rows.case.staff))
    cliques = {group: padded(_resting(rows, case.group_of(group).rest.hours)) for group in groups}
    for group, unit, heads in _teams_by_heads(rows):
        duties, days = cliques[group]
        term = people(rows.layout.staff, group, *EMPLOYED, counted=False).gather(duties, days)
        last_night = _resting_from_last_night(rows, group, unit)
        rows.builder.add_rows(
            "rest between duties", (len(duties),), [_at(term, unit)], upper=np.maximum(heads - last_night, 0.0)
        )


def five_in_seven_days(rows: Rows) -> None:
    """Duties in any seven days are at most five (or the number given) for each person at work."""
    case = rows.case
    window = min(7, case.grid.days)
    starts = np.arange(case.grid.days - window + 1)
    every = [np.array([(duty, day) for duty in range(len(case.grid.duties)) for day in range(s, s + window)]) for s in starts]
    duties, days = padded(every)
    for group, unit, heads in _teams_by_heads(rows):
        most = min(case.group_of(group).rest.shifts_in_7_days, window)
        term = people(rows.layout.staff, group, *EMPLOYED, counted=False).gather(duties, days)
        rows.builder.add_rows("five in seven days", (len(starts),), [_at(term, unit)], upper=most * heads)


def weekends_off(rows: Rows) -> None:
    """On each Saturday and Sunday at most the share of people who are not off that weekend works."""
    case = rows.case
    weekend = [day for day in range(case.grid.days) if case.grid.weekday(day) >= SATURDAY]
    duties = np.tile(np.arange(len(case.grid.duties)), (len(weekend), 1))
    days = np.tile(np.array(weekend, dtype=np.int32)[:, None], (1, len(case.grid.duties)))
    for group, unit, heads in _teams_by_heads(rows):
        share = case.group_of(group).rest.weekends_off
        if weekend and share > 0:
            term = people(rows.layout.staff, group, *EMPLOYED, counted=False).gather(duties, days)
            rows.builder.add_rows("weekends off", (len(weekend),), [_at(term, unit)], upper=heads * (1 - share))


def changes_are_counted(rows: Rows) -> None:
    """A change is every person more or fewer than published on an own duty."""
    case = rows.case
    changed = rows.layout.staff.changed
    for group in range(len(case.staff)):
        where = changed[:, group] != ABSENT
        if where.any():
            published = published_people(case, group, "own")[where]
            working = people(rows.layout.staff, group, "own", counted=False)
            own = Term(working.columns[where], working.coefficients[where])
            minus = Term(own.columns, -np.asarray(own.coefficient))
            shape = (int(where.sum()),)
            rows.builder.add_rows("changes are counted", shape, [Term(changed[:, group][where]), minus], lower=-published)
            rows.builder.add_rows("changes are counted", shape, [Term(changed[:, group][where]), own], lower=published)


def _at(term: Term, unit: int) -> Term:
    return Term(term.columns[unit], np.asarray(term.coefficient)[unit])


def _teams_by_heads(rows: Rows) -> Iterator[tuple[int, int, float]]:
    """(staff group, unit, people at work) of every team whose number of people is given."""
    for group in range(len(rows.case.staff)):
        for unit in range(len(rows.case.units)):
            heads = rows.case.heads(group, unit)
            if heads is not None and rows.layout.staff.on(group, *EMPLOYED):
                yield group, unit, heads


def _week_shares(rows: Rows) -> Floats:
    """(weeks,) the part of each week that lies in the horizon."""
    days = rows.case.grid.days
    return np.array([min(7, days - 7 * week) / 7 for week in range(week_count(rows.case))])


def _week_duties(rows: Rows) -> tuple[Ints, Ints]:
    grid = rows.case.grid
    lists = [
        np.array([(duty, day) for duty in range(len(grid.duties)) for day in range(7 * week, min(7 * week + 7, grid.days))])
        for week in range(week_count(rows.case))
    ]
    return padded(lists)


def _hours_by_week(rows: Rows, group: int, unit: int | None, contract: Contract = "own") -> Term:
    """(weeks, width) paid hours inside the contract of a group's people, at one unit or at all."""
    grid = rows.case.grid
    blocks = rows.layout.staff.on(group, contract)
    duties, days = _week_duties(rows)
    minutes = np.array([duty.base_minutes if contract == "own" else duty.paid_minutes for duty in grid.duties])
    pays = np.concatenate([block.pays for block in blocks], axis=-1)
    term = people(rows.layout.staff, group, contract, counted=False)
    weighted = type(term)(term.columns, term.coefficients * (pays * minutes[:, None] / 60.0)[None, :, None, :])
    gathered = weighted.gather(duties, days)
    return _at(gathered, unit) if unit is not None else _over_units(gathered)


def _shifts_by_week(rows: Rows, group: int, contract: Contract, unit: int | None = None) -> Term:
    duties, days = _week_duties(rows)
    gathered = people(rows.layout.staff, group, contract, counted=False).gather(duties, days)
    return _at(gathered, unit) if unit is not None else _over_units(gathered)


def _over_units(term: Term) -> Term:
    """(U, weeks, W) -> (weeks, U * W)."""
    columns = np.moveaxis(term.columns, 0, 1)
    coefficients = np.moveaxis(np.broadcast_to(np.asarray(term.coefficient), term.columns.shape), 0, 1)
    return Term(columns.reshape(len(columns), -1), coefficients.reshape(len(columns), -1))


def _everybody(rows: Rows, group: int, contracts: tuple[Contract, ...], units: list[int]) -> Term:
    """(1, width) every duty of a group over the whole horizon."""
    term = people(rows.layout.staff, group, *contracts, counted=False)
    return Term(term.columns[units].reshape(1, -1), term.coefficients[units].reshape(1, -1))


def _resting(rows: Rows, rest_hours: float) -> list[Ints]:
    """For each duty start, the duties (type, day) whose people are at work or resting then."""
    grid = rows.case.grid
    pairs = np.array([(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)], dtype=np.int64)
    if not len(pairs):
        return []
    begin = np.array([grid.duty_start(duty, day) for duty, day in pairs])
    end = begin + np.array([grid.duties[duty].span for duty, _ in pairs]) + round(rest_hours * 60)
    length = grid.days * MINUTES_PER_DAY
    wraps = (0, length) if grid.cyclic else (0,)
    found = []
    for moment in np.unique(begin):
        at_it = np.logical_or.reduce([(begin - wrap <= moment) & (moment < end - wrap) for wrap in wraps])
        found.append(pairs[at_it])
    return found


def _resting_from_last_night(rows: Rows, group: int, unit: int) -> Floats:
    """(starts,) people who began a duty the day before and are still at work or resting when each duty starts."""
    grid, case = rows.case.grid, rows.case
    starts = sorted({grid.duty_start(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)})
    busy = np.zeros(len(starts))
    names = [duty.name for duty in grid.duties]
    for duty in case.scenario.today.on_duty:
        if duty.staff == case.staff[group] and duty.unit == case.units[unit]:
            kind = names.index(duty.shift)
            rest = round(case.group_of(group).rest.hours * 60)
            until = grid.duty_start(kind, -1) + grid.duties[kind].span + rest
            busy += duty.people * (np.array(starts) < until)
    return busy
