"""Models kept on disk: the same forecast again without learning, every byte checked, no strange type built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import History, Registry, StoredForecast, Trained, forecast, history_from_values, train
from forecasting.errors import DamagedModel, RegistryError, UnknownModel, UnsuitableModel, UntrustedModel
from forecasting.events import Beside, Event
from forecasting.registry.card import Card, Reference, sealed, sha256, unsealed
from forecasting.registry.forecasts import open_forecast
from forecasting.registry.plain import Packing, Unpacking
from forecasting.registry.trusted import check_types, learner_bytes, learner_from
from forecasting.trained import data_sha256

ROOT = Path(__file__).parents[1]
FIRST = date(2022, 1, 3)  # a Monday
LINEAR = ["seasonal_naive", "weekday_mean", "ridge", "fast"]
AHEAD = 7


def history(days: int = 230, *, name: str = "ward", seed: int = 0) -> History:
    """Counts with a weekly pattern and noise."""
    drawn = np.random.default_rng(seed).poisson(30.0 + 6.0 * (np.arange(days) % 7 < 5)).astype(float)
    return history_from_values(name, FIRST, drawn.tolist())


def end_of(one: History) -> date:
    """The day after the last known one."""
    last: date = one.dates[-1].item()
    return last + timedelta(days=1)


def trained(*histories: History, forecaster: str = "weekday_mean", days: int = AHEAD) -> Trained:
    """A model that can look at any of the next days."""
    return train(
        histories, start=end_of(histories[0]), days=days, forecaster=forecaster, place=("GB", None), from_first=True
    )


def stored(folder: Path, model: Trained, name: str = "ward") -> Registry:
    """A registry that holds the model."""
    registry = Registry(folder)
    registry.add(StoredForecast(model, {"wape": 0.05}), name)
    return registry


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a linear model, and one with trees."""
    folder = tmp_path_factory.mktemp("models")
    stored(folder, trained(history(), forecaster="ridge"))
    stored(folder, trained(history(), forecaster="gradient_boosting"), "trees")
    return folder


@pytest.mark.parametrize("forecaster", [*LINEAR, "poisson", "support_vector", "gradient_boosting"])
def test_a_stored_model_forecasts_what_it_did_before(tmp_path: Path, forecaster: str) -> None:
    """Equal bytes: quantiles, joint samples, mean and the scores of the past."""
    one = history()
    model = trained(one, forecaster=forecaster)
    stored(tmp_path, model)
    before, after = (
        forecast([one], start=end_of(one), days=AHEAD, model=each)
        for each in (model, open_forecast(tmp_path, "ward@1"))
    )
    assert before.quantiles.tobytes() == after.quantiles.tobytes()
    assert before.samples.tobytes() == after.samples.tobytes()
    assert before.mean.tobytes() == after.mean.tobytes()
    assert repr(before.backtest) == repr(after.backtest)
    assert after.model == "ward@1"


def test_what_was_chosen_stays_chosen(tmp_path: Path) -> None:
    """`best` is stored as what it came to, with why, and forecasts the same."""
    one, other = history(), history(seed=3, name="icu")
    model = trained(one, other, forecaster="best")
    stored(tmp_path, model)
    again = open_forecast(tmp_path, "ward@1")
    assert [part.why for part in again.parts] == [part.why for part in model.parts]
    assert again.parts[0].why
    start = end_of(one)
    before, after = (forecast([one, other], start=start, days=AHEAD, model=each) for each in (model, again))
    assert np.array_equal(before.quantiles, after.quantiles)


def test_a_model_beside_events_is_stored_with_their_effects(tmp_path: Path) -> None:
    """The strike's effect comes back; asked without the events, the model says what it needs."""
    one = history()
    strikes = Beside((Event("strike", date(2022, 5, 2), date(2022, 5, 8)), Event("strike", end_of(one), end_of(one))))
    model = train([one], start=end_of(one), days=AHEAD, forecaster="fast", place=(None, None), beside=strikes)
    stored(tmp_path, model)
    again = open_forecast(tmp_path, "ward@1")
    terms: dict[str, Any] = {"start": end_of(one), "days": AHEAD}
    before, after = (forecast([one], **terms, model=each, beside=strikes) for each in (model, again))
    assert np.array_equal(before.quantiles, after.quantiles)
    with pytest.raises(UnsuitableModel, match="was trained beside events or columns: give them again"):
        forecast([one], **terms, model=again)


@pytest.mark.parametrize("forecaster", LINEAR)
def test_a_linear_model_needs_no_scikit_learn(tmp_path: Path, forecaster: str) -> None:
    """Loaded and used in a process of its own, neither scikit-learn nor skops, scipy or pandas is imported."""
    stored(tmp_path, trained(history(), forecaster=forecaster))
    code = f"""
import sys
from datetime import date
from pathlib import Path
from forecasting import forecast, history_from_values
from forecasting.registry.forecasts import open_forecast
one = history_from_values("ward", date(2022, 1, 3), [30.0 + day % 7 for day in range(230)])
told = forecast([one], start=date(2022, 8, 21), days={AHEAD}, model=open_forecast(Path({str(tmp_path)!r}), "ward@1"))
print(told.mean.shape, [name for name in ("sklearn", "skops", "scipy", "pandas") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.strip() == f"(1, {AHEAD}) []", done.stderr


@pytest.mark.parametrize("forecaster", LINEAR)
def test_a_linear_model_is_json_and_arrays(tmp_path: Path, forecaster: str) -> None:
    """What is learned stands in model.json, in figures that anyone can read."""
    stored(tmp_path, trained(history(), forecaster=forecaster))
    names = {path.name for path in (tmp_path / "ward" / "1").iterdir()}
    assert names == {"card.json", "errors.npz", "model.json"}
    told = json.loads((tmp_path / "ward" / "1" / "model.json").read_text())
    assert told["forecaster"] == forecaster


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True), other=st.integers(1, 255), pick=st.integers(0, 100))
def test_one_changed_byte_is_refused(shelf: Path, share: float, other: int, pick: int) -> None:
    """Whichever file of whichever model, wherever in it: the model is not loaded."""
    paths = sorted(path for path in shelf.rglob("*") if path.is_file() and path.name != ".lock")
    path = paths[pick % len(paths)]
    name = path.relative_to(shelf).parts[0]
    whole = path.read_bytes()
    at = int(share * len(whole))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ other]) + whole[at + 1 :])
    try:
        with pytest.raises(DamagedModel, match=path.name):
            Registry(shelf).load(f"{name}@1")
    finally:
        path.write_bytes(whole)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    """The fault says which file, and what to do."""
    registry = stored(tmp_path, trained(history()))
    (tmp_path / "ward" / "1" / "errors.npz").unlink()
    with pytest.raises(DamagedModel, match=r"errors\.npz: can't be read: No such file .*; restore it from a copy"):
        registry.load("ward@1")


def test_a_card_laid_in_another_place_is_refused(tmp_path: Path) -> None:
    """An index that was sealed anew with another model's card gives no other model."""
    registry = stored(tmp_path, trained(history()))
    stored(tmp_path, trained(history(seed=5)), "icu")
    (tmp_path / "ward").rename(tmp_path / "hdu")
    with pytest.raises(DamagedModel, match="is the card of ward@1, laid here from elsewhere"):
        registry.load("hdu@1")


class Sly:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch was-run",)


def test_a_strange_type_is_refused_before_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Types and functions that are not on the list are named; nothing of them runs."""
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.preprocessing import FunctionTransformer
    from skops.io import dumps

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UntrustedModel, match=r"sly: .*not loaded: .*FunctionTransformer"):
        learner_from(dumps(FunctionTransformer(os.system)), "sly")
    with pytest.raises(UntrustedModel, match=r"sklearn\.neighbors\._regression\.KNeighborsRegressor"):
        learner_bytes(KNeighborsRegressor())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["forest", "boosting", "quantile", "net", "classifier", "kernel"])
def test_trusted_learners_come_back_whole(name: str) -> None:
    """Each kind of learner that forecasters and classifiers use answers as before it was stored."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.svm import SVC

    rng = np.random.default_rng(0)
    inputs = np.column_stack([rng.normal(size=(80, 2)), rng.integers(0, 3, 80)])
    goal, kind = inputs.sum(axis=1), (inputs[:, 0] > 0).astype(int)
    columns = make_column_transformer((OneHotEncoder(), [2]), (StandardScaler(), [0, 1]))
    learners = {
        "forest": (RandomForestRegressor(3, random_state=0), goal),
        "boosting": (HistGradientBoostingRegressor(loss="poisson", max_iter=3), np.abs(goal)),
        "quantile": (HistGradientBoostingRegressor(loss="quantile", quantile=0.9, max_iter=3), goal),
        "net": (MLPRegressor(hidden_layer_sizes=(3,), early_stopping=True, tol=1e9, random_state=0), goal),
        "classifier": (make_pipeline(columns, CalibratedClassifierCV(RandomForestClassifier(3, random_state=0))), kind),
        "kernel": (CalibratedClassifierCV(make_pipeline(StandardScaler(), SVC()), method="isotonic"), kind),
    }
    learner, known = learners[name]
    learner.fit(inputs, known)
    again: Any = learner_from(learner_bytes(learner), name)
    assert np.array_equal(again.predict(inputs), learner.predict(inputs))


def test_a_pickle_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under whatever name it comes, a pickle is never opened: neither as a learner nor as an array."""
    import pickle

    monkeypatch.chdir(tmp_path)
    data = pickle.dumps(Sly())
    with pytest.raises(UntrustedModel, match="sly: is no skops file"):
        check_types(data, "sly")
    files = StoredForecast(trained(history()), {}).to_files()
    with pytest.raises(DamagedModel, match="can't read"):
        StoredForecast.from_files({**files, "errors.npz": data})
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize(
    "told",
    [
        {"forecaster": "system", "settings": {}, "learned": {}},
        {"forecaster": "WeekdayMean", "settings": {}, "learned": {"fit": 1}},
        {"forecaster": "WeekdayMean", "settings": {"weeks": 6, "more": 1}, "learned": {}},
        {"record": "Popen", "fields": {}},
        {"array": "object", "shape": [1], "values": ["x"]},
        {"learner": "learner-7.skops"},
        {"unheard": 1},
    ],
)
def test_state_that_names_what_is_not_listed_is_refused(told: dict[str, object]) -> None:
    """A model file can't name code of its own, nor put something in a method's place."""
    with pytest.raises(DamagedModel, match="holds what this version can't read"):
        Unpacking({}).value(told)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(width=64), max_size=12), st.integers(-(2**60), 2**60), st.text(max_size=5))
def test_numbers_come_back_exactly(numbers: list[float], whole: int, text: str) -> None:
    """Through JSON text, every float is the one written, not-a-number and infinity too."""
    state = {"a": np.array(numbers), "b": [whole, text, None, True], "c": tuple(numbers), "d": np.array([whole])}
    back = Unpacking({}).value(json.loads(json.dumps(Packing().plain(state), allow_nan=False)))
    assert isinstance(back, dict)
    assert np.array_equal(back["a"], np.array(numbers), equal_nan=True)
    assert back["b"] == [whole, text, None, True]
    assert np.array_equal(back["c"], tuple(numbers), equal_nan=True)
    assert back["d"].dtype == np.int64


def test_a_card_tells_who_when_and_what(tmp_path: Path) -> None:
    """Name, version, data hash, features, settings, scores, who, when (UTC), library versions and status."""
    one = history()
    now = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    entry = Registry(tmp_path).add(StoredForecast(trained(one), {"wape": 0.05}), "ward", by="Ada", now=now)
    card = Registry(tmp_path).entry("ward@1").card
    assert card == entry.card
    assert (card.reference, card.made_by, card.made_at) == ("ward@1", "Ada", "2026-11-21T15:30:00+00:00")
    assert card.facts.data_sha256 == data_sha256([one])
    assert card.facts.settings == {"forecaster": "weekday_mean", "days_ahead": AHEAD, "holidays": "GB"}
    assert card.facts.scores == {"wape": 0.05}
    assert card.facts.features == ("same weekday of the last weeks",)
    assert "public holidays" in StoredForecast(trained(one, forecaster="fast"), {}).facts().features
    assert {"python", "numpy", "scikit-learn", "wardwright"} <= set(card.libraries)
    assert entry.status == "candidate"


def test_the_data_hash_sees_every_value_and_day() -> None:
    """Another value, or the same ones a day later, is other data; notes and names are not."""
    values = [float(at) for at in range(20)]
    same = data_sha256([history_from_values("a", FIRST, values)])
    assert same == data_sha256([history_from_values("b", FIRST, values)])
    assert same != data_sha256([history_from_values("a", FIRST, [*values[:-1], 19.5])])
    assert same != data_sha256([history_from_values("a", FIRST + timedelta(days=1), values)])


def test_versions_are_promoted_and_rolled_back(tmp_path: Path) -> None:
    """One is in production at a time; the one before comes back; what left production is archived."""
    model = trained(history())
    registry = Registry(tmp_path)
    for _ in range(3):
        registry.add(StoredForecast(model, {}), "ward")
    with pytest.raises(UnknownModel, match="no version of ward is in production: name one, such as ward@3"):
        registry.entry("ward")
    registry.promote("ward@1")
    registry.promote("ward@2", by="Ada")
    assert [entry.status for entry in registry.versions("ward")] == ["archived", "production", "candidate"]
    assert registry.roll_back("ward").card.reference == "ward@1"
    assert [entry.status for entry in registry.versions("ward")] == ["production", "archived", "candidate"]
    done = [(deed.what, deed.version) for deed in registry.deeds("ward")][3:]
    assert done == [("promoted", 1), ("promoted", 2), ("rolled back", 2)]
    assert registry.deeds("ward")[4].by == "Ada"
    with pytest.raises(RegistryError, match="no version was in production before"):
        registry.roll_back("ward")
    with pytest.raises(UnknownModel, match="say which version of ward to promote, such as ward@3"):
        registry.promote("ward")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("wurd@1", r"no model is called 'wurd'; did you mean ward\?"),
        ("ward@9", r"there is no ward@9; known: ward@1"),
        ("ward@x", "names no model: it must be name@version"),
        ("../ward@1", "names no model"),
        ("", "names no model"),
    ],
)
def test_what_is_not_stored_is_said(shelf: Path, reference: str, said: str) -> None:
    """With the nearest name, or the versions there are."""
    with pytest.raises(UnknownModel, match=said):
        Registry(shelf).load(reference)


@pytest.mark.parametrize("name", ["", "Ward", "a/b", "..", "a@1", "a b", "x" * 65])
def test_a_name_that_could_be_a_path_is_refused(tmp_path: Path, name: str) -> None:
    """Names are small letters and figures; nothing is written for another."""
    with pytest.raises(RegistryError, match="can't name a model"):
        Registry(tmp_path).add(StoredForecast(trained(history()), {}), name)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two processes and two threads store eight models: versions 1 to 8, each of them whole."""
    model = trained(history(40))
    code = f"""
from datetime import date
from pathlib import Path
from forecasting import Registry, StoredForecast, history_from_values, train
one = history_from_values("ward", date(2022, 1, 3), [30.0] * 40)
model = train([one], start=date(2022, 2, 12), days=2, forecaster="weekday_mean", place=(None, None))
for _ in range(2):
    Registry(Path({str(tmp_path)!r})).add(StoredForecast(model, {{}}), "ward")
"""
    running = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: Registry(tmp_path).add(StoredForecast(model, {}), "ward"), range(4)))
    assert [one.wait(60) for one in running] == [0, 0]
    registry = Registry(tmp_path)
    assert [entry.card.version for entry in registry.versions("ward")] == list(range(1, 9))
    for version in range(1, 9):
        registry.load(f"ward@{version}")


def test_what_a_killed_writer_left_behind_is_passed_over(tmp_path: Path) -> None:
    """A half-written folder and a version that never got into the index are not versions; numbers go on after them."""
    registry = stored(tmp_path, trained(history()))
    (tmp_path / "ward" / ".2-abcd").mkdir()
    (tmp_path / "ward" / "2").mkdir()
    assert [entry.card.version for entry in registry.versions("ward")] == [1]
    assert registry.add(StoredForecast(trained(history()), {}), "ward").card.version == 3


def test_a_place_that_is_no_folder_is_said(tmp_path: Path) -> None:
    """Where nothing can be written the fault says where."""
    (tmp_path / "models").write_text("not a folder")
    with pytest.raises(RegistryError, match=r"models/ward: can't be written: Not a directory"):
        stored(tmp_path / "models", trained(history()))


def test_newer_data_are_used_without_learning(tmp_path: Path) -> None:
    """The weekday mean of six newer weeks, worked out by hand; nothing after the start is read.

    Trained when every day had 10; six weeks of 20 on Mondays and 6 on other days follow: Monday 20, others 6.
    """
    old = [10.0] * 56
    new = [20.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0] * 6
    model = trained(history_from_values("ward", FIRST, old))
    stored(tmp_path, model)
    start = FIRST + timedelta(days=56 + 42)
    later = history_from_values("ward", FIRST, [*old, *new, 999.0, 999.0])
    told = forecast([later], start=start, days=AHEAD, model=open_forecast(tmp_path, "ward@1"))
    assert told.quantiles[0, :, 4] == pytest.approx([20, 6, 6, 6, 6, 6, 6], abs=1e-9)


@pytest.mark.parametrize("forecaster", ["ridge", "fast", "gradient_boosting"])
def test_a_later_origin_is_what_the_model_would_have_said(forecaster: str) -> None:
    """Seen from a later day, with more past in front and other holidays ahead, expected values are `predict`'s."""
    whole = history(300)
    model = trained(history(200), forecaster=forecaster)
    start = FIRST + timedelta(days=280)
    told = model.outlooks([history(280)], start=start, days=AHEAD)[0]
    ahead = model.outlooks([whole], start=FIRST + timedelta(days=300), days=AHEAD)[0]
    view = next(model.views([history(280)], start=start, days=AHEAD))
    expected = model.parts[0].fitted.predict(view.panel, np.array([view.panel.days - 1]))
    assert told.point == pytest.approx(expected[0, 0])
    assert not np.allclose(told.point, ahead.point)


def test_fewer_days_and_fewer_series_may_be_asked_for() -> None:
    """Of a model of two wards and a week, one ward's first two days are those of the whole forecast."""
    one, other = history(), history(seed=4, name="icu")
    model = trained(one, other, forecaster="fast")
    whole = model.outlooks([one, other], start=end_of(one), days=AHEAD)
    part = model.outlooks([other], start=end_of(one), days=2)
    assert part[0].point == pytest.approx(whole[1].point[:2], abs=1e-12)


def test_what_was_not_learned_is_refused() -> None:
    """A series nobody taught, and a day beyond the last."""
    one = history()
    model = trained(one)
    with pytest.raises(UnsuitableModel, match="was not trained on 'icu'; it knows ward"):
        forecast([history(name="icu")], start=end_of(one), days=2, model=model)
    with pytest.raises(UnsuitableModel, match="looks up to 7 days after the last known one, not 1 to 8"):
        forecast([one], start=end_of(one), days=8, model=model)
    with pytest.raises(UnsuitableModel, match="not 6 to 9: train one with more days, or give it newer data"):
        forecast([one], start=end_of(one) + timedelta(days=5), days=4, model=model)


def test_trees_of_another_scikit_learn_are_not_read(tmp_path: Path) -> None:
    """A card that tells of another minor version stops the model; the cure is said."""
    registry = stored(tmp_path, trained(history(), forecaster="gradient_boosting"))
    place = tmp_path / "ward"
    card = unsealed((place / "1" / "card.json").read_bytes(), "card")
    told = sealed({**card, "libraries": {"scikit-learn": "0.24.1"}})
    (place / "1" / "card.json").write_bytes(told)
    index = unsealed((place / "index.json").read_bytes(), "index")
    (place / "index.json").write_bytes(sealed({**index, "versions": {"1": sha256(told)}}))
    with pytest.raises(RegistryError, match=r"was trained with scikit-learn 0\.24\.1, here is .*: train it again"):
        registry.load("ward@1")


def test_a_kind_that_is_not_known_is_refused(shelf: Path) -> None:
    """A card of a kind without a line in KINDS loads nothing."""
    from forecasting.registry.kinds import kind_of

    with pytest.raises(DamagedModel, match="is a model of the kind 'weather', which this version does not know"):
        kind_of("weather")
    card = Registry(shelf).entry("ward@1").card
    assert Card.from_json(json.loads(json.dumps(card.to_json()))) == card
    assert Reference.of("ward@12") == Reference("ward", 12)
