"""The census by unit and step, all patient groups together."""

import numpy as np
import pytest

from forecasting import StayError, census_by_unit, given_census, queued_census
from forecasting.census_units import GroupCensus, brought_to
from forecasting.shares import constructed_shares

ONE_HOME = constructed_shares({"A": 1.0})
NOBODY = np.zeros(3)


def queue(name="g", homes=ONE_HOME, arrivals=(6.0, 6.0, 6.0), draws=None, present=0.0):
    """Six arrive a day, half of whom stay a second day."""
    curve, left = np.array([1.0, 0.5]), np.array([0.5, 0.0, 0.0])
    coming = np.array(arrivals)
    return queued_census(name, coming, homes, curve=curve, present=present, left=left, cases=NOBODY, draws=draws)


def test_a_unit_holds_all_who_lie_in_it():
    """6, 9, 9 come and stay as a queue, and 4 are in anyway: 10, 13, 13 on average."""
    told = census_by_unit([queue(), given_census("h", np.full(3, 4.0), ONE_HOME)], ["A"], samples=8000)
    assert told.mean[0] == pytest.approx([10.0, 13.0, 13.0], abs=0.15)
    # the queue is Poisson: of mean 9 nine in ten days have 13 or fewer, and of 4 more 17
    assert told.quantiles[0, 1, 6] == 17.0


def test_shares_of_units_add_up_to_the_group():
    """Two homes of 3 : 1; whatever the day, nobody is lost between them."""
    group = queue(homes=constructed_shares({"A": 0.75, "B": 0.25}))
    told = census_by_unit([group], ["A", "B", "C"], samples=2000)
    alone = census_by_unit([queue()], ["A"], samples=2000)
    assert told.samples.sum(axis=1) == pytest.approx(alone.samples[:, 0])
    assert told.mean[:, 2] == pytest.approx([6.75, 2.25, 0.0], abs=0.25)


def test_unseen_shares_are_labelled():
    """Shares among several units are constructed; one home needs none."""
    told = census_by_unit([queue("g", constructed_shares({"A": 0.5, "B": 0.5})), queue("h")], ["A", "B"], samples=10)
    assert told.constructed == ("g",)


def test_a_surge_hits_all_units_together():
    """One joint draw has three times the arrivals of the other, for two groups in two units alike."""
    draws = np.array([[10.0] * 3, [30.0] * 3])
    groups = [queue(unit, constructed_shares({unit: 1.0}), (20.0,) * 3, draws) for unit in "AB"]
    told = census_by_unit(groups, ["A", "B"], samples=400)
    assert np.corrcoef(told.samples[:, 0, 2], told.samples[:, 1, 2])[0, 1] > 0.9


def test_listed_cases_come_for_certain():
    """Nobody but 5 listed on the second day, half of whom are in on the third."""
    listed = np.array([0.0, 5.0, 0.0])
    group = queued_census("g", NOBODY, ONE_HOME, curve=np.array([1.0, 0.5]), present=0.0, left=NOBODY, cases=listed)
    told = census_by_unit([group], ["A"], samples=4000)
    assert (told.samples[:, 0, 1] == 5).all()
    assert told.mean[0, 2] == pytest.approx(2.5, abs=0.1)


def test_chances_of_each_patient_stand_before_a_share_of_all():
    """Two patients, one sure to stay a day and one sure to go, whatever share is said to be left."""
    group = queued_census(
        "g", NOBODY, ONE_HOME, curve=np.ones(1), present=9.0, left=np.ones(3), cases=NOBODY,
        still_in=np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
    )  # fmt: skip
    assert (census_by_unit([group], ["A"], samples=5).samples[:, 0] == [1.0, 0.0, 0.0]).all()


def test_a_given_census_has_the_doubt_of_its_draws():
    """Draws of 8 and 12 brought to a mean of 20 are 16 and 24."""
    group = given_census("g", np.array([20.0]), ONE_HOME, draws=np.array([[8.0], [12.0]]))
    assert census_by_unit([group], ["A"], samples=2).samples[:, 0, 0].tolist() == [16.0, 24.0]


def test_steps_with_nobody_drawn_have_the_mean():
    """Nothing can be scaled up from nought."""
    assert brought_to(np.zeros((2, 1)), np.array([3.0])).tolist() == [[3.0], [3.0]]


def test_shares_change_by_the_day_not_by_the_period():
    """Two periods a day: both have the day's share."""
    group = given_census("g", np.full(4, 100.0), constructed_shares({"A": 0.5, "B": 0.5}))
    told = census_by_unit([group], ["A", "B"], samples=5, steps_per_day=2).samples
    assert told[:, 0, 0].tolist() == told[:, 0, 1].tolist()
    assert told[:, 0, 1].tolist() != told[:, 0, 2].tolist()


def test_equal_seeds_give_equal_bytes():
    """And others do not."""
    one, same, other = (census_by_unit([queue()], ["A"], samples=20, seed=seed).samples for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ([], "needs a patient group or more"),
        ([queue(homes=constructed_shares({"X": 1.0}))], "patients lie in X, which is none of the units A"),
        ([queue(), given_census("h", np.ones(2), ONE_HOME)], "must cover the same steps, got 2 and 3"),
        ([GroupCensus("g", ONE_HOME)], "g: a census needs a stream of patients"),
    ],
)
def test_what_does_not_fit_is_refused(groups, message):
    """The message names what is wrong."""
    with pytest.raises(StayError, match=message):
        census_by_unit(groups, ["A"], samples=5)
