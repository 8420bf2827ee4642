"""What a scenario says is published must be possible: each fault has its place in the file and its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.making import make_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_scenario

WARD = """\
schema: 1
id: told
horizon: {start: 2024-01-01, days: 3}
shifts: {D: {start: "07:00", hours: 10}}
units:
  W: {beds: 9, cares_for: [med, hip]}
  V: {beds: 3, cares_for: [med]}
patients:
  med: {demand: {census: 2}, boarding_cost_per_day: 500}
  hip:
    elective: {cases: [2, 2, 0], postpone_cost_per_day: 10, postpone_at_most_days: 1, backlog_cost: 200}
    length_of_stay: {mean_days: 1.5}
    boarding_cost_per_day: 500
staff:
  rn: {cost_per_shift: 100, paid: per_shift, own: {W: 3}, agency: {multiplier: 2}, short_cost_per_hour: 50}
cover:
  - {unit: W, staff: rn, patients_per_person: 4, during: [D]}
"""
"""The published plan follows from line 18 on."""


def written(folder: Path, *lines: str) -> Path:
    """The ward's file with what is published."""
    file = folder / "told.yaml"
    file.write_text(WARD + "\n".join(("today:", "  published:", *lines)) + "\n", encoding="utf-8")
    return file


def cases(said: str, group: str = "hip") -> tuple[str, ...]:
    """Lines that publish some cases; what is said of them stands on line 20 of the file."""
    return "    shifts: []", f"    cases: [{{group: {group}, {said}}}]"


def shift(said: str) -> tuple[str, ...]:
    """A line that publishes a shift."""
    return (f"    shifts: [{{staff: rn, shift: D, date: 2024-01-01, {said}}}]",)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            cases("booked: 2024-01-01, done: 2024-01-01, cases: 1", "med"),
            "med has no elective list; give patients.med an elective list, or leave its cases out here",
        ),
        (cases("booked: 2024-01-02, done: 2024-01-01, cases: 1"), "2024-01-01 is before the day booked, 2024-01-02"),
        (
            cases("booked: 2024-01-01, done: 2024-01-03, cases: 1"),
            "2 days after the day booked, but postpone_at_most_days is 1; say a day at most 1 day later, or allow more",
        ),
        (cases("booked: 2024-01-01, done: 2024-01-01, cases: 3"), "3 published of 2 booked for 2024-01-01"),
        (cases("booked: 2024-01-01, done: 2024-01-01, cases: 1.5"), "1.5 of a list of whole cases"),
        (shift("unit: V, people: 1"), "V has no own rn; name a unit that has some, or leave the shift out"),
        (shift("unit: W, people: 1, contract: bank"), "rn has no bank; say staff.rn.bank, or leave the shift out"),
        (shift("unit: W, people: 0.5"), "0.5 is no whole number of people; publish whole people"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_cure(tmp_path: Path, lines: tuple[str, ...], words: str) -> None:
    """File and line of what is published: shifts on the 20th line, cases on the one after."""
    with pytest.raises(ScenarioError) as caught:
        open_scenario(written(tmp_path, *lines))
    assert f"told.yaml:{19 + len(lines)}:" in str(caught.value)
    assert words in str(caught.value)


def test_a_locked_case_of_a_group_without_a_list_is_refused_too(tmp_path: Path) -> None:
    """No case of medical patients is ever booked."""
    file = written(tmp_path, "    shifts: []")
    cell = "{group: med, booked: 2024-01-01, done: 2024-01-01, cases: 1}"
    file.write_text(file.read_text(encoding="utf-8") + f"locked: [{cell}]\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"told\.yaml:21:.*med has no elective list"):
        open_scenario(file)


def test_cases_of_a_list_called_off_are_changes(tmp_path: Path) -> None:
    """Both cases of the first day are told for it, but nobody operates then: 2 x 5, and 2 postponed a day at 10."""
    file = written(
        tmp_path, "    shifts: []", "    cases: [{group: hip, booked: 2024-01-01, done: 2024-01-01, cases: 2}]",
        "    change_cost_per_case: 5",
    )  # fmt: skip
    plan = make_plan(open_scenario(file, sets=['patients.hip.elective.called_off=["2024-01-01"]']))
    assert plan.cost["electives.changes"] == pytest.approx(10.0)
    assert plan.cost["electives.postponed"] == pytest.approx(20.0)


def test_published_agency_where_nobody_is_asked_for_is_a_change(tmp_path: Path) -> None:
    """V asks for no nurse, so none can be booked there: the one told not to come is a change at 7."""
    file = written(
        tmp_path, "    shifts: [{unit: V, staff: rn, shift: D, date: 2024-01-01, people: 1, contract: agency}]",
        "    contracts: [agency]", "    change_cost_per_shift: 7",
    )  # fmt: skip
    assert make_plan(open_scenario(file)).cost["staff.changes"] == pytest.approx(7.0)
