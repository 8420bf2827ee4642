"""The race on real winters: its rules, its money and its shares, worked by hand on two constructed trusts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from forecasting.seasons import examples, mixed, taught
from tests.benchmarks.winters_data import Winter, weeks, without_mistakes
from tests.benchmarks.winters_forecast import known_until, season_of, second_opinion, week_ahead
from tests.benchmarks.winters_gap import ahead, closed, together
from tests.benchmarks.winters_money import Levels, levels_by_formula, levels_for, spent, spent_on_beds, spent_on_shift
from tests.benchmarks.winters_product import decided_week, in_turn, levels_by_product
from tests.benchmarks.winters_rules import (
    RULES,
    Task,
    best_fixed,
    census_today,
    clairvoyant,
    last_week,
    tuned_margin,
    weekday_mean,
)

Floats = NDArray[np.float64]
DAYS = 56


def winter_of(values: Floats, name: str = "2122", first: str = "2021-11-29") -> Winter:
    """A winter of trusts A, B, ... by day."""
    return Winter.of(name, np.datetime64(first, "D"), tuple("ABCDEFGH"[: len(values)]), values)


def two_trusts(days: int = DAYS, seed: int = 0) -> Floats:
    """Trust A holds 200 patients and one more each week; B holds 400, 20 fewer on Sundays (day 6, 13, ...)."""
    day = np.arange(days)
    noise = np.random.default_rng(seed).integers(-3, 4, (2, days)) if seed else 0
    return np.stack([200.0 + day // 7, 400.0 - 20.0 * (day % 7 == 6)]) + noise


def test_weeks_are_decided_once_the_core_is_known() -> None:
    """The first week is decided on day 20, for days 24 to 30; a core is the 60th percentile of days 0 to 20."""
    asked = weeks(winter_of(two_trusts()), 3)
    assert asked.origins.tolist() == [20, 27, 34, 41]  # 48 would reach to day 58, the last is 55
    assert asked.days[0].tolist() == [24, 25, 26, 27, 28, 29, 30]
    # A: 7 days each of 200, 201, 202; rank .6 x 20 = 12 of 0..20 is 201. B: 18 days of 400, so 400.
    assert asked.core.tolist() == [201.0, 400.0]
    assert weeks(winter_of(two_trusts()), 7).days[0].tolist() == [28, 29, 30, 31, 32, 33, 34]


def test_small_and_hardly_known_trusts_are_not_judged() -> None:
    """99 beds are no general hospital; 13 known days of 21 are too few to know a core by."""
    values = np.stack([np.full(DAYS, 99.0), np.full(DAYS, 300.0), np.full(DAYS, 300.0)])
    values[2, :8] = np.nan
    assert weeks(winter_of(values), 3).judged.tolist() == [False, True, False]


def test_every_second_trust_counts_where_asked() -> None:
    """Of four trusts every second counts, the first and the third, if it is judged: the first is too small."""
    winter = winter_of(np.stack([np.full(DAYS, patients) for patients in (99.0, 300.0, 300.0, 300.0)]))
    assert Task(winter, winter, 3, every=2).counted.tolist() == [2]


def test_a_mistake_in_the_record_is_no_day() -> None:
    """Of 100, 100, 30, 100 patients the 30 is 70 % off the median of the days before it and its own, 100."""
    found = without_mistakes(np.array([[100.0, 100.0, 30.0, 100.0]]), 7, 0)
    assert np.isnan(found[0]).tolist() == [False, False, True, False]


def test_a_day_of_nobody_is_not_known() -> None:
    """Nought is how the record says that nothing was told."""
    values = two_trusts()
    values[0, 30] = 0.0
    assert np.isnan(winter_of(values).real[0, 30])


def test_money_by_hand() -> None:
    """210 came to a core of 200 with 8 beds, 50 nurses by day and 28 by night opened.

    Beds 8 x 238 = 1,904 and 2 boarded x 863 = 1,726. Day: need 53, 3 short, all bank: 50 x 230 + 3 x 287.50 =
    12,362.50. Night: need 30, 2 short: 28 x 300 + 2 x 375 = 9,150. In all 25,142.50.
    """
    levels = Levels(*(np.array(each) for each in (8.0, 50.0, 28.0)))
    assert spent(levels, np.array(200.0), np.array(210.0)) == pytest.approx(25_142.5)


def test_beyond_a_tenth_of_the_need_nurses_are_agency() -> None:
    """Need 200 / 4 = 50, own 40: 5 bank at 287.50 and 5 agency at 437: 9,200 + 1,437.50 + 2,185 = 12,822.50."""
    assert spent_on_shift("day", np.array(40.0), np.array(200.0)) == pytest.approx(12_822.5)


def test_escalation_ends_at_a_seventh_of_the_core() -> None:
    """15 % of 205 is 30.75: 30 beds, whoever comes."""
    assert levels_for(np.array(300.0), np.array(205.0)).beds == 30.0


def test_last_week_is_the_last_known_day_of_that_name() -> None:
    """On day 20, for day 24: day 17 (A: 202). For day 28, a Monday, the Monday known last is day 14."""
    found = last_week(winter_of(two_trusts()), 3)[:, 0]
    assert found[0].tolist() == [202.0] * 7
    assert found[1].tolist() == [400.0, 400.0, 400.0, 380.0, 400.0, 400.0, 400.0]  # day 27 is a Sunday, as day 20 was


def test_the_mean_of_the_weekday_is_over_what_is_known() -> None:
    """On day 20 each weekday was seen three times: A 200, 201 and 202, mean 201."""
    assert weekday_mean(winter_of(two_trusts()), 3)[0, 0].tolist() == [201.0] * 7


def test_today_is_carried_on_where_nothing_was_told() -> None:
    """A told nothing on day 20: its 202 of day 19 counts."""
    values = two_trusts()
    values[0, 20] = np.nan
    assert census_today(winter_of(values), 3)[0, 0].tolist() == [202.0] * 7


def test_a_margin_is_what_would_have_been_cheapest() -> None:
    """Last winter everyone grew by 2 % after the third week: the margin is 2 %, for beds save more than nurses cost."""
    values = np.full((2, DAYS), 400.0)
    values[:, 24:] = 408.0
    before = winter_of(values)
    only_first = Winter(before.name, before.first, before.trusts, before.seen[:, :31], before.real[:, :31])
    assert tuned_margin(census_today, only_first, 3) == pytest.approx(0.02)


def test_fixed_levels_are_those_of_the_winter_before() -> None:
    """Last winter 5 % more than the core came every day, so this winter's levels are 5 % above its core of 200."""
    before, now = np.full((1, DAYS), 400.0), np.full((1, DAYS), 200.0)
    before[:, 24:] = 420.0
    levels = best_fixed(Task(winter_of(now), winter_of(before, first="2020-11-30"), 3))
    assert (levels.beds == 10).all()
    assert (levels.day == 53).all()  # 210 / 4 = 52.5
    assert (levels.night == 30).all()


@given(st.integers(150, 400), st.integers(0, 10**6))
def test_nobody_beats_the_clairvoyant(core: int, seed: int) -> None:
    """Whole levels for just as many as come cost least: a bed less is a patient boarded, a nurse less is bank."""
    rng = np.random.default_rng(seed)
    real, beds = np.array([float(rng.integers(100, 450))]), np.array([float(core)])
    sure = levels_for(real, beds)
    cheapest = spent(sure, beds, real)[0]
    moved = Levels(*(np.maximum(each + rng.integers(-3, 4), 0.0) for each in (sure.beds, sure.day, sure.night)))
    allowed = Levels(np.minimum(moved.beds, np.floor(0.15 * core)), moved.day, moved.night)
    assert spent(allowed, beds, real)[0] >= cheapest - 1e-6


@given(st.integers(0, 10**6))
def test_the_formula_finds_the_cheapest_levels(seed: int) -> None:
    """Tried one by one, no number of beds or nurses costs less on average over the samples."""
    rng = np.random.default_rng(seed)
    samples, core = np.round(rng.normal(210.0, rng.uniform(2.0, 15.0), (1, 30))), np.array([200.0])
    found = levels_by_formula(samples, core)
    beds = [spent_on_beds(np.array(float(n)), core[0], samples[0]).mean() for n in range(31)]
    day = [spent_on_shift("day", np.array(float(n)), samples[0]).mean() for n in range(30, 80)]
    assert spent_on_beds(found.beds[0], core[0], samples[0]).mean() == pytest.approx(min(beds))
    assert spent_on_shift("day", found.day[0], samples[0]).mean() == pytest.approx(min(day))


def test_the_program_decides_as_the_formula() -> None:
    """The two-stage program and the formula open beds and nurses of equal mean cost for the same samples.

    The program's bank is a tenth of the median's need, the formula's of each need: a twentieth of a percent at most.
    """
    rng = np.random.default_rng(0)
    samples = np.round(210.0 + 6.0 * rng.standard_normal((20, 1)) + 3.0 * rng.standard_normal((20, 7)))
    core = np.full(7, 200.0)
    program = Levels(*decided_week(200.0, samples, "2021-12-20", 3))
    formula = levels_by_formula(samples.T, core)
    cost = [spent(each, core, samples).mean() for each in (program, formula)]
    assert cost[0] == pytest.approx(cost[1], rel=5e-4)
    assert cost[0] >= cost[1] - 1e-6


def test_the_share_of_a_gap() -> None:
    """The best rule costs 100 in all, the clairvoyant 60, ours 90: 10 of 40. With all trusts alike no doubt is left."""
    ours, sure = np.array([45.0, 45.0]), np.array([30.0, 30.0])
    found = closed(ours, {"dear": np.array([70.0, 70.0]), "cheap": np.array([50.0, 50.0])}, sure)
    assert (found.share, found.low, found.high, found.begins) == (0.25, 0.25, 0.25, "cheap")


def test_ahead_counts_trusts_not_money() -> None:
    """Ours is cheaper on two trusts of three, if dearer in all."""
    assert ahead(np.array([1.0, 1.0, 90.0]), np.array([2.0, 2.0, 3.0])) == pytest.approx(2 / 3)


def test_winters_add_by_trust() -> None:
    """A trust judged in one winter counts in that one; one judged in none does not count."""
    one = {"ours": np.array([1.0, 2.0, np.nan]), "clairvoyant": np.array([1.0, 1.0, np.nan])}
    two = {"ours": np.array([4.0, np.nan, np.nan]), "clairvoyant": np.array([3.0, np.nan, np.nan])}
    assert together([one, two])["ours"].tolist() == [5.0, 2.0]


def test_a_second_opinion_moves_values_and_keeps_the_order() -> None:
    """Draws 30, 10, 20 moved half the way to 11, 21, 31: 30.5, 10.5, 20.5; who was highest stays highest."""
    drawn, opinion = np.array([[[[30.0, 10.0, 20.0]]]]), np.array([[[[11.0, 21.0, 31.0]]]])
    assert mixed(drawn, opinion, 0.5).ravel().tolist() == [30.5, 10.5, 20.5]


def past_and_futures(origin: int) -> tuple[list[Winter], list[Winter]]:
    """Three winters twice, alike until day `origin` of the last, then wild; A and B thrice, so that trees learn."""
    firsts = ("2019-12-02", "2020-11-30", "2021-11-29")
    values = [np.concatenate([two_trusts(seed=3 * at + more + 1) for more in range(3)]) for at in range(3)]
    other = values[2].copy()
    other[:, origin + 1 :] = np.random.default_rng(9).integers(150, 900, other[:, origin + 1 :].shape)
    alike = [winter_of(each, str(at), first) for at, (each, first) in enumerate(zip(values, firsts, strict=True))]
    return alike, [*alike[:2], winter_of(other, "2", firsts[2])]


def test_the_future_moves_no_rule() -> None:
    """What every rule decides until day 27 is the same whatever comes after that day."""
    one, other = (Task(each[2], each[1], 3) for each in past_and_futures(27))
    for name, rule in RULES.items():
        first, second = rule(one), rule(other)
        for kind in ("beds", "day", "night"):
            assert np.array_equal(getattr(first, kind)[:, :2], getattr(second, kind)[:, :2]), name


def test_the_clairvoyant_alone_looks_ahead() -> None:
    """The same test does find the one who looks."""
    one, other = (clairvoyant(Task(each[2], each[1], 3)) for each in past_and_futures(27))
    assert not np.array_equal(one.day[:, :2], other.day[:, :2])


def test_the_future_moves_no_sample() -> None:
    """The library's joint samples of the second week, decided on day 27, are the same whatever comes after."""
    one, other = (week_ahead(each, 3, 1, samples=20) for each in past_and_futures(27))
    assert one.shape == (20, 6, 7)
    assert np.array_equal(one, other)


def test_the_future_moves_no_second_opinion() -> None:
    """Nor are the boosted quantiles, which learn from the winters before alone."""
    one, other = (second_opinion(each, 3, 20) for each in past_and_futures(27))
    assert np.array_equal(one[:, :2], other[:, :2])
    assert not np.array_equal(one[:, 3], other[:, 3])


def test_a_second_opinion_rises_and_is_near() -> None:
    """Of a calm trust of 203 patients the boosted quantiles rise, and lie within 10 of it."""
    alike, _ = past_and_futures(27)
    told = taught([season_of(each) for each in alike[:2]], np.arange(4, 11)).quantiles(
        season_of(alike[2]), np.array([27])
    )[0, 0]
    assert (np.diff(told, axis=1) >= 0).all()
    assert np.abs(told - 203.0).max() < 10.0


def test_what_is_known_ends_with_the_origin() -> None:
    """The grid runs from the first winter's first day to the origin; the summers between are not known."""
    alike, _ = past_and_futures(27)
    first, grid = known_until(alike, 27)
    assert str(first) == "2019-12-02"
    assert grid.shape == (6, 728 + 28)  # 2 December 2019 to 26 December 2021
    assert np.isfinite(grid[0]).sum() == 2 * DAYS + 28


def test_all_trusts_moves_are_told_to_each() -> None:
    """Both grew by a fifth in a week: the mean of their log changes is ln 1.2, in column 13 of each one's inputs."""
    values = np.full((2, 30), 200.0)
    values[:, 20:] = 240.0
    rows, base = examples(season_of(winter_of(values)), np.array([26]), np.arange(4, 11))
    assert base[0, 26] == 240.0
    assert rows[:, 0, 0, 13] == pytest.approx(np.log(1.2))


def test_a_run_that_was_ended_goes_on(tmp_path: Path) -> None:
    """What was decided of the same samples is taken as it was kept; other samples are decided anew."""
    task = Task(winter_of(two_trusts(36)), winter_of(two_trusts(36)), 3)  # 36 days hold one week to decide
    samples = np.stack([np.full((1, 7, 2), 204.0), np.full((1, 7, 2), 408.0)])
    found = levels_by_product(task, samples, tmp_path)
    assert found.beds[:, 0, 0].tolist() == [3.0, 8.0]  # cores of 201 and 400
    for file in tmp_path.iterdir():
        np.save(file, np.full((3, 1, 7), 77.0))
    assert (levels_by_product(task, samples, tmp_path).beds == 77.0).all()
    assert levels_by_product(task, samples + 1.0, tmp_path).beds[:, 0, 0].tolist() == [4.0, 9.0]


def test_an_ended_run_has_a_fair_share_of_trusts() -> None:
    """Every eighth place comes first, then the rest of every fourth, of every second, and of all."""
    assert in_turn(np.arange(10)) == [0, 8, 4, 2, 6, 1, 3, 5, 7, 9]
