"""Stocks told apart: the same plans at the same cost, and a constant that whole people can be rounded up to."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.program import TIME, Floats, Program, ProgramBuilder, Term
from optimizer.row_entries import ABSENT
from optimizer.solution import Limits, Status
from optimizer.solvers.mathopt import glop, highs
from optimizer.solvers.search.improve import linear
from optimizer.solvers.search.priced_chains import chains
from optimizer.solvers.search.priced_stocks import told_apart
from optimizer.solvers.search.race import search
from optimizer.solvers.verify import broken

LIMITS = Limits(time_limit=20.0, gap=0.0, threads=1)


def ward(arrivals: list[float], stay: float, start: float, needs: list[float], *, cyclic: bool = False) -> Program:
    """Patients present = stay * before + admitted + sent here; those not admitted are turned away at 50 each.

    A person costs 10 and cares for 4 patients in her period and for 2 in the next, an hour over 3 replaces 1 patient's
    care; `needs` is the care of a patient by period.
    """
    builder, periods = ProgramBuilder(), len(arrivals)
    time = {TIME: np.arange(periods, dtype=np.int32)}
    people = builder.add_columns("people", (periods,), cost=10.0, upper=3.0, integer=True, labels=time)
    present = builder.add_columns("present", (periods,), upper=30.0, labels=time)
    admitted = builder.add_columns("admitted", (periods,), upper=9.0, labels=time)
    away = builder.add_columns("away", (periods,), cost=50.0, upper=9.0, labels=time)
    extra = builder.add_columns("extra", (periods,), cost=3.0, upper=30.0, labels=time)
    before = np.roll(present, 1) if cyclic else np.concatenate([[ABSENT], present[:-1]]).astype(np.int32)
    there = np.where(np.arange(periods) == 0, 0.0 if cyclic else stay * start, 0.0)
    earlier = np.concatenate([[ABSENT], people[:-1]]).astype(np.int32)
    builder.add_rows(
        "present", (periods,), [Term(present), Term(before, -stay), Term(admitted, -1.0)], lower=there, upper=there
    )
    builder.add_rows("arrivals", (periods,), [Term(admitted), Term(away)], lower=arrivals, upper=arrivals)
    cover = [Term(people, 4.0), Term(earlier, 2.0), Term(extra), Term(present, -np.array(needs))]
    builder.add_rows("cover", (periods,), cover, lower=0.0)
    return builder.build()


@st.composite
def wards(draw: st.DrawFn) -> Program:
    """Two or three periods of arrivals up to 4, any stay, a start of up to 6."""
    periods = draw(st.integers(2, 3))
    quarter = st.integers(0, 16).map(lambda number: number / 4)
    arrivals = draw(st.lists(quarter, min_size=periods, max_size=periods))
    needs = draw(st.lists(st.sampled_from([0.5, 1.0, 1.25]), min_size=periods, max_size=periods))
    return ward(arrivals, draw(st.sampled_from([0.0, 0.5, 0.9, 1.0])), draw(quarter), needs)


def relaxed(program: Program) -> Floats:
    """The values of the linear relaxation."""
    values = highs(linear(program), LIMITS).values
    assert values is not None
    return values


def least(program: Program) -> float:
    """The least cost over all numbers of people, each with the linear program of all else."""
    whole = np.flatnonzero(program.integer)
    costs = []
    for people in itertools.product(range(4), repeat=len(whole)):
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[whole] = upper[whole] = people
        solution = glop(linear(replace(program, lower=lower, upper=upper)), LIMITS)
        costs += [] if solution.objective is None else [solution.objective]
    return min(costs)


def test_a_course_is_what_stays_if_all_are_admitted() -> None:
    """5 of 10 stay, 2 come: 7; 3.5 of these and 1 more: 4.5. Turning one away in the first period: 1, then .5 below."""
    program = ward([2.0, 1.0], 0.5, 10.0, [1.0, 1.0])
    present, away = program.column("present"), program.column("away")
    apart = told_apart(program, relaxed(program))
    stocks = [chain.stock for chain in apart.courses.chains]
    course = dict(zip(stocks, apart.courses.course, strict=True))
    assert [course[present.start + at] for at in range(2)] == pytest.approx([7.0, 4.5])
    plan = relaxed(program)
    away.take(plan)[0] = 1.0
    below = dict(zip(stocks, apart.courses.departures(plan)[1], strict=True))
    assert [below[present.start + at] for at in range(2)] == pytest.approx([1.0, 0.5])


def test_what_whole_people_are_asked_for_stands_as_a_number() -> None:
    """Cover of the first period, 4 people + extra >= 7 patients, asks for 7 at least when told apart, for 0 before."""
    program = ward([2.0, 1.0], 0.5, 10.0, [1.0, 1.0])
    apart = told_apart(program, relaxed(program)).program
    at = next(block.start for block in program.rows if block.name == "cover")
    assert (program.row_lower[at], apart.row_lower[at]) == (0.0, pytest.approx(7.0))


@settings(max_examples=60, deadline=None)
@given(wards(), st.randoms(use_true_random=False))
def test_every_plan_is_one_of_the_program_told_apart(program: Program, chance: object) -> None:
    """Whole people and any admissions, whatever values it was told apart around: all rows hold and the cost is one."""
    seed = int(chance.randint(0, 10_000))  # type: ignore[attr-defined]
    dice = np.random.default_rng(seed)
    around = dice.uniform(program.lower, program.upper)
    apart = told_apart(program, relaxed(program) if seed % 2 else around)
    cost = np.where(program.integer, 0.0, dice.normal(size=len(program.cost)))
    plan = highs(replace(program, cost=cost), LIMITS).values
    assert plan is not None
    assert broken(apart.program, apart.widen(plan)) == ""
    assert apart.program.objective(apart.widen(plan)) == pytest.approx(program.objective(plan))
    assert (apart.narrow(apart.widen(plan)) == plan).all()


@settings(max_examples=12, deadline=None)
@given(wards())
def test_the_bound_is_never_above_the_least_cost(program: Program) -> None:
    """Solved told apart, to its end, it costs what trying every number of people gives: no more, and no less."""
    apart = told_apart(program, relaxed(program))
    solution = highs(apart.program, LIMITS)
    assert solution.status is Status.OPTIMAL
    assert solution.bound is not None
    assert solution.bound <= least(program) + 1e-6
    assert solution.objective == pytest.approx(least(program), abs=1e-6)


def test_round_a_cyclic_week_stocks_are_left_as_they_are() -> None:
    """Each period's patients are told from those of the one before, the first from the last: no course to start at."""
    program = ward([2.0, 1.0, 2.0], 0.5, 0.0, [1.0] * 3, cyclic=True)
    present = program.column("present")
    told = {chain.stock for chain in chains(program, relaxed(program))}
    assert not told & set(range(present.start, present.start + present.size))
    assert told_apart(program, relaxed(program)).program is program


def test_a_program_without_stocks_is_handed_over_as_it_is() -> None:
    """Nothing is told from anything else: the very same program, and plans as they are."""
    builder = ProgramBuilder()
    x = builder.add_columns("x", (3,), cost=1.0, upper=9.0, integer=True)
    builder.add_rows("r", (1,), [Term(x[None, :], 2.0)], lower=3.0)
    program = builder.build()
    apart = told_apart(program, np.array([0.5, 0.5, 0.5]))
    assert apart.program is program
    assert apart.widen(np.ones(3)).tolist() == [1.0, 1.0, 1.0]


def test_the_search_proves_the_optimum_of_a_ward_with_stocks() -> None:
    """7, then 4.5 patients. One person and 3 extra hours, then 2 from before, 2.5 extra: 10 + 9 + 7.5 = 26.5.

    Two people: 20, then 4 from before and .5 extra: 21.5. One and one: 20 + 9 = 29; more people cost 30 at least.
    """
    solution = search(ward([2.0, 1.0], 0.5, 10.0, [1.0, 1.0]), LIMITS)
    assert solution.status is Status.OPTIMAL
    assert [solution.objective, solution.bound] == pytest.approx([21.5, 21.5])
