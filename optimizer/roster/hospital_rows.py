"""The rules of one person's line as rows of the program, each under the name by which TEAM_RULES recounts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from optimizer.program import ABSENT
from optimizer.roster.hospital_lines import LONGEST_REST, windows
from optimizer.roster.hospital_problem import Member, Stint
from optimizer.roster.hospital_rules import (
    HOUR,
    broken_off,
    cut_short,
    minutes_before,
    minutes_most,
    rest_needed,
    weekend_rows,
)
from optimizer.roster.hospital_sheet import Row, Sheet, Weighted
from optimizer.scenario.rostering import CountRule, HoursRule, RunRule

Apart = Callable[[Stint, Stint], int]
"""Minutes that must lie between two stints."""


def one_place_rows(sheet: Sheet) -> Iterator[Row]:
    """Two duties that overlap are not both hers."""
    yield from _too_close(sheet, lambda first, then: 1, None, also_hard=True)


def rest_rows(sheet: Sheet) -> Iterator[Row]:
    """A duty and one that begins too soon after it are not both hers."""
    rule = sheet.problem.rules.rest
    yield from _too_close(sheet, lambda first, then: rest_needed(rule, first.shift, then.shift), rule.cost)


def night_rest_rows(sheet: Sheet) -> Iterator[Row]:
    """A night and another kind of duty too soon after it are not both hers."""
    rule = sheet.problem.rules.nights
    if rule is not None and rule.rest_hours:
        minutes = round(rule.rest_hours * 60)
        yield from _too_close(sheet, lambda first, then: minutes if first.night and not then.night else 0, rule.cost)


def _too_close(sheet: Sheet, apart: Apart, cost: float | None, *, also_hard: bool = False) -> Iterator[Row]:
    """For each kind of duty and day after it, those that begin too soon; overlaps only with `also_hard`."""
    for first in _stints(sheet):
        for later in _too_soon(sheet, first, apart, overlaps=also_hard):
            for member in range(len(sheet.problem.members)):
                yield from _not_both(sheet, member, first, later, cost)


def _stints(sheet: Sheet) -> Iterator[int]:
    yield from range(len(sheet.kinds))


def _too_soon(sheet: Sheet, first: int, apart: Apart, *, overlaps: bool) -> Iterator[list[int]]:
    """Kinds that come too soon after one, those of one day together where nobody works two of them."""
    by_day: dict[int, list[int]] = {}
    here = sheet.kinds[first].slot
    for day in range(here.day, min(sheet.problem.days, here.day + 1 + LONGEST_REST // 1440)):
        for at in sheet.kinds_on[day]:
            if at != first and _clashes(here, sheet.kinds[at].slot, apart, overlaps=overlaps, later=at > first):
                by_day.setdefault(day, []).append(at)
    for day, kinds in by_day.items():
        if sheet.problem.rules.one_shift_a_day and day != here.day:
            yield kinds
        elif not sheet.problem.rules.one_shift_a_day:
            yield from ([kind] for kind in kinds)


def _clashes(first: Stint, then: Stint, apart: Apart, *, overlaps: bool, later: bool) -> bool:
    """Whether `then` begins after `first` and too soon; of two that begin together the first listed is first."""
    if (then.start, then.end) < (first.start, first.end) or (
        (then.start, then.end) == (first.start, first.end) and not later
    ):
        return False
    gap = then.start - first.end
    return gap < 0 if overlaps else 0 <= gap < apart(first, then)


def _not_both(sheet: Sheet, member: int, first: int, later: Sequence[int], cost: float | None) -> Iterator[Row]:
    mine = sheet.kind[member, first]
    others = sheet.ones(sheet.kind[member, list(later)])
    if mine != ABSENT and others:
        yield Row([(int(mine), 1.0), *others], high=1.0, cost=cost)


def past_rows(sheet: Sheet) -> Iterator[tuple[str, Row]]:
    """What duties before the roster forbid on its first days, by the name of the rule."""
    rules = sheet.problem.rules
    nights, rest = rules.nights, rules.rest
    for at, member in enumerate(sheet.problem.members):
        for first in member.past:
            for number, kind in enumerate(sheet.kinds):
                then, column = kind.slot, int(sheet.kind[at, number])
                gap = then.start - first.end
                if column == ABSENT or gap >= LONGEST_REST:
                    continue
                if gap < 0:
                    yield "one place at a time", Row([(column, 1.0)], high=0.0)
                elif gap < rest_needed(rest, first.shift, then.shift):
                    yield "rest between duties", Row([(column, 1.0)], high=0.0, cost=rest.cost)
                too_soon = nights is not None and first.night and not then.night and gap < nights.rest_hours * 60
                if nights is not None and too_soon:
                    yield "rest after nights", Row([(column, 1.0)], high=0.0, cost=nights.cost)


def succession_rows(sheet: Sheet) -> Iterator[Row]:
    """A shift and one that may not follow it are not hers on two days in a row."""
    for rule in sheet.problem.rules.forbidden:
        for at, member in enumerate(sheet.problem.members):
            before = any(stint.day == -1 and stint.shift == rule.after for stint in member.past)
            for day in range(sheet.problem.days):
                then = _named(sheet, at, day, (rule.before,))
                first = _named(sheet, at, day - 1, (rule.after,)) if day else []
                if then and (first or (before and not day)):
                    yield Row([*first, *then], high=1.0 if first else 0.0, cost=rule.cost)


def _named(sheet: Sheet, member: int, day: int, shifts: Sequence[str]) -> list[Weighted]:
    """A member's kinds of duty on a day that have one of the names (all without any)."""
    kinds = [kind for kind in sheet.kinds_on[day] if not shifts or sheet.kinds[kind].slot.shift in shifts]
    return sheet.ones(sheet.kind[member, kinds])


def count_rows(sheet: Sheet) -> Iterator[Row]:
    """Shifts in every window are neither too many nor too few."""
    for rule in sheet.problem.rules.counts:
        for at, member in enumerate(sheet.problem.members):
            for window in windows(rule.days, sheet.problem.days, inside=False):
                yield from _counted(sheet, rule, at, member, window)


def _counted(sheet: Sheet, rule: CountRule, at: int, member: Member, window: range) -> Iterator[Row]:
    terms = [term for day in window if day >= 0 for term in _named(sheet, at, day, rule.shifts)]
    past = sum(s.day in window and (not rule.shifts or s.shift in rule.shifts) for s in member.past)
    if rule.most is not None and terms:
        yield Row(terms, high=rule.most - past, cost=rule.cost, most=len(terms) + past)
    if rule.least and window[0] >= 0 and not member.absent & set(window):
        yield Row(terms, low=rule.least, cost=rule.cost, most=rule.least)


def hour_rows(sheet: Sheet) -> Iterator[Row]:
    """Hours in every window lie within their limits."""
    for rule in sheet.problem.rules.hours:
        for at, member in enumerate(sheet.problem.members):
            for window in windows(rule.days, sheet.problem.days, inside=False):
                yield from _timed(sheet, rule, at, member, window)


def _timed(sheet: Sheet, rule: HoursRule, at: int, member: Member, window: range) -> Iterator[Row]:
    cost = None if rule.cost is None else rule.cost / HOUR
    terms = minutes_of(sheet, at, window)
    past = minutes_before(member, rule, window)
    all_in = sum(weight for _, weight in terms)
    if past + all_in > minutes_most(rule):
        yield Row(terms, high=minutes_most(rule) - past, cost=cost, most=all_in + past)
    if rule.least and window[0] >= 0 and not member.absent & set(window):
        yield Row(terms, low=rule.least * 60 - past, cost=cost, most=rule.least * 60)


def minutes_of(sheet: Sheet, member: int, days: range) -> list[Weighted]:
    """A member's minutes over some days."""
    found = []
    for day in days:
        for kind in sheet.kinds_on[day] if day >= 0 else ():
            found += sheet.ones([sheet.kind[member, kind]], sheet.kinds[kind].slot.paid)
    return found


def contract_rows(sheet: Sheet) -> Iterator[Row]:
    """Hours over the roster are the contract's, or cost what they differ."""
    rule, problem = sheet.problem.rules.contract, sheet.problem
    for at, member in enumerate(problem.members) if rule is not None else ():
        if rule is None or member.contract != "own" or not member.weekly:
            continue
        due, terms = float(round(problem.due(member))), minutes_of(sheet, at, range(problem.days))
        less, more = (None if cost is None else cost / HOUR for cost in (rule.less_cost, rule.more_cost))
        yield Row(terms, low=due, cost=less, most=due)
        yield Row(terms, high=due, cost=more, most=sum(weight for _, weight in terms))
        if rule.more_at_most is not None:
            yield Row(terms, high=due + rule.more_at_most * 60)


def working_rows(sheet: Sheet) -> Iterator[Row]:
    """Runs of work are neither too long nor too short."""
    rule = sheet.problem.rules.working_run
    if rule is not None:
        yield from _runs(sheet, rule, lambda at, day: sheet.ones([sheet.day[at, day]]), lambda _: True)


def night_rows(sheet: Sheet) -> Iterator[Row]:
    """Blocks of nights are neither too long nor too short."""
    rule = sheet.problem.rules.nights
    if rule is not None:
        run = RunRule(least=rule.least, most=rule.most, cost=rule.cost)
        yield from _runs(sheet, run, lambda at, day: nights_of(sheet, at, range(day, day + 1)), lambda s: s.night)


def nights_of(sheet: Sheet, member: int, days: Sequence[int]) -> list[Weighted]:
    """A member's nights on some days."""
    kinds = [kind for day in days for kind in sheet.kinds_on[day] if sheet.kinds[kind].slot.night]
    return sheet.ones(sheet.kind[member, kinds])


def _runs(
    sheet: Sheet, rule: RunRule, on: Callable[[int, int], list[Weighted]], counts: Callable[[Stint], bool]
) -> Iterator[Row]:  # fmt: skip
    for at, member in enumerate(sheet.problem.members):
        before = {stint.day for stint in member.past if counts(stint)}
        there = [on(at, day) for day in range(sheet.problem.days)]
        for end in range(sheet.problem.days) if rule.most is not None else ():
            window = range(end - (rule.most or 0), end + 1)
            past = sum(day in before for day in window)
            terms = [term for day in window if day >= 0 for term in there[day]]
            yield Row(terms, high=float((rule.most or 0) - past), cost=rule.cost)
        yield from _short_runs(rule, there, before, 1.0, partial(cut_short, member))


def _short_runs(
    rule: RunRule, there: Sequence[list[Weighted]], before: set[int], sign: float, excused: Callable[[range], bool]
) -> Iterator[Row]:  # fmt: skip
    """No run of fewer than the least, ended inside: 0 1..1 0 (with `sign` -1 of rest: 1 0..0 1) costs what is missing.

    Days before the roster are known; a run is looked for only where its end lies inside.
    """
    for length in range(1, rule.least):
        for start in range(-length, len(there) - length):
            inner, outer = range(start, start + length), (start - 1, start + length)
            terms = [(c, sign * w) for day in inner if day >= 0 for c, w in there[day]]
            terms += [(c, -sign * w) for day in outer if day >= 0 for c, w in there[day]]
            known = sum(sign for day in inner if day in before) - sum(sign for day in outer if day in before)
            free = length - 1 if sign > 0 else 1
            cost = None if rule.cost is None else rule.cost * (rule.least - length)
            if start + length >= 0 and not excused(inner):
                yield Row(terms, high=float(free - known), cost=cost)


def resting_rows(sheet: Sheet) -> Iterator[Row]:
    """Runs of rest are neither too short nor, leave apart, too long."""
    rule = sheet.problem.rules.resting_run
    for at, member in enumerate(sheet.problem.members) if rule is not None else ():
        there = [sheet.ones([sheet.day[at, day]]) for day in range(sheet.problem.days)]
        before = {stint.day for stint in member.past}
        if rule is not None:
            yield from _short_runs(rule, there, before, -1.0, partial(broken_off, member))
        for window in windows(rule.most + 1, len(there), inside=True) if rule and rule.most is not None else ():
            if rule is not None and not member.away & set(window):
                yield Row([term for day in window for term in there[day]], low=1.0, cost=rule.cost)


def whole_weekend_rows(sheet: Sheet) -> Iterator[Row]:
    """Of two days of a weekend one alone costs."""
    rule = sheet.problem.rules.weekends
    cost = rule.whole_cost if rule is not None else 0.0
    for days in sheet.problem.weekends() if cost else ():
        for at in range(len(sheet.problem.members)) if len(days) == 2 else ():
            absent = sheet.problem.members[at].absent
            first, then = (sheet.ones([sheet.day[at, day]]) for day in days)
            for one, other in ((first, then), (then, first)) if not absent & set(days) else ():
                yield Row([*one, *((column, -1.0) for column, _ in other)], high=0.0, cost=cost)


def weekend_columns(sheet: Sheet) -> Mapping[tuple[int, tuple[int, ...]], int]:
    """For each member and weekend inside a column that is 1 where a day of it is worked; made once."""
    name, found = "weekend", {}
    for at in range(len(sheet.problem.members)):
        for days in sheet.problem.weekends():
            there = sheet.ones(sheet.day[at, list(days)])
            if len(there) == 1:
                found[at, days] = there[0][0]
            elif there:
                column = found[at, days] = sheet.column(name, upper=1.0)
                rows = [Row([each, (column, -1.0)], high=0.0) for each in there]
                sheet.keep(name, [*rows, Row([*there, (column, -1.0)], low=0.0)])
    return found


def weekend_off_rows(sheet: Sheet) -> Iterator[Row]:
    """Weekends worked are not too many, and one in so many is off."""
    rule = sheet.problem.rules.weekends
    if rule is None or (rule.most is None and rule.off_in is None):
        return
    columns = weekend_columns(sheet)
    for at, member in enumerate(sheet.problem.members):
        terms = [(columns[at, days], 1.0) for days in sheet.problem.weekends() if (at, days) in columns]
        if rule.most is not None:
            yield Row(terms, high=float(rule.most), cost=rule.cost, most=len(terms))
        for row in weekend_rows(sheet.problem, rule.off_in):
            past = {stint.day for stint in member.past}
            open_still = [tuple(day for day in days if day >= 0) for days in row if not past & set(days)]
            known = len(row) - len(open_still)
            worked = [(columns[at, days], 1.0) for days in open_still if (at, days) in columns]
            yield Row(worked, high=float(len(row) - 1 - known), cost=rule.cost)
