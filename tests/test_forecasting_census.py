"""The distribution of the census: the M_t/G/infinity queue comes out exactly."""

import numpy as np
import pytest
from scipy.stats import binom, poisson

from forecasting import StayError, survival
from forecasting.census import Stream, census_paths, census_pmf, stream, with_known_chances
from forecasting.stays import left_of_past, left_of_start, still_in_chances

CURVE = np.array([1.0, 0.5, 0.25])
RATES = np.array([4.0, 8.0, 2.0, 6.0])
MEANS = [4.0, 10.0, 7.0, 9.0]  # 4; 8 + 4/2; 2 + 8/2 + 4/4; 6 + 2/2 + 8/4


def drawn(queue, samples=20_000, seed=0):
    """Many joint draws."""
    return census_paths(queue, samples=samples, rng=np.random.default_rng(seed))


def test_a_poisson_stream_gives_a_poisson_census():
    """From an empty start the census is Poisson, its mean the convolution of rates and curve, worked out above."""
    queue = stream("a", RATES, CURVE)
    assert queue.mean == pytest.approx(MEANS)
    for chances, mean in zip(census_pmf(queue), MEANS, strict=True):
        assert chances == pytest.approx(poisson(mean).pmf(np.arange(len(chances))), abs=1e-12)
        assert chances.sum() == pytest.approx(1.0, abs=1e-9)


def test_those_present_leave_each_by_their_own_chances():
    """Nobody comes; two patients are in with chances .5 and .2: none .4, one .5, both .1."""
    queue = stream("a", [0.0], [1.0], still_in=[[0.5], [0.2]])
    assert census_pmf(queue)[0] == pytest.approx([0.4, 0.5, 0.1], abs=1e-9)


def test_those_present_and_those_who_come_add():
    """Ten present of whom half are left, and 4 expected: binomial and Poisson convolved, mean 9, variance 2.5 + 4."""
    chances = census_pmf(stream("a", [4.0], CURVE, present=10, left=[0.5]))[0]
    by_hand = sum(binom(10, 0.5).pmf(k) * poisson(4).pmf(7 - k) for k in range(8))
    count = np.arange(len(chances))
    assert chances[7] == pytest.approx(by_hand, abs=1e-12)
    assert count @ chances == pytest.approx(9.0)
    assert (count - 9.0) ** 2 @ chances == pytest.approx(6.5)


def test_doubt_about_the_rate_widens_the_census():
    """Rates of 4 or 16 with equal chance: variance is the mean's 10 plus that between the rates, 36."""
    chances = census_pmf(stream("a", [[4.0], [16.0]], [1.0]))[0]
    count = np.arange(len(chances))
    assert count @ chances == pytest.approx(10.0)
    assert (count - 10.0) ** 2 @ chances == pytest.approx(46.0)


def test_doubt_about_stays_widens_the_census():
    """Eight came yesterday and stay with chance 1 or .5: means of 8 or 4, so 6 on average, variance 6 + 4."""
    chances = census_pmf(stream("a", [[8.0, 0.0], [8.0, 0.0]], [[1.0, 1.0], [1.0, 0.5]]))[1]
    count = np.arange(len(chances))
    assert count @ chances == pytest.approx(6.0)
    assert (count - 6.0) ** 2 @ chances == pytest.approx(10.0)


def test_paths_have_the_exact_distribution_on_every_step():
    """Shares of 20,000 draws against the exact chances: none is off by more than .012 (four standard errors)."""
    queue = stream("a", RATES, CURVE, present=5, left=[0.8, 0.4, 0.2, 0.0])
    paths = drawn(queue)
    for step, chances in enumerate(census_pmf(queue)):
        seen = np.bincount(paths[:, step].astype(int), minlength=len(chances))[: len(chances)] / len(paths)
        assert np.abs(seen - chances).max() < 0.012


def test_paths_carry_patients_from_day_to_day():
    """Covariance of two days is the mean number in on both: 4 of day 0 with chance .5, so 2 (M_t/G/infinity)."""
    paths = drawn(stream("a", RATES, CURVE))
    assert np.cov(paths[:, 0], paths[:, 1])[0, 1] == pytest.approx(2.0, abs=0.15)
    assert np.cov(paths[:, 0], paths[:, 3])[0, 1] == pytest.approx(0.0, abs=0.15)


def test_counted_arrivals_are_whole_patients():
    """Exactly 10 come, of whom half stay: binomial, not Poisson; 2.5 come as 2 or 3."""
    paths = drawn(stream("a", [[10.0, 0.0]], CURVE, counted=True))
    assert (paths[:, 0] == 10).all()
    assert paths[:, 1].var() == pytest.approx(2.5, rel=0.05)
    few = drawn(stream("a", [[2.5]], [1.0], counted=True))
    assert set(np.unique(few)) == {2.0, 3.0}
    assert few.mean() == pytest.approx(2.5, abs=0.02)


def test_arrivals_that_are_never_counted_are_left_out():
    """A curve that begins at .5: half of those who come are gone by the count."""
    queue = stream("a", [10.0], [0.5])
    assert queue.mean == pytest.approx([5.0])
    assert drawn(queue).mean() == pytest.approx(5.0, abs=0.08)


def test_groups_drawn_from_the_same_joint_draws_rise_together():
    """A surge in one of two joint draws is in that draw for both groups."""
    rates = np.array([[5.0], [50.0]])
    one, other = drawn(stream("a", rates, [1.0]), 1000, 1), drawn(stream("b", rates, [1.0]), 1000, 2)
    assert np.corrcoef(one[:, 0], other[:, 0])[0, 1] > 0.9


def test_elapsed_stays_condition_what_is_left():
    """S = 1, .5, .25: after one day, half are in after the next (.25 / .5) and none after that."""
    assert still_in_chances(CURVE, [0, 1], 2).tolist() == [[0.5, 0.25], [0.5, 0.0]]


def test_who_has_outstayed_the_curve_goes_on_by_the_mean():
    """Mean 1.75 days: of those beyond the curve 3/7 stay each day."""
    assert still_in_chances(CURVE, [9], 2)[0] == pytest.approx([3 / 7, 9 / 49])


def test_a_classifiers_chances_stand_before_the_curves():
    """Known for two days as .9 and .6 where the curve says .8, .4, .2: half of those in by then stay a third day."""
    told = with_known_chances([[0.8, 0.4, 0.2], [1.0, 0.0, 0.0]], [[0.9, 0.6], [1.0, 0.5]])
    assert told == pytest.approx(np.array([[0.9, 0.6, 0.3], [1.0, 0.5, 0.0]]))


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ([[0.5], [0.5]], "of the same patients"),
        ([[0.5, 0.6]], "never rise"),
        ([[0.5, 0.4, 0.3]], "same patients and steps"),
    ],
)
def test_chances_of_others_are_refused(known, message):
    """One patient over two days."""
    with pytest.raises(StayError, match=message):
        with_known_chances([[0.5, 0.2]], known)


def test_past_arrivals_say_how_old_todays_stays_are():
    """8 came today and 4 yesterday, of whom 2 are in: of the 10, 4 + 1 are in tomorrow and 2 the day after."""
    assert left_of_past([100.0, 100, 4, 8][2:], CURVE, 3) == pytest.approx([0.5, 0.2, 0.0])


def test_without_past_arrivals_ages_are_a_steady_states():
    """Nobody came within the curve's reach, yet patients are in: the steady mix of ages is all that is known."""
    assert left_of_past([0.0, 0.0], CURVE, 2) == pytest.approx(left_of_start(CURVE, 2))


def test_a_long_horizon_ends_in_the_steady_state():
    """Little's law: 20 a day for 6 days each are 120 in, Poisson, 16 weeks on."""
    queue = stream("a", np.full(112, 20.0), survival(mean_days=6))
    chances = census_pmf(queue)[-1]
    assert queue.mean[-1] == pytest.approx(120.0, rel=1e-4)
    assert chances == pytest.approx(poisson(queue.mean[-1]).pmf(np.arange(len(chances))), abs=1e-12)


def test_equal_generators_give_equal_bytes():
    """And chunks don't change what is drawn twice."""
    queue = stream("a", RATES, CURVE)
    assert drawn(queue, 100, 3).tobytes() == drawn(queue, 100, 3).tobytes()
    assert drawn(queue, 100, 3).tobytes() != drawn(queue, 100, 4).tobytes()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"arrivals": np.array([[-1.0]])}, "a: arrivals must be draws by step"),
        ({"curves": np.array([[0.5, 0.6]])}, "must not rise"),
        ({"curves": np.ones((3, 1))}, "one curve, or one for each of 1 draws"),
        ({"still_in": np.array([[1.5]])}, "must lie within 0 and 1"),
        ({"still_in": np.array([[0.5, 0.2]])}, "must have 1 steps, got 2"),
    ],
)
def test_what_is_no_stream_is_refused(changed, message):
    """The message names the group and the rule."""
    given = {"arrivals": np.ones((1, 1)), "curves": np.ones((1, 1)), "still_in": np.zeros((0, 1))} | changed
    with pytest.raises(StayError, match=message):
        Stream("a", **given)


def test_counts_have_no_exact_distribution():
    """They are drawn instead."""
    with pytest.raises(StayError, match="needs arrival rates"):
        census_pmf(stream("a", [3.0], [1.0], counted=True))
