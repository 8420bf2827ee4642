"""Past forecasts held against what came: every figure worked out by hand, and verdicts that cry wolf seldom."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from forecasting import ForecastError, Record, history_from_values, watch
from forecasting.history import Floats
from forecasting.monitoring_record import RecordedSeries
from forecasting.monitoring_tests import (
    coverage,
    drift,
    effective_days,
    interval_scores,
    mean_of,
    naive_quantiles,
    stability,
)
from forecasting.predicting import QUANTILES, forecast

START = date(2024, 1, 1)
LEVELS = np.array(QUANTILES)


def test_six_of_ten_days_inside_the_80_percent_interval() -> None:
    """The share is 60 %; so few days are no proof that the interval is too narrow."""
    low, high = np.zeros(10), np.full(10, 10.0)
    found = coverage(np.array([5.0] * 6 + [11.0] * 4), low, high, 0.8, 10)
    assert (found.days, found.inside, found.share) == (10, 6, 0.6)
    # Clopper and Pearson: at the lower end 6 or more come with 2.5 %, at the upper end 6 or fewer
    chances = [
        sum(math.comb(10, k) * share**k * (1 - share) ** (10 - k) for k in some)
        for share, some in ((found.low, range(6, 11)), (found.high, range(7)))
    ]
    assert chances == pytest.approx([0.025, 0.025])
    # 6 or fewer of 10 at 80 %: 1 - (10 .8^9 .2 + .8^10 + 45 .8^8 .2^2 + 120 .8^7 .2^3) = 0.1209; on the other side
    # only counts no likelier than 6 (8.8 %) would add, and 10 (10.7 %) is likelier
    assert found.p_value == pytest.approx(0.1209, abs=1e-4)


def test_a_day_on_the_edge_is_inside() -> None:
    """An interval holds its ends."""
    assert coverage(np.array([0.0, 10.0]), np.zeros(2), np.full(2, 10.0), 0.8, 2).inside == 2


def test_days_alike_count_for_fewer() -> None:
    """Errors 1, 1, 3, 3 lie 1 from their mean: neighbours' products 1, -1, 1 over squares 4 make r 0.25."""
    # 4 x (1 - .25) / (1 + .25) = 2.4
    assert effective_days(np.array([1.0, 1.0, 3.0, 3.0])) == pytest.approx(2.4)
    assert effective_days(np.array([1.0, 3.0, 1.0, 3.0])) == 4


def test_a_mean_has_students_interval() -> None:
    """1, 3, 1, 3: the mean is 2, its error sqrt(4 / 3) / 2 = 0.57735, of which 3.18245 reach 1.8374."""
    found = mean_of(np.array([1.0, 3.0, 1.0, 3.0]))
    assert (found.mean, found.low, found.high) == pytest.approx((2.0, 0.1626, 3.8374), abs=1e-4)


def test_one_day_has_a_mean_and_no_interval() -> None:
    """Nothing is said of doubt where nothing is known of it."""
    found = mean_of(np.array([2.0]))
    assert found.mean == 2.0
    assert np.isnan([found.low, found.p_value]).all()


def test_the_interval_score() -> None:
    """13 came for 8, 10, 12: (0.5 x 3 + 0.1 x (4 + 10 x 1)) / 1.5 = 1.9333."""
    found = interval_scores(np.array([13.0]), np.array([[8.0, 10.0, 12.0]]), np.array([0.1, 0.5, 0.9]))
    assert found == pytest.approx([2.9 / 1.5])


def test_as_a_week_ago() -> None:
    """1 to 14 rose by 7 in a week, always: 15 to 21 come next, without doubt; of the week after nothing is known."""
    found = naive_quantiles(np.arange(1.0, 15.0), 8, LEVELS)
    assert found[:7] == pytest.approx(np.repeat(np.arange(15.0, 22.0)[:, None], len(LEVELS), axis=1))
    assert np.isnan(found[7]).all()


def test_the_stability_index() -> None:
    """Half of the past is low, a quarter of late: (.25 - .5) ln(.25 / .5) + (.75 - .5) ln(.75 / .5) = 0.2747."""
    past, recent = np.repeat([0.0, 10.0], 10), np.repeat([0.0, 10.0], [5, 15])
    assert stability(past, recent) == pytest.approx(0.25 * math.log(2) + 0.25 * math.log(1.5))
    assert stability(past, past) == 0


def test_drift_is_not_told_of_few_days() -> None:
    """With fewer than the least number of known days every figure is undefined; the gap in shares is one at most."""
    past = np.arange(40.0)
    few = drift(past, np.array([*np.full(27, 50.0), np.nan]), 28)
    assert math.isnan(few.psi)
    assert few.recent_days == 27
    assert drift(past, np.full(28, 50.0), 28).ks == 1.0


def _record(days: int, past: Floats, start: date = START) -> Record:
    """A forecast of 100, errors normal with spread 10."""
    quantiles = np.tile(100 + 10 * stats.norm.ppf(LEVELS), (days, 1))
    series = RecordedSeries("beds", np.full(days, 100.0), quantiles, past)
    return Record(start, days, LEVELS, "ward@1", "", (series,))


def _came(values: Floats) -> dict[str, dict[date, float]]:
    return {"beds": {START + timedelta(days=at): float(value) for at, value in enumerate(values)}}


def _past(seed: int, days: int = 200) -> Floats:
    return np.random.default_rng(seed).normal(100, 10, days)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (100 + 40 * np.array([1.0, -1.0, -1.0, 1.0] * 10), "intervals are too narrow"),
        (100 + 0.1 * np.array([1.0, -1.0, -1.0, 1.0] * 10), "intervals are too wide"),
        (np.tile([92.0, 98.0, 95.0, 90.0], 10), "forecasts are 6.7 % too high"),
        (_past(7, 40) + 30, "what comes is unlike what was learned from"),
    ],
)
def test_why_to_train_anew(values: Floats, why: str) -> None:
    """Each fault is named. Of 92, 98, 95 and 90 the mean is 93.75, and 6.25 too many are 6.7 % of it."""
    found = watch([_record(40, _past(1))], _came(values))
    assert found is not None
    assert found.retrain
    assert why in found.because


def test_a_week_ago_that_is_better_is_a_reason() -> None:
    """A series that repeats itself each week was forecast flat: 40 days of it say so."""
    week = np.array([80.0, 85.0, 118.0, 120.0, 115.0, 90.0, 92.0])
    record = _record(42, np.tile(week, 20))
    found = watch([record], _came(np.tile(week, 6)))
    assert found is not None
    assert "a week ago foretells better" in found.because


def test_good_forecasts_seldom_cry_wolf() -> None:
    """Of 150 worlds in which the forecast is right at most one in ten is told to train anew (5 % are meant)."""
    worlds = range(150)
    cried = [watch([_record(28, _past(2 * seed))], _came(_past(2 * seed + 1, 28))) for seed in worlds]
    assert sum(found is not None and found.retrain for found in cried) <= 15


def test_few_days_are_said_to_be_few() -> None:
    """Three good days clear a forecast of great faults only."""
    found = watch([_record(7, _past(1))], _came(np.array([95.0, 104.0, 99.0])))
    assert found is not None
    assert not found.retrain
    assert "3 days are few" in found.because


def test_days_of_several_plans_are_counted_together() -> None:
    """Two weeks' plans tell 14 days; a day without an actual counts for none."""
    records = [_record(7, _past(1)), _record(7, _past(1), START + timedelta(days=7))]
    values = _past(5, 14)
    found = watch(records, _came(values))
    assert found is not None
    assert (found.series[0].days, found.first, found.last) == (14, START, START + timedelta(days=13))
    values[3] = np.nan
    gap = watch(records, _came(values))
    assert gap is not None
    assert gap.series[0].days == 13


def test_nothing_to_compare_is_no_verdict() -> None:
    """Without a day that was both foreseen and counted there is nothing to say."""
    assert watch([_record(7, _past(1), START - timedelta(days=30))], _came(_past(5, 14))) is None


def test_a_record_is_read_back_as_it_was_told() -> None:
    """Through JSON and back; a day of the past without a value stays unknown."""
    values = [10.0 + day % 7 for day in range(60)]
    history = history_from_values("beds", START, [*values[:50], None, *values[51:]])
    made = forecast([history], start=START + timedelta(days=60), days=5, forecaster="weekday_mean")
    record = Record.of(made, [history], ["beds"], 3)
    again = Record.from_json(record.to_json())
    assert (again.start, again.days, again.model) == (START + timedelta(days=60), 3, made.model)
    assert again.series[0].quantiles == pytest.approx(made.quantiles[0], abs=1e-6)
    assert np.flatnonzero(np.isnan(again.series[0].past)).tolist() == [50]
    assert again.series[0].past[-1] == 13.0  # day 59: 10 + 59 % 7


def test_what_is_no_record_is_refused() -> None:
    """A key that lacks, or quantiles that do not fit, are named."""
    told = _record(3, _past(1)).to_json()
    with pytest.raises(ForecastError, match="KeyError: 'levels'"):
        Record.from_json({key: value for key, value in told.items() if key != "levels"})
    with pytest.raises(ForecastError, match="quantiles of beds do not fit"):
        Record.from_json({**told, "levels": [0.5]})
