"""What pages and workbooks show of a plan: bed states, occupancy, shifts, devices and fans, recounted by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.documents import plan_files
from api.views.beds import Filling, bed_states, occupancy
from api.views.board import Board, board
from api.views.devices import device_rows
from api.views.fan import Planned, fans
from api.views.levels import SIGNS, Level, level_of
from optimizer.making import make_plan
from optimizer.readings import Readings
from optimizer.saved import PlanFolderError, SavedPlan, open_plan
from optimizer.scenario.files import open_scenario
from tests.small_ward import saved_plan, small_ward

HANDOVER = {
    **small_ward(own=0, agency=2.0, short=1.0, boarding=10),
    "shifts": {"D": {"start": "07:00", "hours": 13}, "N": {"start": "19:00", "hours": 13}},
    "cover": [{"unit": "W", "staff": "rn", "patients_per_person": {"D": 2, "N": 6}}],
}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> SavedPlan:
    """6 patients in 9 beds need 2 nurses; 3 own ones work 9 duties of the 6 needed."""
    return saved_plan(tmp_path_factory.mktemp("ward"), small_ward(own=3, agency=2.0, short=50, boarding=10))


def read(saved: SavedPlan) -> Readings:
    """The plan's tables as arrays."""
    return Readings(saved.case, saved.tables)


def test_a_unit_has_its_open_beds_less_its_patients_to_spare(ward: SavedPlan) -> None:
    """9 beds and 6 patients leave 3, at every hour asked for."""
    (state,) = bed_states(read(ward))
    assert (state.unit, state.open_beds, state.net, state.boarded) == ("W", 9.0, 3.0, 0.0)
    assert state.expected == (6.0, 6.0, 6.0, 6.0)
    assert state.level is Level.GOOD  # 6 / 9 is two thirds


def test_patients_past_the_end_of_the_plan_are_not_told(tmp_path: Path) -> None:
    """Of one day, 24 and 48 hours ahead lie outside."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10) | {"horizon": {"start": "2024-01-01", "days": 1}}
    (state,) = bed_states(read(saved_plan(tmp_path, data)))
    assert state.expected == (6.0, 6.0, None, None)


def test_who_is_in_now_is_none_where_the_scenario_does_not_say(ward: SavedPlan) -> None:
    """An empty ward and an unknown one are different things."""
    assert bed_states(read(ward))[0].occupied is None


def test_patients_without_a_bed_wait_and_the_unit_is_told_first(tmp_path: Path) -> None:
    """Of 6 patients 2 have no bed in 4 beds; the roomy unit comes after."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["units"] = {"A": {"beds": 9, "cares_for": ["few"]}, "W": {"beds": 4, "cares_for": ["med"]}}
    data["patients"]["few"] = {"demand": {"census": 1}, "boarding_cost_per_day": 10}
    full, roomy = bed_states(read(saved_plan(tmp_path, data)))
    assert (full.unit, full.net, full.boarded, full.level) == ("W", 0.0, 2.0, Level.TIGHT)
    assert (roomy.unit, roomy.net) == ("A", 8.0)


def test_occupancy_is_patients_over_open_beds(ward: SavedPlan) -> None:
    """6 of 9 on each of three days."""
    full = occupancy(read(ward))
    assert full.days == ("2024-01-01", "2024-01-02", "2024-01-03")
    assert [cell.share for cell in full.cells[0]] == pytest.approx([2 / 3] * 3)


def test_a_unit_closed_for_a_day_has_no_share(tmp_path: Path) -> None:
    """No open bed is no hundred per cent."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    data["units"]["W"]["closures"] = [{"beds": 9, "from": "2024-01-02", "to": "2024-01-02"}]
    assert [cell.share is None for cell in occupancy(read(saved_plan(tmp_path, data))).cells[0]] == [False, True, False]


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.849, Level.GOOD), (0.85, Level.BUSY), (0.92, Level.TIGHT), (1.0, Level.TIGHT), (1.001, Level.FULL)],
)
def test_levels_begin_where_they_say(share: float, level: Level) -> None:
    """85 and 92 % of open beds, and more than all of them."""
    assert level_of(share) is level


@pytest.mark.parametrize(
    ("share", "percent"), [(0.8496, 84), (0.85, 85), (0.9199, 91), (1.0, 100), (1.001, 101), (0.29, 29), (None, None)]
)
def test_a_share_in_per_cent_never_seems_to_pass_an_edge_that_it_does_not(
    share: float | None, percent: int | None
) -> None:
    """84.96 % is not yet busy, so it reads 84; a patient more than beds reads more than 100."""
    assert Filling(0.0, 0.0, share, None).percent == percent


def test_no_two_levels_share_a_sign() -> None:
    """They are told apart without colour."""
    assert len(set(SIGNS.values())) == len(SIGNS) == len(Level)


def test_a_shift_shows_who_is_there_of_who_is_needed(ward: SavedPlan) -> None:
    """6 patients at 3 each need 2 nurses, all own; nothing is short."""
    (row,) = board(ward).staffing.rows
    assert (row.unit, row.staff, row.shift, row.fill) == ("W", "rn", "D", 1.0)
    assert all((cell.there, cell.needed, cell.short_hours, cell.red) == (2.0, 2.0, 0.0, False) for cell in row.cells)
    assert all(cell.by_contract == (2.0, 0.0, 0.0, 0.0) for cell in row.cells)


def test_an_hour_of_handover_does_not_make_a_night_need_a_days_team(tmp_path: Path) -> None:
    """Days 07:00 to 20:00 need 6 / 2 = 3, nights 19:00 to 08:00 6 / 6 = 1: two of a night's 13 hours need 3."""
    rows = board(saved_plan(tmp_path, HANDOVER)).staffing.rows
    assert [(row.shift, {cell.needed for cell in row.cells}) for row in rows] == [("D", {3.0}), ("N", {1.0})]


def test_a_shift_that_lacks_both_nurses_is_red(tmp_path: Path) -> None:
    """Nobody is employed and a missing hour is cheaper than an agency's: 2 nurses of 10 hours are short."""
    data = small_ward(own=0, agency=2.0, short=1, boarding=10)
    data["staff"]["rn"]["registered"] = True
    (row,) = board(saved_plan(tmp_path, data)).staffing.rows
    assert row.fill == 0.0
    assert all((cell.short_hours, cell.red) == (20.0, True) for cell in row.cells)


def test_care_hours_are_hours_worked_a_patient_day(ward: SavedPlan) -> None:
    """2 nurses of 10 hours for 6 patients are 20 / 6 hours."""
    (care,) = board(ward).staffing.care
    assert care.care_hours_per_patient_day == pytest.approx(20 / 6)


def test_devices_are_needed_rented_and_short_by_day(tmp_path: Path) -> None:
    """6 patients need 6 pumps; 3 are owned and 2 rented, so that 1 is short."""
    data = small_ward(own=3, agency=2.0, short=50, boarding=1000)
    data["devices"] = {
        "pump": {
            "owned": {"W": 3}, "need": {"med": 1}, "short_cost_per_day": 100,
            "rent": {"cost_per_day": 5, "at_most": 2},
        }
    }  # fmt: skip
    (row,) = device_rows(read(saved_plan(tmp_path, data)))
    assert (row.device, row.site) == ("pump", "main")
    assert [(day.needed, day.rented, day.short) for day in row.days] == [(6.0, 2.0, 1.0)] * 3


def kept(*levels: float, rows: list[list[float]]) -> dict[str, object]:
    """What forecast.json keeps of one series."""
    return {"committed_days": 2, "levels": list(levels), "series": [{"name": "beds", "mean": [], "quantiles": rows}]}


def test_a_fan_has_a_band_for_each_pair_of_quantiles() -> None:
    """The tenth and the ninetieth bound the 80 %; only committed days are shown."""
    (fan,) = fans(kept(0.1, 0.5, 0.9, rows=[[8, 10, 12], [7, 9, 11], [0, 0, 0]]), ("mon", "tue"), [(0, Planned(1.0))])
    (band,) = fan.bands
    assert (band.percent, band.low, band.high, fan.median) == (80, (8.0, 7.0), (12.0, 11.0), (10.0, 9.0))
    assert fan.over is None


def test_the_chance_of_passing_the_capacity_lies_between_quantiles() -> None:
    """11 beds lie half way from the median 10 to the 90 % quantile 12: 70 % below, so 30 % above; never under 10 %."""
    (fan,) = fans(kept(0.1, 0.5, 0.9, rows=[[8, 10, 12], [7, 9, 10]]), ("mon", "tue"), [(0, Planned(1.0, 11.0))])
    assert fan.over == pytest.approx((0.3, 0.1))


def test_what_is_no_forecast_has_no_fan() -> None:
    """Plans of given demand keep none."""
    assert fans({}, ("mon",), [(0, Planned(1.0))]) == ()


def test_a_fan_shows_the_part_of_a_series_that_is_planned_for(tmp_path: Path) -> None:
    """A ward that takes half of a series of 6 and 7 patients is shown half of them, past and future, for its 9 beds."""
    whole, half = (_foreseen(tmp_path / name, share).fans[0] for name, share in (("whole", 1.0), ("half", 0.5)))
    assert (whole.capacity, half.capacity) == (9.0, 9.0)
    assert half.median == pytest.approx([value / 2 for value in whole.median])
    assert (whole.past[-2:], half.past[-2:]) == ((6.0, 7.0), (3.0, 3.5))


def test_an_uplift_lifts_what_is_foreseen_and_not_what_was_counted() -> None:
    """A tenth more than the 10 foreseen is 11; the 8 of yesterday were 8 all the same."""
    told = kept(0.1, 0.5, 0.9, rows=[[8, 10, 12], [7, 9, 11]])
    told["series"][0]["past"] = [7.0, 8.0]  # type: ignore[index]
    (fan,) = fans(told, ("mon", "tue"), [(0, Planned(1.1, counted=1.0))])
    assert fan.median == pytest.approx((11.0, 9.9))
    assert fan.past == (7.0, 8.0)


def test_the_uplift_of_a_scenario_leaves_its_past_as_it_was(tmp_path: Path) -> None:
    """Half of 6 and 7 patients by turns, a fifth more of them foreseen: the past is 3 and 3.5 still."""
    plain, more = (_foreseen(tmp_path / name, 0.5, uplift=lift).fans[0] for name, lift in (("plain", 0), ("more", 0.2)))
    assert more.median == pytest.approx([value * 1.2 for value in plain.median])
    assert more.past == plain.past
    assert more.past[-2:] == (3.0, 3.5)


def test_a_ward_that_others_call_home_too_is_no_capacity_of_a_series(tmp_path: Path) -> None:
    """Stated patients lie in the same nine beds: the series has none for itself."""
    assert [fan.capacity for fan in _foreseen(tmp_path / "shared", 1.0, also={"demand": {"census": 1}}).fans] == [None]


def _foreseen(folder: Path, share: float, also: Mapping[str, object] | None = None, uplift: float = 0) -> Board:
    """A ward of 9 beds whose patients are foreseen from 60 days."""
    folder.mkdir()
    data = small_ward(own=3, agency=2.0, short=50, boarding=10)
    first = date(2023, 11, 2)
    days = "\n".join(f"{first + timedelta(days=day)},{6 + day % 2}" for day in range(60))
    (folder / "source").mkdir()
    (folder / "source" / "beds.csv").write_text(f"date,beds\n{days}\n", encoding="utf-8")
    history = {"file": "beds.csv", "column": "beds"}
    data["patients"]["med"]["demand"] = {"history": history, "share": share, "uplift": uplift}
    if also is not None:
        data["patients"]["guest"] = {**data["patients"]["med"], **also}
        data["units"]["W"]["cares_for"] = ["med", "guest"]
    (folder / "source" / "ward.json").write_text(json.dumps(data), encoding="utf-8")
    loaded = open_scenario(folder / "source" / "ward.json")
    for name, text in plan_files(make_plan(loaded), loaded).items():
        (folder / name).write_text(text, encoding="utf-8")
    return board(open_plan(folder))


def test_a_plan_that_lacks_what_there_is_to_see_is_refused(tmp_path: Path) -> None:
    """Its file and the missing part are named."""
    saved = saved_plan(tmp_path, small_ward(own=3, agency=2.0, short=50, boarding=10))
    plan = tmp_path / "plan.json"
    plan.write_text(plan.read_text(encoding="utf-8").replace('"checked"', '"unchecked"'), encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"plan\.json: checked: field required; plan the scenario again"):
        board(saved)
