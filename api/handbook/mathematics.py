"""The mathematics as the code has it: every rule's own sentence, the code that says it, and how it is recounted."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Final

from api import words
from api.handbook.marking import code, folded, page, said, table

OPENING: Final = """A plan is the answer of a linear program, in whole people and whole bays where the scenario says
so: least cost, so that every rule below holds. Each rule is one function; its first sentence is the rule, its code is
below it. The check at the end recounts every plan from its tables alone, without the program and without the solver.

Time is cut into intervals by every shift boundary; patients, beds and devices are counted by period, people by
interval. What can't be met is short at a price, so that a plan always exists and says what it lacks, unless a rule is
`hard`."""


def mathematics_page() -> str:
    """The page."""
    return page("The mathematics, as written in the code", OPENING, _lines())


def _lines() -> Iterator[str]:
    yield from _money()
    yield from _goals()
    yield from _rules()
    yield from _checks()
    yield from _rosters()


def _money() -> Iterator[str]:
    from optimizer.scenario.goals import UNPAID

    yield "## What is sought"
    yield "The sum of these items, each as the scenario prices it; the plan's `cost` tells them apart and sums to it."
    rows = [(code(item), name, "" if item in UNPAID else "yes") for item, name in words.COSTS.items()]
    yield from table(("item", "what it is", "money that somebody pays out"), rows)


def _goals() -> Iterator[str]:
    from optimizer.scenario.goals import ITEMS

    yield "With `solve.goals` items are sought in turn instead, each goal held while the next is improved:"
    rows = [(code(str(goal)), ", ".join(map(code, sorted(items)))) for goal, items in ITEMS.items()]
    yield from table(("goal", "the items that count towards it"), rows)


def _rules() -> Iterator[str]:
    from optimizer.capacity.rules import RULES

    yield "## The rules of a plan"
    for rule in RULES:
        yield from ("", f"### {_capital(rule.name)}", "", said(rule.add))
        yield from folded("as written", inspect.getsource(rule.add))


def _checks() -> Iterator[str]:
    from optimizer.check.rules import CHECKS

    yield "## What is recounted of every plan"
    yield "From the plan's tables and the scenario, nothing else; a plan that fails is not shown to anybody."
    yield from table(("rule", "what is recounted"), [(rule.name, said(rule.find)) for rule in CHECKS])


def _rosters() -> Iterator[str]:
    from optimizer.roster.rules import RULES

    yield "## The rules of a roster of named people"
    yield from table(("rule", "what it asks"), [(name, said(rule)) for name, rule in RULES.items()])


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
