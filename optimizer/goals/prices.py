"""What is asked at a plan's prices makes no sense of a plan that was made without weighing by them."""

from __future__ import annotations

from optimizer.saved import PlanFolderError, SavedPlan


class NotByPrices(PlanFolderError):  # noqa: N818 - says what is wrong with the plan
    """A question at a plan's prices, asked of a plan that was made by goals in turn."""


def refuse_goals(saved: SavedPlan, what: str) -> None:
    """Raises NotByPrices where the plan was made by goals or for a budget; `what` can't be said of those."""
    if saved.scenario.solve.by_goals:
        key = "solve.goals" if saved.scenario.solve.goals else "solve.budget"
        raise NotByPrices(f"{saved.folder}: made by goals in turn ({key}), not by prices: {what}")
