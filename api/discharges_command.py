"""The work behind `wardwright discharges`: chances to leave, learned from past stays, and their sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from api import words
from api.documents import json_text
from api.errors import Refused
from api.folder import refuse_file, write_file
from forecasting import Registry, StaySource
from forecasting.discharges.classifiers import CLASSIFIERS
from forecasting.discharges.learning import DischargeModel, learn
from forecasting.discharges.leaving import Leaving, expected_leaving
from forecasting.discharges.patients import Moments, Patients, present, read_patients
from forecasting.discharges.stored import StoredDischarges, stored_discharges
from forecasting.discharges.targets import SOON, TARGETS
from forecasting.history import Floats
from optimizer.tables import Table, figure

MOST_SHOWN: Final = 40
"""Patients listed in text; JSON lists all."""


def train_model(
    source: StaySource, features: Sequence[str], name: str, folder: Path, classifier: str, seed: int, *, as_json: bool
) -> str:
    """Learn and store; what to print. Raises HistoryError, StayError or RegistryError."""
    patients = read_patients(source, features)
    model = learn(patients, classifier=classifier, seed=seed)
    entry = Registry(folder).add(StoredDischarges(model), name)
    if as_json:
        told: dict[str, object] = {
            "model": entry.card.reference,
            "status": entry.status,
            "classifier": model.classifier,
            "features": list(model.features),
            "compared": [asdict(choice) for choice in model.choices],
            "held_out": [asdict(report) for report in model.reports],
            "not_learned": list(model.not_learned),
            "notes": [str(note) for note in patients.notes],
        }
        return json_text(told)
    return "\n".join(_trained(model, patients, entry.card.reference, folder)) + "\n"


def _trained(model: DischargeModel, patients: Patients, reference: str, folder: Path) -> Iterator[str]:
    """What was learned, in words."""
    yield from words.wrapped(f"Stored {reference} (candidate) in {folder}", "", "  ")
    yield from words.wrapped(f"learned from {model.learned_from}", "  ", "    ")
    reads = ", ".join(("nights so far", *(("weekday",) if model.is_dated else ()), *model.features))
    yield from words.wrapped(f"reads {reads}", "  ", "    ")
    yield from words.wrapped(_why(model), "  ", "    ")
    yield ""
    newest = "the newest quarter" if model.is_dated else "a quarter"
    yield f"On {newest} of the patients, from whom nothing was learned for these figures:"
    rows = [["", "midnights", "yes", "ROC", "accuracy", "precision", "recall", "F1", "miss*", "curve*"]]
    rows += [
        [
            TARGETS[one.target].words, f"{one.moments:,}", words.percent(one.share),
            "-" if one.roc_auc is None else f"{one.roc_auc:.2f}", words.percent(one.accuracy),
            words.percent(one.precision), words.percent(one.recall), f"{one.f1:.2f}", f"{one.brier:.3f}",
            f"{one.brier_curve:.3f}",
        ]
        for one in model.reports
    ]  # fmt: skip
    yield from _table(rows)
    yield "* mean squared miss of the chance (Brier), and that of the plain stay curve; lower is better."
    yield "  Yes is called where a patient is likelier to leave than usual."
    for name in model.not_learned:
        yield f"Not learned: who {TARGETS[name].words}; too few patients did, or did not."
    yield from _calibration(model)
    for note in patients.notes:
        yield from words.wrapped(str(note), "", "  ")
    yield f"Ask it:           wardwright discharges predict {reference} PATIENTS --models {folder}"
    yield f"Put it into use:  wardwright models promote {reference} --models {folder}"


def _why(model: DischargeModel) -> str:
    """Why this classifier."""
    told = CLASSIFIERS[model.classifier].words
    best, *others = model.choices
    if best.log_loss is None:
        return f"{told}, as asked for"
    beside = ", ".join(f"{one.log_loss:.3f} {CLASSIFIERS[one.classifier].words}" for one in others)
    whom = "later patients" if model.is_dated else "other patients"
    return f"{told}: log loss {best.log_loss:.3f} on {whom}, against {beside}"


def _calibration(model: DischargeModel) -> Iterator[str]:
    """Chances of the first question held against what came."""
    first = model.reports[0]
    rows = [["said", *(words.percent(one.chance) for one in first.calibration)]]
    rows.append(["came", *(words.percent(one.share) for one in first.calibration)])
    yield ""
    yield f"Calibration, who {TARGETS[first.target].words}, in groups of like chance:"
    yield from _table(rows)
    yield ""


@dataclass(frozen=True, slots=True)
class Written:
    """The table of patients to write, if one is wanted, and whether it may replace another."""

    path: Path | None = None
    force: bool = False

    def check(self) -> None:
        """Raise Refused for another kind of file, OutputRefused where one is in the way."""
        if self.path is not None:
            if self.path.suffix != ".csv":
                raise Refused(f"{self.path}: chances are written to a .csv file")
            refuse_file(self.path, force=self.force)


NOWHERE: Final = Written()


def predict_patients(
    source: StaySource, reference: str, folder: Path, written: Written = NOWHERE, *, as_json: bool
) -> str:
    """Chances of those still in; what to print, and the table written where one is wanted.

    Raises HistoryError, RegistryError, StayError, OutputRefused, or Refused where nobody is in.
    """
    written.check()
    named, model = stored_discharges(Registry(folder), reference)
    patients = read_patients(source, model.features, number_names=model.number_names)
    inside = present(patients)
    if not len(inside):
        raise Refused(f"{patients.file}: nobody is still in, so there is nobody to ask about")
    chances = model.chances(patients, inside)
    leaving = expected_leaving(chances)
    if written.path is not None:
        write_file(written.path, _patient_table(patients, inside, chances).to_csv())
    if as_json:
        return json_text(_predicted_json(named, patients, inside, chances, leaving))
    said = "" if written.path is None else f"Written to {written.path}\n"
    return "\n".join(_predicted(named, patients, inside, chances, leaving)) + "\n" + said


def _patient_table(patients: Patients, inside: Moments, chances: Mapping[str, Floats]) -> Table:
    """A row for each patient still in: the row of her table, what is known of her, nights so far, chances."""
    rows = tuple(
        (
            patients.lines[patient], *map(str, patients.kinds[patient]), int(inside.elapsed[at]),
            *(figure(round(float(found[at]), 6)) for found in chances.values()),
        )
        for at, patient in enumerate(inside.patient.tolist())
    )  # fmt: skip
    return Table("leaving", ("row", *patients.kind_names, "nights", *chances), rows)


def _predicted(
    named: str, patients: Patients, inside: Moments, chances: Mapping[str, Floats], leaving: Leaving
) -> Iterator[str]:
    """Totals first, then the patients likeliest to leave."""
    as_of = "" if patients.as_of is None else f" on {words.day_name(patients.as_of)}"
    yield f"{len(inside)} patients in bed{as_of}, by {named}"
    for at, name in enumerate(SOON):
        low, high = _range(leaving.total[at], leaving.total_sd[at], len(inside))
        hours = name.removeprefix("within_").removesuffix("h")
        yield f"  leave within {hours} h: {leaving.total[at]:6.1f}   80 % between {low} and {high}"
    order = sorted(range(len(inside)), key=lambda at: (-chances[SOON[0]][at], at))
    rows = [["row", "nights", *(TARGETS[name].words for name in chances)]]
    rows += [
        [
            str(patients.lines[inside.patient[at]]), str(inside.elapsed[at]),
            *(words.percent(float(chances[name][at])) for name in chances),
        ]
        for at in order[:MOST_SHOWN]
    ]  # fmt: skip
    yield ""
    yield from _table(rows)
    if len(order) > MOST_SHOWN:
        yield f"and {len(order) - MOST_SHOWN} more, less likely to leave; --json lists all"
    for note in patients.notes:
        yield from words.wrapped(str(note), "", "  ")


def _range(mean: float, sd: float, most: int) -> tuple[int, int]:
    """Whole patients between the 10 % and 90 % points, by the normal curve."""
    reach = 1.2816 * sd
    return max(0, round(mean - reach)), min(most, round(mean + reach))


def _predicted_json(
    named: str, patients: Patients, inside: Moments, chances: Mapping[str, Floats], leaving: Leaving
) -> dict[str, object]:
    """Everything, a row a patient."""
    return {
        "model": named,
        "as_of": None if patients.as_of is None else patients.as_of.isoformat(),
        "leaving": [
            {"target": name, "expected": float(leaving.total[at]), "sd": float(leaving.total_sd[at])}
            for at, name in enumerate(SOON)
        ],
        "patients": [
            {
                "row": int(patients.lines[inside.patient[at]]),
                "nights": int(inside.elapsed[at]),
                **{name: float(found[at]) for name, found in chances.items()},
            }
            for at in range(len(inside))
        ],
        "notes": [str(note) for note in patients.notes],
    }


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Indented columns."""
    return (f"  {line}".rstrip() for line in words.figured(rows))
