"""From the planned points of a sweep to the answer of a question: one option taken in each circumstance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Final

from optimizer.scenario.question import Question, Rule
from optimizer.whatif.errors import QuestionError
from optimizer.whatif.outcomes import Outcome

LEAST_MONEY: Final = 0.005
"""Costs nearer than this, in the scenario's currency, are the same."""

SLACK: Final = 1e-6
"""A limit is kept to this: what is left is the arithmetic's."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a plan came to over draws of chance: its mean cost, and half the width of the mean's 95 % interval."""

    mean: float
    half: float


@dataclass(frozen=True, slots=True)
class Tried:
    """A point that was planned: its values by axis, what its plan came to (None: it could not be planned), and over
    draws of chance (None: not played).
    """

    values: Mapping[str, object]
    outcome: Outcome | None
    played: Played | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """A value that may be taken, and what it comes to; money in the scenario's currency.

    `total` is None without a plan, and holds the `price` that only the question tells.
    `least` is what the option must cost as far as proven, None where nothing is.
    `played` is what chance made of it, `cost` what it is judged by: that where the
    question asks for draws, else `total`.
    `keeps` tells whether it is within the question's limits.
    """

    value: object
    total: float | None
    least: float | None
    figures: Mapping[str, float]
    keeps: bool
    played: Played | None = None
    cost: float | None = None

    @property
    def may_be_taken(self) -> bool:
        """Whether it has a plan that is within the limits."""
        return self.cost is not None and self.keeps


@dataclass(frozen=True, slots=True)
class Answer:
    """What to take in one circumstance (the values of the other axes); `taken` is None where nothing may be taken."""

    circumstance: Mapping[str, object]
    options: tuple[Option, ...]
    taken: int | None

    @property
    def choice(self) -> Option | None:
        """The option taken."""
        return None if self.taken is None else self.options[self.taken]

    def worth(self, at: int) -> float | None:
        """What the step to option `at` from the one before saves; None for the first, or without both plans."""
        if at == 0:
            return None
        before, after = self.options[at - 1].cost, self.options[at].cost
        return None if before is None or after is None else before - after

    def could_save(self) -> float | None:
        """What another option's plan may cost less at most: 0 is proof that none does, None is unknown."""
        choice = self.choice
        if choice is None or choice.total is None:
            return None
        others = [each.least for each in self.options if each.may_be_taken and each is not choice]
        if any(least is None for least in others):
            return None
        found = choice.total - min((least for least in others if least is not None), default=choice.total)
        return found if found >= LEAST_MONEY else 0.0


def answers(question: Question, tried: Sequence[Tried]) -> tuple[Answer, ...]:
    """An answer for every circumstance, in the sweep's order. Raises QuestionError where the sweep has no such axis."""
    axes = list(tried[0].values) if tried else []
    if question.about not in axes:
        raise QuestionError(f"the question is about {question.about}, but the sweep is over {', '.join(axes)}")
    if lost := [words for words in question.at_most if words not in question.figures]:
        told = ", ".join(question.figures) or "none"
        raise QuestionError(f"question.at_most: no figure is called {', '.join(lost)}; the figures are {told}")
    return tuple(_answer(question, same) for same in _circumstances(question.about, tried))


def _circumstances(about: str, tried: Sequence[Tried]) -> Iterator[list[Tried]]:
    """Points that differ in nothing but what is decided, together."""
    order = {repr(_beside(about, each)): at for at, each in reversed(list(enumerate(tried)))}

    def place(each: Tried) -> int:
        return order[repr(_beside(about, each))]

    for _, same in groupby(sorted(tried, key=place), key=place):
        yield list(same)


def _beside(about: str, tried: Tried) -> dict[str, object]:
    return {axis: value for axis, value in tried.values.items() if axis != about}


def _answer(question: Question, tried: Sequence[Tried]) -> Answer:
    options = tuple(_option(question, each) for each in tried)
    taken = RULES[question.rule](options)
    return Answer(_beside(question.about, tried[0]), options, taken)


def _option(question: Question, tried: Tried) -> Option:
    outcome, value = tried.outcome, tried.values[question.about]
    if outcome is None or outcome.total is None:
        return Option(value, None, None, {}, keeps=False)
    figures = {words: _summed(outcome, patterns) for words, patterns in question.figures.items()}
    keeps = all(figures[words] <= limit + SLACK for words, limit in question.at_most.items())
    price = price_of(question, value)
    least = None if outcome.least is None else outcome.least + price
    played = None if tried.played is None else Played(tried.played.mean + price, tried.played.half)
    total = outcome.total + price
    cost = played.mean if question.draws and played is not None else total
    return Option(value, total, least, figures, keeps, played, cost)


def price_of(question: Question, value: object) -> float:
    """What a value costs beside its plan."""
    each = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    return question.price_each * each + question.prices.get(str(value), 0.0)


def _summed(outcome: Outcome, patterns: Sequence[str]) -> float:
    """The sum of the figures and cost items whose names fit; what a plan does not tell is nothing."""
    told = {**outcome.items, **outcome.figures}
    return sum(
        value
        for name, value in told.items()
        if value is not None and any(fnmatchcase(name, pattern) for pattern in patterns)
    )


def _cheapest(options: Sequence[Option]) -> int | None:
    """The least cost; of equal costs the first."""
    costs = {at: each.cost for at, each in enumerate(options) if each.may_be_taken and each.cost is not None}
    least = min(costs.values(), default=0.0)
    return next((at for at, cost in costs.items() if cost <= least + LEAST_MONEY), None)


def _while_worth(options: Sequence[Option]) -> int | None:
    """On along the axis, from the first that may be taken, as long as the next step saves more than it costs."""
    at = _first(options)
    while at is not None and at + 1 < len(options):
        here, there = options[at].cost, options[at + 1].cost
        if here is None or there is None or not options[at + 1].keeps or there > here - LEAST_MONEY:
            break
        at += 1
    return at


def _first(options: Sequence[Option]) -> int | None:
    """The first along the axis that keeps the limits."""
    return next((at for at, each in enumerate(options) if each.may_be_taken), None)


RULES: Final[Mapping[Rule, Callable[[Sequence[Option]], int | None]]] = {
    "least_cost": _cheapest,
    "while_worth": _while_worth,
    "first_that_keeps": _first,
}
"""How an option is taken."""
