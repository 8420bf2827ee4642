"""Opening a scenario: read it, and see that the histories it names are there with their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from optimizer.scenario.faults import Fault, ScenarioError, Step
from optimizer.scenario.load import Loaded, load, parse, parse_text
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import History
from optimizer.scenario.varying import Choice


def open_scenario(
    path: Path,
    *,
    variant: str | None = None,
    sets: Sequence[str] = (),
    over: Sequence[str] = (),
    pick: Mapping[str, int] | None = None,
    root: Path | None = None,
) -> Loaded[Scenario]:
    """The scenario in a file, with what is laid on it (see `Choice`): a variant or several (`flu_year,no_agency`), the
    picked point of its sweep, which `over` may add to, and changes.

    Raises ScenarioError with every fault in it and in the tables and histories it names.
    """
    choice = Choice(variant, tuple(sets), tuple(over), pick or {})
    return _with_histories(load(path, Scenario, root=root, choice=choice))


def open_data(
    data: Mapping[str, object],
    *,
    variant: str | None = None,
    sets: Sequence[str] = (),
    over: Sequence[str] = (),
    pick: Mapping[str, int] | None = None,
    models: Path | None = None,
) -> Loaded[Scenario]:
    """The scenario in plain data, which may name no files, with what is laid on it.

    Stored models are those in the folder `models`. Raises ScenarioError with every fault.
    """
    choice = Choice(variant, tuple(sets), tuple(over), pick or {})
    return replace(_with_histories(parse(data, Scenario, choice=choice)), models=models)


def open_text(text: str, name: str, *, variant: str | None = None, sets: Sequence[str] = ()) -> Loaded[Scenario]:
    """The scenario in YAML text called `name`, which may name no files, with what is laid on it.

    Raises ScenarioError with every fault at its line.
    """
    return _with_histories(parse_text(text, name, Scenario, choice=Choice(variant, tuple(sets))))


def _with_histories(loaded: Loaded[Scenario]) -> Loaded[Scenario]:
    faults: list[Fault] = []
    for name, group in loaded.value.patients.items():
        if group.demand is not None and group.demand.history is not None:
            faults.extend(_history_faults(loaded, ("patients", name, "demand", "history"), group.demand.history))
    for name, unit in loaded.value.units.items():
        if unit.occupied is not None:
            faults.extend(_history_faults(loaded, ("units", name, "occupied"), unit.occupied))
    for at, column in enumerate(loaded.value.forecast.columns):
        if column.file is not None and column.column is not None:
            place: tuple[Step, ...] = ("forecast", "columns", at)
            columns = {(*place, "column"): column.column, (*place, "date_column"): column.date_column}
            faults.extend(loaded.check_csv((*place, "file"), columns))
    if faults:
        raise ScenarioError(dict.fromkeys(faults))
    return loaded


def _history_faults(loaded: Loaded[Scenario], path: tuple[Step, ...], history: History) -> tuple[Fault, ...]:
    """What is wrong with where a history lies; a database is asked only when it is read."""
    if history.file is not None:
        return loaded.check_csv((*path, "file"), _columns(path, history), sheet=history.sheet)
    if history.database is not None and loaded.reach is None:
        return (loaded.fault((*path, "database"), "no databases over HTTP; give the values"),)
    return ()


def _columns(path: tuple[Step, ...], history: History) -> dict[tuple[Step, ...], str]:
    """Columns the history reads, by the path at which the scenario names each."""
    columns = {(*path, "date_column"): history.date_column}
    for key in ("column", "hour_column", "capacity_column", "waiting_column", "outlying_column"):
        named = getattr(history, key)
        if named is not None:
            columns[(*path, key)] = named
    columns.update({(*path, "where", column): column for column in history.where})
    return columns
