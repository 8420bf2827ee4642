"""What the questions' answers take, held against every alternative lived through: the same draws or days for all.

The hospital's questions are planned for two days in place of one or two weeks (the strike for its one day). Options are
chosen by the question's own rule, then all are played against fresh draws of who comes and how long they stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from scipy.stats import t

from api.documents import plan_files
from api.simulate_command import kept_forecast
from optimizer.expansion.grid import Floats
from optimizer.making import make_plan
from optimizer.planning import foresee
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.files import open_scenario
from optimizer.scenario.question import Question
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import Simulated, simulate
from optimizer.whatif.answering import Played, Tried, answers, price_of
from optimizer.whatif.outcomes import FIXED, outcome_of_saved
from tests.questions_replay import SCENARIOS, Sites, real_sites, replay, sends, table

SHORT: Final = ("horizon.days=2", "horizon.beyond_days=0", "forecast.forecaster=weekday_mean")
CHOOSING, BATCH, BATCHES = 40, 20, 6
"""Draws by which an option is chosen where chance decides; then so many fresh ones at a time, so many times."""

CHOSEN: Final = [
    ("01_winter_surge.yaml", "escalation_beds=[0,10,20,30]", ("question.price_each=476",)),
    ("02_ward_refurbishment.yaml", "variant=[GER2_early,SUR1_early,GMED1_early,RESP_early]", ()),
    ("05_ten_nurses_or_ten_beds.yaml", "variant=[null,ten_nurses,three_beds_on_GMED1,half_and_half]", ()),
    ("06_move_to_12h_shifts.yaml", "variant=[null,long_days]", ()),
    ("07_elective_pause.yaml", "variant=[none_stood_down,null,pause_3_days]", ("emergencies=0.06",)),
    ("08_float_pool.yaml", "float_pool=[0,24,48]", ()),
]


@dataclass(frozen=True, slots=True, eq=False)
class Lived:
    """An option as the question weighs it, and over batches of fresh draws its `cost` and hours `short`, (B,) each."""

    tried: Tried
    cost: Floats
    short: Floats


def lived(folder: Path, file: str, axis: str, sets: tuple[str, ...]) -> tuple[Question, list[Lived]]:
    """Every option of a question's axis, planned, kept and played against the same draws."""
    path, sets = SCENARIOS / "questions" / file, (*SHORT, *sets)
    base = open_scenario(path, sets=sets, over=(axis,), root=SCENARIOS)
    question = base.value.question
    assert question is not None
    found = []
    for pick, value in enumerate(base.sweep[question.about]):
        each = open_scenario(path, sets=sets, over=(axis,), pick={question.about: pick}, root=SCENARIOS)
        kept = folder / str(pick)
        kept.mkdir()
        for name, text in plan_files(make_plan(each, outlook=foresee(each)), each).items():
            (kept / name).write_text(text, encoding="utf-8")
        found.append(played(open_plan(kept), question, value))
    return question, found


def played(saved: SavedPlan, question: Question, value: object) -> Lived:
    """One option; fixed pay and what the question prices beside the plan count."""
    outcome = outcome_of_saved(saved)
    fixed = sum(money for item, money in outcome.items.items() if item.startswith(FIXED))
    first, *fresh = runs(saved)
    chance = Played(first.cost.mean + fixed, (first.cost.high - first.cost.low) / 2)
    cost = np.array([each.cost.mean for each in fresh]) + fixed + price_of(question, value)
    short = np.array([each.care["short_hours"].mean for each in fresh])
    return Lived(Tried({question.about: value}, outcome, chance), cost, short)


def runs(saved: SavedPlan) -> Iterator[Simulated]:
    """The draws to choose by, then batches of fresh ones; a seed's draws are the same for every option."""
    forecast = kept_forecast(saved.folder)
    for seed in range(BATCHES + 1):
        reps = BATCH if seed else CHOOSING
        expected = expected_by(saved.scenario, forecast, samples=reps, seed=seed)
        yield simulate(saved, expected, reps=reps, seed=seed)


def surely(more: Floats) -> bool:
    """Whether figures (B,) are above 0 by more than chance leaves open: the lower end of Student's 95 % interval."""
    half = t.ppf(0.975, len(more) - 1) * more.std(ddof=1) / np.sqrt(len(more))
    return bool(more.mean() - half > 1e-6)


@pytest.mark.parametrize(("file", "axis", "sets"), CHOSEN)
def test_no_alternative_lived_through_is_surely_cheaper(
    tmp_path: Path, file: str, axis: str, sets: tuple[str, ...]
) -> None:
    """What an answer takes is surely dearer than none of the options, over draws that did not choose it."""
    question, options = lived(tmp_path, file, axis, sets)
    answer = answers(question, [each.tried for each in options])[0]
    assert answer.taken is not None
    taken = options[answer.taken]
    assert not any(surely(taken.cost - other.cost) for other in options)
    # and the draws tell options apart: some alternative is surely dearer
    assert any(surely(other.cost - taken.cost) for other in options)


def test_fewer_nurses_called_in_surely_leave_more_hours_short(tmp_path: Path) -> None:
    """On the strike day the number taken leaves fewer hours short than each lower one, whoever comes."""
    sets = ("ratio=8", "horizon.days=1")
    question, options = lived(tmp_path, "03_strike_day.yaml", "called_in=[0,30,60]", sets)
    answer = answers(question, [each.tried for each in options])[0]
    assert answer.choice is not None
    assert answer.choice.value == 60
    assert all(surely(fewer.short - options[2].short) for fewer in options[:2])


def test_machines_go_to_who_lacks_from_the_nearest_who_has_too_many() -> None:
    """Two lack 2 and 1 (of 1.2 and .5), the third can spare 2 (of 2.9): the neediest gets both, the other none."""
    km = np.array([[np.inf, 9.0, 5.0], [9.0, np.inf, 1.0], [5.0, 1.0, np.inf]])
    assert sends(np.array([-1.2, -0.5, 2.9]), km).tolist() == [2, 0, -2]


def test_two_days_of_machines_by_hand() -> None:
    """Two sites of 2 machines need 3 and 1, then 3 and 1: a day short of one, the next day of none, one sent."""
    needed = np.array([[3.0, 1.0], [3.0, 1.0]])
    sites = Sites(("A", "B"), needed, np.zeros((2, 2)), np.array([2.0, 2.0]), np.array([[np.inf, 5.0], [5.0, np.inf]]))
    came = replay(sites, reserve=0)
    assert (came.short, came.sent) == (1, 1)
    # apart, one is short on both days; with one kept free B has none to send
    assert replay(sites, reserve=0, shared=False).short == 2
    assert replay(sites, reserve=1).short == 2


def test_sharing_machines_ends_most_shortage_and_more_than_one_kept_free_helps_nobody() -> None:
    """The answer to how low the reserve may go, in the real months as they came and with half a site lost."""
    apart = replay(real_sites(), reserve=2, shared=False).short
    found = table(range(5))
    assert apart > 30
    assert all(as_it_was.short < apart / 10 for as_it_was, _ in found.values())
    assert found[0][0].short > found[1][0].short == found[2][0].short == 0
    outage = [lost.short for _, lost in found.values()]
    assert min(outage) == outage[1] < outage[0]
    assert outage[1] <= outage[2] < outage[3] < outage[4]
