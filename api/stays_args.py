"""The command `wardwright stays` as click knows it, and the options of stay tables. Light: always read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.group import command

if TYPE_CHECKING:
    from forecasting import StaySource


def takes_stays(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say which columns of a table tell the stays, for `source_of`, and --json."""
    for option in reversed(
        (
            click.option("--length", metavar="COLUMN", help="The column of lengths in days, instead of dates."),
            click.option("--still-in", metavar="COLUMN", help="With --length: 1 marks a stay that has not ended."),
            click.option(
                "--admitted", metavar="COLUMN", default="admitted", show_default=True, help="The column of first days."
            ),
            click.option(
                "--left", metavar="COLUMN", default="discharged", show_default=True,
                help="Of last days; empty: still in.",
            ),
            click.option(
                "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Read nothing after this day [the table's last day]."
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


def source_of(
    table: Path,
    *,
    length: str | None,
    still_in: str | None,
    admitted: str,
    left: str,
    as_of: datetime | None,
    group: str | None = None,
) -> StaySource:
    """The stay table that the options name."""
    from forecasting import StaySource

    day = None if as_of is None else as_of.date()
    return StaySource(table, group, length, still_in, admitted, left, day)


@command("stays")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--group", metavar="COLUMN", help="The column of patient groups [one group].")
@takes_stays
def stays(table: Path, group: str | None, as_json: bool, **told: Any) -> None:
    """How long patients stay, by group, from a table of stays, as `length_of_stay` to paste into a scenario.

    TABLE has a row a patient and no names: CSV, Excel or Parquet. Stays that have not ended count for as long as they
    have lasted.
    """
    from api.stays_command import run

    click.echo(run(source_of(table, group=group, **told), as_json=as_json), nl=False)
