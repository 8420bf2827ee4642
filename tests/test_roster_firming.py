"""Dives: whole rosters straight out of a relaxation's prices."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.roster.ascending import ascend
from optimizer.roster.choosing import keeps_limits
from optimizer.roster.curtois import read_curtois
from optimizer.roster.finding import Finder
from optimizer.roster.firming import Dives
from optimizer.roster.inrc2 import read_inrc2
from optimizer.roster.master import Frame, dear, roster_of
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import RosterProblem
from optimizer.roster.score import score

DATA = Path(__file__).parent / "data" / "roster"


def dives_of(problem: RosterProblem, seed: int = 0) -> tuple[Finder, Dives]:
    """Dives from the prices of an ascent."""
    frame, pricing = Frame.of(problem), Pricing(problem)
    finder = Finder(frame, pricing, dear(frame))
    assert finder.begin()
    prices = ascend(frame, pricing, finder.columns()).prices
    return finder, Dives(frame, pricing, prices, finder.columns(), seed)


def problem_of(name: str) -> RosterProblem:
    """One of the two formats."""
    return read_inrc2(DATA, 0, (1, 2), name=name) if name == "n005w4" else read_curtois(DATA / f"{name}.txt")


@pytest.mark.parametrize("name", ["Instance2", "n005w4"])
def test_a_dive_gives_everybody_one_legal_line(name: str) -> None:
    """Every rule of people's own holds and no shift is worked too often; what a dive may miss is the least cover."""
    problem = problem_of(name)
    _, dives = dives_of(problem)
    columns = dives.step()
    assert [column.person for column in columns] == list(range(len(problem.people)))
    assert all(keeps_limits(dives.frame, column) for column in columns)
    assert {each.rule for each in score(problem, roster_of(problem, columns)).hard} <= {"least cover"}


@pytest.mark.parametrize("name", ["Instance2", "n005w4"])
def test_what_a_finder_makes_of_a_dive_is_legal_and_better_than_the_first_roster(name: str) -> None:
    """The mended roster stands the recount and costs less than the one the ascent began from."""
    problem = problem_of(name)
    finder, dives = dives_of(problem)
    mended = dives.mended(finder, dives.step())
    found = score(problem, roster_of(problem, mended))
    assert found.legal
    assert found.points < finder.points


def test_dives_of_a_seed_are_the_same_and_the_next_one_goes_another_way() -> None:
    """Two searches of one seed agree dive by dive."""
    problem = problem_of("n005w4")
    (_, first), (_, second) = dives_of(problem, 3), dives_of(problem, 3)
    led = [first.step() for _ in range(2)]
    assert led == [second.step() for _ in range(2)]
    assert led[0] != led[1]


def test_lines_that_a_dive_nearly_took_are_kept_once_each() -> None:
    """Parts choose among them later: the roster's own lines are among those of everybody."""
    problem = problem_of("n005w4")
    _, dives = dives_of(problem)
    columns = dives.step()
    kept = dives.kept({}, columns)
    assert all(column in kept[column.person] for column in columns)
    assert all(len(set(lines)) == len(lines) for lines in kept.values())


def test_a_dive_that_comes_too_late_gives_nothing() -> None:
    """No time left: no roster, and none is said to be due."""
    _, dives = dives_of(problem_of("n005w4"))
    dives.until = 0.0
    assert dives.step() == []
    assert not dives.due()
