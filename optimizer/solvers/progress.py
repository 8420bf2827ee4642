"""Progress out of solvers' own log lines: one pattern for each place where a solver names its best cost or bound."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from optimizer.solution import Progress, Watch

EVERY_SECONDS = 0.2
"""Five reports a second are enough for an eye, and few enough for a pipe."""

_NO_NUMBER = 1e20
"""Solvers write their own infinity (1e20, 1e+50) where there is no cost or bound yet."""

PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "cbc": (
        re.compile(r"After \d+ nodes, \d+ on tree, (?P<incumbent>\S+) best solution, best possible (?P<bound>\S+)"),
        re.compile(r"Integer solution of (?P<incumbent>\S+) found"),
        re.compile(r"cuts changed objective from \S+ to (?P<bound>\S+)"),
        re.compile(r"Partial search - best objective (?P<incumbent>\S+) \(best possible (?P<bound>[^)\s]+)\)"),
    ),
    "highs": (re.compile(r"^\s*(?:[A-Za-z]\s+)?\S+\s+\S+\s+\S+\s+[\d.]+%\s+(?P<bound>\S+)\s+(?P<incumbent>\S+)\s"),),
    "scip": (re.compile(r"\|\s*(?P<bound>\S+)\s*\|\s*(?P<incumbent>\S+)\s*\|\s*(?:[\d.]+%|Inf|--)\s*\|"),),
    "cpsat": (re.compile(r"^#\S+\s+[\d.]+s\s+best:(?P<incumbent>\S+)\s+next:\[(?P<bound>[^,\]]+),"),),
}
"""By solver. A solver that is not here (the linear ones) has nothing to report until it ends."""


def number(text: str | None) -> float | None:
    """A finite number below the solvers' infinities, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < _NO_NUMBER else None


def printed_bound(text: str | None) -> float | None:
    """A bound read from print, lowered by half a unit of its last digit: rounding must not prove too much."""
    value = number(text)
    if value is None or text is None:
        return None
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return value - 0.5 * 10.0 ** (int(exponent or 0) - decimals) if "." in mantissa else value


@dataclass(slots=True)
class Recorder:
    """Turns log lines into a thin history of `Progress`, and tells `watch` of each entry."""

    solver: str
    watch: Watch | None = None
    history: list[Progress] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    _incumbent: float | None = None
    _bound: float | None = None
    _told: float = -math.inf

    def read(self, lines: Iterable[str]) -> None:
        """Take in log lines; report if something is new and the last report is long enough ago."""
        before = (self._incumbent, self._bound)
        for line in lines:
            self._read(line)
        now = time.monotonic()
        if before != (self._incumbent, self._bound) and now - self._told >= EVERY_SECONDS:
            self._told = now
            self._report(now)

    def finish(self) -> tuple[Progress, ...]:
        """The whole history, its last entry included even if it came too soon to be reported."""
        last = self.history[-1] if self.history else Progress(0.0, None, None)
        if (last.incumbent, last.bound) != (self._incumbent, self._bound):
            self._report(time.monotonic())
        return tuple(self.history)

    def _read(self, line: str) -> None:
        for pattern in PATTERNS.get(self.solver, ()):
            found = pattern.search(line)
            if found is None:
                continue
            said = found.groupdict()
            incumbent, bound = number(said.get("incumbent")), printed_bound(said.get("bound"))
            self._incumbent = self._incumbent if incumbent is None else incumbent
            self._bound = self._bound if bound is None else bound
            return

    def _report(self, now: float) -> None:
        progress = Progress(now - self.started, self._incumbent, self._bound)
        self.history.append(progress)
        if self.watch is not None:
            self.watch(progress)
