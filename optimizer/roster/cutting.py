"""What people can't work goes back to the plan: at most so many own shifts there, and the plan solved once more.

The demand is the plan's own, so that nothing else moves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimizer.making import make_plan
from optimizer.plan import DemandNote, Plan
from optimizer.planning import Outlook
from optimizer.roster.hospital_saved import day_label
from optimizer.roster.hospital_wards import Certificate
from optimizer.roster.planned import EMPLOYED
from optimizer.saved import SavedPlan
from optimizer.scenario.load import Loaded, parse
from optimizer.scenario.model import Scenario
from optimizer.solution import Watch
from optimizer.tables import Table


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
