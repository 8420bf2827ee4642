"""Events and columns beside the series: what they move, what is said of them, and how they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting import (
    Beside,
    Column,
    Event,
    ForecastError,
    History,
    HistoryError,
    TableSource,
    forecast,
    history_from_values,
    read_column,
    read_events,
    train,
)
from forecasting.errors import UnsuitableModel
from forecasting.events import NOTHING
from optimizer import ScenarioError, open_data, open_scenario
from optimizer.planning import foresee

FIRST = date(2022, 1, 3)
DAYS = 400
STRIKES = (50, 110, 180, 250, 320, DAYS + 1)
"""First of three days of each strike; the last lies ahead."""


def day(number: int) -> date:
    """The date `number` days after the first."""
    return FIRST + timedelta(days=number)


def dates(count: int) -> np.ndarray:
    """So many days from the first."""
    return np.datetime64(FIRST) + np.arange(count)


def strikes(*series: str | int, effect: float | None = None) -> tuple[Event, ...]:
    """All strikes, for some series."""
    return tuple(Event("strike", day(at), day(at + 2), series, effect) for at in STRIKES)


def struck(seed: int = 0, share: float = 0.7) -> History:
    """A hundred a day with 3 % of noise; during a strike only a share of them."""
    values = 100 * (1 + np.random.default_rng(seed).normal(0, 0.03, DAYS))
    for at in STRIKES[:-1]:
        values[at : at + 3] *= share
    return history_from_values(f"s{seed}", FIRST, values.tolist())


def ahead(histories: Sequence[History], beside: Beside, name: str = "ridge") -> np.ndarray:
    """Means (S, 6) of the six days after the history, of which the second to fourth are on strike."""
    return forecast(histories, start=day(DAYS), days=6, forecaster=name, samples=20, beside=beside).mean


@pytest.mark.parametrize("name", ["weekday_mean", "ridge", "fast", "poisson"])
def test_every_forecaster_learns_what_a_strike_takes(name: str) -> None:
    """Five strikes of three days took 30 %; a ridge of five days believes three quarters of that: about 77, not 100."""
    told = ahead([struck()], Beside(strikes()), name)[0]
    assert told[1:4] == pytest.approx([76] * 3, abs=5)
    assert told[[0, 4, 5]] == pytest.approx([100] * 3, abs=4)
    assert ahead([struck()], NOTHING, name)[0, 1:4].min() > 90


def test_a_stated_effect_is_taken_as_it_is() -> None:
    """A campaign that never was, stated to bring a quarter more: exactly 1.25 times what would come without."""
    campaign = (Event("campaign", day(DAYS), day(DAYS + 1), effect=0.25),)
    plain, moved = (ahead([struck()], beside)[0] for beside in (NOTHING, Beside(campaign)))
    assert moved[:2] == pytest.approx(1.25 * plain[:2])
    assert moved[2:] == pytest.approx(plain[2:])


def test_an_event_moves_only_the_series_it_concerns() -> None:
    """By name or by place among all."""
    pair = [struck(0), struck(1, share=1.0)]
    by_name, by_place = (ahead(pair, Beside(strikes(which))) for which in ("s0", 0))
    assert np.array_equal(by_name, by_place)
    assert by_name[0, 1:4].max() < 85
    assert by_name[1, 1:4].min() > 95


def test_a_series_differs_from_its_neighbours() -> None:
    """Told of the same strikes, one loses 30 % and one nothing; each is forecast nearer its own."""
    told = ahead([struck(0), struck(1, share=1.0)], Beside(strikes()))
    assert told[0, 1:4].mean() < 86
    assert told[1, 1:4].mean() > 92


def test_a_column_known_ahead_moves_its_day() -> None:
    """Each degree brings 1 %; tomorrow is ten degrees warmer than usual: a tenth more, less a little by the ridge."""
    warmth = np.random.default_rng(1).normal(10, 4, DAYS + 6)
    warmth[DAYS : DAYS + 6] = [20, 10, 10, 10, 10, 0]
    values = 100 * (1 + 0.01 * (warmth[:DAYS] - 10))
    column = Column("temperature", dates(DAYS + 6), warmth, known_ahead=True)
    told = ahead([history_from_values("a", FIRST, values.tolist())], Beside(columns=(column,)))[0]
    assert told == pytest.approx([110, 100, 100, 100, 100, 90], abs=1.5)


def test_a_column_seen_as_it_comes_is_learned_from() -> None:
    """Twelve wards have 10 % more or fewer three days after each swing of flu: who sees flu misses less than half."""
    rng = np.random.default_rng(0)
    flu = 100 * (1 + 0.3 * rng.choice([-1.0, 1.0], DAYS))
    demand = 100 * (1 + np.roll(flu - 100, 3) / 300) * (1 + rng.normal(0, 0.02, (12, DAYS)))
    start = DAYS - 20
    past = [history_from_values(f"w{at}", FIRST, row[:start].tolist()) for at, row in enumerate(demand)]
    missed = []
    for beside in (NOTHING, Beside(columns=(Column("flu", dates(start), flu[:start]),))):
        told = forecast(past, start=day(start), days=3, forecaster="fast", samples=20, beside=beside).mean
        missed.append(np.abs(told[:, 2] - demand[:, start + 2]).mean())
    assert missed[1] < 0.5 * missed[0]


def test_a_trained_model_asks_for_the_events_it_learned_with() -> None:
    """It remembers them while it lives; told others, it says which it was trained beside."""
    history = struck()
    model = train([history], start=day(DAYS), days=6, forecaster="ridge", place=(None, None), beside=Beside(strikes()))
    (outlook,) = model.outlooks([history], start=day(DAYS), days=6)
    assert outlook.point[1:4].max() < 85
    with pytest.raises(UnsuitableModel, match="was trained beside events or columns: give them again"):
        model.outlooks([history], start=day(DAYS), days=6, beside=NOTHING)
    other = Beside((Event("campaign", day(DAYS), day(DAYS)),))
    with pytest.raises(UnsuitableModel, match="was trained beside strike, not beside campaign"):
        model.outlooks([history], start=day(DAYS), days=6, beside=other)


def test_the_newest_value_known_respects_the_delay() -> None:
    """Values 0, 1, -, 3 from Monday on, a day late: on Monday nothing is known, then 0, 1, still 1, then 3."""
    column = Column("flu", dates(4), np.array([0.0, 1.0, np.nan, 3.0]), delay=1)
    known = column.known_by(dates(5))
    assert np.isnan(known[0])
    assert known[1:].tolist() == [0.0, 1.0, 1.0, 3.0]


def test_notes_say_what_could_not_be_learned_or_known() -> None:
    """A kind that never was, a name that nobody has, columns that end too early."""
    beside = Beside(
        (Event("campaign", day(DAYS), day(DAYS)), Event("strike", day(50), day(52), ("nobody",))),
        (
            Column("warmth", dates(DAYS + 2), np.arange(DAYS + 2.0), known_ahead=True),
            Column("flu", dates(DAYS - 30), np.arange(DAYS - 30.0), delay=7),
        ),
    )
    told = forecast([struck()], start=day(DAYS), days=6, forecaster="weekday_mean", samples=20, beside=beside).notes
    assert told == (
        "strike: no series is called nobody",
        f"campaign: never happened from {FIRST} to {day(DAYS - 1)}, so its days count as usual; state its effect",
        f"warmth: ends before {day(DAYS + 5)}; days after count as usual",
        f"flu: ends on {day(DAYS - 31)}; its last value is carried on",
    )


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Event("strike", day(3), day(2)), "strike: ends on 2022-01-05, before it begins on 2022-01-06"),
        (lambda: Event("strike", day(3), day(3), effect=-1.0), "its effect must be above -1 and at most 10, got -1"),
        (lambda: Column("flu", dates(2), np.ones(3)), "flu: needs as many dates as values"),
        (lambda: Column("flu", dates(2)[::-1], np.ones(2)), "flu: its dates must rise"),
        (lambda: Column("flu", dates(2), np.ones(2), delay=61), "its delay must be 0 to 60 days, got 61"),
        (lambda: Column("flu", dates(2), np.ones(2), known_ahead=True, delay=1), "does not come late"),
        (lambda: Beside(strikes(), (Column("strike", dates(1), np.ones(1)),)), "strike: two columns, or a column and"),
    ],
)
def test_what_can_not_be_is_refused(made: object, words: str) -> None:
    """Each with the reason."""
    with pytest.raises(ForecastError, match=words):
        made()  # type: ignore[operator]


def test_a_table_of_events_is_read(tmp_path: Path) -> None:
    """An empty `to` is one day; groups are parted by spaces; the row number comes along."""
    file = tmp_path / "terms.csv"
    file.write_text("kind,from,to,groups,effect\nstrike,2022-01-03,2022-01-04,a b,\ncampaign,2022-02-01,,,0.1\n")
    assert read_events(TableSource(file)) == (
        (Event("strike", FIRST, day(1), ("a", "b")), 2),
        (Event("campaign", date(2022, 2, 1), date(2022, 2, 1), (), 0.1), 3),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind,from\nstrike,2022-01-03\n", r"terms.csv:1:1  has no column 'to'"),
        ("kind,from,to\nstrike,3.1.2022,\n", r"terms.csv:2:8  '3.1.2022' is not a date such as 2023-03-13"),
        ("kind,from,to\n,2022-01-03,\n", r"terms.csv:2:1  must name the kind of event"),
        ("kind,from,to\nstrike,2022-01-03,2022-01-02\n", r"terms.csv:2:1  strike: ends on 2022-01-02"),
        ("kind,from,to,effect\nstrike,2022-01-03,,much\n", r"terms.csv:2:20  'much' is not a number"),
    ],
)
def test_a_bad_cell_of_a_table_of_events_is_told_at_its_place(tmp_path: Path, text: str, words: str) -> None:
    """File, line and column."""
    file = tmp_path / "terms.csv"
    file.write_text(text)
    with pytest.raises(HistoryError, match=words):
        read_events(TableSource(file))


def test_a_column_is_read_in_order_of_its_days(tmp_path: Path) -> None:
    """Rows may stand in any order, below zero too; an empty cell is not known."""
    file = tmp_path / "weather.csv"
    file.write_text("day,temperature\n2022-01-04,-3\n2022-01-03,1.5\n2022-01-05,\n")
    column = read_column(TableSource(file), "temperature", date_column="day", known_ahead=True)
    assert column.dates.tolist() == [day(0), day(1), day(2)]
    assert column.values[:2].tolist() == [1.5, -3.0]
    assert np.isnan(column.values[2])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,flu\n2022-01-03,1\n2022-01-03,2\n", r"flu.csv:3:1  2022-01-03 is given twice"),
        ("date,flu\n2022-01-03,many\n", r"flu.csv:2:12  'many' is not a number"),
        ("date,fly\n2022-01-03,1\n", r"flu.csv:1:1  has no column 'flu'; did you mean fly\?"),
    ],
)
def test_a_bad_cell_of_a_column_is_told_at_its_place(tmp_path: Path, text: str, words: str) -> None:
    """File, line and column."""
    file = tmp_path / "flu.csv"
    file.write_text(text)
    with pytest.raises(HistoryError, match=words):
        read_column(TableSource(file), "flu")


def scenario(**forecast: object) -> dict[str, object]:
    """Two wards, each with a history of its own, planned for the week after the history."""
    history = {"start": str(FIRST), "values": struck().values.tolist()}
    group = {"demand": {"history": history}, "boarding_cost_per_day": 1}
    other = {"demand": {"history": {**history, "values": struck(1).values.tolist()}}, "boarding_cost_per_day": 1}
    return {
        "schema": 1,
        "id": "told",
        "horizon": {"start": str(day(DAYS)), "days": 6, "beyond_days": 0},
        "patients": {"med": group, "sur": other},
        "units": {"W": {"beds": 300, "cares_for": ["med", "sur"]}},
        "forecast": {"forecaster": "weekday_mean", "samples": 20, **forecast},
    }


def test_a_scenario_tells_its_events_by_patient_group() -> None:
    """A strike stated to halve one ward halves that ward's demand alone."""
    event = {"kind": "strike", "from": str(day(DAYS)), "groups": ["sur"], "effect": -0.5}
    plain, moved = (foresee(open_data(scenario(**more))).forecast for more in ({}, {"events": [event]}))
    assert plain is not None
    assert moved is not None
    assert moved.mean[0] == pytest.approx(plain.mean[0])
    assert moved.mean[1] == pytest.approx(plain.mean[1] * [0.5, 1, 1, 1, 1, 1])


def test_a_scenario_reads_events_and_columns_from_files(tmp_path: Path) -> None:
    """Beside the scenario file, each once."""
    import json

    rows = "".join(f"strike,{day(at)},{day(at + 2)},\n" for at in STRIKES)
    (tmp_path / "strikes.csv").write_text("kind,from,to,groups\n" + rows)
    flu = "".join(f"{day(at)},{at % 9}\n" for at in range(DAYS))
    (tmp_path / "flu.csv").write_text("date,cases\n" + flu)
    told = scenario(events_file="strikes.csv", columns=[{"file": "flu.csv", "column": "cases", "delay_days": 3}])
    (tmp_path / "told.json").write_text(json.dumps(told))
    found = foresee(open_scenario(tmp_path / "told.json")).forecast
    assert found is not None
    assert found.mean[:, 1:4].max() < 85
    assert found.mean[:, [0, 4, 5]].min() > 94


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"events": [{"kind": "strike", "from": "2022-01-04", "to": "2022-01-03"}]}, "before it begins on 2022-01-04"),
        ({"events": [{"kind": "strike", "from": "2022-01-04", "groups": ["mod"]}]}, "no patient group is called mod"),
        ({"columns": [{"name": "flu", "values": [1]}]}, "need a name and the start date of the first"),
        ({"columns": [{"file": "flu.csv"}]}, "must name the column to read"),
        (
            {"columns": [{"name": "a", "start": "2022-01-03", "values": [1], "known": "ahead", "delay_days": 2}]},
            "leave out delay_days",
        ),
    ],
)
def test_a_scenario_that_tells_what_can_not_be_is_refused(told: dict[str, object], words: str) -> None:
    """With its place and a way out."""
    with pytest.raises(ScenarioError, match=words):
        foresee(open_data(scenario(**told)))


def test_an_event_for_a_group_without_history_is_refused() -> None:
    """There is nothing that it could move."""
    data = scenario(events=[{"kind": "strike", "from": str(day(DAYS)), "groups": ["sur"]}])
    data["patients"]["sur"]["demand"] = {"census": 5}  # type: ignore[index]
    with pytest.raises(ScenarioError, match="sur has no history that an event could move; known: med"):
        foresee(open_data(data))
