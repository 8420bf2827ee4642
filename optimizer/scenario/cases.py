"""What must agree in elective cases told by name: a list books them, and they are done in the time it allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from optimizer.scenario.faults import Problem
from optimizer.scenario.named import Path, known

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario
    from optimizer.scenario.patients import Elective
    from optimizer.scenario.today import PublishedCases

_ROUNDED: Final = 1e-6
"""Cases are told to six decimals."""


def cases_agree(scenario: Scenario, told: Sequence[PublishedCases]) -> Iterator[Problem]:
    """Published cases are of a list that books as many, and are done when that allows."""
    so_far: dict[tuple[str, date], float] = defaultdict(float)
    for at, cases in enumerate(told):
        path: Path = ("today", "published", "cases", at)
        yield from known((*path, "group"), [cases.group], scenario.patients, "patient group")
        yield from has_a_list(scenario, (*path, "group"), cases.group)
        elective = _list(scenario, cases.group)
        if elective is not None:
            yield from _in_time(path, cases, elective)
            so_far[cases.group, cases.booked] += cases.cases
            yield from _booked(scenario, path, cases, so_far[cases.group, cases.booked])


def has_a_list(scenario: Scenario, path: Path, group: str) -> Iterator[Problem]:
    """The group, where there is one of that name, has an elective list."""
    if group in scenario.patients and _list(scenario, group) is None:
        hint = f"give patients.{group} an elective list, or leave its cases out here"
        yield Problem(path, f"{group} has no elective list", hint)


def _list(scenario: Scenario, group: str) -> Elective | None:
    there = scenario.patients.get(group)
    return None if there is None else there.elective


def _in_time(path: Path, cases: PublishedCases, elective: Elective) -> Iterator[Problem]:
    most = 0 if elective.protected else elective.postpone_at_most_days
    late = (cases.done - cases.booked).days
    if late < 0:
        yield Problem((*path, "done"), f"{cases.done} is before the day booked, {cases.booked}", "same day or later")
    elif late > most:
        why = "the list is protected" if elective.protected else f"postpone_at_most_days is {most}"
        hint = f"say a day at most {_days(most)} later, or allow more" if most else f"say {cases.booked}"
        yield Problem((*path, "done"), f"{_days(late)} after the day booked, but {why}", hint)


def _booked(scenario: Scenario, path: Path, cases: PublishedCases, told: float) -> Iterator[Problem]:
    """No more cases are told of a day than are booked for it, and whole ones where the list is of whole ones."""
    elective, first = scenario.patients[cases.group].elective, scenario.horizon.start
    if elective is None or first is None or cases.booked < first:
        return
    figures, day = elective.cases or elective.per_weekday, (cases.booked - first).days
    if elective.cases and day >= len(elective.cases):
        return
    booked = elective.cases[day] if elective.cases else elective.per_weekday[cases.booked.weekday()]
    if told > booked + _ROUNDED:
        message = f"{told:g} published of {booked:g} booked for {cases.booked}"
        yield Problem((*path, "cases"), message, "publish no more than are booked")
    elif scenario.whole and all(each == round(each) for each in figures) and cases.cases != round(cases.cases):
        yield Problem((*path, "cases"), f"{cases.cases:g} of a list of whole cases", "publish whole cases")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
