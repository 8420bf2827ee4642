"""One line of a race's table, and the clock that all races share."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Line:
    """What was raced, our figure and the peer's; their `ratio`, with the `goal` it should reach.

    A ratio should be at least the goal where `more` is better, else at most.
    """

    what: str
    ours: str
    peer: str
    ratio: float | None = None
    goal: float | None = None
    more: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal was reached; None where there is none."""
        if self.ratio is None or self.goal is None:
            return None
        return self.ratio >= self.goal if self.more else self.ratio <= self.goal


def printed(line: Line) -> str:
    """The line as text."""
    ratio = "" if line.ratio is None else f"{line.ratio:.4g}"
    sign = ">=" if line.more else "<="
    goal = "" if line.goal is None else f"{sign} {line.goal:g}"
    verdict = {None: "", True: "reached", False: "missed"}[line.reached]
    return f"{line.what:34} {line.ours:>16} {line.peer:>26} {ratio:>9} {goal:>9} {verdict}".rstrip()


def clocked(work: Callable[[], _Result], repeats: int = 1) -> tuple[float, _Result]:
    """CPU seconds of the fastest of `repeats` runs, and what the last one gave."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        begun = time.process_time()
        result = work()
        best = min(best, time.process_time() - begun)
    return best, result


def seconds(figure: float) -> str:
    """CPU seconds, three digits."""
    return f"{figure:.3g} s"
