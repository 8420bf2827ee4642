"""How alarming a figure is: said by colour, by a sign and in words alike, so that nobody needs the colour."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

BUSY_FROM: Final = 0.85
TIGHT_FROM: Final = 0.92
FULL_ABOVE: Final = 1.0
"""Occupied beds over open beds: above 85 % bed crises become likely (Bagust, Place and Posnett 1999), 92 % is the most
that NHS England plans for, over 100 % somebody has no bed."""


class Level(StrEnum):
    """A figure's standing."""

    GOOD = "good"
    BUSY = "busy"
    TIGHT = "tight"
    FULL = "full"


SIGNS: Final = {Level.GOOD: "●", Level.BUSY: "◆", Level.TIGHT: "▲", Level.FULL: "■"}
"""One sign for each level, told apart without colour."""


def level_of(share: float) -> Level:
    """The level of occupied over open beds."""
    if share > FULL_ABOVE + 1e-6:
        return Level.FULL
    if share >= TIGHT_FROM:
        return Level.TIGHT
    return Level.BUSY if share >= BUSY_FROM else Level.GOOD
