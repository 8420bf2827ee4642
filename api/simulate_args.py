"""The command `wardwright simulate` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command


@command("simulate")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--reps", default=1000, show_default=True, type=click.IntRange(2, 100_000), help="So many draws.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Equal seeds, equal draws."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(plan: Path, reps: int, seed: int, as_json: bool) -> None:
    """Play a plan against chance: what its beds and shifts come to when patients come and stay as they may.

    Shifts, open beds and lists stay as planned. Each draw has its own patients and its own bank and agency staff; who
    finds no bed outlies, is diverted or boards; who is short asks bank, then agency, at their notice, then whoever can
    be spared elsewhere. Told are the means with their 95 % confidence intervals, and what one draw in twenty exceeds.

    The plan of a cycle is played until it has settled: the chance that who comes finds every bed taken.
    """
    from api.simulate_command import run

    run(plan, reps=reps, seed=seed, as_json=as_json)
