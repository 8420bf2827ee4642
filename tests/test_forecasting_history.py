"""Reading a history: faults are cured with a note that names their place, and only a useless history is refused."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting import HistoryError, HistorySource, UnusableHistory, history_from_values, read_history

WINTERS = Path(__file__).parent / "data" / "history" / "winters.csv"
FIRST = date(2023, 1, 2)


def write(folder: Path, *rows: str, days: int = 14, header: str = "date,occupied,beds") -> Path:
    """A CSV of `days` sound days (20, 21, ... patients in 60 beds) from 2 January 2023, then the given rows."""
    sound = [f"{FIRST + timedelta(days=day)},{20 + day},60" for day in range(days)]
    path = folder / "occupied.csv"
    path.write_text("\n".join([header, *sound, *rows]) + "\n", encoding="utf-8")
    return path


def read(path: Path, **options: object) -> tuple[np.ndarray, list[str]]:
    """Values and notes (as text) of the column `occupied`."""
    history = read_history(HistorySource(path, "occupied", **options))
    return history.values, [str(note) for note in history.notes]


def test_a_sound_file_is_read_without_notes(tmp_path):
    """Fourteen good days are a history of one piece."""
    history = read_history(HistorySource(write(tmp_path), "occupied"))
    assert history.values.tolist() == [20.0 + day for day in range(14)]
    assert (history.notes, history.usable_days) == ((), 14)
    assert history.pieces == ((date(2023, 1, 2), date(2023, 1, 15)),)


def test_a_byte_order_mark_is_tolerated(tmp_path):
    """A file saved by a spreadsheet begins with a mark that is no part of the first column's name."""
    path = write(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read(path)[0]) == 14


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "no value on 2023-01-16; taken as missing"),
        ("NA", "no value on 2023-01-16; taken as missing"),
        ("many", "'many' on 2023-01-16 is not a number; taken as missing"),
        ("-3", "-3 on 2023-01-16 is negative; taken as missing"),
        ("inf", "inf on 2023-01-16 is not finite; taken as missing"),
    ],
)
def test_a_cell_that_is_no_count_is_missing_with_its_place(tmp_path, cell, reason):
    """Header and 14 days fill lines 1 to 15, the date ten characters and a comma: the cell is at 16:12."""
    values, notes = read(write(tmp_path, f"2023-01-16,{cell},60", "2023-01-17,30,60"))
    assert notes == [f"occupied.csv:16:12  warning: {reason}"]
    assert np.isnan(values[14])
    assert values[15] == 30.0


def test_an_impossible_row_is_dropped(tmp_path):
    """1338 patients do not fit 781 beds."""
    path = write(tmp_path, "2023-01-16,1338,781", "2023-01-17,30,60")
    values, notes = read(path, capacity_column="beds")
    expected = "1338 patients in 781 beds on 2023-01-16; row dropped (impossible_rows: cap keeps it)"
    assert notes == [f"occupied.csv:16:12  warning: {expected}"]
    assert np.isnan(values[14])


def test_an_impossible_row_is_capped_where_declared(tmp_path):
    """With `cap` the beds are what is kept."""
    values, notes = read(write(tmp_path, "2023-01-16,1338,781"), capacity_column="beds", impossible_rows="cap")
    assert values[14] == 781.0
    assert any(note.endswith("capped at 781") for note in notes)


def test_of_a_doubled_day_the_last_value_counts(tmp_path):
    """The later row is the correction; the note names both lines."""
    values, notes = read(write(tmp_path, "2023-01-15,40,60"))
    assert values[13] == 40.0
    assert notes == ["occupied.csv:16:12  warning: 2023-01-15 was given before at line 15; 40 is kept"]


def test_a_doubled_day_without_a_value_loses_nothing(tmp_path):
    """An empty second row does not erase the first: 33 patients on the fourteenth day."""
    assert read(write(tmp_path, "2023-01-15,,60"))[0][13] == 33.0


def test_rows_out_of_order_are_put_in_order(tmp_path):
    """1 January comes last in the file and first in the series."""
    values, notes = read(write(tmp_path, "2023-01-01,40,60"))
    assert values[0] == 40.0
    assert notes == ["occupied.csv:16:1  warning: 2023-01-01 comes after 2023-01-15; rows put in order"]


def test_a_row_without_a_date_is_dropped(tmp_path):
    """Nothing guesses whether 16/01/2023 is a day or a month first."""
    values, notes = read(write(tmp_path, "16/01/2023,40,60"))
    assert len(values) == 14
    assert notes == ["occupied.csv:16:1  warning: '16/01/2023' is not a date such as 2023-03-13; row dropped"]


def test_many_equal_faults_are_one_note(tmp_path):
    """Five empty cells (lines 16 to 20) are counted, not listed; line 21 ends the piece."""
    rows = [f"2023-01-{day},,60" for day in range(16, 21)]
    _, notes = read(write(tmp_path, *rows, "2023-01-21,30,60"))
    first = "no value on 2023-01-16; taken as missing"
    assert notes == [
        f"occupied.csv:16:12  warning: 5 rows without a value, at lines 16, 17, 18 and on; the first: {first}"
    ]


def test_a_long_gap_begins_a_new_piece(tmp_path):
    """From 15 January to 1 April: 75 days between, more than four weeks."""
    history = read_history(HistorySource(write(tmp_path, "2023-04-01,30,60"), "occupied"))
    assert history.pieces[1] == (date(2023, 4, 1), date(2023, 4, 1))
    assert [note.message for note in history.notes] == [
        "no usable value for 75 days before 2023-04-01; the series goes on as a new piece"
    ]


def test_where_picks_one_series_of_several(tmp_path):
    """Only rows of trust B count."""
    rows = [
        f"{FIRST + timedelta(days=day)},{size},{trust}" for day in range(14) for trust, size in (("A", 1), ("B", 2))
    ]
    path = write(tmp_path, *rows, days=0, header="date,occupied,trust")
    assert read(path, where=(("trust", "B"),))[0].tolist() == [2.0] * 14


def test_several_series_in_one_file_are_suspected(tmp_path):
    """Every day twice: the reader is told of `where`."""
    path = write(tmp_path, *[f"{FIRST + timedelta(days=day)},5,60" for day in range(14)])
    assert any("of which `where` picks one" in note for note in read(path)[1])


def test_a_real_series_is_read_in_its_pieces():
    """Six winters with weekdays only in the first: 643 rows, 2 of them without a value, one note a kind."""
    history = read_history(HistorySource(WINTERS, "ga_occ", capacity_column="ga_open"))
    assert (history.usable_days, len(history.pieces)) == (641, 6)
    assert sum("gaps in the days" in note.message for note in history.notes) == 1
    assert sum("new piece" in note.message for note in history.notes) == 5


def test_a_missing_file_is_an_error(tmp_path):
    """The message names the file and the reason."""
    with pytest.raises(HistoryError, match=r"^none\.csv:1:1  cannot be opened: No such file"):
        read_history(HistorySource(tmp_path / "none.csv", "occupied"))


def test_a_missing_column_is_an_error_with_a_hint(tmp_path):
    """A typing slip is met with the nearest name."""
    with pytest.raises(HistoryError, match=r"^occupied\.csv:1:1  has no column 'ocupied'; did you mean occupied\?$"):
        read_history(HistorySource(write(tmp_path), "ocupied"))


def test_text_that_is_not_utf8_is_an_error(tmp_path):
    """Byte 0xff begins no UTF-8 text."""
    path = tmp_path / "occupied.csv"
    path.write_bytes(b"date,occupied\n\xff")
    with pytest.raises(HistoryError, match=r"is not UTF-8 text \(byte 14\)"):
        read_history(HistorySource(path, "occupied"))


def test_too_few_usable_days_are_an_error(tmp_path):
    """Thirteen days do not show every weekday twice."""
    with pytest.raises(UnusableHistory, match="13 usable days in 'occupied', but at least 14 are needed"):
        read_history(HistorySource(write(tmp_path, days=13), "occupied"))


def test_a_gap_is_an_error_where_gaps_are_refused(tmp_path):
    """The place is the first value after the gap."""
    path = write(tmp_path, "2023-01-18,30,60")
    with pytest.raises(HistoryError, match=r"^occupied\.csv:16:12  no usable value between 2023-01-15 and 2023-01-18"):
        read_history(HistorySource(path, "occupied", missing="refuse"))


def test_values_given_in_place_are_a_history():
    """None is a missing day; the line counts the values."""
    history = history_from_values("icu", FIRST, [5, None, *range(13)])
    assert history.usable_days == 14
    assert [str(note) for note in history.notes] == ["icu:2:1  warning: no value on 2023-01-03; taken as missing"]
