"""From a scenario to a checked plan: forecast, build, solve, read back, check, explain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from optimizer.capacity.build import Built, build
from optimizer.capacity.choice_tables import settled
from optimizer.capacity.layout import BEYOND
from optimizer.capacity.tables import Values, read_tables
from optimizer.check import Checked, check
from optimizer.errors import CheckFailed
from optimizer.expansion.case import Case
from optimizer.expansion.grid import Floats
from optimizer.expansion.pay import fixed_cost
from optimizer.explain.bottlenecks import MOST, bottlenecks
from optimizer.explain.infeasible import explain_infeasible
from optimizer.explain.prices import price_plan, price_rows
from optimizer.explain.scene import Scene
from optimizer.figures import key_figures
from optimizer.goals.solving import by_goals, come_to
from optimizer.plan import Plan, Reached, SolverNote, Source, Spent
from optimizer.planning import Outlook, foresee, plan_grid
from optimizer.scenario.goals import UNPAID, budget_of
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.shortfalls import shortfalls_in_words
from optimizer.solution import Limits, Solution, Status, Watch, relative_gap
from optimizer.solvers import solve

DECIMALS = 6
"""Money is told to a millionth of the currency: what is left is the arithmetic's."""

LEAST_MONEY = 5e-7
"""An item below this is nothing at all."""

LEAST_TO_EXPLAIN, MOST_TO_EXPLAIN = 10.0, 90.0
"""Seconds that may be spent on why there is no plan, between which the time limit counts."""

Step = Callable[[str], None]

Method = Callable[[Case, Built, Limits, Watch | None], Solution]
"""What may stand in for a solver: it knows the case, and what its columns mean."""


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
    outlook: Outlook | None = None,
    method: Method | None = None,
) -> Plan:
    """Forecast, build, solve, read back and check.

    `limits` and `solver` stand above what the scenario says; where an `outlook` is given, nothing is forecast, and a
    `method` solves in a solver's place, and nothing is priced. A scenario with `uncertainty`, and neither of these, is
    planned for many futures. Raises ScenarioError where a history can't be used,
    CheckFailed where the answer breaks a rule, and the solvers' errors for a solver that does not suit.
    """
    if loaded.value.uncertainty is not None and method is None and outlook is None:
        from optimizer.uncertainty.making import plan_for_futures

        terms = limits or scenario_limits(loaded.value)
        return plan_for_futures(loaded, make_plan, variant=variant, solver=solver, limits=terms, say=say, watch=watch)
    clock, scenario = _Clock(say), loaded.value
    allowed = limits or scenario_limits(scenario)
    with clock.step("forecast"):
        outlook = outlook or foresee(loaded, seed=allowed.seed)
    with clock.step("build"):
        grid = plan_grid(scenario)
        case = Case(scenario, grid, outlook.demand)
        built = build(case)
    with clock.step("solve"):
        solution, reached = _solved(case, built, _Asked(solver or scenario.solve.solver, allowed, method, watch, say))
    answer = _answer(case, built, solution, _source(loaded, variant, allowed.seed), outlook)
    plan = replace(answer, timings=clock.timings, goals=rounded(reached))
    if solution.status is Status.INFEASIBLE:
        with clock.step("find what clashes"):
            seconds = min(max(allowed.time_limit, LEAST_TO_EXPLAIN), MOST_TO_EXPLAIN)
            return replace(plan, infeasible=explain_infeasible(loaded, case, built, seconds=seconds))
    if solution.values is None:
        return plan
    decided = _with_decisions(plan, case, built, solution.values, clock)
    return (
        decided if method is not None or reached else _with_prices(decided, Scene(case, built, solution.values), clock)
    )


def _source(loaded: Loaded[Scenario], variant: str | None, seed: int) -> Source:
    """What a plan was made of."""
    scenario, horizon = loaded.value, loaded.value.horizon
    return Source(
        scenario.id, scenario.name, scenario.currency, loaded.sha256, variant, seed, horizon.start,
        horizon.committed_days,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """How to solve."""

    solver: str
    limits: Limits
    method: Method | None
    watch: Watch | None
    say: Step | None


def _solved(case: Case, built: Built, asked: _Asked) -> tuple[Solution, tuple[Reached, ...]]:
    """By the method given, by goals in turn where the scenario has some, else by one solver on the whole program."""
    if asked.method is not None:
        solution = asked.method(case, built, asked.limits, asked.watch)
        if solution.values is None or not case.scenario.solve.by_goals:
            return solution, ()
        return solution, come_to(case, built, solution.values)
    if case.scenario.solve.by_goals:
        return by_goals(case, built, solver=asked.solver, limits=asked.limits, watch=asked.watch, say=asked.say)
    return solve(built.program, solver=asked.solver, limits=asked.limits, watch=asked.watch), ()


def rounded(reached: tuple[Reached, ...]) -> tuple[Reached, ...]:
    """Goals as they are told, to a millionth."""
    return tuple(
        replace(each, value=round(each.value, DECIMALS), beyond=round(each.beyond, DECIMALS)) for each in reached
    )


def scenario_limits(scenario: Scenario) -> Limits:
    """Gap, time and seed as the scenario asks."""
    return Limits(time_limit=scenario.solve.time_limit, gap=scenario.solve.gap, seed=scenario.solve.seed)


def _answer(case: Case, built: Built, solution: Solution, source: Source, outlook: Outlook) -> Plan:
    """What the solver answered, before any decision is read."""
    fixed = {
        f"staff.{name}": money
        for name, group in case.scenario.staff.items()
        if (money := round(fixed_cost(case.scenario, group, case.grid), 2))
    }
    return Plan(
        source=source,
        status=solution.status,
        objective=None if solution.objective is None else round(solution.objective, DECIMALS),
        bound=solution.bound,
        gap=None,
        cost={},
        fixed=fixed,
        checked=None,
        solver=SolverNote(solution.solver, solution.version, solution.why, solution.message),
        demand=outlook.note,
        notes=outlook.demand.notes,
        shortfalls=(),
        key_figures={},
        tables={},
        progress=solution.progress,
        size=built.program.shape,
        forecast=outlook.record.to_json() if outlook.record else None,
    )


def _with_decisions(plan: Plan, case: Case, built: Built, values: Floats, clock: _Clock) -> Plan:
    """The plan with its tables, cost, check and words. Raises CheckFailed."""
    with clock.step("read back"):
        tables = read_tables(case, built, values)
        left = settled(case, built.layout, Values(values))
        money = built.layout.cost(built.program.cost, values, case.grid.committed_days)
        cost = {item: round(each, DECIMALS) for item, each in sorted(money.items()) if abs(each) > LEAST_MONEY}
    with clock.step("check"):
        goals = {each.goal: each.value for each in plan.goals}
        checked = _approved(check(case, tables, objective=plan.objective or 0.0, cost=cost, goals=goals))
    with clock.step("explain"):
        shortfalls, figures = shortfalls_in_words(left, tables), key_figures(left, tables)
    return replace(
        plan,
        gap=relative_gap(plan.objective, plan.bound),
        cost=cost,
        spent=_spent(case, cost),
        checked=checked,
        tables=tables,
        shortfalls=shortfalls,
        key_figures=figures,
    )


def _spent(case: Case, cost: Mapping[str, float]) -> Spent | None:
    """Money spent beside the budget, where there is one."""
    budget = budget_of(case.scenario)
    paid = (money for item, money in cost.items() if item not in UNPAID and item != BEYOND)
    return None if budget is None else Spent(budget, round(sum(paid), DECIMALS))


def _with_prices(plan: Plan, scene: Scene, clock: _Clock) -> Plan:
    """The plan with what is scarce in it."""
    with clock.step("price what is scarce"):
        prices = price_plan(scene)
    return replace(plan, prices=price_rows(prices), bottlenecks=bottlenecks(prices)[:MOST])


def _approved(checked: Checked) -> Checked:
    if not checked.ok:
        raise CheckFailed(checked.violations)
    return checked
