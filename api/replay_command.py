"""The work behind `wardwright replay`: the past lived through again by each way of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from api.documents import json_text
from api.errors import Refused
from api.replay_words import replayed_lines
from api.terminal import progress_line
from optimizer.replay.equal_spend import EqualSpend, at_equal_spend
from optimizer.replay.policies import POLICIES, Policy
from optimizer.replay.run import Replayed, prepare, replay
from optimizer.replay.score import Score
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for."""

    weeks: int
    policies: tuple[str, ...]
    equal_spend: bool
    seed: int
    as_json: bool


def run(loaded: Loaded[Scenario], wishes: Wishes) -> None:
    """Replay and print. Raises ScenarioError, ReplayError or Refused."""
    policies = _picked(wishes)
    with progress_line(loaded.value.id) as line:
        say = line.say if line else None
        stretch = prepare(loaded, weeks=wishes.weeks, seed=wishes.seed)
        found = replay(stretch, policies, say=say)
        equal = at_equal_spend(found, say=say) if wishes.equal_spend else None
    if wishes.as_json:
        click.echo(json_text(_json(found, equal)), nl=False)
    else:
        click.echo("\n".join(replayed_lines(loaded.value, found, equal)))


def _picked(wishes: Wishes) -> Mapping[str, Policy]:
    """The policies asked for, all by default. Raises Refused for one that there is not."""
    unknown = [name for name in wishes.policies if name not in POLICIES]
    if unknown:
        raise Refused(f"no policy is called {unknown[0]}; there are {', '.join(POLICIES)}")
    asked = wishes.policies or tuple(name for name, each in POLICIES.items() if not each.slow)
    picked = {name: POLICIES[name] for name in POLICIES if name in asked}
    if wishes.equal_spend and not {"ours", "mean"} <= set(picked):
        raise Refused("--equal-spend holds ours against mean: replay both")
    return picked


def _json(found: Replayed, equal: EqualSpend | None) -> dict[str, object]:
    stretch = found.stretch
    told: dict[str, object] = {
        "schema_version": 1,
        "first": stretch.first.isoformat(),
        "weeks": stretch.weeks,
        "wards": "constructed from a total" if stretch.past.constructed else "as recorded",
        "policies": {name: _score(each) for name, each in found.scores.items()},
    }
    if equal is not None:
        told["equal_spend"] = {"share": equal.share, **_score(equal.score)}
    return told


def _score(each: Score) -> dict[str, object]:
    return {**asdict(each), "cost": each.cost, "paid": each.paid, "understaffed_share": each.understaffed_share}
