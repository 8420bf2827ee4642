"""Two plans side by side: the inputs that differ, the outputs that differ, and which input makes what of the cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from optimizer.expansion.demand import Demand
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook, foresee
from optimizer.saved import SavedPlan
from optimizer.scenario.load import Loaded
from optimizer.scenario.mixing import mixed
from optimizer.scenario.model import Scenario
from optimizer.whatif.attribution import Attribution, Factor, Way, attribute
from optimizer.whatif.errors import CurrenciesDiffer
from optimizer.whatif.inputs import Input, data_files, differing_inputs
from optimizer.whatif.outcomes import Outcome, outcome_of, outcome_of_saved

DEMAND: Final = Input(("demand",), "as planned for", "as planned for", data=True)
"""Demand itself as an input, where plans are taken from their folders and nothing is forecast anew."""

NO_FUTURES: Final = (
    "plan folders do not keep the futures planned for: compare the scenario files to see which input did it"
)

LEAST: Final = 5e-7
"""Figures nearer to each other than this are the same."""

Make = Callable[[Loaded[Scenario], Outlook | None, str], Plan]
"""Plans a scenario, for the demand given or foreseen; told in words what it is planned for."""


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """Something to compare: a scenario with what is laid on it, or a plan made of one (`saved`)."""

    name: str
    loaded: Loaded[Scenario]
    saved: SavedPlan | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that differs; None where one side has nothing of the kind."""

    name: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float:
        """By how much; nothing counts as 0."""
        return (self.after or 0.0) - (self.before or 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """One option beside the first: what differs in it, and why its cost does.

    `attribution` is None where either has no plan, or where it can't be told, which `note` explains.
    """

    option: Option
    outcome: Outcome
    inputs: tuple[Input, ...]
    money: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    attribution: Attribution | None
    note: str = ""

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.inputs or self.money or self.figures)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The first option and every other one beside it."""

    first: Option
    outcome: Outcome
    others: tuple[Against, ...]


By = Literal["auto", "input", "variant"]
"""Whether inputs are changed over one by one, or all together that a variant changes; `auto`: one by one if few."""

MANY: Final = 8
"""More inputs than this are changed over by variant unless it is asked for otherwise."""


def compare(options: Sequence[Option], make: Make, *, way: Way = "auto", by: By = "auto") -> Compared:
    """Set every option beside the first.

    Each is planned by `make` unless it is a plan already; so is every mix of inputs that tells their parts in the
    cost, shared out in a `way`, `by` input or variant. Raises whatever planning raises, and CurrenciesDiffer.
    """
    first, *others = options
    _refuse_currencies(options)
    plans = _Plans(make)
    outcome = plans.outcome(first)
    return Compared(first, outcome, tuple(_against(first, outcome, option, plans, (way, by)) for option in others))


def _refuse_currencies(options: Sequence[Option]) -> None:
    found = {option.loaded.value.currency: option.name for option in options}
    if len(found) > 1:
        told = " and ".join(f"{name} in {currency or 'none'}" for currency, name in found.items())
        raise CurrenciesDiffer(f"can't be compared: {told}")


@dataclass(slots=True)
class _Plans:
    """Plans each scenario once for each demand."""

    make: Make
    known: dict[tuple[object, ...], Outcome] = field(default_factory=dict)
    outlooks: dict[str, Outlook] = field(default_factory=dict)

    def outcome(self, option: Option) -> Outcome:
        if option.saved is not None:
            return outcome_of_saved(option.saved)
        return self.planned(option.loaded, None, option.name)

    def outlook(self, option: Option) -> Outlook:
        """The demand an option was planned for, or would be."""
        if option.name not in self.outlooks:
            self.outlooks[option.name] = _outlook(option)
        return self.outlooks[option.name]

    def planned(self, loaded: Loaded[Scenario], outlook: Outlook | None, told: str) -> Outcome:
        key = (loaded.sha256, data_files(loaded) if outlook is None else id(outlook))
        if key not in self.known:
            self.known[key] = outcome_of(loaded.value, self.make(loaded, outlook, told))
        return self.known[key]


def _against(first: Option, outcome: Outcome, option: Option, plans: _Plans, how: tuple[Way, By]) -> Against:
    inputs = differing_inputs(first.loaded, option.loaded)
    told = plans.outcome(option)
    money, figures = _differing(outcome.items, told.items), _differing(outcome.figures, told.figures)
    if not (outcome.exists and told.exists):
        return Against(option, told, inputs, (), (), None)
    if any(each.saved is not None and each.loaded.value.uncertainty is not None for each in (first, option)):
        return Against(option, told, inputs, money, figures, None, NO_FUTURES)
    mixes = _Mixes(first, option, plans)
    factors = together(mixes.factors(inputs), how[1])
    return Against(option, told, inputs, money, figures, attribute(outcome, told, factors, mixes.plan, how[0]))


def together(factors: Sequence[Factor], by: By) -> list[Factor]:
    """Factors that one variant makes differ as one, where that is asked for, or where there are many."""
    if by == "input" or (by == "auto" and len(factors) <= MANY):
        return list(factors)
    found: dict[object, Factor] = {}
    for number, factor in enumerate(factors):
        laid = {each.by for each in factor}
        key = laid.pop() if len(laid) == 1 and "" not in laid else number
        found[key] = (*found.get(key, ()), *factor)
    return list(found.values())


def _differing(before: Mapping[str, float | None], after: Mapping[str, float | None]) -> tuple[Figure, ...]:
    names = dict.fromkeys([*before, *after])
    found = (Figure(name, before.get(name), after.get(name)) for name in names)
    return tuple(each for each in found if abs(each.change) > LEAST or (each.before is None) != (each.after is None))


@dataclass(slots=True)
class _Mixes:
    """Plans the first option with some inputs of another."""

    first: Option
    other: Option
    plans: _Plans
    outlooks: tuple[Outlook, Outlook] | None = None

    def factors(self, inputs: Sequence[Input]) -> list[Factor]:
        """Inputs that may be changed over one by one.

        Where a plan is taken from its folder, what its demand was made of is changed over together with the demand.
        """
        weighing = [each for each in inputs if each.weighs]
        if self.first.saved is None and self.other.saved is None:
            return [(each,) for each in weighing]
        self.outlooks = self.plans.outlook(self.first), self.plans.outlook(self.other)
        shaping = tuple(each for each in weighing if shapes_demand(each))
        if shaping or not _same(self.outlooks[0].demand, self.outlooks[1].demand):
            shaping = (*shaping, DEMAND)
        return [*([shaping] if shaping else []), *((each,) for each in weighing if each not in shaping)]

    def plan(self, changed: tuple[Input, ...]) -> Outcome:
        """Plan the first option with these inputs of the other."""
        paths = [each.path for each in changed if each is not DEMAND]
        loaded = mixed(self.first.loaded, self.other.loaded, paths)
        outlook = None if self.outlooks is None else self.outlooks[DEMAND in changed]
        return self.plans.planned(loaded, outlook, f"{self.first.name} with {', '.join(map(str, changed))}")


def _outlook(option: Option) -> Outlook:
    if option.saved is None:
        return foresee(option.loaded)
    return Outlook(option.saved.case.demand, DemandNote(horizon_days=option.saved.case.grid.days))


SHAPING: Final = ("forecast", "horizon", "today", "service_level", "sites", "demand", "elective", "length_of_stay")
"""Parts of a scenario, and of its patient groups, that its demand is made of."""


def shapes_demand(each: Input) -> bool:
    """Whether an input is one that demand is made of; units and groups that only one side has are."""
    first, *rest = each.path
    if first == "patients":
        return len(rest) < 2 or rest[1] in SHAPING
    return first in SHAPING or (first == "units" and len(rest) < 2)


def _same(one: Demand, other: Demand) -> bool:
    """Whether two demands are the same in all figures."""
    pairs = (
        (getattr(one, name), getattr(other, name)) for name in ("arrivals", "stays", "present", "waiting", "cases")
    )
    return all(a.shape == b.shape and np.array_equal(a, b) for a, b in pairs)
