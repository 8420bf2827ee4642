"""The networks of the allocation races: sizes as published, the reference's program column for column."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.program import TIME, Program
from optimizer.solution import Limits, Status
from optimizer.solvers import SOLVERS
from tests.benchmarks.allocation_naive import build_naive
from tests.benchmarks.allocation_peers import (
    SAME_BLOCKS,
    SAME_ROWS,
    has_reference,
    reference_arrays,
    reference_network,
    reference_program,
)
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program

needs_reference = pytest.mark.skipif(not has_reference(), reason="the reference instance is not beside the repository")


@pytest.mark.parametrize(
    ("size", "columns", "rows", "whole"), [("T", 1_692, 852, 351), ("S", 13_398, 6_128, 2_730)]
)  # fmt: skip
def test_a_network_has_the_size_published(size: str, columns: int, rows: int, whole: int) -> None:
    """Columns, rows and whole numbers as in the table of the races."""
    program = allocation_program(draw(size), whole=True)
    assert program.shape == (rows, columns)
    assert int(program.integer.sum()) == whole


def test_the_same_seed_draws_the_same_network() -> None:
    """Twice the same, and another with another seed."""
    first, again, other = (draw("T", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.arrivals, again.arrivals)
    assert not np.array_equal(first.arrivals, other.arrivals)


def test_every_column_says_when_and_where_it_belongs() -> None:
    """Columns of units have a unit; those of a site's pool (4 kinds, 9 periods, twice) only the site."""
    program = allocation_program(draw((2, 3, 3)))
    assert set(np.unique(program.labels(TIME))) == set(range(9))
    assert set(np.unique(program.labels("site"))) == {0, 1}
    assert int((program.labels("unit") < 0).sum()) == 2 * 2 * 4 * 9


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bounds_cut_off_no_least_cost(seed: int) -> None:
    """A network of two sites costs the same with every bound that is ours four times as wide."""
    tight = allocation_program(draw((2, 3, 2), seed))
    wide = tight.upper.copy()
    given = {"early", "long", "open", "rented"}  # these limits are the network's own
    for block in tight.columns:
        if block.name not in given:
            block.take(wide)[...] *= 4
    loose = Program(
        tight.cost, tight.lower, wide, tight.integer, tight.indptr, tight.indices, tight.data,
        tight.row_lower, tight.row_upper, tight.columns, tight.rows,
    )  # fmt: skip
    found = [SOLVERS["glop"](program, Limits()) for program in (tight, loose)]
    assert [each.status for each in found] == [Status.OPTIMAL] * 2
    assert found[0].objective == pytest.approx(found[1].objective, rel=1e-7)


@needs_reference
@pytest.mark.parametrize("size", ["T", (2, 3, 8)])
def test_the_program_is_the_reference_up_to_order(size: str | tuple[int, int, int]) -> None:
    """Every entry, cost, lower bound and row bound is the reference's, block for block."""
    ours, theirs = allocation_program(reference_network(size)), reference_arrays(size, whole=False)
    columns = np.concatenate([theirs.blocks[SAME_BLOCKS.get(b.name, b.name)].ravel() for b in ours.columns])
    rows = np.concatenate([theirs.rowblocks[SAME_ROWS.get(b.name, b.name)].ravel() for b in ours.rows])
    assert sorted(columns) == list(range(theirs.n))
    assert sorted(rows) == list(range(theirs.nr))
    np.testing.assert_allclose(ours.cost, theirs.c[columns])
    np.testing.assert_allclose(ours.row_lower, theirs.rlo[rows])
    np.testing.assert_allclose(ours.row_upper, theirs.rhi[rows])
    mine = _entries(ours.indptr, ours.indices, ours.data, rows, columns)
    assert mine == pytest.approx(
        _entries(theirs.ptr, theirs.ind, theirs.val, np.arange(theirs.nr), np.arange(theirs.n))
    )


def _entries(
    pointers: np.ndarray, indices: np.ndarray, data: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> dict:
    """Entries that are not 0 by (row, column) in the reference's numbers."""
    place = np.repeat(rows, np.diff(pointers))
    cells = zip(place.tolist(), columns[indices].tolist(), strict=True)
    return {cell: value for cell, value in zip(cells, data.tolist(), strict=True) if value}


@needs_reference
def test_the_reference_costs_what_our_program_costs() -> None:
    """At T, solved by GLOP from either's arrays."""
    ours, theirs = allocation_program(reference_network("T")), reference_program("T", whole=False)
    found = [SOLVERS["glop"](program, Limits()).objective for program in (ours, theirs)]
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_the_naive_program_is_the_same_program() -> None:
    """Two sites in PuLP: as many columns and rows, and the same least cost, solved by its CBC."""
    import pulp

    network = draw((2, 3, 2))
    ours, naive = allocation_program(network), build_naive(network)
    assert (len(naive.constraints()), len(naive.variables())) == ours.shape
    naive.solve(pulp.COIN_CMD(path=pulp.apis.PULP_CBC_CMD.pulp_cbc_path, msg=False))
    least = SOLVERS["highs"](ours, Limits()).objective
    assert pulp.value(naive.objective) == pytest.approx(least, rel=1e-6)
