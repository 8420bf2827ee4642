"""What a scenario tells the forecast beside its histories: known events, and columns of data such as weather or flu."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from optimizer.scenario.faults import Problem
from optimizer.scenario.named import known
from optimizer.scenario.quantities import Frozen, Names

if TYPE_CHECKING:
    from optimizer.scenario.model import Scenario

Word = Annotated[str, Field(min_length=1, max_length=60)]


class Happening(Frozen):
    """Something known beforehand that moves demand from `from` to `to`, both included: a strike, a school holiday."""

    kind: Word = Field(description="events of a kind share one effect, learned from those in the past")
    first: date = Field(alias="from")
    last: date | None = Field(None, alias="to", description="default: the one day")
    groups: Names = Field((), description="patient groups concerned; left out: all")
    effect: Annotated[float, Field(gt=-1, le=10)] | None = Field(
        None, description="-0.3 is 30 % fewer; left out: learned from the past"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"must not end on {self.last}, before it begins on {self.first}")
        return self


class DataColumn(Frozen):
    """A daily column beside the histories, from a table or given here as `values` from `start` on."""

    name: Word | None = Field(None, description="default: the column's own name")
    file: str | None = None
    column: str | None = None
    date_column: str = "date"
    start: date | None = None
    values: tuple[float | None, ...] = ()
    known: Literal["ahead", "afterwards"] = Field(
        "afterwards", description="ahead: a day's value is known before that day, as a weather forecast is"
    )
    delay_days: Annotated[int, Field(ge=0, le=60)] = Field(0, description="how many days after its day a value comes")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is not None) == bool(self.values):
            raise ValueError("must say exactly one of file and values")
        if self.file is not None and self.column is None:
            raise ValueError("must name the column to read")
        if self.values and (self.start is None or self.name is None):
            raise ValueError("values given here need a name and the start date of the first")
        if self.known == "ahead" and self.delay_days:
            raise ValueError("what is known ahead does not come late: leave out delay_days")
        return self

    @property
    def called(self) -> str:
        """The name by which it is told."""
        return self.name or self.column or ""


def beside_agrees(scenario: Scenario) -> Iterator[Problem]:
    """Events concern groups that have a history; no two columns, and no column and event, have one name."""
    terms = scenario.forecast
    for at, event in enumerate(terms.events):
        yield from known(("forecast", "events", at, "groups"), event.groups, scenario.patients, "patient group")
    taken = {event.kind for event in terms.events}
    for at, column in enumerate(terms.columns):
        if column.called in taken:
            yield Problem(("forecast", "columns", at), f"{column.called} is the name of another column or event")
        taken.add(column.called)
