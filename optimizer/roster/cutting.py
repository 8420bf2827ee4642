"""What people can't work goes back to the plan: at most so many own shifts there, and the plan solved once more.

A plan solved again may put duties elsewhere that can't be worked there either: cut and plan alternate until all can be
worked, or nothing is gained. The demand is the plan's own, so that nothing else moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from optimizer.expansion.case import Case
from optimizer.making import make_plan
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook, plan_grid
from optimizer.roster.hospital_saved import day_label
from optimizer.roster.hospital_wards import Certificate
from optimizer.roster.planned import EMPLOYED
from optimizer.saved import SavedPlan
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.solution import Watch
from optimizer.tables import Table

MOST_ROUNDS: Final = 5
"""Plans solved again at most."""


@dataclass(frozen=True, slots=True)
class Round:
    """A plan with all cuts so far, its scenario, and what of its own duties people can work."""

    plan: Plan
    loaded: Loaded[Scenario]
    certificate: Certificate


def cut_until_workable(
    saved: SavedPlan, certificate: Certificate, certify: Callable[[SavedPlan], Certificate], *,
    rounds: int = MOST_ROUNDS, watch: Watch | None = None,
) -> tuple[Round, ...]:  # fmt: skip
    """Cut and plan in turn until every own duty can be worked, no plan is found, or no fewer are left over than before.

    Raises what planning and `certify` raise.
    """
    found: list[Round] = []
    while certificate.share < 1.0 and len(found) < rounds:
        plan, loaded = plan_again(saved, certificate, watch=watch)
        if not plan.exists:
            break
        saved = replace(saved, loaded=loaded, case=_with_cuts(saved, loaded.value), tables=plan.tables)
        left, certificate = certificate.planned - certificate.placed, certify(saved)
        found.append(Round(plan, loaded, certificate))
        if certificate.planned - certificate.placed >= left:
            break
    return tuple(found)


def _with_cuts(saved: SavedPlan, scenario: Scenario) -> Case:
    return Case(scenario, plan_grid(scenario), saved.case.demand)


def cuts(saved: SavedPlan, certificate: Certificate) -> Iterator[Mapping[str, object]]:
    """Cells of `locked`: of each shift with duties that can't be placed at most those that can, overtime cut first."""
    people = _planned(saved)
    for pool in certificate.pools:
        for each in pool.unplaced:
            left, day = each.people, day_label(pool.problem, each.slot.day)
            for contract in reversed(EMPLOYED):
                planned = people.get((pool.pool.group, contract, pool.pool.unit, each.slot.shift, day), 0.0)
                taken = min(planned, left)
                left -= int(taken)
                if taken:
                    yield {
                        "unit": pool.pool.unit, "staff": pool.pool.group, "shift": each.slot.shift, "day": day,
                        "contract": contract, "most": planned - taken,
                    }  # fmt: skip


def _planned(saved: SavedPlan) -> Mapping[tuple[str, ...], float]:
    table = saved.tables.get("staff", Table("staff", (), ()))
    return {
        tuple(str(row[name]) for name in ("staff", "contract", "unit", "line", "day")): float(row["people"])
        for row in table.records()
    }


def plan_again(
    saved: SavedPlan, certificate: Certificate, *, watch: Watch | None = None
) -> tuple[Plan, Loaded[Scenario]]:  # fmt: skip
    """The plan with the cuts, solved once, and the scenario with them in it. Raises what planning raises."""
    locked = saved.loaded.resolved.get("locked", [])
    before = list(locked) if isinstance(locked, Sequence) else []
    loaded = parse({**saved.loaded.resolved, "locked": [*before, *cuts(saved, certificate)]}, Scenario)
    outlook = Outlook(saved.case.demand, DemandNote(horizon_days=saved.case.grid.days))
    return make_plan(loaded, variant=saved.facts.variant, outlook=outlook, watch=watch), loaded
