"""What the service writes into its log: who asked which route and what came of it, and where a fault of ours happened.

Ids, routes, states and places in our own code: no address as it was sent, no header, no word of an error, for any of
them may hold what nobody should read there, or a line break that forges a line.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Final

from api.problems import SILENT, problem_of

POLLED: Final = ("/status", "/healthz", "/readyz", "/metrics")
DEEPEST: Final = 12
"""So many places of a fault are told, the innermost first."""

_LOG = logging.getLogger(__name__)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered; `route` is the line of the table that did, not the address that was sent.

    Good answers to those who only ask how something stands are counted, not logged: they would drown all else.
    """
    if status < 400 and route.endswith(POLLED):
        return
    _LOG.info("%s %s: %d in %.1f ms", method, route, status, 1e3 * seconds)


def broke(what: str, error: Exception) -> None:
    """Log a fault of ours, where it is one; `what` names a route or a job."""
    if problem_of(error).body["code"] in SILENT:
        _LOG.error("%s: a fault of ours: %s", what, whereabouts(error))


def whereabouts(error: BaseException) -> str:
    """An error's kind and the places it came through, on one line and without its message; then what caused it."""
    frames = reversed(traceback.extract_tb(error.__traceback__)[-DEEPEST:])
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in frames)
    cause = f" after {whereabouts(error.__cause__)}" if error.__cause__ is not None else ""
    return f"{type(error).__name__} at {places}{cause}"
