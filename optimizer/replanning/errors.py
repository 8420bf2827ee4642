"""What can be wrong with an event, a lock, or a plan that is to be changed."""

from __future__ import annotations

from optimizer.errors import PlanningError


class EventError(PlanningError):
    """An event or a lock that was not understood, or that can't happen to this plan; the message names the part."""
