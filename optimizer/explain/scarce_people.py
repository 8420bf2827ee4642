"""Scarce people: on duty, in teams sent elsewhere, in contracts, in what overtime, bank and agency may give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from optimizer.capacity.cover_rules import cover_is_met
from optimizer.capacity.layout import Working
from optimizer.capacity.terms import Rows
from optimizer.expansion.pay import cost_per_duty
from optimizer.explain.scene import Found, Resource, Scene
from optimizer.explain.worth import Relief
from optimizer.program import Floats, Ints, ProgramBuilder

Cell = tuple[int, ...]
"""Staff group, unit, duty type and day, by number."""


def duties(scene: Scene) -> Found:
    """Somebody on duty for a shift; another costs what the cheapest contract that may still be booked costs."""
    case, grid, reliefs = scene.case, scene.case.grid, _cover_reliefs(scene)
    for unit, staff in sorted(case.wanted):
        prices = _duty_prices(scene, unit, staff)
        for duty, day in np.argwhere(grid.allowed[:, : grid.committed_days]).tolist():
            relief = reliefs.get((staff, unit, duty, day))
            if relief is not None:
                price = float(prices[duty, day]) if np.isfinite(prices[duty, day]) else None
                shift = grid.duties[duty].name
                yield Resource("duties", case.units[unit], case.staff[staff], day, shift, relief, price)


def _cover_reliefs(scene: Scene) -> dict[Cell, Relief]:
    """By how much one more person on each duty eases the rows of cover.

    The rule of cover itself is asked: run once more with one free person on every duty, behind the plan's columns.
    """
    case, built, grid = scene.case, scene.built, scene.case.grid
    builder, plan = ProgramBuilder(), len(built.program.cost)
    builder.add_columns("plan", (plan,), upper=1.0)
    shape = len(case.staff), len(case.units), len(grid.duties), grid.days
    free = builder.add_columns("more", shape, upper=1.0)
    whole, nothing = np.ones((shape[2], 1)), np.zeros((shape[2], 1))
    more = [Working(at, "agency", (), free[at], free[at][..., None], whole, nothing) for at in range(shape[0])]
    staff = replace(built.layout.staff, working=(*built.layout.staff.working, *more))
    cover_is_met(Rows(case, replace(built.layout, staff=staff), builder))
    again = builder.build()
    first = next((block.start for block in built.program.rows if block.name == "cover is met"), 0)
    rows = np.repeat(np.arange(len(again.row_lower)), np.diff(again.indptr)) + first
    ours = again.indices >= plan
    return _by_cell(again.indices[ours] - plan, shape, rows[ours].astype(np.int32), -again.data[ours])


def _by_cell(numbers: Ints, shape: Cell, rows: Ints, by: Floats) -> dict[Cell, Relief]:
    """Entries (z,) gathered by the cell whose number they carry."""
    order = np.argsort(numbers, kind="stable")
    cuts = np.flatnonzero(np.diff(numbers[order])) + 1
    parts = [part for part in np.split(order, cuts) if len(part)]
    cells = [tuple(int(at) for at in np.unravel_index(numbers[part[0]], shape)) for part in parts]
    return {cell: Relief(rows[part], by[part]) for cell, part in zip(cells, parts, strict=True)}


def _duty_prices(scene: Scene, unit: int, staff: int) -> Floats:
    """(S, D) currency of one more duty on the cheapest contract that may still be booked; infinite where none may."""
    case, grid = scene.case, scene.case.grid
    prices = np.full((len(grid.duties), grid.days), np.inf)
    starts = np.array([[grid.duty_start(duty, day) for day in range(grid.days)] for duty in range(len(grid.duties))])
    group = case.group_of(staff)
    for contract in case.contracts(staff):
        terms = group.temporary(contract)
        if terms is not None and case.may_be_booked(staff, contract, unit):
            late = starts < terms.notice / timedelta(minutes=1)
            prices = np.minimum(prices, np.where(late, np.inf, cost_per_duty(group, case.pay[staff], contract)))
    return prices


def pools(scene: Scene) -> Found:
    """Somebody in a team that nobody needs at its own home, there to be sent elsewhere for a shift."""
    case, grid, staff = scene.case, scene.case.grid, scene.built.layout.staff
    for home, group in sorted({(flow.home, flow.staff) for flow in staff.flows} - case.wanted):
        flows = [at for at, flow in enumerate(staff.flows) if (flow.home, flow.staff) == (home, group)]
        for duty, day in np.argwhere(grid.allowed[:, : grid.committed_days]).tolist():
            relief = scene.relief(staff.away[flows, duty, day], "away only when working")
            if relief:
                yield Resource("duties", case.units[home], case.staff[group], day, grid.duties[duty].name, relief)


def contracts(scene: Scene) -> Found:
    """One person's contracted hours of a week more in a team, net of headroom; their price is that week's pay."""
    case = scene.case
    for block in scene.built.layout.staff.working:
        group = case.group_of(block.staff)
        for unit, name in enumerate(case.units) if block.contract == "own" else ():
            for week in scene.weeks if case.heads(block.staff, unit) is not None else ():
                rows = scene.rows(block.duty[unit, :, week], "contract hours are kept")
                if len(rows):
                    # Lines of days reach into the next week's row as well: the week's own has most of them.
                    paid = group.hours_per_week * (week.stop - week.start) / 7
                    row = np.array([np.bincount(rows).argmax()], dtype=np.int32)
                    relief = Relief(row, np.full(1, paid * group.worked_share))
                    price = None if group.pay_per_hour is None else paid * group.pay_per_hour
                    yield Resource("contracts", name, case.staff[block.staff], week.start, "", relief, price)


LIMITS: Final = ("temporary shifts are limited", "temporary hours are limited")


def temporary(scene: Scene) -> Found:
    """A shift, or an hour, more that overtime, bank or agency may give in a week or over the horizon."""
    for block in scene.built.layout.staff.working:
        who = scene.case.staff[block.staff]
        for name in LIMITS:
            measure = name.split()[1]
            weekly = [set(scene.rows(block.starts[:, :, week], name).tolist()) for week in scene.weeks]
            for first, rows in _limits_by_span(weekly, scene.weeks):
                relief = Relief(np.array(sorted(rows), dtype=np.int32), np.ones(len(rows)))
                yield Resource(f"{block.contract} {measure}", "", who, first, "", relief)


def _limits_by_span(weekly: list[set[int]], weeks: list[slice]) -> Iterator[tuple[int, set[int]]]:
    """The limits of each week (its first day), and those that hold over the horizon (-1)."""
    always = set.intersection(*weekly) if len(weekly) > 1 else set()
    if always:
        yield -1, always
    for week, rows in zip(weeks, weekly, strict=True):
        if rows - always:
            yield week.start, rows - always
