"""The command `wardwright answer` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command, finite, seconds_option
from api.scenario_args import Asked, takes_scenario


@command("answer")
@takes_scenario
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the plans [answers/ID].")
@click.option("--force", is_flag=True, help="Plan every option anew, whatever that folder holds of this question.")
@click.option(
    "--reps", type=click.IntRange(0, 100_000),
    help="Play every option against so many draws of chance, the same for all [the question's draws].",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 1024), help="So many options at a time [one a core].")
@seconds_option(None, "Seconds for each option.")
@click.option("--gap", type=click.FloatRange(0, 1), callback=finite, help="Good enough: 0.01 is one per cent.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Equal seeds give equal plans.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_context
def answer(
    context: click.Context,
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    output: Path | None,
    force: bool,
    reps: int | None,
    jobs: int | None,
    time_limit: float | None,
    gap: float | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Answer the `question:` of a scenario: plan every option of its sweep, take one by its rule, and say why.

    Each option's plan is kept as soon as it is done: stopped half way and run again, only the rest is planned.
    """
    from api.answer_command import run
    from api.plan_command import Terms
    from api.sweep_command import Sweeping
    from optimizer.whatif.crew import Crew

    sweeping = Sweeping(Asked(scenario, sets, root), variant, Terms(None, time_limit, gap, seed), Crew(jobs=jobs))
    context.exit(run(sweeping, output, reps=reps, force=force, as_json=as_json))
