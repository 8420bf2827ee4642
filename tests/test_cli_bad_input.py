"""Every kind of bad input ends with exit code 2, says where and what is wrong, and runs nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import SHIFTS, TWO_WARDS, child, run, varied

CENSUS = "demand: {census: [27, 29, 26]}"
WHOLE = f"{CENSUS}, boarding_cost_per_day: 1500, whole: true"

FAULTS = {
    "a misspelt key": ([("horizon:", "horizn:")], r"yaml:7:1  horizn: unknown key; did you mean horizon\?"),
    "a negative bed count": (
        [("MED: {beds: 28", "MED: {beds: -3")],
        r":14:15  units.MED.beds: must be 0 or more, got -3",
    ),
    "a ward nobody may staff": (
        [
            (", ICU: {shifts_per_horizon: 34}}", "}"),
            ("bank: {", "bank: {units: [MED], "),
            ("agency: {", "agency: {units: [MED], "),
        ],
        r"cover.1: nobody may staff ICU as nurse; give staff.nurse.own a team at ICU, or bank",
    ),
    "a service level and shortfall prices": (
        [("boarded_need_care", "service_level: 0.9\nboarded_need_care")],
        r"patients.med.boarding_cost_per_day: a shortfall price and a service_level count the risk twice",
    ),
    "demand for an unknown group": (
        [("need: {icu:", "need: {icuu:")],
        r"devices.ventilator.need: no patient group is called icuu; did you mean icu\?",
    ),
    "a home for an unknown group": (
        [("cares_for: [med]", "cares_for: [medd]")],
        r"units.MED.cares_for: no patient group is called medd; did you mean med\?",
    ),
    "a shift longer than 24 h": (
        [("hours: 12}, N", "hours: 25}, N")],
        r"shifts.D: a shift may last at most 24 h with its breaks, got 25 h",
    ),
    "not a number": (
        [("cost_per_bay_day: 450", "cost_per_bay_day: .nan")],
        r"units.MED.escalation.cost_per_bay_day: must be a finite number",
    ),
    "infinity": (
        [("cost_per_bay_day: 900", "cost_per_bay_day: .inf")],
        r"units.ICU.escalation.cost_per_bay_day: must be a finite number",
    ),
    "an empty horizon": ([("days: 3", "days: 0")], r"horizon.days: must be 1 or more, got 0"),
    "a horizon without days": ([(", days: 3", "")], r"horizon: must say start and days, or cycle: day or week"),
    "extends outside the folder": (
        [("schema: 1", "schema: 1\nextends: ../outside.yaml")],
        r"extends: \.\./outside\.yaml lies outside the scenario's folder; --root names the folder to read below",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_at_its_place_with_exit_2(name: str, tmp_path: Path) -> None:
    """Each fault is told once on standard error, with a hint where there is one, and no folder appears."""
    changes, message = FAULTS[name]
    result = run("plan", varied(tmp_path, *changes), "-o", tmp_path / "plan")
    assert result.exit_code == 2
    assert re.search(message, result.stderr), result.stderr
    assert "nothing was run" in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "plan").exists()


def test_a_table_with_a_missing_column_names_the_columns_there_are(tmp_path: Path) -> None:
    """A history whose column is not in the file is refused before anything runs."""
    (tmp_path / "beds.csv").write_text("date,occ\n2023-12-01,27\n")
    scenario = varied(
        tmp_path, (WHOLE, "demand: {history: {file: beds.csv, column: occupied}}, boarding_cost_per_day: 1500")
    )
    result = run("validate", scenario)
    assert result.exit_code == 2
    assert "patients.med.demand.history.column: beds.csv has no column occupied" in result.stderr
    assert "columns: date, occ" in result.stderr


def test_a_history_with_nothing_usable_left_is_refused(tmp_path: Path) -> None:
    """Thirty days that all say "closed" are no history: 0 usable days."""
    rows = "".join(f"2023-11-{day:02d},closed\n" for day in range(1, 31))
    (tmp_path / "beds.csv").write_text(f"date,occupied\n{rows}")
    scenario = varied(
        tmp_path, (WHOLE, "demand: {history: {file: beds.csv, column: occupied}}, boarding_cost_per_day: 1500")
    )
    result = run("plan", scenario, "-o", tmp_path / "plan")
    assert result.exit_code == 2
    assert re.search(r"beds\.csv:1:1  0 usable days in 'occupied', but at least 14 are needed", result.stderr)
    assert not (tmp_path / "plan").exists()


def test_a_file_of_a_million_wards_is_refused_by_its_size(tmp_path: Path) -> None:
    """About twenty million bytes are not even parsed: only 2,000,000 are read."""
    wards = "".join(f"  w{at}: {{beds: 1}}\n" for at in range(10**6))
    scenario = varied(tmp_path, ("units:\n", f"units:\n{wards}"))
    result = run("validate", scenario)
    assert result.exit_code == 2
    assert re.search(r":1:1  the file has [\d,]+ bytes, more than the 2,000,000 read", result.stderr)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """A path that leads nowhere is invalid input, not a fault of ours."""
    result = run("validate", tmp_path / "nothing.yaml")
    assert result.exit_code == 2
    assert re.search(r"nothing\.yaml:1:1  can't be read: No such file", result.stderr)


def test_an_unknown_variant_is_told_with_those_there_are() -> None:
    """A misspelt variant gets a suggestion."""
    result = run("plan", SHIFTS, "--variant", "bussy")
    assert result.exit_code == 2
    assert "--variant bussy: unknown variant; did you mean busy?" in result.stderr


def test_an_unknown_solver_is_told_with_those_there_are(tmp_path: Path) -> None:
    """A solver that does not exist is invalid input."""
    result = run("plan", SHIFTS, "--solver", "gurobi", "-o", tmp_path / "plan")
    assert result.exit_code == 2
    assert "no solver is called 'gurobi'; there are auto, cbc" in result.stderr
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(
    ("option", "value"), [("--gap", "nan"), ("--time-limit", "inf"), ("--time-limit", "0"), ("--seed", "-1")]
)
def test_limits_that_are_no_limits_are_refused(option: str, value: str) -> None:
    """nan passes every comparison, so it is refused by name."""
    result = run("plan", TWO_WARDS, option, value)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.stderr


def test_exit_2_reaches_the_shell(tmp_path: Path) -> None:
    """The process itself ends with 2, and the fault stands on standard error."""
    ended = child("validate", varied(tmp_path, ("horizon:", "horizn:")))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "horizn: unknown key; did you mean horizon?" in ended.stderr
