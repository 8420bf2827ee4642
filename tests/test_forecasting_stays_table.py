"""Stay tables to curves by patient group, those still in among them."""

import json
from datetime import date

import numpy as np
import pytest

from api.stays_command import StayWords, run
from forecasting import (
    HistoryError,
    StaySource,
    census_from_arrivals,
    doubtful_curves,
    read_stays,
    stay_curve,
    stay_curves,
)

DATES = """\
admitted,discharged,kind
2024-01-01,2024-01-02,med
2024-01-01,2024-01-03,med
2024-01-02,,med
2024-01-01,2024-01-06,med
2024-01-03,2024-01-03,day
2024-01-05,2024-01-06,surg
"""


def table(tmp_path, text, **columns):
    """A stay table on disk."""
    path = tmp_path / "stays.csv"
    path.write_text(text, encoding="utf-8")
    return StaySource(path, **columns)


def test_stays_are_nights_by_group(tmp_path):
    """1, 2 and 5 nights have ended, one of 4 nights until the table's last day (6 January) has not."""
    found = read_stays(table(tmp_path, DATES, group="kind"))
    assert found.as_of == date(2024, 1, 6)
    assert found.groups["med"].nights == [1.0, 2.0, 4.0, 5.0]
    assert found.groups["med"].still_in == [False, False, True, False]
    assert found.groups["med"].elapsed == [4.0]


def test_a_group_that_stays_no_night_has_no_curve(tmp_path):
    """Day cases are never counted."""
    assert set(read_stays(table(tmp_path, DATES, group="kind")).curves()) == {"med", "surg"}


def test_nothing_after_the_day_asked_for_is_read(tmp_path):
    """On 2 January one had left; two were in (1 night) and one had just come; who came later is not there."""
    found = read_stays(table(tmp_path, DATES, as_of=date(2024, 1, 2)))
    assert found.groups["all"].nights == [1.0, 1.0, 0.0, 1.0]
    assert found.groups["all"].still_in == [False, True, True, True]
    assert sum("lies after 2024-01-02" in note.message for note in found.notes) == 2


def test_a_table_may_give_lengths(tmp_path):
    """With a mark for those still in."""
    text = "nights,inside\n1,0\n2,0\n2,1\n5,no\n"
    found = read_stays(table(tmp_path, text, length="nights", still_in="inside"))
    assert found.curves()["all"].survival == pytest.approx([1.0, 0.75, 0.5, 0.5, 0.5])  # as in Kaplan and Meier


def test_rows_that_cannot_be_are_named(tmp_path):
    """An unreadable date and a discharge before the admission; the others stay."""
    text = "admitted,discharged\n2024-01-01,2024-01-03\nsoon,2024-01-03\n2024-01-05,2024-01-03\n2024-01-05,later\n"
    found = read_stays(table(tmp_path, text))
    assert found.groups["all"].nights == [2.0]
    told = [str(note) for note in found.notes]
    assert told[0].startswith("stays.csv:3:1  warning: 'soon' is not a date")
    assert any("stays.csv:4" in note and "lies before the admission on 2024-01-05" in note for note in told)
    assert any("stays.csv:5" in note and "'later' is not a date" in note for note in told)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("admited,discharged\n2024-01-01,\n2024-01-02,\n", {}, "no column 'admitted'; did you mean admited"),
        ("days,kind\nmany,a\n-1,b\n", {"length": "days"}, "no usable stay is left"),
        ("admitted,discharged\nsoon,\nlater,\n", {}, "no usable stay is left"),
        ("admitted,discharged,surname\n2024-01-01,2024-01-02,Ng\n", {}, "holds personal data"),
    ],
)
def test_tables_that_are_none_are_refused(tmp_path, text, columns, message):
    """The message says what is wanted; names are not read."""
    with pytest.raises(HistoryError, match=message):
        read_stays(table(tmp_path, text, **columns))


def test_the_interval_is_greenwoods():
    """Ten stays, half of which end after a night: .5, its log's standard error the root of .5 / (.5 x 10) = .316."""
    curve = stay_curve([1.0] * 5 + [2.0] * 5)
    low, high = curve.interval
    assert curve.survival.tolist() == [1.0, 0.5]
    assert (low[1], high[1]) == (pytest.approx(0.5 / np.exp(1.96 * 0.31623), rel=1e-4), pytest.approx(0.9293, rel=1e-3))


def test_draws_of_a_curve_scatter_about_it_as_few_stays_do():
    """Of 40 stays half end after a night: draws average .5 with a standard deviation near root(.25 / 41) = .078."""
    drawn = stay_curve([1.0] * 20 + [3.0] * 20).draws(4000, np.random.default_rng(0))
    assert drawn[:, 1].mean() == pytest.approx(0.5, abs=0.005)
    assert drawn[:, 1].std() == pytest.approx(0.078, abs=0.003)
    assert (np.diff(drawn, axis=1) <= 0).all()


def test_a_stated_curve_is_as_doubtful_as_its_stays_are_few():
    """From 40 stays as above, the .5 that is left scatters by .078 again; from a million it does not."""
    few, many = (doubtful_curves(np.array([1.0, 0.5]), stays, samples=4000) for stays in (40, 10**6))
    assert few[:, 1].std() == pytest.approx(0.078, abs=0.003)
    assert many[:, 1].std() < 0.001


def test_at_risk_counts_agree_however_many_stays():
    """The same stays, seven hundred times over, are at risk seven hundred times as often."""
    lengths, marks = [1.0, 2.0, 2.5, 5.0], [False, False, True, False]
    few, many = stay_curve(lengths, marks), stay_curve(lengths * 700, marks * 700)
    assert many.at_risk.tolist() == (700 * few.at_risk).tolist()
    assert few.at_risk.tolist() == [4, 4, 3, 1, 1]  # who is in after 2.5 days may have left by day 3
    assert many.survival == pytest.approx(few.survival)


def test_each_group_has_its_own_curve():
    """Short stays and long ones, with marks for one group only."""
    found = stay_curves({"short": [1.0, 1.0], "long": [4.0, 6.0]}, {"long": [False, True]})
    assert found["short"].mean_days == 1.0
    assert found["long"].survival.tolist() == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5]


def test_a_curve_makes_the_census_that_its_patients_made(tmp_path):
    """Each patient counted night by night, against arrivals and the curve of their stays: exactly, in expectation."""
    rng = np.random.default_rng(0)
    nights = rng.integers(1, 9, 500).astype(float)
    steady = census_from_arrivals([10.0] * 40, stay_curve(nights.tolist()).survival)
    assert steady[-1] == pytest.approx(10 * nights.mean())


def test_the_command_prints_what_a_scenario_takes(tmp_path):
    """The pasted line read as a scenario's key gives the curve back."""
    from ruamel.yaml import YAML

    text = run(table(tmp_path, DATES, group="kind"), as_json=False)
    assert "6 stays, 1 of them not ended on 6 Jan 2024" in text
    assert "day: nobody stays a night" in text
    pasted = text[text.index("length_of_stay:") : text.index("day: nobody")]
    read = YAML(typ="safe").load(" ".join(pasted.split()))
    # of 4, one leaves after a night and one after two; the last is at risk alone
    assert read["length_of_stay"] == {"stays": 4, "still_in": [1, 0.75, 0.5, 0.5, 0.5]}
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_command_says_what_outstays_the_table(tmp_path):
    """The longest stay has not ended: half of the patients outstay all that is known."""
    words = StayWords.of(table(tmp_path, "days,on\n1,0\n4,1\n", length="days", still_in="on")).to_text()
    assert "50 % outstay the longest that is known" in words


def test_json_holds_curves_and_intervals(tmp_path):
    """By group, with the 95 % interval beside."""
    told = json.loads(run(table(tmp_path, DATES, group="kind"), as_json=True))
    med = told["groups"][0]
    assert (med["group"], med["stays"], med["not_ended"]) == ("med", 4, 1)
    assert med["low95"][1] < med["still_in"][1] < med["high95"][1]
