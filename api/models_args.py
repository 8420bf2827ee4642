"""The commands `wardwright models ...` as click knows them. Light: it is read whenever the command line is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from api.group import debug_option, main
from api.scenario_args import variant_option

P = ParamSpec("P")
T = TypeVar("T")

folder_option = click.option(
    "--models", "folder", type=click.Path(path_type=Path), default=Path("models"), show_default=True,
    help="The folder of stored models.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _command(name: str) -> Callable[[Callable[P, None]], click.Command]:
    """Register a function under `models`, with --debug."""

    def register(function: Callable[P, None]) -> click.Command:
        return models.command(name)(debug_option(function))

    return register


@main.group("models")
@debug_option
def models() -> None:
    """Keep trained forecasts: train once, compare, promote, go back, and plan by name and version.

    A model is named name@version, such as ward@2; the name alone means the version in production. Exit codes: 0 done,
    2 no such model, a changed file, or nothing to learn from.
    """


@_command("train")
@click.argument("source", metavar="SCENARIO|DATA")
@click.option("--name", required=True, help="What to call it; a name that is known gets a new version.")
@click.option("--forecaster", metavar="NAME", help="ridge, fast, best ... [as the scenario says, else ridge]")
@click.option("--days", type=click.IntRange(1, 400), help="How far ahead it must look [28, or the horizon].")
@click.option("--models", "folder", type=click.Path(path_type=Path), help="Where to [models, beside the scenario].")
@click.option("--by", metavar="WHO", help="Who trains it [the user of this machine].")
@click.option("--promote", is_flag=True, help="Put it into production at once.")
@variant_option
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change one value of the scenario.")
@click.option("--root", type=click.Path(path_type=Path), help="Folder below which the scenario's files may be read.")
@click.option("--series", multiple=True, metavar="NAME", help="Of DATA: only these series.")
@click.option("--column", "columns", multiple=True, metavar="NAME", help="Of DATA: the columns of counts.")
@click.option("--time", metavar="NAME", help="Of DATA: the column of dates.")
@click.option("--country", metavar="CODE", help="Of DATA: whose public holidays.")
@click.option("--subdivision", metavar="CODE", help="Of DATA: and of which part of it.")
@json_option
def train(**given: object) -> None:
    """Train a model on the histories of a scenario, or on a table of daily counts, and store it as a candidate."""
    from api.models_command import Training, train_model

    as_json = bool(given.pop("as_json"))
    click.echo(train_model(Training(**given), as_json=as_json), nl=False)  # type: ignore[arg-type]


@_command("list")
@folder_option
@json_option
def listed(folder: Path, as_json: bool) -> None:
    """List every version of every model, and which are in production."""
    from api.models_command import list_models

    click.echo(list_models(folder, as_json=as_json), nl=False)


@_command("show")
@click.argument("reference", metavar="NAME[@VERSION]")
@folder_option
@json_option
def show(reference: str, folder: Path, as_json: bool) -> None:
    """Tell all about one model, and check that its files are what was stored."""
    from api.models_command import show_model

    click.echo(show_model(folder, reference, as_json=as_json), nl=False)


@_command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@folder_option
@json_option
def compare(first: str, second: str, folder: Path, as_json: bool) -> None:
    """Tell how two models differ, and which did better on the past."""
    from api.models_command import compare_models

    click.echo(compare_models(folder, first, second, as_json=as_json), nl=False)


@_command("promote")
@click.argument("reference", metavar="NAME@VERSION")
@folder_option
def promote(reference: str, folder: Path) -> None:
    """Put a version into production: scenarios that name the model without a version use it from now on."""
    from api.models_command import promote_model

    click.echo(promote_model(folder, reference), nl=False)


@_command("rollback")
@click.argument("name")
@folder_option
def rollback(name: str, folder: Path) -> None:
    """Put back into production the version that was there before."""
    from api.models_command import roll_back_model

    click.echo(roll_back_model(folder, name), nl=False)
