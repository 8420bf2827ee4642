"""Solving again with one more of something: the whole program where it is small, else all that lies near it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Final

import numpy as np

from optimizer.explain.prices import Prices
from optimizer.explain.scene import Resource, Scene
from optimizer.explain.side_by_side import side_by_side
from optimizer.explain.worth import Resolved, resolved
from optimizer.program import ABSENT, Bools, Ints, Program
from optimizer.solution import Limits, Solution
from optimizer.solvers import solve

SMALL: Final = 1_000
"""Up to so many whole numbers a program is solved again as a whole."""

DAYS: Final = 1
"""Else whole numbers of the same unit up to so many days off may change, and all that is no whole number."""

PROVEN: Final = 1e-6
"""A least cost counts as proven when this part of it is open: less than a unit of currency in a hospital's."""

NEAR: Final = "solved again near the plan: only that unit may change, the day before to the day after"

Told = Callable[[Resource], None]


def solved_again(prices: Prices, places: Sequence[int], *, seconds: float, told: Told | None = None) -> Prices:
    """The prices with some places solved again with one more, for up to `seconds` each with and without it."""
    scene = prices.scene
    limits = Limits(time_limit=seconds, gap=PROVEN, threads=1, hint=scene.values)
    small = int(scene.built.program.integer.sum()) <= SMALL
    whole = solve(scene.built.program, limits=limits) if small and places else None

    def again(place: int, cancel: Event) -> Resolved:
        thing = prices.things[place]
        if told is not None:
            told(thing)
        return _resolved(scene, thing, limits, whole, cancel)

    found = side_by_side([partial(again, place) for place in places])
    return replace(prices, again={**prices.again, **dict(zip(places, found, strict=True))})


def _resolved(scene: Scene, thing: Resource, limits: Limits, whole: Solution | None, cancel: Event) -> Resolved:
    """By the whole program where that was solved without the thing, else by what lies near it."""
    if whole is not None:
        return resolved(scene.built.program, thing.relief, limits, whole, cancel)
    near = _fixed_but(scene, near_columns(scene, thing))
    found = resolved(near, thing.relief, limits, solve(near, limits=limits, cancel=cancel), cancel)
    return replace(found, reason="; ".join(each for each in (NEAR, found.reason) if each))


def can_be_solved_again(scene: Scene, thing: Resource) -> bool:
    """Whether the program is small, or the thing has a place near which the plan may change."""
    return int(scene.built.program.integer.sum()) <= SMALL or thing.unit in scene.case.units


def _fixed_but(scene: Scene, free: Bools) -> Program:
    """The program with every whole column kept at the plan's value, but for those free (n,)."""
    program, plan = scene.built.program, np.round(scene.values)
    fixed = program.integer & ~free
    return replace(program, lower=np.where(fixed, plan, program.lower), upper=np.where(fixed, plan, program.upper))


def near_columns(scene: Scene, thing: Resource) -> Bools:
    """(n,) columns of the thing's unit a few days either way, duties away from it and to it, and all bays."""
    free = np.zeros(len(scene.values), dtype=np.bool_)
    for columns in _near(scene, thing):
        free[columns[columns != ABSENT]] = True
    return free


def _near(scene: Scene, thing: Resource) -> Iterator[Ints]:
    case, layout = scene.case, scene.built.layout
    last = thing.day + 6 if thing.kind == "contracts" else thing.day
    days = slice(max(0, thing.day - DAYS), last + DAYS + 1)
    at = np.isin(case.grid.day_of_interval, np.arange(case.grid.days)[days])
    units = [number for number, name in enumerate(case.units) if name == thing.unit]
    yield layout.beds.open[:, days]
    for unit in units:
        yield from (block.starts[unit, :, days] for block in layout.staff.working)
        yield from (layout.staff.needed[number, at] for number, need in enumerate(case.needs) if need.unit == unit)
        flows = [number for number, flow in enumerate(layout.staff.flows) if unit in (flow.home, flow.unit)]
        yield layout.staff.away[flows, :, days]
    for kind, name in enumerate(case.scenario.devices):
        if name == thing.who:
            yield from _near_devices(scene, kind, days)


def _near_devices(scene: Scene, kind: int, days: slice) -> Iterator[Ints]:
    """Where devices of a kind are and go, everywhere."""
    per_day = scene.case.grid.periods_per_day
    periods = slice(days.start * per_day, days.stop * per_day)
    devices = scene.built.layout.devices
    for block in (devices.held, devices.sent, devices.returned, devices.shipped, devices.rented):
        yield block[kind, ..., periods]
