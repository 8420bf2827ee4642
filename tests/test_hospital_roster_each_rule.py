"""Every rule of a hospital's roster, one tiny case each: by hand, by trying every roster, and by the search, alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from optimizer.roster.hospital_making import make_team_roster
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_score import TEAM_RULES, team_score
from tests.roster_ward import day, needs, problem_of, scenario


@dataclass(frozen=True)
class Case:
    """Needs as (day, shift, people), each missing person at 10 points; the least points, worked out in the comment."""

    points: float
    wanted: tuple[tuple[int, str, int], ...]
    rules: Mapping[str, Any] = field(default_factory=dict)
    days: int = 1
    people: tuple[Mapping[str, Any], ...] = ({},)
    roster: Mapping[str, Any] = field(default_factory=dict)
    units: tuple[str, ...] = ()

    def problem(self) -> TeamProblem:
        """People n1, n2 and so on of one group."""
        people = [{"id": f"n{at}", "group": "rn", **each} for at, each in enumerate(self.people, start=1)]
        roster = dict(self.roster)
        told = [*needs(*self.wanted, cost=10), *roster.pop("needs", [])]
        data = scenario(self.days, people, rules=dict(self.rules), needs=told, **roster)
        return problem_of({**data, **({"units": {unit: {"beds": 1} for unit in self.units}} if self.units else {})})


OFF_DAY_0 = [{"person": "n1", "day": day(0), "weight": 3}]
TWO_ASK = [{"person": who, "day": day(0), "weight": 1} for who in ("n1", "n2")]
EARLY = ((0, "early", 1),)
TWO_EARLIES = ((0, "early", 1), (1, "early", 1))

CASES: Mapping[str, Case] = {
    # early and night don't overlap, and yet one of them stays without her: 10
    "one shift a day": Case(10, ((0, "early", 1), (0, "night", 1))),
    # two shifts a day are allowed here, but early ends at 15:00 and late begins at 14:00
    "one place at a time": Case(10, ((0, "early", 1), (0, "late", 1)), {"one_shift_a_day": False}),
    # late ends at 22:00, nine hours before the early
    "rest between duties": Case(10, ((0, "late", 1), (1, "early", 1)), {"rest": {"hours": 11}}, 2),
    "rest between duties: an exception": Case(
        0, ((0, "late", 1), (1, "early", 1)),
        {"rest": {"hours": 11, "exceptions": [{"after": "late", "before": "early", "hours": 9}]}}, 2,
    ),
    "rest between duties: priced": Case(4, ((0, "late", 1), (1, "early", 1)), {"rest": {"hours": 11, "cost": 4}}, 2),
    "shifts that may not follow": Case(10, TWO_EARLIES, {"forbidden": [{"after": "early", "before": "early"}]}, 2),
    "shifts that may not follow: across the seam": Case(
        10, EARLY, {"forbidden": [{"after": "night", "before": "early"}]},
        roster={"worked": [{"person": "n1", "day": "2026-03-01", "shift": "night"}]},
    ),
    "duties she may work": Case(10, EARLY, people=({"shifts": "late"},)),
    "duties she may work: a skill": Case(
        10, (), roster={"needs": [{"day": day(0), "shift": "early", "people": 1, "skill": "iv", "cost": 10}]}
    ),
    "leave is kept": Case(10, EARLY, people=({"leave": day(0)},)),
    "leave is kept: weekdays": Case(10, EARLY, people=({"weekdays": "tuesday"},)),
    "locked cells": Case(10, EARLY, roster={"locked": [{"person": "n1", "day": day(0)}]}),
    # in three days at most one; then at least two, where one is wanted and one more on it costs 1
    "shifts in a period": Case(10, ((0, "early", 1), (2, "early", 1)), {"counts": [{"days": 3, "most": 1}]}, 3),
    "shifts in a period: at least": Case(
        1, ((0, "early", 0), (1, "early", 1)), {"counts": [{"least": 2}], "over_cost": 1}, 2
    ),
    "hours in a period": Case(10, TWO_EARLIES, {"hours": [{"days": 7, "most": 10}]}, 2),
    # 118 days before at 48 h a week are 809.1 h, and an early makes more than 816
    "hours in a period: 48 over 17 weeks": Case(
        10, EARLY, {"hours": [{"days": 119, "most": 816, "unknown": "contract"}]}, people=({"weekly_hours_before": 48},)
    ),
    "hours in a period: what was worked before": Case(
        10, EARLY, {"hours": [{"days": 7, "most": 10}]},
        roster={"worked": [{"person": "n1", "day": "2026-02-27", "shift": "early"}]},
    ),
    # 28 hours a week are 8 in two days: the second early is 8 hours more
    "contract hours": Case(
        8, TWO_EARLIES, {"contract": {"less_cost": 1, "more_cost": 1}}, 2, ({"hours_per_week": 28},)
    ),
    "contract hours: owed": Case(
        0, TWO_EARLIES, {"contract": {"less_cost": 1, "more_cost": 1}}, 2, ({"hours_per_week": 28, "hours_owed": 8},)
    ),
    "contract hours: at most so many more": Case(
        10, TWO_EARLIES, {"contract": {"more_cost": 1, "more_at_most": 4}}, 2, ({"hours_per_week": 28},)
    ),
    "working days in a row": Case(10, TWO_EARLIES, {"working_run": {"most": 1}}, 2),
    # a single day off between two worked is one short of two
    "rest days in a row": Case(10, ((0, "early", 1), (2, "early", 1)), {"resting_run": {"least": 2}}, 3),
    "nights in blocks": Case(10, ((0, "night", 1),), {"nights": {"least": 2}}, 3),
    "nights in blocks: begun before": Case(
        0, ((0, "night", 1),), {"nights": {"least": 2}}, 3,
        roster={"worked": [{"person": "n1", "day": "2026-03-01", "shift": "night"}]},
    ),
    "nights in blocks: at most": Case(10, ((0, "night", 1), (1, "night", 1)), {"nights": {"most": 1}}, 2),
    # the night ends at 07:00 on day 1, 24 hours before the early of day 2
    "rest after nights": Case(10, ((0, "night", 1), (2, "early", 1)), {"nights": {"rest_hours": 46}}, 3),
    "weekends both days or none": Case(3, ((5, "early", 1),), {"weekends": {"whole_cost": 3}}, 7),
    "weekends off": Case(10, ((5, "early", 1),), {"weekends": {"most": 0}}, 7),
    "weekends off: one in two": Case(
        10, ((5, "early", 1),), {"weekends": {"off_in": 2}}, 7,
        roster={"worked": [{"person": "n1", "day": "2026-02-28", "shift": "early"}]},
    ),
    "people wanted": Case(10, ((0, "early", 2),)),
    "skill and grade mix": Case(4, EARLY, {"mix": [{"grade_from": 6, "at_least": 1, "cost": 4}]}),
    # two wanted, one of them of grade 5 at most: the other stays away
    "skill and grade mix: few juniors": Case(
        10, ((0, "early", 2),), {"mix": [{"grade_to": 5, "at_most": 1}]}, people=({"grade": 2}, {"grade": 3})
    ),
    "requests": Case(3, EARLY, roster={"requests": OFF_DAY_0}),
    "requests: promised": Case(10, EARLY, roster={"requests": [{"person": "n1", "day": day(0), "weight": None}]}),
    # both or none: two on a duty for one are one too many
    "together": Case(
        1, EARLY, {"over_cost": 1}, people=({}, {}), roster={"pairs": [{"people": ["n1", "n2"], "together": True}]}
    ),
    "apart": Case(10, ((0, "early", 2),), people=({}, {}), roster={"pairs": [{"people": ["n1", "n2"]}]}),
    # one night for two people: a spread of one; who worked one before leaves it to the other
    "fair shares": Case(
        2, ((0, "night", 1),), {"fairness": [{"of": "nights", "cost": 2}], "over_cost": 5}, people=({}, {})
    ),
    "fair shares: nights before": Case(
        0, ((0, "night", 1),), {"fairness": [{"of": "nights", "cost": 2}]}, people=({"nights_before": 1}, {})
    ),
    "fair shares: the most loaded": Case(
        2, TWO_EARLIES, {"fairness": [{"of": "shifts", "by": "most_loaded", "cost": 2}]}, 2, ({}, {})
    ),
    # one early each is 8 h, a fair share of 16; three people for two shifts are off theirs by 1/3, 1/3 and 2/3
    "fair shares: hours": Case(
        0, TWO_EARLIES, {"fairness": [{"of": "hours", "by": "deviation", "cost": 1}]}, 2, ({}, {})
    ),
    "fair shares: shifts": Case(
        4, TWO_EARLIES, {"fairness": [{"of": "shifts", "by": "deviation", "cost": 3}], "over_cost": 5}, 2, ({}, {}, {})
    ),
    "fair shares: weekends": Case(
        0, ((5, "early", 1),), {"fairness": [{"of": "weekends", "cost": 2}]}, 7, ({"weekends_before": 1}, {})
    ),
    # both ask to be off and one must work: a wish of 1 point; n1's wishes went unmet before, so that it is n2
    "fair shares: wishes": Case(
        1, EARLY, {"fairness": [{"of": "wishes", "cost": 2}]}, people=({"wishes_unmet_before": 1}, {}),
        roster={"requests": TWO_ASK},
    ),
    "base rotas": Case(3, EARLY, {"rota_cost": 3}, people=({"rota": "off"},)),
    "base rotas: leave is no exception to pay for": Case(
        0, (), {"rota_cost": 3}, people=({"rota": "early", "leave": day(0)},)
    ),
    "hours paid": Case(8, EARLY, people=({"pay_per_hour": 1},)),
    "bank and agency last": Case(4, EARLY, people=({"contract": "bank", "cost_per_shift": 4},)),
    "duties at home": Case(
        3, (), {"float_cost": 3}, people=({"unit": "A", "units": "B"},), units=("A", "B"),
        roster={"needs": [{"day": day(0), "unit": "B", "shift": "early", "people": 1, "cost": 10}]},
    ),
    # n1 was told of the early and n2 of nothing that day: to change both costs 8, to leave n1's wish unmet 3
    "published duties stay": Case(
        3, EARLY, {"change_cost": 4}, 2, ({}, {}),
        roster={"requests": OFF_DAY_0, "published": [
            {"person": "n1", "day": day(0), "shift": "early"}, {"person": "n2", "day": day(1), "shift": "early"},
        ]},
    ),
}  # fmt: skip


def test_every_rule_has_a_case() -> None:
    """None is without one, and none is of no rule."""
    assert {name.partition(":")[0] for name in CASES} == set(TEAM_RULES)


def rosters(problem: TeamProblem) -> Iterator[TeamRoster]:
    """Every roster there is: any duties for anybody."""
    slots = range(len(problem.slots))
    every = [frozenset(each) for size in range(len(problem.slots) + 1) for each in combinations(slots, size)]
    yield from map(TeamRoster, product(every, repeat=len(problem.members)))


@pytest.mark.parametrize("name", CASES)
def test_search_recount_and_hand_agree(name: str) -> None:
    """The least points of any legal roster are those worked out by hand, and the search finds and proves them."""
    problem = CASES[name].problem()
    scores = (team_score(problem, roster) for roster in rosters(problem))
    assert min(score.points for score in scores if score.legal) == pytest.approx(CASES[name].points)
    plan = make_team_roster(problem, seconds=20)
    assert (plan.legal, str(plan.status)) == (True, "optimal")
    assert plan.points == pytest.approx(CASES[name].points)
    assert plan.bound == pytest.approx(CASES[name].points)


def test_the_guide_lists_every_rule() -> None:
    """By the name that findings use."""
    table = (Path(__file__).parents[1] / "docs" / "guide" / "rosters.md").read_text(encoding="utf-8")
    named = {
        name.strip() for line in table.splitlines() if line.startswith("| ") for name in line.split("|")[1].split(",")
    }
    assert set(TEAM_RULES) <= named
