"""A hospital's roster problem as flat arrays, by which compiled code counts what any roster costs: rule by rule.

A person's line is the number of her duty on each day, or DAY_OFF. Every rule has two counts: points, and how often it
is broken where it is hard. Only for problems in which nobody works two shifts on a day.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_team_rules import counts_for, mixed_shifts
from optimizer.scenario.rostering import Cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DAY_OFF: Final = -1
NONE: Final = 10**9
"""A limit that nothing reaches."""

BURDEN: Final = ("nights", "weekends", "hours", "shifts", "wishes")
"""What is shared, in the order in which arrays have it."""


class Duties(NamedTuple):
    """N duties: their `day` and `place` among the kinds of that day (same shift and hours), minutes `paid`, `night`,
    and `twin` (N, D) the duty of the same shift, unit and role on each other day (DAY_OFF: none).

    `wanted`, `under`, `under_hard` and `over` are of their cover.
    """

    day: Ints
    place: Ints
    paid: Ints
    night: Ints
    twin: Ints
    wanted: Ints
    under: Floats
    under_hard: Floats
    over: Floats


class Cells(NamedTuple):
    """M people's cells: `own` (M, N) points of each duty and `own_hard`; `off` and `off_hard` (M, D) of a day off;
    wishes not met, `unmet` (M, N) and `unmet_off` (M, D).

    `option` are the duties each may be given (DAY_OFF among them) and `option_at` (M * D + 1,) where those of a person
    and day begin; `may` (M, N) and `may_off` (M, D) say the same. `absent` (M, D) excuses from what asks for something.
    """

    own: Floats
    own_hard: Floats
    off: Floats
    off_hard: Floats
    unmet: Ints
    unmet_off: Ints
    option: Ints
    option_at: Ints
    may: Bools
    may_off: Bools
    absent: Bools


class Near(NamedTuple):
    """Two duties of one line too near one another: points `soft` and `hard` (D, K, H, K) by day and kind of the first,
    days between less one, kind of the second; `reach` (D, K) days to look ahead."""

    soft: Floats
    hard: Floats
    reach: Ints


class Windows(NamedTuple):
    """R limits on sums in windows: `weight` (R, N) of each duty, days `length`, whether only the last window counts
    (`once`), `least` and `most`, what one beyond costs (`soft`, `hard`).

    `before` (R, M, D) is what of the window that ends on a day lies before the roster, `asks` (R, M, D) whether it must
    have the least, `binds` (R, M) whether the limit can be passed at all.
    """

    weight: Ints
    length: Ints
    once: Ints
    least: Ints
    most: Ints
    soft: Floats
    hard: Floats
    before: Ints
    asks: Bools
    binds: Bools


class Runs(NamedTuple):
    """Runs of work, of nights and of rest (3), which of them have a rule (`kept`): `least`, `most`, `soft`, `hard`.

    `before` (M, 3) were so long before day 0. On days `away` (M, D) rest may be long.
    """

    kept: Bools
    least: Ints
    most: Ints
    soft: Floats
    hard: Floats
    before: Ints
    away: Bools


class Weekends(NamedTuple):
    """W weekends by `first` and `last` day; `whole` the price of half a one, `most`, `row` (0: none) of which one is
    off, `soft`, `hard`; `before` (M, row - 1) those worked before, `begun` (M,) whether the first's Saturday was."""

    first: Ints
    last: Ints
    whole: float
    most: int
    row: int
    soft: float
    hard: float
    before: Bools
    begun: Bools


class Hours(NamedTuple):
    """Contracts: minutes `due` (M,) (-1: none), prices of a minute less and more (`less`, `more`, hard ones beside),
    and minutes more that nobody may pass."""

    due: Ints
    less: float
    less_hard: float
    more: float
    more_hard: float
    beyond: int


class Mix(NamedTuple):
    """G groups of duties of whose people so many are to be of a sort: `rule`, `least`, `most`, `soft`, `hard` (G,).

    `group` are the groups of each duty, from `group_at` (N + 1,) on; `counts` (rules, M) who is of the sort.
    """

    least: Ints
    most: Ints
    soft: Floats
    hard: Floats
    rule: Ints
    group: Ints
    group_at: Ints
    counts: Bools


class Ties(NamedTuple):
    """Pairs: from `at` (M + 1,) on the `other`s of each person, whether `together`, `soft` and `hard`.

    `spot` (N,) tells the duties of one shift of one unit.
    """

    at: Ints
    other: Ints
    together: Ints
    soft: Floats
    hard: Floats
    spot: Ints


class Shares(NamedTuple):
    """Fair shares among `own` people (`counted` (M,) says who is): `burden` and `cost` of each rule over the team.

    `spread` is 1 where the least loaded counts, too. `off_burden`, `off_cost` and `target` (rules, M) are of those on
    single people; `base` (M, 5) is what each had before.
    """

    own: Ints
    counted: Bools
    burden: Ints
    spread: Ints
    cost: Floats
    off_burden: Ints
    off_cost: Floats
    target: Floats
    base: Floats


class Ward(NamedTuple):
    """A whole problem."""

    duties: Duties
    cells: Cells
    near: Near
    windows: Windows
    runs: Runs
    weekends: Weekends
    hours: Hours
    mix: Mix
    ties: Ties
    shares: Shares


def price(cost: Cost, times: float = 1.0) -> tuple[float, float]:
    """(points, hard breaches) of a rule broken by one; None is hard."""
    return (0.0, times) if cost is None else (cost * times, 0.0)


def mix_of(problem: TeamProblem) -> Mix:
    """Skills and grades on shifts."""
    rows: list[tuple[int, int, float, float, int]] = []
    of_slot: list[list[int]] = [[] for _ in problem.slots]
    for number, rule in enumerate(problem.rules.mix):
        soft, hard = price(rule.cost)
        for slots in mixed_shifts(problem, rule).values():
            for slot in slots:
                of_slot[slot].append(len(rows))
            rows.append((rule.at_least, NONE if rule.at_most is None else rule.at_most, soft, hard, number))
    counts = [[counts_for(rule, member) for member in problem.members] for rule in problem.rules.mix]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return Mix(
        whole(columns[0]), whole(columns[1]), real(columns[2]), real(columns[3]), whole(columns[4]),
        whole([group for groups in of_slot for group in groups]), starts([len(groups) for groups in of_slot]),
        np.array(counts, dtype=np.bool_).reshape(len(counts), len(problem.members)),
    )  # fmt: skip


def ties_of(problem: TeamProblem) -> Ties:
    """Pairs together and apart."""
    spots: dict[tuple[str, int, str], int] = {}
    spot = [spots.setdefault((slot.unit, slot.day, slot.shift), len(spots)) for slot in problem.slots]
    of: list[list[tuple[int, int, float, float]]] = [[] for _ in problem.members]
    for tie in problem.ties:
        for one, other in ((tie.first, tie.second), (tie.second, tie.first)):
            of[one].append((other, int(tie.together), *price(tie.cost)))
    columns = list(zip(*(each for found in of for each in found), strict=True)) or [()] * 4
    return Ties(
        starts([len(found) for found in of]), whole(columns[0]), whole(columns[1]), real(columns[2]), real(columns[3]),
        whole(spot),
    )  # fmt: skip


def starts(lengths: list[int]) -> Ints:
    """Where each of several lists begins when they stand one after another, and where the last ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def whole(values: object) -> Ints:
    """Whole numbers as an array."""
    return np.array(values, dtype=np.int64)


def real(values: object) -> Floats:
    """Figures as an array."""
    return np.array(values, dtype=np.float64)
