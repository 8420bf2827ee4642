"""What each goal counts: a weight for every column of the capacity program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.program import ABSENT, TIME, Block, Bools, Floats, Ints, Program
from optimizer.scenario.goals import Goal, changes_are_counted, counted_in_hours, goal_of

CURRENCY, HOURS, CHANGES = "currency", "hours", "changes"


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A goal with the weight of each column (n,), and what it is measured in: currency, hours or changes."""

    goal: Goal
    measure: str
    weights: Floats

    def value(self, values: Floats) -> float:
        """What a plan (n,) comes to; never a hair below nothing."""
        found = float((self.weights * values).sum())
        return max(found, 0.0) if bool((self.weights >= 0).all()) else found


def counted(case: Case, built: Built, goals: tuple[Goal, ...]) -> tuple[Counted, ...]:
    """Each of the goals, in turn."""
    weights = _priced(built, goals)
    measures = dict.fromkeys(goals, CURRENCY)
    for goal, measure, plain in _plain(case, built):
        if goal in weights:
            weights[goal], measures[goal] = plain, measure
    return tuple(Counted(goal, measures[goal], weights[goal]) for goal in goals)


def _priced(built: Built, goals: tuple[Goal, ...]) -> dict[Goal, Floats]:
    """(n,) prices by goal: every priced column counts towards one."""
    weights = {goal: np.zeros(built.program.shape[1]) for goal in goals}
    for entry in built.layout.ledger:
        weights[goal_of(entry.item, goals)][entry.columns] += built.program.cost[entry.columns]
    return weights


def _plain(case: Case, built: Built) -> list[tuple[Goal, str, Floats]]:
    """Goals that are counted without prices: hours lacking, and changes one by one."""
    found: list[tuple[Goal, str, Floats]] = []
    if counted_in_hours(case.scenario):
        found.append(("shortfalls", HOURS, _hours_lacking(case, built)))
    if changes_are_counted(case.scenario):
        changes = built.layout.changes
        ones: Mapping[int, Ints] = dict(enumerate((changes.staff, changes.bays, changes.cases)))
        found.append(("changes", CHANGES, _filled(built, [(block, np.ones(1)) for block in ones.values()])))
    return found


def _hours_lacking(case: Case, built: Built) -> Floats:
    """(n,) hours that patients wait for a bed, beds are put up, people and devices are short, and requests wait."""
    layout, period = built.layout, np.full(1, 24.0 / case.grid.periods_per_day)
    return _filled(
        built,
        [
            (layout.patients.waiting, period),
            (layout.beds.overflow, np.full(1, 24.0)),
            (layout.staff.short, case.grid.hours),
            (layout.devices.short, period),
            (layout.devices.backlog, period),
        ],
    )


def _filled(built: Built, blocks: list[tuple[Ints, Floats]]) -> Floats:
    weights = np.zeros(built.program.shape[1])
    for columns, figures in blocks:
        there = columns != ABSENT
        weights[columns[there]] = np.broadcast_to(figures, columns.shape)[there]
    return weights


def beyond(case: Case, program: Program) -> Bools:
    """(n,) columns of days past those the plan commits to."""
    return np.asarray(program.labels(TIME) >= case.grid.committed_days)


def with_row(program: Program, name: str, weights: Floats, *, lower: float = -np.inf, upper: float = np.inf) -> Program:
    """The program with one row more: ``lower <= weights @ x <= upper``."""
    columns = np.flatnonzero(weights).astype(np.int32)
    return replace(
        program,
        indptr=np.append(program.indptr, program.indptr[-1] + len(columns)),
        indices=np.concatenate((program.indices, columns)),
        data=np.concatenate((program.data, weights[columns])),
        row_lower=np.append(program.row_lower, lower),
        row_upper=np.append(program.row_upper, upper),
        rows=(*program.rows, Block(name, len(program.row_lower), (1,))),
    )
