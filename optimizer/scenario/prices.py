"""Prices of shortfalls: every soft need has one, or the scenario a service level, and never both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from optimizer.scenario.faults import Problem

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

Path = tuple[str | int, ...]
INSTEAD = "or the scenario a service_level"
BY_GOALS = "for other shortfalls have a price; goals go without any, or weigh by all"


def service_level_or_prices(scenario: Scenario) -> Iterator[Problem]:
    """Both count the risk twice; neither leaves the program nothing to weigh a shortfall by."""
    for path, price, needed, alternatives in _prices(scenario):
        if scenario.service_level is not None and price is not None:
            message = "a shortfall price and a service_level count the risk twice"
            yield Problem((*path,), message, "keep one: drop this price, or drop service_level")
        elif scenario.service_level is None and price is None and needed and not _goals_instead(scenario):
            yield Problem(path[:-1], f"needs {path[-1]}, {BY_GOALS if scenario.solve.by_goals else alternatives}")


def has_shortfall_prices(scenario: Scenario) -> bool:
    """Whether any shortfall has a price, waiting requests included."""
    serving = [device.serving for device in scenario.devices.values() if device.serving is not None]
    waiting = any(each.backlog_cost_per_day or each.final_backlog_cost for each in serving)
    return waiting or any(price is not None for _, price, _, _ in _prices(scenario))


def _goals_instead(scenario: Scenario) -> bool:
    """Goals need no prices; but where some are given, they weigh one shortfall against another, so all must be."""
    return scenario.solve.by_goals and not has_shortfall_prices(scenario)


def _prices(scenario: Scenario) -> Iterator[tuple[Path, float | None, bool, str]]:
    """Every place of a shortfall price: the path, the price there, whether one is needed, what may stand instead."""
    for name, group in scenario.patients.items():
        yield ("patients", name, "boarding_cost_per_day"), group.boarding_cost_per_day, True, INSTEAD
    for name, unit in scenario.units.items():
        if unit.overflow is not None:
            yield ("units", name, "overflow", "cost_per_bed_day"), unit.overflow.cost_per_bed_day, True, INSTEAD
    for name, staff in scenario.staff.items():
        yield ("staff", name, "short_cost_per_hour"), staff.short_cost_per_hour, False, ""
    for at, cover in enumerate(scenario.cover):
        priced = scenario.staff.get(cover.staff)
        needed = not cover.hard and priced is not None and priced.short_cost_per_hour is None
        yield ("cover", at, "short_cost_per_hour"), cover.short_cost_per_hour, needed, f"hard: true, {INSTEAD}"
    for name, device in scenario.devices.items():
        needed = device.serving is None and not device.hard
        yield ("devices", name, "short_cost_per_day"), device.short_cost_per_day, needed, f"hard: true, {INSTEAD}"
