"""The command line `wardwright`: every command takes words apart, calls one function and prints what it says.

Nothing heavy is imported before a command needs it, so that `--help` and `validate` answer at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from api.answer_args import answer as answer
from api.compare_args import compare as compare
from api.describe_args import Data, Wishes, takes_data
from api.discharges_args import discharges as discharges
from api.export_args import export as export
from api.forecast_args import backtest as backtest
from api.forecast_args import forecast as forecast
from api.group import command, finite, seconds_option
from api.group import main as main
from api.import_args import import_ as import_
from api.models_args import models as models
from api.monitor_args import monitor as monitor
from api.replay_args import replay as replay
from api.roster_args import roster as roster
from api.scenario_args import (
    Asked,
    model_option,
    root_option,
    scenario_argument,
    takes_scenario,
    variant_option,
    with_model,
)
from api.serve_args import audit as audit
from api.serve_args import keys as keys
from api.serve_args import purge as purge
from api.serve_args import serve as serve
from api.serve_args import worker as worker
from api.simulate_args import simulate as simulate
from api.stays_args import stays as stays
from api.sweep_args import sweep as sweep


@command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--template",
    metavar="NAME",
    help="ward, hospital, district (Chinese), futures (a ward under chance) or roster (named people) [ward].",
)
@click.option(
    "--from",
    "census",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help="Draft it from your own patients by day and ward: CSV, Excel or Parquet.",
)
@click.option(
    "--staff",
    type=click.Path(path_type=Path),
    metavar="TABLE",
    help="With --from, who is employed: unit, staff, people (pay_per_hour, hours_per_week).",
)
@click.option("--days", type=click.IntRange(1, 366), default=14, show_default=True, help="With --from: days to plan.")
@click.option("--xlsx", is_flag=True, help="The scenario as a workbook to fill in, in place of a YAML file.")
def new(folder: Path, template: str | None, census: Path | None, staff: Path | None, days: int, xlsx: bool) -> None:
    """Make a folder with a scenario that runs at once: one that ships, or a draft from your own tables.

    A draft says what it assumed, and marks it in the file.
    """
    if census is None:
        from api.starters import start

        if staff is not None:
            raise click.UsageError("--staff goes with --from, the table of patients")
        click.echo(start(folder, template or "ward", xlsx=xlsx), nl=False)
        return
    from api.drafting.command import start_from

    if template is not None:
        raise click.UsageError("--template and --from are two ways to begin; name one")
    click.echo(start_from(folder, census, staff, days, xlsx=xlsx), nl=False)


@command("validate")
@scenario_argument
@variant_option
@root_option
def validate(scenario: Path, variant: str | None, root: Path | None) -> None:
    """Check a scenario, all its variants and its sweep: every fault at once, each at its place with a hint."""
    from api.validate_command import run

    text, warnings = run(Asked(scenario, root=root), variant)
    for warning in warnings:
        click.echo(warning, err=True)
    click.echo(text, nl=False)


@command("schema")
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from api.schema import schema_text

    click.echo(schema_text(), nl=False)


@command("show")
@takes_scenario
@click.option(
    "--resolved/--defaults",
    default=True,
    help="As it is planned, each value with the file and line, variant or --set it is from; or all defaults filled in.",
)
def show(scenario: Path, variant: str | None, sets: tuple[str, ...], root: Path | None, resolved: bool) -> None:
    """Print a scenario as it is planned, as YAML in one piece: after extends, variants, --set and tables."""
    from api.schema import as_yaml, in_full
    from api.show_command import resolved_text

    loaded = Asked(scenario, sets, root).load(variant)
    click.echo(resolved_text(loaded) if resolved else as_yaml(in_full(loaded.value)), nl=False)


@command("describe")
@takes_data
def describe(data: Data, wishes: Wishes) -> None:
    """Tell what a history is like, what drives it and what had to be cured.

    DATA is a CSV, Excel or Parquet file, or env:NAME, the variable that holds a database's URL.
    """
    from api.describe_command import run

    run(data, wishes)


@command("plan")
@takes_scenario
@model_option
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the plan [plans/ID-START].")
@click.option("--force", is_flag=True, help="Replace that folder if it holds a plan.")
@click.option("--solver", metavar="NAME", help="auto, cbc, glop, pdlp, highs, scip or cpsat.")
@seconds_option(None, "Seconds.")
@click.option("--gap", type=click.FloatRange(0, 1), callback=finite, help="Good enough: 0.01 is one per cent.")
@click.option("--work", type=click.IntRange(1), help="Stop after so much work, not time: equal plans on any machine.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Equal seeds give equal plans.")
@click.option("--json", "as_json", is_flag=True, help="Print plan.json; write a folder only where -o names one.")
@click.pass_context
def plan(
    context: click.Context,
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    model: str | None,
    output: Path | None,
    force: bool,
    solver: str | None,
    time_limit: float | None,
    gap: float | None,
    work: int | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Plan at least cost and check the plan; `compare` plans several variants side by side.

    A piece of work is one part of a plan solved again, or a hundred branches of the whole: about a second each, on one
    thread, and no clock decides. A time limit beside it still ends the search if it is first.
    """
    from api.plan_command import Output, Terms, run

    terms, asked = Terms(solver, time_limit, gap, seed, work), Asked(scenario, with_model(sets, model), root)
    context.exit(run(asked, variant, terms, Output(output, force, as_json)))


@command("explain")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--top",
    default=10,
    show_default=True,
    type=click.IntRange(0, 1000),
    help="So many of them are solved again with one more.",
)
@click.option(
    "--seconds", default=10.0, show_default=True, type=click.FloatRange(0, 3600, min_open=True), callback=finite,
    help="For each of them, with and without one more.",
)  # fmt: skip
@click.option("--why", multiple=True, metavar="CELL", help='What one fewer would cost: "rn on icu night 9 Dec".')
@click.option("--why-not", multiple=True, metavar="CELL", help='What one more would cost: "bay 1 of med-a on 9 Dec".')
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    plan: Path, top: int, seconds: float, why: tuple[str, ...], why_not: tuple[str, ...], as_json: bool
) -> None:
    """Tell what limits a plan most: what one more bed, nurse or device is worth, and what it costs."""
    from api.explain_command import Wanted, run

    run(plan, {"why": why, "why_not": why_not}, Wanted(top, seconds, as_json))


@command("replan")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--event", "events", multiple=True, metavar="WORDS", help='"6 rn sick 2026-12-09 night at icu". May repeat.'
)
@click.option("--lock-until", metavar="DAY", help="Before this day all stays as published [the first event's day].")
@click.option("--lock", "locks", multiple=True, metavar="WORDS", help='"icu night 2026-12-09" stays. May repeat.')
@click.option(
    "--change-price", type=click.FloatRange(0), callback=finite, help="What a change must save [a mean shift's pay]."
)  # fmt: skip
@click.option("--frontier", is_flag=True, help="Show what each number of changes would cost.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the new plan [PLAN-replanned].")
@click.option("--force", is_flag=True, help="Replace that folder if it holds a plan.")
@seconds_option(30.0, "Seconds; the frontier takes twice as many more.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; write a folder only where -o names one.")
@click.pass_context
def replan(
    context: click.Context,
    plan: Path,
    events: tuple[str, ...],
    lock_until: str | None,
    locks: tuple[str, ...],
    change_price: float | None,
    frontier: bool,
    output: Path | None,
    force: bool,
    time_limit: float,
    as_json: bool,
) -> None:
    """Change a published plan as little as what happened asks for, and say who is to be told what.

    Without --event the plan stays as it is. Events: people sick or back, beds or bays closed or opened, patients up or
    down, devices broken or returned, elective lists cancelled; a phrase not understood shows how each is said.
    """
    from api.replan_command import Asking, run

    asking = Asking(events, locks, lock_until, change_price, frontier, time_limit)
    context.exit(run(plan, asking, output, force=force, as_json=as_json))


@command("alternatives")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--count", default=3, show_default=True, type=click.IntRange(1, 20), help="So many.")
@click.option("--within", default="1%", show_default=True, help="Dearer than the plan by at most this share.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folders OUTPUT-1 and on [PLAN-alternative-1].")
@click.option("--force", is_flag=True, help="Replace those folders if they hold plans.")
@seconds_option(60.0, "Seconds for all together.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; write folders only where -o names them.")
@click.pass_context
def alternatives(
    context: click.Context,
    plan: Path,
    count: int,
    within: str,
    output: Path | None,
    force: bool,
    time_limit: float,
    as_json: bool,
) -> None:
    """Find plans hardly dearer than a plan that differ from it, and from each other, as much as can be."""
    from api.alternatives_command import run

    context.exit(run(plan, count=count, within=within, output=output, force=force, seconds=time_limit, as_json=as_json))
