"""`wardwright roster` for scenarios, plans and rosters, in a terminal and over HTTP."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from optimizer.roster.certifying import certify, pool_problem
from optimizer.roster.cutting import plan_again
from optimizer.roster.hospital_reading import clock_of
from optimizer.roster.hospital_wards import Certificate
from optimizer.roster.planned import pools
from optimizer.saved import open_plan
from tests.command import run
from tests.roster_ward import day, every, scenario
from tests.service_front import Front, front

RULES: dict[str, Any] = {"rest": {"hours": 11}, "counts": [{"days": 7, "most": 5}], "change_cost": 10}

WARD = """
schema: 1
id: plain
horizon: {start: 2026-03-02, days: 7}
shifts: {day: {start: "07:00", hours: 12}, night: {start: "19:00", hours: 12}}
units: {W: {beds: 12, cares_for: [med]}}
patients: {med: {demand: {census: 12}, boarding_cost_per_day: 900}}
staff: {rn: {pay_per_hour: 20, own: {W: 9}, hours_per_week: 40, short_cost_per_hour: 90,
        rest: {hours: 11, shifts_in_7_days: 4}}}
cover: [{unit: W, staff: rn, patients_per_person: 6}]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a roster of five people over a week."""
    folder = tmp_path_factory.mktemp("rosters")
    data = scenario(7, 5, rules=RULES, needs=every(7, "early", "late", "night"))
    (folder / "ward.yaml").write_text(json.dumps(data))
    done = run("roster", folder / "ward.yaml", "--time-limit", "15", "--gap", "0.01", "-o", folder / "made")
    assert done.exit_code == 0, done.stderr
    assert "checked: every hard rule holds" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    return folder / "made"


def test_a_folder_holds_the_roster_in_every_form(made: Path) -> None:
    """21 duties as rows, a calendar for whoever works, a workbook, the grid, what each carries, the problem itself."""
    with (made / "roster.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 21
    assert {"n1.ics", "roster.xlsx", "grid.txt", "burdens.csv", "broken.csv", "scenario.json"} <= {
        path.name for path in made.iterdir()
    }
    said = json.loads((made / "plan.json").read_text())
    assert (said["checked"], said["objective"]) == ({"ok": True, "violations": []}, 0.0)
    events = sum(path.read_text().count("BEGIN:VEVENT") for path in made.glob("*.ics"))
    assert events == 21


def test_a_roster_is_changed_after_an_absence_and_its_folder_can_be_changed_again(made: Path, tmp_path: Path) -> None:
    """Somebody who works on day 3 is away: told who, what changes and who could; the new folder keeps the absence."""
    with (made / "roster.csv").open() as file:
        who = next(row["person"] for row in csv.DictReader(file) if row["day"] == day(3))
    done = run("roster", "--from", made, "--absent", f"{who}:{day(3)}", "--time-limit", "10", "-o", tmp_path / "new")
    assert done.exit_code in (0, 4), done.stderr
    assert "changed, 1 of them those of who is absent" in done.stdout
    assert "Who could take" in done.stdout
    with (tmp_path / "new" / "roster.csv").open() as file:
        assert not [row for row in csv.DictReader(file) if (row["person"], row["day"]) == (who, day(3))]
    told = run("roster", "--from", tmp_path / "new", "--why", f"{who}:{day(3)}")
    assert f"{who} is off" in told.stdout


def test_cells_are_explained_and_an_unknown_one_is_refused(made: Path) -> None:
    """Why, why not, why short; a person there is not is exit 2."""
    with (made / "roster.csv").open() as file:
        first = next(csv.DictReader(file))
    assert "Without her there" in run("roster", "--from", made, "--why", f"{first['person']}:{first['day']}").stdout
    other = "n1" if first["person"] != "n1" else "n2"
    assert "If " in run("roster", "--from", made, "--why-not", f"{other}:{first['day']}:{first['shift']}").stdout
    assert "1 of 1 wanted" in run("roster", "--from", made, "--why-short", f"{first['day']}:{first['shift']}").stdout
    refused = run("roster", "--from", made, "--why", f"x9:{first['day']}")
    assert (refused.exit_code, refused.stderr) == (2, "nobody is called x9\n")


def test_an_edited_workbook_is_scored_and_its_broken_rules_named_by_cell(made: Path, tmp_path: Path) -> None:
    """n1 on nights all week: more than five in seven, told at her last cell; as written it is legal."""
    from openpyxl import load_workbook

    assert run("roster", "--from", made, "--check", made / "roster.xlsx").exit_code == 0
    book = load_workbook(made / "roster.xlsx")
    offered = book["ward"].data_validations.dataValidation[0]
    assert (str(offered.sqref), offered.formula1) == ("E2:K6", '"early,late,night,leave"')
    for column in "EFGHIJK":
        book["ward"][f"{column}2"] = "night"
    book.save(tmp_path / "edited.xlsx")
    done = run("roster", "--from", made, "--check", tmp_path / "edited.xlsx")
    assert done.exit_code == 3
    assert "ward!K2  HARD  shifts in a period: n1 Sun 8 Mar: 7 shifts in 7 days, at most 5" in done.stdout


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of a ward that needs two people on every shift, and has nine."""
    folder = tmp_path_factory.mktemp("plans")
    (folder / "ward.yaml").write_text(WARD)
    done = run("plan", folder / "ward.yaml", "-o", folder / "plan")
    assert done.exit_code == 0
    assert "People can work 28 of 28 own duties (100.0 %), rest kept" in done.stdout
    return folder / "plan"


def test_what_one_person_cannot_work_is_cut_from_the_plan(planned: Path) -> None:
    """One person alone could be given four of its 28 duties: planned again, no more than those are own shifts."""
    saved = open_plan(planned)
    clock = clock_of(saved.scenario)
    pool = pools(saved, clock, 1.0, 0.0)[0]
    alone = certify(pool_problem(pool, clock, 7, 1.0, saved.scenario.staff["rn"].rest, {}), pool)
    assert (pool.planned, alone.placed) == (28, 4)
    plan, _ = plan_again(saved, Certificate((alone,)))
    assert plan.checked is not None
    assert plan.checked.ok
    assert sum(float(row["people"]) for row in plan.tables["staff"].records()) == 4


def test_a_plan_is_certified_and_rostered_by_name(planned: Path, tmp_path: Path) -> None:
    """12 patients at 1:6 are two people on each of 14 shifts; nine people can work all 28, without names and with."""
    said = json.loads((planned / "plan.json").read_text())
    assert said["workable"] == {"planned": 28, "placed": 28, "teams_short": [], "share_at_least": 1.0}
    assert said["key_figures"]["own_duties_workable"] == 1.0
    done = run("roster", "--from", planned, "-o", tmp_path / "certified")
    assert done.exit_code == 0, done.stderr
    assert "Certified: 28 of 28 planned own duties (100.0 %)" in done.stdout
    people = "\n".join(f"p{at},rn" for at in range(9))
    (tmp_path / "people.csv").write_text(f"id,group\n{people}\n")
    named = run(
        "roster", "--from", planned, "--people", tmp_path / "people.csv", "--time-limit", "8", "-o",
        tmp_path / "named",
    )  # fmt: skip
    assert named.exit_code in (0, 4), named.stderr
    assert "Duties covered: 28 of 28, all of them" in named.stdout


def test_a_scenario_without_people_or_needs_is_told_so(tmp_path: Path) -> None:
    """Needs without people are refused; both a file and --from, too."""
    data = scenario(1, 0, needs=every(1, "early"))
    (tmp_path / "nobody.yaml").write_text(json.dumps(data))
    refused = run("roster", tmp_path / "nobody.yaml")
    assert (refused.exit_code, "nobody is told of" in refused.stderr) == (2, True)
    both = run("roster", tmp_path / "nobody.yaml", "--from", tmp_path)
    assert (both.exit_code, "say what to roster" in both.stderr) == (2, True)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service on SQLite, open to everybody."""
    with front("sqlite", tmp_path_factory.mktemp("api")) as found:
        yield found


def test_a_roster_over_http_is_a_job_like_any_other(service: Front) -> None:
    """Posted, worked, answered: legal, with a row for each of three duties."""
    made = service.planned(scenario(1, 3, rules=RULES, needs=every(1, "early", "late", "night")), "/v1/rosters")
    answer = made["answer"]
    assert (answer["checked"]["ok"], answer["objective"]) == (True, 0.0)
    assert len(answer["table_data"]["roster"]["rows"]) == 3


def test_a_roster_of_nobody_is_refused_over_http(service: Front) -> None:
    """422 with the place of what is missing, before any job is made."""
    answer = service.ask("POST", "/v1/rosters", json=scenario(1, 0, needs=every(1, "early")))
    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["faults"]] == ["/roster/people"]
