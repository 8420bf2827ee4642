"""The rules of a whole team as rows and prices of the program, under the names by which TEAM_RULES recounts them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from optimizer.program import ABSENT
from optimizer.roster.hospital_problem import Tied, Wished
from optimizer.roster.hospital_rows import minutes_of, nights_of, weekend_columns
from optimizer.roster.hospital_sheet import Row, Sheet, Weighted
from optimizer.roster.hospital_team_rules import before, counts_for, fair_target, mixed_shifts
from optimizer.scenario.rostering import FairRule

MOST_BURDEN = 10_000.0
"""No burden of one person is above this: nights, weekends, shifts, hours, wishes."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure of the program: a constant and columns with their weights."""

    constant: float
    terms: tuple[Weighted, ...]


def cover_rows(sheet: Sheet) -> Iterator[Row]:
    """Every duty has its people; each missing, or too many, at its price."""
    people = len(sheet.problem.members)
    for at, slot in enumerate(sheet.problem.slots):
        terms = sheet.ones(sheet.duty[:, at])
        if slot.wanted:
            yield Row(terms, low=float(slot.wanted), cost=slot.under, most=slot.wanted)
        if slot.over and len(terms) > slot.wanted:
            yield Row(terms, high=float(slot.wanted), cost=slot.over, most=people)


def mix_rows(sheet: Sheet) -> Iterator[Row]:
    """Of those on a shift enough, and not too many, have a skill or a grade."""
    problem = sheet.problem
    for rule in problem.rules.mix:
        who = [at for at, member in enumerate(problem.members) if counts_for(rule, member)]
        for slots in mixed_shifts(problem, rule).values():
            terms = [term for slot in slots for term in sheet.ones(sheet.duty[who, slot])]
            if rule.at_least:
                yield Row(terms, low=float(rule.at_least), cost=rule.cost, most=rule.at_least)
            if rule.at_most is not None:
                yield Row(terms, high=float(rule.at_most), cost=rule.cost, most=len(terms))


def wish_rows(sheet: Sheet) -> Iterator[Row]:
    """A wish not met costs its weight; a promise is kept."""
    for wish in sheet.problem.wishes:
        met = works(sheet, wish.member, wish.day, wish.shift)
        if wish.work and wish.day in sheet.problem.members[wish.member].absent:
            continue
        if wish.work:
            yield Row(met, low=1.0, cost=wish.weight)
        else:
            yield Row(met, high=0.0, cost=wish.weight, most=len(met))


def works(sheet: Sheet, member: int, day: int, shift: str) -> list[Weighted]:
    """1 where a member works a shift (any with "") on a day."""
    if not shift:
        return sheet.ones([sheet.day[member, day]])
    kinds = [kind for kind in sheet.kinds_on[day] if sheet.kinds[kind].slot.shift == shift]
    return sheet.ones(sheet.kind[member, kinds])


def together_rows(sheet: Sheet) -> Iterator[Row]:
    """Pairs that work together have the same duties."""
    for tie in sheet.problem.ties:
        absent = sheet.problem.members[tie.first].absent | sheet.problem.members[tie.second].absent
        for slot, duty in enumerate(sheet.problem.slots) if tie.together else ():
            if duty.day in absent:
                continue
            one, other = (sheet.ones([sheet.duty[who, slot]]) for who in (tie.first, tie.second))
            for mine, theirs in ((one, other), (other, one)):
                yield Row([*mine, *((column, -1.0) for column, _ in theirs)], high=0.0, cost=tie.cost)


def apart_rows(sheet: Sheet) -> Iterator[Row]:
    """Pairs kept apart are never on one shift of one unit."""
    places: dict[tuple[str, int, str], list[int]] = {}
    for at, slot in enumerate(sheet.problem.slots):
        places.setdefault((slot.unit, slot.day, slot.shift), []).append(at)
    for tie in sheet.problem.ties:
        for slots in places.values() if not tie.together else ():
            yield Row(_both(sheet, tie, slots), high=1.0, cost=tie.cost)


def _both(sheet: Sheet, tie: Tied, slots: list[int]) -> list[Weighted]:
    return [term for who in (tie.first, tie.second) for term in sheet.ones(sheet.duty[who, slots])]


def rota_rows(sheet: Sheet) -> Iterator[Row]:
    """A cell that differs from the base rota costs."""
    cost = sheet.problem.rules.rota_cost
    for at, member in enumerate(sheet.problem.members):
        for day, shift in member.rota.items():
            if day in member.away:
                continue
            if shift:
                yield Row(works(sheet, at, day, shift), low=1.0, cost=cost)
            else:
                yield Row(works(sheet, at, day, ""), high=0.0, cost=cost)


def locked_rows(sheet: Sheet) -> Iterator[Row]:
    """What is locked stays."""
    by_day = sheet.problem.by_day()
    for (member, day), cell in sheet.problem.locked.items():
        for slot in by_day[day]:
            there = sheet.ones([sheet.duty[member, slot]])
            if slot in cell:
                yield Row(there, low=1.0)
            else:
                yield Row(there, high=0.0)


def published_rows(sheet: Sheet) -> Iterator[Row]:
    """A cell that differs from what was published costs once."""
    cost, by_day = sheet.problem.rules.change_cost, sheet.problem.by_day()
    for (member, day), cell in sheet.problem.published.items() if cost else ():
        if sheet.problem.rules.one_shift_a_day and len(cell) <= 1:
            there = sheet.ones(sheet.duty[member, sorted(cell)])
            if cell:
                yield Row(there, low=1.0, cost=cost)
            else:
                yield Row(works(sheet, member, day, ""), high=0.0, cost=cost)
        else:
            yield from _changed(sheet, member, by_day[day], cell)


def _changed(sheet: Sheet, member: int, slots: tuple[int, ...], cell: frozenset[int]) -> Iterator[Row]:
    """Of a cell with several duties: one column that is 1 where any differs."""
    changed = sheet.column("changed", upper=1.0, cost=sheet.problem.rules.change_cost)
    for slot in slots:
        there = sheet.ones([sheet.duty[member, slot]])
        if slot in cell:
            yield Row([*there, (changed, 1.0)], low=1.0)
        else:
            yield Row([*there, (changed, -1.0)], high=0.0)


def fair_rows(sheet: Sheet) -> Iterator[Row]:
    """Burdens are shared: the widest spread, the heaviest load or what is off a fair share costs."""
    own = [at for at, member in enumerate(sheet.problem.members) if member.contract == "own"]
    for rule in sheet.problem.rules.fairness if own else ():
        weekends = weekend_columns(sheet) if rule.of == "weekends" else {}
        sums = {at: _burden(sheet, rule, at, weekends) for at in own}
        yield from _deviating(sheet, rule, sums) if rule.by == "deviation" else _spreading(sheet, rule, sums)


def _spreading(sheet: Sheet, rule: FairRule, sums: Mapping[int, Sum]) -> Iterator[Row]:
    whole = rule.of != "hours"
    high = sheet.column(f"{rule.of} at most", upper=MOST_BURDEN, cost=rule.cost, integer=whole)
    for each in sums.values():
        yield Row([*each.terms, (high, -1.0)], high=-each.constant)
    if rule.by == "spread":
        low = sheet.column(f"{rule.of} at least", upper=MOST_BURDEN, cost=-rule.cost, integer=whole)
        for each in sums.values():
            yield Row([*each.terms, (low, -1.0)], low=-each.constant)


def _deviating(sheet: Sheet, rule: FairRule, sums: Mapping[int, Sum]) -> Iterator[Row]:
    for at, each in sums.items():
        target = fair_target(sheet.problem, rule, sheet.problem.members[at]) - each.constant
        off = sheet.column(f"{rule.of} off", upper=MOST_BURDEN, cost=rule.cost, integer=False)
        yield Row([*each.terms, (off, -1.0)], high=target)
        yield Row([*each.terms, (off, 1.0)], low=target)


def _burden(
    sheet: Sheet, rule: FairRule, at: int, weekends: Mapping[tuple[int, tuple[int, ...]], int]
) -> Sum:  # fmt: skip
    problem = sheet.problem
    constant, days = before(rule, problem.members[at]), range(problem.days)
    if rule.of == "weekends":
        return Sum(constant, tuple((column, 1.0) for (who, _), column in weekends.items() if who == at))
    if rule.of == "wishes":
        return _unmet(sheet, constant, [wish for wish in problem.wishes if wish.member == at])
    if rule.of == "hours":
        return Sum(constant, tuple((column, weight / 60.0) for column, weight in minutes_of(sheet, at, days)))
    if rule.of == "nights":
        return Sum(constant, tuple(nights_of(sheet, at, days)))
    return Sum(constant, tuple(sheet.ones(sheet.kind[at])))


def _unmet(sheet: Sheet, constant: float, mine: list[Wished]) -> Sum:
    terms: list[Weighted] = []
    for wish in mine:
        met = works(sheet, wish.member, wish.day, wish.shift)
        constant += 1.0 if wish.work else 0.0
        terms += [(column, -1.0 if wish.work else 1.0) for column, _ in met]
    return Sum(constant, tuple(terms))


def price_duties(sheet: Sheet) -> None:
    """Pay by the hour, bank and agency, and duties away from home, as prices of the duties themselves."""
    problem = sheet.problem
    for at, member in enumerate(problem.members):
        for number, slot in enumerate(problem.slots):
            if sheet.duty[at, number] != ABSENT:
                away = problem.rules.float_cost if slot.unit != member.unit else 0.0
                sheet.price(int(sheet.duty[at, number]), member.pay * slot.paid / 60.0 + member.price + away)
