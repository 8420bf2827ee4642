"""`wardwright import`: what hospital systems export becomes tables to plan from, and no person comes along."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.importing.command import KEY

CANARY = "Canarybird"
"""A name that must never come out."""


def message(trigger: str, at: str, place: str, *, visit: str = "V1", before: str = "", more: str = "") -> str:
    """An ADT message as an interface engine writes it; PV1-44 says that the visit began on 5 January at 08:00."""
    pv1 = ["PV1", "1", "I", f"{place}^B1", "E", "", f"{before}^B1" if before else "", *[""] * 12, visit]
    pv1 += [""] * (44 - len(pv1)) + ["20260105080000", more]
    return "\r".join(
        [
            f"MSH|^~\\&|PAS|H|PLAN|H|{at}||ADT^{trigger}|{trigger}{at}{visit}|P|2.5.1",
            f"EVN|{trigger}|{at}",
            f"PID|1||77{visit}^^^H^MR||{CANARY}^Alice||19500101|F",
            "|".join(pv1),
        ]
    )


def hl7_file(folder: Path, *messages: str, name: str = "adt.hl7") -> Path:
    """Messages in a file, one after another."""
    path = folder / name
    path.write_text("\r".join(messages), encoding="utf-8", newline="")
    return path


def run(folder: Path, *files: Path) -> Result:
    """Import into `out`."""
    return CliRunner().invoke(main, ["import", *map(str, files), "-o", str(folder / "out")])


def rows(folder: Path, name: str) -> list[list[str]]:
    """A table that came out, its header left out."""
    with (folder / "out" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


STAY = (
    message("A01", "20260105083000", "AMU"),
    message("A02", "20260106190000", "RESP", before="AMU"),
    message("A03", "20260108113000", "RESP", more="20260108112000"),
)
"""On AMU from the 5th, on RESP from the evening of the 6th, home on the 8th."""


def test_admission_transfer_and_discharge_fill_beds_at_midnight(tmp_path: Path) -> None:
    """AMU at the end of the 5th; RESP at the end of the 6th and 7th; the 8th, on which the file ends, is not whole."""
    assert run(tmp_path, hl7_file(tmp_path, *STAY)).exit_code == 0
    assert [row for row in rows(tmp_path, "census.csv") if row[2] != "0"] == [
        ["2026-01-05", "AMU", "1"], ["2026-01-06", "RESP", "1"], ["2026-01-07", "RESP", "1"],
    ]  # fmt: skip
    ((_, unit, admitted, left),) = rows(tmp_path, "stays.csv")
    assert (unit, admitted, left) == ("AMU", "2026-01-05", "2026-01-08")


def test_messages_out_of_order_and_in_several_files_are_one_story(tmp_path: Path) -> None:
    """The discharge stands in a file of its own, named first."""
    late, early = hl7_file(tmp_path, STAY[2], name="late.hl7"), hl7_file(tmp_path, STAY[1], STAY[0])
    assert run(tmp_path, late, early).exit_code == 0
    assert [row[1] for row in rows(tmp_path, "census.csv") if row[2] == "1"] == ["AMU", "RESP", "RESP"]


def test_a_cancelled_admission_never_was(tmp_path: Path) -> None:
    """The second visit is cancelled, the first stays."""
    gone = message("A01", "20260105090000", "ICU", visit="V2"), message("A11", "20260105100000", "ICU", visit="V2")
    assert run(tmp_path, hl7_file(tmp_path, *STAY, *gone)).exit_code == 0
    assert len(rows(tmp_path, "stays.csv")) == 1


def test_a_cancelled_discharge_leaves_the_patient_in_bed(tmp_path: Path) -> None:
    """Who is in as the file ends is told for a scenario, with the days since the 5th."""
    back = message("A13", "20260108120000", "RESP")
    assert run(tmp_path, hl7_file(tmp_path, *STAY, back)).exit_code == 0
    today = (tmp_path / "out" / "today.yaml").read_text(encoding="utf-8")
    assert today == "today:\n  census:\n    RESP: {RESP: 1}\n  days_in:\n    RESP: [3]\n"


def test_a_transfer_heard_of_first_counts_the_bed_before(tmp_path: Path) -> None:
    """PV1-6 and PV1-44 tell of AMU since the 5th, though no admission is in the file."""
    assert run(tmp_path, hl7_file(tmp_path, *STAY[1:])).exit_code == 0
    assert [row[1] for row in rows(tmp_path, "census.csv") if row[2] == "1"] == ["AMU", "RESP", "RESP"]


def test_a_message_sent_twice_counts_once_and_a_broken_one_is_named(tmp_path: Path) -> None:
    """The first comes again; another lacks the visit's number. Both are told by file and line."""
    told = run(tmp_path, hl7_file(tmp_path, *STAY, STAY[0], message("A01", "20260106", "AMU", visit="")))
    assert told.exit_code == 0
    assert "adt.hl7:13: message comes twice; taken once" in " ".join(told.output.split())
    assert "adt.hl7:17: message can't be used: PV1-19 (visit number) is empty" in " ".join(told.output.split())
    assert len(rows(tmp_path, "stays.csv")) == 1


def test_no_person_comes_along(tmp_path: Path) -> None:
    """Neither the name, the birth date, the record's nor the visit's number is in any table or message."""
    told = run(tmp_path, hl7_file(tmp_path, message("A01", "20260105083000", "AMU", visit="V4711"), STAY[2]))
    texts = [told.output, *(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())]
    assert not [text for text in texts for secret in (CANARY, "Alice", "19500101", "V4711") if secret in text]


def test_the_same_key_names_a_visit_alike_and_another_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under one key equal names in two imports, under none a fresh one each time."""
    named = []
    for key in ("a key of some length", "a key of some length", "another key of some length", None):
        monkeypatch.setenv(KEY, key) if key else monkeypatch.delenv(KEY)
        folder = tmp_path / str(len(named))
        folder.mkdir()
        assert run(folder, hl7_file(folder, *STAY)).exit_code == 0
        named.append(rows(folder, "stays.csv")[0][0])
    assert named[0] == named[1]
    assert len(set(named)) == 3


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could be guessed."""
    monkeypatch.setenv(KEY, "short")
    told = run(tmp_path, hl7_file(tmp_path, *STAY))
    assert (told.exit_code, "WARDWRIGHT_IMPORT_KEY must have 16 signs or more" in told.output) == (2, True)


ENCOUNTER = {
    "resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "IMP"},
    "subject": {"display": CANARY}, "period": {"start": "2026-01-05T08:00:00Z", "end": "2026-01-08T11:00:00Z"},
    "location": [
        {
            "location": {"reference": "Location/bed-1"},
            "period": {"start": "2026-01-05T08:00:00Z", "end": "2026-01-06T19:00:00Z"},
        },
        {
            "location": {"reference": "Location?identifier=urn:x|W2", "display": "Ward 2"},
            "period": {"start": "2026-01-06T19:00:00Z"},
        },
    ],
}  # fmt: skip
"""In a bed of Ward 1, then on Ward 2 until the visit ends."""

PLACES = [
    {"resourceType": "Location", "id": "ward-1", "name": "Ward 1", "physicalType": {"coding": [{"code": "wa"}]}},
    *(
        {
            "resourceType": "Location", "id": f"bed-{at}", "status": "active", "operationalStatus": {"code": code},
            "physicalType": {"coding": [{"code": "bd"}]}, "partOf": {"reference": "Location/ward-1"},
        }
        for at, code in enumerate("OUC", start=1)
    ),
]  # fmt: skip
"""A ward of three beds: one occupied, one free, one closed."""


def fhir_file(folder: Path, *resources: object, bundle: bool = False, name: str = "x.ndjson") -> Path:
    """Resources one a line, or as a bundle."""
    path = folder / name
    whole = {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}
    text = json.dumps(whole, indent=1) if bundle else "\n".join(map(json.dumps, resources))
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("bundle", [False, True])
def test_encounters_fill_the_wards_their_beds_belong_to(tmp_path: Path, *, bundle: bool) -> None:
    """Lines or bundle, the bed's ward counts, found in another file; an emergency visit fills no bed."""
    emergency = {**ENCOUNTER, "id": "e2", "class": {"code": "EMER"}}
    visits = fhir_file(tmp_path, ENCOUNTER, emergency, bundle=bundle)
    assert run(tmp_path, visits, fhir_file(tmp_path, *PLACES, name="places.ndjson")).exit_code == 0
    assert [row for row in rows(tmp_path, "census.csv") if row[2] != "0"] == [
        ["2026-01-05", "Ward 1", "1"], ["2026-01-06", "Ward 2", "1"], ["2026-01-07", "Ward 2", "1"],
    ]  # fmt: skip
    assert rows(tmp_path, "beds.csv") == [["Ward 1", "3", "2", "1"]]
    assert not [each for each in (tmp_path / "out").iterdir() if CANARY in each.read_text(encoding="utf-8")]


def test_a_resource_that_lacks_what_it_must_say_is_named_with_its_line(tmp_path: Path) -> None:
    """The second line has no status."""
    broken = {name: value for name, value in ENCOUNTER.items() if name != "status"}
    told = run(tmp_path, fhir_file(tmp_path, ENCOUNTER, broken))
    assert told.exit_code == 0
    assert "x.ndjson:2: Encounter can't be used: status: field required" in told.output


def test_json_that_breaks_off_is_refused_at_its_place(tmp_path: Path) -> None:
    """Nothing is written."""
    path = fhir_file(tmp_path, ENCOUNTER)
    path.write_text(path.read_text(encoding="utf-8") + '\n{"resourceType": ', encoding="utf-8")
    told = run(tmp_path, path)
    assert (told.exit_code, "x.ndjson:2:18: no JSON" in told.output) == (2, True)
    assert not (tmp_path / "out").exists()


def test_visit_details_are_movements(tmp_path: Path) -> None:
    """OMOP's columns say where and when."""
    path = tmp_path / "visit_detail.csv"
    path.write_text(
        "visit_detail_id,person_id,visit_detail_start_datetime,visit_detail_end_datetime,visit_detail_source_value,"
        "visit_occurrence_id\n1,10,2026-01-05 08:20:00,2026-01-06 19:00:00,AMU,1\n"
        "2,10,2026-01-06 19:00:00,2026-01-07 11:20:00,RESP,1\n",
        encoding="utf-8",
    )
    assert run(tmp_path, path).exit_code == 0
    assert [row[:2] for row in rows(tmp_path, "census.csv") if row[2] == "1"] == [
        ["2026-01-05", "AMU"], ["2026-01-06", "RESP"],
    ]  # fmt: skip


ENGLISH = f"""unit,staff_no,surname,grade,contracted_hours,duty_date,start,end,status,fill_source
RESP,90001,{CANARY},Band 5,37.5,05/01/2026,07:30,20:00,Assigned,Substantive
RESP,90001,{CANARY},Band 5,37.5,06/01/2026,19:30,08:00,Assigned,Substantive
RESP,90002,{CANARY},Band 5,22.5,05/01/2026,07:30,20:00,Sick,Substantive
RESP,,,Band 5,,05/01/2026,19:30,08:00,Vacant,
RESP,B7,{CANARY},Band 5,,05/01/2026,19:30,08:00,Assigned,Bank
"""
"""Two own nurses of 37.5 and 22.5 hours, one of them sick; a vacant night and one of the bank's."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_roster_becomes_teams_and_duties(tmp_path: Path, encoding: str) -> None:
    """Two heads of (37.5 + 22.5) / 2 = 30 hours; the bank's nurse is nobody's head. Names stay behind."""
    path = tmp_path / "roster.csv"
    path.write_text(ENGLISH, encoding=encoding)
    assert run(tmp_path, path).exit_code == 0
    assert rows(tmp_path, "staff.csv") == [["RESP", "Band 5", "2", "30.0"]]
    duties = rows(tmp_path, "duties.csv")
    assert ["RESP", "Band 5", "2026-01-05", "19:30", "08:00", "own", "vacant", "1"] in duties
    assert ["RESP", "Band 5", "2026-01-05", "19:30", "08:00", "bank", "worked", "1"] in duties
    assert len(duties) == 5
    assert not [each for each in (tmp_path / "out").iterdir() if CANARY in each.read_text(encoding="utf-8")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_chinese_roster_is_read_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    """One head of 40 hours in the respiratory ward."""
    path = tmp_path / "paiban.csv"
    text = "病区,工号,姓名,职称,周工时,日期,班次,开始,结束,状态\n"
    text += "呼吸内科,12,王芳,护师,40,2026-01-05,A班,08:00,16:00,在岗\n"
    path.write_text(text, encoding=encoding)
    assert run(tmp_path, path).exit_code == 0
    assert rows(tmp_path, "staff.csv") == [["呼吸内科", "护师", "1", "40.0"]]


def test_a_roster_s_row_without_a_day_is_left_out_and_named(tmp_path: Path) -> None:
    """Line 3, column 6."""
    path = tmp_path / "roster.csv"
    path.write_text(ENGLISH.replace("06/01/2026", "soon"), encoding="utf-8")
    told = run(tmp_path, path)
    assert "roster.csv:3:6: no date such as 2026-01-05 or 05/01/2026; row left out" in " ".join(told.output.split())


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "MSH|^~\\&|x\r", '{"resourceType": "Patient"}'])
def test_a_file_of_nothing_that_is_read_is_refused(tmp_path: Path, text: str) -> None:
    """In words, with nothing written."""
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    told = run(tmp_path, path)
    assert (told.exit_code, "x.txt: " in told.output) == (2, True)
    assert not (tmp_path / "out").exists()
