"""What everybody may see: no count of one to seven, and none that could be reckoned from what is shown."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from optimizer.disclosure import Shown, disclosed, small
from tests.command import run
from tests.service_front import Front, front
from tests.small_ward import saved_plan, small_ward

COUNTS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 5, 7, 8, 9, 12, 20, 31]), min_size=width, max_size=width),
        min_size=1, max_size=4,
    )
)  # fmt: skip


def whole(counts: list[list[int]]) -> np.ndarray:
    """A table with its totals."""
    table = np.array(counts)
    table = np.vstack([table, table.sum(axis=0)])
    return np.hstack([table, table.sum(axis=1, keepdims=True)])


def ranges(shown: Shown) -> Iterator[tuple[int, int, float, float]]:
    """What an attacker finds for every cell held back: its place, the least and the most that it can be.

    She knows what is shown, that rows and columns add up, and that what is held back is one or more. The equations are
    those of a network, whose extreme points are whole: least and most are whole numbers that the cell can be.
    """
    cells = shown.cells
    held = {place: at for at, place in enumerate(
        (row, to) for row, line in enumerate(cells) for to, cell in enumerate(line) if cell is None
    )}  # fmt: skip
    if not held:
        return
    rows, right = [], []
    for line in [*_lines(len(cells), len(cells[0]))]:
        row, known = np.zeros(len(held)), 0.0
        for place, sign in line:
            if place in held:
                row[held[place]] = sign
            else:
                known += sign * (cells[place[0]][place[1]] or 0)
        rows.append(row)
        right.append(-known)
    for (at, to), number in held.items():
        goal = np.zeros(len(held))
        goal[number] = 1.0
        least, most = (
            linprog(sign * goal, A_eq=np.array(rows), b_eq=right, bounds=(1, 10_000), method="highs")
            for sign in (1, -1)
        )
        assert least.status == most.status == 0
        yield at, to, round(least.fun), -round(most.fun)


def _lines(height: int, width: int) -> Iterator[list[tuple[tuple[int, int], int]]]:
    """Every sum: the cells of a row less its total, and so for columns."""
    for row in range(height):
        yield [((row, to), 1 if to < width - 1 else -1) for to in range(width)]
    for to in range(width):
        yield [((row, to), 1 if row < height - 1 else -1) for row in range(height)]


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_no_count_held_back_can_be_reckoned(counts: list[list[int]]) -> None:
    """Small or not, a total or not: to whoever adds and subtracts it could be two numbers at least."""
    assert [each for each in ranges(disclosed(counts)) if each[2] >= each[3]] == []


@settings(max_examples=200, deadline=None)
@given(COUNTS)
def test_what_is_shown_is_true_and_never_small(counts: list[list[int]]) -> None:
    """Every count that is shown is the one there is, no nought is held back, and none from one to seven is shown."""
    true = whole(counts)
    for row, line in enumerate(disclosed(counts).cells):
        for to, cell in enumerate(line):
            assert cell in (None, true[row, to])
            assert (cell is None) or not small(cell)
            assert cell == 0 or true[row, to] != 0


def test_a_table_without_small_counts_is_shown_whole() -> None:
    """8 and 12 are 20, 9 and 10 are 19."""
    assert disclosed([[8, 12], [9, 10]]).cells == ((8, 12, 20), (9, 10, 19), (17, 22, 39))


def test_the_least_besides_is_held_back() -> None:
    """Of a 3 in a table of three by three the 9 beside it, and the 10 and 11 that close the square; totals stand."""
    shown = disclosed([[3, 9, 50], [10, 11, 60], [70, 80, 90]]).cells
    assert shown == ((None, None, 50, 62), (None, None, 60, 81), (70, 80, 90, 240), (83, 100, 200, 383))


def test_a_lonely_small_count_takes_its_totals_along() -> None:
    """Nothing else could hide it: row, column and all are held back with it."""
    assert disclosed([[5]]).cells == ((None, None), (None, None))
    assert disclosed([[5, 0], [0, 0]]).cells == ((None, 0, None), (0, 0, 0), (None, 0, None))


def test_ones_that_hold_each_other_are_not_enough() -> None:
    """Four ones whose totals of 2 were shown would all be known to be 1; the totals are small and held back too."""
    assert disclosed([[1, 1], [1, 1]]).held == 9


def test_an_empty_table_is_empty() -> None:
    """No rows: a total of nothing."""
    assert disclosed([]).cells == ((0,),)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of two wards, of 6 and 30 patients, and the nurses they need."""
    folder = tmp_path_factory.mktemp("plan")
    data = deepcopy(small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0))
    data["name"] = "=1+1<b>"
    data["units"]["V"] = {"beds": 40, "cares_for": ["old"]}
    data["patients"]["old"] = {"demand": {"census": 30}, "boarding_cost_per_day": 1000.0}
    data["staff"]["rn"]["own"]["V"] = 10
    data["cover"].append({"unit": "V", "staff": "rn", "patients_per_person": 3, "during": ["D"]})
    saved_plan(folder, data)
    return folder


def test_small_wards_and_teams_are_held_back_in_every_format(plan: Path, tmp_path: Path) -> None:
    """W's 6 patients of each day, and V's 30, from which they could be reckoned; the 12 duties of a day are shown."""
    for form in ("json", "csv", "html"):
        done = run("export", plan, "--public", "--format", form, "-o", tmp_path / form)
        assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    assert set(told) == {"name", "note", "patients", "duties"}  # one open bed would tell of the one who lies in it
    days = [each for each in told["patients"] if each["day"] != "all" and each["unit"] in "WV"]
    assert [each["count"] for each in days] == [None] * 6
    assert {each["count"] for each in told["duties"] if each["day"] != "all"} == {12}
    with zipfile.ZipFile(io.BytesIO((tmp_path / "csv").read_bytes())) as archive:
        table = list(csv.reader(io.StringIO(archive.read("patients.csv").decode())))
    assert table[1][:4] == ["W", "*", "*", "*"]
    page = (tmp_path / "html").read_text(encoding="utf-8")
    assert "<td>*</td>" in page
    assert "<b>" not in page


def test_what_tells_more_is_no_format_for_everybody(plan: Path, tmp_path: Path) -> None:
    """A workbook, a calendar, or a plan held against another: exit 2 with the formats there are, and no file."""
    for words in (("--format", "xlsx"), ("--format", "ics"), ("--format", "html", "--beside", plan)):
        done = run("export", plan, "--public", *words, "-o", tmp_path / "x")
        assert (done.exit_code, "--public takes --format html, csv, json" in done.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service."""
    with front("sqlite", tmp_path_factory.mktemp("store")) as found:
        yield found


def test_the_service_exports_for_everybody_too(service: Front) -> None:
    """The 6 patients of each day are held back; the audit tells it from an export of all there is."""
    job = service.planned(small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0))
    path = f"/v1/plans/{job['id']}/export"
    answer = service.ask("GET", path, params={"public": "true", "format": "json"})
    assert answer.headers["Content-Disposition"].endswith('.public.json"')
    assert {each["count"] for each in answer.json()["patients"] if each["day"] != "all"} == {None}
    assert service.get("/v1/audit")["items"][0]["what"] == "public export"
    for params in ({"public": "true", "format": "ics"}, {"public": "yes"}):
        assert service.ask("GET", path, params=params).json()["code"] == "bad-question"
