"""Property: on random small programs every solver gives the cost that brute force finds."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import Program, ProgramBuilder, Term
from optimizer.solution import Limits, Status
from optimizer.solvers import SOLVERS, solve
from tests.agreement import opinions, tiny_opinions
from tests.oracle_hospitals import hospitals
from tests.oracle_tiny import tiny_hospitals
from tests.solver_programs import row
from tests.torture.agreement_at_length import survey

WHOLE = ("cbc", "highs", "scip", "cpsat")
LINEAR = ("glop", "highs", "cbc")
LIMITS = Limits(time_limit=20.0, gap=0.0, threads=1)

small = st.integers(-4, 6)


@st.composite
def programs(draw: st.DrawFn, *, whole: bool) -> Program:
    """2 to 5 columns with bounds within 0 to 3, 1 to 4 rows with small whole coefficients, one or two sides each."""
    columns = draw(st.integers(2, 5))
    numbers = st.lists(small, min_size=columns, max_size=columns)
    builder = ProgramBuilder(offset=draw(small))
    upper = draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))
    builder.add_columns("x", (columns,), cost=draw(numbers), upper=upper, integer=whole)
    for at in range(draw(st.integers(1, 4))):
        lower = draw(small)
        above = draw(st.sampled_from([np.inf, 0.0, 3.0]))
        row(builder, f"r{at}", list(range(columns)), draw(numbers), lower=lower, upper=lower + above)
    return builder.build()


def brute_force(program: Program) -> float | None:
    """The least cost over every whole point within the bounds, None if no point meets the rows."""
    spans = [range(int(low), int(high) + 1) for low, high in zip(program.lower, program.upper, strict=True)]
    costs = [
        program.objective(point)
        for point in map(np.array, itertools.product(*spans))
        if ((program.row_lower <= program.activity(point)) & (program.activity(point) <= program.row_upper)).all()
    ]
    return min(costs, default=None)


@settings(max_examples=100, deadline=None)
@given(programs(whole=True))
def test_whole_number_solvers_agree_with_brute_force(program: Program) -> None:
    """The same least cost from all. What a solver alone breaks on, or CBC calls infeasible, `solve` settles."""
    least = brute_force(program)
    for name in WHOLE:
        solution = SOLVERS[name](program, LIMITS)
        if solution.status is Status.FAILED:
            solution = solve(program, solver=name, limits=LIMITS)
        if least is None or (name == "cbc" and solution.status is Status.INFEASIBLE):
            assert solution.status is Status.INFEASIBLE, name
        else:
            assert (solution.status, solution.objective) == (Status.OPTIMAL, least), name


def test_a_program_that_breaks_highs_is_settled_by_others() -> None:
    """2 x = 1 in whole numbers: HiGHS stops with an internal error, two other solvers agree that there is no plan."""
    builder = ProgramBuilder()
    x = builder.add_columns("x", (4,), upper=[0, 0, 0, 2], integer=True)
    builder.add_rows("r", (1,), [Term(x[None, :], [[0.0, 1.0, 2.0, 2.0]])], lower=1, upper=1)
    assert solve(builder.build(), solver="highs", limits=LIMITS).status is Status.INFEASIBLE


@settings(max_examples=60, deadline=None)
@given(programs(whole=False))
def test_linear_solvers_agree(program: Program) -> None:
    """The same least cost, or no plan, from all three."""
    answers = [SOLVERS[name](program, LIMITS) for name in LINEAR]
    assert len({answer.status for answer in answers}) == 1
    if answers[0].objective is not None:
        costs = [answer.objective for answer in answers]
        np.testing.assert_allclose(costs, costs[0], rtol=1e-6, atol=1e-6)


def test_solvers_and_brute_force_agree_on_tiny_hospitals() -> None:
    """A slice of `make torture`: named people, bays, devices; CP-SAT counts fractions in quarters."""
    tally = survey(tiny_hospitals(), tiny_opinions, 60)
    assert tally.disagreements == []
    assert tally.undecided == []


def test_solvers_agree_on_small_hospitals() -> None:
    """The same for richer ones, where brute force cannot follow; the check accepts the plan of each."""
    tally = survey(hospitals(), opinions, 12)
    assert tally.disagreements == []
