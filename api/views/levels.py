"""How alarming a figure is: said by colour, by a sign and in words alike, so that nobody needs the colour."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from optimizer.scenario.bands import Bands

USUAL: Final = Bands()
"""Where a scenario says nothing of its own."""


class Level(StrEnum):
    """A figure's standing."""

    GOOD = "good"
    BUSY = "busy"
    TIGHT = "tight"
    FULL = "full"


SIGNS: Final = {Level.GOOD: "●", Level.BUSY: "◆", Level.TIGHT: "▲", Level.FULL: "■"}
"""One sign for each level, told apart without colour."""


def level_of(share: float, bands: Bands = USUAL) -> Level:
    """The level of occupied over open beds."""
    if share > bands.full + 1e-6:
        return Level.FULL
    if share >= bands.tight:
        return Level.TIGHT
    return Level.BUSY if share >= bands.busy else Level.GOOD
