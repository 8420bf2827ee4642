"""The command `wardwright monitor` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command, seconds_option


@command("monitor")
@click.argument("plans", metavar="PLAN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--actuals", required=True, type=click.Path(path_type=Path), help="A table of what came: CSV, Excel ...")
@click.option("--price", is_flag=True, help="Also tell what the error cost in plan money (two solves a plan).")
@seconds_option(60.0, "Seconds for each solve of --price.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def monitor(
    context: click.Context, plans: tuple[Path, ...], actuals: Path, price: bool, time_limit: float, as_json: bool
) -> None:
    """Hold the forecasts of past plans against what came, and say whether to train anew.

    The table of what came has the columns of the scenario's history. Told are how often the intervals held, bias, error
    beside "as a week ago", and whether what comes is still like what was learned from.

    Exit codes: 0 the forecasts are fine, 6 train anew, 2 nothing that can be compared or a file that can't be read.
    """
    from api.monitor_command import run

    context.exit(run(plans, actuals, seconds=time_limit if price else None, as_json=as_json))
