"""What a plan may choose once for all its days: wards to close for a while, and people to engage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from optimizer.scenario.faults import Problem
from optimizer.scenario.named import known
from optimizer.scenario.quantities import Amount, Count, Frozen, Names

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario


class Closing(Frozen):
    """Wards that must be shut for some days in a row, for repairs, say: which, and from when, the plan chooses."""

    units: Annotated[Names, Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=366)] = Field(description="in a row, for each ward that closes")
    wards: Annotated[int, Field(ge=1)] | None = Field(None, description="how many of the units close; default: all")
    first: date | None = Field(None, alias="from", description="no ward closes before; default: the first day")
    last: date | None = Field(None, alias="to", description="every ward is open again after; default: the last day")
    at_once: Annotated[int, Field(ge=1)] = Field(1, description="at most so many of the units are shut on one day")


class Engage(Frozen):
    """People who may be engaged beside those there are, for all days of the plan."""

    at_least: Count = 0
    at_most: Count
    cost_per_person: Amount = Field(description="for all days of the plan")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.at_least > self.at_most:
            raise ValueError(f"at_least is {self.at_least}, more than at_most, {self.at_most}")
        return self


def window(scenario: Scenario, closing: Closing) -> tuple[date, date]:
    """The first and the last day on which a ward may be shut. The horizon has a start."""
    start = scenario.horizon.start or date.min
    end = start + timedelta(days=scenario.horizon.committed_days - 1)
    return max(closing.first or start, start), min(closing.last or end, end)


def closings_agree(scenario: Scenario) -> Iterator[Problem]:
    """Units that are there, in one closing each, and days enough to close them in."""
    taken: dict[str, str] = {}
    for name, closing in scenario.closing.items():
        path = ("closing", name)
        if not scenario.whole:
            yield Problem(
                path, "half a ward can't close", "drop whole: false, or give dated closures (units.X.closures)"
            )
        yield from known((*path, "units"), closing.units, scenario.units, "unit")
        for unit in closing.units:
            if unit in taken:
                yield Problem((*path, "units"), f"{unit} is in the closing {taken[unit]} too; name it once")
            taken[unit] = name
        if scenario.horizon.start is None:
            yield Problem(path, "wards close on dates, and the horizon has none", "give horizon.start and days")
        elif closing.wards is not None and closing.wards > len(closing.units):
            yield Problem((*path, "wards"), f"{closing.wards} of {len(closing.units)} units can't close")
        else:
            yield from _days_enough(scenario, name, closing)


def _days_enough(scenario: Scenario, name: str, closing: Closing) -> Iterator[Problem]:
    first, last = window(scenario, closing)
    there, wards = (last - first).days + 1, closing.wards or len(closing.units)
    turns = -(-wards // closing.at_once)
    if turns * closing.days > there:
        asked = f"{wards} wards, {closing.at_once} at once, {closing.days} days each"
        message = f"{asked} need {turns * closing.days} days, and there are {max(there, 0)}"
        yield Problem(("closing", name), message, "allow more days, more wards at once, or fewer wards")
