"""The past lived through again: worked by hand on one ward, and never looking ahead."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.expansion.grid import Floats
from optimizer.replay.equal_spend import EqualSpend
from optimizer.replay.errors import ReplayError
from optimizer.replay.past import Past
from optimizer.replay.policies import (
    POLICIES,
    Belief,
    Policy,
    Sight,
    forecast_at_share,
    forecast_in_futures,
    last_week,
    level_kept,
    weeks_mean,
    what_came,
)
from optimizer.replay.run import Player, Stretch, placed, prepare, replay
from optimizer.replay.score import Score
from optimizer.replay.window import notices_of
from optimizer.scenario.files import open_data
from tests.command import run

START = date(2024, 4, 1)
"""The Monday after the past."""

WARD: dict[str, Any] = {
    "schema": 1,
    "id": "past",
    "horizon": {"start": START.isoformat(), "days": 7},
    "shifts": {"D": {"start": "07:00", "hours": 10}},
    "units": {"W": {"beds": 12, "cares_for": ["med"]}},
    "patients": {"med": {"boarding_cost_per_day": 5000}},
    "staff": {
        "rn": {
            "paid": "per_shift",
            "cost_per_shift": 100,
            "own": {"W": 4},
            "hours_per_week": 70,
            "rest": {"shifts_in_7_days": 7},
            "agency": {"multiplier": 2, "notice": "1d"},
            "short_cost_per_hour": 50,
        }
    },
    "cover": [{"unit": "W", "staff": "rn", "patients_per_person": 3, "during": ["D"]}],
    "forecast": {"forecaster": "weekday_mean"},
}
"""One nurse for 3 patients, 10 hours a day at 100; agency 200, and 500 where she is missing."""


def stretch_of(values: Floats, *, weeks: int, **changes: Any) -> Stretch:
    """The ward with a past that ends the day before START, ready to be replayed."""
    data = deepcopy(WARD) | changes
    first = START - timedelta(days=len(values))
    history = {"start": first.isoformat(), "values": values.tolist()}
    data["patients"]["med"]["demand"] = {"history": history}
    return prepare(open_data(data), weeks=weeks, seed=0)


def simple(stretch: Stretch, *names: str) -> dict[str, Score]:
    """The scores of some policies."""
    return dict(replay(stretch, {name: POLICIES[name] for name in names}).scores)


def test_where_nothing_ever_changes_all_ways_cost_the_same() -> None:
    """6 patients every day need 2 nurses: 14 shifts a week at 100, whoever plans, and nobody is short."""
    found = simple(stretch_of(np.full(140, 6.0), weeks=1), "mean", "fixed", "last_week", "clairvoyant", "ours")
    for score in found.values():
        assert score.cost == pytest.approx(1400, rel=1e-4)
        assert score.short_hours == pytest.approx(0, abs=0.01)
        assert (score.patient_days, score.patient_shifts) == pytest.approx((42, 42))
        assert score.understaffed == 0


def test_a_rise_is_met_at_each_levers_notice() -> None:
    """9 come for 6 in the last week: what is believed of the next day decides who is asked, each at her price."""
    values = np.full(140, 6.0)
    values[-7:] = 9
    stretch = stretch_of(values, weeks=1)
    found = simple(stretch, "mean", "last_week", "clairvoyant")
    # own shifts were told 28 days before: 2 nurses a day. Knowing all: 3 nurses a day at 100
    assert found["clairvoyant"].cost == pytest.approx(2100, rel=1e-4)
    # the mean of 28 days believes 6 all week on its first morning and then 6.1, 6.2 ... of which a part is asked for:
    # day d (1 to 6) has seen d days of 9 in 28: 6 + 3 d / 28 patients expected, so d / 28 nurses asked the day before
    asked = sum(day / 28 for day in range(1, 7))
    assert found["mean"].items["staff.agency"] == pytest.approx(200 * asked, rel=1e-3)
    assert found["mean"].short_hours == pytest.approx(10 * (7 - asked), rel=1e-3)
    assert found["mean"].cost == pytest.approx(1400 + 200 * asked + 500 * (7 - asked), rel=1e-3)
    # last week's days were 6 until the end: nobody is asked, and one nurse is missing on each of 7 days
    assert found["last_week"].cost == pytest.approx(1400 + 7 * 500, rel=1e-3)
    # 10 of 30 needed hours short is over 15 %: all 63 patient-shifts are understaffed
    assert found["last_week"].understaffed_share == 1


def test_a_fixed_establishment_never_moves() -> None:
    """9 come for 6 for two weeks: who decides once lacks a nurse on all 14 days, though the first week was seen."""
    values = np.full(140, 6.0)
    values[-14:] = 9
    found = simple(stretch_of(values, weeks=2), "fixed", "last_week")
    assert found["fixed"].cost == pytest.approx(2 * 1400 + 14 * 500, rel=1e-3)
    # last week's patients are known in the second week: agency at 200 instead of a nurse missing at 500
    assert found["last_week"].cost == pytest.approx(2 * 1400 + 7 * 500 + 7 * 200, rel=1e-3)


@pytest.mark.parametrize("name", ["ours", "two_stage", "mean", "last_week", "fixed"])
def test_nothing_later_moves_a_decision(name: str) -> None:
    """The same past up to a day, another future: every decision taken until that day is the same to the last digit."""
    rng = np.random.default_rng(4)
    real = 6 + rng.poisson(1.0, 160).astype(np.float64)
    known_days = 160 - 14 + 4
    other = real.copy()
    other[known_days:] += 5
    diaries = []
    for values in (real, other):
        stretch = stretch_of(values, weeks=2)
        player = Player(stretch, POLICIES[name])
        player.week(0)
        diaries.append((player.diary.people, player.weeks))
    for key, people in diaries[0][0].items():
        # own shifts stand for both weeks; of agency a day's notice is settled up to the fifth day (the fourth known)
        until = None if key[1] == "own" else 5
        assert np.array_equal(people[..., :until], diaries[1][0][key][..., :until], equal_nan=True)
    assert diaries[0][1][0].cost != diaries[1][1][0].cost


def test_knowing_all_is_never_dearer() -> None:
    """On a past of chance the one who knows all pays least."""
    values = 5 + np.random.default_rng(1).poisson(3.0, 170).astype(np.float64)
    found = simple(stretch_of(np.minimum(values, 11), weeks=1), "ours", "mean", "last_week", "fixed", "clairvoyant")
    best = found.pop("clairvoyant").cost
    assert all(score.cost >= best - 0.01 for score in found.values())


def test_bays_open_three_days_after_they_are_wanted() -> None:
    """12 beds, 15 patients from the second day on: 3 are boarded until a bay of 4 asked for then is open."""
    values = np.full(140, 12.0)
    values[-6:] = 15
    bay = {"bays": [4], "cost_per_bed_day": 100, "notice": "3d"}
    units = {"W": {"beds": 12, "cares_for": ["med"], "escalation": bay}}
    ward = deepcopy(WARD["staff"])
    ward["rn"]["own"] = {"W": 10}
    stretch = stretch_of(values, weeks=1, units=units, staff=ward)
    last = replace(POLICIES["last_week"], belief=lambda sight, first, days: _today_again(sight, days))
    score = replay(stretch, {"today": last}).scores["today"]
    # seen on the second day, open on the fifth: days 2, 3 and 4 board 3 each; days 5 to 7 have 3/4 of the bay at 400
    assert score.boarded_days == pytest.approx(9, rel=1e-3)
    assert score.items["beds.escalation"] == pytest.approx(3 * 300, rel=1e-3)


def _today_again(sight: Sight, days: int) -> Floats:
    return np.repeat(sight.known.on(sight.known.last, 1)[None], days, axis=2)


def test_futures_run_from_low_to_high() -> None:
    """Of 100 paths of 0 to 99 patients four futures are those in the middle of each quarter."""
    paths = np.arange(100.0)[::-1].reshape(100, 1, 1)
    sight = Sight(past([10.0] * 28), lambda known, first, days: paths, futures=4)
    assert forecast_in_futures(sight, date(2024, 1, 29), 1).ravel().tolist() == [12, 37, 62, 87]


def weighing(belief: Belief) -> Policy:
    """Two stages that see the same futures weeks ahead and from day to day."""
    return replace(POLICIES["two_stage"], belief=belief, rota=None)


def test_two_stages_weigh_futures_against_prices() -> None:
    """Each morning 6 or, twice as likely, 9 may come next day: a third own nurse at 100 saves 200 in two of three."""
    stretch = stretch_of(np.full(140, 6.0), weeks=1)
    often = weighing(lambda sight, first, days: np.repeat([[[6.0]], [[9.0]], [[9.0]]], days, axis=2))
    score = replay(stretch, {"often": often}).scores["often"]
    # own: 3 nurses a day, told weeks ahead, at 100 against agency at 200 in two of three futures
    assert score.items["staff.own"] == pytest.approx(2100, rel=1e-3)
    assert score.items.get("staff.agency", 0.0) == pytest.approx(0, abs=1)
    rare = weighing(lambda sight, first, days: np.repeat(6 + 3 * RARE, days, axis=2))
    # one case in ten is not worth 100 own (500 x .1 = 50): 2 nurses, as who knows the week would have
    assert replay(stretch, {"rare": rare}).scores["rare"].items["staff.own"] == pytest.approx(1400, rel=1e-3)


def test_two_stages_ask_for_the_next_day_what_is_worth_it_in_most_futures() -> None:
    """Own shifts are told for 6 patients; 9 come next day in three futures of four: agency at 200 saves 500 x 3/4."""
    stretch = stretch_of(np.full(140, 6.0), weeks=1)

    def often(sight: Sight, first: date, days: int) -> Floats:
        return np.repeat([[[6.0]], [[9.0]], [[9.0]], [[9.0]]], days, axis=2)

    policy = Policy("often", often, weeks_mean)
    score = replay(stretch, {"often": policy}).scores["often"]
    # asked for on each day before, the one before the first as well; no more than 6 come, so nobody is short
    assert score.items["staff.agency"] == pytest.approx(7 * 200, rel=1e-3)
    seldom = replace(policy, belief=lambda sight, first, days: np.repeat(6 + 3 * RARE, days, axis=2))
    assert replay(stretch, {"seldom": seldom}).scores["seldom"].items.get("staff.agency", 0.0) == pytest.approx(
        0, abs=1
    )


def test_own_shifts_are_told_for_a_level_between_forecast_and_mean() -> None:
    """Forecasts of 14, 18 and 40 (median 18) and a mean of the last weeks of 10: 14."""
    paths = np.array([14.0, 18.0, 40.0]).reshape(3, 1, 1)
    sight = Sight(past([10.0] * 28), lambda known, first, days: paths, share=0.9)
    assert level_kept(sight, date(2024, 1, 29), 1).tolist() == [[[14]]]


RARE = np.array([0.0] * 9 + [1.0]).reshape(10, 1, 1)
"""One future of ten in which more come."""


def past(values: list[float]) -> Past:
    """The past of one ward from 1 January on."""
    census = np.array([values])
    return Past(date(2024, 1, 1), ("med",), census, census, {"med": 0}, False)


def test_beliefs_come_from_what_is_known() -> None:
    """The mean of 28 days, the same weekday of the last week known, and for who knows all what came."""
    known = past([float(day) for day in range(28)])

    def nothing(known: Past, first: date, days: int) -> Floats:
        raise AssertionError("not asked for")

    sight = Sight(known, nothing)
    first = date(2024, 1, 29)
    assert weeks_mean(sight, first, 3).tolist() == [[[13.5] * 3]]
    # day 28 is a week after day 21; day 36 is two weeks after day 22
    assert last_week(sight, first, 9)[0, 0].tolist() == [21, 22, 23, 24, 25, 26, 27, 21, 22]
    assert what_came(sight, date(2024, 1, 27), 4)[0, 0].tolist() == [26, 27, 27, 27]


def test_ours_brings_wards_to_the_level_of_their_total() -> None:
    """Two wards of 10, of which one or the other has 4 more: the total is 24 for sure, so each is planned for 12."""
    paths = np.array([[[14.0], [10.0]], [[10.0], [14.0]]])
    sight = Sight(past([10.0] * 28), lambda known, first, days: paths, share=0.9)
    assert forecast_at_share(sight, date(2024, 1, 29), 1).tolist() == [[[12], [12]]]


def test_notices_are_whole_days_and_rotas_four_weeks() -> None:
    """Own shifts take four weeks where nothing is said, or what the group says; agency a day."""
    data = deepcopy(WARD)
    data["patients"]["med"]["demand"] = {"census": 6}
    assert notices_of(open_data(data).value).rota == 28
    data["staff"]["rn"]["notice"] = "14d"
    found = notices_of(open_data(data).value)
    assert (found.rota, found.bays, found.of(0, "agency")) == (14, 0, 1)


def test_patients_begin_at_home_then_outlie_then_wait() -> None:
    """20 patients: 12 at home, 5 in the outlying unit, 3 waiting."""
    data = deepcopy(WARD)
    data["units"]["B"] = {"beds": 5}
    data["patients"]["med"] |= {"demand": {"census": 6}, "outlies_in": ["B"]}
    found = placed(open_data(data).value, {"med": 20.0})
    assert found.present.tolist() == [[12, 5]]
    assert found.waiting.tolist() == [3]


def test_wards_of_a_total_are_shared_out_and_add_up() -> None:
    """Two wards that share one history have its patients between them every day, about as they share it."""
    total = 40 + np.random.default_rng(0).standard_normal(140)
    first = START - timedelta(days=140)
    data = deepcopy(WARD)
    history = {"start": first.isoformat(), "values": total.tolist()}
    data["units"] = {"W": {"beds": 30, "cares_for": ["med"]}, "B": {"beds": 30, "cares_for": ["sur"]}}
    data["patients"] = {
        name: {"demand": {"history": history, "share": share}, "boarding_cost_per_day": 5000}
        for name, share in (("med", 0.25), ("sur", 0.5))
    }
    data["cover"][0]["unit"] = "W"
    found = prepare(open_data(data), weeks=2, seed=3).past
    assert found.constructed
    assert found.census.sum(axis=0) == pytest.approx(0.75 * total[-len(found.census[0]) :])
    assert found.census[0].mean() == pytest.approx(10, rel=0.1)
    assert found.census[0].std() > 0.1


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (None, "there is no past to replay"),
        ({"gap": range(-20, -10)}, "is not known; replay fewer weeks"),
        ({"measures": "arrivals"}, "a history of arrivals can't be replayed yet"),
    ],
)
def test_a_past_that_is_lacking_is_told(history: dict[str, Any] | None, told: str) -> None:
    """What can't be replayed is refused in a sentence that names the cure."""
    data = deepcopy(WARD)
    values: list[float | None] = [6.0] * 140
    for at in (history or {}).get("gap", ()):
        values[at] = None
    given = {"start": (START - timedelta(days=140)).isoformat(), "values": values}
    data["patients"]["med"]["demand"] = {"census": 6} if history is None else {"history": given}
    if history and "measures" in history:
        data["patients"]["med"] |= {"length_of_stay": {"mean_days": 3}}
        data["patients"]["med"]["demand"]["measures"] = "arrivals"
    with pytest.raises(ReplayError, match=told):
        prepare(open_data(data), weeks=4, seed=0)


def written(folder: Path) -> Path:
    """The ward with a past of chance, as a file."""
    data = deepcopy(WARD)
    values = (6 + np.random.default_rng(2).poisson(1.0, 140)).tolist()
    data["patients"]["med"]["demand"] = {
        "history": {"start": (START - timedelta(days=140)).isoformat(), "values": values}
    }
    path = folder / "ward.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_command_tells_every_way_on_a_line_that_fits(tmp_path: Path) -> None:
    """A row for each policy, what was gained, the published anchors, and no line over 100 columns."""
    told = run("replay", written(tmp_path), "--weeks", 1, "--equal-spend")
    assert told.exit_code == 0, told.output
    for policy in POLICIES.values():
        assert (f"\n{policy.words} " in told.output) == (not policy.slow)
    assert "ours at equal spend" in told.output
    assert "Williams, Gartner, Harper 2023" in " ".join(told.output.split())
    assert max(map(len, told.output.splitlines())) <= 100


def test_json_holds_the_same_figures(tmp_path: Path) -> None:
    """Scores by policy with items that sum to the cost; equal seeds give equal bytes."""
    words = ("replay", written(tmp_path), "--weeks", 1, "--policy", "mean", "--policy", "clairvoyant", "--json")
    first, again = run(*words), run(*words)
    assert first.output == again.output
    found = json.loads(first.output)["policies"]
    assert list(found) == ["mean", "clairvoyant"]
    assert sum(found["mean"]["items"].values()) == pytest.approx(found["mean"]["cost"])


def test_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    """The message lists those there are, and equal spend needs both that it compares."""
    told = run("replay", written(tmp_path), "--policy", "hope")
    assert told.exit_code == 2
    assert "no policy is called hope; there are ours, two_stage, mean" in told.output
    told = run("replay", written(tmp_path), "--policy", "mean", "--equal-spend")
    assert told.exit_code == 2
    assert "replay both" in told.output


def test_a_score_is_the_sum_of_its_weeks() -> None:
    """Items, days and hours add up, shares are taken of the sums."""
    weeks = [
        Score({"staff.own": 100.0, "staff.short": 50.0}, 1, 2, 40, 3, 100, 10, 40),
        Score({"staff.own": 110.0}, 0, 1, 44, 1, 100, 0, 40),
    ]
    total = Score.of(weeks)
    assert (total.cost, total.paid) == (260, 210)
    assert total.understaffed_share == pytest.approx(10 / 80)
    assert EqualSpend(0.5, total).score.patient_days == 84
