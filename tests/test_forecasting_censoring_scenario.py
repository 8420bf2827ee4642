"""A scenario may ask for demand instead of beds occupied: full days are then what wanted to come in."""

from datetime import date, timedelta

import numpy as np
import pytest

from optimizer import ScenarioError, open_scenario
from optimizer.planning import foresee

DAYS = 400
START = date(2024, 1, 1)


def folder(tmp_path, history, *, seed=0):
    """Demand of 100 a day, give or take 8, against 100 beds; the queue waits half in the ED and half lies elsewhere."""
    rng = np.random.default_rng(seed)
    wanted = np.round(100 + 8 * rng.standard_normal(DAYS))
    rows = ["date,occupied,open,waiting,outlying"]
    for number, count in enumerate(wanted):
        queue = max(count - 100, 0)
        day = START - timedelta(days=DAYS - number)
        rows.append(f"{day},{min(count, 100):g},100,{np.floor(queue / 2):g},{np.ceil(queue / 2):g}")
    (tmp_path / "beds.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "ward.yaml").write_text(
        f"""\
schema: 1
id: full
horizon: {{start: {START}, days: 7}}
patients:
  g:
    demand: {{history: {{file: beds.csv, column: occupied, {history}}}}}
    boarding_cost_per_day: 1
units: {{A: {{beds: 100, cares_for: [g]}}}}
""",
        encoding="utf-8",
    )
    return open_scenario(tmp_path / "ward.yaml")


def census(tmp_path, history):
    """Mean census expected over the week."""
    return foresee(folder(tmp_path, history)).demand.census[0].mean()


def test_occupancy_says_too_little_and_demand_does_not(tmp_path):
    """Cut at 100 a normal of 100 and 8 has mean 100 - 8 x .4 = 96.8; as demand the week is near 100 again."""
    assert census(tmp_path, "capacity_column: open") == pytest.approx(96.8, abs=1.5)
    assert census(tmp_path, "capacity_column: open, full_days: demand") == pytest.approx(100.0, abs=1.7)


def test_known_queues_are_added(tmp_path):
    """With waiting and outlying in their columns nothing is estimated, and the note says so."""
    known = "capacity_column: open, full_days: demand, waiting_column: waiting, outlying_column: outlying"
    found = foresee(folder(tmp_path, known)).demand
    assert found.census[0].mean() == pytest.approx(100.0, abs=1.7)
    assert any("waiting or outlying are known on 400 days and were added" in note for note in found.notes)


def test_the_plan_says_what_full_days_hid(tmp_path):
    """How many days were full, and by how much demand exceeded the beds on them."""
    notes = foresee(folder(tmp_path, "capacity_column: open, full_days: demand")).demand.notes
    assert any("days were full; some " in note for note in notes)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ("full_days: demand", "needs a file and its capacity_column"),
        ("waiting_column: waiting", "are for full_days: demand"),
        ("full_days: demand, capacity_column: opne", "has no column opne; did you mean open"),
        ("full_days: demand, capacity_column: open, outlying_column: x", "outlying_column: beds.csv has no column x"),
        ("full_days: demand, capacity_column: occupied", "demand can't be told from fewer than 14 days"),
    ],
)
def test_faults_say_what_to_do(tmp_path, history, message):
    """No beds named, a queue without its use, a column misspelt, and a ward that is full on every day."""
    with pytest.raises(ScenarioError, match=message):
        foresee(folder(tmp_path, history))
