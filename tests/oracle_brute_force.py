"""The least cost of a tiny hospital by trying everything: every bay, every bed, every roster of every person.

It reads a scenario's plain data and shares nothing with the product, not even the expansion. The family: one nurse
group paid by the shift, day and night shifts of 12 hours, whole patients placed anew each day, ratio cover.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

Data = Mapping[str, Any]
Needs = tuple[tuple[int, ...], ...]
"""People needed: by unit or day, by shift."""
Counts = tuple[tuple[int, ...], ...]
"""Patients present: by group, by unit."""

SHIFT_HOURS: Final = 12.0
REST: Final = {("N", "D")}
"""Shifts that leave too little rest from one day to the next: a night ends as the day begins."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One day's choice in short: bays open by unit, people needed by unit and shift, and what else the day costs."""

    open: tuple[bool, ...]
    needs: Needs
    cost: float


@dataclass(frozen=True)
class TinyHospital:
    """A scenario of the family."""

    data: Data

    @cached_property
    def days(self) -> int:
        """Days planned."""
        return int(self.data["horizon"]["days"])

    @cached_property
    def units(self) -> tuple[str, ...]:
        """Unit names."""
        return tuple(self.data["units"])

    @cached_property
    def shifts(self) -> tuple[str, ...]:
        """Shift names, in the order of the day."""
        return tuple(self.data["shifts"])

    @cached_property
    def nurses(self) -> Data:
        """The one staff group."""
        return self.data["staff"]["rn"]  # type: ignore[no-any-return]

    def least_cost(self) -> float:
        """The least cost of any plan; infinite where there is none."""
        memo: dict[tuple[int, Needs], float] = {}
        best = math.inf
        for plan in itertools.product(*(self._situations(day) for day in range(self.days))):
            cost = sum(day.cost for day in plan) + self._opening_cost(plan)
            for at in range(len(self.units)):
                key = at, tuple(day.needs[at] for day in plan)
                if key not in memo:
                    memo[key] = self._staff_cost(*key)
                cost += memo[key]
            best = min(best, cost)
        return best

    def _situations(self, day: int) -> list[Situation]:
        """What can be made of a day, the cheapest for each combination of bays and people needed."""
        found: dict[tuple[tuple[bool, ...], Needs], float] = {}
        for bays in itertools.product((False, True), repeat=len(self.units)):
            bay_cost = self._bay_cost(bays)
            for present, waiting, cost in self._placements(day, bays):
                key = bays, self._needs(day, present, waiting)
                found[key] = min(found.get(key, math.inf), bay_cost + cost + self._device_cost(day, present))
        return [Situation(*key, cost) for key, cost in found.items() if cost < math.inf]

    def _bay_cost(self, bays: tuple[bool, ...]) -> float:
        cost = 0.0
        for name, is_open in zip(self.units, bays, strict=True):
            terms = self.data["units"][name].get("escalation")
            if is_open:
                cost += math.inf if terms is None else terms["cost_per_bay_day"]
        return cost

    def _opening_cost(self, plan: tuple[Situation, ...]) -> float:
        """Opening a bay costs once each time, and can't be done inside its notice."""
        cost = 0.0
        for at, name in enumerate(self.units):
            terms = self.data["units"][name].get("escalation", {})
            before = False
            for day, situation in enumerate(plan):
                if situation.open[at] and not before:
                    early = day == 0 and terms.get("notice") == "1d"
                    cost += math.inf if early else terms.get("opening_cost", 0.0)
                before = situation.open[at]
        return cost

    def _placements(self, day: int, bays: tuple[bool, ...]) -> Iterator[tuple[Counts, tuple[int, ...], float]]:
        """Whole patients (by group, by unit), patients waiting (by group), and what they cost where they are."""
        beds = [self._beds(name, is_open) for name, is_open in zip(self.units, bays, strict=True)]
        by_group = [list(self._spread(name, day)) for name in self.data["patients"]]
        for choice in itertools.product(*by_group):
            present = tuple(here for here, _, _ in choice)
            if all(sum(each[at] for each in present) <= beds[at] for at in range(len(beds))):
                yield present, tuple(wait for _, wait, _ in choice), sum(cost for _, _, cost in choice)

    def _beds(self, name: str, is_open: bool) -> int:
        unit = self.data["units"][name]
        return int(unit["beds"]) + (int(unit["escalation"]["bays"][0]) if is_open and "escalation" in unit else 0)

    def _spread(self, name: str, day: int) -> Iterator[tuple[tuple[int, ...], int, float]]:
        """Every way to spread one group's patients of a day over units, waiting and other providers."""
        group = self.data["patients"][name]
        census, divert = group["demand"]["census"][day], group.get("divert", {})
        allowed = [name in self.data["units"][u]["cares_for"] or u in group.get("outlies_in", ()) for u in self.units]
        for here in itertools.product(*(range(census + 1 if able else 1) for able in allowed)):
            for gone in range(int(divert.get("at_most_per_day", 0)) + 1):
                wait = census - sum(here) - gone
                if wait >= 0:
                    away = sum(n for n, u in zip(here, self.units, strict=True) if name not in self._home(u))
                    outlying = away * group.get("outlier_cost_per_day", 0.0)
                    diverted = gone * divert.get("cost_per_patient", 0.0)
                    yield here, wait, wait * group["boarding_cost_per_day"] + outlying + diverted

    def _home(self, unit: str) -> list[str]:
        return list(self.data["units"][unit]["cares_for"])

    def _needs(self, day: int, present: Counts, waiting: tuple[int, ...]) -> Needs:
        """People needed by unit and shift: patients over the ratio, rounded up, or the smallest team; and who leads."""
        found = []
        for at, unit in enumerate(self.units):
            cover = next(each for each in self.data["cover"] if each["unit"] == unit)
            patients = sum(here[at] for here in present)
            if self.data.get("boarded_need_care", True):
                homes = [next(u for u in self.units if name in self._home(u)) for name in self.data["patients"]]
                patients += sum(wait for wait, home in zip(waiting, homes, strict=True) if home == unit)
            found.append(tuple(self._need(cover, shift, patients) for shift in self.shifts))
        return tuple(found)

    def _need(self, cover: Data, shift: str, patients: int) -> int:
        need = max(-(-patients // cover["patients_per_person"][shift]), cover.get("smallest_team", {}).get(shift, 0))
        return int(need + cover.get("coordinator", 0))

    def _device_cost(self, day: int, present: Counts) -> float:
        """Rent of devices, and the price of those lacking, at the best way to share them out."""
        if "devices" not in self.data:
            return 0.0
        kind = self.data["devices"]["pump"]
        each = [kind["need"].get(name, 0.0) for name in self.data["patients"]]
        needed = [sum(n * here[at] for n, here in zip(each, present, strict=True)) for at in range(len(self.units))]
        most = 0 if day == 0 and kind["rent"].get("notice") == "1d" else kind["rent"]["at_most"]
        best = math.inf
        for rented in range(most + 1):
            free = kind["owned"]["main"] + rented - kind.get("reserve", 0)
            for held in itertools.product(range(max(free, 0) + 1), repeat=len(self.units)):
                if sum(held) <= free:
                    short = sum(max(0.0, need - have) for need, have in zip(needed, held, strict=True))
                    price = math.inf if kind.get("hard") and short else kind.get("short_cost_per_day", 0.0) * short
                    best = min(best, rented * kind["rent"]["cost_per_day"] + (price if short else 0.0))
        return best

    def _staff_cost(self, unit: int, needs: Needs) -> float:
        """The cheapest way to cover one unit's needs over all days."""
        team = self.nurses["own"].get(self.units[unit], {"shifts_per_horizon": 0})
        if "people" in team:
            people = int(team["people"])
            return min(self._rostered(needs, worked, people) for worked in self.rosters(people))
        cells = [(shift, n) for day in needs for shift, n in zip(self.shifts, day, strict=True)]
        return self._shared_out(tuple(cells), int(team["shifts_per_horizon"]))

    def _shared_out(self, cells: tuple[tuple[str, int], ...], own: int) -> float:
        """So many own shifts to spend on the cells, the others filled from outside."""
        if not cells:
            return 0.0
        shift, needed = cells[0]
        return min(
            here * self._price(shift) + self._outside(shift, needed - here) + self._shared_out(cells[1:], own - here)
            for here in range(min(own, needed) + 1)
        )

    def _price(self, shift: str) -> float:
        return float(self.nurses["cost_per_shift"][shift])

    def _outside(self, shift: str, lacking: int) -> float:
        """Bank, agency and shortfall for those still lacking in one shift, cheapest first."""
        offers = [(self._short_price(), math.inf)]
        for contract in ("bank", "agency"):
            if contract in self.nurses:
                terms = self.nurses[contract]
                offers.append((terms["multiplier"] * self._price(shift), terms.get("people_per_shift", math.inf)))
        cost = 0.0
        for price, most in sorted(offers):
            taken = min(max(lacking, 0), most)
            cost += price * taken if taken else 0.0
            lacking -= int(taken)
        return cost

    def _short_price(self) -> float:
        hard = any(cover.get("hard") for cover in self.data["cover"])
        return math.inf if hard else self.nurses["short_cost_per_hour"] * SHIFT_HOURS

    def rosters(self, people: int) -> set[Needs]:
        """Every number of people by day and shift that named people can work: one duty a day, rested between two."""
        lines = [
            line
            for line in itertools.product(("", *self.shifts), repeat=self.days)
            if not any(pair in REST for pair in itertools.pairwise(line))
        ]
        return {
            tuple(tuple(sum(line[day] == s for line in team) for s in self.shifts) for day in range(self.days))
            for team in itertools.combinations_with_replacement(lines, people)
        }

    def _rostered(self, needs: Needs, worked: Needs, people: int) -> float:
        """What it costs when the team works so: in contract as far as its hours go, the cheapest shifts as overtime."""
        prices, cost = [], 0.0
        for need, day in zip(needs, worked, strict=True):
            for shift, needed, here in zip(self.shifts, need, day, strict=True):
                prices += [self._price(shift)] * here
                cost += self._outside(shift, needed - here)
        in_contract = math.floor(people * self.nurses["hours_per_week"] * self.days / 7 / SHIFT_HOURS + 1e-9)
        beyond = max(0, len(prices) - in_contract)
        if beyond and "overtime" not in self.nurses:
            return math.inf
        extra = (self.nurses["overtime"]["multiplier"] - 1.0) * sum(sorted(prices)[:beyond]) if beyond else 0.0
        return cost + sum(prices) + extra
