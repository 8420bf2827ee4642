"""The search that always has a roster: alone, beside the main one, and told by prices where points can be saved."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from optimizer.roster.beside import Beside, News, Task
from optimizer.roster.choosing import cost_of, legal
from optimizer.roster.curtois import read_curtois
from optimizer.roster.finding import Finder
from optimizer.roster.generating import generate
from optimizer.roster.inrc2 import read_inrc2
from optimizer.roster.master import Frame, Master, dear, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Limits, Need, Person, RosterProblem, ShiftKind
from optimizer.roster.proving import Proof, blame
from optimizer.roster.score import score
from optimizer.roster.standing import columns_of, standing_of

DATA = Path(__file__).parent / "data" / "roster"


def finder_of(problem: RosterProblem, seed: int = 0) -> Finder:
    """A finder that has begun."""
    frame = Frame.of(problem)
    finder = Finder(frame, Pricing(problem), dear(frame), seed)
    assert finder.begin()
    return finder


@pytest.mark.parametrize("name", ["Instance2", "n005w4"])
def test_the_roster_is_legal_from_the_start_and_gets_cheaper_as_the_scorer_counts(name: str) -> None:
    """Hard rules alone and hard least cover: whatever is kept costs what the scorer says, and less and less."""
    problem = read_curtois(DATA / f"{name}.txt") if name == "Instance2" else read_inrc2(DATA, 0, (1, 2), name=name)
    finder = finder_of(problem)
    before = finder.points
    for _ in range(30):
        finder.step()
        found = score(problem, roster_of(problem, finder.columns()))
        assert found.legal
        assert found.points == finder.points
    assert finder.points < before


def test_the_same_seed_finds_the_same_roster() -> None:
    """Two finders of a seed, five pieces of work each."""
    problem = read_curtois(DATA / "Instance2.txt")
    first, second = finder_of(problem, 3), finder_of(problem, 3)
    for _ in range(5):
        first.step()
        second.step()
    assert first.columns() == second.columns()


def test_a_person_without_any_legal_line_ends_the_search() -> None:
    """Two days, both promised off, and a shift that she must work by her contract's hours."""
    person = Person("A", minutes=Limits(480, 960), days_off=frozenset({0, 1}))
    problem = RosterProblem("x", 2, (ShiftKind("D", 480),), (person,), (Need(0, "D", "", 0, 1, 10.0, 1.0),))
    frame = Frame.of(problem)
    assert not Finder(frame, Pricing(problem), dear(frame)).begin()


def test_columns_become_a_standing_and_come_back() -> None:
    """Skills and histories: two weeks of five nurses."""
    problem = read_inrc2(DATA, 0, (1, 2), name="n005w4")
    finder = finder_of(problem)
    columns = finder.columns()
    standing = standing_of(finder.frame, finder.cover, columns)
    assert columns_of(finder.frame, finder.cover, standing) == columns


def test_what_is_to_blame_sums_up_to_the_gap() -> None:
    """Points less the bound is what lines and needs cost above their least under the prices, person by person."""
    problem = read_inrc2(DATA, 0, (1, 2), name="n005w4")
    finder = finder_of(problem)
    frame, pricing = finder.frame, finder.pricing
    made = generate(frame, pricing, Master(frame, dear(frame)))
    assert made.prices is not None
    lines, needs = blame(frame, pricing, Proof(made.prices, made.bound), finder.columns())
    assert (lines >= 0).all()
    assert (needs >= 0).all()
    assert lines.sum() + needs.sum() == pytest.approx(finder.points - made.bound, abs=1e-3)


def test_the_second_process_tells_of_its_rosters_takes_up_ours_and_ends_with_us() -> None:
    """What it tells is legal and costs what it says; asked to go on from a better one it tells of better ones only."""
    problem = read_inrc2(DATA, 0, (1, 2), name="n005w4")
    frame = Frame.of(problem)
    finder = finder_of(problem)
    for _ in range(4):
        finder.step()
    beside = Beside.start(Task(problem, 1))
    try:
        beside.tell(News(finder.columns(), finder.points))
        until, news = time.monotonic() + 240.0, None
        while news is None and time.monotonic() < until:
            time.sleep(0.05)
            news = beside.news()
    finally:
        beside.end()
    assert news is not None
    assert legal(frame, news.columns)
    assert cost_of(frame, news.columns) == news.points < finder.points
    assert beside.process.poll() is not None
