"""Counts that everybody may see: small ones are held back, and so many others that none can be reckoned from totals.

A count of one to seven people is not shown (NHS England's rule for hospital activity), a nought is. Whoever knows the
totals subtracts; so other counts are held back too, until every one held back could be another whole number. Rows,
columns and the held-back cells that tie them are a graph (Gusfield, A graph theoretic approach to statistical data
security, SIAM J. Comput. 17, 1988): a cell can be another number just where a cycle of cells, in turn one more and one
less, runs through it. Totals are cells like any other, in a row and a column of their own that count against the rest.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

SMALLEST, LARGEST = 1, 7
"""Counts from the one to the other are small."""

Place = tuple[int, int]
"""Row and column of a cell; totals stand past the last of either."""

Node = tuple[str, int]
"""A row or a column of the table."""

FREE: Final = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it may be shown: (R + 1, C + 1) counts with the totals last, None where a count is held back."""

    cells: tuple[tuple[int | None, ...], ...]

    @property
    def held(self) -> int:
        """How many counts are held back."""
        return sum(cell is None for row in self.cells for cell in row)


def small(count: int) -> bool:
    """Whether a count could point at somebody."""
    return SMALLEST <= count <= LARGEST


def disclosed(counts: Sequence[Sequence[int]]) -> Shown:
    """What of a table of counts (R, C), none below nought, everybody may see, with its totals."""
    rows = [[*row, sum(row)] for row in counts]
    rows.append([sum(column) for column in zip(*rows, strict=True)] or [0])
    table = _Table({(at, to): count for at, row in enumerate(rows) for to, count in enumerate(row)})
    table.held.update(place for place, count in table.counts.items() if small(count))
    for place in sorted(table.held):
        if not table.movable(place):
            table.held.update(table.cheapest(place))
    return Shown(
        tuple(
            tuple(None if (at, to) in table.held else count for to, count in enumerate(row))
            for at, row in enumerate(rows)
        )
    )


@dataclass(slots=True)
class _Table:
    """Counts and which of them are `held` back so far."""

    counts: Mapping[Place, int]
    held: set[Place] = field(default_factory=set)
    lines: dict[Node, list[Place]] = field(default_factory=dict)
    corner: Place = (0, 0)

    def __post_init__(self) -> None:
        self.corner = max(self.counts)
        for place, count in self.counts.items():
            for node in _ends(place):
                if count:
                    self.lines.setdefault(node, []).append(place)

    def movable(self, place: Place) -> bool:
        """Whether a reader of what is shown must reckon with another count there."""
        return any(self._path(place, up=up, free=True) is not None for up in self._ways(place))

    def cheapest(self, place: Place) -> list[Place]:
        """The cells of least count in all that, held back too, let a cell be another number.

        There always are some: the totals of its row, of its column and of all close a cycle.
        """
        paths = (self._path(place, up=up, free=False) for up in self._ways(place))
        found = [path for path in paths if path is not None]
        return min(found, key=lambda path: sum(self._price(each) for each in path))

    def _path(self, place: Place, *, up: bool, free: bool) -> list[Place] | None:
        """The cells that make up for a cell's going one way; None where none do. `free`: of those held back alone."""
        start, goal = _ends(place) if not up else _ends(place)[::-1]
        best: dict[Node, int] = {start: 0}
        came: dict[Node, tuple[Node, Place]] = {}
        waiting = [(0, start)]
        while waiting:
            price, node = heapq.heappop(waiting)
            if node == goal:
                return _walked(came, start, goal)
            for there, cell in self._steps(node, free=free):
                total = price + self._price(cell)
                if cell != place and total < best.get(there, 1 + total):
                    best[there], came[there] = total, (node, cell)
                    heapq.heappush(waiting, (total, there))
        return None

    def _steps(self, node: Node, *, free: bool) -> Iterator[tuple[Node, Place]]:
        """Where one can go: from a row up through a cell to its column, from a column down to a row."""
        up = node[0] == "row"
        for place in self.lines[node]:
            if (place in self.held or not free) and up in self._ways(place):
                yield _ends(place)[up], place

    def _ways(self, place: Place) -> tuple[bool, ...]:
        """Which ways a cell can go in the equations (up: True), never to nought; totals of a line count against it."""
        last_row, last_column = self.corner
        plain = (place[0] == last_row) == (place[1] == last_column)
        return (True, False) if self.counts[place] > SMALLEST else (plain,)

    def _price(self, place: Place) -> int:
        return FREE if place in self.held else self.counts[place]


def _ends(place: Place) -> tuple[Node, Node]:
    return ("row", place[0]), ("column", place[1])


def _walked(came: Mapping[Node, tuple[Node, Place]], start: Node, goal: Node) -> list[Place]:
    cells, node = [], goal
    while node != start:
        node, cell = came[node]
        cells.append(cell)
    return cells
