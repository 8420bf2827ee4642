"""Why no plan exists, and the cheapest change with which one does: what is told instead of a plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.explain.clash_words import ClashingRule, in_words
from optimizer.explain.conflict import Asking, Clash, find_clash
from optimizer.explain.members import Clashable, clashable
from optimizer.explain.repair import Cure, Patient, cheapest_cure
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario

CLASH_SHARE: Final = 0.5
"""Of the time there is, this part at most goes into the clash; the rest is the cure's."""


@dataclass(frozen=True, slots=True)
class Infeasible:
    """Why there is no plan.

    `clash` are rules that can't all hold: `minimal` where without any one of them they can, `smallest` where no fewer
    rules clash; `others` where further rules clash besides. Empty where time ran out before any were found. `cure` is
    None where none was found.
    """

    clash: tuple[ClashingRule, ...]
    minimal: bool
    smallest: bool
    others: bool
    cure: Cure | None

    def to_json(self) -> dict[str, object]:
        """The same as plain data."""
        cure = self.cure
        return {
            "clash": [asdict(rule) for rule in self.clash],
            "minimal": self.minimal,
            "smallest": self.smallest,
            "others": self.others,
            "cure": None
            if cure is None
            else {
                "cost": round(cure.cost, 2),
                "least": cure.least,
                "changes": [{**asdict(change), "sets": list(change.sets)} for change in cure.changes],
                "sets": list(cure.sets),
            },
        }


def explain_infeasible(loaded: Loaded[Scenario], case: Case, built: Built, *, seconds: float) -> Infeasible:
    """The smallest clash and the cheapest cure of a case that has no plan, in about so many seconds at most."""
    found = clashable(case, built)
    asking = Asking(seconds * CLASH_SHARE)
    clash = find_clash(found, asking)
    left = Asking(seconds * (1 - CLASH_SHARE) + max(0.0, asking.left), stopped=asking.stopped)
    cure = cheapest_cure(Patient(loaded, case, built), left)
    if clash is None:
        return Infeasible((), minimal=False, smallest=False, others=False, cure=cure)
    return Infeasible(_rules(case, found, clash), clash.minimal, clash.smallest, clash.others, cure)


def _rules(case: Case, found: Clashable, clash: Clash) -> tuple[ClashingRule, ...]:
    return tuple(
        in_words(case, found.members[member], [found.slots[slot] for slot in clash.slots[member]])
        for member in clash.members
    )
