"""A plan played against chance: worked by hand where chance is small, held to exact queues and to simpy elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simpy
from scipy.stats import poisson

from api.simulate_words import played_lines
from forecasting import Record
from optimizer.simulation.errors import SimulationError
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.measures import Measured
from optimizer.simulation.run import Simulated, simulate
from optimizer.simulation.settled import settle
from optimizer.simulation.staffing import expected_patients
from optimizer.simulation.stage import Stage
from optimizer.solution import Limits
from tests.command import run
from tests.small_ward import saved_plan, small_ward

LIMITS = Limits(20.0, 0.0, threads=1)
DAYS = 10
FLOW: dict[str, Any] = {
    "schema": 1,
    "id": "flow",
    "horizon": {"start": "2024-01-01", "days": DAYS, "beyond_days": 0},
    "units": {"A": {"beds": 8, "cares_for": ["med"]}, "B": {"beds": 3}},
    "patients": {
        "med": {
            "demand": {"arrivals": 2.0},
            "length_of_stay": {"mean_days": 4},
            "outlies_in": ["B"],
            "outlier_cost_per_day": 100,
            "boarding_cost_per_day": 1000,
        }
    },
    "today": {"census": {"med": {"A": 6}}},
}
"""2 patients a day stay 4 days: 8 in the long run, in 8 beds and 3 for outliers."""


def changed(data: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A scenario with some of its sections exchanged."""
    return {**data, **changes}


def played(folder: Path, data: Mapping[str, Any], *, reps: int = 2000, seed: int = 1) -> Simulated:
    """The scenario planned, and its plan played."""
    saved = saved_plan(folder, data, limits=LIMITS)
    return simulate(saved, expected_by(saved.scenario, None, samples=100, seed=seed), reps=reps, seed=seed)


def test_patients_are_those_of_the_exact_queue(tmp_path: Path) -> None:
    """Nobody outlies: who is boarded a day is who exceeds 8 beds in the queue without end, whose law is known."""
    group = {key: value for key, value in FLOW["patients"]["med"].items() if key != "outlies_in"}
    data = changed(FLOW, units={"A": {"beds": 8, "cares_for": ["med"]}}, patients={"med": group}, today={})
    found = played(tmp_path, data)
    # day d: Poisson with mean 2 x (1 + .75 + ... + .75^d), as each of 2 a day is in still with chance .75 a day
    means = [2 * sum(0.75**back for back in range(day + 1)) for day in range(DAYS)]
    counts = np.arange(60)
    boarded = sum(float((np.maximum(counts - 8, 0) * poisson.pmf(counts, mean)).sum()) for mean in means)
    assert found.care["boarded_days"].low <= boarded <= found.care["boarded_days"].high
    assert found.care["boarded_days"].high - found.care["boarded_days"].low < 1.5


@dataclass(eq=False)
class Patient:
    """Someone in simpy's ward, with the bed they hold, if any."""

    bed: Any = None


class Ward:
    """FLOW as a simpy model: patients leave at whole days, come and are given beds at noon, and are counted then."""

    def __init__(self, seed: int) -> None:
        self.world, self.rng = simpy.Environment(), np.random.default_rng([7, seed])
        self.home, self.away = simpy.Resource(self.world, 8), simpy.Resource(self.world, 3)
        self.patients: list[Patient] = []
        self.boarded = self.outlying = 0
        for _ in range(6):
            self.come(mornings_off=0.0).bed = self.home.request()
        self.world.process(self.days())
        self.world.run(DAYS)

    def come(self, mornings_off: float) -> Patient:
        """One more, who may leave for the first time after so long."""
        self.patients.append(Patient())
        self.world.process(self.stay(self.patients[-1], mornings_off))
        return self.patients[-1]

    def stay(self, patient: Patient, mornings_off: float) -> Any:
        """Three in four stay on, every day."""
        yield self.world.timeout(mornings_off)
        while self.rng.random() < 0.75:
            yield self.world.timeout(1)
        self.patients.remove(patient)
        if patient.bed is not None:
            patient.bed.resource.release(patient.bed)

    def days(self) -> Any:
        """Noon after noon."""
        yield self.world.timeout(0.5)
        while True:
            for _ in range(self.rng.poisson(2.0)):
                self.come(mornings_off=0.5)
            for patient in [each for each in self.patients if each.bed is None]:
                ward = next((each for each in (self.home, self.away) if each.count < each.capacity), None)
                patient.bed = ward.request() if ward is not None else None
            self.boarded += sum(each.bed is None for each in self.patients)
            self.outlying += self.away.count
            yield self.world.timeout(1)


def test_many_draws_at_once_agree_with_simpy(tmp_path: Path) -> None:
    """Boarded and outlying patient-days are those of the same ward played patient by patient in simpy."""
    found = played(tmp_path, FLOW)
    wards = [Ward(seed) for seed in range(1500)]
    each = np.array([(ward.boarded, ward.outlying) for ward in wards], dtype=np.float64)
    for name, column in (("boarded_days", 0), ("outlier_days", 1)):
        mean, error = each[:, column].mean(), each[:, column].std() / np.sqrt(len(each))
        spread = (found.care[name].high - found.care[name].low) / 3.92
        # two independent means differ by less than 3.5 of their joint standard errors, but once in 2,000 runs
        assert abs(found.care[name].mean - mean) < 3.5 * np.hypot(error, spread)
    assert found.items["patients.outliers"].mean == pytest.approx(100 * found.care["outlier_days"].mean)
    assert found.items["patients.boarded"].mean == pytest.approx(1000 * found.care["boarded_days"].mean)


def test_equal_seeds_give_equal_draws(tmp_path: Path) -> None:
    """The same seed tells the same to the last digit, another one does not."""
    saved = saved_plan(tmp_path, FLOW, limits=LIMITS)
    expected = expected_by(saved.scenario, None, samples=100, seed=1)
    first, again, other = (simulate(saved, expected, reps=300, seed=seed) for seed in (1, 1, 2))
    assert first.care == again.care
    assert first.items == again.items
    assert first.care != other.care


def test_without_chance_a_plan_comes_to_what_it_says(tmp_path: Path) -> None:
    """6 patients sure to come need 2 nurses on 3 days: 600, nobody boarded, no hour short, in every draw."""
    found = played(tmp_path, small_ward(own=3, agency=3, short=50, boarding=5000), reps=20)
    assert found.items["staff.own"].mean == 600
    assert found.cost.mean == pytest.approx(600)
    assert (found.cost.low, found.cost.high) == pytest.approx((600, 600))
    assert found.care["short_hours"].mean == 0
    assert found.care["fully_covered"].mean == 1


def test_what_is_held_is_told_with_its_cost(tmp_path: Path) -> None:
    """Own shifts cost 600 in every draw and are named as held; nothing else costs, so the table has sums alone."""
    saved = saved_plan(tmp_path, small_ward(own=3, agency=3, short=50, boarding=5000), limits=LIMITS)
    expected = expected_by(saved.scenario, None, samples=20, seed=1)
    told = " ".join(" ".join(played_lines(saved, simulate(saved, expected, reps=20, seed=1))).split())
    assert "lists, devices and slots (at their cost in every draw: own shifts 600)." in told
    assert told.count("own shifts") == 2


def test_an_interval_is_told_only_where_its_measure_can_lie(tmp_path: Path) -> None:
    """A share of .01 give or take .02 lies between 0.0 % and 3.0 %, not below nothing."""
    saved = saved_plan(tmp_path, small_ward(own=3, agency=3, short=50, boarding=5000), limits=LIMITS)
    found = simulate(saved, expected_by(saved.scenario, None, samples=20, seed=1), reps=20, seed=1)
    rare = {"understaffed": Measured(0.01, -0.01, 0.03, 0.05), "in_a_bed": Measured(0.99, 0.98, 1.01, 0.9)}
    told = "\n".join(played_lines(saved, replace(found, care={**found.care, **rare})))
    assert "0.0 % to 3.0 %" in told
    assert "98.0 % to 100.0 %" in told


def test_bank_comes_by_chance(tmp_path: Path) -> None:
    """2 nurses needed on 3 days, all of bank at half the chance: 4 are asked, and 0 or 1 come with 1 and 4 in 16."""
    data = small_ward(own=0, agency=1, short=200, boarding=5000)
    nurse = data["staff"]["rn"]
    nurse["bank"] = {"multiplier": 1, "fill_rate": 0.5, "shifts_per_week": 12}
    del nurse["own"], nurse["agency"]
    found = played(tmp_path, data, reps=4000)
    # 12 asked leave no room for more. Short: 2 x 1/16 + 1 x 4/16 = .375 nurses, 10 h on each of 3 days
    short = found.care["short_hours"]
    assert short.low <= 3 * 10 * 0.375 <= short.high
    # paid are those who come, 4 x .5 = 2 a day at 100
    assert found.items["staff.bank"].low <= 600 <= found.items["staff.bank"].high


def test_more_are_asked_for_only_at_their_notice(tmp_path: Path) -> None:
    """9 come where 6 were planned for: agency with no notice fills the gap, agency of a week's notice can't."""
    data = small_ward(own=2, agency=1.5, short=100, boarding=5000)
    data["patients"]["med"]["demand"] = {"census": 6, "doubt": {"times": [0.5, 1.5], "chances": [0.5, 0.5]}}
    at_once = played(tmp_path, data, reps=200)
    data["staff"]["rn"]["agency"]["notice"] = "7d"
    too_late = played(tmp_path, data, reps=200)
    assert at_once.care["short_hours"].mean == 0
    # in half of the draws 9 patients need a third nurse for 10 hours of 3 days: 15 hours on average, of 0 and 30
    assert too_late.care["short_hours"].low <= 15 <= too_late.care["short_hours"].high
    assert too_late.care["asked"].mean == 0


def test_nothing_later_is_looked_at(tmp_path: Path) -> None:
    """Patients expected two days ahead do not move when later days do."""
    data = small_ward(own=3, agency=3, short=50, boarding=5000)
    data["patients"]["med"]["length_of_stay"] = {"mean_days": 3}
    data["horizon"]["beyond_days"] = 0
    stage = Stage(saved_plan(tmp_path, data, limits=LIMITS))
    real = np.random.default_rng(0).poisson(6, size=(5, 1, 1, 3)).astype(np.float64)
    perturbed = real.copy()
    perturbed[..., 1:] += 50
    seen, moved = (expected_patients(stage, each, 2) for each in (real, perturbed))
    assert np.array_equal(seen, moved)
    assert not np.array_equal(seen[..., 2], stage.planned[None, ..., 2].repeat(5, axis=0))


def test_who_can_be_spared_helps_elsewhere(tmp_path: Path) -> None:
    """A's 6 patients never come and B's double: A's spare nurse goes to B where she may, and else B is short."""
    data = small_ward(own=2, agency=9, short=50, boarding=5000)
    doubt = {"times": [0.0, 2.0], "chances": [0.5, 0.5]}
    cover = {"unit": ["W", "B"], "staff": "rn", "patients_per_person": 3, "during": ["D"]}
    data |= {
        "units": {"W": {"beds": 12, "cares_for": ["med"]}, "B": {"beds": 12, "cares_for": ["sur"]}},
        "patients": {
            name: {"demand": {"census": 6, "doubt": doubt}, "boarding_cost_per_day": 5000} for name in ("med", "sur")
        },
        "cover": [cover],
    }
    data["staff"]["rn"]["own"] = {"W": 2, "B": 2}
    del data["staff"]["rn"]["agency"]
    alone = played(tmp_path, data, reps=400)
    data["staff"]["rn"]["float"] = {"routes": {"W": ["B"], "B": ["W"]}}
    helped = played(tmp_path, data, reps=400)
    # alone: each ward lacks 2 of 4 nurses, 20 h on 3 days, half of the time: 60 h; helped: only when both are full, 30
    assert alone.care["short_hours"].low <= 60 <= alone.care["short_hours"].high
    assert helped.care["short_hours"].low <= 30 <= helped.care["short_hours"].high


def test_who_goes_on_arrives_when_they_leave(tmp_path: Path) -> None:
    """All 10 patients leave the acute ward at once and half go on: 5 are in rehabilitation then, 4 a day later."""
    data = changed(
        FLOW,
        horizon={"start": "2024-01-01", "days": 2, "beyond_days": 0},
        units={"A": {"beds": 20, "cares_for": ["acute"]}, "R": {"beds": 20, "cares_for": ["rehab"]}},
        patients={
            "acute": {
                "demand": {"arrivals": 0},
                "length_of_stay": {"mean_days": 1},
                "goes_on_to": {"rehab": 0.5},
                "boarding_cost_per_day": 1000,
            },
            "rehab": {
                "demand": {"arrivals": 0},
                "length_of_stay": {"mean_days": 5},
                "boarding_cost_per_day": 1000,
            },
        },
        today={"census": {"acute": {"A": 10}}},
    )
    saved = saved_plan(tmp_path, data, limits=LIMITS)
    # the plan expects 5 to arrive on the first day, of whom 4 in 5 stay on
    assert saved.case.demand.arrivals[1] == pytest.approx([5, 0])
    assert saved.case.census[1] == pytest.approx([5, 4])
    tight = changed(data, units={"A": {"beds": 20, "cares_for": ["acute"]}, "R": {"beds": 4, "cares_for": ["rehab"]}})
    found = played(tmp_path, tight, reps=4000)
    # first day: of 10 who leave X ~ binomial(10, 1/2) go on, beds for 4; second: of those 4 in 5 are left
    first, second = (np.random.default_rng(3).binomial(10, share, 400_000) for share in (0.5, 0.4))
    exact = np.maximum(first - 4, 0).mean() + np.maximum(second - 4, 0).mean()
    assert found.care["boarded_days"].low - 0.02 <= exact <= found.care["boarded_days"].high + 0.02


def test_a_settled_unit_follows_both_formulas(tmp_path: Path) -> None:
    """Load 2 in 3 beds: turned away 4/19 by Erlang's formula; boarded 1 - 5 e^-2 = 32 % of the time if all stay."""
    unit = {"beds": 3, "cares_for": ["med"]}
    group = {"demand": {"arrivals": 1}, "length_of_stay": {"mean_days": 2}, "boarding_cost_per_day": 1000}
    data = changed(FLOW, horizon={"cycle": "day"}, units={"A": unit}, today={}, patients={"med": group})
    (boards,) = settle(saved_plan(tmp_path, data, limits=LIMITS), reps=200, seed=1)
    assert boards.by_formula == pytest.approx(1 - 5 * np.exp(-2))
    assert boards.found_full.mean == pytest.approx(1 - 5 * np.exp(-2), abs=0.01)
    group["divert"] = {"cost_per_patient": 100, "at_most_per_day": 100}
    (goes,) = settle(saved_plan(tmp_path, data, limits=LIMITS), reps=200, seed=1)
    # 1 + 2 + 2 + 4/3 = 19/3 by the formula's sum: (8/6) / (19/3) = 4/19
    assert goes.by_formula == pytest.approx(4 / 19)
    assert goes.found_full.mean == pytest.approx(4 / 19, abs=0.01)
    # Little's law: those let in, 15/19 a day, stay 2 days
    assert goes.taken.mean == pytest.approx(2 * 15 / 19, abs=0.02)


def test_stays_may_have_any_shape(tmp_path: Path) -> None:
    """Stays of exactly 2 days find the unit full as often as exponential ones of that mean."""
    group = {
        "demand": {"arrivals": 1},
        "length_of_stay": {"still_in": [1, 1]},
        "boarding_cost_per_day": 1000,
        "divert": {"cost_per_patient": 100, "at_most_per_day": 100},
    }
    data = changed(
        FLOW,
        horizon={"cycle": "day"},
        units={"A": {"beds": 3, "cares_for": ["med"]}},
        today={},
        patients={"med": group},
    )
    (found,) = settle(saved_plan(tmp_path, data, limits=LIMITS), reps=200, seed=1)
    assert found.found_full.mean == pytest.approx(4 / 19, abs=0.01)


def test_what_can_not_be_played_is_refused(tmp_path: Path) -> None:
    """A cycle has no first day, dates never settle, and a settled patient lies in one unit."""
    saved = saved_plan(tmp_path, FLOW, limits=LIMITS)
    with pytest.raises(SimulationError, match="only a cycle settles"):
        settle(saved, reps=10, seed=1)
    cycle = changed(FLOW, horizon={"cycle": "day"}, today={})
    with pytest.raises(SimulationError, match="med may lie in several units"):
        settle(saved_plan(tmp_path, cycle, limits=LIMITS), reps=10, seed=1)
    with pytest.raises(SimulationError, match="no first day to play from"):
        played(tmp_path, cycle, reps=10)
    (tmp_path / "shifts").mkdir()
    shifts = saved_plan(tmp_path / "shifts", changed(cycle, units={"A": {"beds": 8}}, patients={}), limits=LIMITS)
    with pytest.raises(SimulationError, match="nobody comes"):
        settle(shifts, reps=10, seed=1)


def test_a_unit_of_no_beds_turns_everybody_away(tmp_path: Path) -> None:
    """Without a bed all who come go elsewhere, and shifts alone are played as they stand."""
    group = {"demand": {"arrivals": 1}, "length_of_stay": {"mean_days": 2}, "boarding_cost_per_day": 1000}
    group["divert"] = {"cost_per_patient": 100, "at_most_per_day": 100}
    data = changed(FLOW, horizon={"cycle": "day"}, today={}, patients={"med": group})
    data["units"] = {"A": {"beds": 0, "cares_for": ["med"]}}
    (found,) = settle(saved_plan(tmp_path, data, limits=LIMITS), reps=5, seed=1)
    assert (found.found_full.mean, found.by_formula, found.taken.mean) == (1, 1, 0)


def test_shifts_without_patients_are_played_as_planned(tmp_path: Path) -> None:
    """2 nurses asked for on 3 days, whoever comes: 600, and nothing is short."""
    data = small_ward(own=3, agency=3, short=50)
    data["patients"], data["units"] = {}, {"W": {"beds": 0}}
    data["cover"] = [{"unit": "W", "staff": "rn", "people": 2, "during": ["D"]}]
    found = played(tmp_path, data, reps=5)
    assert found.cost.mean == pytest.approx(600)
    assert found.care["fully_covered"].mean == 1


def test_the_command_tells_a_table_that_fits(tmp_path: Path) -> None:
    """Every line has at most 100 columns, and JSON holds the same figures with their intervals."""
    saved_plan(tmp_path, FLOW, limits=LIMITS)
    told = run("simulate", tmp_path, "--reps", 50)
    assert told.exit_code == 0
    assert max(map(len, told.output.splitlines())) <= 100
    assert "days with a bed for everybody" in told.output
    data = json.loads(run("simulate", tmp_path, "--reps", 50, "--json").output)
    each = data["care"]["boarded_days"]
    assert each["low"] <= each["mean"] <= each["high"]
    assert (data["reps"], data["seed"], data["days"]) == (50, 1, DAYS)


def test_a_folder_without_a_plan_is_refused(tmp_path: Path) -> None:
    """The message names the folder, and the exit code is that of invalid input."""
    told = run("simulate", tmp_path)
    assert told.exit_code == 2
    assert "no plan folder" in told.output


def test_a_kept_forecast_gives_its_own_quantiles_back(tmp_path: Path) -> None:
    """Paths drawn of a plan's forecast.json have its quantiles on every day, and each day leans on the one before."""
    from optimizer.histories import recalled
    from tests.test_drift import planned

    planned(tmp_path)
    record = Record.from_json(json.loads((tmp_path / "forecast.json").read_text(encoding="utf-8")))
    wide = np.array([90.0, 92, 95, 98, 100, 102, 105, 108, 110])
    told = record.to_json()
    assert isinstance(told["series"], list)
    told["series"][0]["quantiles"] = [wide.tolist()] * len(told["series"][0]["quantiles"])
    found = recalled(Record.from_json(told), samples=4000, seed=3)
    assert np.quantile(found.samples[:, 0, 1], [0.1, 0.5, 0.9]) == pytest.approx([95, 100, 105], abs=0.1)
    ties = np.corrcoef(found.samples[:, 0, 0], found.samples[:, 0, 1])[0, 1]
    assert ties == pytest.approx(0.9, abs=0.03)
