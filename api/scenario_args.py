"""What every command that reads a scenario takes, and reading it: kept light, so that `validate` answers at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from optimizer.scenario.load import Loaded
    from optimizer.scenario.model import Scenario

P = ParamSpec("P")
T = TypeVar("T")

scenario_argument = click.argument("scenario", type=click.Path(path_type=Path))
sets_option = click.option(
    "--set", "sets", multiple=True, metavar="PATH=VALUE", help="Change one value, e.g. units.med-a.beds=24. May repeat."
)
root_option = click.option(
    "--root", type=click.Path(path_type=Path), help="Folder below which files may be read besides the scenario's own."
)


def _composed(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    del parameter
    from optimizer.scenario.varying import composed

    return composed(value)


variant_option = click.option(
    "--variant", metavar="A[,B]", callback=_composed, help="A variant, or several laid left to right on the scenario."
)
model_option = click.option(
    "--model", metavar="NAME[@VERSION]", help="Forecast with this stored model instead of learning one anew."
)


def with_model(sets: tuple[str, ...], model: str | None) -> tuple[str, ...]:
    """The changes asked for, and that of --model, which is the scenario's key forecast.model."""
    return sets if model is None else (*sets, f"forecast.model={model}")


def takes_scenario(command: Callable[P, T]) -> Callable[P, T]:
    """Add SCENARIO, --variant, --set and --root."""
    return scenario_argument(variant_option(sets_option(root_option(command))))


@dataclass(frozen=True, slots=True)
class Asked:
    """A scenario file as a command was given it."""

    path: Path
    sets: tuple[str, ...] = ()
    root: Path | None = None
    over: tuple[str, ...] = ()

    def load(self, variant: str | None = None, pick: Mapping[str, int] | None = None) -> Loaded[Scenario]:
        """Read it with its variants laid on it, or a point of its sweep. Raises ScenarioError."""
        from optimizer.scenario.files import open_scenario

        return open_scenario(self.path, variant=variant, sets=self.sets, over=self.over, pick=pick, root=self.root)
