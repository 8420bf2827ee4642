"""Descriptions against figures worked out by hand, and against series in which the answer was put."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.cleaning import Cleaned
from forecasting.describing.description import Described, describe
from forecasting.describing.drivers import Driver
from forecasting.describing.figures import figures
from forecasting.describing.links import correlated, echoes, holm, links
from forecasting.describing.overview import overview
from forecasting.describing.pictures import picture
from forecasting.describing.time_axis import TimeAxis
from forecasting.describing.views import daily
from forecasting.errors import UnknownCalendar
from forecasting.recording import Recording, assembled
from forecasting.steps import step_of

MONDAY = datetime(2023, 1, 2)
RNG = np.random.default_rng


def recorded(values: list[float], hours: int = 24, name: str = "seen", first: datetime = MONDAY) -> Recording:
    """A recording with a value every so many hours."""
    times = [first + timedelta(hours=hours * at) for at in range(len(values))]
    cleaned = Cleaned(times, list(values), list(range(2, len(times) + 2)))
    return assembled("a.csv", name, cleaned, step_of("a.csv", times))


def weekly_rhythm(
    days: int, shares: tuple[float, ...] = (0.2, 0, 0, 0, 0, -0.1, -0.1), level: float = 200
) -> list[float]:
    """Counts with a weekday's share put in and the noise of patients who come independently."""
    rng = RNG(1)
    return [float(rng.poisson(level * (1 + shares[at % 7]))) for at in range(days)]


def rhythm(found: Described, factor: str) -> dict[str, float]:
    """The effects of a factor by level."""
    (one,) = [each for each in found.rhythms if each.factor == factor]
    return {effect.label: effect.share for effect in one.effects}


def driver(found: Described, factor: str) -> Driver:
    (one,) = [each for each in found.drivers if each.factor == factor]
    return one


def test_figures_are_those_of_a_textbook():
    """2, 4, 4, 6: mean 4, variance 8/3 (n - 1), so variance over mean 2/3; the 6 came on the fifth day."""
    found = figures(recorded([2.0, 4.0, 4.0, float("nan"), 6.0]))
    assert (found.count, found.missing, found.mean, found.median) == (4, 1, 4.0, 4.0)
    assert found.sd == pytest.approx((8 / 3) ** 0.5)
    assert found.dispersion == pytest.approx(2 / 3)
    assert (found.least_at.date(), found.most_at.date()) == (date(2023, 1, 2), date(2023, 1, 6))


def test_one_observation_is_described():
    """No spread, no rhythm, no test: and no crash."""
    found = describe(recorded([5.0]), country="GB")
    assert (found.figures.mean, found.figures.sd) == (5.0, 0.0)
    assert found.rhythms == ()
    assert all(one.v is None for one in found.drivers)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_series_is_described(value):
    """Nothing changes, so nothing drives it: no division by nought either."""
    found = describe(recorded([value] * 400), country="GB")
    assert not any(one.drives for one in found.drivers)
    assert all(one.strength == 0.0 for one in found.rhythms)


def test_a_weekday_put_in_is_found():
    """Mondays 20 % above the level; the mean share is 0 over the week, so Monday lies 20 % above the usual."""
    found = describe(recorded(weekly_rhythm(560)))
    assert rhythm(found, "weekday")["Mon"] == pytest.approx(0.2, abs=0.02)
    assert rhythm(found, "weekday")["Sat"] == pytest.approx(-0.1, abs=0.02)
    assert driver(found, "weekday").drives


def test_no_weekday_is_found_where_there_is_none():
    """Counts alike on all days: the test keeps silent."""
    found = describe(recorded(weekly_rhythm(560, (0,) * 7)))
    assert not driver(found, "weekday").sure


def test_an_hour_put_in_is_found():
    """Twice as many from noon on: a share of 1/3 above and below the day's mean, and it explains most."""
    rng = RNG(2)
    found = describe(recorded([float(rng.poisson(100 if at % 24 < 12 else 200)) for at in range(24 * 60)], hours=1))
    effects = rhythm(found, "hour")
    assert effects["15:00"] == pytest.approx(1 / 3, abs=0.03)
    assert effects["03:00"] == pytest.approx(-1 / 3, abs=0.03)
    assert driver(found, "hour").strength == "strongly"


def test_days_of_hours_are_summed():
    """24 hours of 2 are 48 a day."""
    assert daily(recorded([2.0] * 24 * 10, hours=1)).values.tolist() == [48.0] * 10


def test_a_holiday_put_in_is_found():
    """Ten Christmases of half the patients: -50 % with an interval that shuts out nought, and it comes first."""
    values = weekly_rhythm(3650, (0,) * 7)
    first = datetime(2013, 1, 1)
    at = [(datetime(year, 12, 25) - first).days for year in range(2013, 2023)]
    for day in at:
        values[day] /= 2
    found = describe(recorded(values, first=first), country="GB", subdivision="ENG")
    christmas = found.holidays[0]
    assert (christmas.label, christmas.count) == ("Christmas Day", 10)
    assert christmas.share == pytest.approx(-0.5, abs=0.05)
    assert christmas.high < -0.3


def test_an_unknown_country_is_an_error():
    """Atlantis has no public holidays."""
    with pytest.raises(UnknownCalendar, match="no public holidays are known for XX"):
        describe(recorded([5.0] * 60), country="XX")


def test_a_series_that_runs_ahead_is_found_with_its_lead():
    """Demand is yesterday-but-two's flu times three and noise: lead 3."""
    rng = RNG(3)
    flu = rng.poisson(20, 403).astype(float)
    demand = [float(100 + 3 * flu[at] + rng.poisson(5)) for at in range(400)]
    found = describe(recorded(demand), [recorded(list(flu[3:]), name="flu")])
    assert (found.links[0].other, found.links[0].lead) == ("flu", 3)
    assert found.links[0].correlation > 0.9
    assert found.links[0].corrected < 0.001


def test_two_waves_that_know_nothing_of_each_other_are_not_linked():
    """Two random walks correlate as they stand; their p counts how few independent days there are."""
    rng = RNG(4)
    one, other = (list(500 + np.cumsum(rng.normal(0, 3, 500))) for _ in range(2))
    found = describe(recorded(one), [recorded(other, name="other")])
    assert found.links[0].corrected > 0.05


def test_a_flag_that_drives_is_found_and_one_that_does_not_is_not():
    """Match days bring a third more; market days nothing."""
    rng = RNG(5)
    match, market = rng.integers(0, 2, 400).astype(float), rng.integers(0, 2, 400).astype(float)
    demand = [float(rng.poisson(150 * (1 + flag / 3))) for flag in match]
    found = describe(recorded(demand), [], [recorded(list(match), name="match"), recorded(list(market), name="market")])
    assert driver(found, "match").drives
    assert not driver(found, "market").sure


def test_an_echo_is_the_correlation_with_the_day_before():
    """Up and down by turns: -1 after one day, 1 after two."""
    found = {one.lag: one.correlation for one in echoes(np.array([1.0, 3.0] * 40), (1, 2))}
    assert found == {1: pytest.approx(-1.0), 2: pytest.approx(1.0)}


def test_correlation_uses_only_days_that_both_know():
    """(1, 2), (2, 4), (3, 6) lie on a line; the days with one value are left out."""
    one = np.array([1.0, 2.0, np.nan, 3.0, 9.0])
    other = np.array([2.0, 4.0, 5.0, 6.0, np.nan])
    assert correlated(one, other) == (pytest.approx(1.0), 3)


def test_links_need_days_in_common():
    """Two years apart there is nothing to compare."""
    nothing = np.full(50, np.nan)
    assert links((np.arange(50.0), np.arange(50.0)), {"other": (nothing, nothing)}) == ()


def test_holms_correction_by_hand():
    """.01, .04, .03 in order .01, .03, .04: times 3, 2, 1 is .03, .06, .04, never falling: .03, .06, .06."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=20))
@settings(max_examples=100)
def test_holm_never_makes_a_p_smaller_and_keeps_their_order(p):
    """Corrected values are at least the plain ones, at most 1, in the same order."""
    found = holm(p)
    assert all(plain <= corrected <= 1 for plain, corrected in zip(p, found, strict=True))
    assert [found[at] for at in np.argsort(p, kind="stable")] == sorted(found)


def test_cramers_v_by_hand():
    """300 days: 100 of each level, each always in its own third: chi2 = 300 * 2 on 4, V = sqrt(600 / (300 * 2)) = 1."""
    from forecasting.describing.drivers import _independent

    level = np.arange(300) % 3
    found = _independent("kind", level, level.astype(float) + np.arange(300) / 1e6, 3)
    assert (found.chi2, found.freedom, found.v) == (pytest.approx(600.0), 4, pytest.approx(1.0))


def test_a_factor_seen_too_seldom_is_not_tested():
    """Five days of a flag are no test; the reason is told."""
    flag = [1.0 if at < 5 else 0.0 for at in range(400)]
    found = describe(recorded(weekly_rhythm(400)), [], [recorded(flag, name="flag")])
    assert driver(found, "flag").untested == "seen too seldom"


def test_a_suspected_outlier_colours_no_weekday():
    """A Wednesday of 4,000 is left out of the rhythms, and counted in the figures."""
    values = weekly_rhythm(140, (0,) * 7)
    values[72] = 4000.0
    found = recorded(values)
    from dataclasses import replace

    from forecasting.levels import suspicions

    told = describe(replace(found, faults=suspicions(found)))
    assert (told.left_out, told.figures.most) == (1, 4000.0)
    assert rhythm(told, "weekday")["Thu"] == pytest.approx(0.0, abs=0.05)


def test_a_weekly_series_is_described():
    """Months and its own past; no weekday, no holiday."""
    rng = RNG(6)
    values = [float(rng.poisson(300 + 60 * np.cos(2 * np.pi * at / 52))) for at in range(160)]
    found = describe(recorded(values, hours=24 * 7), country="GB")
    assert {one.factor for one in found.rhythms} == {"month"}
    assert found.holidays == ()
    assert driver(found, "season").drives


def test_pictures_are_images_and_equal_for_equal_descriptions():
    """An SVG that begins as one, a PNG by its mark; the same bytes twice."""
    found = describe(recorded(weekly_rhythm(120)), country="GB")
    assert b"<svg" in picture(found)[:600]
    assert picture(found) == picture(found)
    assert picture(found, "png").startswith(b"\x89PNG")


def test_a_picture_of_chinese_names_and_of_little_is_drawn():
    """Letters that the font lacks are no warning; one value is a picture too."""
    assert b"<svg" in picture(describe(recorded([5.0], name="急诊")))[:600]


def test_a_picture_cuts_what_nobody_knows():
    """Ten days, a hundred unknown, ten: the eleventh known day lies seven days after the tenth, one cut between."""
    known = np.array([True] * 10 + [False] * 100 + [True] * 10)
    axis = TimeAxis.of(np.datetime64("2023-01-01") + np.arange(120), known)
    assert axis.place(np.datetime64("2023-01-10")) == 9.0
    assert axis.place(np.datetime64("2023-04-21")) == 16.0
    assert axis.breaks == (12.5,)


def test_a_picture_leaves_short_gaps_as_they_are():
    """Sixty days apart are no cut: every day lies where it is."""
    known = np.array([True] * 10 + [False] * 59 + [True] * 10)
    axis = TimeAxis.of(np.datetime64("2023-01-01") + np.arange(79), known)
    assert axis.breaks == ()
    assert axis.places.tolist() == list(range(79))


def test_what_hardly_happens_has_no_rhythm():
    """Four events in a year make no Monday of + 500 %; one a day or so does."""
    rare = [float(at % 90 == 0) for at in range(360)]
    found = describe(recorded(rare), country="GB")
    assert found.is_rare
    assert found.rhythms == ()
    assert found.holidays == ()
    assert not describe(recorded(weekly_rhythm(360, level=1.0))).is_rare


def test_what_never_changes_goes_with_nothing():
    """28 beds on every day: no rhythm and no echo, and the patients beside them are not compared with them."""
    beds = recorded([28.0] * 90, name="beds")
    patients = recorded(weekly_rhythm(90), name="patients")
    found = describe(beds, [patients], country="GB")
    assert found.never_changes
    assert (found.rhythms, found.holidays, found.echoes, found.links) == ((), (), (), ())
    beside = describe(patients, [beds])
    assert not beside.never_changes
    assert beside.rhythms
    assert beside.links == ()


def test_too_few_weeks_for_a_season_are_told_as_weeks():
    """90 days begin in the week of 2 January 2023 and hold 13 Thursdays, so 13 weeks; a test takes 42."""
    found = describe(recorded(weekly_rhythm(90)))
    season = next(one for one in found.drivers if one.factor == "season")
    assert season.untested == "it needs 42 weeks and has 13"


def test_many_series_are_one_picture():
    """Hours, days and one without a name that fits, side by side; equal series give equal bytes."""
    some = [recorded(weekly_rhythm(90), name=f"ward {at}") for at in range(4)]
    some.append(recorded([float(at % 24) for at in range(24 * 30)], hours=1, name="arrivals by hour " * 5))
    image = overview(some)
    assert image == overview(some)
    assert image.count(b"ward 3") >= 1
