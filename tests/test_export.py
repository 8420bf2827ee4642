"""`wardwright export`: a plan as a page, a workbook, a calendar or tables, with nothing lost and nothing let loose."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fhir.resources.R4B.bundle import Bundle
from icalendar import Calendar
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from api.cli import main
from api.errors import Refused
from api.export_args import FORMATS
from api.exports.fhir import BASE
from api.exports.report import beside_rows
from api.exports.table import EXPORTS
from api.service.errors import BadQuestion
from api.service.exporting import exported
from api.views.beds import Occupancy
from api.views.beside import Option, steps
from api.views.board import Board, board
from api.views.changes import changes
from optimizer.saved import PlanFolderError, open_plan
from tests.small_ward import saved_plan, small_ward

EVIL = "=1+1<script>alert(1)</script>"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a plan whose scenario and ward are named to do harm."""
    folder = tmp_path_factory.mktemp("plan") / "published"
    folder.mkdir()
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["name"] = EVIL
    data["units"]["W"]["name"] = EVIL
    saved_plan(folder, data)
    return folder


@pytest.fixture(scope="module")
def shown(plan: Path) -> Board:
    """What there is to see of it."""
    return board(open_plan(plan))


class _Page(HTMLParser):
    """What a page would fetch, and the tags it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and what it refers to."""
        self.tags.add(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]


def page_of(shown: Board) -> tuple[str, _Page]:
    """The page as text and taken apart."""
    text = EXPORTS["html"].make(shown).decode()
    parsed = _Page()
    parsed.feed(text)
    return text, parsed


def test_the_page_asks_nothing_of_the_network(shown: Board) -> None:
    """It refers to its own parts only, and its own policy forbids the rest."""
    text, page = page_of(shown)
    assert all(each.startswith("#") for each in page.fetched)
    assert not {"script", "link", "iframe", "img"} & page.tags
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_words_of_a_scenario_stay_words_on_the_page(shown: Board) -> None:
    """A ward's name that holds markup is shown, not obeyed."""
    text, page = page_of(shown)
    assert "script" not in page.tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_link_of_the_page_leads_somewhere(shown: Board) -> None:
    """Each part named at the top is there."""
    text, page = page_of(shown)
    parts = set(re.findall(r'<section id="(\w+)"', text))
    assert page.fetched
    assert {each.removeprefix("#") for each in page.fetched} == parts


def test_the_page_says_what_the_plan_costs_and_what_is_proven(shown: Board) -> None:
    """2 nurses of 100 on 3 days are 600, paid by the shift, and no cheaper plan exists."""
    text, _ = page_of(shown)
    assert "1 Jan 2024 to 3 Jan 2024" in text
    assert "Cost 600: proven to be the least possible." in text
    assert "Checked without the solver: every rule holds." in text


def test_the_workbook_holds_every_shift_and_no_formula(shown: Board) -> None:
    """Names that begin with = are texts; 2 nurses are on duty of 2 needed on 1 January."""
    book = load_workbook(io.BytesIO(EXPORTS["xlsx"].make(shown)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    named = [cell for cell in cells if cell.value == EVIL]
    assert named
    assert all(cell.quotePrefix for cell in named)
    header, first = list(book["Shifts"].iter_rows(min_row=1, max_row=2, values_only=True))
    row = dict(zip(header, first, strict=True))
    assert (row["Unit"], row["Shift"], row["On duty"], row["Needed"], row["own"]) == ("W", "D", 2, 2, 2)
    assert row["Day"] == datetime(2024, 1, 1)


def test_no_sheet_of_any_workbook_holds_a_formula(tmp_path: Path) -> None:
    """Units, teams, shifts, groups, devices and folders named to do harm: every sheet, and every table in CSV."""
    plain = small_ward(own=1, agency=9.0, short=20, boarding=10)
    named = {'"W"': '"@W+1"', '"rn"': '"+rn"', '"D"': '"-D"', '"med"': '"@med"'}
    data = json.loads(re.sub("|".join(named), lambda found: named[found[0]], json.dumps(plain)))
    data["devices"] = {"-pump": {"owned": {"@W+1": 3}, "need": {"@med": 1}, "short_cost_per_day": 100}}
    data["name"] = EVIL
    for name in ("=one", "=two"):
        (tmp_path / name).mkdir()
        saved_plan(tmp_path / name, data)
    asked = CliRunner().invoke(main, ["replan", str(tmp_path / "=two"), "--event", "1 +rn sick 2024-01-02 -D at @W+1"])
    assert asked.exit_code == 0, asked.output
    shown = board(open_plan(tmp_path / "=two-replanned"), [open_plan(tmp_path / "=one")])
    book = load_workbook(io.BytesIO(EXPORTS["xlsx"].make(shown)))
    assert {"Changes", "Bed state", "Staffing grid", "Shortfalls", "Costs", "What ifs", "Devices"} <= set(
        book.sheetnames
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    harmful = [cell for cell in cells if isinstance(cell.value, str) and cell.value[0] in "=+-@"]
    assert len(harmful) > 20
    assert all(cell.quotePrefix for cell in harmful)
    archive = zipfile.ZipFile(io.BytesIO(EXPORTS["csv"].make(shown)))
    rows = [row for name in archive.namelist() for row in csv.reader(archive.read(name).decode().splitlines())]
    assert not [cell for row in rows for cell in row if re.match(r"[=@]|[+-](?!\d)", cell)]


def test_the_calendar_holds_a_shift_for_each_day(shown: Board) -> None:
    """Three days of a shift from 07:00 for 10 hours, two nurses each."""
    events = list(Calendar.from_ical(EXPORTS["ics"].make(shown)).walk("VEVENT"))
    assert len(events) == 3
    assert str(events[0]["summary"]) == "W D: 2 rn"
    assert (events[0].decoded("dtstart"), events[0].decoded("dtend")) == (
        datetime(2024, 1, 1, 7), datetime(2024, 1, 1, 17),
    )  # fmt: skip


def test_the_calendar_follows_the_clocks_of_the_hospital(tmp_path: Path) -> None:
    """07:00 in London is 07:00 universal time on 30 March 2024 and 06:00 on the 31st, when summer time began."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["horizon"] = {"start": "2024-03-30", "days": 2, "timezone": "Europe/London"}
    events = Calendar.from_ical(EXPORTS["ics"].make(board(saved_plan(tmp_path, data)))).walk("VEVENT")
    assert [each.decoded("dtstart") for each in events] == [
        datetime(2024, 3, 30, 7, tzinfo=UTC), datetime(2024, 3, 31, 6, tzinfo=UTC),
    ]  # fmt: skip


def test_a_calendar_of_one_team_holds_its_shifts_alone(tmp_path: Path) -> None:
    """Of nurses and assistants on three days, the assistants' three; a team that is not there is named."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["staff"]["hca"] = {**data["staff"]["rn"]}
    data["cover"].append({**data["cover"][0], "staff": "hca"})
    (tmp_path / "ward").mkdir()
    saved_plan(tmp_path / "ward", data)
    asked = ["export", str(tmp_path / "ward"), "--format", "ics", "-o", str(tmp_path / "hca.ics")]
    assert CliRunner().invoke(main, [*asked, "--staff", "hca"]).exit_code == 0
    events = Calendar.from_ical((tmp_path / "hca.ics").read_bytes()).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["W D: 2 hca"] * 3
    told = CliRunner().invoke(main, [*asked, "--staff", "hcca", "--force"])
    assert (told.exit_code, "no shift is of a staff group called hcca; there are rn, hca" in told.output) == (2, True)
    told = CliRunner().invoke(main, ["export", str(tmp_path / "ward"), "--staff", "hca"])
    assert (told.exit_code, "--staff and --unit go with --format ics or fhir" in told.output) == (2, True)


@pytest.mark.parametrize("form", ["ics", "fhir"])
def test_a_week_that_repeats_has_no_calendar(form: str, tmp_path: Path) -> None:
    """It has no dates, and the refusal says what to do."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["horizon"] = {"cycle": "week"}
    saved = saved_plan(tmp_path, data)
    with pytest.raises(Refused, match=r"has no dates: give horizon\.start for .*, or export xlsx"):
        EXPORTS[form].make(board(saved))
    files = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    with pytest.raises(BadQuestion, match=r"format: a plan of a cycle has no dates"):
        exported(files, form)


def resources(shown: Board) -> dict[str, list[Any]]:
    """The resources of the FHIR bundle by type, read back by the library that knows the standard."""
    found: dict[str, list[Any]] = {}
    for entry in Bundle.model_validate_json(EXPORTS["fhir"].make(shown)).entry:
        found.setdefault(type(entry.resource).__name__, []).append(entry.resource)
    return found


def test_the_bundle_holds_places_shifts_and_capacity(shown: Board) -> None:
    """A site, a ward and its 9 beds, of which 6 are filled; one schedule of three shifts; a report for each day."""
    found = resources(shown)
    kinds = Counter(place.physicalType.coding[0].code for place in found["Location"])
    assert kinds == {"si": 1, "wa": 1, "bd": 9}
    beds = Counter(bed.operationalStatus.code for bed in found["Location"] if bed.operationalStatus)
    assert beds == {"O": 6, "U": 3}
    assert [slot.status for slot in found["Slot"]] == ["busy"] * 3
    assert [slot.comment for slot in found["Slot"]] == ["D: 2 planned (2 own) of 2 needed"] * 3
    assert len(found["Schedule"]) == 1
    counts = {each.code.coding[0].code: each.count for each in found["MeasureReport"][0].group[0].population}
    assert (len(found["MeasureReport"]), counts) == (3, {"open": 9, "occupied": 6, "available": 3})


def test_every_reference_of_the_bundle_leads_to_something_in_it(shown: Board) -> None:
    """Beds to their ward, slots to their schedule, reports to their site."""
    text = EXPORTS["fhir"].make(shown).decode()
    there = {entry["fullUrl"].removeprefix(f"{BASE}/") for entry in json.loads(text)["entry"]}
    assert set(re.findall(r'"reference": ?"([^"]+)"', text)) <= there
    assert len(there) == len(json.loads(text)["entry"])


def test_shifts_that_lack_hours_are_free_to_take(tmp_path: Path) -> None:
    """Nobody is employed and a missing hour is cheaper than an agency's: every shift is open."""
    short = board(saved_plan(tmp_path, small_ward(own=0, agency=2.0, short=1, boarding=10)))
    assert {(slot.status, slot.comment) for slot in resources(short)["Slot"]} == {
        ("free", "D: 0 planned (nobody) of 2 needed; 20.0 hours short")
    }


def test_places_of_the_bundle_are_imported_again(shown: Board, tmp_path: Path) -> None:
    """9 beds, 9 open, 6 occupied, as they went out."""
    (tmp_path / "plan.fhir.json").write_bytes(EXPORTS["fhir"].make(shown))
    asked = ["import", str(tmp_path / "plan.fhir.json"), "-o", str(tmp_path / "again")]
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 0, told.output
    (_, row) = csv.reader((tmp_path / "again" / "beds.csv").read_text(encoding="utf-8").splitlines())
    assert row[1:] == ["9", "9", "6"]


def test_the_archive_holds_every_table(shown: Board, plan: Path) -> None:
    """Each as it stands in the folder, what is short and what is scarce included."""
    archive = zipfile.ZipFile(io.BytesIO(EXPORTS["csv"].make(shown)))
    assert set(archive.namelist()) == {path.name for path in plan.glob("*.csv")}
    assert {f"{name}.csv" for name in shown.saved.tables} <= set(archive.namelist())
    assert archive.read("beds.csv") == (plan / "beds.csv").read_bytes()


def test_a_plan_is_exported_once_unless_forced(plan: Path, tmp_path: Path) -> None:
    """The second time the file stands in the way and stays as it was."""
    target = tmp_path / "out.json"
    asked = ["export", str(plan), "--format", "json", "-o", str(target)]
    assert CliRunner().invoke(main, asked).exit_code == 0
    assert target.read_bytes() == (plan / "plan.json").read_bytes()
    again = CliRunner().invoke(main, asked)
    assert (again.exit_code, "exists; --force replaces it" in again.output) == (2, True)
    assert CliRunner().invoke(main, [*asked, "--force"]).exit_code == 0


def test_a_folder_without_a_plan_is_refused(tmp_path: Path) -> None:
    """And nothing is written."""
    asked = CliRunner().invoke(main, ["export", str(tmp_path), "-o", str(tmp_path / "out.html")])
    assert (asked.exit_code, "no plan folder, for it holds no plan.json" in asked.output) == (2, True)
    assert not list(tmp_path.iterdir())


def sheets_of(shown: Board) -> list[str]:
    """The text of every sheet of the PDF."""
    document = PdfDocument(EXPORTS["pdf"].make(shown))
    return [page.get_textpage().get_text_range() for page in document]


def test_the_sheets_say_what_the_page_says(shown: Board) -> None:
    """Cost, proof and the ward's name, which stays words."""
    (first, *_) = sheets_of(shown)
    assert "Cost 600: proven to be the least possible." in first
    assert EVIL in first
    assert "2/2" in first  # both nurses of a day's two


def test_the_sheets_are_a4(shown: Board) -> None:
    """Landscape, 297 by 210 mm, of 2.8346 points each."""
    (page, *_) = PdfDocument(EXPORTS["pdf"].make(shown))
    assert page.get_size() == pytest.approx((297 / 25.4 * 72, 210 / 25.4 * 72), abs=0.1)


def test_equal_plans_give_equal_sheets(shown: Board) -> None:
    """No clock and no chance goes in."""
    assert EXPORTS["pdf"].make(shown) == EXPORTS["pdf"].make(shown)


def test_chinese_names_are_printed(tmp_path: Path) -> None:
    """The ward of internal medicine in Chinese can be read off the sheet."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["units"]["W"]["name"] = "内科病房"
    assert "内科病房" in sheets_of(board(saved_plan(tmp_path, data)))[0]


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, plan: Path) -> Board:
    """The same ward with one nurse, held against it: 3 of her duties of 30 h a week, 3 more by the agency at 200."""
    folder = tmp_path_factory.mktemp("one") / "one-nurse"
    folder.mkdir()
    saved = saved_plan(folder, small_ward(own=1, agency=2.0, short=50, boarding=10))
    return board(saved, [open_plan(plan)])


def test_plans_side_by_side_lead_from_one_cost_to_the_other(beside: Board) -> None:
    """600 less three own duties of 100 and three of the agency's at 200 are 900."""
    first, last = beside.options
    assert (first.total, last.total) == (600.0, 900.0)
    assert [(step.item, step.start, step.money) for step in steps(first, last)] == [
        ("staff.agency", 600.0, 600.0), ("staff.own", 1200.0, -300.0),
    ]  # fmt: skip


def test_the_page_and_the_sheets_show_why_a_plan_costs_more(beside: Board) -> None:
    """The difference of 300 stands in both, the bars in the page."""
    text, page = page_of(beside)
    assert "+300" in text
    assert "from published to one-nurse" in text
    assert "#beside" in page.fetched
    assert "+300" in "".join(sheets_of(beside))


def test_shares_differ_by_points() -> None:
    """100 % of the hours filled in one plan and 95.8 % in the other: 4.2 points fewer, which is not 4.2 %."""
    rows = beside_rows(
        [Option(name, {}, {}, {"fill_rate": fill}, None, 0) for name, fill in (("a", 1.0), ("b", 0.958))]
    )
    filled = next(row for row in rows if row.name == "hours filled")
    assert (filled.values, filled.difference) == (("100.0 %", "95.8 %"), "-4.2 points")


def test_the_page_stays_under_300_kb(beside: Board) -> None:
    """Of 40 units over 28 days too, with two staff groups on three shifts in each: 6,720 cells of shifts."""
    days = tuple(f"2024-01-{day:02d}" for day in range(1, 29))
    row, full = beside.staffing.rows[0], beside.occupancy
    rows = tuple(replace(row, cells=(row.cells[0],) * 28) for _ in range(240))
    large = replace(
        beside,
        staffing=replace(beside.staffing, days=days, rows=rows, care=beside.staffing.care * 40),
        occupancy=Occupancy(full.units * 40, days, ((full.cells[0][0],) * 28,) * 40),
        beds=beside.beds * 40,
    )
    assert len(page_of(large)[0].encode()) < 300_000


def test_a_replanned_plan_says_who_is_to_be_told(tmp_path: Path) -> None:
    """Of two nurses of 2 January one is sick: the third comes in her place, which is one change."""
    published = tmp_path / "ward"
    published.mkdir()
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    saved_plan(published, data)
    asked = CliRunner().invoke(main, ["replan", str(published), "--event", "1 rn sick 2024-01-02 D at W"])
    assert asked.exit_code == 0, asked.output
    asked = CliRunner().invoke(main, ["export", str(tmp_path / "ward-replanned"), "-o", str(tmp_path / "r.html")])
    assert asked.exit_code == 0, asked.output
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "What happened: 1 rn sick at W, D of Tue 2 Jan" in text
    assert "1 own rn more (now 2, was 1)" in text


def test_changes_that_were_edited_are_refused(tmp_path: Path, plan: Path) -> None:
    """The file and the line are named."""
    header = "what,place,who,contract,shift,day,before,absent,after,changes"
    (tmp_path / "changes.csv").write_text(f"{header}\nshift,W,rn\n", encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"changes\.csv: line 2: can't be read; replan again"):
        changes(tmp_path)


def test_the_command_offers_every_format() -> None:
    """What it lists without loading is what there is."""
    assert tuple(EXPORTS) == FORMATS
