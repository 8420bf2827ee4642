"""The search: reaches optima that are known, never proves too much, ends in time, keeps its best when interrupted."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings

from optimizer.program import Program, ProgramBuilder, Term
from optimizer.solution import Limits, Progress, Status
from optimizer.solvers import SOLVERS, solve
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.first import Beginning
from optimizer.solvers.search.improve import Improver
from optimizer.solvers.search.incumbents import last_plan
from optimizer.solvers.search.links import Links
from optimizer.solvers.search.neighbours import NEIGHBOURHOODS, View, freed
from optimizer.solvers.search.part import restricted
from optimizer.solvers.search.race import search
from optimizer.solvers.search.standing import Standing
from optimizer.solvers.table import choose
from tests.solver_programs import big_m, covering, five_binaries, halves, impossible, row, shifts
from tests.test_solvers_agree import brute_force, programs


def corners(copies: int) -> Program:
    """Copies of: most 5x + 4y with 6x + 4y <= 24 and x + 2y <= 6. The relaxation is at (3, 1.5), worth 21.

    Rounded near that: (3, 1), worth 19. Whole numbers: (4, 0), worth 20, beyond its ceiling of x. As costs: -20 a copy.
    """
    builder = ProgramBuilder()
    pairs = builder.add_columns("x", (2, copies), cost=[[-5.0], [-4.0]], upper=6.0, integer=True).T
    builder.add_rows("first", (copies,), [Term(pairs, np.array([[6.0, 4.0]]))], upper=24.0)
    builder.add_rows("second", (copies,), [Term(pairs, np.array([[1.0, 2.0]]))], upper=6.0)
    return builder.build()


def grid() -> Program:
    """6 places x 7 days of whole columns, 42 continuous ones beside them, rows over days and over places."""
    builder = ProgramBuilder()
    whole = builder.add_columns("whole", (6, 7), cost=1.0, upper=9.0, integer=True)
    part = builder.add_columns("part", (42,), cost=2.0, upper=9.0).reshape(6, 7)
    builder.add_rows("need", (6, 7), [Term(whole, 2.0), Term(part)], lower=3.0)
    builder.add_rows("total", (7,), [Term(whole.T)], upper=40.0)
    return builder.build()


@pytest.mark.parametrize(
    ("program", "least"), [(shifts(), 8.0), (halves(), 2.0), (five_binaries(), 0.0), (big_m(1e9), 70.0)]
)
def test_known_optima_are_reached_and_proven(program: Program, least: float) -> None:
    """The programs reckoned by hand, those with a trap among them."""
    solution = search(program, Limits(time_limit=20.0))
    assert solution.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(least, rel=1e-9)


def test_improving_alone_leaves_the_corner_that_rounding_is_caught_in() -> None:
    """12 copies at -19 after rounding, -20 each at best; the bound of -240 is given, nobody proves."""
    standing = Standing(corners(12), Limits(time_limit=10.0))
    standing.prove(-240.0)
    map_ = Map.of(Links.of(standing.program))
    Beginning(standing, map_, 0).begin()
    Improver.of(standing, map_, 0).pursue()
    assert standing.objective == -240.0
    assert standing.left() > 0.0


@given(program=programs(whole=True))
@settings(max_examples=15, deadline=None)
def test_neither_plan_nor_bound_is_beyond_the_optimum(program: Program) -> None:
    """Against brute force: the same cost, and no bound on the way above it."""
    told: list[Progress] = []
    solution = search(program, Limits(time_limit=20.0, gap=0.0), told.append)
    assume(solution.status is not Status.FAILED)  # HiGHS breaks on some programs without a plan; see below
    least = brute_force(program)
    if least is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert solution.objective == pytest.approx(least, abs=1e-6)
    assert all(one.bound is None or one.bound <= least + 1e-6 for one in told)
    assert tuple(told) == solution.progress


def test_the_time_limit_ends_it_with_an_honest_gap() -> None:
    """2 s for a program that nobody proves: a plan that holds, a bound below it, and no more than 2 s beyond."""
    begun = time.monotonic()
    solution = solve(covering(), solver="search", limits=Limits(time_limit=2.0))
    assert time.monotonic() - begun < 5.0  # the start of a process among them
    assert solution.seconds < 4.0
    assert solution.status is Status.TIME_LIMIT
    assert solution.values is not None
    assert solution.bound is not None
    assert solution.objective == covering().objective(solution.values)
    assert solution.bound < solution.objective


def test_the_gap_asked_for_ends_it_early() -> None:
    """20 % are soon proven; the threads that still work do not hold the answer back."""
    solution = solve(covering(), solver="search", limits=Limits(time_limit=60.0, gap=0.2))
    assert solution.status is Status.WITHIN_GAP
    assert solution.seconds < 20.0


def test_ctrl_c_keeps_the_best_plan() -> None:
    """Interrupted at 0.3 s of 60."""

    def press(progress: Progress) -> None:
        if progress.incumbent is not None and progress.seconds > 0.3:
            raise KeyboardInterrupt

    begun = time.monotonic()
    solution = solve(covering(), solver="search", limits=Limits(time_limit=60.0), watch=press)
    assert time.monotonic() - begun < 10.0
    assert (solution.status, solution.message, solution.solver) == (Status.TIME_LIMIT, "interrupted", "search")
    assert solution.values is not None


def test_a_hint_is_taken_as_the_first_plan() -> None:
    """Five of the second shift cost 10; the search can only improve on that, to 8."""
    told: list[Progress] = []
    solution = search(shifts(), Limits(hint=np.array([0.0, 5.0])), told.append)
    assert solution.objective == 8.0
    assert all(one.incumbent is not None and one.incumbent <= 10.0 for one in told)


def test_no_plan_is_confirmed_by_a_second_solver() -> None:
    """Two columns of at most 1 cannot reach 3."""
    solution = solve(impossible(whole=True), solver="search")
    assert solution.status is Status.INFEASIBLE
    assert solution.why == "search was asked for; highs confirms that there is no plan"


def test_a_program_that_breaks_highs_is_left_to_others() -> None:
    """2x = 1 in whole numbers stops HiGHS with an internal error: the search says so at once, `solve` asks on."""
    builder = ProgramBuilder()
    builder.add_columns("x", (4,), upper=[0.0, 0.0, 0.0, 2.0], integer=True)
    row(builder, "odd", [1, 2, 3], [1.0, 2.0, 2.0], lower=1.0, upper=1.0)
    alone = search(builder.build(), Limits(time_limit=20.0))
    assert alone.status is Status.FAILED
    assert alone.seconds < 10.0
    assert "highs refused the program" in alone.message
    assert solve(builder.build(), solver="search").status is Status.INFEASIBLE


def test_a_linear_program_goes_to_highs() -> None:
    """There is nothing to search: the solution names who solved it."""
    solution = SOLVERS["search"](shifts(whole=False), Limits())
    assert (solution.solver, solution.status) == ("highs", Status.OPTIMAL)


def test_auto_searches_where_there_are_many_whole_numbers() -> None:
    """From 3,000 on, and it says so."""
    builder = ProgramBuilder()
    builder.add_columns("x", (4_000,), upper=1.0, integer=True)
    why = "4,000 whole numbers, more than branch and cut masters: a search beside its bound"
    assert choose(builder.build()) == ("search", why)


def test_auto_searches_sooner_where_columns_say_where_they_belong() -> None:
    """2,000 whole numbers: in blocks of two axes the search can take parts of them, in a flat block HiGHS is asked."""
    for shape, solver in (((40, 50), "search"), ((2_000,), "highs")):
        builder = ProgramBuilder()
        builder.add_columns("x", shape, upper=1.0, integer=True)
        assert choose(builder.build())[0] == solver


def test_a_part_has_what_is_fixed_in_its_rows_and_its_cost() -> None:
    """The second shift fixed at 1 leaves 2x >= 5 - 1 and a cost of 3x + 2."""
    program = shifts()
    part = restricted(program, np.array([0.0, 1.0]), np.array([2.0, 1.0]))
    assert (part.program.shape, part.program.row_lower.tolist(), part.program.offset) == ((1, 1), [4.0], 2.0)
    assert part.widen(np.array([2.0])).tolist() == [2.0, 1.0]
    assert part.narrow(np.array([2.0, 1.0])).tolist() == [2.0]
    assert part.program.objective(np.array([2.0])) == program.objective(np.array([2.0, 1.0])) == 8.0


def test_rows_without_an_open_column_are_left_out() -> None:
    """Of two rows the one over the fixed column goes."""
    builder = ProgramBuilder()
    builder.add_columns("x", (3,), upper=4.0)
    row(builder, "gone", [0], [1.0], lower=1.0)
    row(builder, "stays", [1, 2], [1.0, 3.0], lower=2.0)
    part = restricted(builder.build(), np.array([1.0, 0.0, 0.0]), np.array([1.0, 4.0, 4.0]))
    assert (part.program.indices.tolist(), part.program.data.tolist()) == ([0, 1], [1.0, 3.0])
    assert part.program.row_lower.tolist() == [2.0]


@pytest.mark.parametrize("kind", NEIGHBOURHOODS)
def test_a_neighbourhood_frees_its_share_of_whole_columns(kind: str) -> None:
    """A third of 42 is 14, all of them whole; another draw frees others."""
    program = grid()
    view = View(program, np.zeros(84), np.where(program.integer, 1.5, 0.0), np.random.default_rng(0))
    draws = [freed(view, kind, 1 / 3) for _ in range(4)]
    assert [int(free.sum()) for free in draws] == [14] * 4
    assert not any(bool((free & ~program.integer).any()) for free in draws)
    assert any(bool((free != draws[0]).any()) for free in draws[1:])


def test_stretches_follow_the_axis_that_rows_show() -> None:
    """The rows are 6 x 7: a third of 7 days is 3 days at most of all 6 places, not two places and a bit."""
    program = replace(grid(), columns=tuple(replace(block, shape=(42,)) for block in grid().columns))
    view = View(program, np.zeros(84), np.zeros(84), np.random.default_rng(1))
    free = freed(view, "stretches", 1 / 3)[:42].reshape(6, 7)
    assert int(free.any(axis=0).sum()) <= 3
    assert int(free.any(axis=1).sum()) == 6


def test_a_standing_takes_only_plans_that_hold_and_are_better() -> None:
    """2 hours of 5 are no plan; (0, 5) costs 10, (1, 3) 9 which is 1 better, and (0, 5) again gains nothing."""
    standing = Standing(shifts(), Limits())
    offers = [np.array(plan) for plan in ([1.0, 0.0], [0.0, 5.0], [1.0, 3.0], [0.0, 5.0])]
    assert [standing.offer(plan) for plan in offers] == [0.0, np.inf, 1.0, 0.0]
    assert standing.objective == 9.0


def test_a_standing_is_over_when_the_gap_is_reached() -> None:
    """At 9 a bound of 6 leaves a third, one of 8 a ninth; a weaker bound told later changes nothing."""
    standing = Standing(shifts(), Limits(gap=0.2))
    standing.offer(np.array([1.0, 3.0]))
    standing.prove(6.0)
    assert not standing.over
    standing.prove(8.0)
    standing.prove(7.0)
    assert standing.over
    assert standing.bound == 8.0


def test_the_last_whole_plan_is_read_from_a_file(tmp_path: Path) -> None:
    """Two plans of two columns and the beginning of a third."""
    path = tmp_path / "plans"
    path.write_text("Objective 10\n# Columns 2\n0\n5\nObjective 9\n# Columns 2\n1\n3\nObjective 8\n# Columns 2\n2\n")
    found = last_plan(path, 2)
    assert found is not None
    assert found.tolist() == [1.0, 3.0]
    assert last_plan(tmp_path / "none", 2) is None
