"""The command `wardwright sweep` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command, finite, seconds_option
from api.scenario_args import Asked, takes_scenario


@command("sweep")
@takes_scenario
@click.option(
    "--over", multiple=True, metavar="PATH=[V,...]",
    help="Sweep over these values too, e.g. units.med-a.beds=[20,24]. May repeat.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the plans [sweeps/ID].")
@click.option("--force", is_flag=True, help="Plan every point anew, whatever that folder holds of this sweep.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="So many points at a time [one a core].")
@click.option(
    "--backend", default="local", show_default=True, metavar="NAME",
    help="local, or dask: the workers of a Dask cluster (pip install 'wardwright[dask]').",
)  # fmt: skip
@click.option("--scheduler", metavar="ADDRESS", help="Where the cluster's scheduler is: tcp://HOST:8786.")
@click.option("--solver", metavar="NAME", help="auto, cbc, glop, pdlp, highs, scip or cpsat.")
@seconds_option(None, "Seconds for each point.")
@click.option("--gap", type=click.FloatRange(0, 1), callback=finite, help="Good enough: 0.01 is one per cent.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Equal seeds give equal plans.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.pass_context
def sweep(
    context: click.Context,
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    over: tuple[str, ...],
    output: Path | None,
    force: bool,
    jobs: int | None,
    backend: str,
    scheduler: str | None,
    solver: str | None,
    time_limit: float | None,
    gap: float | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Plan every combination of the values under `sweep:` in a scenario, several at a time.

    Each point's plan is kept in a folder of its own as soon as it is done: stopped half way and run again, only the
    rest is planned. The axis `variant` takes variants; other axes are paths or knobs.
    """
    from api.plan_command import Terms
    from api.sweep_command import Sweeping, run
    from optimizer.whatif.crew import Crew

    terms, crew = Terms(solver, time_limit, gap, seed), Crew(backend, jobs, scheduler)
    sweeping = Sweeping(Asked(scenario, sets, root, over), variant, terms, crew)
    context.exit(run(sweeping, output, force=force, as_json=as_json))
