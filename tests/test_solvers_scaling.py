"""Figures that lie far apart: solved right to what arithmetic can tell, said to be in doubt, or refused by name."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import Program, ProgramBuilder, Term
from optimizer.solution import Limits, Status
from optimizer.solvers import BadlyScaled, solve
from optimizer.solvers.scaling import is_stretched, well_scaled
from optimizer.solvers.verify import Claim, Run, broken, settle
from tests.exact import exact_optimum, meets
from tests.solver_programs import big_m, row, shifts

LIMITS = Limits(time_limit=5.0, gap=0.0, threads=1)
DOUBT = Fraction(2, 10**6)
"""A row may be off by so much of its size: solvers promise no more."""


def one_row(coefficients: list[float], *, cost: list[float], upper: float = 10.0, **bounds: float) -> Program:
    """Columns from 0 to `upper` under one row called `need`."""
    builder = ProgramBuilder()
    builder.add_columns("x", (len(cost),), cost=cost, upper=upper, integer=True)
    row(builder, "need", list(range(len(cost))), coefficients, **bounds)
    return builder.build()


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (one_row([1, 1e-9], cost=[1, 1], lower=1), r"row need\[0\] counts column x\[1\] 1e-09 times"),
        (one_row([1e12, 1], cost=[1, 1], lower=1), r"row need\[0\] counts column x\[0\] 1e\+12 times"),
        (one_row([1e7, 1e-4], cost=[1, 1], lower=1), r"need\[0\] counts one thing 1e\+07 times and another 0.0001, "),
        (one_row([1e-4, 2e-4], cost=[1, 1], lower=1e-4), r"row need\[0\] counts nothing 0.001 times or more"),
        (one_row([1, 1], cost=[1e12, 1], lower=1), r"column x\[0\] costs 1e\+12 a unit.*say as a rule"),
        (one_row([1, 1], cost=[1, 1e-9], lower=1), r"column x\[1\] costs 1e-09 a unit"),
        (one_row([1, 1], cost=[1e-3, 2e-3], lower=1), "no price is above 0.002: give prices in a smaller unit"),
        (one_row([1, 1], cost=[1, 1], upper=1e12, lower=1), r"column x\[0\] may be from 0 to 1e\+12"),
        (one_row([1, 1], cost=[1, 1], lower=1e12), r"row need\[0\] may be from 1e\+12 to inf"),
    ],
)
def test_figures_too_far_apart_are_refused_with_their_place_and_a_cure(program: Program, words: str) -> None:
    """Each kind of figure by itself, from 1e-9 to 1e12; every message says what to do."""
    with pytest.raises(BadlyScaled, match=words) as refused:
        solve(program)
    assert "give" in str(refused.value)


def test_ordinary_figures_pass_untouched() -> None:
    """Neither a copy nor a complaint, and no second opinion."""
    program = shifts()
    assert well_scaled(program) is program
    assert not is_stretched(program)
    assert is_stretched(big_m(1e9))


def test_a_program_without_prices_or_rows_is_well_scaled() -> None:
    """Nothing to compare is no fault."""
    builder = ProgramBuilder()
    builder.add_columns("x", (2,), upper=1.0)
    assert solve(builder.build()).objective == 0.0


def test_a_coefficient_of_nought_is_none() -> None:
    """Arrays made elsewhere may hold noughts: beside a 2 they are no figure to weigh; 2 x >= 3 needs two at 5."""
    program = one_row([2, 1], cost=[5, 7], lower=3)
    program = replace(program, data=np.array([2.0, 0.0]))
    assert solve(program).objective == 10.0


def test_a_bound_that_rounding_left_of_nothing_is_nothing() -> None:
    """.3 - .1 - .2 leaves -2.8e-17, and .1 + .2 - .3 leaves 5.6e-17: neither asks for a whole person."""
    program = one_row([1, 1], cost=[5, 7], lower=0.1 + 0.2 - 0.3)
    assert program.row_lower[0] > 0.0
    assert well_scaled(program).row_lower.tolist() == [0.0]
    assert solve(program).objective == 0.0


class TestCounts:
    """Rows of whole columns with whole coefficients are reckoned exactly, however large."""

    def program(self, least: float) -> Program:
        """Two counts that must reach `least`, 3 for each of the first."""
        return one_row([3, 1], cost=[3, 1], upper=1e9, lower=least)

    @pytest.mark.parametrize("least", [3.0, 3e6, 3e9 - 3.0, 3e8])
    def test_one_too_few_is_one_too_few(self, least: float) -> None:
        """3 x (least / 3) is enough, one less of the second is not: at 3e9 a millionth of the bound would be 3,000."""
        enough = np.array([least / 3.0, 0.0])
        assert broken(self.program(least), enough) == ""
        assert "row need[0]" in broken(self.program(least), enough - [1.0, -2.0])

    def test_a_plan_one_short_of_a_billion_is_no_plan(self) -> None:
        """Whatever a solver claims: 999,999,999 people are not 1,000,000,000."""
        claim = Claim(Status.OPTIMAL, np.array([333_333_333.0, 0.0]), 999_999_999.0)
        solution = settle(self.program(1e9), claim, LIMITS, Run("some", "1", 0.0))
        assert solution.status is Status.FAILED
        assert solution.values is None


def test_a_small_row_is_held_to_its_own_measure() -> None:
    """.001 x >= .002 asks for two; 1.999 fall short by a thousandth of .001, which absolute tolerances let through."""
    program = one_row([0.001], cost=[1.0], lower=0.002)
    assert broken(program, np.array([1.0])) != ""
    assert broken(program, np.array([2.0])) == ""


def test_two_solvers_must_agree_where_figures_lie_far_apart() -> None:
    """HiGHS calls 5000 the least; one of the second column at .008 (7000 >= .000007) is enough, and SCIP finds it."""
    program = one_row([0.007, 7000.0], cost=[5000.0, 0.008], upper=2.0, lower=7e-6)
    solution = solve(program, limits=LIMITS)
    assert solution.objective == pytest.approx(0.008)
    assert solution.status is not Status.OPTIMAL or solution.bound == pytest.approx(0.008)


def figures(least: int, most: int, *, positive: bool = False) -> st.SearchStrategy[float]:
    """1 to 9 times a power of ten, either sign."""
    sign = st.just(1) if positive else st.sampled_from([1, 1, 1, -1])
    parts = st.tuples(sign, st.integers(1, 9), st.integers(least, most))
    return parts.map(lambda part: float(f"{part[0] * part[1]}e{part[2]}"))


@st.composite
def stretched(draw: st.DrawFn, least: int, most: int) -> Program:
    """1 to 3 columns (whole ones up to 3, others up to 10^most), 1 to 3 rows, every figure over the same decades."""
    wide = draw(st.integers(1, 3))
    whole = np.array(draw(st.lists(st.booleans(), min_size=wide, max_size=wide)))
    upper = [float(draw(st.integers(1, 3))) if each else draw(figures(0, most, positive=True)) for each in whole]
    builder = ProgramBuilder()
    cost = [draw(figures(least, most)) for _ in range(wide)]
    x = builder.add_columns("x", (wide,), cost=cost, upper=upper, integer=whole)
    for at in range(draw(st.integers(1, 3))):
        some = np.array([draw(st.sampled_from([0.0, 1.0, 1.0])) * draw(figures(least, most)) for _ in range(wide)])
        reach = float(np.abs(some) @ np.array(upper))
        bound = float(f"{reach * draw(st.sampled_from([0.9, 0.5, 0.1, 1e-3, 1e-6, 1e-9])):.2g}")
        side = draw(st.sampled_from(["lower", "lower", "upper"]))
        builder.add_rows(f"r{at}", (1,), [Term(x[None, :], some[None, :])], **{side: bound})
    return builder.build()


def judge(program: Program) -> None:
    """What `solve` says is refused, doubted, or right to a millionth of the money at stake, in exact arithmetic."""
    try:
        solution = solve(program, limits=LIMITS)
    except BadlyScaled:
        return
    if solution.status is Status.INFEASIBLE:
        assert exact_optimum(program, slack=-DOUBT) is None
    if solution.status in (Status.OPTIMAL, Status.WITHIN_GAP):
        assert solution.values is not None
        assert solution.objective is not None
        assert meets(program, solution.values, DOUBT)
        least, loosely = exact_optimum(program), exact_optimum(program, slack=DOUBT)
        at_stake = 1e-6 * float((np.abs(program.cost) * program.upper).max())
        assert loosely is not None
        assert solution.objective >= float(loosely) - at_stake - 1e-6 * abs(float(loosely))
        assert least is None or solution.objective <= float(least) + at_stake + 1e-6 * abs(float(least))


@pytest.mark.parametrize(("least", "most"), [(-2, 3), (-3, 4), (-9, 12)])
@settings(max_examples=120)
@given(data=st.data())
def test_whatever_is_not_refused_is_right_in_exact_arithmetic(least: int, most: int, data: st.DataObject) -> None:
    """Against the vertices of every whole point, reckoned in fractions."""
    judge(data.draw(stretched(least, most)))
