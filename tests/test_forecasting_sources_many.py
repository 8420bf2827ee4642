"""Many series in one table: the columns are told apart, a bad series does not stop the rest, rows may stream."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from forecasting import HistoryError
from forecasting.sources import TableSource
from forecasting.sources_layout import Layout, SeriesSource
from forecasting.sources_many import SeriesRead, chosen, read_series

FIRST = date(2023, 1, 2)
WINTERS = Path(__file__).parent / "data" / "history" / "winters.csv"


def written(folder: Path, header: str, rows: list[str]) -> Path:
    path = folder / "many.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def long_rows(count: int = 30) -> list[str]:
    """Two trusts by day: 1, 2, ... patients in A of 100 beds, 50 in B."""
    return [
        f"{trust},{FIRST + timedelta(days=at)},{at + 1 if trust == 'A' else 50},100"
        for at in range(count)
        for trust in ("A", "B")
    ]


def opened(path: Path, **options: object) -> tuple[Layout, list[SeriesRead]]:
    found = read_series(SeriesSource(TableSource(path), **options))
    return found.layout, list(found.series)


def test_a_long_table_is_a_series_for_each_owner_and_count(tmp_path):
    """Neither column is named: the dates come twice, and the trust tells the rows apart."""
    layout, series = opened(written(tmp_path, "trust,date,beds_occ,beds_open", long_rows()))
    assert (layout.time, layout.by, layout.counts) == ("date", ("trust",), ("beds_occ", "beds_open"))
    assert [one.name for one in series] == ["A beds_occ", "A beds_open", "B beds_occ", "B beds_open"]
    assert series[0].recording.values.tolist() == [float(at + 1) for at in range(30)]


def test_a_wide_table_is_a_series_for_each_column(tmp_path):
    """No owner: the dates alone tell the rows apart."""
    rows = [f"{FIRST + timedelta(days=at)},{at},{2 * at}" for at in range(30)]
    layout, series = opened(written(tmp_path, "date,north,south", rows))
    assert layout.by == ()
    assert [one.name for one in series] == ["north", "south"]


def test_two_columns_may_say_whose_a_row_is(tmp_path):
    """Site and kind together; neither alone."""
    rows = [
        f"{FIRST + timedelta(days=at)},{site},{kind},5"
        for at in range(30)
        for site in ("N", "S")
        for kind in ("1", "2")
    ]
    layout, series = opened(written(tmp_path, "date,site,kind,seen", rows))
    assert layout.by == ("site", "kind")
    assert len(series) == 4


def test_patients_are_held_to_the_beds_of_like_name(tmp_path):
    """Day 101 has 101 patients in 100 beds: dropped, with a note in A alone."""
    _, series = opened(written(tmp_path, "trust,date,beds_occ,beds_open", long_rows(101)))
    assert [fault.kind for fault in series[0].recording.faults] == ["rows with more patients than beds"]
    assert series[0].recording.usable == 100


def test_what_explains_is_told_from_what_is_counted(tmp_path):
    """Temperatures may lie below nothing; a flag is no count."""
    rows = [f"{FIRST + timedelta(days=at)},{at + 5},{at - 10},{at % 2}" for at in range(30)]
    layout, series = opened(written(tmp_path, "date,arrivals,temperature,match", rows))
    assert (layout.counts, layout.covariates) == (("arrivals",), ("temperature", "match"))
    assert series[1].recording.values[0] == -10.0


def test_hours_in_a_column_of_their_own_are_found(tmp_path):
    """Date and hour together are the time."""
    rows = [f"{FIRST + timedelta(days=at // 24)},{at % 24},{at % 7}" for at in range(24 * 20)]
    layout, series = opened(written(tmp_path, "date,hour,arrivals", rows))
    assert (layout.hour, layout.by) == ("hour", ())
    assert series[0].recording.step.name == "hour"


def test_a_series_without_values_does_not_stop_the_rest(tmp_path):
    """B never reports; A is read all the same."""
    rows = [row.replace(",50,", ",,") for row in long_rows()]
    _, series = opened(written(tmp_path, "trust,date,beds_occ,beds_open", rows))
    bad = next(one for one in series if one.name == "B beds_occ")
    assert bad.recording is None
    assert bad.problem == "no usable value in 'B beds_occ'"
    assert series[0].recording is not None


def test_a_table_of_stays_is_no_history(tmp_path):
    """No column of dates: the message says what a history is."""
    with pytest.raises(HistoryError, match="holds no column of dates such as 2023-03-13"):
        opened(written(tmp_path, "age_band,days_in", ["[0-10),1", "[10-20),3"] * 20))


def test_rows_can_be_picked(tmp_path):
    """Only trust B."""
    _, series = opened(written(tmp_path, "trust,date,beds_occ,beds_open", long_rows()), where=(("trust", "B"),))
    assert {one.recording.values[0] for one in series} == {50.0, 100.0}


def test_more_rows_than_are_held_are_read_as_a_stream(tmp_path, monkeypatch):
    """With room for 40 of 60 rows, trust after trust: both come through whole."""
    monkeypatch.setattr("forecasting.sources_many.MOST_GROUPED", 40)
    path = written(tmp_path, "trust,date,seen", sorted(row.rpartition(",")[0] for row in long_rows()))
    _, series = opened(path, by=("trust",), columns=("seen",))
    assert [(one.owner, one.recording.usable) for one in series] == [("A", 30), ("B", 30)]


def test_a_stream_that_mixes_its_series_is_refused(tmp_path, monkeypatch):
    """Day after day instead of trust after trust: the cure is told."""
    monkeypatch.setattr("forecasting.sources_many.MOST_GROUPED", 40)
    path = written(tmp_path, "trust,date,seen", [row.rpartition(",")[0] for row in long_rows()])
    with pytest.raises(HistoryError, match="do not stand together; sort it by trust"):
        opened(path, by=("trust",), columns=("seen",))


def test_names_pick_series_by_owner_or_column():
    """`A` is every count of A, `beds` that of every trust."""
    names = ["A beds", "A staff", "B beds"]
    assert chosen(names, ["A"]) == {"A beds", "A staff"}
    assert chosen(names, ["beds"]) == {"A beds", "B beds"}


def test_a_name_that_picks_nothing_is_met_with_the_nearest():
    """`bed` is a slip for `beds`."""
    with pytest.raises(HistoryError, match=r"no series is called 'bed'; did you mean beds\?"):
        chosen(["A beds"], ["bed"])


def test_the_traps_of_a_real_series_are_all_named():
    """Weekdays only in the first winter, seven months missing each year, two empty cells."""
    _, series = opened(WINTERS)
    kinds = {fault.kind for one in series for fault in one.recording.faults}
    assert {"gaps in the days", "cuts into pieces", "rows without a value"} <= kinds
