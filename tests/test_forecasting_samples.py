"""Joint samples: each day's own distribution, tied together as past errors were."""

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from forecasting import ForecastError
from forecasting.sampling import DEPENDENCE, sample_paths, values_at

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])


def normal_quantiles(series=2, days=3, mean=100.0, sd=10.0):
    """The same normal distribution for every series and day."""
    return np.tile(norm(mean, sd).ppf(LEVELS), (series, days, 1))


def tied_errors(count=400, tie=0.8, seed=0):
    """Errors of two series over three days: correlation `tie` between the series, none between days."""
    rng = np.random.default_rng(seed)
    one, other = rng.standard_normal((2, count, 3))
    return np.stack([one, tie * one + np.sqrt(1 - tie**2) * other], axis=1)


@pytest.mark.parametrize("dependence", list(DEPENDENCE))
def test_marginals_are_the_forecasts(dependence):
    """Of 1,000 draws of each series and day, as many lie below each quantile as its level says."""
    quantiles = normal_quantiles()
    drawn = sample_paths(quantiles, LEVELS, tied_errors(), samples=1000, dependence=dependence)
    below = (drawn[..., None] <= quantiles).mean(axis=0)
    assert below == pytest.approx(np.tile(LEVELS, (2, 3, 1)), abs=0.0011)


@pytest.mark.parametrize("dependence", ["copula", "blocks"])
def test_series_that_missed_together_miss_together_again(dependence):
    """Rank correlation of errors tied by .8 is .79 (6 / pi arcsin of .4); days that had no tie get none."""
    drawn = sample_paths(normal_quantiles(), LEVELS, tied_errors(), samples=2000, dependence=dependence)
    across = [spearmanr(drawn[:, 0, day], drawn[:, 1, day]).statistic for day in range(3)]
    assert across == pytest.approx([0.786] * 3, abs=0.07)
    assert spearmanr(drawn[:, 0, 0], drawn[:, 0, 1]).statistic == pytest.approx(0.0, abs=0.12)


def test_a_surge_makes_the_total_wider_than_wards_drawn_apart():
    """Ten wards with errors tied by 1: the total's standard deviation is 10 x 10, not 10 x the root of 10."""
    common = np.repeat(np.random.default_rng(0).standard_normal((300, 1, 1)), 10, axis=1)
    quantiles = normal_quantiles(10, 1)
    total = sample_paths(quantiles, LEVELS, common, samples=1000).sum(axis=1)
    assert total.std() == pytest.approx(100, rel=0.05)


@pytest.mark.parametrize("dependence", list(DEPENDENCE))
def test_same_seed_same_bytes(dependence):
    """And another seed gives other bytes."""
    drawn = [
        sample_paths(normal_quantiles(), LEVELS, tied_errors(), samples=50, seed=seed, dependence=dependence)
        for seed in (1, 1, 2)
    ]
    assert drawn[0].tobytes() == drawn[1].tobytes()
    assert drawn[0].tobytes() != drawn[2].tobytes()


@pytest.mark.parametrize("dependence", list(DEPENDENCE))
@pytest.mark.parametrize("known", [0, 1])
def test_without_a_past_everything_is_high_or_low_together(dependence, known):
    """The cautious answer: what could be one surge is one; a single past path tells no ties."""
    residuals = np.full((3, 2, 3), np.nan)
    residuals[:known] = 1.0
    drawn = sample_paths(normal_quantiles(), LEVELS, residuals, samples=101, dependence=dependence)
    assert spearmanr(drawn[:, 0, 0], drawn[:, 1, 2]).statistic > 0.999


def test_values_between_levels_follow_the_normal_scale():
    """Given a normal's quantiles, every other quantile is that normal's too, beyond the last level as well."""
    shares = np.array([0.001, 0.3, 0.6, 0.999])
    assert values_at(shares, normal_quantiles(1, 1)[0], LEVELS)[0] == pytest.approx(norm(100, 10).ppf(shares))


def test_no_sample_is_negative():
    """A mean of 5 with a standard deviation of 10 is cut at 0."""
    drawn = sample_paths(normal_quantiles(mean=5).clip(0), LEVELS, tied_errors(), samples=200)
    assert drawn.min() == 0.0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"residuals": np.zeros((5, 2, 4))}, "residuals must be"),
        ({"levels": LEVELS[:3]}, "quantiles must be"),
        ({"quantiles": normal_quantiles()[..., ::-1]}, "must not cross"),
        ({"samples": 0}, "1 or more, got 0"),
        ({"dependence": "copla"}, "did you mean copula"),
    ],
)
def test_what_does_not_fit_is_refused(changed, message):
    """The message says what was wanted."""
    given = {"quantiles": normal_quantiles(), "levels": LEVELS, "residuals": tied_errors(), "samples": 10} | changed
    with pytest.raises(ForecastError, match=message):
        sample_paths(**given)
