"""Every scenario that is shipped is sound and plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer import Limits, Plan, make_plan, open_scenario, warnings_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
EVERY_FILE = sorted(path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*.yaml"))
VARIANTS = [
    (file, name)
    for file in ("quickstart.yaml", "hospital450.yaml")
    for name in open_scenario(SCENARIOS / file).variants
]


@pytest.mark.parametrize("file", EVERY_FILE, ids=str)
def test_a_shipped_scenario_has_no_faults(file: Path) -> None:
    """Each file under scenarios/ opens; the one warning is of the clocks that change in hospital450's second week."""
    told = [fault.message for fault in warnings_of(open_scenario(SCENARIOS / file, root=SCENARIOS))]
    expected = 1 if file.name == "hospital450.yaml" else 0
    assert len(told) == expected
    assert all("the clocks change" in message for message in told)


@pytest.mark.parametrize(("file", "variant"), VARIANTS)
def test_a_shipped_variant_plans(file: str, variant: str) -> None:
    """Each what-if has a checked plan, in fractions of people where the hospital is large."""
    sets = ["whole=false"] if file.startswith("hospital450") else []
    plan = make_plan(open_scenario(SCENARIOS / file, variant=variant, sets=sets), variant=variant)
    assert plan.checked is not None
    assert plan.checked.ok


def test_quickstart_is_proven_optimal_in_a_blink() -> None:
    """The first scenario a newcomer runs is solved to its optimum well within its time."""
    plan = make_plan(open_scenario(SCENARIOS / "quickstart.yaml"))
    assert plan.status == "optimal"
    assert plan.timings["solve"] < 20


@pytest.fixture(scope="module")
def in_fractions() -> Plan:
    """hospital450 as a linear program: solved in about a second."""
    return make_plan(open_scenario(SCENARIOS / "hospital450.yaml", sets=["whole=false"]))


def test_hospital450_is_tight_but_workable(in_fractions: Plan) -> None:
    """Own shifts fill 90 to 98 % of the base week's need, and the rest can be bought."""
    assert in_fractions.status == "optimal"
    own = in_fractions.key_figures["own_fill_rate"]
    assert own is not None
    assert 0.90 <= own <= 0.98
    assert in_fractions.key_figures["boarded_days"] == 0


def test_hospital450_names_the_traps_of_its_history(in_fractions: Plan) -> None:
    """The plan's notes tell of the pieces and of the winter that has weekdays only."""
    told = " ".join(in_fractions.notes)
    assert "hospital450_daily.csv:" in told
    assert "weekday" in told or "missing" in told


def test_hospital450_has_a_checked_whole_plan_within_its_limits() -> None:
    """In whole people and bays, stopped early: a plan that passes the check, with a bound below its cost."""
    plan = make_plan(open_scenario(SCENARIOS / "hospital450.yaml"), limits=Limits(time_limit=60, gap=0.2))
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.bound <= plan.objective
    assert plan.checked is not None
    assert plan.checked.ok
    people = [float(row["people"]) for row in plan.tables["staff"].records() if str(row["day"]) < "2023-03-27"]
    assert all(each == round(each) for each in people)
