"""The commands `wardwright discharges ...` as click knows them. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.group import debug_option, main
from api.models_args import folder_option
from api.stays_args import source_of, takes_stays


@main.group("discharges")
@debug_option
def discharges() -> None:
    """Who of the patients in bed leaves within 24, 48 and 72 hours, and who stays over 21 days.

    Tables have a row a patient and no names: CSV, Excel or Parquet. Exit codes: 0 done, 2 a table or model that can't
    be used.
    """


@discharges.command("train")
@debug_option
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What to call it; a name that is known gets a new version.")
@click.option("--feature", "features", multiple=True, metavar="COLUMN", help="A column known on arrival. May repeat.")
@click.option("--classifier", default="auto", show_default=True, metavar="NAME",
              help="logistic, support-vector, forest, boosting, or auto: the best on past patients.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Draws patients where no dates are known.")
@folder_option
@takes_stays
def train(
    table: Path, name: str, features: tuple[str, ...], classifier: str, seed: int, folder: Path, as_json: bool,
    **stays: Any,
) -> None:  # fmt: skip
    """Learn from past stays, score on patients held out, and store the model as a candidate.

    Name with --feature only what is known when a patient arrives: a column that is filled in later (an outcome, a final
    diagnosis) would promise what it can't keep.
    """
    from api.discharges_command import train_model

    source = source_of(table, **stays)
    click.echo(train_model(source, features, name, folder, classifier, seed, as_json=as_json), nl=False)


@discharges.command("predict")
@debug_option
@click.argument("model")
@click.argument("table", type=click.Path(path_type=Path))
@folder_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a row for each patient to this .csv file.")
@click.option("--force", is_flag=True, help="Replace that file.")
@takes_stays
def predict(
    model: str, table: Path, folder: Path, output: Path | None, force: bool, as_json: bool, **stays: Any
) -> None:  # fmt: skip
    """Chances for the patients of TABLE who are still in, and how many leave in all.

    MODEL is name@version, or the name alone for the version in production. A scenario reads the file of -o under
    today.leaving and today.days_in, so that the chances enter its census.
    """
    from api.discharges_command import Written, predict_patients

    source = source_of(table, **stays)
    click.echo(predict_patients(source, model, folder, Written(output, force), as_json=as_json), nl=False)
