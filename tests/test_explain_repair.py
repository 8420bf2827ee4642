"""The cheapest change with which a plan exists: its price, its words, its settings, and that they work."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from api.infeasible import infeasible_lines
from optimizer import make_plan, open_data
from optimizer.explain.infeasible import Infeasible, explain_infeasible
from optimizer.explain.lever import Books, Lever
from optimizer.explain.lever_prices import Prices
from optimizer.explain.levers import levers
from optimizer.explain.repair import Patient
from optimizer.solution import Status
from tests.clashes import Clinic, clinic, feasible
from tests.command import run
from tests.oracle_tiny import Data, tiny_hospitals
from tests.planted_conflicts import KINDS, planted
from tests.service_front import front
from tests.test_explain_conflict import ONE_WARD


def cured(data: Data, *sets: str) -> tuple[float, tuple[str, ...], list[str]]:
    """What the cure costs, its settings and its words; a plan must come of it."""
    cure = clinic(data, sets).cure()
    assert cure is not None
    assert cure.least
    assert make_plan(open_data(data, sets=[*sets, *cure.sets])).status in (Status.OPTIMAL, Status.WITHIN_GAP)
    return cure.cost, cure.sets, [change.words for change in cure.changes]


def test_the_agency_is_asked_for_as_many_more_as_are_needed() -> None:
    """14 shifts needed, 8 own and 2 agency ones there: 4 more at 12 h x 20 x 2 = 480 are 1,920.

    Two days are 2/7 of a week: 6 shifts there are 21 a week, 14 more than 7.
    """
    assert cured(ONE_WARD) == (
        1920.0,
        ("staff.rn.agency.shifts_per_week=21",),
        ["14 more agency rn shifts a week (7 to 21)"],
    )


def test_a_budget_is_raised_by_what_is_missing() -> None:
    """2 agency shifts of 480 must be paid where 4 own ones a day are not enough for 5: 960, 10 more than 950."""
    cover = "cover.0.smallest_team={day: 1, night: 4}"
    assert cured(ONE_WARD, cover, "limits.budget=950") == (
        10.0,
        ("limits.budget=960",),
        ["budget of 960 instead of 950"],
    )


def without_agency(own: object) -> Data:
    """The ward with its own team alone."""
    nurses = {"pay_per_hour": 20, "own": {"icu": own}, "hours_per_week": 168, "short_cost_per_hour": 90}
    return {**ONE_WARD, "staff": {"rn": nurses}}


def test_a_team_given_in_shifts_is_given_more() -> None:
    """14 shifts needed, 8 there: 6 more at 12 h x 20."""
    assert cured(without_agency({"shifts_per_horizon": 8})) == (
        1440.0,
        ("staff.rn.own.icu.shifts_per_horizon=14",),
        ["6 more own rn shifts at icu (8 to 14)"],
    )


def test_cover_that_nobody_can_give_gets_a_price() -> None:
    """3 of 7 are missing for 12 h on two days: 72 h at the scenario's own 90, more than twice any hour's pay.

    One more in the team is paid for a quarter, 13 x 168 x 20 = 43,680, and three of them are needed.
    """
    assert cured(without_agency(4)) == (
        6480.0,
        ("cover.0.hard=false",),
        ["72 rn hours left short on icu, at a price"],
    )


def test_a_reserve_above_all_that_is_owned_is_a_clash_and_no_fault() -> None:
    """5 to be kept free where 3 are owned: 2 more of them for two days at 10 a day each, what being short costs."""
    pump = {"owned": {"icu": 3}, "need": {"crit": 0.1}, "reserve": 5, "short_cost_per_day": 10}
    cost, sets, _ = cured({**ONE_WARD, "cover": [], "devices": {"pump": pump}})
    assert cost == 40.0
    assert sets in (("devices.pump.owned.icu=5",), ("devices.pump.reserve=3",))


def test_beds_are_opened_where_a_service_level_leaves_no_choice() -> None:
    """6 patients, 4 beds, 2 days: 2 more beds used for 2 days at the price of an escalation bed-day, 100: 400."""
    level = {
        **ONE_WARD,
        "service_level": 0.9,
        "patients": {"crit": {"demand": {"census": 6}}},
        "units": {
            "icu": {"beds": 4, "cares_for": ["crit"]},
            "esc": {"beds": 0, "escalation": {"bays": [4], "cost_per_bed_day": 100}},
        },
        "staff": {"rn": {"pay_per_hour": 20, "own": {"icu": 40}}},
        "cover": [],
    }
    assert cured(level) == (400.0, ("units.icu.beds=6",), ["2 more beds on icu (4 to 6)"])


def test_a_price_that_the_scenario_lacks_is_told_to_be_ours() -> None:
    """Without escalation beds a bed-day is taken for 400."""
    level = {
        **ONE_WARD,
        "service_level": 0.9,
        "patients": {"crit": {"demand": {"census": 5}}},
        "staff": {"rn": {"pay_per_hour": 20, "own": {"icu": 40}}},
        "cover": [],
    }
    cure = clinic(level).cure()
    assert cure is not None
    assert [(each.stated, each.price, each.used, each.cost) for each in cure.changes] == [(True, 400.0, 2.0, 800.0)]


def test_several_clashes_are_cured_together() -> None:
    """Too few at night (1,920), and a patient more than beds on days that allow none: a bed for two days (800)."""
    cost, sets, _ = cured(ONE_WARD, "units.icu.beds=2", "limits.days_over_capacity=0")
    assert cost == 1920.0 + 800.0
    assert set(sets) == {"staff.rn.agency.shifts_per_week=21", "units.icu.beds=3"}


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_a_planted_clash_is_cured(number: int) -> None:
    """The settings, applied to the scenario as they are told, give a plan."""
    cured(planted(number).data)


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_what_is_printed_gives_a_plan_when_it_is_pasted(number: int, tmp_path: Path) -> None:
    """`wardwright plan` ends with 3 and prints `--set` arguments; the same command with them ends with 0."""
    path = tmp_path / "planted.yaml"
    path.write_text(json.dumps(planted(number).data), encoding="utf-8")
    refused = run("plan", path, "-o", tmp_path / "plan")
    assert refused.exit_code == 3, refused.output
    words = [shlex.split(line) for line in refused.output.splitlines() if line.lstrip().startswith("--set")]
    assert words
    cured = run("plan", path, *(word for line in words for word in line), "-o", tmp_path / "cured")
    assert cured.exit_code == 0, cured.output


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=tiny_hospitals())
def test_no_single_change_is_cheaper(data: Data) -> None:
    """Every lever alone, moved until there is a plan, costs as much or more."""
    ward = clinic(data)
    if feasible(ward.built.program):
        return
    cure = ward.cure()
    assert cure is not None
    assert cure.least
    for lever, price in tried_alone(ward):
        assert cure.cost <= price + 1e-6 * price, lever.path


def tried_alone(ward: Clinic) -> Iterator[tuple[Lever, float]]:
    """Each lever that cures alone, with its cost; where it is paid by use, with the most that its use can cost."""
    patient = Patient(ward.loaded, ward.case, ward.built)
    days = ward.case.grid.days
    for lever in levers(Books(ward.loaded, Prices(ward.case))):
        for amount in range(1, 1 + math.ceil(min(lever.most, 8.0))):
            tried = patient.with_sets([lever.setting(min(amount, lever.most))])
            if tried is not None and feasible(tried[1]):
                yield lever, lever.price.money * amount * (len(ward.case.units) * days * 4 if lever.use.names else 1)
                break


def test_ten_lines_tell_all_and_exit_3(tmp_path: Path) -> None:
    """What a bed manager reads at seven in the morning, with the folder that holds the rest."""
    path = tmp_path / "ward.json.yaml"
    path.write_text(json.dumps({**ONE_WARD, "name": "Critical care"}), encoding="utf-8")
    result = run("plan", path, "-o", tmp_path / "plan")
    assert result.exit_code == 3
    assert result.output.splitlines() == [
        "Critical care   2 days from 1 Jan 2024",
        "No plan exists: these 3 rules can't all hold; without any one of them the others can",
        "  icu must have 2 to 5 rn on duty, day of Mon 1 Jan and 1 more shift",
        "  at most 7 agency rn shifts a week",
        "  the 4 rn of icu work one shift a day, Mon 1 Jan",
        "Cheapest cure: 14 more agency rn shifts a week (7 to 21), 4 used: 1,920",
        "  --set staff.rn.agency.shifts_per_week=21",
        f"Written to {tmp_path / 'plan'}",
    ]
    assert run("plan", path, "--set", "staff.rn.agency.shifts_per_week=21", "-o", tmp_path / "cured").exit_code == 0


def test_plan_json_holds_the_same_as_data(tmp_path: Path) -> None:
    """The clash by rule with the keys that say it, the cure with its price and settings."""
    path = tmp_path / "ward.yaml"
    path.write_text(json.dumps(ONE_WARD), encoding="utf-8")
    run("plan", path, "-o", tmp_path / "plan")
    told = json.loads((tmp_path / "plan" / "plan.json").read_text(encoding="utf-8"))["infeasible"]
    assert [rule["path"] for rule in told["clash"]] == [
        "cover.0.hard",
        "staff.rn.agency.shifts_per_week",
        "staff.rn.own.icu",
    ]
    assert (told["minimal"], told["smallest"], told["others"]) == (True, True, False)
    assert (told["cure"]["cost"], told["cure"]["sets"]) == (1920.0, ["staff.rn.agency.shifts_per_week=21"])


def test_the_http_face_answers_the_same(tmp_path: Path) -> None:
    """A request for a plan that can't exist is answered with why, and what would cure it."""
    with front("sqlite", tmp_path) as service:
        answer = service.planned(ONE_WARD)["answer"]
    assert answer["status"] == "infeasible"
    assert answer["infeasible"]["cure"]["sets"] == ["staff.rn.agency.shifts_per_week=21"]


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_no_answer_is_longer_than_ten_lines(number: int) -> None:
    """Head, clash, cure and folder together; every line but the one to paste fits the terminal."""
    why = explained(clinic(planted(number).data))
    lines = list(infeasible_lines(why))
    assert len(lines) <= 8
    assert all(len(line) <= 100 for line in lines if "--set" not in line)


def explained(ward: Clinic) -> Infeasible:
    """Why there is no plan."""
    return explain_infeasible(ward.loaded, ward.case, ward.built, seconds=30.0)
