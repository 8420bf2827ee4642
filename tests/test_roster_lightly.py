"""Rosters where limits on minutes and weekends are counted beside the walk: as legal and as dear as the scorer says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.roster.curtois import read_curtois
from optimizer.roster.finding import Finder
from optimizer.roster.lightly import counted_of, lightened, too_large
from optimizer.roster.master import Frame, dear, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Limits, Person, RosterProblem, ShiftKind
from optimizer.roster.score import score
from optimizer.roster.searching import Search
from optimizer.roster.ways import cells_of

DATA = Path(__file__).parent / "data" / "roster"
BEST = {"Instance1": 607, "Instance2": 828}
"""What is published as proven the best."""


@pytest.mark.parametrize("name", sorted(BEST))
def test_every_roster_is_legal_costs_what_the_scorer_says_and_never_less_than_the_best(name: str) -> None:
    """Own points of each person are the scorer's without the cover's; and improving goes on from the first."""
    problem = read_curtois(DATA / f"{name}.txt")
    frame = Frame.of(problem)
    finder = Finder(frame, Pricing(problem, light=True), dear(frame))
    assert finder.begin()
    first = finder.points
    for _ in range(12):
        finder.step()
        found = score(problem, roster_of(problem, finder.columns()))
        assert found.legal
        assert found.points == finder.points >= BEST[name]
    assert finder.points < first


def test_a_search_of_a_problem_too_large_ends_with_a_legal_roster_and_claims_no_bound() -> None:
    """Asked to keep ten cells at most, twice the same by pieces of work."""
    problem = read_curtois(DATA / "Instance1.txt")
    one, two = (Search(problem, seed=1, most_cells=10).run(60.0, work=6) for _ in range(2))
    assert one.roster is not None
    assert one.roster == two.roster
    assert score(problem, one.roster).legal
    assert one.points is not None
    assert one.points >= BEST["Instance1"]
    assert one.bound == 0.0


def test_what_leaves_the_walk_is_counted_and_what_has_a_price_stays() -> None:
    """Two weeks from a Monday: Saturdays and Sundays are days 5, 6, 12, 13; one of her two weekends is behind her."""
    before = replace(Person("x").before, weekends=1)
    hard = Person("A", minutes=Limits(480, 960), weekends=Limits(0, 2), before=before)
    soft = Person("B", minutes=Limits(480, 960, 1.0, 1.0), weekends=Limits(0, 1, None, 5.0))
    problem = RosterProblem("x", 14, (ShiftKind("D", 480),), (hard, soft), ())
    counted = counted_of(problem)
    assert counted.least.tolist() == [480, 0]
    assert counted.most.tolist()[0] == 960
    assert counted.most.tolist()[1] >= 14 * 480
    assert counted.weekends.tolist() == [1, 14]
    assert np.flatnonzero(counted.weekend_of >= 0).tolist() == [5, 6, 12, 13]
    light = lightened(problem)
    assert light.people[0].minutes == light.people[0].weekends == Limits()
    assert light.people[1] == soft


def test_too_large_is_what_keeps_too_many_cells_and_can_do_with_fewer() -> None:
    """A table of its cells is kept, one cell more is not; soft limits stay in the walk, however large."""
    problem = read_curtois(DATA / "Instance1.txt")
    cells = cells_of(problem)
    assert not too_large(problem, cells)
    assert too_large(problem, cells - 1)
    assert cells_of(lightened(problem)) < cells
    soft = Person("B", minutes=Limits(480, 960, 1.0, 1.0))
    assert not too_large(RosterProblem("x", 14, (ShiftKind("D", 480),), (soft,), ()), 0)


def test_nobody_without_a_legal_line_gets_one() -> None:
    """Seven days of 480 minutes at most make 3,360; she owes 4,800."""
    person = Person("A", minutes=Limits(4800, 9600))
    problem = RosterProblem("x", 7, (ShiftKind("D", 480),), (person,), ())
    frame = Frame.of(problem)
    assert not Finder(frame, Pricing(problem, light=True), dear(frame)).begin()
