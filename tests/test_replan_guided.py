"""A large program is solved from a plan, where its relaxation would change that; its bound is the whole program's."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.program import Program, ProgramBuilder, Term
from optimizer.replanning.guided import MANY, guided
from optimizer.solution import Limits

PLACES = MANY
"""Two whole columns a place are more than branch and cut is asked at once."""


def places(dear: float) -> Program:
    """At each place one of two ways: costing 1, or `dear`; at least 1.5 of them, so that 2 must be."""
    builder = ProgramBuilder()
    ways = builder.add_columns("ways", (PLACES, 2), cost=[1.0, dear], upper=2.0, integer=True)
    builder.add_rows("enough", (PLACES,), [Term(ways)], lower=1.5)
    return builder.build()


def test_a_dear_plan_is_changed_where_the_relaxation_says() -> None:
    """All dear, 2 x 3 a place: the relaxation has 1.5 of the cheap way at each place, the whole answer 2."""
    plan = np.tile([0.0, 2.0], PLACES)
    found = guided(places(3.0), plan, Limits(20.0, 0.0, threads=1))
    assert found.objective == pytest.approx(2.0 * PLACES)


def test_its_bound_is_that_of_the_whole_program() -> None:
    """The relaxation costs 1.5 a place, the answer 2: what was shut is not forgotten."""
    plan = np.tile([2.0, 0.0], PLACES)
    found = guided(places(3.0), plan, Limits(20.0, 0.0, threads=1))
    assert found.objective == pytest.approx(2.0 * PLACES)
    assert found.bound == pytest.approx(1.5 * PLACES)
