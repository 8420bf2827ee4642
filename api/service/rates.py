"""How often each caller may ask: a bucket that fills steadily and holds a burst."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from api.service.errors import TooMany

MOST_CALLERS: Final = 10_000
"""Callers remembered; the one not seen for longest is forgotten, whose bucket is full again by then."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second for long, and `burst` of them at once."""

    per_second: float
    burst: int


class Rates:
    """A bucket for each caller."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, *, at: float | None = None) -> None:
        """One request of a caller, now or `at` seconds of some clock. Raises TooMany, which says when to come back."""
        moment = time.monotonic() if at is None else at
        left, seen = self._buckets.pop(name, (float(self._rate.burst), moment))
        left = min(float(self._rate.burst), left + (moment - seen) * self._rate.per_second)
        self._buckets[name] = (left - 1.0 if left >= 1.0 else left, moment)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        if left < 1.0:
            seconds = math.ceil((1.0 - left) / self._rate.per_second)
            raise TooMany(f"more than {self._rate.per_second:g} requests a second", seconds)
