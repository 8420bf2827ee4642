"""Why, and why not: cells in planners' words, and what doing otherwise costs, worked out by hand or planned afresh."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

from api.documents import plan_files
from api.why_words import set_text, why_json
from optimizer import make_plan, open_data
from optimizer.explain import neighbourhood
from optimizer.explain.cells import CellError
from optimizer.explain.phrases import parse_cell
from optimizer.explain.why import Answer, why, why_not
from optimizer.saved import SavedPlan, open_plan
from optimizer.solution import Limits
from tests.command import run
from tests.oracle_tiny import tiny_hospitals

Data = Mapping[str, Any]
ICU: Final[Data] = {
    "schema": 1,
    "id": "icu",
    "horizon": {"start": "2026-12-09", "days": 2},
    "shifts": {"day": {"start": "07:00", "hours": 12}, "night": {"start": "19:00", "hours": 12}},
    "patients": {"icu": {"demand": {"census": 3}, "boarding_cost_per_day": 5000}},
    "units": {
        "ICU": {"beds": 4, "cares_for": ["icu"], "escalation": {"bays": [2], "cost_per_bay_day": 90, "notice": "1d"}},
        "med-a": {"beds": 2},
    },
    "staff": {
        "rn": {
            "paid": "per_shift",
            "cost_per_shift": {"day": 200, "night": 300},
            "own": {"ICU": {"shifts_per_horizon": 8}},
            "agency": {"multiplier": 2, "people_per_shift": 1, "notice": "14h"},
        }
    },
    "cover": [{"unit": "ICU", "staff": "rn", "people": 2, "short_cost_per_hour": 50}],
    "devices": {"ventilator": {"owned": {"ICU": 3}, "need": {"icu": 1}, "short_cost_per_day": 700}},
}
"""Two nurses on each of four shifts are the eight there are: 4 x 200 + 4 x 300 = 2,000."""


def saved(folder: Path, data: Data = ICU) -> SavedPlan:
    """The least-cost plan of a scenario, read back from its folder."""
    loaded = open_data(dict(data))
    plan = make_plan(loaded, solver="highs", limits=Limits(gap=0.0, threads=1))
    for name, text in plan_files(plan, loaded).items():
        (folder / name).write_text(text, encoding="utf-8")
    return open_plan(folder)


def more(answer: Answer) -> float:
    """What doing otherwise costs on top."""
    assert answer.otherwise is not None
    return answer.otherwise.more


@pytest.mark.parametrize(
    ("phrase", "kind", "said"),
    [
        ("agency rn on icu night 2026-12-09", "people", "agency rn on ICU, night of Wed 9 Dec"),
        ("one more Agency RN on ICU, nights of 10 December", "people", "agency rn on ICU, night of Thu 10 Dec"),
        ("rn icu night wednesday", "people", "rn on ICU, night of Wed 9 Dec"),
        ("bay 1 of ICU on 2026-12-10", "bay", "bay 1 of ICU, Thu 10 Dec"),
        ("escalation beds on icu 10 Dec 2026", "beds", "escalation beds on ICU, Thu 10 Dec"),
        ("ventilators at icu 2026-12-09", "devices", "ventilator at ICU, Wed 9 Dec"),
        ("icu patients in ICU on 2026-12-09", "patients", "icu patients in ICU, Wed 9 Dec"),
    ],
)
def test_a_cell_is_named_in_any_order_and_case(tmp_path: Path, phrase: str, kind: str, said: str) -> None:
    """ICU is a unit and icu a patient group: which is meant shows from the other words."""
    cell = parse_cell(saved(tmp_path).case, phrase)
    assert (cell.kind, str(cell)) == (kind, said)


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("rn on icu nigth 2026-12-09", "nigth is not known; did you mean night?"),
        ("rn on icu 2026-12-09", "needs a shift (day or night)"),
        ("rn on icu night", "names no day"),
        ("rn on icu night 2026-12-11", "not a day of the plan, which goes from 2026-12-09 to 2026-12-10"),
        ("rn rn on icu night 2026-12-09", "names no cell of the plan"),
        ("surgeon on icu night 2026-12-09", "surgeon is not known; nothing of the plan is called so"),
    ],
)
def test_words_that_name_no_cell_are_told_with_the_grammar(tmp_path: Path, phrase: str, said: str) -> None:
    """The word that was not understood stands in the message, and below it how a cell is written."""
    with pytest.raises(CellError) as caught:
        parse_cell(saved(tmp_path).case, phrase)
    assert said in str(caught.value)
    if "goes from" not in said:
        assert "[CONTRACT] STAFF on UNIT SHIFT DAY" in str(caught.value)


def test_one_nurse_fewer_is_replaced_or_missed(tmp_path: Path) -> None:
    """An agency nurse at 2 x 300 comes for one of our own at 300: 300 more; twelve hours short would be 600 - 300.

    Both cost 300 more; own shifts can't cover it, for the rn cell counts all contracts: at most 1 may be there, so
    12 hours are short at 50: 600, less her own 300.
    """
    answer = why(saved(tmp_path), "rn on icu night 2026-12-09")
    assert (answer.now, answer.then) == (2, 1)
    assert more(answer) == pytest.approx(300)
    assert answer.otherwise is not None
    assert answer.otherwise.exact
    assert {str(each) for each in answer.otherwise.differences} == {
        "rn hours short on ICU, Wed 9 Dec: 12, was 0",
        "own rn on ICU, night of Wed 9 Dec: 1, was 2",
    }
    assert answer.otherwise.items == pytest.approx({"staff.short": 600, "staff.own": -300})


def test_one_agency_nurse_more_sends_one_of_our_own_home(tmp_path: Path) -> None:
    """600 for the agency nurse, 300 saved on our own: 300 more."""
    answer = why_not(saved(tmp_path), "agency rn on icu night 2026-12-10")
    assert more(answer) == pytest.approx(300)


def test_a_bay_that_nobody_needs_costs_its_day(tmp_path: Path) -> None:
    """90 for the second day, on which its notice has passed."""
    answer = why_not(saved(tmp_path), "bay 1 of ICU on 2026-12-10")
    assert more(answer) == pytest.approx(90)


def test_what_a_limit_forbids_is_told_with_the_limit(tmp_path: Path) -> None:
    """Agency needs 14 hours, and the first night begins 12 after the plan does; a bay needs a day."""
    plan = saved(tmp_path)
    agency = why_not(plan, "agency rn on icu night 2026-12-09")
    bay = why_not(plan, "bay 1 of ICU on 2026-12-09")
    assert agency.otherwise is None
    assert "14 hours' notice" in " ".join(agency.because)
    assert bay.otherwise is None
    assert "a bay of ICU opens after 1 day's notice" in " ".join(bay.because)


def test_where_nobody_may_be_booked_that_is_the_reason(tmp_path: Path) -> None:
    """No cover is asked of med-a, so agency is not booked there."""
    answer = why_not(saved(tmp_path), "agency rn on med-a night 2026-12-10")
    assert answer.because == ("no agency lets rn be booked on med-a",)


def test_an_empty_cell_has_no_why(tmp_path: Path) -> None:
    """Nobody to take away."""
    with pytest.raises(CellError, match=r"no rn on ICU, night of Thu 10 Dec.*ask --why-not"):
        why(saved(tmp_path), "agency rn on icu night 2026-12-10")


@pytest.mark.parametrize("phrase", ["agency rn on icu night 2026-12-10", "bay 1 of ICU on 2026-12-10"])
def test_a_fresh_plan_with_the_cell_locked_costs_what_was_told(tmp_path: Path, phrase: str) -> None:
    """`--set locked=[...]`, as the answer prints it, laid on the same scenario."""
    plan = saved(tmp_path)
    answer = why_not(plan, phrase)
    text = set_text(plan.scenario.locked, answer.entry)
    result = run("plan", str(tmp_path / "scenario.json"), "--set", text, "--gap", 0, "-o", str(tmp_path / "again"))
    assert result.exit_code == 0, result.output
    again = open_plan(tmp_path / "again")
    assert again.facts.objective == pytest.approx(plan.facts.objective + more(answer))


def test_the_same_question_has_the_same_answer(tmp_path: Path) -> None:
    """To the last figure, asked twice."""
    plan = saved(tmp_path)
    first, second = (why_json(plan, why(plan, "rn on icu night 2026-12-09")) for _ in range(2))
    assert first == second


def test_a_part_set_free_never_costs_less_than_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With only a neighbourhood free the answer is at most: never below the exact one, and said to be so."""
    plan = saved(tmp_path)
    exact = why(plan, "rn on icu night 2026-12-09")
    monkeypatch.setattr(neighbourhood, "FEW_WHOLE", 0)
    part = why(plan, "rn on icu night 2026-12-09")
    assert part.otherwise is not None
    assert not part.otherwise.exact
    assert more(part) >= more(exact) - 1e-6


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=tiny_hospitals())
def test_doing_otherwise_costs_what_a_fresh_plan_says(tmp_path_factory: pytest.TempPathFactory, data: Data) -> None:
    """On random hospitals one nurse more on the first shift costs the difference between two plans made afresh."""
    loaded = open_data(dict(data))
    if make_plan(loaded, solver="highs", limits=Limits(gap=0.0, threads=1)).objective is None:
        return
    plan = saved(tmp_path_factory.mktemp("plan"), data)
    day, shift = plan.case.grid.day_label(0), next(iter(plan.scenario.shifts))
    answer = why_not(plan, f"rn on A {shift} {day}")
    entry = answer.entry.model_dump(mode="json", exclude_none=True)
    locked = [*data.get("locked", []), entry]
    again = make_plan(open_data({**data, "locked": locked}), solver="highs", limits=Limits(gap=0.0, threads=1))
    if answer.otherwise is None:
        assert again.objective is None
    else:
        assert again.objective == pytest.approx(plan.facts.objective + answer.otherwise.more, abs=0.02, rel=1e-6)


def test_the_answer_is_told_in_a_terminal(tmp_path: Path) -> None:
    """What it costs, what would change, how sure that is, and how to plan it so."""
    saved(tmp_path)
    told = run("explain", str(tmp_path), "--why", "rn on icu night 2026-12-09").output.splitlines()
    assert told[0] == "rn on ICU, night of Wed 9 Dec: 2 in the plan"
    assert told[1] == "With 1 the plan costs exactly 300 more"
    assert "  --set 'locked=[{unit: ICU, staff: rn, shift: night, day: 2026-12-09, most: 1}]'" in told
    assert max(map(len, told)) <= 100


def test_a_phrase_that_is_not_understood_exits_with_2(tmp_path: Path) -> None:
    """A mistake of whoever asks, not a fault of ours."""
    saved(tmp_path)
    assert run("explain", str(tmp_path), "--why", "rn on icu nigth 2026-12-09").exit_code == 2
