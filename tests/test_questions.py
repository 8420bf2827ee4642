"""`wardwright answer`: one option taken by a stated rule, what is proven of the others, and what chance says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from optimizer.saved import open_plan
from optimizer.scenario.question import Question
from optimizer.solution import Status
from optimizer.whatif.answering import Answer, Played, Tried, answers
from optimizer.whatif.errors import QuestionError
from optimizer.whatif.outcomes import Outcome, outcome_of_saved
from tests.command import run
from tests.test_compare_command import WARD

ASKED = "question: {asks: How many nurses?, about: nurses, thing: nurses, figures: {agency: [agency * shifts]}}\n"
SWEPT = WARD + "knobs: {nurses: staff.rn.own.W}\nsweep: {nurses: [0, 1, 2], staff.rn.agency.multiplier: [2, 3]}\n"
"""Own nurses do three of six duties each at 100; agency does the others at twice or three times the pay."""


def outcome(total: float, least: float | None = None, **figures: float) -> Outcome:
    """A plan of a cost, proven to the end where nothing else is said."""
    return Outcome(Status.OPTIMAL, {"staff.own": total}, total, total if least is None else least, figures)


def beds(costs: Mapping[int, float], **more: object) -> Answer:
    """The answer of how many beds, each costing as told."""
    question = Question.model_validate({"asks": "How many beds?", "about": "beds", **more})
    return answers(question, [Tried({"beds": each}, outcome(cost)) for each, cost in costs.items()])[0]


def test_the_least_cost_is_taken_and_of_equal_costs_the_first() -> None:
    """10 and 30 beds both cost 80: 10 is taken."""
    assert beds({0: 100, 10: 80, 20: 90, 30: 80}).taken == 1


def test_while_worth_stops_where_a_step_no_longer_pays() -> None:
    """The second step costs 10 more, so 10 beds are taken, though 30 would be cheaper still: what is told as well."""
    found = beds({0: 100, 10: 80, 20: 90, 30: 70}, rule="while_worth")
    assert found.taken == 1
    assert [found.worth(at) for at in range(4)] == [None, 20, -10, 20]
    assert found.could_save() == 10


def test_a_price_beside_the_plan_counts() -> None:
    """At 1.5 a bed the ten first beds save 20 - 15 = 5 and the next ten 10 - 15 < 0."""
    found = beds({0: 100, 10: 80, 20: 70}, rule="while_worth", price_each=1.5)
    assert found.taken == 1
    assert [each.total for each in found.options] == [100, 95, 100]


def test_a_price_of_one_variant_counts() -> None:
    """A variant that saves 10 and costs 15 beside is not taken."""
    question = Question(asks="More?", about="variant", prices={"more": 15})
    found = answers(question, [Tried({"variant": None}, outcome(100)), Tried({"variant": "more"}, outcome(90))])[0]
    assert (found.taken, found.options[1].total) == (0, 105)


def test_the_first_that_keeps_the_limit_is_taken_though_dearer() -> None:
    """8 and 4 days boarded are over the limit of 4 minus nothing: the second keeps it, the cheaper first does not."""
    question = Question.model_validate(
        {"asks": "?", "about": "beds", "rule": "first_that_keeps", "figures": {"days": ["boarded_days"]},
         "at_most": {"days": 4}}
    )  # fmt: skip
    tried = [Tried({"beds": at}, outcome(100 + at, boarded_days=8 - 4 * at)) for at in range(3)]
    assert answers(question, tried)[0].taken == 1


def test_nothing_is_taken_where_nothing_keeps_the_limit() -> None:
    """An answer says so in place of taking the least bad."""
    question = Question.model_validate(
        {"asks": "?", "about": "beds", "figures": {"days": ["boarded_days"]}, "at_most": {"days": 1}}
    )
    found = answers(question, [Tried({"beds": 0}, outcome(1, boarded_days=2)), Tried({"beds": 1}, None)])[0]
    assert (found.taken, found.choice, found.could_save()) == (None, None, None)


def test_what_is_not_proven_is_not_claimed() -> None:
    """The option not taken costs 90 as found but 75 as proven, so it may cost 5 less than the 80 taken."""
    question = Question(asks="?", about="beds")
    tried = [Tried({"beds": 0}, outcome(90, 75)), Tried({"beds": 1}, outcome(80, 80))]
    found = answers(question, tried)[0]
    assert (found.taken, found.could_save()) == (1, 5)


def test_figures_are_summed_over_the_names_that_fit() -> None:
    """Hours of two groups are one figure; what a plan does not tell is nothing."""
    question = Question.model_validate({"asks": "?", "about": "beds", "figures": {"short": ["* short"], "none": ["x"]}})
    plan = Outcome(Status.OPTIMAL, {}, 1.0, 1.0, {"rn short": 2.0, "hca short": 3.0, "rn shifts": 9.0})
    assert answers(question, [Tried({"beds": 0}, plan)])[0].options[0].figures == {"short": 5.0, "none": 0}


def test_each_circumstance_has_its_own_answer() -> None:
    """In a flu year two beds are best, else none; the points come in any order."""
    costs = {(0, None): 1, (2, None): 2, (0, "flu"): 9, (2, "flu"): 3}
    tried = [Tried({"beds": bed, "variant": year}, outcome(cost)) for (bed, year), cost in costs.items()]
    found = answers(Question(asks="?", about="beds"), [tried[0], tried[2], tried[1], tried[3]])
    assert [each.circumstance for each in found] == [{"variant": None}, {"variant": "flu"}]
    assert [each.choice.value for each in found if each.choice is not None] == [0, 2]


def test_where_the_question_asks_for_draws_chance_decides() -> None:
    """By their plans no beds are cheaper, 90 to 100; over draws they cost 150 and ten beds 120."""
    tried = [
        Tried({"beds": 0}, outcome(90), Played(150.0, 5.0)),
        Tried({"beds": 10}, outcome(100), Played(120.0, 5.0)),
    ]
    assert answers(Question(asks="?", about="beds", draws=50), tried)[0].taken == 1
    assert answers(Question(asks="?", about="beds"), tried)[0].taken == 0


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"about": "wards"}, "the question is about wards, but the sweep is over beds"),
        ({"at_most": {"days": 1}}, "no figure is called days; the figures are none"),
    ],
)
def test_a_question_that_the_sweep_cannot_answer_is_refused(more: dict[str, object], fault: str) -> None:
    """With what there is."""
    with pytest.raises(QuestionError, match=fault):
        beds({0: 1}, **more)


def ward(folder: Path, text: str) -> Path:
    """The ward in a file."""
    path = folder / "ward.yaml"
    path.write_text(text)
    return path


def test_an_answer_is_told_in_words_and_kept(tmp_path: Path) -> None:
    """Two nurses for 600 at either price; one would cost 900, so 300 more; no agency is left; proven."""
    told = run("answer", ward(tmp_path, SWEPT + ASKED), "-o", tmp_path / "out", "--jobs", 1)
    assert told.exit_code == 0, told.stderr
    assert told.stdout.startswith("How many nurses?\n")
    assert "staff.rn.agency.multiplier 2: 2 nurses, at 600 GBP; 1 nurses: 300 GBP more" in told.stdout
    assert told.stdout.count("Proven: none of the 3 options that may be taken costs less.") == 2
    assert max(map(len, told.stdout.splitlines())) <= 100
    kept = json.loads((tmp_path / "out" / "answer.json").read_text())
    assert [each["taken"] for each in kept["answers"]] == [2, 2]
    assert kept["answers"][0]["options"][0]["figures"] == {"agency": 6.0}


def test_options_are_played_against_the_same_chance(tmp_path: Path) -> None:
    """The ward's demand is sure and agency always comes: played, each option costs what its plan does."""
    path = ward(tmp_path, SWEPT + ASKED)
    told = run("answer", path, "-o", tmp_path / "out", "--jobs", 1, "--reps", 5, "--json")
    assert told.exit_code == 0, told.stderr
    options = json.loads(told.stdout)["answers"][0]["options"]
    assert [each["played"]["mean"] for each in options] == pytest.approx([each["total"] for each in options])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (SWEPT, "ward.yaml asks nothing; say question: {asks: ..., about: AXIS} and a sweep"),
        (WARD + ASKED, "the question is about nurses, but the sweep is over nothing"),
    ],
)
def test_a_scenario_that_asks_nothing_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Exit 2 before anything is planned, with what to add."""
    told = run("answer", ward(tmp_path, text), "-o", tmp_path / "out")
    assert told.exit_code == 2
    assert fault in told.stderr
    assert not (tmp_path / "out").exists()


def test_outliers_are_counted_from_a_folder_as_in_the_plan(tmp_path: Path) -> None:
    """Six patients, four home beds: two outliers on three days are 6 outlier days, from tables of text as well."""
    text = WARD.replace("{W: {beds: 9, cares_for: [med]}}", "{W: {beds: 4, cares_for: [med]}, V: {beds: 9}}")
    text = text.replace("{census: 6}", "{census: 6}, outlies_in: [V], outlier_cost_per_day: 500")
    told = run("plan", ward(tmp_path, text), "-o", tmp_path / "out")
    assert told.exit_code == 0, told.stderr
    assert outcome_of_saved(open_plan(tmp_path / "out")).figures["outlier_days"] == 6
