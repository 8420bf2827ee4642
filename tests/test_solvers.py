"""Every solver, called in this process: what it claims, what it refuses, what it never says."""

import numpy as np
import pytest

from optimizer.program import Program, ProgramBuilder
from optimizer.solution import Limits, Progress, Solution, Status, relative_gap
from optimizer.solvers import SOLVERS, UnknownSolver, UnsuitableSolver, solve
from optimizer.solvers.verify import Claim, Run, settle
from tests.solver_programs import big_m, covering, five_binaries, halves, impossible, row, shifts

WHOLE = ["cbc", "highs", "scip", "cpsat"]
LINEAR = ["cbc", "glop", "pdlp", "highs", "scip"]
TIMELESS = [name for name in SOLVERS if name != "rolling"]
"""Whoever needs no column to say when it is; `rolling` refuses such programs (test_solvers_rolling)."""
ONE_SECOND = Limits(time_limit=1.0)


def is_empty(solution: Solution) -> bool:
    return solution.objective is solution.bound is solution.gap is solution.values is None


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers_reach_the_optimum_reckoned_by_hand(name: str) -> None:
    """Two of the first shift and one of the second cover 5 hours at a cost of 8."""
    solution = SOLVERS[name](shifts(), Limits())
    assert solution.status is Status.OPTIMAL
    assert solution.objective == 8.0
    assert solution.values is not None
    assert solution.values.tolist() == [2.0, 1.0]


@pytest.mark.parametrize("name", LINEAR)
def test_a_linear_program_reaches_its_optimum(name: str) -> None:
    """Fractions gain nothing here: the first shift is the cheaper an hour and ends at its bound of 2."""
    solution = SOLVERS[name](shifts(whole=False), Limits())
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(8.0, rel=1e-6)


@pytest.mark.parametrize("name", WHOLE)
def test_the_relaxation_is_never_given_for_whole_numbers(name: str) -> None:
    """The relaxation of `halves` costs 1.5; whole numbers cost 2."""
    assert SOLVERS[name](halves(), Limits()).objective == 2.0


@pytest.mark.parametrize("name", ["glop", "pdlp"])
def test_linear_solvers_refuse_whole_numbers(name: str) -> None:
    """GLOP and PDLP would answer with the relaxation."""
    with pytest.raises(UnsuitableSolver, match=f"{name}: it would answer with the relaxation"):
        SOLVERS[name](halves(), Limits())


def test_cp_sat_refuses_columns_that_may_be_fractions() -> None:
    """CP-SAT rounds continuous columns and calls the result optimal (455 for a true 436.8 on a covering program)."""
    with pytest.raises(UnsuitableSolver, match="round every column"):
        SOLVERS["cpsat"](shifts(whole=False), Limits())


def test_cp_sat_refuses_bounds_that_it_would_cut() -> None:
    """CP-SAT cuts bounds to 1e7: it called -1.9e8 optimal where -5.18e9 was."""
    builder = ProgramBuilder()
    builder.add_columns("x", (1,), cost=-1.0, upper=2e7, integer=True)
    with pytest.raises(UnsuitableSolver, match="beyond 1e7"):
        SOLVERS["cpsat"](builder.build(), Limits())


def test_an_unknown_solver_is_named_with_those_there_are() -> None:
    """A typo in --solver says what could have been meant."""
    with pytest.raises(UnknownSolver, match="'hihgs'; there are auto, cbc, glop, pdlp, highs, scip, cpsat"):
        solve(halves(), solver="hihgs")


@pytest.mark.parametrize(("name", "whole"), [(n, True) for n in WHOLE] + [(n, False) for n in LINEAR])
def test_an_infeasible_program_has_nothing_but_its_status(name: str, whole: bool) -> None:
    """PuLP's variables still hold numbers after "Infeasible"; a Solution holds none."""
    solution = SOLVERS[name](impossible(whole=whole), Limits())
    assert solution.status is Status.INFEASIBLE
    assert is_empty(solution)


@pytest.mark.parametrize("name", ["cbc", "highs", "glop"])
def test_a_row_that_contradicts_itself_is_named(name: str) -> None:
    """At least 5 and at most 3 is infeasible (some solvers refuse to read it)."""
    builder = ProgramBuilder()
    builder.add_columns("x", (1,), upper=9.0)
    row(builder, "nurses", [0], [1.0], lower=5.0, upper=3.0)
    solution = SOLVERS[name](builder.build(), Limits())
    assert solution.status is Status.INFEASIBLE
    assert solution.message == "row nurses[0] asks for at least 5 and at most 3"


@pytest.mark.parametrize("name", TIMELESS)
def test_a_program_without_columns_costs_its_constant(name: str) -> None:
    """Nothing to decide: cost 7 and no values."""
    solution = SOLVERS[name](ProgramBuilder(offset=7.0).build(), Limits())
    assert (solution.status, solution.objective, solution.gap) == (Status.OPTIMAL, 7.0, 0.0)


@pytest.mark.parametrize("name", WHOLE)
def test_a_constant_cost_counts_in_cost_and_bound(name: str) -> None:
    """8 for the shifts and 1000 that is paid anyway."""
    solution = SOLVERS[name](shifts(offset=1000.0), Limits())
    assert (solution.objective, solution.bound, solution.gap) == (1008.0, 1008.0, 0.0)


@pytest.mark.parametrize("name", TIMELESS)
def test_a_program_without_costs_is_solved_too(name: str) -> None:
    """Any plan is optimal where none costs anything."""
    builder = ProgramBuilder()
    builder.add_columns("x", (3,), upper=4.0, integer=name == "cpsat")
    row(builder, "need", [0, 2], [1.0, 1.0], lower=2.0, upper=5.0)
    solution = SOLVERS[name](builder.build(), Limits())
    assert (solution.status, solution.objective) == (Status.OPTIMAL, 0.0)


@pytest.mark.parametrize("name", WHOLE)
def test_a_time_limit_is_never_called_optimal(name: str) -> None:
    """PuLP says "Optimal" when CBC merely ran out of time; here plan, bound and an honest gap are kept."""
    solution = SOLVERS[name](covering(), ONE_SECOND)
    assert solution.status is Status.TIME_LIMIT
    assert solution.objective is not None
    assert solution.bound is not None
    assert solution.bound < solution.objective
    assert solution.gap == pytest.approx((solution.objective - solution.bound) / solution.objective)
    assert solution.seconds < 5.0


@pytest.mark.parametrize("name", ["cbc", "highs", "scip"])
def test_a_gap_asked_for_is_reported_as_within_gap(name: str) -> None:
    """With 20 % allowed every solver stops early, with a bound that proves those 20 %."""
    solution = SOLVERS[name](covering(), Limits(time_limit=20.0, gap=0.2))
    assert solution.status is Status.WITHIN_GAP
    assert solution.gap is not None
    assert 1e-6 < solution.gap <= 0.2


@pytest.mark.parametrize("name", WHOLE)
def test_progress_is_told_while_the_solver_runs(name: str) -> None:
    """Reports come before the end, at most about five a second, and the last one is as good as the first or better."""
    told: list[Progress] = []
    solution = SOLVERS[name](covering(), ONE_SECOND, told.append)
    assert tuple(told) == solution.progress
    assert 2 <= len(told) <= 7
    assert told[0].seconds < told[-1].seconds <= solution.seconds
    assert told[-1].incumbent is not None
    assert told[0].incumbent is None or told[-1].incumbent <= told[0].incumbent


@pytest.mark.parametrize("name", WHOLE)
def test_a_hint_is_no_worse_than_nothing(name: str) -> None:
    """A full plan given as a start is at most improved upon."""
    program = covering(60, 40, width=12)
    start = np.full(60, 5.0)
    solution = SOLVERS[name](program, Limits(time_limit=2.0, hint=start))
    assert solution.objective is not None
    assert solution.objective <= program.objective(start)


@pytest.mark.parametrize("name", ["highs", "scip", "cpsat"])
def test_the_five_binaries_are_solved(name: str) -> None:
    """All x one and all c nothing meet every row at no cost."""
    assert SOLVERS[name](five_binaries(), Limits()).objective == 0.0


def test_cbc_calls_the_five_binaries_infeasible() -> None:
    """The reason why every "infeasible" is doubted; when this fails, CBC has been mended."""
    assert SOLVERS["cbc"](five_binaries(), Limits()).status is Status.INFEASIBLE


@pytest.mark.parametrize("size", [1e9, 1e7, 1e3])
def test_highs_is_not_fooled_by_big_m(size: float) -> None:
    """At HiGHS' own tolerance 1e-8 of a ward passes for a closed one, at 20; the truth is 70."""
    solution = SOLVERS["highs"](big_m(size), Limits())
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(70.0, rel=1e-9)


def test_cbc_says_its_real_version() -> None:
    """From its log: 2.10.3 is what PuLP ships."""
    assert SOLVERS["cbc"](halves(), Limits()).version.startswith("2.10")


class TestSettling:
    """What becomes of a solver's claim."""

    run = Run("some", "1", 0.5)

    def settled(self, program: Program, claim: Claim) -> Solution:
        """The claim settled under default limits."""
        return settle(program, claim, Limits(), self.run)

    def test_a_broken_row_is_a_failure(self) -> None:
        """The big-M lie: ward 0 used (10) while 1e-8 open, rounded to closed. The row then reads 10 <= 0."""
        lie = Claim(Status.OPTIMAL, np.array([10.0, 0.0, 1e-8, 0.0]), 20.0)
        solution = self.settled(big_m(1e9), lie)
        assert solution.status is Status.FAILED
        assert is_empty(solution)
        assert "row ward0[0] is 10, not within -inf to 0" in solution.message

    def test_a_broken_row_at_a_time_limit_leaves_no_values(self) -> None:
        """A plan that does not hold is none."""
        solution = self.settled(halves(), Claim(Status.TIME_LIMIT, np.array([1.0, 0.0]), 1.5))
        assert solution.status is Status.TIME_LIMIT
        assert is_empty(solution) or solution.bound == 1.5
        assert solution.values is None

    @pytest.mark.parametrize(
        ("values", "fault"),
        [
            ([1.4, 0.6], "must be a whole number"),
            ([12.0, 0.0], "outside its bounds"),
            ([np.nan, 2.0], "finite number"),
            ([2.0], "finite number"),
        ],
    )
    def test_values_that_break_a_column_are_a_failure(self, values: list[float], fault: str) -> None:
        """Fractions, values beyond bounds, no numbers, too few."""
        solution = self.settled(halves(), Claim(Status.OPTIMAL, np.array(values), 2.0))
        assert solution.status is Status.FAILED
        assert fault in solution.message

    def test_whole_numbers_and_bounds_are_made_exact(self) -> None:
        """0.999999 of a person is one, and -1e-9 is none; the cost is recounted from that."""
        solution = self.settled(halves(), Claim(Status.OPTIMAL, np.array([1.999999, -1e-9]), 1.999999))
        assert solution.values is not None
        assert solution.values.tolist() == [2.0, 0.0]
        assert (solution.objective, solution.status) == (2.0, Status.OPTIMAL)

    def test_a_bound_above_the_cost_is_a_failure(self) -> None:
        """A plan of cost 2 refutes a proof that nothing is below 3."""
        solution = self.settled(halves(), Claim(Status.OPTIMAL, np.array([2.0, 0.0]), 3.0))
        assert solution.status is Status.FAILED
        assert "claims a bound of 3 above the cost 2" in solution.message

    def test_a_claim_of_optimal_short_of_the_gap_is_not_believed(self) -> None:
        """A bound of 1 under a cost of 2 is a gap of a half."""
        solution = self.settled(halves(), Claim(Status.OPTIMAL, np.array([2.0, 0.0]), 1.0))
        assert (solution.status, solution.gap) == (Status.TIME_LIMIT, 0.5)

    def test_unbounded_is_not_believed(self) -> None:
        """Every column has finite bounds."""
        assert self.settled(halves(), Claim(Status.UNBOUNDED)).status is Status.FAILED


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (200.0, 198.0, 0.01),
        (5.0, 5.0, 0.0),
        (0.0, 0.0, 0.0),
        (-100.0, -110.0, 0.1),
        (None, 3.0, None),
        (3.0, None, None),
    ],
)
def test_the_gap_is_relative_to_the_cost(objective: float | None, bound: float | None, gap: float | None) -> None:
    """(cost - bound) / |cost|: 2 / 200, 10 / 100, and nothing where there is no cost or bound."""
    assert (
        relative_gap(objective, bound) == pytest.approx(gap)
        if gap is not None
        else relative_gap(objective, bound) is None
    )
