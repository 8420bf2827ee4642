"""The command `wardwright roster` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command, seconds_option


def _weeks(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, ...]:
    """6-2-9-1 as numbers."""
    parts = (text or "").split("-") if text else []
    if not all(part.isdecimal() for part in parts):
        raise click.BadParameter(f"{text!r}: write weeks as 6-2-9-1")
    return tuple(map(int, parts))


@command("roster")
@click.argument("problem", type=click.Path(path_type=Path))
@click.option("--history", type=click.IntRange(0), help="Of a competition's folder: the number of the history.")
@click.option("--weeks", callback=_weeks, metavar="N-N-N", help="And its weeks, in order: 6-2-9-1.")
@seconds_option(60.0, "Seconds to search.")
@click.option("--gap", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Stop once within this share.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="The folder to fill [rosters/NAME].")
@click.option("--force", is_flag=True, help="Replace it if it is one of ours.")
@click.option("--json", "as_json", is_flag=True, help="Print plan.json instead of writing a folder.")
@click.pass_context
def roster(
    context: click.Context, problem: Path, history: int | None, weeks: tuple[int, ...], time_limit: float, gap: float,
    seed: int, folder: Path | None, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Give named people shifts: a legal roster, as cheap in points as can be, with what is proven of it.

    PROBLEM is a file of Curtois and Qu's shift-scheduling benchmarks, or a folder of the second nurse-rostering
    competition with --history and --weeks.
    """
    from api.roster_command import Asked, run

    asked = Asked(problem, history, weeks, time_limit, gap, seed, folder, force, as_json)
    context.exit(run(asked))
