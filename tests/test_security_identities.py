"""Names, birth dates and numbers of persons are refused at every door, with place and cure, and never shown again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from api.importing.identities import CURE, SHAPES, faults_in, gives_nobody_away, looks_like
from api.service.demo import DEMOS, demo_text
from tests.command import run
from tests.service_front import Front, front
from tests.small_ward import small_ward
from tests.web_front import browser

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
NHS_NUMBER = "943 476 5919"
"""10x9 + 9x4 + 8x3 + 7x4 + 6x7 + 5x6 + 4x5 + 3x9 + 2x1 = 299 = 27x11 + 2, and 11 - 2 = 9 is its last digit."""

PERSONAL = {
    "an NHS number": ("943 476 5919", "9434765919", "bed of 943-476-5919", "NHS9434765919"),
    "a resident identity number": ("360426199101010071", "id 11010519491231002X"),
    "a US social security number": ("536-90-4399",),
    "an e-mail address": ("alice.brown@nhs.example", "mail:a@b.org"),
    "a phone number": ("+44 20 7946 0958", "020 7946 0958", "(415) 555-2671", "07911 123456", "13800138000"),
    "a birth date": ("born 3 May 1950", "DOB: 01/02/1950", "dob_19500201", "出生1950-01-01"),
    "a person's name": ("Mr Jones", "Mrs O'Brien", "Brown^Alice", "patient name: Al", "姓名: 王", "王先生"),
}
"""Of every kind, as people write it."""

HARMLESS = (
    "2023-01-01", "2024-03-31T01:30:00+00:00", "22:30", "Medical ward", "Dr Gray's Hospital", "staff names are made up",
    "units.W.beds=24", "9434765918", "ward-20230101", "360426199101010072", "000-12-3456", "2013-14 to 2019-20",
    "Master plan", "Male surgical 2", "内科病区", "1 rn sick 2023-03-15 early at med-a", "0.25,0.25,0.5",
)  # fmt: skip
"""Names of wards, days, figures; numbers whose check digit is wrong."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service on this machine."""
    with front("sqlite", tmp_path_factory.mktemp("identities")) as found:
        yield found


def test_every_shape_has_an_example() -> None:
    """The table of examples is that of shapes."""
    assert list(PERSONAL) == list(SHAPES)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts])
def test_a_text_that_gives_somebody_away_is_known(kind: str, text: str) -> None:
    """By its shape, and where it has one by its check digit."""
    assert looks_like(text) == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_what_planners_write_is_left_alone(text: str) -> None:
    """Wards, days, paths, figures."""
    assert looks_like(text) == ""


@given(st.integers(100_000_000, 999_999_999))
def test_nine_digits_and_their_check_digit_are_an_nhs_number(nine: int) -> None:
    """And with any other last digit they are none."""
    rest = sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True)) % 11
    right = str((11 - rest) % 11)  # 10 is no digit: such numbers are not given out
    told = {str(last): looks_like(f"{nine}{last}") == "an NHS number" for last in range(10)}
    assert told == {str(last): str(last) == right for last in range(10)}


@given(st.dates(), st.integers(0, 999))
def test_a_resident_number_is_known_by_its_last_sign(day: Any, number: int) -> None:
    """Of Beijing's 110105, any birth date and number: the right check character alone makes one."""
    bare = f"110105{max(day.year, 1900):04}{day.month:02}{min(day.day, 28):02}{number:03}"
    right = mod_11_2.calc_check_digit(bare)
    wrong = "0" if right == "X" else str((int(right) + 1) % 10)
    assert looks_like(bare + right) == "a resident identity number"
    assert looks_like(bare + wrong) != "a resident identity number"


def test_every_place_is_named_and_nothing_is_shown_again() -> None:
    """In a value, in a list and in a key: a pointer each, which leads to the key's place and not over its text."""
    data = {"name": "Mr Jones", "units": {"W": {}, NHS_NUMBER: {"note": "a@b.org"}}, "cover": ["x", "born 1950-01-01"]}
    faults = {fault.where: fault.message for fault in faults_in(data)}
    assert faults == {
        "/name": "looks like a person's name",
        "/units": "looks like an NHS number, in its key number 2",
        "/units/.../note": "looks like an e-mail address",
        "/cover/1": "looks like a birth date",
    }


@pytest.mark.parametrize("name", DEMOS)
def test_the_demos_name_nobody(name: str) -> None:
    """So they can be posted back."""
    assert faults_in(json.loads(demo_text(name))) == []


POSTED = {
    "/v1/plans": {**WARD, "name": "List of Mr Jones"},
    "/v1/plans:validate": {**WARD, "note": f"bed 4 is {NHS_NUMBER}"},
    "/v1/forecasts": {**WARD, "id": "9434765919"},
    "/v1/scenarios:resolve": {**WARD, "variants": {"born_1950-01-01": {}}},
    "/v1/comparisons": {"options": [{"scenario": WARD}, {"name": "Mrs Jones", "set": []}]},
    "/v1/sweeps": {**WARD, "patients": {"9434765919": WARD["patients"]["med"]}},
    "/v1/webhooks": {"url": "https://rota.example/alice@home.example", "events": ["done"]},
}


@pytest.mark.parametrize("path", POSTED)
def test_a_body_that_names_somebody_is_refused(service: Front, path: str) -> None:
    """422 with the pointer and the cure on every route that takes a body, before anything else is said of it."""
    answer = service.ask("POST", path, json=POSTED[path])
    assert answer.status_code == 422
    faults = answer.json()["faults"]
    assert [fault["code"] for fault in faults] == ["personal-data"]
    assert faults[0]["path"].startswith("/")
    assert faults[0]["hint"] == CURE
    assert not [word for word in ("Jones", "9434765919", NHS_NUMBER, "1950", "alice") if word in answer.text]


def test_an_event_that_names_somebody_is_refused(service: Front) -> None:
    """Of a plan that is there: a replan is told of groups and shifts."""
    plan = service.planned(WARD)
    events = {"events": ["Mr Jones sick 2024-01-02 D at W"]}
    answer = service.ask("POST", f"/v1/plans/{plan['id']}:replan", json=events)
    assert answer.json()["faults"][0]["path"] == "/events/0"


def test_a_change_in_the_address_that_names_somebody_is_refused(service: Front) -> None:
    """`set` and `variant` are texts of the caller's like any other."""
    answer = service.ask("POST", "/v1/plans", json=WARD, params={"set": ["units.W.beds=9", "name=Mr Jones"]})
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["in"], fault["path"], fault["code"]) == (422, "query", "set", "personal-data")
    assert "Jones" not in answer.text


ROSTER = "unit,grade,date,start,end\nAMU,rn,2026-01-05,07:00,15:00\n{},rn,2026-01-06,07:00,15:00\n"
VISITS = (
    "visit_occurrence_id,visit_detail_start_datetime,visit_detail_end_datetime,visit_detail_source_value\n"
    "1,2026-01-05 08:00,2026-01-06 09:00,{}\n"
)


@pytest.mark.parametrize(("text", "place"), [(ROSTER, "export.csv:3:1"), (VISITS, "export.csv:2:37")])
@pytest.mark.parametrize("personal", ["9434765919", "Mr Jones", "536-90-4399"])
def test_an_import_that_names_somebody_writes_nothing(tmp_path: Path, text: str, place: str, personal: str) -> None:
    """Where a ward belongs there is a person: file, line, column and the cure, exit 2, and the text is not repeated."""
    file = tmp_path / "export.csv"
    file.write_text(text.format(personal), encoding="utf-8")
    done = run("import", file, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"{place}: looks like a" in done.output
    assert CURE in done.output
    assert personal not in done.output
    assert not (tmp_path / "out").exists()


def test_a_text_on_the_page_that_names_somebody_is_refused(tmp_path: Path) -> None:
    """At its line when it is looked through, and again when it is to be planned; no job is made of it."""
    given = json.dumps({**WARD, "name": "List of Mr Jones"}, indent=0)
    line = next(number for number, row in enumerate(given.splitlines(), 1) if "Jones" in row)
    with browser(tmp_path) as reader:
        looked, planned = reader.send("/scenario", text=given), reader.send("/plan", text=given)
        assert (looked.status_code, planned.status_code) == (422, 422)
        assert f'<span class="number">{line}</span>' in looked.text
        assert "looks like a person" in looked.text
        assert reader.service.get("/v1/plans")["items"] == []


@given(st.sampled_from([text for texts in PERSONAL.values() for text in texts]), st.booleans(), st.booleans())
def test_a_glance_overlooks_nobody(text: str, as_key: bool, escaped: bool) -> None:
    """Whatever is refused is suspect at first sight too: as a key or a value, written plainly or by escapes."""
    data = {text: 1} if as_key else {"a": ["x", {"b": text}]}
    body = json.dumps(data, ensure_ascii=False)
    if escaped:
        body = body.replace(text, f"\\u{ord(text[0]):04x}{text[1:]}")
    assert faults_in(json.loads(body))
    assert not gives_nobody_away(body.encode())
