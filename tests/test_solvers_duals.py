"""Prices of linear programs, as solvers tell them."""

import pytest

from optimizer.program import ProgramBuilder, Term
from optimizer.solvers import solve


@pytest.mark.parametrize("solver", ["highs", "glop"])
def test_a_linear_program_tells_its_prices(solver: str) -> None:
    """One more of what a row asks for costs what the cheapest way to give it costs."""
    # 3x + 5y least with x + y >= 10 and x <= 4: x = 4, y = 6, cost 42. An eleventh costs 5; a fifth x saves 2.
    builder = ProgramBuilder()
    x = builder.add_columns("x", (1,), cost=3.0, upper=4.0)
    y = builder.add_columns("y", (1,), cost=5.0, upper=100.0)
    builder.add_rows("enough", (1,), [Term(x), Term(y)], lower=10.0)
    duals = solve(builder.build(), solver=solver).duals
    assert duals is not None
    assert duals.rows.tolist() == pytest.approx([5.0])
    assert duals.columns.tolist() == pytest.approx([-2.0, 0.0])


def test_whole_numbers_have_no_prices() -> None:
    """A program of whole numbers says no prices rather than zeros."""
    builder = ProgramBuilder()
    x = builder.add_columns("x", (1,), cost=3.0, upper=4.0, integer=True)
    builder.add_rows("enough", (1,), [Term(x, 2.0)], lower=3.0)
    assert solve(builder.build(), solver="highs").duals is None
