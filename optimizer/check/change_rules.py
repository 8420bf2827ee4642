"""Changes against the published plan recounted: what differs is told, there are few of them, locked days have none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.check.findings import Broken, Label, above, differ
from optimizer.check.recount import Recount
from optimizer.expansion.grid import Floats
from optimizer.expansion.published import Told
from optimizer.scenario.staff import CONTRACTS


def changes_are_counted(recount: Recount) -> Iterator[Broken]:
    """Where a change has a price, or is a goal, every difference from the published plan is told."""
    told, plan = recount.case.told, recount.plan
    if told is not None:
        text = "{left} off the published plan, {right} counted"
        yield from above(_people_off(recount, told), plan.changes, _shift_label(recount), text)
        yield from above(_bays_off(recount, told), plan.bay_changes, _bay_label(recount), text)
        yield from above(_cases_off(recount, told), plan.case_changes, _case_label(recount), text)


def changes_are_few(recount: Recount) -> Iterator[Broken]:
    """Changes that have a price are at most as many as the published plan allows."""
    told = recount.case.told
    if told is not None and told.terms.most_changes is not None:
        found = sum(float(off(recount, told).sum()) for off in (_people_off, _bays_off, _cases_off))
        most = float(told.terms.most_changes)
        yield from above(np.array([found]), np.array([most]), lambda _: "", "{left} changes > {right} allowed")


def what_is_locked_is_as_published(recount: Recount) -> Iterator[Broken]:
    """On locked days bays and elective cases are as published; people are held by their own rule."""
    told, plan = recount.case.told, recount.plan
    if told is None:
        return
    text = "{left} where nothing may be changed, {right} published"
    if told.bays is not None:
        yield from differ(plan.open * told.locked, told.bays * told.locked, _bay_label(recount), text)
    if told.cases is not None:
        yield from differ(plan.treated * told.locked, told.cases * told.locked, _case_label(recount), text)


def _people_off(recount: Recount, told: Told) -> Floats:
    """(U, G, C, S, D) people more or fewer than told."""
    off = np.zeros(told.people.shape)
    if told.counts_shifts:
        off = np.abs(np.moveaxis(recount.heads, 2, 0) - told.people) * recount.case.grid.allowed * told.days
    return np.asarray(off * told.counted[:, None, None])


def _bays_off(recount: Recount, told: Told) -> Floats:
    """(B, D) bays open or shut otherwise than told."""
    if told.bays is None or not told.counts_bays:
        return np.zeros(recount.plan.open.shape)
    return np.abs(recount.plan.open - told.bays) * told.days


def _cases_off(recount: Recount, told: Told) -> Floats:
    """(K, D, D) cases not done on the day told."""
    if told.cases is None or not told.counts_cases:
        return np.zeros(recount.plan.treated.shape)
    return np.maximum(told.cases - recount.plan.treated, 0.0)


def _shift_label(recount: Recount) -> Label:
    names, case = recount.plan.names, recount.case
    return lambda u, g, c, s, d: (
        f"{case.units[u]} {case.staff[g]} {CONTRACTS[c]} {case.grid.duties[s].name} {names.day(d)}"
    )


def _bay_label(recount: Recount) -> Label:
    plan = recount.plan
    return lambda at, day: f"{plan.case.units[plan.bays[at].unit]} bay {plan.bays[at].number + 1} {plan.names.day(day)}"


def _case_label(recount: Recount) -> Label:
    names, case = recount.plan.names, recount.case
    return lambda k, booked, done: f"{case.groups[k]} booked {names.day(booked)} for {names.day(done)}"
