"""`python -m optimizer.roster.warming`: compiles the search for rosters ahead of its first use."""

from __future__ import annotations

from optimizer.roster.ascending import relax
from optimizer.roster.finding import Finder
from optimizer.roster.firming import Dives
from optimizer.roster.hospital_annealing import warm_up
from optimizer.roster.master import Frame, Master, dear
from optimizer.roster.pricing import Pricing
from optimizer.roster.problem import Limits, Need, Person, RosterProblem, ShiftKind
from optimizer.roster.proving import Proof, all_lines


def warm() -> None:
    """Go once through everything that is compiled, on one person and one day."""
    person = Person("A", assignments=Limits(0, 1, 1.0, 1.0))
    problem = RosterProblem("warm", 1, (ShiftKind("D", 480),), (person,), (Need(0, "D", "", 0, 1, 2.0, 1.0),))
    frame, pricing = Frame.of(problem), Pricing(problem)
    finder = Finder(frame, pricing, dear(frame))
    finder.begin()
    finder.step()
    made = relax(frame, pricing, Master(frame, dear(frame)), finder.columns())
    if made.prices is not None:
        Dives(frame, pricing, made.prices, finder.columns()).step()
        all_lines(frame, finder.cover, pricing, Proof(made.prices, made.bound), 1.0)


if __name__ == "__main__":
    warm()
    warm_up()
