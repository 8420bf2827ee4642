"""An anonymous roster day by day: each day's duties to those who have worked least and whose last shift suits best.

Quick, and most often all duties find somebody; where not, several tries with other weights, the best of which counts.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.hospital_problem import TeamProblem, TeamRoster

TRIES: Final = 24
NEVER: Final = 1e6
WINDOW: Final = 7

Floats = NDArray[np.float64]


def place(problem: TeamProblem, most: int, seed: int = 0) -> TeamRoster:
    """The best of several tries; nobody works more than `most` days in seven, nor with too little rest."""
    draw = np.random.default_rng(seed)
    best, fewest = TeamRoster(tuple(frozenset[int]() for _ in problem.members)), np.inf
    wanted = sum(slot.wanted for slot in problem.slots)
    for attempt in range(TRIES):
        weights = np.array([4.0, 1.0, 2.0]) if not attempt else draw.uniform(0.2, 5.0, 3)
        roster = _once(problem, most, weights, draw)
        missing = wanted - sum(map(len, roster.duties))
        if missing < fewest:
            best, fewest = roster, missing
        if not missing:
            break
    return best


def _before(problem: TeamProblem) -> tuple[Floats, NDArray[np.bool_]]:
    """(M,) when everybody's last duty ends, and (M, days) the days worked, a week before the first counted."""
    free_at = np.array([max((stint.end for stint in member.past), default=-NEVER) for member in problem.members])
    worked = np.zeros((len(problem.members), problem.days + WINDOW), dtype=np.bool_)
    for at, member in enumerate(problem.members):
        worked[at, [stint.day + WINDOW for stint in member.past if stint.day >= -WINDOW]] = True
    return free_at, worked


def _once(problem: TeamProblem, most: int, weights: Floats, draw: np.random.Generator) -> TeamRoster:
    from scipy.optimize import linear_sum_assignment

    people = len(problem.members)
    duties: list[set[int]] = [set() for _ in range(people)]
    free_at, worked = _before(problem)
    rest = problem.rules.rest.hours * 60
    for day, slots in enumerate(problem.by_day()):
        seats = np.array([slot for slot in slots for _ in range(problem.slots[slot].wanted)], dtype=np.intp)
        if not len(seats) or not people:
            continue
        starts = np.array([problem.slots[slot].start for slot in seats], dtype=np.float64)
        recent = worked[:, day + 1 : day + WINDOW].sum(axis=1)
        gap = starts[None, :] - free_at[:, None]
        cost = weights[0] * recent[:, None] + weights[1] * np.minimum(gap - rest, 2880) / 480 + draw.random(gap.shape)
        cost += weights[2] * worked[:, day + WINDOW - 2][:, None] * (gap > 2 * rest)
        away = np.array([day in member.away for member in problem.members])
        cost[(gap < rest) | (recent >= most)[:, None] | away[:, None]] = NEVER
        for who, seat in zip(*linear_sum_assignment(cost), strict=True):
            if cost[who, seat] < NEVER:
                duties[who].add(int(seats[seat]))
                free_at[who] = problem.slots[seats[seat]].end
                worked[who, day + WINDOW] = True
    return TeamRoster(tuple(map(frozenset, duties)))
