"""From which occupancy on a unit counts as busy, tight or over full: what pictures are coloured by."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from optimizer.scenario.quantities import Frozen

Occupied = Annotated[float, Field(gt=0, le=2)]


class Bands(Frozen):
    """Occupied beds over open beds: above 85 % bed crises become likely (Bagust, Place and Posnett 1999), 92 % is the
    most that NHS England plans for, over 100 % somebody has no bed.
    """

    busy: Occupied = Field(0.85, description="patients over open beds from which on a unit is busy")
    tight: Occupied = Field(0.92, description="from which on it is tight")
    full: Occupied = Field(1.0, description="above which it is over full")

    @model_validator(mode="after")
    def _rise(self) -> Self:
        if not self.busy <= self.tight <= self.full:
            raise ValueError("must rise: busy, then tight, then full")
        return self
