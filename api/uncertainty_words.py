"""A plan for many futures as a planner reads it: what it costs over them, how good that is, what was settled first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from optimizer.plan import Plan
from optimizer.solution import Status
from optimizer.uncertainty.told import Estimate, Lever, Told

_MARGIN: Final = "  "


def uncertainty_lines(plan: Plan) -> Iterator[str]:
    """Expected cost and its proof, bounds, what planning so is worth, and what is the same in every future."""
    told = plan.uncertainty
    if told is None:
        return
    for line in (_cost(told, plan.source.currency), *_judged(told), _worth(told), *_levers(told.levers)):
        yield from words.wrapped(line, hanging=_MARGIN)
    yield "If what is expected comes:"


def _cost(told: Told, currency: str) -> str:
    futures = "all there are" if told.exact else "drawn"
    futures = f"{futures}, {'each' if told.checked == told.futures else f'{told.checked:,} of them'} checked"
    money = f"{words.money(told.expected)}{' ' + currency if currency else ''}"
    head = f"Planned for {words.count(told.futures, 'future')} ({futures}): expected cost {money}"
    spread = f"one in twenty below {words.money(told.low)}, one above {words.money(told.high)}"
    worst = f"the dearest {words.percent(1.0 - told.alpha)} cost {words.money(told.tail)} on average"
    return f"{head}; {spread}; {worst}{_sought(told)}: {_proof(told)}"


def _sought(told: Told) -> str:
    """What was made least, where it is not the expected cost alone."""
    if not told.weight:
        return ""
    return f"; the dearest weigh {words.percent(told.weight)} of what was made least, {words.money(told.objective)}"


def _proof(told: Told) -> str:
    if told.status is Status.OPTIMAL:
        return "proven the least possible over these futures"
    if told.proven_gap is None:
        return "nothing proven; less may be possible"
    stopped = "the time was up; " if told.status is Status.TIME_LIMIT else ""
    return f"{stopped}proven within {words.percent_at_most(told.proven_gap)} of the least over these futures"


def _judged(told: Told) -> Iterator[str]:
    """What the plan costs on futures that it was not made for, and the best plan at least: estimates, both of them."""
    if told.fresh is not None:
        yield f"On {words.count(told.fresh.samples, 'fresh future')} it costs {_interval(told.fresh)} on average"
    if told.least is not None:
        sets = words.count(told.least.samples, "set")
        told_by = f"by plans for {sets} of other futures"
        yield f"The best plan costs at least about {_interval(told.least)}, {told_by}{_near(told)}"


def _near(told: Told) -> str:
    """How far from the best at most: each interval's far end is passed once in 40 times, one of both once in 20."""
    if told.gap is None:
        return ""
    return f"; so with 95 % confidence this one is at most {words.percent_at_most(told.gap)} dearer"


def _interval(estimate: Estimate) -> str:
    low, high = words.money(estimate.low), words.money(estimate.high)
    return f"{words.money(estimate.mean)} (95 %: {low} to {high})"


def _worth(told: Told) -> str:
    """The value of the stochastic solution, and of perfect information."""
    known = f"knowing the future from the start would save at most {words.money(told.evpi)} more"
    if told.vss is None or told.expected_value_plan is None:
        return f"The plan for the expected demand can't be kept in every future; {known}"
    plainly = words.money(told.expected_value_plan)
    return f"Planning so saves {words.money(told.vss)} against the plan for the expected demand ({plainly}); {known}"


def _levers(levers: Sequence[Lever]) -> Iterator[str]:
    first = [each.name for each in levers if each.first]
    later = [each.name for each in levers if not each.first]
    if first:
        yield f"Settled first, the same whatever comes: {', '.join(first)}"
    if later:
        yield f"Left until demand is known: {', '.join(later)}"
