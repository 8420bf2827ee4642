"""`wardwright new DIR --from CENSUS`: a hospital's own tables become a scenario that plans, with every guess named."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from optimizer import make_plan, open_scenario
from optimizer.drafting.draft import Group, Ward, draft, keys_of

DAYS = 120


def census(folder: Path, *, beds: bool = True) -> Path:
    """Two wards over 120 days up to 30 April 2026: 10 patients in 12 beds, and 5 or 6 by turns in 8."""
    rows = ["date,ward,patients" + (",beds" if beds else "")]
    for at in range(DAYS):
        day = date(2026, 1, 1) + timedelta(days=at)
        rows += [f"{day},Ward 4,10" + (",12" if beds else ""), f"{day},Day.Unit,{5 + at % 2}" + (",8" if beds else "")]
    path = folder / "census.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def establishment(folder: Path, *rows: str) -> Path:
    """A staff table under its usual names."""
    path = folder / "staff.csv"
    path.write_text("\n".join(["Ward,Grade,WTE,pay_per_hour", *rows]) + "\n", encoding="utf-8")
    return path


def new(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


def test_a_census_and_an_establishment_become_a_plan(tmp_path: Path) -> None:
    """The draft begins the day after the data end, and plans."""
    staff = establishment(tmp_path, "Ward 4,nurse,14,20", "day.unit,nurse,8,20")
    told = new(tmp_path / "mine", "--from", census(tmp_path), "--staff", staff, "--days", 2)
    assert told.exit_code == 0, told.output
    assert "2 wards, 2 teams, from 1 May 2026" in told.output
    loaded = open_scenario(tmp_path / "mine" / "scenario.yaml")
    assert (loaded.value.horizon.start, loaded.value.horizon.days) == (date(2026, 5, 1), 2)
    assert {key: unit.beds for key, unit in loaded.value.units.items()} == {"Ward-4": 12, "Day-Unit": 8}
    assert make_plan(loaded).exists


def test_every_figure_assumed_is_marked_where_it_stands(tmp_path: Path) -> None:
    """As many marks in the file as figures told."""
    staff = establishment(tmp_path, "Ward 4,nurse,14,20")
    told = new(tmp_path / "mine", "--from", census(tmp_path), "--staff", staff)
    text = (tmp_path / "mine" / "scenario.yaml").read_text(encoding="utf-8")
    assert f"({text.count('# assumed: ')} figures, each marked in the file)" in told.output


def test_without_beds_a_ward_has_as_many_as_its_busy_days_fill(tmp_path: Path) -> None:
    """10 every day are 10 beds, 5 and 6 by turns are 6; both are said to be assumed."""
    told = new(tmp_path / "mine", "--from", census(tmp_path, beds=False))
    loaded = open_scenario(tmp_path / "mine" / "scenario.yaml")
    assert {key: unit.beds for key, unit in loaded.value.units.items()} == {"Ward-4": 10, "Day-Unit": 6}
    assert "beds of units.Ward-4 and 1 more" in told.output


def test_care_hours_are_what_the_team_gives_an_average_day() -> None:
    """14 people of 37.5 h less 22 % give 14 x 37.5 x .78 / 7 = 58.5 h a day: 5.85 h for each of 10 patients."""
    made = draft("x", date(2026, 5, 1), 7, [Ward("W", {}, 10.0, 10.0, 12.0)], [Group("W", "rn", 14.0, 20.0)])
    assert made.data["cover"] == [{"unit": "W", "staff": "rn", "hours_per_patient_day": 5.85}]


def test_pay_is_the_mean_of_the_people_paid() -> None:
    """10 people at 20 and 30 at 24 earn (200 + 720) / 40 = 23 on average; six times that prices a missing hour."""
    wards = [Ward("A", {}, 10.0, 10.0, 12.0), Ward("B", {}, 10.0, 10.0, 12.0)]
    made = draft("x", date(2026, 5, 1), 7, wards, [Group("A", "rn", 10, 20.0), Group("B", "rn", 30, 24.0)])
    staff = made.data["staff"]
    assert isinstance(staff, dict)
    assert (staff["rn"]["pay_per_hour"], staff["rn"]["short_cost_per_hour"]) == (23.0, 138.0)


def test_names_become_keys_that_differ() -> None:
    """Blanks and dots go; two names that would be alike are told apart, one name keeps one key."""
    assert keys_of(["Ward 4", "Ward.4", "Ward 4", "产科"]) == {"Ward 4": "Ward-4", "Ward.4": "Ward-4-2", "产科": "产科"}


def test_rows_of_staff_that_can_not_be_used_are_all_told_with_their_place(tmp_path: Path) -> None:
    """An unknown ward, a count that is none and a missing group: three faults, each with line and column, no folder."""
    staff = establishment(tmp_path, "Ward 5,nurse,14,20", "Ward 4,nurse,many,20", "Ward 4,,3,20")
    told = new(tmp_path / "mine", "--from", census(tmp_path), "--staff", staff)
    assert told.exit_code == 2
    assert "staff.csv:2:1  no ward of the census is called 'Ward 5'; did you mean Ward 4?" in told.output
    assert "staff.csv:3:14  WTE: must be a number of 0 or more, got 'many'" in told.output
    assert "staff.csv:4:8  no staff group" in told.output
    assert not (tmp_path / "mine").exists()


def test_a_staff_table_without_its_columns_says_what_they_may_be_called(tmp_path: Path) -> None:
    """Nothing is guessed from cells."""
    (tmp_path / "staff.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    told = new(tmp_path / "mine", "--from", census(tmp_path), "--staff", tmp_path / "staff.csv")
    assert told.exit_code == 2
    assert "staff.csv:1:1  lacks a column for unit, staff, people; unit: one of unit, ward, department" in told.output


def test_a_weekly_series_is_left_out_and_said(tmp_path: Path) -> None:
    """A plan needs days; with nothing else there is nothing to draft."""
    rows = [f"{date(2025, 1, 6) + timedelta(weeks=week)},{20 + week % 3}" for week in range(40)]
    (tmp_path / "weeks.csv").write_text("date,patients\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = new(tmp_path / "mine", "--from", tmp_path / "weeks.csv")
    assert told.exit_code == 2
    assert "holds no series a ward can be planned by; patients: is told by the week" in told.output


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """A draft never overwrites."""
    told = new(tmp_path, "--from", census(tmp_path))
    assert (told.exit_code, "exists and is not empty; name a new folder" in told.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--staff", "s.csv"), "--staff goes with --from"),
        (("--from", "c.csv", "--template", "ward"), "two ways to begin; name one"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """In words, before anything is read."""
    told = new(tmp_path / "mine", *arguments)
    assert (told.exit_code, message in told.output) == (2, True)
