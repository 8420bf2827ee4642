"""Plans of a hospital's beds, staff and devices: scenario -> demand -> program -> solution -> checked plan.

Names are loaded when first used, so that `import optimizer` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.errors import CheckFailed, PlanningError
    from optimizer.goals.alternatives import alternatives
    from optimizer.making import make_plan
    from optimizer.plan import Plan
    from optimizer.saved import open_plan
    from optimizer.scenario.faults import Fault, ScenarioError
    from optimizer.scenario.files import open_data, open_scenario
    from optimizer.scenario.model import Scenario
    from optimizer.scenario.warnings import warnings_of
    from optimizer.solution import Limits, Progress, Status

_HOMES = {
    "CheckFailed": "errors",
    "Fault": "scenario.faults",
    "Limits": "solution",
    "Plan": "plan",
    "PlanningError": "errors",
    "Progress": "solution",
    "Scenario": "scenario.model",
    "ScenarioError": "scenario.faults",
    "Status": "solution",
    "alternatives": "goals.alternatives",
    "make_plan": "making",
    "open_data": "scenario.files",
    "open_plan": "saved",
    "open_scenario": "scenario.files",
    "warnings_of": "scenario.warnings",
}
"""The module in which each public name lives."""

__all__ = [
    "CheckFailed",
    "Fault",
    "Limits",
    "Plan",
    "PlanningError",
    "Progress",
    "Scenario",
    "ScenarioError",
    "Status",
    "alternatives",
    "make_plan",
    "open_data",
    "open_plan",
    "open_scenario",
    "warnings_of",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
