"""Time: intervals cut by every shift boundary, duties that cover them, and lines of days worked in a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.expansion.grid import Grid, Line, LineEntry, make_grid, make_lines
from optimizer.scenario.model import Scenario

ONE_DAY = {"start": "2024-01-01", "days": 1}  # a Monday
TWO_DAYS = {"start": "2024-01-01", "days": 2}
HANDOVERS = {
    "early": {"start": "07:00", "hours": 7.5},  # until 14:30
    "late": {"start": "14:00", "hours": 7.5},  # until 21:30
    "night": {"start": "21:00", "hours": 10.5},  # until 07:30
}
DAY_NIGHT = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12}}


def grid_of(shifts: Mapping[str, object], horizon: Mapping[str, object] = TWO_DAYS, *, beyond_days: int = 0) -> Grid:
    """The grid of a scenario of shifts alone."""
    data = {"schema": 1, "id": "time", "horizon": horizon, "shifts": shifts}
    return make_grid(Scenario.model_validate(data), beyond_days=beyond_days)


def number(grid: Grid, name: str) -> int:
    """The number of a duty type."""
    return [duty.name for duty in grid.duties].index(name)


def worked(grid: Grid, name: str, day: int) -> list[tuple[int, int]]:
    """Stretches (minute, minute) that a duty works, neighbouring intervals joined; day -1 is the day before."""
    covers = grid.covers_before[number(grid, name)] if day < 0 else grid.covers[number(grid, name), day]
    padded = np.concatenate(([0], covers.astype(np.int64), [0]))
    turns = np.flatnonzero(np.diff(padded))
    return [(int(grid.edges[low]), int(grid.edges[high])) for low, high in zip(turns[::2], turns[1::2], strict=True)]


def lines_of(patterns: Mapping[str, object], shifts: Mapping[str, object] = DAY_NIGHT) -> tuple[Grid, tuple[Line, ...]]:
    """A weekly cycle and the lines of its patterns."""
    data = {"schema": 1, "id": "lines", "horizon": {"cycle": "week"}, "shifts": shifts, "patterns": patterns}
    scenario = Scenario.model_validate(data)
    grid = make_grid(scenario)
    return grid, make_lines(grid, scenario.patterns)


def test_every_start_and_end_of_a_shift_cuts_the_day() -> None:
    """Overlapping shifts make intervals of handover, the end of last night's among them."""
    # minutes after 07:00: night of the day before ends 07:30, late starts 14:00, early ends 14:30, night starts 21:00,
    # late ends 21:30
    assert grid_of(HANDOVERS, ONE_DAY).edges.tolist() == [0, 30, 420, 450, 840, 870, 1440]


def test_both_shifts_work_while_they_overlap() -> None:
    """From 14:00 to 14:30 early and late are there, and nobody else."""
    grid = grid_of(HANDOVERS, ONE_DAY)
    at = grid.edges.tolist().index(420)
    assert [duty.name for duty, here in zip(grid.duties, grid.covers[:, 0, at], strict=True) if here] == [
        "early",
        "late",
    ]


def test_nobody_is_covered_in_a_break() -> None:
    """Four hours of work, two of break, four of work: 08:00 to 12:00 and 14:00 to 18:00."""
    grid = grid_of({"split": {"start": "08:00", "work": ["4h", "break 2h", "4h"]}})
    assert worked(grid, "split", 0) == [(0, 240), (360, 600)]


def test_a_break_is_unpaid_unless_the_shift_says_so() -> None:
    """Of ten hours with a break of two, eight are paid, or all ten."""
    shift = {"start": "08:00", "work": ["4h", "break 2h", "4h"]}
    grid = grid_of({"unpaid": shift, "paid": {**shift, "breaks_paid": True}})
    assert [duty.paid_minutes for duty in grid.duties] == [480, 600]
    assert [duty.span for duty in grid.duties] == [600, 600]


def test_a_shift_over_midnight_works_on_into_the_next_day() -> None:
    """A night from 21:00 to 07:30 works 14 hours after 07:00 until half an hour into the next planning day."""
    assert worked(grid_of(HANDOVERS), "night", 0) == [(840, 1470)]


def test_a_shift_is_cut_off_where_the_horizon_ends() -> None:
    """The last night counts until 07:00: what it works later lies outside."""
    assert worked(grid_of(HANDOVERS), "night", 1) == [(2280, 2880)]


def test_last_night_works_into_the_first_morning() -> None:
    """Of the duties of the day before only the night's last half hour lies inside."""
    grid = grid_of(HANDOVERS)
    assert [worked(grid, name, -1) for name in ("early", "late", "night")] == [[], [], [(0, 30)]]


def test_eight_and_twelve_hour_shifts_mix() -> None:
    """Three shifts of 8 h and two of 12 h cut the day at 07, 15, 19 and 23 o'clock, and each covers its own."""
    eights = {"a": {"start": "07:00", "hours": 8}, "b": {"start": "15:00", "hours": 8}}
    grid = grid_of({**eights, "c": {"start": "23:00", "hours": 8}, **DAY_NIGHT}, ONE_DAY)
    assert grid.edges.tolist() == [0, 480, 720, 960, 1440]
    assert grid.covers[:, 0].tolist() == [
        [True, False, False, False],
        [False, True, True, False],
        [False, False, False, True],
        [True, True, False, False],
        [False, False, True, True],
    ]


def test_a_shift_in_a_daily_cycle_covers_the_days_beginning() -> None:
    """A night from 19:00 to 09:00 in a day that starts at 07:00 works its last two hours at the day's start."""
    shifts = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 14}}
    grid = grid_of(shifts, {"cycle": "day"})
    assert worked(grid, "N", 0) == [(0, 120), (720, 1440)]
    assert not grid.covers_before.any()


def test_sundays_night_covers_monday_morning_in_a_weekly_cycle() -> None:
    """The week has no beginning: 19:00 on Sunday to 07:30 on Monday wraps round by half an hour."""
    shifts = {"D": {"start": "07:00", "hours": 12}, "N": {"start": "19:00", "hours": 12.5}}
    grid = grid_of(shifts, {"cycle": "week"})
    assert worked(grid, "N", 6) == [(0, 30), (6 * 1440 + 720, 7 * 1440)]


def test_a_shift_may_start_with_every_period() -> None:
    """Six periods from 06:00: six starts four hours apart, each named after its hour."""
    horizon = {"cycle": "day", "day_starts": "06:00", "periods_per_day": 6}
    grid = grid_of({"eight": {"starts": "every_period", "hours": 8}}, horizon)
    names = ["eight@06:00", "eight@10:00", "eight@14:00", "eight@18:00", "eight@22:00", "eight@02:00"]
    assert [duty.name for duty in grid.duties] == names
    # from 02:00, 20 hours after 06:00, until 10:00
    assert worked(grid, "eight@02:00", 0) == [(0, 240), (1200, 1440)]


def test_a_list_of_starts_gives_one_duty_each() -> None:
    """Two starts of one shift are two duty types of it."""
    grid = grid_of({"day": {"starts": ["07:00", "09:30"], "hours": 8}})
    assert [(duty.name, duty.shift, duty.start) for duty in grid.duties] == [
        ("day@07:00", "day", 420),
        ("day@09:30", "day", 570),
    ]


def test_a_planning_day_begins_with_the_earliest_shift_unless_told() -> None:
    """With shifts at 07:00 and 19:00 a day starts at 07:00, or when the scenario says."""
    assert grid_of(DAY_NIGHT).day_starts == 420
    assert grid_of(DAY_NIGHT, {**TWO_DAYS, "day_starts": "00:00"}).day_starts == 0


def test_a_shift_before_the_days_start_comes_at_its_end() -> None:
    """Where days start at 07:00, a duty of 06:00 on day 0 starts 23 hours later."""
    grid = grid_of({"dawn": {"start": "06:00", "hours": 8}}, {**TWO_DAYS, "day_starts": "07:00"})
    assert grid.duty_start(0, 0) == 23 * 60
    assert worked(grid, "dawn", -1) == [(0, 420)]  # 06:00 of the first day is the day before's


def test_periods_cut_the_day_and_number_its_intervals() -> None:
    """Two periods of 12 h from 07:00 with shifts at 07:00 and 15:00: the second period starts inside the late."""
    shifts = {"early": {"start": "07:00", "hours": 8}, "late": {"start": "15:00", "hours": 16}}
    grid = grid_of(shifts, {**TWO_DAYS, "periods_per_day": 2})
    assert grid.edges.tolist() == [0, 480, 720, 1440, 1920, 2160, 2880]
    assert grid.period.tolist() == [0, 0, 1, 2, 2, 3]
    assert grid.day_of_interval.tolist() == [0, 0, 0, 1, 1, 1]
    assert grid.day_of_period.tolist() == [0, 0, 1, 1]


def test_a_shift_starts_only_on_its_weekdays() -> None:
    """From a Thursday on, a shift of Saturday and Sunday may start on the third and fourth day."""
    grid = grid_of(
        {"long": {"start": "07:00", "hours": 12, "days": ["saturday", "sunday"]}}, {"start": "2024-01-04", "days": 5}
    )
    assert grid.allowed.tolist() == [[False, False, True, True, False]]


def test_an_extending_shift_works_on_and_pays_more_apart() -> None:
    """Two more hours after 4 + 4 h with a break: same start, contract minutes as before, two hours beyond."""
    shifts = {
        "normal": {"start": "08:00", "work": ["4h", "break 2h", "4h"], "days": ["monday"]},
        "longer": {"extends": "normal", "more_hours": 2},
    }
    grid = grid_of(shifts)
    duty = grid.duties[number(grid, "longer")]
    assert worked(grid, "longer", 0) == [(0, 240), (360, 720)]
    assert (duty.paid_minutes, duty.base_minutes, duty.more_minutes, duty.span) == (600, 480, 120, 720)
    assert grid.allowed[number(grid, "longer")].tolist() == [True, False]  # it starts when the other does


def test_five_on_two_off_is_a_line_of_five_duties() -> None:
    """Days off leave no entry."""
    grid, (line,) = lines_of({"week": {"days": ["D", "D", "D", "D", "D", "off", "off"]}})
    assert line.entries == tuple(LineEntry(day, number(grid, "D")) for day in range(5))
    assert line.weekdays == (0, 1, 2, 3, 4, 5, 6)


def test_a_day_on_call_covers_and_pays_its_share() -> None:
    """Four on, one on call for the night, two off: the fifth entry gives .25 of a person for half the pay."""
    days = ["D", "D", "D", "D", "on_call", "off", "off"]
    grid, (line,) = lines_of({"mine": {"days": days, "on_call": {"shift": "N", "covers": 0.25, "pays": 0.5}}})
    assert line.entries[:4] == tuple(LineEntry(day, number(grid, "D")) for day in range(4))
    assert line.entries[4:] == (LineEntry(4, number(grid, "N"), 0.25, 0.5),)


def test_a_pattern_may_start_on_some_weekdays_only() -> None:
    """Weekdays count from Monday as 0."""
    _, (line,) = lines_of({"mine": {"days": ["D", "off"], "starts_on": ["tuesday", "sunday"]}})
    assert line.weekdays == (1, 6)


def test_without_patterns_every_duty_is_a_line_of_its_own() -> None:
    """Or each of the shifts named."""
    grid = grid_of(DAY_NIGHT)
    assert [line.name for line in make_lines(grid, {})] == ["D", "N"]
    assert [line.entries for line in make_lines(grid, {}, ("N",))] == [(LineEntry(0, 1),)]


def test_days_beyond_the_horizon_are_planned_and_not_committed() -> None:
    """Two days and three beyond: five days, of which periods of two are committed."""
    grid = grid_of(DAY_NIGHT, {**TWO_DAYS, "periods_per_day": 2}, beyond_days=3)
    assert (grid.days, grid.committed_days, grid.periods, grid.committed_periods) == (5, 2, 10, 4)


@pytest.mark.parametrize(
    ("horizon", "minute", "label"),
    [
        (TWO_DAYS, 0, "2024-01-01 07:00"),
        (TWO_DAYS, 1440, "2024-01-02 07:00"),
        (TWO_DAYS, 1020, "2024-01-02 00:00"),  # 17 hours after 07:00 is midnight
        ({"cycle": "week"}, 2 * 1440, "wednesday 07:00"),
        ({"cycle": "week"}, 7 * 1440, "monday 07:00"),  # the cycle's end is its start
        ({"cycle": "day"}, 720, "19:00"),
        ({"cycle": "day"}, 1440, "07:00"),
    ],
)
def test_moments_are_named_by_date_weekday_or_hour(horizon: Mapping[str, object], minute: int, label: str) -> None:
    """A dated horizon names the date, a week the weekday, a day the hour alone."""
    assert grid_of(DAY_NIGHT, horizon).moment_label(minute) == label


@pytest.mark.parametrize(
    ("horizon", "label"), [(TWO_DAYS, "2024-01-02"), ({"cycle": "week"}, "tuesday"), ({"cycle": "day"}, "day")]
)
def test_days_are_named_by_date_or_weekday(horizon: Mapping[str, object], label: str) -> None:
    """The second day of two, or of a week; a cycle of one day has no weekday."""
    grid = grid_of(DAY_NIGHT, horizon)
    assert grid.day_label(min(1, grid.days - 1)) == label


shifts = st.dictionaries(
    st.sampled_from("abcd"),
    st.fixed_dictionaries(
        {
            "start": st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"),
            "work": st.lists(st.sampled_from(["1h", "4h", "30min", "break 45min"]), min_size=1, max_size=5).filter(
                lambda parts: any("break" not in part for part in parts)
            ),
        }
    ),
    min_size=1,
)


@settings(max_examples=50, deadline=None)
@given(shifts=shifts, horizon=st.sampled_from([{"cycle": "day"}, {"cycle": "week"}]))
def test_in_a_cycle_every_duty_covers_all_its_working_time(
    shifts: Mapping[str, object], horizon: Mapping[str, object]
) -> None:
    """Whatever the shifts, intervals fill the days, and nothing that wraps round is lost."""
    grid = grid_of(shifts, horizon)
    assert grid.hours.sum() == pytest.approx(24 * grid.days)
    for at, duty in enumerate(grid.duties):
        assert grid.covers[at] @ grid.hours == pytest.approx(np.full(grid.days, duty.paid_minutes / 60))


@settings(max_examples=50, deadline=None)
@given(shifts=shifts, days=st.integers(1, 4))
def test_what_a_dated_horizon_cuts_off_at_its_end_came_in_at_its_start(shifts: Mapping[str, object], days: int) -> None:
    """Duties of one type on all days, the one before included, cover as much as they are long: a steady flow."""
    grid = grid_of(shifts, {"start": "2024-01-01", "days": days})
    for at, duty in enumerate(grid.duties):
        covered = (grid.covers[at] @ grid.hours).sum() + grid.covers_before[at] @ grid.hours
        assert covered == pytest.approx(days * duty.paid_minutes / 60)
