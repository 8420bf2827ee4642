"""Hours, shifts and weeks on their grid, the clocks' changes, and what is suspected but kept."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecasting import HistoryError, HistorySource, read_history
from forecasting.cleaning import Cleaned, Columns, take
from forecasting.levels import FAR, suspicions
from forecasting.recording import Recording, assembled
from forecasting.sources import Row
from forecasting.steps import DAY, HOUR, step_of

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2023, 1, 2)


def hours(first: datetime, count: int) -> list[datetime]:
    return [first + timedelta(hours=hour) for hour in range(count)]


def recorded(times: list[datetime], values: list[float], zone: ZoneInfo | None = None) -> Recording:
    """A recording of values at times, line 2 being the first."""
    cleaned = Cleaned(list(times), list(values), list(range(2, len(times) + 2)))
    return assembled("a.csv", "a", cleaned, step_of("a.csv", times), zone=zone)


def days(values: list[float]) -> Recording:
    return recorded([MONDAY + timedelta(days=at) for at in range(len(values))], values)


def noisy(level: float, count: int) -> list[float]:
    """A level that goes up and down by two."""
    return [level + (-2, 1, 0, 2, -1)[at % 5] for at in range(count)]


def test_steps_are_told_by_the_times():
    """Hours, shifts of unequal length, days and weeks."""
    shifts = [MONDAY + timedelta(days=day, hours=hour) for day in range(20) for hour in (7, 14, 21)]
    assert step_of("a", hours(MONDAY, 200)) == HOUR
    assert step_of("a", shifts).starts == (420, 840, 1260)
    assert step_of("a", [MONDAY + timedelta(days=at) for at in range(9)]) == DAY
    assert step_of("a", [MONDAY + timedelta(weeks=at) for at in range(9)]).name == "week"


def test_days_with_gaps_are_still_days():
    """Weekdays only: most days follow on one another."""
    assert step_of("a", [MONDAY + timedelta(days=at) for at in range(60) if at % 7 < 5]) == DAY


def test_a_value_a_month_is_refused():
    """No plan by day can be made of it."""
    months = [datetime(2023, month, 1) for month in range(1, 13)]
    with pytest.raises(HistoryError, match="has one value every 31 days"):
        step_of("a.csv", months)


def test_a_slot_and_its_time_are_each_others_inverse():
    """Every step's grid leads back to the same time, before 1970 too."""
    for step in (HOUR, DAY, step_of("a", [MONDAY + timedelta(weeks=at) for at in range(9)])):
        for slot in (-5, 0, 3, 1000):
            assert step.slot(step.time(slot)) == slot


def test_weeks_of_a_year_with_53_are_even():
    """2020 has 53 weeks; Mondays are seven days apart all the same, and nothing is missing."""
    found = recorded(
        [datetime(2020, 11, 30) + timedelta(weeks=at) for at in range(12)], [float(at) for at in range(12)]
    )
    assert found.values.tolist() == [float(at) for at in range(12)]
    assert found.faults == ()


def test_a_leap_day_is_a_day():
    """28 February, 29 February, 1 March 2024: three days without a gap."""
    times = [datetime(2024, 2, 20) + timedelta(days=at) for at in range(15)]
    assert recorded(times, [1.0] * 15).faults == ()


def test_the_hour_that_the_clocks_leave_out_is_no_gap():
    """On 26 March 2023 London goes from 01:00 to 02:00: 23 hours, and the note says why."""
    times = [when for when in hours(datetime(2023, 3, 25), 72) if when != datetime(2023, 3, 26, 1)]
    found = recorded(times, [1.0] * 71, LONDON)
    assert [fault.kind for fault in found.faults] == ["hours left out by the clocks"]
    assert found.faults[0].message == "2023-03-26 01:00 does not exist: the clocks go forward"


def test_without_a_time_zone_the_left_out_hour_is_a_gap():
    """Nobody has said whose clocks they are."""
    times = [when for when in hours(datetime(2023, 3, 25), 72) if when != datetime(2023, 3, 26, 1)]
    assert [fault.kind for fault in recorded(times, [1.0] * 71).faults] == ["gaps in the hours"]


def test_the_hour_that_the_clocks_repeat_keeps_its_mean():
    """On 29 October 2023 01:00 comes twice, with 4 and 8 arrivals: 6 an hour."""
    times = hours(datetime(2023, 10, 28), 72)
    times.insert(26, datetime(2023, 10, 29, 1))
    values = [1.0] * 73
    values[25], values[26] = 4.0, 8.0
    found = recorded(times, values, LONDON)
    assert found.values[25] == 6.0
    assert [(fault.kind, fault.before, fault.after) for fault in found.faults] == [
        ("hours repeated by the clocks", "4", "6")
    ]


def hourly_file(folder: Path, skip: tuple[datetime, ...] = (), twice: tuple[datetime, ...] = ()) -> Path:
    """One arrival an hour for 28 days from 20 March 2023."""
    times = [when for when in hours(datetime(2023, 3, 20), 28 * 24) if when not in skip]
    lines = [f"{when:%Y-%m-%d},{when.hour},1" for when in sorted([*times, *twice])]
    path = folder / "hourly.csv"
    path.write_text("\n".join(["date,hour,arrivals", *lines]) + "\n")
    return path


def daily(path: Path, **options: object) -> tuple[list[float], list[str]]:
    history = read_history(HistorySource(path, "arrivals", hour_column="hour", **options))
    return history.values.tolist(), [note.message for note in history.notes]


def test_hours_become_days_by_their_sum(tmp_path):
    """24 hours of one arrival each."""
    assert daily(hourly_file(tmp_path), daily="sum") == ([24.0] * 28, [])


def test_hours_become_days_by_their_mean(tmp_path):
    """Patients present are no sum."""
    assert daily(hourly_file(tmp_path), daily="mean")[0] == [1.0] * 28


def test_a_day_of_23_hours_is_whole_where_the_clocks_say_so(tmp_path):
    """26 March in London: 23 arrivals in 23 hours, and nothing is made up."""
    path = hourly_file(tmp_path, skip=(datetime(2023, 3, 26, 1),))
    assert daily(path, daily="sum", timezone="Europe/London") == ([24.0] * 6 + [23.0] + [24.0] * 21, [])


def test_a_repeated_hour_counts_twice_in_the_days_sum(tmp_path):
    """A day of 25 hours has 25 arrivals; here London's March is read as if by a clock that goes back on 2 April."""
    path = hourly_file(tmp_path, twice=(datetime(2023, 4, 2, 2),))
    values, notes = daily(path, daily="sum", timezone="Australia/Sydney")  # Sydney's clocks go back on 2 April 2023
    assert values[13] == 25.0
    assert len(notes) == 1
    assert "comes twice as the clocks go back" in notes[0]


def test_a_day_known_in_part_is_brought_to_the_whole_with_a_note(tmp_path):
    """20 of 24 hours of one arrival each: 20 * 24 / 20 = 24."""
    skip = tuple(datetime(2023, 3, 22, hour) for hour in range(4))
    values, notes = daily(hourly_file(tmp_path, skip=skip), daily="sum")
    assert values[2] == pytest.approx(24.0)
    assert notes == ["20 of 24 values on 2023-03-22; their sum is brought to the whole day: 24"]


def test_a_day_hardly_known_is_missing(tmp_path):
    """12 of 24 hours are less than three quarters."""
    skip = tuple(datetime(2023, 3, 22, hour) for hour in range(12))
    assert np.isnan(daily(hourly_file(tmp_path, skip=skip), daily="sum")[0][2])


def test_hours_are_not_made_days_unasked(tmp_path):
    """Whether hours are summed or averaged is for the planner to say."""
    with pytest.raises(HistoryError, match=r"has 24 values a day; say daily: sum \(arrivals\)"):
        daily(hourly_file(tmp_path))


def test_a_weekly_series_is_no_daily_history(tmp_path):
    """Nor is it made one by guessing."""
    path = tmp_path / "weekly.csv"
    rows = [f"{date(2023, 1, 2) + timedelta(weeks=at)},5" for at in range(20)]
    path.write_text("\n".join(["date,beds", *rows]) + "\n")
    with pytest.raises(HistoryError, match="has one value a week; a plan needs one a day or finer"):
        read_history(HistorySource(path, "beds"))


def test_times_with_an_offset_are_told_by_the_hospitals_clock():
    """23:30 UTC on 30 June is half past midnight on 1 July in London."""
    found = Cleaned()
    row = Row(2, ["2023-06-30T23:30:00+00:00", "5"], {"time": 0, "n": 1})
    take(row, Columns("n", "time", zone=LONDON), found)
    assert found.times == [datetime(2023, 7, 1, 0, 30)]


def test_an_unknown_time_zone_is_an_error(tmp_path):
    """With an example of one that is known."""
    with pytest.raises(HistoryError, match="no time zone is called 'Londn'; one is Europe/London"):
        daily(hourly_file(tmp_path), daily="sum", timezone="Londn")


def test_a_row_in_the_future_is_impossible():
    """A mistyped 2203 is dropped, and what stood there is told."""
    found = Cleaned()
    take(Row(9, ["2203-01-02", "5"], {"time": 0, "n": 1}), Columns("n", "time", latest=date(2023, 12, 31)), found)
    assert found.times == []
    assert [(fault.line, fault.kind, fault.before) for fault in found.faults] == [(9, "rows in the future", "5")]


def test_every_cure_tells_row_before_and_after():
    """A cell of -3 becomes nothing: row 4, before -3, after nothing."""
    found = Cleaned()
    take(Row(4, ["2023-01-02", "-3"], {"time": 0, "n": 1}), Columns("n", "time"), found)
    fault = found.faults[0]
    assert (fault.line, fault.when, fault.before, fault.after) == (4, "2023-01-02", "-3", "")


def test_an_outlier_is_named_and_kept():
    """One day of 200 among about 100; nothing else is suspected."""
    values = noisy(100, 90)
    values[45] = 200.0
    found = days(values)
    suspected = suspicions(found)
    assert [(fault.line, fault.kind) for fault in suspected] == [(47, FAR)]
    assert found.values[45] == 200.0


def test_a_weekend_is_no_outlier():
    """A clinic with 100 on weekdays and 10 at weekends differs from its neighbours, not from other weekends."""
    assert suspicions(days([10.0 if at % 7 > 4 else 100.0 + at % 3 for at in range(140)])) == ()


def test_a_wave_is_no_outlier_and_no_jump():
    """An epidemic that doubles every ten days and wanes again: each day is like its neighbours."""
    wave = [50 + 200 * float(np.exp(-(((at - 100) / 30) ** 2))) for at in range(200)]
    assert suspicions(days(wave)) == ()


def test_a_merger_is_a_level_that_jumps():
    """From about 500 to about 1,400 on day 100 (line 102): named at its row, with both levels."""
    (fault,) = suspicions(days(noisy(500, 100) + noisy(1400, 100)))
    assert (fault.line, fault.kind, fault.before, fault.after) == (102, "levels that jump", "500", "1400")


def test_a_small_step_is_no_jump():
    """Five per cent is a ward opened, not a merger."""
    assert suspicions(days(noisy(500, 100) + noisy(525, 100))) == ()


def test_a_constant_series_is_not_suspected():
    """No spread is no reason to suspect anything."""
    assert suspicions(days([7.0] * 100)) == ()


def test_an_empty_hospital_is_suspected_for_days_on_end():
    """Four days of nobody among about 500 patients are a report that failed: each is named."""
    values = noisy(500, 90)
    values[40:44] = [0.0] * 4
    assert [fault.line for fault in suspicions(days(values)) if fault.kind == FAR] == [42, 43, 44, 45]


def test_days_and_hours_in_one_series_are_refused():
    """Thirty daily totals, then thirty days by the hour: nobody can say what the single values count."""
    times = [MONDAY + timedelta(days=at) for at in range(30)] + hours(MONDAY + timedelta(days=30), 720)
    with pytest.raises(HistoryError, match="has one value a day on 30 days and up to 24 on others"):
        step_of("a.csv", times)


def test_days_and_weeks_in_one_series_are_refused():
    """Thirty days, then twenty weeks."""
    times = [MONDAY + timedelta(days=at) for at in range(30)]
    times += [MONDAY + timedelta(days=30 + 7 * at) for at in range(1, 21)]
    with pytest.raises(HistoryError, match="has a value a day at times and one a week at others"):
        step_of("a.csv", times)


def test_dates_are_read_as_the_planner_says_they_are_written():
    """05/04/2023 is 5 April where the form says so, and no date where nothing does."""
    row = Row(2, ["05/04/2023", "5"], {"time": 0, "n": 1})
    found, lost = Cleaned(), Cleaned()
    take(row, Columns("n", "time", form="%d/%m/%Y"), found)
    take(row, Columns("n", "time"), lost)
    assert (found.times, lost.times) == ([datetime(2023, 4, 5)], [])
