"""What may go wrong when the past is replayed."""

from __future__ import annotations

from optimizer.errors import PlanningError


class ReplayError(PlanningError):
    """A scenario whose past can't be replayed; the message says what is lacking."""
