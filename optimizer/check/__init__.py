"""The independent check: a plan's tables recounted against the scenario, without the program that made them."""

from optimizer.check.findings import Checked, Violation
from optimizer.check.rules import CHECKS, COST_RULE, check

__all__ = ["CHECKS", "COST_RULE", "Checked", "Violation", "check"]
