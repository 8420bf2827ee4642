"""The time that is left, shared by everything a decision is found with."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Until:
    """A moment after which nothing new is begun; `at` on the monotonic clock, in seconds."""

    at: float = math.inf

    @classmethod
    def after(cls, seconds: float) -> Until:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then, below 0 once it is past."""
        return self.at - time.monotonic()

    def part(self, share: float) -> Until:
        """The moment at which this share of what is left from now on is gone."""
        return Until.after(share * max(self.left(), 0.0))

    def over(self) -> bool:
        """Whether it is past."""
        return self.left() <= 0.0


NEVER = Until()
