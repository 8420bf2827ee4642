"""The work behind `wardwright models`: trained forecasts stored, listed, compared, promoted and rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from api.documents import json_text
from api.errors import Refused
from api.models_words import compared, listing, shown, stored
from forecasting import History, Registry, StoredForecast, Trained, UnusableHistory, train
from forecasting.history import history_of
from forecasting.registry.store import Entry, facts_of
from forecasting.sources_many import SeriesRead, chosen, read_series
from optimizer.histories import MODELS, learn_now, read_histories
from optimizer.planning import plan_grid

DAYS: Final = 28
"""How far ahead a model looks unless more is asked."""

SCENARIO_ENDINGS: Final = (".yaml", ".yml")
DEFAULT_FORECASTER: Final = "ridge"


@dataclass(frozen=True, slots=True)
class Training:
    """What to train on and how; `source` is a scenario or a table of daily counts."""

    source: str
    name: str
    forecaster: str | None = None
    days: int | None = None
    folder: Path | None = None
    by: str | None = None
    promote: bool = False
    variant: str | None = None
    sets: tuple[str, ...] = ()
    root: Path | None = None
    series: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    time: str | None = None
    country: str | None = None
    subdivision: str | None = None

    @property
    def is_scenario(self) -> bool:
        """Whether a scenario is meant, by the file's ending."""
        return Path(self.source).suffix.lower() in SCENARIO_ENDINGS

    @property
    def registry(self) -> Path:
        """The folder to store in: beside the scenario, so that it finds it."""
        return self.folder or (Path(self.source).parent / MODELS if self.is_scenario else Path(MODELS))


@dataclass(frozen=True, slots=True)
class Taught:
    """A model with what it was learned from, and warnings about that."""

    model: Trained
    histories: Sequence[History]
    start: date
    days: int
    notes: list[str] = field(default_factory=list)


def train_model(asked: Training, *, as_json: bool) -> str:
    """Train and store a model; what to print. Raises ScenarioError, ForecastError or Refused."""
    taught = _from_scenario(asked) if asked.is_scenario else _from_table(asked)
    model = StoredForecast.of(taught.model, taught.histories, start=taught.start, days=taught.days)
    registry = Registry(asked.registry)
    entry = registry.add(model, asked.name, by=asked.by)
    if asked.promote:
        entry = registry.promote(entry.card.reference, by=asked.by)
    if as_json:
        return json_text({**facts_of(entry), "notes": taught.notes})
    return stored(entry, asked.registry, asked.source if asked.is_scenario else None, taught.notes)


def _from_scenario(asked: Training) -> Taught:
    """Learned from the histories that a scenario names, as far ahead as it plans."""
    from api.scenario_args import Asked

    if asked.series or asked.columns or asked.time or asked.country or asked.subdivision:
        raise Refused("--series, --column, --time, --country and --subdivision are for a table; the scenario says them")
    sets = (*asked.sets, *((f"forecast.forecaster={asked.forecaster}",) if asked.forecaster else ()))
    loaded = Asked(Path(asked.source), sets, asked.root).load(asked.variant)
    histories, start = read_histories(loaded), loaded.value.horizon.start
    if not histories or start is None:
        raise Refused(f"{asked.source}: names no history, so there is nothing to learn from")
    days = asked.days or max(DAYS, plan_grid(loaded.value).days)
    model = learn_now(loaded, histories, days=days, from_first=True)
    notes = [str(note) for history in histories for note in history.notes]
    return Taught(model, histories, start, days, notes)


def _from_table(asked: Training) -> Taught:
    """Learned from a table of daily counts, every series in it or those asked for."""
    if asked.sets or asked.variant or asked.root:
        raise Refused("--set, --variant and --root are for a scenario (.yaml), not for a table")
    histories, notes = _table_histories(asked)
    start = max(history.dates[-1] for history in histories).item() + timedelta(days=1)
    days = asked.days or DAYS
    model = train(
        histories, start=start, days=days, forecaster=asked.forecaster or DEFAULT_FORECASTER,
        place=(asked.country, asked.subdivision), from_first=True,
    )  # fmt: skip
    return Taught(model, histories, start, days, notes)


def _table_histories(asked: Training) -> tuple[list[History], list[str]]:
    """The daily series of a table, and what is to be said of them and of those left out. Raises Refused."""
    from api.describe_args import Data

    read = [
        each
        for each in read_series(Data(asked.source, time=asked.time, columns=asked.columns).source()).series
        if not each.covariate
    ]
    names = chosen([each.name for each in read], asked.series) if asked.series else {each.name for each in read}
    histories, notes = [], []
    for each in read:
        if each.name in names:
            try:
                histories.append(_daily(each))
            except Refused as error:
                notes.append(f"{each.name}: left out: {error}")
            except UnusableHistory as error:
                notes.append(f"{each.name}: left out: {error.message}")
    if not histories:
        raise Refused(f"{asked.source}: holds no daily series to learn from" + "".join(f"\n  {note}" for note in notes))
    return histories, notes + [str(note) for history in histories for note in history.notes]


def _daily(read: SeriesRead) -> History:
    """A series read from a table as a daily history. Raises Refused where it is none."""
    found = read.recording
    if found is None:
        raise Refused(read.problem)
    if found.step.days != 1 or len(found.step.starts) != 1:
        raise Refused(
            f"it has one value a {found.step.name}; name it in a scenario that says how days are made of them"
        )
    return history_of(found)


def list_models(folder: Path, *, as_json: bool) -> str:
    """Every version of every model."""
    entries = Registry(folder).entries()
    return json_text([facts_of(entry) for entry in entries]) if as_json else listing(entries, folder)


def show_model(folder: Path, reference: str, *, as_json: bool) -> str:
    """One version, loaded so that its files are checked. Raises RegistryError."""
    registry = Registry(folder)
    entry = registry.entry(reference)
    registry.load(entry.card.reference)
    deeds = [deed for deed in registry.deeds(entry.card.name) if deed.version == entry.card.version]
    if as_json:
        return json_text({**facts_of(entry), "deeds": [asdict(deed) for deed in deeds]})
    return shown(entry, deeds)


def compare_models(folder: Path, first: str, second: str, *, as_json: bool) -> str:
    """Two versions side by side. Raises RegistryError."""
    registry = Registry(folder)
    pair: tuple[Entry, Entry] = (registry.entry(first), registry.entry(second))
    return json_text([facts_of(entry) for entry in pair]) if as_json else compared(*pair)


def promote_model(folder: Path, reference: str) -> str:
    """Put a version into production. Raises RegistryError."""
    entry = Registry(folder).promote(reference)
    return f"{entry.card.reference} is in production\n"


def roll_back_model(folder: Path, name: str) -> str:
    """Put the version before the present one back. Raises RegistryError."""
    entry = Registry(folder).roll_back(name)
    return f"{entry.card.reference} is in production again\n"
