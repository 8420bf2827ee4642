"""The cheapest line of every person under given prices of shifts: one compiled walk over the days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.roster.lightly import lightened
from optimizer.roster.problem import Person, RosterProblem
from optimizer.roster.ways import Floats, room_for, ways_of


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A person's line as shift numbers (NO_SHIFT for a day off), and what it costs under the prices."""

    person: int
    shifts: tuple[int, ...]
    cost: float


class Pricing:
    """Lines of the people of a problem. Raises UnfitRules for rules that can't be searched so."""

    def __init__(self, problem: RosterProblem, *, light: bool = False) -> None:
        """Make room for its walks; `light` leaves limits out of them that a finder then counts beside (`lightly`)."""
        self.problem = lightened(problem) if light else problem
        self.light = light
        self.ways = ways_of(self.problem)
        self.room = room_for(self.ways)

    def cheapest(self, prices: Floats, rest: Floats, only: frozenset[int] | None = None) -> list[PricedLine]:
        """One line for each person (of `only`) who has a legal one, by person.

        `prices` (P, D, S) of working a shift on a day, inf where she may not; `rest` (P, D) of a day off.
        """
        from optimizer.roster.walking import walks

        people = np.array(sorted(range(len(prices)) if only is None else only), dtype=np.int64)
        lines, costs = np.zeros(prices.shape[:2], dtype=np.int64), np.full(len(prices), np.inf)
        walks(self.ways, people, np.concatenate([prices, rest[:, :, None]], axis=2), self.room, lines, costs)
        return [PricedLine(int(at), tuple(lines[at].tolist()), float(costs[at])) for at in people if costs[at] < np.inf]


def person_prices(problem: RosterProblem, person: Person) -> tuple[Floats, Floats]:
    """(D, S) what a person's wishes make each shift cost, inf where she may not work it; (D,) a day off."""
    numbers = {shift.name: at for at, shift in enumerate(problem.shifts)}
    prices, rest = np.zeros((problem.days, len(problem.shifts))), np.zeros(problem.days)
    for wish in (each for each in problem.wishes if each.person == person.name):
        asked = np.ones(len(problem.shifts), dtype=np.bool_)
        if wish.shift:
            asked = np.arange(len(problem.shifts)) == numbers[wish.shift]
        if wish.working:
            prices[wish.day, ~asked] += wish.weight
            rest[wish.day] += wish.weight
        else:
            prices[wish.day, asked] += wish.weight
    for day in person.days_off:
        prices[day] = np.inf
    for shift, most in person.most_of.items():
        if most == 0:
            prices[:, numbers[shift]] = np.inf
    return prices, rest
