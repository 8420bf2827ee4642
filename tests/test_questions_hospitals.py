"""The eight questions' answers go the way they must, and what is chosen is what trying all alternatives finds."""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from optimizer.making import make_plan
from optimizer.planning import foresee
from optimizer.scenario.files import open_scenario
from optimizer.whatif.answering import Answer, Tried, answers
from optimizer.whatif.outcomes import outcome_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
QUESTIONS = SCENARIOS / "questions"
SHORT = ("horizon.days=2", "horizon.beyond_days=0", "forecast.forecaster=weekday_mean")
"""Two days show the same directions as two weeks."""
EVERY = sorted(path.name for path in QUESTIONS.glob("*.yaml"))


@cache
def answered(file: str, *sets: str, over: str) -> Answer:
    """The answer of a question over the options told, judged by their plans."""
    path, at = QUESTIONS / file, (over,)
    base = open_scenario(path, sets=(*sets, "question.draws=0"), over=at, root=SCENARIOS)
    question = base.value.question
    assert question is not None
    tried = []
    for pick, value in enumerate(base.sweep[question.about]):
        each = open_scenario(path, sets=sets, over=at, pick={question.about: pick}, root=SCENARIOS)
        plan = make_plan(each, outlook=foresee(each))
        assert plan.checked is not None
        assert plan.checked.ok
        tried.append(Tried({question.about: value}, outcome_of(each.value, plan)))
    plain = question.model_copy(update={"draws": 0})
    return answers(plain, tried)[0]


def costs(answer: Answer) -> list[float]:
    """What each option comes to."""
    return [each.cost for each in answer.options if each.cost is not None]


def figures(answer: Answer, name: str) -> list[float]:
    """A figure of each option."""
    return [each.figures[name] for each in answer.options]


def least(answer: Answer) -> int:
    """The cheapest option by looking at every one."""
    found = costs(answer)
    return found.index(min(found))


@pytest.mark.parametrize("file", EVERY)
def test_every_question_is_about_an_axis_of_its_sweep(file: str) -> None:
    """Eight files, each with a question that its own sweep answers, its demand real and said to be so."""
    loaded = open_scenario(QUESTIONS / file, root=SCENARIOS)
    assert len(EVERY) == 8
    assert loaded.value.question is not None
    assert loaded.value.question.about in loaded.sweep
    assert "real" in loaded.value.note


def test_more_escalation_never_raises_boarding() -> None:
    """With a third more patients on three wards, 0, 10 and 30 escalation beds board fewer and fewer."""
    more = [f"patients.{group}.demand.uplift=0.3" for group in ("amu", "resp", "frail")]
    sets = ("horizon.days=3", "horizon.beyond_days=0", SHORT[2], *more)
    boarded = figures(answered("01_winter_surge.yaml", *sets, over="escalation_beds=[0,10,30]"), "boarded days")
    assert boarded[0] > boarded[1]
    assert all(more <= fewer + 1e-6 for fewer, more in pairwise(boarded))


def test_a_closed_ward_drives_patients_off_home() -> None:
    """Any closure costs more than none, and the one taken is the cheapest of all tried."""
    answer = answered("02_ward_refurbishment.yaml", *SHORT, over="variant=[GER2_early,RESP_early,null]")
    closed, other, none = costs(answer)
    assert min(closed, other) > none
    assert answer.taken == least(answer)


def test_more_nurses_called_in_leave_fewer_hours_short() -> None:
    """And the number taken is the first of those tried that leaves none."""
    answer = answered("03_strike_day.yaml", "ratio=8", SHORT[2], over="called_in=[0,40,60]")
    short = figures(answer, "nurse hours short")
    assert short[0] > short[1] >= short[2]
    assert answer.taken == next((at for at, hours in enumerate(short) if hours < 1e-6), None)


def worst_days() -> tuple[str, ...]:
    """The ten days from 27 January 2021, the network's worst, as changes to the scenario."""
    with (SCENARIOS / "data" / "network5_critical_care.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if "2021-01-27" <= row["date"] <= "2021-02-05"]
    given = [
        f"patients.{site.lower()}.demand.census=[{', '.join(row[site] for row in rows)}]"
        for site in ("STO", "BOL", "TAM", "WIG", "ECH")
    ]
    return ("horizon.start=2021-01-27", "horizon.days=10", *given)


def test_pooling_never_costs_more() -> None:
    """On the ten worst days: separate sites, shared machines, patients too, each at most the cost of the last."""
    answer = answered(
        "04_ventilator_pooling.yaml", *worst_days(), over="variant=[separate,devices,devices_and_patients]"
    )
    separate, devices, both = costs(answer)
    assert separate > devices >= both - 1e-6
    assert answer.taken == least(answer)


def test_more_machines_kept_free_never_cost_less() -> None:
    """A reserve of 0, 1 and 2 machines a site, on the worst days of the winter."""
    none, one, two = (
        costs(answered("04_ventilator_pooling.yaml", *worst_days(), f"reserve={kept}", over="variant=[devices]"))[0]
        for kept in (0, 1, 2)
    )
    assert none <= one + 1e-6
    assert one <= two + 1e-6


def test_ten_nurses_never_need_more_agency() -> None:
    """Nurses who float take the place of agency, and what is taken is the cheapest of all tried."""
    answer = answered("05_ten_nurses_or_ten_beds.yaml", *SHORT, over="variant=[null,ten_nurses,three_beds_on_GER1]")
    assert figures(answer, "agency shifts")[1] <= figures(answer, "agency shifts")[0] + 1e-6
    assert answer.taken == least(answer)


def test_the_choice_of_both_patterns_never_costs_more_than_less_choice() -> None:
    """Long days beside three shifts are an offer that need not be taken, and six in ten on them a limit to it."""
    three, both, mixed = costs(answered("06_move_to_12h_shifts.yaml", *SHORT, over="variant=[null,both,mixed]"))
    assert both <= min(three, mixed) + 1e-6


def test_case_by_case_never_costs_more_than_a_pause_or_none() -> None:
    """Whatever a rule for all cases allows, deciding case by case allows too."""
    answer = answered("07_elective_pause.yaml", *SHORT, over="variant=[none_stood_down,null,pause_7_days]")
    none, freely, pause = costs(answer)
    assert freely <= min(none, pause) + 1e-6
    assert answer.choice is not None
    assert answer.choice.cost == pytest.approx(freely)


def test_no_more_than_four_cases_in_five_are_put_off_a_day() -> None:
    """The fifth part of each list is a list of its own, which nobody may call off, and the same cases are booked."""
    scenario = open_scenario(QUESTIONS / "07_elective_pause.yaml", root=SCENARIOS).value
    for name in ("elor", "general", "urology"):
        free, kept = scenario.patients[name].elective, scenario.patients[f"{name}_kept"].elective
        assert free is not None
        assert kept is not None
        assert kept.protected
        assert kept.per_weekday == pytest.approx([each / 4 for each in free.per_weekday])


def test_a_float_nurses_worth_falls_with_the_pools_size() -> None:
    """Each further step of 18 nurses saves no more than the one before."""
    answer = answered("08_float_pool.yaml", *SHORT, over="float_pool=[0,18,36,54]")
    first, second, third = (answer.worth(at) for at in (1, 2, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first >= second - 1e-6
    assert second >= third - 1e-6
