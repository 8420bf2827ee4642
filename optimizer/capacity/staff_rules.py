"""Rules about people: cover, contracts, rest and what keeps a plan rosterable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.staff import week_count
from optimizer.capacity.terms import DutyTerms, Rows, flow_terms, padded, people
from optimizer.expansion.published import absent_employed, absent_hours, absent_shifts
from optimizer.program import ABSENT, Floats, Ints, Term
from optimizer.scenario.quantities import MINUTES_PER_DAY
from optimizer.scenario.staff import CONTRACTS, Contract

SATURDAY: Final = 5
OWN: Final = CONTRACTS.index("own")
EMPLOYED: Final[tuple[Contract, ...]] = ("own", "overtime")
"""Contracts worked by the hospital's own people, who need their rest on either."""


def away_only_when_working(rows: Rows) -> None:
    """Each duty is worked once: those away from home or in a lower role are at most those at work."""
    staff = rows.layout.staff
    for group in range(len(rows.case.staff)):
        homes = sorted({flow.home for flow in staff.flows if flow.staff == group})
        lists = [[at for at, f in enumerate(staff.flows) if f.staff == group and f.home == home] for home in homes]
        if homes:
            working = people(staff, group, "own", counted=True)
            away = flow_terms(staff.away, lists, np.ones(len(staff.flows)))
            terms = [Term(away.columns, away.coefficients), Term(working.columns[homes], -working.coefficients[homes])]
            rows.builder.add_rows("away only when working", (len(homes), *staff.away.shape[1:]), terms, upper=0.0)


def contract_hours_are_kept(rows: Rows) -> None:
    """Own hours in a week are at most the team's contracts net of headroom, plus hours owed, less those given back."""
    case, weeks = rows.case, week_count(rows.case)
    if case.scenario.horizon.cycle == "day":
        return  # people of a typical day, not of a week
    for team in _teams(rows):
        hours = _hours_by_week(rows, team.group).at(team.units)
        owed = rows.layout.staff.owed[team.units, team.group]
        before = np.concatenate((np.full((len(owed), 1), ABSENT), owed[:, :-1]), axis=1).astype(np.int32)
        contracted = np.outer(team.heads * case.group_of(team.group).hours_per_week, _week_shares(rows))
        contracted = np.maximum(contracted - absent_hours(case, team.group)[team.units], 0.0)
        each = case.group_of(team.group).hours_per_week * _week_shares(rows)
        more, there = _engaged(rows, team, np.broadcast_to(each, contracted.shape))
        terms = [hours, Term(owed, -1.0), Term(before, 1.0), more]
        rows.builder.add_rows("contract hours are kept", (len(team.units), weeks), terms, upper=contracted - there)


def own_shifts_are_kept(rows: Rows) -> None:
    """A team given as a number of shifts works at most so many, in a week or over the horizon."""
    case, weeks = rows.case, week_count(rows.case)
    for group in range(len(case.staff)):
        for unit in range(len(case.units)):
            team = case.team(group, unit)
            if team is not None and team.shifts_per_week is not None:
                limit = team.shifts_per_week * _week_shares(rows)
                limit = np.maximum(limit - absent_shifts(case, group)[unit], 0.0)
                rows.builder.add_rows(
                    "own shifts are kept", (weeks,), [_shifts_by_week(rows, group, "own").at(unit)], upper=limit
                )
            if team is not None and team.shifts_per_horizon is not None:
                everything, shares = _over_horizon(rows, group, "own", [unit])
                missed = case.absent[unit, group, OWN, :, : case.grid.committed_days].sum()
                limit = np.maximum(team.shifts_per_horizon * shares - missed * (np.arange(len(shares)) == 0), 0.0)
                rows.builder.add_rows("own shifts are kept", shares.shape, [everything], upper=limit)


def temporary_staff_is_limited(rows: Rows) -> None:
    """Overtime, bank and agency stay within their limits by week and horizon."""
    case, weeks = rows.case, week_count(rows.case)
    for block in rows.layout.staff.working:
        terms = case.group_of(block.staff).temporary(block.contract)
        if terms is None:
            continue
        asked = terms.fill_rate * _week_shares(rows)
        if terms.shifts_per_week is not None:
            shifts = _shifts_by_week(rows, block.staff, block.contract).over_units()
            rows.builder.add_rows(
                "temporary shifts are limited", (weeks,), [shifts], upper=terms.shifts_per_week * asked
            )
        if terms.hours_per_week is not None:
            hours = _hours_by_week(rows, block.staff, block.contract).over_units()
            rows.builder.add_rows("temporary hours are limited", (weeks,), [hours], upper=terms.hours_per_week * asked)
        if terms.shifts_per_horizon is not None:
            everything, shares = _over_horizon(rows, block.staff, block.contract, list(range(len(case.units))))
            limit = terms.shifts_per_horizon * terms.fill_rate * shares
            rows.builder.add_rows("temporary shifts are limited", shares.shape, [everything], upper=limit)


def one_duty_a_day(rows: Rows) -> None:
    """Duties that start on a day are at most the people at work."""
    days = list(range(rows.case.grid.days))
    for team in _teams(rows):
        _limit_duties(rows, "one duty a day", team, _starting_on(rows, [[day] for day in days]))


def rest_between_duties(rows: Rows) -> None:
    """Nobody starts before resting: all who work, or rest from work, when a duty starts are different people.

    Duties are intervals of time lengthened by the rest, so these rows are exactly what one person's rest asks.
    """
    for team in _teams(rows):
        resting = padded(_resting(rows, rows.case.group_of(team.group).rest.hours))
        last_night = _resting_from_last_night(rows, team)
        _limit_duties(rows, "rest between duties", team, resting, busy=last_night)


def five_in_seven_days(rows: Rows) -> None:
    """Duties in any seven days are at most five (or the number given) for each person at work."""
    window = min(7, rows.case.grid.days)
    spans = [list(range(start, start + window)) for start in range(rows.case.grid.days - window + 1)]
    for team in _teams(rows):
        most = min(rows.case.group_of(team.group).rest.shifts_in_7_days, window)
        _limit_duties(rows, "five in seven days", team, _starting_on(rows, spans), each=most)


def weekends_off(rows: Rows) -> None:
    """On each Saturday and Sunday at most the share of people who are not off that weekend works."""
    weekend = [[day] for day in range(rows.case.grid.days) if rows.case.grid.weekday(day) >= SATURDAY]
    for team in _teams(rows):
        share = rows.case.group_of(team.group).rest.weekends_off
        if weekend and share > 0:
            _limit_duties(rows, "weekends off", team, _starting_on(rows, weekend), each=1 - share)


@dataclass(frozen=True, slots=True, eq=False)
class _Teams:
    """The `units` at which a staff group has teams whose number is given, with the people at work in each."""

    group: int
    units: list[int]
    heads: Floats


def _teams(rows: Rows) -> Iterator[_Teams]:
    """By staff group; none for groups whose people are not numbered."""
    for group in range(len(rows.case.staff)):
        heads = {unit: rows.case.heads(group, unit) for unit in range(len(rows.case.units))}
        given = {unit: people for unit, people in heads.items() if people is not None}
        if given and rows.layout.staff.on(group, *EMPLOYED):
            yield _Teams(group, list(given), np.array(list(given.values())))


def _limit_duties(
    rows: Rows, name: str, team: _Teams, duties: tuple[Ints, Ints], *, each: float = 1.0, busy: Floats | float = 0.0
) -> None:
    """One row for each unit and each list of duties: those who work any of them, or are absent, or `busy`, are at most
    so many of `each` person at work."""
    shape = len(team.units), len(duties[0])
    term = people(rows.layout.staff, team.group, *EMPLOYED, counted=False).at(team.units).gather(*duties)
    gone = absent_employed(rows.case, team.group)[team.units][:, duties[0], duties[1]] * (duties[0] != ABSENT)
    most = np.maximum(each * team.heads[:, None] - busy, 0.0)
    more, there = _engaged(rows, team, np.full(shape, each))
    rows.builder.add_rows(name, shape, [term, more], upper=np.maximum(most - gone.sum(axis=-1), 0.0) - there)


def _engaged(rows: Rows, team: _Teams, each: Floats) -> tuple[Term, Floats]:
    """What people engaged give, `each` (units, rows) so much, as a term; and what of it the team counts already."""
    share = rows.case.group_of(team.group).worked_share
    terms = [rows.case.engage(team.group, unit) for unit in team.units]
    columns = np.broadcast_to(rows.layout.choices.engaged[team.units, team.group][:, None], each.shape)
    least = np.array([float(each.at_least) if each else 0.0 for each in terms])
    return Term(columns, -share * each), share * each * least[:, None]


def _starting_on(rows: Rows, spans: list[list[int]]) -> tuple[Ints, Ints]:
    """All duties that start on one of the days of each span."""
    types = range(len(rows.case.grid.duties))
    return padded([np.array([(duty, day) for duty in types for day in span]).reshape(-1, 2) for span in spans])


def _week_shares(rows: Rows) -> Floats:
    """(weeks,) the part of each week that lies in the horizon."""
    days = rows.case.grid.days
    return np.array([min(7, days - 7 * week) / 7 for week in range(week_count(rows.case))])


@dataclass(frozen=True, slots=True, eq=False)
class _ByWeek:
    """(U, weeks, W) columns with coefficients: what a staff group works in each week."""

    columns: Ints
    coefficients: Floats

    def at(self, units: int | list[int]) -> Term:
        """Of one unit (weeks, W) or of several (units, weeks, W)."""
        return Term(self.columns[units], self.coefficients[units])

    def over_units(self) -> Term:
        """(weeks, U * W): all units together."""
        columns, coefficients = np.moveaxis(self.columns, 0, 1), np.moveaxis(self.coefficients, 0, 1)
        return Term(columns.reshape(len(columns), -1), coefficients.reshape(len(columns), -1))


def _hours_by_week(rows: Rows, group: int, contract: Contract = "own") -> _ByWeek:
    """Paid hours inside the contract."""
    duties = rows.case.grid.duties
    minutes = np.array([duty.base_minutes if contract == "own" else duty.paid_minutes for duty in duties])
    pays = np.concatenate([block.pays for block in rows.layout.staff.on(group, contract)], axis=-1)
    return _by_week(rows, group, contract, pays * minutes[:, None] / 60.0)


def _shifts_by_week(rows: Rows, group: int, contract: Contract) -> _ByWeek:
    """Duties, each counted as one."""
    return _by_week(rows, group, contract, np.ones(1))


def _by_week(rows: Rows, group: int, contract: Contract, weights: Floats) -> _ByWeek:
    """People of a group on a contract, each duty with its weight (S, W) or (1,)."""
    working = people(rows.layout.staff, group, contract, counted=False)
    spread = weights[None, :, None, :] if weights.ndim > 1 else weights
    weeks = range(week_count(rows.case))
    spans = [list(range(7 * week, min(7 * week + 7, rows.case.grid.days))) for week in weeks]
    term = DutyTerms(working.columns, working.coefficients * spread).gather(*_starting_on(rows, spans))
    return _ByWeek(term.columns, np.broadcast_to(np.asarray(term.coefficient), term.columns.shape))


def _over_horizon(rows: Rows, group: int, contract: Contract, units: list[int]) -> tuple[Term, Floats]:
    """A group's duties at some units, on the committed days and on those beyond, and what share of a limit each has.

    Apart, so that the days beyond can't use up what the committed days are given.
    """
    grid = rows.case.grid
    parts = (range(grid.committed_days), range(grid.committed_days, grid.days))
    spans = [list(part) for part in parts if part]
    term = people(rows.layout.staff, group, contract, counted=False).at(units).gather(*_starting_on(rows, spans))
    both = _ByWeek(term.columns, np.broadcast_to(np.asarray(term.coefficient), term.columns.shape)).over_units()
    return both, np.array([len(span) / grid.committed_days for span in spans])


def _resting(rows: Rows, rest_hours: float) -> list[NDArray[np.int64]]:
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
        found.append(np.concatenate([pairs[(begin - wrap <= moment) & (moment < end - wrap)] for wrap in wraps]))
    return found


def _resting_from_last_night(rows: Rows, team: _Teams) -> Floats:
    """(units, starts) people who began a duty the day before and are at work or resting when each duty starts."""
    grid, case = rows.case.grid, rows.case
    starts = np.unique([grid.duty_start(duty, day) for duty in range(len(grid.duties)) for day in range(grid.days)])
    busy = np.zeros((len(team.units), len(starts)))
    names = [duty.name for duty in grid.duties]
    rest = round(case.group_of(team.group).rest.hours * 60)
    for duty in case.scenario.today.on_duty:
        unit = case.units.index(duty.unit)
        if duty.staff == case.staff[team.group] and unit in team.units:
            kind = names.index(duty.shift)
            until = grid.duty_start(kind, -1) + grid.duties[kind].span + rest
            busy[team.units.index(unit)] += duty.people * (starts < until)
    return busy
