"""`RESOURCES`: the scarce things planners know, each with the words for one more of it and where all are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from optimizer.explain import scarce_people, scarce_places
from optimizer.explain.scene import Found, Resource, Scene


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of scarce thing: its name, what one more all along is, and the function that finds every place of it."""

    name: str
    one_more: str
    find: Callable[[Scene], Found]


RESOURCES: Final[tuple[Kind, ...]] = (
    Kind("beds", "one more bed every day", scarce_places.beds),
    Kind("duties", "one more on duty every such shift", scarce_people.duties),
    Kind("duties", "one more to send elsewhere every such shift", scarce_people.pools),
    Kind("contracts", "one more person employed", scarce_people.contracts),
    Kind("temporary staff", "one more shift or hour a week", scarce_people.temporary),
    Kind("devices", "one more device every day", scarce_places.devices),
    Kind("slots", "one more slot every day", scarce_places.slots),
    Kind("transfers", "one more patient sent to another site every day", scarce_places.transfers),
    Kind("budget", "one more to spend", scarce_places.budget),
)


def resources(scene: Scene) -> list[Resource]:
    """Every place of every scarce thing over the committed days, in the table's order."""
    return [each for kind in RESOURCES for each in kind.find(scene)]
