"""Published case O07: a stroke unit and its rehabilitation ward, played, within .01 of what was printed."""

from __future__ import annotations

from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from api.documents import plan_files
from optimizer.making import make_plan
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import simulate
from optimizer.simulation.settled import settle
from tests.test_simulate import FLOW, changed

CASES = Path(__file__).parents[1] / "scenarios" / "cases"
PUBLISHED = {
    # Monks et al. 2016, Table 2: beds -> chance that who comes is delayed, acute unit and rehabilitation
    "beds_9": (0.19, 0.20),  # 9 and 10 beds
    "beds_10": (0.14, 0.11),  # 10 and 12
    "beds_11": (0.09, 0.08),
    "beds_12": (0.06, 0.05),
    "beds_13": (0.04, 0.03),
    "beds_14": (0.02, 0.02),  # 14 and 16
    "beds_10,plus5": (0.16, 0.13),
    "beds_11,plus5": (0.11, 0.09),
    "beds_12,plus5": (0.07, 0.07),
    "beds_13,plus5": (0.05, 0.04),
    "beds_14,plus5": (0.03, 0.02),
}


def planned(folder: Path, variant: str | None, case: str = "O07") -> SavedPlan:
    """A case planned and read back."""
    loaded = open_scenario(CASES / f"{case}.yaml", variant=variant)
    for name, text in plan_files(make_plan(loaded), loaded).items():
        (folder / name).write_text(text, encoding="utf-8")
    return open_plan(folder)


@pytest.mark.parametrize("variant", PUBLISHED)
def test_o07_is_within_a_hundredth_of_the_published_chances(variant: str, tmp_path: Path) -> None:
    """Played patient by patient, along their pathway, both units are as often full as printed, and as by formula."""
    units = settle(planned(tmp_path, variant), reps=400, seed=1)
    for unit, published in zip(units, PUBLISHED[variant], strict=True):
        assert unit.by_formula is not None
        assert unit.found_full.mean == pytest.approx(published, abs=0.01)
        assert unit.by_formula == pytest.approx(published, abs=0.01)


def test_o07_asks_for_the_published_loads(tmp_path: Path) -> None:
    """The beds that all who come would fill: 8.3555 acute and 9.7182 in rehabilitation, most of them sent on."""
    acute, rehab = settle(planned(tmp_path, "beds_9"), reps=2, seed=1)
    assert acute.load == pytest.approx(8.35549, abs=1e-4)
    # 29.16 days x (.24 / 1.2 + 1 / 21.8) + 18.7 x .01 / 9.3 + 27.6 x (.11 / 3.6 + 1 / 31.7) + 16.1 x (.05 / 3.2 + ...)
    assert rehab.load == pytest.approx(9.71822, abs=1e-4)


@pytest.mark.parametrize(("case", "score"), [("O09", 0.3), ("O09-service", 0.7)])
def test_o09_is_covered_as_often_as_its_distribution_says(case: str, score: float, tmp_path: Path) -> None:
    """53 and 57 nurses for a need of 50, give or take 10: enough in 61.8 and 75.8 % of days, within a point."""
    saved = planned(tmp_path, None, case)
    found = simulate(saved, expected_by(saved.scenario, None, samples=20, seed=1), reps=20_000, seed=1)
    assert found.care["fully_covered"].mean == pytest.approx(NormalDist().cdf(score), abs=0.01)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"goes_on_to": {"nobody": 0.5}}, "no patient group is called nobody"),
        ({"goes_on_to": {"rehab": 0.7, "home": 0.4}}, "shares must sum to 1 at most, got 1.1"),
        ({"goes_on_to": {"rehab": 0.7}, "length_of_stay": None}, "nobody leaves to go on"),
        ({"goes_on_to": {"counted": 0.5}}, "counted states no arrivals"),
        ({"goes_on_to": {"back": 0.5}}, "patients would go round in a ring"),
    ],
)
def test_a_pathway_that_leads_nowhere_is_a_fault(changes: dict[str, Any], told: str) -> None:
    """Each fault of a pathway is told in a sentence at its place."""
    group = FLOW["patients"]["med"]
    med = {key: value for key, value in {**group, **changes}.items() if value is not None}
    others = {
        "rehab": group,
        "home": group,
        "counted": {**group, "demand": {"census": 5}},
        "back": {**group, "goes_on_to": {"med": 1.0}},
    }
    with pytest.raises(ScenarioError, match=told):
        open_data(changed(FLOW, patients={"med": med, **others}))
