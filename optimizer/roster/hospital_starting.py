"""A first roster in a blink: day by day, each day's duties to those who may and whose hours most want them.

What a person may not do (too little rest, too many in a window) is looked up as she goes along; what only shows later
(a block of nights too short) is mended by taking duties away again. The search begins here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from optimizer.roster.hospital_problem import Member, Slot, Stint, TeamProblem, TeamRoster
from optimizer.roster.hospital_rules import minutes_before, minutes_most, rest_needed, weekend_rows
from optimizer.roster.hospital_score import team_score
from optimizer.roster.hospital_team_rules import counts_for, mixed_shifts

NEVER: Final = 1e6
UNSKILLED: Final = 20.0
MENDS: Final = 12
"""Rounds of taking duties away that break a hard rule."""


@dataclass(slots=True)
class _Going:
    """A person on her way through the days: what she has worked so far."""

    problem: TeamProblem
    member: Member
    stints: list[Stint] = field(default_factory=list)
    inside: int = 0

    def may(self, slot: Slot) -> bool:
        """Whether no hard rule forbids her a duty, as far as the days before tell."""
        if slot.day in self.member.away or not self.member.may(slot) or self._works(slot.day, slot.day):
            return False
        return not any(self._against(slot))

    def take(self, slot: Slot) -> None:
        """Work it."""
        self.stints.append(slot)
        self.inside += slot.paid

    def eager(self, slot: Slot) -> float:
        """How little she should be given a duty: hours had of those due so far, less for going on as yesterday."""
        due = self.problem.due(self.member) if self.member.contract == "own" else 0.0
        share = self.inside / due - (slot.day + 1) / self.problem.days if due else 1.0
        last = self.stints[-1] if self.stints else None
        same = last is not None and last.day == slot.day - 1 and last.shift == slot.shift
        return 4.0 * share - 0.5 * same + self.member.price / 50.0

    def _against(self, slot: Slot) -> Iterator[bool]:
        rules = self.problem.rules
        for last in self.stints[-4:]:
            yield slot.start - last.end < self._rest(last, slot)
            yield any((each.after, each.before) == (last.shift, slot.shift) and last.day == slot.day - 1
                      for each in rules.forbidden)  # fmt: skip
        for count in rules.counts:
            if count.most is not None and (not count.shifts or slot.shift in count.shifts):
                first = slot.day - (count.days or slot.day + 1) + 1
                yield self._count(first, slot.day, count.shifts) >= count.most
        for rule in rules.hours:
            window = range(slot.day - (rule.days or slot.day + 1) + 1, slot.day + 1)
            worked = sum(stint.paid for stint in self.stints if stint.day in window and stint.day >= 0)
            yield minutes_before(self.member, rule, window) + worked + slot.paid > minutes_most(rule)
        yield from self._too_long(slot)

    def _too_long(self, slot: Slot) -> Iterator[bool]:
        rules = self.problem.rules
        if rules.contract is not None and rules.contract.more_at_most is not None and self.member.contract == "own":
            most = self.problem.due(self.member) + rules.contract.more_at_most * 60
            yield bool(self.member.weekly) and self.inside + slot.paid > most
        if rules.working_run is not None and rules.working_run.most is not None:
            yield all(self._works(day, day) for day in range(slot.day - rules.working_run.most, slot.day))
        if rules.nights is not None and rules.nights.most is not None and slot.night:
            yield all(self._nights(day) for day in range(slot.day - rules.nights.most, slot.day))
        if rules.weekends is not None and self.problem.weekday(slot.day) >= 5:
            yield from self._weekends(slot.day)

    def _weekends(self, day: int) -> Iterator[bool]:
        rule = self.problem.rules.weekends
        here = next(days for days in self.problem.weekends() if day in days)
        if rule is None or self._works(here[0], here[-1]):
            return
        worked = sum(self._works(days[0], days[-1]) for days in self.problem.weekends())
        yield rule.most is not None and worked >= rule.most
        for row in weekend_rows(self.problem, rule.off_in):
            others = [days for days in row if day not in days]
            yield len(others) < len(row) and all(self._works(days[0], days[-1]) for days in others)

    def _rest(self, last: Stint, slot: Slot) -> int:
        nights = self.problem.rules.nights
        after = round(nights.rest_hours * 60) if nights is not None and last.night and not slot.night else 0
        return max(1, after, rest_needed(self.problem.rules.rest, last.shift, slot.shift))

    def _works(self, first: int, last: int) -> bool:
        return any(first <= stint.day <= last for stint in reversed(self.stints))

    def _nights(self, day: int) -> bool:
        return any(stint.day == day and stint.night for stint in reversed(self.stints))

    def _count(self, first: int, last: int, shifts: tuple[str, ...]) -> int:
        return sum(first <= stint.day <= last and (not shifts or stint.shift in shifts) for stint in self.stints)


def first_roster(problem: TeamProblem, seed: int = 0) -> TeamRoster:
    """A roster that breaks no hard rule of single people, and covers what it can."""
    draw = np.random.default_rng(seed)
    going = [_Going(problem, member, list(member.past)) for member in problem.members]
    duties: list[set[int]] = [set() for _ in problem.members]
    for who, cell in ((who, cell) for (who, _), cell in problem.locked.items()):
        duties[who] |= cell
    for day, slots in enumerate(problem.by_day()):
        seats = [at for at in slots for _ in range(problem.slots[at].wanted)]
        for who, at in _given(problem, going, seats, day, draw):
            going[who].take(problem.slots[at])
            duties[who].add(at)
    return _mended(problem, TeamRoster(tuple(map(frozenset, duties))))


def _given(
    problem: TeamProblem, going: list[_Going], seats: list[int], day: int, draw: np.random.Generator
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Who is given which of a day's duties, the cheapest way."""
    from scipy.optimize import linear_sum_assignment

    if not seats or not going:
        return
    cost = np.full((len(going), len(seats)), NEVER)
    for who, person in enumerate(going):
        if (who, day) in problem.locked:
            continue
        of_slot = {at: person.eager(slot) if person.may(slot := problem.slots[at]) else NEVER for at in set(seats)}
        cost[who] = [of_slot[at] for at in seats]
    cost += np.where(cost < NEVER, draw.random(cost.shape) * 0.3 + _unskilled(problem, seats), 0.0)
    for row, seat in zip(*linear_sum_assignment(cost), strict=True):
        if cost[row, seat] < NEVER:
            yield int(row), seats[seat]


def _unskilled(problem: TeamProblem, seats: list[int]) -> np.ndarray:
    """(M, seats) how much a person should not have a seat: the first of a shift are for those whom its mix asks for."""
    found = np.zeros((len(problem.members), len(seats)))
    for rule in problem.rules.mix:
        lacks = np.array([not counts_for(rule, member) for member in problem.members])
        for (unit, shift, day), slots in mixed_shifts(problem, rule).items():
            here = [seat for seat, at in enumerate(seats) if at in slots]
            if here and (unit, shift, day) == _place(problem.slots[seats[here[0]]]):
                found[:, here[: rule.at_least]] += UNSKILLED * lacks[:, None]
    return found


def _place(slot: Slot) -> tuple[str, str, int]:
    return slot.unit, slot.shift, slot.day


def _mended(problem: TeamProblem, roster: TeamRoster) -> TeamRoster:
    """Without the duties that break a hard rule of a person; cover may be lost, which the search finds again."""
    number = {member.id: at for at, member in enumerate(problem.members)}
    for _ in range(MENDS):
        hard = [each for each in team_score(problem, roster).hard if each.person]
        if not hard:
            return roster
        duties = list(roster.duties)
        for each in hard:
            who = number[each.person]
            day = each.day if each.day is not None else max((problem.slots[at].day for at in duties[who]), default=0)
            gone = {at for at in duties[who] if problem.slots[at].day == day}
            duties[who] = duties[who] - gone
        if tuple(duties) == roster.duties:
            return roster
        roster = TeamRoster(tuple(duties))
    return roster
