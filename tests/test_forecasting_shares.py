"""A hospital's total becomes wards whose shares vary and lean on one another."""

import numpy as np
import pytest

from forecasting import ForecastError
from forecasting.shares import constructed_shares, estimated_shares, split_total


def wards(days=600, seed=0):
    """Three wards: the first two take from the third together (log shares move by the same steps, .8 kept a day)."""
    rng = np.random.default_rng(seed)
    common = np.zeros(days)
    for day in range(1, days):
        common[day] = 0.8 * common[day - 1] + 0.06 * rng.standard_normal()
    logs = np.log([0.2, 0.3, 0.5]) + common[:, None] * np.array([1, 1, -1.0])
    shares = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    return {name: 400 * share for name, share in zip("abc", shares.T, strict=True)}


def test_wards_sum_to_the_total_in_every_sample():
    """Whatever the shares, nobody is lost."""
    total = np.random.default_rng(1).uniform(300, 500, (50, 14))
    split = split_total(total, constructed_shares({"a": 1, "b": 2, "c": 3}), seed=3)
    assert split.shape == (50, 3, 14)
    assert split.sum(axis=1) == pytest.approx(total)


def test_the_mean_of_the_shares_is_met():
    """Stated as 1 : 2 : 3, the wards have a sixth, a third and a half on average, even if shares vary much."""
    shares = constructed_shares({"a": 1, "b": 2, "c": 3}, concentration=8)
    drawn = shares.draws(4000, 30, np.random.default_rng(0))[:, -1]
    assert drawn.mean(axis=0) == pytest.approx([1 / 6, 1 / 3, 1 / 2], abs=0.01)


def test_constructed_shares_vary_as_a_dirichlet_variable():
    """A share p has standard deviation root (p (1 - p) / (concentration + 1)): .25 varies by .0305 at 200."""
    shares = constructed_shares({"a": 1, "b": 3}, concentration=200)
    drawn = shares.draws(4000, 60, np.random.default_rng(0))[:, -1, 0]
    assert drawn.std() == pytest.approx(np.sqrt(0.25 * 0.75 / 201), rel=0.05)


def test_stated_shares_are_labelled_constructed_and_learned_ones_estimated():
    """A reader must see which."""
    assert constructed_shares({"a": 1, "b": 1}).origin == "constructed"
    assert estimated_shares(wards()).origin == "estimated"


def test_estimated_shares_keep_mean_ties_and_persistence():
    """Learned back from the wards above: means, a and b moving together against c, .8 kept a day."""
    series = wards()
    shares = estimated_shares(series)
    seen = np.stack(list(series.values()), axis=1) / 400
    assert shares.mean == pytest.approx(seen.mean(axis=0), abs=0.002)
    assert shares.persistence == pytest.approx(0.8, abs=0.06)
    drawn = shares.draws(1000, 40, np.random.default_rng(0))[:, -1]
    ties, told = np.corrcoef(seen.T), np.corrcoef(drawn.T)
    assert told[0, 1] == pytest.approx(ties[0, 1], abs=0.1)
    assert told[0, 2] == pytest.approx(ties[0, 2], abs=0.1)
    assert drawn.std(axis=0) == pytest.approx(seen.std(axis=0), rel=0.15)


def test_shares_begin_where_they_stand_today():
    """Ward a is far above its mean on the last day and stays above tomorrow, less so in a month."""
    series = wards()
    for name, count in {"a": 150, "b": 100, "c": 150}.items():
        series[name][-1] = count
    shares = estimated_shares(series)
    drawn = shares.draws(500, 30, np.random.default_rng(0))[..., 0].mean(axis=0)
    assert drawn[0] > shares.mean[0] * 1.1
    assert drawn[-1] == pytest.approx(shares.mean[0], rel=0.05)


def test_quantiles_are_taken_of_pooled_totals():
    """Two wards that share a fixed total of 100 always sum to 100, though each varies."""
    split = split_total(np.full((200, 7), 100.0), constructed_shares({"a": 1, "b": 1}), seed=1)
    assert np.quantile(split.sum(axis=1), [0.1, 0.9], axis=0) == pytest.approx(np.full((2, 7), 100.0))
    assert np.quantile(split[:, 0], 0.9) > 51


def test_equal_seeds_give_equal_bytes():
    """Draws depend on the seed alone."""
    total, shares = np.full((20, 5), 10.0), constructed_shares({"a": 1, "b": 1})
    assert split_total(total, shares, seed=4).tobytes() == split_total(total, shares, seed=4).tobytes()
    assert split_total(total, shares, seed=4).tobytes() != split_total(total, shares, seed=5).tobytes()


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ({"a": [1.0] * 40}, "two ward series or more"),
        ({"a": [1.0] * 40, "b": [1.0] * 41}, "of the same days"),
        ({"a": [1.0] * 40, "b": [-1.0] * 40}, "0 or more"),
        ({"a": [1.0] * 40, "b": [np.nan] * 20 + [1.0] * 20}, "28 days on which every ward is known, got 20"),
    ],
)
def test_wards_that_tell_no_shares_are_refused(series, message):
    """The message states what is needed."""
    with pytest.raises(ForecastError, match=message):
        estimated_shares(series)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mean": {}}, "one ward or more"),
        ({"mean": {"a": 0.0}}, "each above 0"),
        ({"mean": {"a": 1.0}, "concentration": 0.0}, "concentration must be above 0"),
        ({"mean": {"a": 1.0}, "persistence": 1.0}, "persistence from 0 to below 1"),
    ],
)
def test_stated_shares_that_are_none_are_refused(given, message):
    """The message states the rule."""
    with pytest.raises(ForecastError, match=message):
        constructed_shares(**given)
