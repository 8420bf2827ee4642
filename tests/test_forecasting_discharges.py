"""Chances of single patients: which answers are known, what is learned, stored and summed."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from forecasting import Registry, StayError, StaySource
from forecasting.census import with_known_chances
from forecasting.discharges.classifiers import CLASSIFIERS
from forecasting.discharges.learning import LEAST_PATIENTS, DischargeModel, Lesson, learn, order_of
from forecasting.discharges.leaving import expected_leaving, known_still_in
from forecasting.discharges.patients import Patients, counted, present, read_patients
from forecasting.discharges.stored import StoredDischarges, stored_discharges
from forecasting.discharges.targets import SOON, TARGETS, answers
from forecasting.errors import HistoryError


def table(path: Path, lines: list[str], header: str = "nights,in,age,ward") -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def by_length(path: Path, lines: list[str]) -> Patients:
    return read_patients(StaySource(table(path, lines), length="nights", still_in="in"), ["age", "ward"])


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Patients:
    """400 stays: on short wards a patient leaves each day with chance 0.6, on long ones with 0.08."""
    rng = np.random.default_rng(5)
    lines = []
    for number in range(400):
        ward, chance = ("short", 0.6) if number % 2 else ("long", 0.08)
        lines.append(f"{rng.geometric(chance)},0,{rng.integers(20, 90)},{ward}")
    return by_length(tmp_path_factory.mktemp("past") / "stays.csv", lines)


@pytest.fixture(scope="module")
def model(past: Patients) -> DischargeModel:
    return learn(past, classifier="logistic")


def test_a_patient_is_counted_at_each_midnight_in_bed(tmp_path: Path) -> None:
    """Two nights are two midnights, after 0 and 1 nights; a day case is none."""
    moments = counted(by_length(tmp_path / "s.csv", ["2,0,50,a", "0,0,50,a", "1,0,50,a"]))
    assert moments.patient.tolist() == [0, 0, 2]
    assert moments.elapsed.tolist() == [0, 1, 0]


def test_who_leaves_the_next_day_leaves_within_24_hours(tmp_path: Path) -> None:
    """A stay of 3 nights: at its midnights 0, 1, 2 the patient leaves in 3, 2, 1 days."""
    patients = by_length(tmp_path / "s.csv", ["3,0,50,a"])
    told = {name: answers(patients, counted(patients), target).yes.tolist() for name, target in TARGETS.items()}
    assert told["within_24h"] == [False, False, True]
    assert told["within_48h"] == [False, True, True]
    assert told["within_72h"] == [True, True, True]
    assert told["over_21_days"] == [False, False, False]


def test_a_stay_that_goes_on_answers_only_as_far_as_it_was_seen(tmp_path: Path) -> None:
    """In still after 3 nights: within 24 h is known "no" at midnights 0, 1, 2; within 72 h at midnight 0 only."""
    patients = by_length(tmp_path / "s.csv", ["3,1,50,a"])
    day, three = (answers(patients, counted(patients), TARGETS[name]) for name in ("within_24h", "within_72h"))
    assert (day.moments.elapsed.tolist(), day.yes.tolist()) == ([0, 1, 2], [False, False, False])
    assert (three.moments.elapsed.tolist(), three.yes.tolist()) == ([0], [False])


def test_those_cut_off_are_stood_in_for_by_those_like_them(tmp_path: Path) -> None:
    """Four stays: 2 and 2 nights, 1 not ended after 1, 1 of 1 night. Of midnight 0, who leaves within 48 h?

    Known: three "yes". Cut off after 1 night: one of the three watched past it, so those two of 2 nights count
    1 / (2 / 3) = 1.5 each (of 3 at risk of being cut off at 1 night, 1 was), the third, who left at 1 night, counts 1.
    """
    patients = by_length(tmp_path / "s.csv", ["2,0,50,a", "2,0,50,a", "1,1,50,a", "1,0,50,a"])
    moments = counted(patients)
    known = answers(patients, moments.picked(moments.elapsed == 0), TARGETS["within_48h"])
    assert known.moments.patient.tolist() == [0, 1, 3]
    assert known.weight.tolist() == pytest.approx([1 / 0.75, 1 / 0.75, 1.0])


def test_of_dated_stays_every_moment_too_near_the_end_is_left_out(tmp_path: Path) -> None:
    """Known to 4 January: within 72 h is known of midnights to 1 January, of those who left since as well."""
    path = table(
        tmp_path / "s.csv",
        ["2024-01-01,2024-01-04,70", "2024-01-02,2024-01-03,60", "2024-01-01,,50"],
        "admitted,discharged,age",
    )
    patients = read_patients(StaySource(path), ["age"])
    known = answers(patients, counted(patients), TARGETS["within_72h"])
    assert list(zip(known.moments.patient.tolist(), known.yes.tolist(), strict=True)) == [(0, True), (2, False)]


def test_what_is_known_of_a_patient_tells_who_leaves(model: DischargeModel) -> None:
    """On wards where 60 % and 8 % leave a day, held-out patients are told apart: better than the plain stay curve."""
    day = model.reports[0]
    assert day.target == "within_24h"
    assert day.roc_auc is not None
    assert day.roc_auc > 0.6
    assert day.skill is not None
    assert day.skill > 0.05


def test_chances_are_those_that_made_the_stays(model: DischargeModel, tmp_path: Path) -> None:
    """Geometric stays: at any midnight 60 % leave a short ward within 24 h, and 8 % a long one."""
    now = by_length(tmp_path / "now.csv", ["1,1,50,short", "1,1,50,long"])
    chance = model.chances(now, present(now))["within_24h"]
    assert chance == pytest.approx([0.6, 0.08], abs=0.08)


def test_more_hours_are_never_less_likely_to_be_enough(model: DischargeModel, tmp_path: Path) -> None:
    """Within 24, 48 and 72 h: three learners, one rising chance."""
    now = by_length(tmp_path / "now.csv", [f"{nights},1,{age},long" for nights in (0, 9, 30) for age in (20, 90)])
    chances = model.chances(now, present(now))
    assert (np.diff(np.stack([chances[name] for name in SOON]), axis=0) >= 0).all()


def test_no_patient_is_on_both_sides(past: Patients) -> None:
    """What is learned does not change when the held-out patients' stays do: a perturbed quarter, the same choice."""
    order = np.random.default_rng(0).permutation(len(past))
    held = order[300:]
    other = past.picked(np.arange(len(past)))
    other.nights[held] = other.nights[held][::-1]
    first, second = (learn(one, classifier="logistic").reports[0].threshold for one in (past, other))
    assert first == second


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_learns_is_stored_and_says_the_same_again(name: str, past: Patients, tmp_path: Path) -> None:
    """Read back from the registry each gives the chances it gave before, bit for bit."""
    small = past.picked(np.arange(160))
    learned = learn(small, classifier=name)
    Registry(tmp_path).add(StoredDischarges(learned), "leave")
    reference, again = stored_discharges(Registry(tmp_path), "leave@1")
    moments = counted(small)
    assert reference == "leave@1"
    for target, chance in learned.chances(small, moments).items():
        assert np.array_equal(chance, again.chances(small, moments)[target])


def test_patients_drawn_to_learn_from_are_of_every_split(past: Patients) -> None:
    """Where only some are learned from, each of the three splits has about a third of their moments."""
    lesson = Lesson(past, order_of(past, 0), 0)
    known = lesson.known(TARGETS["within_24h"], 600)
    assert 400 < len(known.yes) < 800
    assert all(0.15 < len(part) / len(known.yes) < 0.55 for _, part in lesson.folds(known))


def test_too_few_stays_are_refused(tmp_path: Path) -> None:
    """One below the least number."""
    few = by_length(tmp_path / "s.csv", ["2,0,50,a"] * (LEAST_PATIENTS - 1))
    with pytest.raises(StayError, match="99 stays, but at least 100 are needed"):
        learn(few)


def test_a_question_all_answer_alike_is_not_learned(past: Patients) -> None:
    """Nobody of these stays over 21 days."""
    short = past.picked(past.nights <= 5)
    learned = learn(short, classifier="logistic")
    assert learned.not_learned == ("over_21_days",)


def test_stays_that_all_end_alike_teach_nothing(tmp_path: Path) -> None:
    """All leave after one night: within 24 h is always yes."""
    alike = by_length(tmp_path / "s.csv", ["1,0,50,a"] * 200)
    with pytest.raises(StayError, match="too few stays to learn from: of 150 patients not 12 left"):
        learn(alike)


def test_a_column_that_tells_the_stay_is_no_feature(tmp_path: Path) -> None:
    """The length itself would foretell the length."""
    path = table(tmp_path / "s.csv", ["2,0,50,a"])
    with pytest.raises(HistoryError, match="'nights' tells the stay itself"):
        read_patients(StaySource(path, length="nights"), ["nights"])


def test_personal_columns_are_refused(tmp_path: Path) -> None:
    """A birth date is never read."""
    path = table(tmp_path / "s.csv", ["2,1950-01-01"], "nights,date of birth")
    with pytest.raises(HistoryError, match="holds personal data"):
        read_patients(StaySource(path, length="nights"), [])


def test_a_figure_that_is_none_is_named_by_row(model: DischargeModel, tmp_path: Path) -> None:
    """Where the model reads numbers, a word is refused at its line."""
    path = table(tmp_path / "now.csv", ["2,1,50,a", "2,1,old,a"])
    with pytest.raises(HistoryError, match=r"now\.csv:3:5  'old' in 'age' is no number"):
        read_patients(StaySource(path, length="nights", still_in="in"), model.features, number_names=model.number_names)


def test_a_model_of_undated_stays_is_not_asked_about_dated_ones(model: DischargeModel, tmp_path: Path) -> None:
    """It has never seen a weekday."""
    path = table(tmp_path / "now.csv", ["2024-01-01,,50,long"], "admitted,discharged,age,ward")
    now = read_patients(StaySource(path, as_of=date(2024, 1, 1) + timedelta(days=2)), ["age", "ward"])
    with pytest.raises(StayError, match="learned without days of admission"):
        model.chances(now, present(now))


def test_expected_discharges_are_the_sum_of_the_chances() -> None:
    """Chances .5 and .2 within 24 h: .7 leave, give or take the root of .25 + .16; by 48 h .6 + .5 = 1.1."""
    chances = {"within_24h": [0.5, 0.2], "within_48h": [0.6, 0.5], "within_72h": [0.6, 1.0]}
    leaving = expected_leaving({name: np.array(both) for name, both in chances.items()})
    assert leaving.total == pytest.approx([0.7, 1.1, 1.6])
    assert leaving.mean == pytest.approx([0.7, 0.4, 0.5])
    assert leaving.total_sd[0] == pytest.approx((0.25 + 0.16) ** 0.5)


def test_the_chances_enter_the_census() -> None:
    """Of two patients 1.3 are in after a day and 0.9 after two; then half of each a day, as the curve says."""
    chances = {
        "within_24h": np.array([0.5, 0.2]),
        "within_48h": np.array([0.6, 0.5]),
        "within_72h": np.array([0.6, 0.5]),
    }
    usual = np.array([[0.8, 0.4, 0.2, 0.1]] * 2)
    census = with_known_chances(usual, known_still_in(chances)).sum(axis=0)
    assert census == pytest.approx([1.3, 0.9, 0.9, 0.45])
