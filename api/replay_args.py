"""The command `wardwright replay` as click knows it. Light: it is read whenever the command line is."""

from __future__ import annotations

from pathlib import Path

import click

from api.group import command
from api.scenario_args import Asked, takes_scenario


@command("replay")
@takes_scenario
@click.option(
    "--weeks", default=12, show_default=True, type=click.IntRange(1, 40), help="The last so many of the past."
)
@click.option("--policy", "policies", multiple=True, metavar="NAME", help="Only this one. May repeat.")
@click.option("--equal-spend", is_flag=True, help="Also ours with its safety set so that it spends what mean does.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31 - 1), help="Of wards and forecasts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay(
    scenario: Path,
    variant: str | None,
    sets: tuple[str, ...],
    root: Path | None,
    weeks: int,
    policies: tuple[str, ...],
    equal_spend: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Live through the past again: what planning this way would have cost, beside simpler ways and knowing all.

    Each day every way of planning decides what can't wait, with what was known by then: own shifts weeks ahead, bays,
    bank and agency at their notice. Then the real day comes, and who can float floats. The weeks played are those
    before the scenario's start; all ways use the same beds, people, prices and rules, and differ in what they expect.

    Ways: ours, mean, fixed, last_week, clairvoyant; and two_stage, which weighs several futures at once and is slow.
    """
    from api.replay_command import Wishes, run

    wishes = Wishes(weeks, policies, equal_spend, seed, as_json)
    run(Asked(scenario, sets, root).load(variant), wishes)
