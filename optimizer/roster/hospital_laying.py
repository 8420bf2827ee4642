"""A roster problem laid out as the arrays of `hospital_arrays`, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.roster.hospital_arrays import (
    DAY_OFF,
    Bools,
    Cells,
    Duties,
    Floats,
    Ints,
    Near,
    Ward,
    mix_of,
    price,
    real,
    starts,
    ties_of,
    whole,
)
from optimizer.roster.hospital_limits import hours_of, runs_of, shares_of, weekends_of, windows_of
from optimizer.roster.hospital_lines import LONGEST_REST
from optimizer.roster.hospital_problem import Slot, Stint, TeamProblem
from optimizer.roster.hospital_rules import HOUR, rest_needed
from optimizer.scenario.rostering import Cost, RosterRules

DAY: Final = 1440


def laid_out(problem: TeamProblem) -> Ward:
    """All of it."""
    place = _places(problem)
    return Ward(
        _duties(problem, place), _Grid.of(problem).cells(), _near(problem, place), windows_of(problem),
        runs_of(problem), weekends_of(problem), hours_of(problem), mix_of(problem), ties_of(problem),
        shares_of(problem),
    )  # fmt: skip


def _places(problem: TeamProblem) -> Ints:
    """(N,) the number of each duty's kind on its day."""
    there: list[dict[tuple[str, int, int], int]] = [{} for _ in range(problem.days)]
    return whole([
        there[slot.day].setdefault((slot.shift, slot.start, slot.end), len(there[slot.day])) for slot in problem.slots
    ])  # fmt: skip


def _duties(problem: TeamProblem, place: Ints) -> Duties:
    slots = problem.slots
    alike: dict[tuple[str, ...], dict[int, int]] = {}
    for at, slot in enumerate(slots):
        alike.setdefault((slot.shift, slot.unit, slot.role, slot.skill, slot.place), {}).setdefault(slot.day, at)
    twin = np.full((len(slots), problem.days), DAY_OFF, dtype=np.int64)
    for at, slot in enumerate(slots):
        for day, other in alike[slot.shift, slot.unit, slot.role, slot.skill, slot.place].items():
            twin[at, day] = other
    under = [price(slot.under) for slot in slots]
    return Duties(
        whole([slot.day for slot in slots]), place, whole([slot.paid for slot in slots]),
        whole([slot.night for slot in slots]), twin, whole([slot.wanted for slot in slots]),
        real([soft for soft, _ in under]), real([hard for _, hard in under]), real([slot.over for slot in slots]),
    )  # fmt: skip


@dataclass(slots=True, eq=False)
class _Grid:
    """Cells in the making: what each costs (0: points, 1: hard breaches) and how many wishes it does not meet."""

    problem: TeamProblem
    own: Floats
    off: Floats
    unmet: Ints
    unmet_off: Ints
    by_day: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, problem: TeamProblem) -> _Grid:
        """With all that hangs on single cells."""
        duties, days = (len(problem.members), len(problem.slots)), (len(problem.members), problem.days)
        grid = cls(
            problem, np.zeros((2, *duties)), np.zeros((2, *days)), np.zeros(duties, np.int64), np.zeros(days, np.int64),
            problem.by_day(),
        )  # fmt: skip
        grid._pay()
        grid._past()
        grid._asked()
        grid._published()
        return grid

    def cells(self) -> Cells:
        """Those arrays, with the duties each person may be given."""
        may, may_off = self._allowed()
        options = [
            [n for n in self.by_day[day] if may[at, n]] + ([DAY_OFF] if may_off[at, day] else [])
            for at in range(len(self.problem.members))
            for day in range(self.problem.days)
        ]
        return Cells(
            self.own[0], self.own[1], self.off[0], self.off[1], self.unmet, self.unmet_off,
            whole([n for each in options for n in each]), starts([len(each) for each in options]), may, may_off,
            self._absent(),
        )  # fmt: skip

    def _charge(self, member: int, slots: Iterable[int], off: int | None, cost: Cost) -> None:
        """A rule that some duties break, and a day off on `off`."""
        each = np.array(price(cost))
        self.own[:, member, list(slots)] += each[:, None]
        if off is not None:
            self.off[:, member, off] += each

    def _pay(self) -> None:
        problem = self.problem
        hours = real([slot.paid / HOUR for slot in problem.slots])
        for at, member in enumerate(problem.members):
            away = np.array([slot.unit != member.unit for slot in problem.slots], dtype=np.bool_)
            self.own[0, at] += member.pay * hours + member.price + problem.rules.float_cost * away

    def _past(self) -> None:
        """Duties too soon after those before the roster."""
        for at, member in enumerate(self.problem.members):
            for stint in member.past[-8:]:
                for number, slot in enumerate(self.problem.slots):
                    if slot.start >= stint.end + LONGEST_REST:
                        continue
                    self.own[:, at, number] += clash(self.problem.rules, stint, slot)

    def _asked(self) -> None:
        """Wishes and base rotas."""
        for wish in self.problem.wishes:
            absent = wish.work and wish.day in self.problem.members[wish.member].absent
            here = self.by_day[wish.day]
            named = [n for n in here if wish.shift in ("", self.problem.slots[n].shift)]
            wrong = [n for n in here if n not in named] if wish.work else named
            self._charge(wish.member, wrong, wish.day if wish.work else None, 0.0 if absent else wish.weight)
            self.unmet[wish.member, wrong] += 1
            self.unmet_off[wish.member, wish.day] += wish.work
        for at, member in enumerate(self.problem.members):
            for day, shift in member.rota.items():
                if day not in member.away:
                    wrong = [n for n in self.by_day[day] if self.problem.slots[n].shift != shift]
                    self._charge(at, wrong, day if shift else None, self.problem.rules.rota_cost)

    def _published(self) -> None:
        cost = self.problem.rules.change_cost
        for (at, day), cell in self.problem.published.items() if cost else ():
            self._charge(at, [n for n in self.by_day[day] if cell != {n}], day if cell else None, cost)

    def _absent(self) -> Bools:
        days = range(self.problem.days)
        found = [[day in member.absent for day in days] for member in self.problem.members]
        return np.array(found, dtype=np.bool_).reshape(self.unmet_off.shape)

    def _allowed(self) -> tuple[Bools, Bools]:
        """(M, N) duties that each may be given, (M, D) days she may have off; of a locked cell only what it holds."""
        problem = self.problem
        may = able(problem)
        may_off = np.ones(self.off.shape[1:], dtype=np.bool_)
        for (at, day), cell in problem.locked.items():
            here = list(self.by_day[day])
            held = sorted(cell)[:1]
            self.own[1, at, [n for n in held if not may[at, n]]] += 1.0
            may[at, here], may[at, held], may_off[at, day] = False, True, not held
        return may, may_off


def able(problem: TeamProblem) -> Bools:
    """(M, N) who may work which duty, days away left out."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for at, slot in enumerate(problem.slots):
        kinds.setdefault((slot.unit, slot.role, slot.shift, slot.skill, slot.place), []).append(at)
    may = np.zeros((len(problem.members), len(problem.slots)), dtype=np.bool_)
    for at, member in enumerate(problem.members):
        for slots in kinds.values():
            if member.may(problem.slots[slots[0]]):
                may[at, slots] = True
        may[at, [n for n, slot in enumerate(problem.slots) if slot.day in member.away]] = False
    return may


def clash(rules: RosterRules, first: Stint, then: Stint) -> Floats:
    """(2,) points and hard breaches of two duties of one person, of which the second begins later."""
    found, gap = np.zeros(2), then.start - first.end
    if gap < 0:
        found[1] += 1.0
    elif gap < rest_needed(rules.rest, first.shift, then.shift):
        found += price(rules.rest.cost)
    nights = rules.nights
    if nights is not None and first.night and not then.night and gap < round(nights.rest_hours * 60):
        found += price(nights.cost)
    for rule in rules.forbidden if then.day == first.day + 1 else ():
        if (rule.after, rule.before) == (first.shift, then.shift):
            found += price(rule.cost)
    return found


def _near(problem: TeamProblem, place: Ints) -> Near:
    """Kinds of duties too near one another, by real hours on each day."""
    kinds: list[dict[int, Slot]] = [{} for _ in range(problem.days)]
    for at, slot in enumerate(problem.slots):
        kinds[slot.day].setdefault(int(place[at]), slot)
    width = max(1, int(place.max(initial=0)) + 1)
    ahead = LONGEST_REST // DAY + 1
    table, reach = np.zeros((2, problem.days, width, ahead, width)), np.zeros((problem.days, width), dtype=np.int64)
    for day, here in enumerate(kinds):
        for one, first in here.items():
            for later in range(day + 1, min(problem.days, day + 1 + ahead)):
                for other, then in kinds[later].items():
                    found = clash(problem.rules, first, then) if then.start < first.end + LONGEST_REST else np.zeros(2)
                    table[:, day, one, later - day - 1, other] = found
                    if found.any():
                        reach[day, one] = later - day
    return Near(table[0], table[1], reach)
