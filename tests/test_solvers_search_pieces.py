"""Programs too large for their relaxation: rolled, sliced by place and time, made whole group by group, bounded."""

from fractions import Fraction

import numpy as np
import pytest

from optimizer.program import TIME, Floats, Program, ProgramBuilder, Term
from optimizer.solution import Limits
from optimizer.solvers import SOLVERS
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.first import Beginning
from optimizer.solvers.search.improve import linear
from optimizer.solvers.search.links import Links
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.piecewise import Pieces
from optimizer.solvers.search.rolled import Rolled
from optimizer.solvers.search.slices import Slice, slices
from optimizer.solvers.search.standing import Standing
from tests.benchmarks.networks import draw
from tests.benchmarks.networks_model import allocation_program

STEADY = Limits(time_limit=600.0, threads=1, work=10_000)
"""No clock decides: the same on a slow machine."""


@pytest.fixture(scope="module")
def sites() -> Program:
    """Two sites of two units each, 14 days: 11,000 columns, 2,184 of them whole."""
    return allocation_program(draw((2, 2, 14), seed=3), whole=True)


@pytest.fixture(scope="module")
def least(sites: Program) -> float:
    """What the fractions of it cost at least."""
    found = SOLVERS["highs"](linear(sites), Limits()).objective
    assert found is not None
    return found


def off_by(program: Program, values: Floats) -> Fraction:
    """By how much the worst row is missed, in exact arithmetic."""
    exact = [Fraction(value) for value in values]
    worst = Fraction(0)
    for row, (start, end) in enumerate(zip(program.indptr[:-1], program.indptr[1:], strict=True)):
        total = sum((Fraction(program.data[at]) * exact[program.indices[at]] for at in range(start, end)), Fraction(0))
        lower, upper = program.row_lower[row], program.row_upper[row]
        worst = max(worst, Fraction(lower) - total if np.isfinite(lower) else Fraction(0))
        worst = max(worst, total - Fraction(upper) if np.isfinite(upper) else Fraction(0))
    return worst


def cut_up(program: Program) -> tuple[Map, list[np.ndarray]]:
    """Its map, and its pieces by unit."""
    map_ = Map.of(Links.of(program))
    axis = main_axis(map_)
    assert axis == "unit"
    return map_, private(map_, map_.axes[axis])


def teams() -> Program:
    """2 units x 8 days ask 2.5 each; people come whole, cost 1 and stay a second day; what is short costs 10."""
    builder = ProgramBuilder()
    labels = {"unit": np.arange(2, dtype=np.int32)[:, None], TIME: np.arange(8, dtype=np.int32)}
    people = builder.add_columns("people", (2, 8), cost=1.0, upper=9.0, integer=True, labels=labels)
    short = builder.add_columns("short", (2, 8), cost=10.0, upper=9.0, labels=labels)
    before = np.where(np.arange(8) > 0, people - 1, -1)
    builder.add_rows("cover", (2, 8), [Term(people), Term(before), Term(short)], lower=2.5)
    return builder.build()


def by_unit(program: Program) -> list[Slice]:
    """Each unit a slice, and a group of its own."""
    return [Slice(piece, program.integer[piece], at, at) for at, piece in enumerate(cut_up(program)[1]) if len(piece)]


def test_a_network_of_sites_has_a_plan_and_a_bound_without_a_relaxation_at_once(sites: Program, least: float) -> None:
    """Rolled, sliced and rounded: the plan holds in exact arithmetic, and no bound is above what fractions cost.

    Branch and cut itself leaves some percent open here; slices must come within a third.
    """
    standing = Standing(sites, STEADY)
    beginning = Beginning(standing, Map.of(Links.of(sites)), 0, at_once=1_000)
    beginning.begin()
    beginning.bound()
    assert standing.plan is not None
    assert standing.objective is not None
    assert standing.bound is not None
    assert off_by(sites, standing.plan) <= Fraction(2, 10**6)
    assert bool((standing.plan[sites.integer] == np.round(standing.plan[sites.integer])).all())
    assert bool(((standing.plan >= sites.lower) & (standing.plan <= sites.upper)).all())
    assert 0.8 * least < standing.bound <= least * (1 + 1e-9) < standing.objective < 1.33 * least


def test_slices_make_every_whole_column_of_the_pieces_whole_once(sites: Program) -> None:
    """546 whole columns a unit are two slices; no slice looks back, and those of a site follow one another."""
    map_, pieces = cut_up(sites)
    found = slices(map_, pieces)
    made = np.concatenate([each.columns[each.whole] for each in found])
    wanted = np.concatenate([piece[sites.integer[piece]] for piece in pieces])
    assert sorted(made.tolist()) == sorted(wanted.tolist())
    time = sites.labels(TIME)
    starts = [(each.group, int(time[each.columns].min())) for each in found]
    assert starts == sorted(starts)
    assert {group for group, _ in starts} == {0, 1}
    assert len({start for _, start in starts}) == 2


def test_a_slice_looks_beyond_its_end_in_fractions(sites: Program) -> None:
    """The first slice of a unit ends with the week (21 periods) and lets half a week more change."""
    map_, pieces = cut_up(sites)
    first = slices(map_, pieces[1:2])[0]
    time = sites.labels(TIME)[first.columns]
    assert int(time[first.whole].max()) == 20
    assert 20 < int(time.max()) < 41


def test_a_short_program_is_not_sliced() -> None:
    """8 whole columns a unit: each unit is one slice, whole at once."""
    map_, pieces = cut_up(teams())
    assert [int(each.whole.sum()) for each in slices(map_, pieces)] == [8, 8]


def test_what_is_rolled_holds_and_its_bound_is_none_too_high(sites: Program, least: float) -> None:
    """The point is one of the linear program's, so it costs at least what that does; the bound at most."""
    standing = Standing(sites, STEADY)
    rolled = Rolled.of(standing, Map.of(Links.of(sites)))
    point = rolled.forwards()
    assert point is not None
    assert off_by(sites, point) <= Fraction(2, 10**6)
    assert sites.objective(point) >= least * (1 - 1e-9)
    rolled.prove()
    assert standing.bound is not None
    assert 0.8 * least < standing.bound <= least * (1 + 1e-9)


def test_a_group_that_is_done_is_in_the_plan_at_once() -> None:
    """All short costs 2 * 8 * 25 = 400. A unit made whole has 3 people every other day, 12: 212 before the other."""
    program = teams()
    standing, map_ = Standing(program, STEADY), cut_up(program)[0]
    standing.offer(np.where(program.integer, 0.0, 2.5))
    relaxed = np.concatenate([np.tile([2.5, 0.0], 8), np.zeros(16)])
    pieces = Pieces.around(standing, map_, 0, relaxed, by_unit(program))
    later = pieces.waiting[:-1]
    pieces.waiting = pieces.waiting[-1:]
    pieces.help()
    assert standing.objective == pytest.approx(212.0)
    assert pieces.at_work
    pieces.waiting = later
    pieces.help()
    assert standing.objective == pytest.approx(24.0)
    assert not pieces.at_work


def test_a_group_that_cannot_be_made_whole_is_given_up() -> None:
    """Unit 0 asks for 2 people * 2 = 3 on a day: it is dropped, the other is made whole, and nothing is offered."""
    builder = ProgramBuilder()
    labels = {"unit": np.arange(2, dtype=np.int32)[:, None], TIME: np.arange(8, dtype=np.int32)}
    people = builder.add_columns("people", (2, 8), cost=1.0, upper=9.0, integer=True, labels=labels)
    asked = np.where(np.arange(16).reshape(2, 8) == 0, 3.0, 4.0)
    builder.add_rows("cover", (2, 8), [Term(people, 2.0)], lower=asked, upper=asked)
    program = builder.build()
    standing, map_ = Standing(program, STEADY), cut_up(program)[0]
    relaxed = np.where(np.arange(16) == 0, 1.5, 2.0)
    pieces = Pieces.around(standing, map_, 0, relaxed, by_unit(program))
    pieces.help()
    assert standing.plan is None
    assert not pieces.at_work
    assert pieces.point.tolist() == [1.5, *[2.0] * 15]


def test_slices_of_one_unit_are_not_solved_at_the_same_time() -> None:
    """The second slice of a unit would be overwritten by what the first says beyond its end: it waits for the first."""
    program = teams()
    map_, cut = cut_up(program)
    first, second = (piece for piece in cut if len(piece))
    early = Slice(first, program.integer[first] & (program.labels(TIME)[first] < 4), 0, 0)
    late = Slice(first, program.integer[first] & ~early.whole, 0, 0)
    other = Slice(second, program.integer[second], 0, 1)
    pieces = Pieces.around(Standing(program, STEADY), map_, 0, np.zeros(32), [early, late, other])
    assert [pieces.take() for _ in range(3)] == [early, other, None]
