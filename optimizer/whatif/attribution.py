"""Which input makes what part of a difference in cost: the inputs are changed over one after another, planned anew.

`ordered` changes them over in their order, so that a part is what an input does once those before it are changed.
`shapley` takes the mean over all orders (Shapley 1953), so that no order is favoured; it plans every mix of inputs, and
is used where few differ. Either way the parts sum to the difference. A mix that makes no sense by itself (a unit
without the cover that names it) or has no plan is joined with the next input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import factorial
from typing import Final, Literal

from optimizer.scenario.faults import ScenarioError
from optimizer.whatif.inputs import Input
from optimizer.whatif.outcomes import Outcome

Way = Literal["auto", "ordered", "shapley"]
FEW: Final = 3
"""So many inputs at most are shared out over all orders unless it is asked for: 6 plans more than the two compared."""

Factor = tuple[Input, ...]
"""Inputs that are changed over together."""

Mixed = Callable[[tuple[Input, ...]], Outcome]
"""What the first scenario comes to with some inputs of the second."""


class NoOutcome(Exception):  # noqa: N818 - never leaves this module
    """A mix of inputs that has no plan."""


@dataclass(frozen=True, slots=True)
class Part:
    """What some inputs make of a difference, in currency, all and by cost item.

    `low` and `high` enclose what it is with plans of least cost, as far as proven; None where nothing is proven.
    Without inputs it is what two searches for the same plan left between them.
    """

    inputs: Factor
    money: float
    low: float | None
    high: float | None
    items: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The parts of a difference and how they were found; `plans` were made for it beside the two compared."""

    way: str
    parts: tuple[Part, ...]
    plans: int
    note: str = ""


def attribute(first: Outcome, last: Outcome, factors: Sequence[Factor], mixed: Mixed, way: Way = "auto") -> Attribution:
    """Share the difference in cost between two plans out over the factors; both must exist.

    `mixed` plans the first scenario with some inputs of the last; ScenarioError says that they make no scenario.
    """
    if not factors:
        return Attribution("none", _search(first, last), 0)
    known = _Known({frozenset(): first, frozenset(range(len(factors))): last}, tuple(factors), mixed)
    note = ""
    if way == "shapley" or (way == "auto" and len(factors) <= FEW):
        try:
            return _shapley(known)
        except NoOutcome as stop:
            note = str(stop)
    return _ordered(known, note)


@dataclass(slots=True)
class _Known:
    """Outcomes of every mix planned so far, by the numbers of the factors changed over."""

    outcomes: dict[frozenset[int], Outcome]
    factors: tuple[Factor, ...]
    mixed: Mixed
    tried: dict[frozenset[int], str] = field(default_factory=dict)

    def __getitem__(self, changed: frozenset[int]) -> Outcome:
        """Plan a mix once. Raises NoOutcome where there is no plan of it."""
        if changed not in self.outcomes and changed not in self.tried:
            try:
                outcome = self.mixed(tuple(each for at in sorted(changed) for each in self.factors[at]))
            except ScenarioError as error:
                self.tried[changed] = error.faults[0].message
            else:
                self.outcomes[changed] = outcome
                if not outcome.exists:
                    self.tried[changed] = "no plan exists"
        if changed in self.tried:
            named = ", ".join(str(each) for at in sorted(changed) for each in self.factors[at])
            raise NoOutcome(f"no plan with {named} alone: {self.tried[changed]}")
        return self.outcomes[changed]

    @property
    def plans(self) -> int:
        """How many mixes were planned beside the two ends."""
        return max(0, len(self.outcomes) - 2)


Weights = dict[frozenset[int], float]
"""How often the outcome of a mix counts in a part."""


def _ordered(known: _Known, note: str) -> Attribution:
    count, before, waiting = len(known.factors), frozenset[int](), list[int]()
    parts: list[Part] = []
    for at in range(count):
        waiting.append(at)
        after = frozenset(range(at + 1))
        try:
            known[after]
        except NoOutcome as stop:
            note = note or str(stop)
            continue
        parts.append(_part(known, waiting, {after: 1.0, before: -1.0}))
        before, waiting = after, []
    return Attribution("ordered", tuple(parts), known.plans, note)


def _shapley(known: _Known) -> Attribution:
    count = len(known.factors)
    parts = tuple(_part(known, [at], _shapley_weights(at, count)) for at in range(count))
    return Attribution("shapley" if count > 1 else "ordered", parts, known.plans)


def _shapley_weights(at: int, count: int) -> Weights:
    others = [each for each in range(count) if each != at]
    weights: Weights = {}
    for size in range(count):
        share = factorial(size) * factorial(count - size - 1) / factorial(count)
        for chosen in map(frozenset, combinations(others, size)):
            weights[chosen | {at}], weights[chosen] = share, -share
    return weights


def _search(first: Outcome, last: Outcome) -> tuple[Part, ...]:
    """What lies between two plans of the same inputs."""
    part = _part_of([(last, 1.0), (first, -1.0)], ())
    return (part,) if part.items else ()


def _part(known: _Known, factors: Sequence[int], weights: Weights) -> Part:
    inputs = tuple(each for at in factors for each in known.factors[at])
    return _part_of([(known[mix], weight) for mix, weight in weights.items()], inputs)


def _part_of(terms: Sequence[tuple[Outcome, float]], inputs: Factor) -> Part:
    items: dict[str, float] = {}
    for outcome, weight in terms:
        for name, money in outcome.items.items():
            items[name] = items.get(name, 0.0) + weight * money
    money = sum(weight * (outcome.total or 0.0) for outcome, weight in terms)
    return Part(inputs, money, *_enclosed(terms, money), _rounded(items))


def _enclosed(terms: Sequence[tuple[Outcome, float]], money: float) -> tuple[float | None, float | None]:
    """The least and the most it can be if every plan were one of least cost; `money` always is between."""
    low = high = 0.0
    for outcome, weight in terms:
        if outcome.least is None or outcome.total is None:
            return None, None
        low += weight * (outcome.least if weight > 0 else outcome.total)
        high += weight * (outcome.total if weight > 0 else outcome.least)
    return min(low, money), max(high, money)


def _rounded(items: Mapping[str, float]) -> dict[str, float]:
    """Items that are something at all."""
    return {name: round(money, 6) for name, money in sorted(items.items()) if abs(money) > 5e-7}
