"""Futures of one shape: a rule whose rows stand only where they ask something leaves gaps, which are filled up.

Futures of the same rows and entries are solved from each other's bases, and each other's prices bound them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optimizer.program import Block, Bools, Floats, Program
from optimizer.uncertainty.rows import rows_of, stacked

Shapes = dict[bytes, tuple[int, Floats]]
"""By the columns of a row, which of all it is, and what its coefficients are somewhere."""


def shapes_of(programs: Iterable[Program], name: str) -> Shapes:
    """Every row that the rule `name` has in any of some programs, those of the program that has most of them first."""
    pictures: dict[bytes, Program] = {}
    for program in programs:
        rows = rows_of(program, _rows_named(program, name))
        pictures.setdefault(rows.indptr.tobytes() + rows.indices.tobytes(), rows)
    found: Shapes = {}
    for rows in sorted(pictures.values(), key=lambda each: -len(each.row_lower)):
        for at in range(len(rows.row_lower)):
            key, data = _row(rows, at)
            found.setdefault(key, (len(found), data))
    return found


def alike(program: Program, name: str, shapes: Shapes) -> Program:
    """The program with all rows of the rule, last and in the order of `shapes`; those that it has not ask nothing."""
    named = _rows_named(program, name)
    mine, rest = rows_of(program, named), rows_of(program, ~named)
    if b"".join(shapes) == mine.indices.tobytes() and len(shapes) == len(mine.row_lower):
        return stacked(rest, mine)
    least = np.full(len(shapes), -np.inf)
    entries = [each[1] for each in shapes.values()]
    for at in np.flatnonzero(named):
        key, data = _row(program, int(at))
        number = shapes[key][0]
        entries[number], least[number] = data, program.row_lower[at]
    columns = [np.frombuffer(key, dtype=program.indices.dtype) for key in shapes]
    lengths = np.array([len(each) for each in columns])
    full = Program(
        program.cost, program.lower, program.upper, program.integer,
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), np.concatenate(columns), np.concatenate(entries),
        least, np.full(len(shapes), np.inf), program.columns, (Block(name, 0, (len(shapes),)),), program.offset,
    )  # fmt: skip
    return stacked(rest, full)


def _row(program: Program, at: int) -> tuple[bytes, Floats]:
    part = slice(program.indptr[at], program.indptr[at + 1])
    return program.indices[part].tobytes(), program.data[part]


def _rows_named(program: Program, name: str) -> Bools:
    """(m,) the rows of blocks of that name; of a cut, those that are bounded from below alone."""
    found = np.zeros(len(program.row_lower), dtype=np.bool_)
    for block in program.rows:
        if block.name == name:
            found[block.start : block.start + block.size] = True
    return found
