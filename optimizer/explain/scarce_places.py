"""Scarce beds, devices, slots and money: where one more of each stands in the program."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from optimizer.explain.scene import Found, Resource, Scene
from optimizer.explain.worth import Relief


def beds(scene: Scene) -> Found:
    """A bed open for a day; another costs what the unit's cheapest closed bay costs, by the bed."""
    case, present = scene.case, scene.built.layout.patients.present
    for unit, name in enumerate(case.units):
        for day in range(case.grid.committed_days):
            relief = scene.relief(present[:, unit, scene.periods(day)], "patients fit open beds")
            if relief:
                yield Resource("beds", name, "", day, "", relief, _bay_price(scene, unit, day))


def _bay_price(scene: Scene, unit: int, day: int) -> float | None:
    """Currency a bed-day in the cheapest bay that is shut that day and whose notice has not passed."""
    layout = scene.built.layout.beds
    shut = [
        bay.terms.bay_day_cost(bay.number) / bay.beds
        for at, bay in enumerate(layout.bays)
        if bay.unit == unit and scene.values[layout.open[at, day]] < 0.5 and day >= bay.terms.notice / timedelta(days=1)
    ]
    return min(shut, default=None)


def devices(scene: Scene) -> Found:
    """A device at a unit for a day; another costs its rent."""
    case, held = scene.case, scene.built.layout.devices.held
    for kind, (name, terms) in enumerate(case.scenario.devices.items()):
        for unit in range(len(case.units)):
            for day in range(case.grid.committed_days):
                relief = scene.relief(held[kind, unit, scene.periods(day)], "patients have their devices", -1.0)
                if relief:
                    rent = terms.rent if terms.rent and day >= terms.rent.notice / timedelta(days=1) else None
                    price = rent.cost_per_day if rent else None
                    yield Resource("devices", case.units[unit], name, day, "", relief, price)


def slots(scene: Scene) -> Found:
    """A slot of a device that serves; another costs what an extra slot costs."""
    case, served = scene.case, scene.built.layout.devices.served
    for kind, (name, terms) in enumerate(case.scenario.devices.items()):
        if terms.serving is not None:
            price = terms.serving.extra_slot_cost if terms.serving.extra_slots_per_day else None
            for day in range(case.grid.committed_days):
                relief = scene.relief(served[kind, :, scene.periods(day)], "slots are enough")
                if relief:
                    yield Resource("slots", "", name, day, "", relief, price)


def transfers(scene: Scene) -> Found:
    """A patient more whom a site may send to another in a day."""
    case, patients = scene.case, scene.built.layout.patients
    for site, name in enumerate(case.sites):
        routes = [
            at
            for at, route in enumerate(patients.routes)
            if route.between_sites
            and (case.site_of_group[route.group] if route.origin < 0 else case.site_of_unit[route.origin]) == site
        ]
        for day in range(case.grid.committed_days if routes else 0):
            relief = scene.relief(patients.moved[routes, scene.periods(day)], "transfers stay within limits")
            if relief:
                yield Resource("transfers", name, "", day, "", relief)


def budget(scene: Scene) -> Found:
    """One unit of currency more to spend."""
    for block in scene.built.program.rows:
        if block.name == "budget is kept":
            yield Resource("budget", "", "", -1, "", Relief(np.array([block.start], dtype=np.int32), np.ones(1)), 1.0)
