"""Cut and plan in turn, until people can work what is planned."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from optimizer.roster.certifying import certify, pool_problem
from optimizer.roster.cutting import cut_until_workable
from optimizer.roster.hospital_reading import clock_of
from optimizer.roster.hospital_wards import Certificate
from optimizer.roster.planned import pools
from optimizer.saved import SavedPlan, open_plan
from tests.command import run
from tests.test_hospital_roster_command import WARD


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> SavedPlan:
    """The plan of a ward that needs two people on each of 14 shifts, and has nine."""
    folder = tmp_path_factory.mktemp("cut")
    (folder / "ward.yaml").write_text(WARD)
    done = run("plan", folder / "ward.yaml", "-o", folder / "plan")
    assert done.exit_code == 0, done.stderr
    return open_plan(folder / "plan")


def by(people: float) -> Callable[[SavedPlan], Certificate]:
    """A certificate as if the ward had so many people."""

    def certified(saved: SavedPlan) -> Certificate:
        clock = clock_of(saved.scenario)
        rest = saved.scenario.staff["rn"].rest
        return Certificate(
            tuple(
                certify(pool_problem(pool, clock, 7, people, rest, {}), pool) for pool in pools(saved, clock, 1.0, 0.0)
            )
        )

    return certified


def left(certificate: Certificate) -> int:
    """Duties that nobody can work."""
    return certificate.planned - certificate.placed


def test_cuts_go_on_until_all_can_be_worked(planned: SavedPlan) -> None:
    """Three people work four days of seven: twelve of 28 duties; cut and planned, no more than those are own shifts."""
    first = by(3.0)(planned)
    assert (first.planned, first.placed) == (28, 12)
    rounds = cut_until_workable(planned, first, by(3.0))
    counts = [left(first), *(left(each.certificate) for each in rounds)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0
    assert rounds[-1].certificate.placed == 12
    assert rounds[-1].plan.checked is not None
    assert rounds[-1].plan.checked.ok


def test_cuts_end_where_nothing_is_gained(planned: SavedPlan) -> None:
    """Whoever certifies always says that as many are left over: after one plan it is not tried again."""
    first = by(3.0)(planned)
    assert len(cut_until_workable(planned, first, lambda _: first)) == 1


def test_what_can_be_worked_is_not_cut(planned: SavedPlan) -> None:
    """Nine people can work all of it: no plan is made again."""
    assert cut_until_workable(planned, by(9.0)(planned), by(9.0)) == ()
