"""Labels guessed from the shapes of blocks, for programs whose columns do not say where they belong.

Axes of the same length are taken for the same axis; the one along which rows link neighbours most is taken for time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from optimizer.program import ABSENT, TIME, Block, Ints, Program

_LEAST = 3
"""Shorter axes are kinds, or nothing; they are no time."""


def guessed(program: Program) -> dict[str, Ints]:
    """By axis the label of each column (n,), ABSENT where it has none; nothing where all blocks are flat."""
    found: dict[str, Ints] = {}
    for block in program.columns:
        for name, along in _axes(block):
            labels = found.setdefault(name, np.full(len(program.cost), ABSENT, dtype=np.int32))
            block.take(labels)[...] = along
    whole = {name: labels for name, labels in found.items() if bool((labels[program.integer] != ABSENT).any())}
    times = {name: _linked(program, labels) for name, labels in whole.items() if labels.max() >= _LEAST}
    time = max(times, key=lambda name: times[name], default=None)
    return {TIME if name == time else name: labels for name, labels in whole.items()}


def _axes(block: Block) -> Iterator[tuple[str, Ints]]:
    """Of a block of two axes or more each axis' name, its length and how often that came before, and its numbers."""
    if sum(length > 1 for length in block.shape) < 2:
        return
    seen: Counter[int] = Counter()
    for axis, length in enumerate(block.shape):
        if length > 1:
            across = [1] * len(block.shape)
            across[axis] = length
            yield f"{length}#{seen[length]}", np.arange(length, dtype=np.int32).reshape(across)
        seen[length] += 1


def _linked(program: Program, labels: Ints) -> int:
    """How many rows name exactly two labels that follow one another."""
    label = labels[program.indices]
    row = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))[label != ABSENT]
    label = label[label != ABSENT]
    least = np.full(len(program.row_lower), np.iinfo(np.int32).max, dtype=np.int32)
    most = np.full(len(program.row_lower), ABSENT, dtype=np.int32)
    np.minimum.at(least, row, label)
    np.maximum.at(most, row, label)
    return int((most == least + 1).sum())
