"""Parts of a roster made anew: how large they are, what of them is proven, that they end where nothing is better."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimizer.roster.choosing import cost_of, legal
from optimizer.roster.companion import FINDER, PARTS, Rates
from optimizer.roster.curtois import read_curtois
from optimizer.roster.finding import Finder
from optimizer.roster.generating import generate
from optimizer.roster.improving import Improver
from optimizer.roster.master import Frame, Master, dear
from optimizer.roster.parts import CELLS, FEWEST, Held, Outcome, Part, block
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Duty, Roster
from optimizer.roster.score import score
from optimizer.solution import Limits
from tests.benchmarks.roster_planted import OFF, planted

DATA = Path(__file__).parent / "data" / "roster"


@pytest.fixture(scope="module")
def finder() -> Finder:
    """Fourteen people over fourteen days, three pieces of work old."""
    problem = read_curtois(DATA / "Instance2.txt")
    frame = Frame.of(problem)
    found = Finder(frame, Pricing(problem), dear(frame), 0)
    assert found.begin()
    for _ in range(3):
        found.step()
    return found


@pytest.mark.parametrize(("share", "cells", "people", "days"), [(1.0, 70, 14, 5), (0.5, 70, 7, 10), (0.25, 70, 4, 14)])
def test_a_part_frees_days_in_a_row_of_a_share_of_the_people(
    finder: Finder, share: float, cells: int, people: int, days: int
) -> None:
    """70 cells: 14 people on 5 days, 7 on 10; of 3.5, rounded to 4, all 14 days are 56, and more there are not."""
    columns = {column.person: column for column in finder.columns()}
    held = Held(finder.frame.problem, columns, np.ones(14), np.ones(len(finder.frame.wanted)))
    allowed, free = block(held, np.random.default_rng(0), share, cells)
    open_cells = np.asarray(allowed.all(axis=2))
    assert len(free) == people
    assert {int(at) for at in np.flatnonzero(open_cells.any(axis=1))} == set(free)
    at_days = np.flatnonzero(open_cells.any(axis=0))
    assert len(at_days) == days == at_days[-1] - at_days[0] + 1
    assert open_cells.sum() == people * days
    assert (allowed[~open_cells].sum(axis=1) == 1).all()


def test_a_part_grows_while_nothing_better_is_in_it_and_shrinks_where_it_is_too_large() -> None:
    """Between the fewest cells and all there are; what gains is drawn more often than what does not."""
    part, other = Part(1.0, 392.0), Part(1.0, 392.0)
    part.heed(Outcome.CLOSED)
    assert CELLS < part.cells <= 392.0
    for _ in range(30):
        part.heed(Outcome.LARGE)
        other.heed(Outcome.BETTER)
    assert part.cells == FEWEST
    assert other.cells == CELLS
    assert other.gains > part.gains > 0.0


def test_the_bound_of_a_part_lies_below_what_is_there_and_meets_its_relaxation(finder: Finder) -> None:
    """Five of fourteen people beside the others: no choice of their lines costs less than the bound."""
    frame, columns = finder.frame, finder.columns()
    free = frozenset(range(5))
    others = columns[5:]
    there = np.zeros(len(frame.wanted))
    for column in others:
        np.add.at(there, list(column.serves), 1.0)
    part = frame.beside(there)
    master = Master(part, dear(frame), free)
    for column in columns[:5]:
        master.add(column)
    made = generate(part, finder.pricing, master, only=free)
    assert made.done
    assert made.bound == pytest.approx(made.relaxed, abs=1e-3)
    assert made.bound <= cost_of(frame, columns) - sum(column.cost for column in others) + 1e-6


def test_part_after_part_ends_at_the_best_of_all_and_never_goes_back(finder: Finder) -> None:
    """828 is the least possible of Instance2: each better roster is legal and cheaper, and the last costs 828."""
    frame = finder.frame
    improver = Improver(frame, finder.pricing, finder.cover, seed=1)
    columns, best = {column.person: column for column in finder.columns()}, finder.points
    for _ in range(150):
        found = improver.step(columns, best, Limits(time_limit=1e6, threads=1, work=5))
        if found:
            assert legal(frame, found)
            assert cost_of(frame, found) < best
            columns, best = {column.person: column for column in found}, cost_of(frame, found)
        if best == 828.0:
            break
    assert best == 828.0


def test_the_way_that_gained_more_of_late_has_most_of_the_turns() -> None:
    """The finder gained a point a second, parts nine; before parts are open the finder has every turn."""
    rates = Rates(np.random.default_rng(0))
    assert not any(rates.parts_turn() for _ in range(20))
    rates.open_parts()
    rates.heed(FINDER, 1.0, 1.0)
    rates.heed(PARTS, 9.0, 1.0)
    assert 160 <= sum(rates.parts_turn() for _ in range(200)) < 200


def test_a_planted_instance_holds_the_roster_it_was_drawn_around(tmp_path: Path) -> None:
    """32 people over six weeks: the drawn lines are legal, and cost the wishes they do not grant."""
    made = planted("14", seed=3)
    path = tmp_path / "planted.txt"
    path.write_text(made.text, encoding="utf-8")
    roster = Roster(tuple(tuple(None if at == OFF else Duty(f"s{at}") for at in line) for line in made.lines))
    found = score(read_curtois(path), roster)
    assert found.legal
    assert found.points == made.points > 0
