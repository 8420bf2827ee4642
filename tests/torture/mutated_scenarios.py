"""Scenarios spoiled as text and as data: each is refused at its place, or planned as what it now says.

What another reader of YAML reads alike must be the same scenario, and what it reads otherwise another one: a change
that is taken without a word would be a plan for something else. Whatever is taken is planned, and its plan is checked.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from api.outcomes import OUR_FAULT, exit_of
from optimizer.making import make_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits
from tests.command import SCENARIOS
from tests.small_ward import small_ward
from tests.torture.mutating import (
    REFUSED,
    SAME,
    TOLD,
    Attempt,
    Wrong,
    canonical,
    judged,
    spoiled_bytes,
    spoiled_text,
    spoiled_tree,
)
from tests.torture.mutating import Path as Place

LAID = ("variants", "knobs", "sweep", "schema")
"""Keys that are no part of the scenario as it stands: what they offer is laid on it when asked for."""

SECONDS = 5.0
LARGEST = 20_000
"""Columns of a program that is still solved here; a larger one is only read."""


def texts(folder: Path) -> Attempt:
    """Scenario files with their bytes or lines spoiled."""
    known = {path: path.read_text(encoding="utf-8") for path in sorted(SCENARIOS.glob("*.yaml"))}
    sound = {path: open_scenario(path) for path in known}

    def attempt(chance: random.Random) -> str:
        path = chance.choice(list(known))
        if chance.random() < 0.2:
            raw = spoiled_bytes(known[path].encode(), chance)
        else:
            raw = spoiled_text(known[path], chance).encode("utf-8", "surrogatepass")
        spoiled = folder / "spoiled.yaml"
        spoiled.write_bytes(raw)
        try:
            loaded = open_scenario(spoiled)
        except ScenarioError as error:
            return placed(error)
        except Exception as error:
            return judged(error)
        return compared(loaded, sound[path], alike=_data(raw.decode()) == _data(known[path]))

    return attempt


def _data(text: str) -> str:
    """What another reader makes of a YAML text, as far as the scenario itself goes."""
    yaml = YAML(typ="safe", pure=True)
    try:
        data = yaml.load(text)
    except YAMLError as error:
        raise Wrong(f"taken, and no YAML for another reader: {error}") from error
    return canonical({key: each for key, each in data.items() if key not in LAID})


def data(folder: Path) -> Attempt:
    """Scenarios as data, with one place spoiled."""
    del folder
    wards = [small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0), *map(_read, sorted(SCENARIOS.glob("*.yaml")))]
    sound = [open_data(each) for each in wards]

    def attempt(chance: random.Random) -> str:
        which = chance.randrange(len(wards))
        spoiled, place = spoiled_tree(wards[which], chance)
        try:
            loaded = open_data(spoiled)
        except ScenarioError as error:
            return placed(error)
        except Exception as error:
            return judged(error)
        return compared(loaded, sound[which], alike=_alike(wards[which], spoiled, place))

    return attempt


def _read(path: Path) -> dict[str, Any]:
    return dict(open_scenario(path).resolved)


def _alike(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> bool:
    return place[0] in LAID or canonical(before) == canonical(after)


def placed(error: ScenarioError) -> str:
    """Refused, where every fault says what it is."""
    if not error.faults or not all(fault.message.strip() for fault in error.faults):
        raise Wrong(f"a refusal without words: {error}")
    return REFUSED


def compared(loaded: Loaded[Scenario], sound: Loaded[Scenario], *, alike: bool) -> str:
    """The same scenario where nothing was changed, another where something was, with a plan that is what it says."""
    if alike:
        if loaded.value != sound.value or loaded.sha256 != sound.sha256:
            raise Wrong("another scenario, though nothing was changed")
        return SAME
    if loaded.sha256 == sound.sha256:
        raise Wrong("the change was taken without a word")
    planned(loaded)
    return TOLD


def planned(loaded: Loaded[Scenario]) -> None:
    """Plan what was taken. Raises Wrong where that is a fault of ours."""
    if size_of(loaded.value) > LARGEST:
        return
    try:
        plan = make_plan(loaded, limits=Limits(time_limit=SECONDS, gap=0.02))
    except Exception as error:
        judged(error)
        return
    if exit_of(plan) == OUR_FAULT:
        raise Wrong(f"the plan ended as {plan.status}: {plan.solver.message}")


def size_of(scenario: Scenario) -> float:
    """About how many columns its program has: days, shifts, units, groups and staff multiplied."""
    days = scenario.horizon.days or 7
    return float(
        days * len(scenario.shifts) * len(scenario.units) * len(scenario.patients) * max(len(scenario.staff), 1)
    )
