"""Rules about cover: everybody on duty, and everybody short, against people needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.capacity.patients import first_home_of_known_total
from optimizer.capacity.terms import Rows, present_staff, working_in_intervals
from optimizer.expansion.case import Case
from optimizer.expansion.needs import Need
from optimizer.program import ABSENT, Bools, Floats, Term

CUT_SLACK: Final = 1e-3
"""A need this close to a whole number gives no cut worth its row, and a numerically weak one."""


def cover_is_met(rows: Rows) -> None:
    """On duty + short >= people needed, in every interval, for every need."""
    case = rows.case
    duties, days = working_in_intervals(case)
    on_duty = {role: present_staff(case, rows.layout.staff, role).gather(duties, days) for role in _roles(rows)}
    for role in _roles(rows):
        numbers = [at for at, need in enumerate(case.needs) if need.staff == role and need.rule != "skill mix"]
        if numbers:
            _add_cover(rows, numbers, on_duty[role])
    for at, need in enumerate(case.needs):
        if need.rule == "skill mix":
            _add_skill_mix(rows, at, need, on_duty)


def needs_round_up(rows: Rows) -> None:
    """People needed under a ratio are whole: at least patients / ratio."""
    case = rows.case
    numbers = [at for at, need in enumerate(case.needs) if need.rounded]
    if numbers:
        asked = np.array([case.needs[at].asked for at in numbers])
        forgiven = np.array([case.needs[at].forgiven for at in numbers])
        patients, constant = patient_terms(rows, [case.needs[at] for at in numbers], -1.0)
        whole, least = Term(rows.layout.staff.needed[numbers]), -constant - forgiven[:, None]
        add_where(rows, "needs round up", asked, [whole, *patients], lower=least)
        _round_up(rows, asked, whole, patients, least)


def _roles(rows: Rows) -> list[int]:
    """Staff groups that any need names."""
    named = {need.staff for need in rows.case.needs}
    return sorted(named | {group for need in rows.case.needs for group in need.of})


def _add_cover(rows: Rows, numbers: list[int], on_duty: Term) -> None:
    case, staff = rows.case, rows.layout.staff
    needs = [case.needs[at] for at in numbers]
    units = [need.unit for need in needs]
    short = np.array(
        [np.full(len(case.grid.period), ABSENT) if n.hard else staff.short[n.unit, n.staff] for n in needs]
    )
    there = Term(on_duty.columns[units], np.asarray(on_duty.coefficient)[units])
    patients, constant = patient_terms(
        rows, [_without_patients(need) if need.rounded else need for need in needs], -1.0
    )
    lacking = [Term(short.astype(np.int32)), *patients]
    opened = np.array([rows.layout.beds.unit_open[unit][case.grid.day_of_interval] for unit in units])
    besides = [Term(staff.needed[numbers], -1.0), Term(opened, -np.array([need.least_if_open for need in needs]))]
    least = np.array([need.least - staff_on_before(rows, need.staff, need.unit) for need in needs]) - constant
    asked = np.array([need.asked for need in needs])
    add_where(rows, "cover is met", asked, [there, *lacking, *besides], lower=least)
    _add_whole_people_cut(rows, needs, asked, there, lacking, least)


def _add_whole_people_cut(
    rows: Rows, needs: list[Need], asked: Bools, there: Term, lacking: list[Term], least: Floats
) -> None:
    """Whole people can't meet 5.4 with 5.4. Only where everybody on duty counts as one whole person."""
    weights = np.where(there.columns == ABSENT, 1.0, np.abs(np.asarray(there.coefficient)))
    plain = np.array([not need.rounded and not need.least_if_open.any() for need in needs])[:, None]
    _round_up(rows, asked & plain & (weights == 1.0).all(axis=-1), there, lacking, least)


def _round_up(rows: Rows, where: Bools, whole: Term, besides: list[Term], least: Floats) -> None:
    """whole + besides >= 5.4 becomes whole + besides / .4 >= 6, where `whole` counts whole people.

    Implied by the row and by whole numbers (mixed-integer rounding; Nemhauser and Wolsey 1990), but not by the linear
    relaxation, whose bound it lifts.
    """
    part = least - np.floor(least + CUT_SLACK)
    inside = rows.case.grid.day_of_interval < rows.case.grid.committed_days
    where = where & inside & (part > CUT_SLACK) & (part < 1 - CUT_SLACK)
    if rows.case.scenario.whole and where.any():
        scale = 1.0 / np.where(where, part, 1.0)
        helped = [Term(term.columns, np.maximum(_like(term), 0.0) * _spread(scale, term)) for term in besides]
        add_where(rows, "whole people", where, [whole, *helped], lower=np.ceil(least - CUT_SLACK))


def _like(term: Term) -> Floats:
    coefficient = np.asarray(term.coefficient, dtype=np.float64)
    return np.broadcast_to(
        coefficient[..., None] if 0 < coefficient.ndim < term.columns.ndim else coefficient, term.columns.shape
    )


def _spread(scale: Floats, term: Term) -> Floats:
    return scale[..., None] if term.columns.ndim > scale.ndim else scale


def _without_patients(need: Need) -> Need:
    """The need as a rule that asks nothing of patients: its rounded part stands in `needed` already."""
    return replace(need, per_patient=np.zeros_like(need.per_patient))


def _add_skill_mix(rows: Rows, number: int, need: Need, on_duty: dict[int, Term]) -> None:
    """On duty of the group + short >= share x everybody on duty of the groups named."""
    terms = [Term(on_duty[need.staff].columns[need.unit], np.asarray(on_duty[need.staff].coefficient)[need.unit])]
    if not need.hard:
        terms.append(Term(rows.layout.staff.short[need.unit, need.staff]))
    constant = staff_on_before(rows, need.staff, need.unit)
    for group in need.of:
        coefficient = np.asarray(on_duty[group].coefficient)[need.unit] * -need.share
        terms.append(Term(on_duty[group].columns[need.unit], coefficient))
        constant = constant - need.share * staff_on_before(rows, group, need.unit)
    add_where(rows, "cover is met", need.asked, terms, lower=-constant)


def staff_on_before(rows: Rows, group: int, unit: int) -> Floats:
    """(T,) people of a group at a unit from duties that began before the horizon."""
    case = rows.case
    there = np.zeros(len(case.grid.period))
    names = [duty.name for duty in case.grid.duties]
    for duty in case.scenario.today.on_duty:
        if duty.staff == case.staff[group] and duty.unit == case.units[unit]:
            there += duty.people * case.grid.covers_before[names.index(duty.shift)]
    return there


def patient_terms(rows: Rows, needs: list[Need], sign: float) -> tuple[list[Term], Floats]:
    """(N, T, W) people needed for patients at each need's unit, boarded ones its team looks after among them.

    Where a group's total is known, those at its first home are written as the total less those elsewhere; the second
    value (N, T) is that constant. It says the same, but leaves rounding cuts nothing loose to lean on.
    """
    case, p = rows.case, rows.layout.patients
    homes = first_home_of_known_total(case)
    counted = [_who_counts(case, homes, need.unit) for need in needs]
    width = max((len(each) for each in counted), default=0)
    places = np.concatenate((p.present, p.waiting[:, None]), axis=1)[:, :, case.grid.period]
    columns = np.full((len(needs), len(case.grid.period), width), ABSENT, dtype=np.int32)
    weights = np.zeros(columns.shape)
    constant = np.zeros(columns.shape[:2])
    for at, (need, each) in enumerate(zip(needs, counted, strict=True)):
        people = need.per_patient * case.factors * sign
        for cell, (group, place, share) in enumerate(each):
            columns[at, :, cell], weights[at, :, cell] = places[group, place], people[group] * share
        here = homes == need.unit
        constant[at] = (people[here] * case.census[here][:, case.grid.period]).sum(axis=0)
    return [Term(columns, weights)], constant


def _who_counts(case: Case, homes: NDArray[np.int64], unit: int) -> list[tuple[int, int, float]]:
    """(group, unit or U for the holding area, +1 or -1) of all patients the unit's need hangs on."""
    found: list[tuple[int, int, float]] = []
    for group in range(len(case.groups)):
        at_home = homes[group] == unit
        if at_home:
            found.extend((group, int(other), -1.0) for other in np.flatnonzero(case.can_care[group]) if other != unit)
        elif case.can_care[group, unit]:
            found.append((group, unit, 1.0))
        share = float(case.holding[group] == unit and case.scenario.boarded_need_care) - float(at_home)
        if share:
            found.append((group, len(case.units), share))
    return found


def add_where(
    rows: Rows, name: str, where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], terms: list[Term], *, lower: object
) -> None:
    """Rows only where `where` holds."""
    picked = [Term(term.columns[where], _like(term)[where]) for term in terms]
    bound = np.broadcast_to(np.asarray(lower, dtype=np.float64), where.shape)[where]
    rows.builder.add_rows(name, (int(where.sum()),), picked, lower=bound)
