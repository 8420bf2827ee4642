"""The commands `wardwright forecast` and `backtest` as click knows them: of a scenario, or of a table.

Light: it is read whenever the command line is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from api.forecast_wishes import TableWishes
from api.group import command
from api.scenario_args import (
    Asked,
    model_option,
    root_option,
    sets_option,
    takes_scenario,
    variant_option,
    with_model,
)

ENDINGS: Final = (".yaml", ".yml")
"""What a scenario's file ends in; anything else is a table."""


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return None if value is None else value.date()


_OPTIONS: Final = (
    click.option("--series", multiple=True, metavar="NAME", help="Of a table: only these series."),
    click.option(
        "--start", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Of a table: from here [after its last day]."
    ),
    click.option(
        "--days", type=click.IntRange(1, 400), help="Of a table: so far [hours 7, shifts 14, days 28, weeks 84]."
    ),
    click.option("--forecaster", metavar="NAME", help="Of a table of hours, shifts or days: ridge, best ... [fast]"),
    click.option("--country", metavar="CODE", help="Of a table: whose public holidays."),
    click.option("--subdivision", metavar="CODE", help="Of a table: and of which part of it."),
    click.option("--column", "columns", multiple=True, metavar="NAME", help="Of a table: the columns of counts."),
    click.option("--time", metavar="NAME", help="Of a table: the column of dates or times."),
    click.option("--hour", metavar="NAME", help="Of a table: the column of hours, where dates lack them."),
    click.option("--by", multiple=True, metavar="NAME", help="Of a table: a column that says whose row it is."),
    click.option("--where", multiple=True, metavar="NAME=VALUE", help="Of a table: only such rows."),
    click.option("--timezone", metavar="NAME", help="Of a table: whose clocks."),
    click.option("--date-format", metavar="FORMAT", help="Of a table: how dates are written."),
    click.option("--sheet", metavar="NAME", help="Of a workbook: which sheet."),
    click.option("--query", metavar="SQL", help="Of a database: what to read."),
)


def _of_tables(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@command("forecast")
@click.argument("scenario", metavar="SCENARIO|TABLE", type=click.Path(path_type=Path))
@variant_option
@sets_option
@root_option
@model_option
@click.option("--explain", "day", metavar="DAY", help="Why that day is forecast as it is: parts that sum to it.")
@_of_tables
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the days to this .csv or .json file.")
@click.option("--force", is_flag=True, help="Replace that file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def forecast(
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    model: str | None,
    day: str | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    **told: object,
) -> None:
    """Forecast demand from the histories that a scenario names, with how well that went on the past.

    In place of a scenario a table does (CSV, Excel, Parquet, or env:NAME for a database): every series in it is
    forecast at its own step, by hour, shift, day or week.
    """
    wishes = TableWishes(**told)  # type: ignore[arg-type]
    if scenario.suffix.lower() not in ENDINGS:
        from api.forecast_data import run_table

        _refuse(variant=variant, set=sets, root=root, model=model, explain=day)
        click.echo(run_table(str(scenario), wishes, output=output, force=force, as_json=as_json), nl=False)
        return
    from api.forecast_command import run, why

    _refuse(at=f"for a table; {scenario} says them itself", **{name: value for name, value in told.items() if value})
    loaded = Asked(scenario, with_model(sets, model), root).load(variant)
    if day is not None:
        click.echo(why(loaded, day, output=output, as_json=as_json), nl=False)
        return
    click.echo(run(loaded, variant, output=output, force=force, as_json=as_json), nl=False)


def _refuse(at: str = "for a scenario (.yaml), not for a table", **given: object) -> None:
    """Raise UsageError for options that belong to the other kind of file."""
    names = [f"--{'column' if name == 'columns' else name.replace('_', '-')}" for name, value in given.items() if value]
    if names:
        raise click.UsageError(f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} {at}")


@command("backtest")
@takes_scenario
@click.option("--forecaster", "forecasters", multiple=True, metavar="NAME", help="Try this one [the scenario's own].")
@click.option(
    "--origins", default=8, show_default=True, type=click.IntRange(1, 100), help="So many forecasts of the past."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def backtest(
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    forecasters: tuple[str, ...],
    origins: int,
    as_json: bool,
) -> None:
    """Forecast the past as it would have been forecast then, beside simple rules, and say how far off each was.

    As many days ahead as the scenario plans; each forecast knows only the days before it.
    """
    from api.backtest_command import run

    loaded = Asked(scenario, sets, root).load(variant)
    click.echo(run(loaded, forecasters, origins=origins, as_json=as_json), nl=False)
