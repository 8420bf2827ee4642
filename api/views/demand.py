"""How much of each forecast series a plan is for, in all and by patient group, beside the beds it has for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.views.fan import Planned
from optimizer.histories import named_histories
from optimizer.scenario.model import Scenario
from optimizer.scenario.places import Unit

WHOLE_WITHIN: Final = 0.01
"""Shares that sum to one within this much are a whole series."""

MOST_NAMED: Final = 4
"""So many groups are named, the others counted."""


def planned_parts(scenario: Scenario) -> tuple[Planned, ...]:
    """The part of each series that all its groups make up, in the order in which `forecast.json` keeps the series."""
    histories, rows = named_histories(scenario)
    return tuple(
        _part(scenario, [name for name, row in rows.items() if row == at], unnamed=history.column is None)
        for at, history in enumerate(histories)
    )


def group_parts(scenario: Scenario) -> Iterator[tuple[int, Planned]]:
    """Each patient group's own part, with the number of the series it is of; by the wards that are its home."""
    for name, row in named_histories(scenario)[1].items():
        part = _part(scenario, [name])
        homes = " ".join(_homes(scenario, {name}))
        yield row, replace(part, name=f"{name} ({homes})" if homes else name)


def _part(scenario: Scenario, groups: Sequence[str], *, unnamed: bool = False) -> Planned:
    """What some groups make up of their series; beds where they alone are at home in them, and present is counted.

    A series without a name of its own is called by its groups.
    """
    demands = [demand for name in groups if (demand := scenario.patients[name].demand) is not None]
    share = _whole(sum(each.share * (1.0 + each.uplift) for each in demands))
    counted = _whole(sum(each.share for each in demands))
    homes = _homes(scenario, set(groups))
    alone = all(set(unit.cares_for) <= set(groups) for unit in homes.values())
    own = bool(homes) and alone and all(each.measures == "census" for each in demands)
    more = f" +{len(groups) - MOST_NAMED}" if len(groups) > MOST_NAMED else ""
    name = ", ".join(groups[:MOST_NAMED]) + more if unnamed else ""
    return Planned(share, float(sum(unit.beds for unit in homes.values())) if own else None, name, counted)


def _whole(share: float) -> float:
    return 1.0 if abs(share - 1.0) <= WHOLE_WITHIN else share


def _homes(scenario: Scenario, groups: set[str]) -> Mapping[str, Unit]:
    return {name: unit for name, unit in scenario.units.items() if groups & set(unit.cares_for)}
