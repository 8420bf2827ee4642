"""The command `wardwright roster` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.group import command, seconds_option


def _weeks(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...]:
    """6-2-9-1 as numbers."""
    parts = (text or "").split("-") if text else []
    if not all(part.isdecimal() for part in parts):
        raise click.BadParameter(f"{text!r}: write weeks as 6-2-9-1")
    return tuple(map(int, parts))


PLACE = click.Path(path_type=Path)


@command("roster")
@click.argument("problem", type=PLACE, required=False)
@click.option("--from", "source", type=PLACE, help="A plan's folder to roster, or a roster's to change or question.")
@click.option("--people", type=PLACE, help="A table of people, in place of the scenario's own.")
@click.option("--variant", help="A variant of the scenario, or several.")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change one value of the scenario.")
@click.option("--absent", multiple=True, metavar="PERSON:FROM..TO", help="Roster anew, changing least.")
@click.option("--why", metavar="PERSON:DAY", help="Why a cell is as it is.")
@click.option(
    "--why-not", metavar="PERSON:DAY:SHIFT", help="Why somebody does not work a shift, or what it would cost."
)
@click.option("--why-short", metavar="DAY:SHIFT[:UNIT]", help="Why a shift is not covered.")
@click.option("--check", type=PLACE, metavar="XLSX", help="Score an edited roster.xlsx of the folder under --from.")
@click.option("--cut", is_flag=True, help="Plan again with at most the duties that people can work.")
@click.option("--history", type=click.IntRange(0), help="Of a competition's folder: the number of the history.")
@click.option("--weeks", callback=_weeks, metavar="N-N-N", help="And its weeks, in order: 6-2-9-1.")
@seconds_option(None, "Seconds to search: 20 for each ward, 60 for a benchmark's file.")
@click.option(
    "--work", type=click.IntRange(1), help="Stop after so many steps of each ward instead: the same every time."
)
@click.option("--gap", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Stop once within this share.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Wards at a time.")
@click.option("-o", "--output", "folder", type=PLACE, help="The folder to fill [rosters/NAME].")
@click.option("--force", is_flag=True, help="Replace it if it is one of ours.")
@click.option("--json", "as_json", is_flag=True, help="Print plan.json instead of writing a folder.")
@click.pass_context
def roster(context: click.Context, /, **given: Any) -> None:
    """Give named people shifts: a legal roster, as cheap in points as can be, with what is proven of it.

    PROBLEM is a scenario with people under `roster` (planned first, unless it states its needs), a file of Curtois and
    Qu's shift-scheduling benchmarks, or a folder of the second nurse-rostering competition with --history and --weeks.
    `--from` takes a plan's folder: without people it tells how many of its duties can be worked; or a roster's.
    """
    from api.roster_front import run

    context.exit(run(given))
