"""Days in a row: the one way in which runs of work, rest and equal shifts are counted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row of one kind: where it begins (0 if it carries on), how many inside, how many before day 0."""

    kind: Hashable
    start: int
    inside: int
    before: int
    at_start: bool
    at_end: bool

    @property
    def length(self) -> int:
        """All its days."""
        return self.before + self.inside


def runs(kinds: Sequence[Hashable], carried: tuple[Hashable, int] | None = None) -> list[Run]:
    """The runs of equal kinds; `carried` is the kind of the day before and how long it has lasted by then.

    A carried run that day 0 does not continue is told as well: it ended before, `inside` 0.
    """
    found: list[Run] = []
    at = 0
    while at < len(kinds):
        stop = at
        while stop < len(kinds) and kinds[stop] == kinds[at]:
            stop += 1
        carries = at == 0 and carried is not None and carried[0] == kinds[0]
        found.append(
            Run(kinds[at], at, stop - at, carried[1] if carries and carried else 0, at == 0, stop == len(kinds))
        )
        at = stop
    if carried is not None and carried[1] and kinds and kinds[0] != carried[0]:
        found.insert(0, Run(carried[0], 0, 0, carried[1], at_start=True, at_end=False))
    return found
