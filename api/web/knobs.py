"""Knobs: the figures of a scenario that a what-if in the page may change, each with the paths it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.web.languages import later as _

Change = tuple[str, float]
Scenario = Mapping[str, Any]

BEDS: Final = _("Beds")
DEMAND: Final = _("Demand, per cent more (or fewer) patients")
STAFF: Final = _("People employed")
TEMPORARY: Final = _("Most overtime, bank and agency a week")
PRICES: Final = _("Prices")

LIMITS: Final[Mapping[str, str]] = {"shifts_per_week": _("shifts"), "hours_per_week": _("hours")}


@dataclass(frozen=True, slots=True)
class Knob:
    """A figure: the `group` and `label` it stands under, what `shown` now, and the paths that change with it.

    `per` is what one of the figure shown is in the scenario (0.01 where it is shown in per cent); `note` says more.
    """

    group: str
    label: str
    shown: float
    paths: tuple[str, ...]
    note: str = ""
    per: float = 1.0
    whole: bool = False

    @property
    def field(self) -> str:
        """The name of its field in a form."""
        return f"knob {self.paths[0]}" if len(self.paths) == 1 else f"knobs {self.group}"

    def changes(self, value: float) -> Iterator[Change]:
        """What lays a new figure on the scenario."""
        laid = round(value * self.per, 9)
        for path in self.paths:
            yield path, int(laid) if self.whole and float(laid).is_integer() else laid


def knobs(scenario: Scenario) -> Iterator[Knob]:
    """Every knob of a scenario as it was planned."""
    yield from _beds(scenario)
    yield from _demand(scenario)
    yield from _people(scenario)
    yield from _temporary(scenario)
    yield from _prices(scenario)


def _beds(scenario: Scenario) -> Iterator[Knob]:
    for unit, terms in _parts(scenario, "units"):
        if "beds" in terms and (terms["beds"] or "escalation" in terms):
            name = str(terms.get("name") or "")
            yield Knob(BEDS, unit, float(terms["beds"]), (f"units.{unit}.beds",), name, whole=True)


def _demand(scenario: Scenario) -> Iterator[Knob]:
    groups = [(name, group["demand"]) for name, group in _parts(scenario, "patients") if group.get("demand")]
    uplifts = {float(demand.get("uplift", 0.0)) for _, demand in groups}
    paths = tuple(f"patients.{name}.demand.uplift" for name, _ in groups)
    if len(paths) > 1 and len(uplifts) == 1:
        yield Knob(DEMAND, _("all patient groups"), 100 * uplifts.pop(), paths, "%", 0.01)
    for name, demand in groups:
        shown = round(100 * float(demand.get("uplift", 0.0)), 6)
        yield Knob(DEMAND, name, shown, (f"patients.{name}.demand.uplift",), "%", 0.01)


def _people(scenario: Scenario) -> Iterator[Knob]:
    for name, group in _parts(scenario, "staff"):
        own = group.get("own")
        if isinstance(own, int | float) and not isinstance(own, bool):
            yield Knob(STAFF, name, float(own), (f"staff.{name}.own",))
        for unit, team in own.items() if isinstance(own, dict) else ():
            path = f"staff.{name}.own.{unit}"
            if isinstance(team, int | float):
                yield Knob(STAFF, f"{name} {unit}", float(team), (path,))
            elif isinstance(team, dict) and "people" in team:
                yield Knob(STAFF, f"{name} {unit}", float(team["people"]), (f"{path}.people",))


def _temporary(scenario: Scenario) -> Iterator[Knob]:
    for name, group in _parts(scenario, "staff"):
        for contract in ("overtime", "bank", "agency"):
            terms = group.get(contract) or {}
            for limit, words in LIMITS.items():
                if limit in terms:
                    path = f"staff.{name}.{contract}.{limit}"
                    yield Knob(TEMPORARY, f"{name} {contract}", float(terms[limit]), (path,), words)


def _prices(scenario: Scenario) -> Iterator[Knob]:
    for name, group in _parts(scenario, "staff"):
        yield from _price(group, f"staff.{name}", name, {"pay_per_hour": _("pay an hour")})
        for contract in ("overtime", "bank", "agency"):
            paid = {"multiplier": _("times the hourly pay")}
            yield from _price(group.get(contract) or {}, f"staff.{name}.{contract}", f"{name} {contract}", paid)
        yield from _price(group, f"staff.{name}", name, {"short_cost_per_hour": _("an hour short")})
    for name, unit in _parts(scenario, "units"):
        opened = {"cost_per_bed_day": _("an escalation bed, a day")}
        yield from _price(unit.get("escalation") or {}, f"units.{name}.escalation", name, opened)
    for name, group in _parts(scenario, "patients"):
        waits = {"boarding_cost_per_day": _("a day boarded"), "outlier_cost_per_day": _("a day as an outlier")}
        yield from _price(group, f"patients.{name}", name, waits)


def _price(terms: Mapping[str, Any], path: str, label: str, keys: Mapping[str, str]) -> Iterator[Knob]:
    for key, words in keys.items():
        value = terms.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Knob(PRICES, label, float(value), (f"{path}.{key}",), words)


def _parts(scenario: Scenario, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = scenario.get(key)
    for name, terms in found.items() if isinstance(found, dict) else ():
        if isinstance(terms, dict):
            yield str(name), terms
