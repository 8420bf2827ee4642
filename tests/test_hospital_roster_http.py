"""Rosters over HTTP: changed after absences, explained, taken away, edited and scored, planned first."""

from __future__ import annotations

import base64
import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.roster_ward import day, every, needs, scenario
from tests.service_front import Front, front

RULES: dict[str, Any] = {"rest": {"hours": 11}, "counts": [{"days": 7, "most": 5}], "change_cost": 10, "over_cost": 1}
PATH = "/v1/rosters"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service on SQLite, open to everybody."""
    with front("sqlite", tmp_path_factory.mktemp("rosters")) as found:
        yield found


@pytest.fixture(scope="module")
def made(service: Front) -> dict[str, Any]:
    """A roster of five people over five days of three shifts."""
    return service.planned(scenario(5, 5, rules=RULES, needs=every(5, "early", "late", "night")), PATH)


def cells(made: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The shift by person and day."""
    rows = made["answer"]["table_data"]["roster"]["rows"]
    return {(str(row[0]), str(row[1])): str(row[2]) for row in rows}


def one(made: dict[str, Any], at: int) -> tuple[str, str]:
    """Somebody who works on a day, and her shift."""
    return next((who, shift) for (who, label), shift in sorted(cells(made).items()) if label == day(at))


def test_an_absence_changes_a_roster_and_ranks_who_could_take_the_duty(service: Front, made: dict[str, Any]) -> None:
    """She is off that day, nothing before it moves, and each suggestion says its points; that roster changes again."""
    who, shift = one(made, 3)
    path = f"{PATH}/{made['id']}:reroster"
    asked = service.post({"absent": [f"{who}:{day(3)}"], "time_limit": 10}, path)
    service.work()
    changed = service.get(f"{PATH}/{asked['id']}")
    assert (changed["kind"], changed["state"], changed["parent"]) == ("reroster", "done", made["id"])
    now, before = cells(changed), cells(made)
    assert (who, day(3)) not in now
    assert {key: each for key, each in now.items() if key[1] < day(3)} == {
        key: each for key, each in before.items() if key[1] < day(3)
    }
    told = changed["answer"]["suggestions"][0]
    assert told["duty"].startswith(shift)
    legal = [each["points"] for each in told["people"] if each["legal"] and not each["works"]]
    assert legal == sorted(legal)
    nothing = service.post({}, f"{PATH}/{asked['id']}:reroster")
    service.work()
    again = service.get(f"{PATH}/{nothing['id']}")
    assert (cells(again), again["answer"]["changes"]) == (now, [])


def test_an_absence_of_nobody_fails_with_words(service: Front, made: dict[str, Any]) -> None:
    """The job fails, as nobody is called x9."""
    asked = service.post({"absent": [f"x9:{day(3)}"]}, f"{PATH}/{made['id']}:reroster")
    service.work()
    problem = service.get(f"{PATH}/{asked['id']}")["problem"]
    assert (problem["code"], "nobody is called x9" in problem["detail"]) == ("no-such-cell", True)


def test_cells_are_explained_as_data_and_in_words(service: Front, made: dict[str, Any]) -> None:
    """Why she works, why another does not, why a shift is as full as it is; and the roster as a whole."""
    who, shift = one(made, 2)
    path = f"{PATH}/{made['id']}/explanation"
    whole = service.get(path)
    assert (whole["question"], whole["clashes"], whole["wards"][0]["legal"]) == (None, [], True)
    why = service.get(path, params={"why": f"{who}:{day(2)}"})
    assert why["answer"]["duty"].startswith(shift)
    assert why["answer"]["without"]["points"] > 0  # a duty uncovered costs 100
    other = next(f"n{at}" for at in range(1, 6) if (f"n{at}", day(2)) not in cells(made))
    not_he = service.get(path, params={"why_not": f"{other}:{day(2)}:{shift}"})
    assert not_he["told"][0].startswith(f"If {other} worked {shift}")
    assert [each["person"] for each in not_he["answer"]["in_place_of"]] == [who]
    short = service.get(path, params={"why_short": f"{day(2)}:{shift}"})
    assert (short["answer"]["wanted"], short["answer"]["people"]) == (1, [who])


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"why": f"x9:{day(0)}"}, 422, "nobody is called x9"),
        ({"why_not": "n1"}, 422, "reads like n05:2026-03-10:night"),
        ({"why": f"n1:{day(0)}", "why_short": f"{day(0)}:late"}, 400, "ask one of"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    service: Front, made: dict[str, Any], asked: dict[str, str], status: int, words: str
) -> None:
    """Nobody's cell, a question cut short, two questions at once."""
    answer = service.ask("GET", f"{PATH}/{made['id']}/explanation", params=asked)
    assert (answer.status_code, words in answer.text) == (status, True)


def test_a_roster_is_taken_away_in_every_form(service: Front, made: dict[str, Any]) -> None:
    """The table's 15 duties, everybody's calendars with as many events, one person's, the grid."""
    path = f"{PATH}/{made['id']}/export"
    table = service.ask("GET", path, params={"format": "csv"})
    assert len(list(csv.DictReader(io.StringIO(table.text)))) == 15
    packed = service.ask("GET", path, params={"format": "ics"})
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        events = sum(archive.read(name).count(b"BEGIN:VEVENT") for name in archive.namelist())
    assert events == 15
    who, _ = one(made, 0)
    mine = service.ask("GET", path, params={"format": "ics", "person": who})
    assert mine.text.count("BEGIN:VEVENT") == sum(name == who for name, _ in cells(made))
    assert service.ask("GET", path, params={"format": "ics", "person": "x9"}).status_code == 422
    assert "E early" in service.ask("GET", path, params={"format": "txt"}).text
    assert service.ask("GET", path, params={"format": "doc"}).status_code == 400


def test_an_edited_workbook_is_scored(service: Front, made: dict[str, Any], tmp_path: Path) -> None:
    """As it was made it costs the same; a cell emptied leaves a duty of 100 points uncovered, told with its cell."""
    from openpyxl import load_workbook

    answer = service.ask("GET", f"{PATH}/{made['id']}/export")
    (tmp_path / "roster.xlsx").write_bytes(answer.content)

    def scored() -> dict[str, Any]:
        text = base64.b64encode((tmp_path / "roster.xlsx").read_bytes()).decode()
        said = service.ask("POST", f"{PATH}/{made['id']}:check", json={"workbook": text})
        assert said.status_code == 200, said.text
        found: dict[str, Any] = said.json()
        return found

    assert scored()["points"] == scored()["points_as_made"] == made["answer"]["objective"]
    book = load_workbook(tmp_path / "roster.xlsx")
    who, _ = one(made, 0)
    row = next(at for at in range(2, 8) if book["ward"].cell(at, 1).value == who)
    book["ward"].cell(row, 5).value = None
    book.save(tmp_path / "roster.xlsx")
    edited = scored()
    assert (edited["points"] - edited["points_as_made"], edited["legal"]) == (100.0, True)
    assert "ward!E1" in [each["cell"] for each in edited["broken"]]
    broken = service.ask("POST", f"{PATH}/{made['id']}:check", json={"workbook": "no workbook"})
    assert broken.status_code == 400
    hostile = base64.b64encode(b"PK no zip").decode()
    assert service.ask("POST", f"{PATH}/{made['id']}:check", json={"workbook": hostile}).status_code == 422


def test_what_clashes_is_told_over_http(service: Front) -> None:
    """Two wanted, hard, of whom one is on leave: no roster, and two facts that say why."""
    people = [{"id": "n1", "group": "rn", "leave": day(0)}, {"id": "n2", "group": "rn"}]
    made = service.planned(scenario(1, people, needs=needs((0, "early", 2), cost=None)), PATH)
    assert (made["outcome"], made["answer"]["objective"]) == ("infeasible", None)
    told = service.get(f"{PATH}/{made['id']}/explanation")["clashes"][0]
    assert [fact["rule"] for fact in told["facts"]] == ["people wanted", "leave is kept"]
    assert told["minimal"]


def test_a_scenario_without_needs_is_planned_first(service: Front) -> None:
    """12 patients at 1:6 are two people on each of 14 shifts; nine named people work all 28."""
    data = {
        "schema": 1, "id": "plain", "horizon": {"start": "2026-03-02", "days": 7},
        "shifts": {"day": {"start": "07:00", "hours": 12}, "night": {"start": "19:00", "hours": 12}},
        "units": {"W": {"beds": 12, "cares_for": ["med"]}},
        "patients": {"med": {"demand": {"census": 12}, "boarding_cost_per_day": 900}},
        "staff": {"rn": {"pay_per_hour": 20, "own": {"W": 9}, "hours_per_week": 40, "short_cost_per_hour": 90,
                  "rest": {"hours": 11, "shifts_in_7_days": 4}}},
        "cover": [{"unit": "W", "staff": "rn", "patients_per_person": 6}],
        "roster": {"people": [{"id": f"p{at}", "group": "rn"} for at in range(9)]},
    }  # fmt: skip
    made = service.planned(data, PATH)
    assert (made["state"], made["answer"]["wards"][0]["duties"]) == ("done", 28)
    assert len(made["answer"]["table_data"]["roster"]["rows"]) == 28
