"""The program as arrays: blocks of columns and rows, what they hold, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.program import ABSENT, TIME, Program, ProgramBuilder, ProgramError, Term
from optimizer.row_entries import entries


def two_by_three() -> tuple[ProgramBuilder, np.ndarray]:
    """A builder with one block of six columns, 2 wards by 3 days, costs 1 to 6."""
    builder = ProgramBuilder()
    cost = np.arange(1.0, 7.0).reshape(2, 3)
    return builder, builder.add_columns("beds", (2, 3), cost=cost, upper=9.0, integer=True)


def dense(program: Program) -> np.ndarray:
    """The matrix in full."""
    matrix = np.zeros(program.shape)
    for row in range(program.shape[0]):
        span = slice(program.indptr[row], program.indptr[row + 1])
        matrix[row, program.indices[span]] = program.data[span]
    return matrix


def test_columns_are_numbered_block_by_block() -> None:
    """A second block starts where the first ends, in its own shape."""
    builder, beds = two_by_three()
    staff = builder.add_columns("staff", (2,), upper=5.0)
    assert beds.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert staff.tolist() == [6, 7]


def test_a_block_takes_its_part_of_a_vector() -> None:
    """Entries 6 and 7 are the staff."""
    builder, _ = two_by_three()
    builder.add_columns("staff", (2,), upper=5.0)
    program = builder.build()
    assert program.column("staff").take(np.arange(8.0)).tolist() == [6.0, 7.0]
    with pytest.raises(KeyError, match="nurses"):
        program.column("nurses")


def test_a_term_broadcasts_over_the_rows() -> None:
    """One row a ward and day: beds - 2 * (the ward's first day) <= 4."""
    builder, beds = two_by_three()
    builder.add_rows("rise", (2, 2), [Term(beds[:, 1:]), Term(beds[:, :1], -2.0)], upper=4.0)
    program = builder.build()
    expected = [[-2, 1, 0, 0, 0, 0], [-2, 0, 1, 0, 0, 0], [0, 0, 0, -2, 1, 0], [0, 0, 0, -2, 0, 1]]
    assert dense(program).tolist() == expected
    assert program.row_upper.tolist() == [4.0] * 4
    assert program.row_lower.tolist() == [-np.inf] * 4


def test_a_further_axis_is_summed() -> None:
    """One row a ward over its three days, with a weight a day."""
    builder, beds = two_by_three()
    builder.add_rows("week", (2,), [Term(beds, [[1.0, 2.0, 3.0]])], lower=6.0)
    assert dense(builder.build()).tolist() == [[1, 2, 3, 0, 0, 0], [0, 0, 0, 1, 2, 3]]


def test_absent_columns_and_zero_coefficients_leave_no_entry() -> None:
    """Of three terms one is absent and one counts nothing."""
    builder, beds = two_by_three()
    columns = np.array([[beds[0, 0], ABSENT, beds[1, 1]]], dtype=np.int32)
    builder.add_rows("some", (1,), [Term(columns, [[1.0, 1.0, 0.0]])], lower=1.0)
    program = builder.build()
    assert program.indices.tolist() == [0]
    assert program.data.tolist() == [1.0]


def test_entries_are_sorted_by_column_within_a_row() -> None:
    """Named backwards, stored forwards: MathOpt refuses otherwise."""
    builder, beds = two_by_three()
    builder.add_rows("back", (2,), [Term(beds[:, ::-1], [[3.0, 2.0, 1.0]])], lower=0.0)
    program = builder.build()
    assert program.indices.tolist() == [0, 1, 2, 3, 4, 5]
    assert program.data.tolist() == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]


def test_a_column_named_twice_in_a_row_counts_twice() -> None:
    """beds[0,0] with 1 and with 2 is 3 of it; the row after is untouched."""
    builder, beds = two_by_three()
    first = np.array([[beds[0, 0], beds[0, 0]], [beds[1, 0], beds[1, 1]]], dtype=np.int32)
    builder.add_rows("twice", (2,), [Term(first, [[1.0, 2.0]])], lower=0.0)
    assert dense(builder.build()).tolist() == [[3, 0, 0, 0, 0, 0], [0, 0, 0, 1, 2, 0]]


def test_activity_and_objective_are_counted_from_values() -> None:
    """Values 1..6: wards sum to 6 and 15; cost 1 + 4 + 9 + 16 + 25 + 36 = 91, and 10 that is paid anyway."""
    builder, beds = two_by_three()
    builder.offset = 10.0
    builder.add_rows("ward", (2,), [Term(beds)], lower=0.0)
    program = builder.build()
    assert program.activity(np.arange(1.0, 7.0)).tolist() == [6.0, 15.0]
    assert program.objective(np.arange(1.0, 7.0)) == 101.0


def test_activity_is_exact_beside_huge_rows() -> None:
    """A row of 1e15 before a row of 0.1 must not swallow its digits."""
    builder, beds = two_by_three()
    builder.add_rows("each", (2,), [Term(beds[0, :2], [1e15, 0.1])], lower=0.0)
    assert builder.build().activity(np.ones(6)).tolist() == [1e15, 0.1]


def test_a_row_without_terms_is_kept() -> None:
    """Its activity is 0."""
    builder, _ = two_by_three()
    builder.add_rows("none", (2,), [Term(np.array([ABSENT, ABSENT], dtype=np.int32))], upper=1.0)
    program = builder.build()
    assert program.shape == (2, 6)
    assert program.activity(np.ones(6)).tolist() == [0.0, 0.0]


def test_a_row_is_named_by_its_block_and_cell() -> None:
    """Row 3 of a 2 by 2 block is [1,1]."""
    builder, beds = two_by_three()
    builder.add_rows("cover", (2, 2), [Term(beds[:, :2])], lower=0.0)
    assert builder.build().row_name(3) == "cover[1,1]"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ({"upper": np.inf}, "upper holds a value that is infinite"),
        ({"upper": 1.0, "cost": np.nan}, "cost holds a value that is infinite or no number"),
        ({"upper": [1.0, 0.0], "lower": [0.0, 2.0]}, r"column x\[1\] has its lower bound above its upper"),
    ],
)
def test_a_column_that_no_solver_may_see_is_refused(column: dict[str, float], message: str) -> None:
    """Infinite bounds gave a wrong optimum in CP-SAT."""
    builder = ProgramBuilder()
    builder.add_columns("x", (2,), **column)
    with pytest.raises(ProgramError, match=message):
        builder.build()


@pytest.mark.parametrize("bounds", [{"lower": np.nan}, {"upper": np.nan}, {"lower": np.inf}, {"upper": -np.inf}])
def test_a_row_bound_that_means_nothing_is_refused(bounds: dict[str, float]) -> None:
    """Not a number, or infinite on the wrong side."""
    builder, beds = two_by_three()
    builder.add_rows("ward", (2,), [Term(beds)], **bounds)
    with pytest.raises(ProgramError, match="a row's bound is no number"):
        builder.build()


@given(st.data())
def test_rows_equal_the_dense_sum_of_their_terms(data: st.DataObject) -> None:
    """Any terms, in any order, with repeats: the matrix is what adding them one by one gives."""
    width = data.draw(st.integers(1, 5))
    columns = data.draw(st.lists(st.lists(st.integers(-1, 5), min_size=width, max_size=width), min_size=1, max_size=4))
    weights = data.draw(st.lists(st.integers(-3, 3), min_size=width, max_size=width))
    builder, _ = two_by_three()
    term = Term(np.array(columns, dtype=np.int32), np.array([weights], dtype=np.float64))
    builder.add_rows("any", (len(columns),), [term], lower=0.0)
    expected = np.zeros((len(columns), 6))
    for row, cells in enumerate(columns):
        for column, weight in zip(cells, weights, strict=True):
            if column != ABSENT:
                expected[row, column] += weight
    np.testing.assert_array_equal(dense(builder.build()), expected)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 40))
def test_rows_made_a_slab_at_a_time_are_the_same_rows(wards: int, days: int, at_once: int) -> None:
    """Terms by ward, by day, by both, by neither and with an axis to sum are cut where a slab ends, and only there."""
    cells = np.arange(wards * days, dtype=np.int32).reshape(wards, days)
    terms = [
        (cells, np.arange(days) - 1.0),
        (cells[:, :1], np.arange(wards)[:, None] + 1.0),
        (cells[-1], np.asarray(2.0)),
        (np.stack([cells, cells[::-1]], axis=-1), np.asarray([[[3.0, -1.0]]])),
        (np.asarray(ABSENT, dtype=np.int32), np.asarray(5.0)),
    ]
    whole = list(entries(terms, (wards, days)))
    slabs = list(entries(terms, (wards, days), at_once=at_once))
    assert len(whole) == 1
    if at_once < 12 * days:  # a ward has 6 terms a day, so two wards are too many at once
        assert len(slabs) == wards
    for field in ("lengths", "indices", "data"):
        np.testing.assert_array_equal(
            np.concatenate([getattr(slab, field) for slab in slabs]), getattr(whole[0], field)
        )


def test_labels_say_where_columns_belong() -> None:
    """Labels broadcast to their block's shape; columns of blocks that do not say are absent."""
    builder = ProgramBuilder()
    builder.add_columns("people", (2, 3), upper=1.0, labels={TIME: np.arange(3, dtype=np.int32)})
    builder.add_columns("beds", (1,), upper=1.0)
    program = builder.build()
    assert program.labels(TIME).tolist() == [0, 1, 2, 0, 1, 2, ABSENT]
