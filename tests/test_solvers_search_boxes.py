"""Boxes: labels guessed from shapes, boxes that grow to a size, plans made piece by piece, gains that clash."""

import numpy as np
import pytest

from optimizer.program import ABSENT, TIME, Program, ProgramBuilder, Term
from optimizer.solution import Limits
from optimizer.solvers.search.boxes import Map
from optimizer.solvers.search.first import Beginning
from optimizer.solvers.search.guessed import guessed
from optimizer.solvers.search.improve import Improver
from optimizer.solvers.search.links import Links
from optimizer.solvers.search.manners import Manner, Manners
from optimizer.solvers.search.pieces import main_axis, private
from optimizer.solvers.search.piecewise import Pieces
from optimizer.solvers.search.slices import all_whole
from optimizer.solvers.search.standing import Standing


def places(*, labelled: bool = False, shared: float = 4.0) -> Program:
    """5 places x 8 days. Each day asks 2.5 of a place; people come whole and stay a second day, 1 each; hours short
    cost 10 each; a spare of `shared` a day, free, is for all places together.
    """
    builder = ProgramBuilder()
    labels = {"place": np.arange(5, dtype=np.int32)[:, None], TIME: np.arange(8, dtype=np.int32)} if labelled else None
    people = builder.add_columns("people", (5, 8), cost=1.0, upper=9.0, integer=True, labels=labels)
    short = builder.add_columns("short", (5, 8), cost=10.0, upper=9.0, labels=labels)
    spare = builder.add_columns("spare", (5, 8), upper=9.0, labels=labels)
    before = np.where(np.arange(8) > 0, people - 1, ABSENT)
    cover = [Term(people), Term(before), Term(short), Term(spare)]
    builder.add_rows("cover", (5, 8), cover, lower=2.5)
    builder.add_rows("shared", (8,), [Term(spare.T)], upper=shared)
    return builder.build()


def map_of(program: Program) -> Map:
    """Its links and axes."""
    return Map.of(Links.of(program))


def test_axes_are_guessed_from_shapes_and_time_from_rows() -> None:
    """Rows of cover name a day and the one before: the axis of 8 is time, that of 5 is not."""
    labels = guessed(places())
    assert sorted(labels) == ["5#0", TIME]
    assert labels[TIME][:9].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    assert labels["5#0"][:9].tolist() == [0] * 8 + [1]


def test_labels_that_are_told_are_not_guessed() -> None:
    """The program's own names."""
    assert sorted(map_of(places(labelled=True)).axes) == ["place", TIME]


def test_flat_blocks_tell_nothing() -> None:
    """One axis is a list, and says nothing of what belongs together."""
    builder = ProgramBuilder()
    builder.add_columns("x", (12,), upper=1.0, integer=True)
    assert guessed(builder.build()) == {}


@pytest.mark.parametrize("cut", [("place",), (TIME,), ("place", TIME)])
def test_a_box_grows_to_what_is_wanted(cut: tuple[str, ...]) -> None:
    """16 of 40 whole columns: at least as many, and the stretch of days has no hole."""
    map_ = map_of(places(labelled=True))
    box = map_.draw(cut, 16, map_.whole, np.random.default_rng(0))
    assert box is not None
    assert len(map_.inside(box, map_.whole)) >= 16
    if TIME in cut:
        days = np.flatnonzero(box.allowed[TIME])
        assert days.tolist() == list(range(days[0], days[-1] + 1))


@pytest.mark.parametrize("steered", [True, False])
def test_pieces_make_a_plan_that_holds(steered: bool) -> None:
    """Around the relaxation and around nothing; the five places share a spare, and together keep within it."""
    program = places(labelled=True)
    standing, map_ = Standing(program, Limits(time_limit=20.0)), map_of(program)
    axis = main_axis(map_)
    assert axis is not None
    cut = private(map_, map_.axes[axis])
    if steered:
        relaxed = np.full(len(program.cost), 0.5)
        relaxed[program.column("short").start :] = 0.0
        pieces = Pieces.around(standing, map_, 0, relaxed, all_whole(program, cut))
    else:
        pieces = Pieces.unsteered(standing, map_, 0, cut)
    pieces.help()
    assert standing.plan is not None
    assert program.column("spare").take(standing.plan).sum(axis=0).max() <= 4.0 + 1e-6


def test_boxes_reach_the_optimum_that_is_known() -> None:
    """Without spare each two days of a place together need ceil(2.5) = 3 people: 3 on the first day, cover by turns
    of 3 and 0 fails the days between, so people on days 1 and every other day: 3 * 4 = 12 a place, 60 in all.

    Day 1 needs 3 by itself; 3 come on days 1, 3, 5 and 7 and stay for 2, 4, 6 and 8.
    """
    program = places(labelled=True, shared=0.0)
    standing, map_ = Standing(program, Limits(time_limit=30.0)), map_of(program)
    standing.prove(60.0)
    Beginning(standing, map_, 0).begin()
    Improver.of(standing, map_, 0).pursue()
    assert standing.objective == pytest.approx(60.0)
    assert standing.left() > 0.0


def test_a_manner_too_large_asks_for_more_and_is_not_blamed() -> None:
    """Its rate stays; the size grows until the least box there is fits."""
    manners = Manners.of(map_of(places(labelled=True)), np.random.default_rng(0))
    manner = Manner(("place",), "near")
    before = manners.size(manner)
    manners.rates[manner] = 7.0
    manners.enlarge(manner)
    assert manners.rates[manner] == 7.0
    assert manners.size(manner) > before
