"""From a scenario to a checked plan: forecast, build, solve, read back, check, explain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from optimizer.capacity.build import Built, build
from optimizer.capacity.tables import read_tables
from optimizer.check import Checked, check
from optimizer.errors import CheckFailed
from optimizer.expansion.case import Case
from optimizer.expansion.pay import fixed_cost
from optimizer.figures import key_figures
from optimizer.plan import Plan, SolverNote, Source
from optimizer.planning import Outlook, foresee, plan_grid
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.shortfalls import shortfalls_in_words
from optimizer.solution import Limits, Solution, Watch, relative_gap
from optimizer.solvers import solve

DECIMALS = 6
"""Money is told to a millionth of the currency: what is left is the arithmetic's."""

Step = Callable[[str], None]


@dataclass(slots=True)
class _Clock:
    """Names each step to whoever watches, and times it."""

    say: Step | None
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self.say is not None:
            self.say(name)
        began = time.perf_counter()
        yield
        self.timings[name] = time.perf_counter() - began


def make_plan(
    loaded: Loaded[Scenario],
    *,
    variant: str | None = None,
    solver: str | None = None,
    limits: Limits | None = None,
    say: Step | None = None,
    watch: Watch | None = None,
) -> Plan:
    """Forecast, build, solve, read back and check.

    `limits` and `solver` stand above what the scenario says. Raises ScenarioError where a history can't be used,
    CheckFailed where the answer breaks a rule, and the solvers' errors for a solver that does not suit.
    """
    clock, scenario = _Clock(say), loaded.value
    allowed = limits or scenario_limits(scenario)
    with clock.step("forecast"):
        outlook = foresee(loaded, seed=allowed.seed)
    with clock.step("build"):
        grid = plan_grid(scenario)
        case = Case(scenario, grid, outlook.demand)
        built = build(case)
    with clock.step("solve"):
        solution = solve(built.program, solver=solver or scenario.solve.solver, limits=allowed, watch=watch)
    source = Source(
        scenario.id, scenario.name, scenario.currency, loaded.sha256, variant, allowed.seed, scenario.horizon.start,
        scenario.horizon.committed_days,
    )  # fmt: skip
    return _read_back(case, built, solution, source, outlook, clock)


def scenario_limits(scenario: Scenario) -> Limits:
    """Gap, time and seed as the scenario asks."""
    return Limits(time_limit=scenario.solve.time_limit, gap=scenario.solve.gap, seed=scenario.solve.seed)


def _read_back(case: Case, built: Built, solution: Solution, source: Source, outlook: Outlook, clock: _Clock) -> Plan:
    """The plan, or its absence, in full."""
    note = SolverNote(solution.solver, solution.version, solution.why, solution.message)
    fixed = {
        f"staff.{name}": money
        for name, group in case.scenario.staff.items()
        if (money := round(fixed_cost(case.scenario, group, case.grid), 2))
    }
    plan = Plan(
        source, solution.status, None, solution.bound, None, {}, fixed, None, note, outlook.note,
        outlook.demand.notes, (), {}, {}, progress=solution.progress, size=built.program.shape, timings=clock.timings,
    )  # fmt: skip
    if solution.values is None or solution.objective is None:
        return plan
    with clock.step("read back"):
        tables = read_tables(case, built, solution.values)
        cost = built.layout.cost(built.program.cost, solution.values, case.grid.committed_days)
        cost = {item: round(money, DECIMALS) for item, money in sorted(cost.items()) if abs(money) > 5e-7}
        objective = round(solution.objective, DECIMALS)
    with clock.step("check"):
        checked = _approved(check(case, tables, objective=objective, cost=cost))
    with clock.step("explain"):
        shortfalls = shortfalls_in_words(case, tables)
        figures = key_figures(case, tables)
    return replace(
        plan,
        objective=objective,
        gap=relative_gap(objective, solution.bound),
        cost=cost,
        checked=checked,
        tables=tables,
        shortfalls=shortfalls,
        key_figures=figures,
    )


def _approved(checked: Checked) -> Checked:
    if not checked.ok:
        raise CheckFailed(checked.violations)
    return checked
