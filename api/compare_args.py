"""The command `wardwright compare` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command, finite, seconds_option
from api.scenario_args import root_option, sets_option


@command("compare")
@click.argument("options", metavar="A [B]...", nargs=-1, required=True)
@sets_option
@root_option
@click.option(
    "--how", type=click.Choice(["auto", "ordered", "shapley"]), default="auto", show_default=True,
    help="How the difference in cost is shared out over the inputs that differ.",
)  # fmt: skip
@click.option(
    "--by", type=click.Choice(["auto", "input", "variant"]), default="auto", show_default=True,
    help="Whether each input has its part, or all that a variant changes have one together.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for it: Markdown, JSON, Excel, pictures.")
@click.option("--force", is_flag=True, help="Replace that folder if it holds a comparison.")
@seconds_option(None, "Seconds for each plan.")
@click.option("--gap", type=click.FloatRange(0, 1), callback=finite, help="Good enough: 0.01 is one per cent.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def compare(
    context: click.Context,
    options: tuple[str, ...],
    sets: tuple[str, ...],
    root: Path | None,
    how: str,
    by: str,
    output: Path | None,
    force: bool,
    time_limit: float | None,
    gap: float | None,
    as_json: bool,
) -> None:
    """Set plans side by side: which inputs differ, which outputs do, and which input makes what of the cost.

    Each of A, B ... is a scenario file, FILE:VARIANT, a variant of the first file (flu_year, or flu_year,no_agency for
    both together) or a plan folder. The first is what the others are compared with. A alone: all its variants.
    """
    from api.compare_command import Asking, run

    context.exit(run(options, Asking(sets, root, how, by, time_limit, gap), output, force=force, as_json=as_json))
