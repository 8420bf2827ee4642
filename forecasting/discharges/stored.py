"""A discharge model as files of the registry: `model.json` and a skops file for each question's learner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, Final, Self, cast

from forecasting.discharges.classifiers import Learner
from forecasting.discharges.learning import Choice, DischargeModel
from forecasting.discharges.scoring import Report
from forecasting.errors import DamagedModel, UnsuitableModel
from forecasting.registry.card import Facts, read_as
from forecasting.registry.store import Registry

MODEL: Final = "model.json"


@dataclass(frozen=True, slots=True)
class _Told:
    """What `model.json` holds."""

    classifier: str
    number_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    is_dated: bool
    targets: tuple[str, ...]
    reports: tuple[Report, ...]
    choices: tuple[Choice, ...]
    not_learned: tuple[str, ...]
    patients: int
    learned_from: str
    data_sha256: str
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredDischarges:
    """A `DischargeModel` as the registry sees it."""

    model: DischargeModel
    kind: ClassVar[str] = "discharges"

    def facts(self) -> Facts:
        """Columns, questions and scores on held-out patients."""
        model = self.model
        scores: dict[str, float | None] = {}
        for one in model.reports:
            scores |= {
                f"{one.target}_roc_auc": one.roc_auc,
                f"{one.target}_brier": one.brier,
                f"{one.target}_f1": one.f1,
            }
        return Facts(
            data_sha256=model.data_sha256,
            learned_from=model.learned_from,
            features=("nights so far", *(("weekday",) if model.is_dated else ()), *model.features),
            settings={"classifier": model.classifier, "seed": model.seed},
            scores=scores,
        )

    def to_files(self) -> dict[str, bytes]:
        """`model.json` and a learner each. Raises UntrustedModel for a learner that could not be loaded again."""
        from forecasting.registry.trusted import learner_bytes

        model = self.model
        told = _Told(
            model.classifier, model.number_names, model.kind_names, model.is_dated, tuple(model.learners),
            model.reports, model.choices, model.not_learned, model.patients, model.learned_from, model.data_sha256,
            model.seed,
        )  # fmt: skip
        files = {f"{name}.skops": learner_bytes(learner) for name, learner in model.learners.items()}
        return {MODEL: json.dumps(asdict(told), indent=1, sort_keys=True).encode(), **files}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The model that `to_files` told. Raises DamagedModel or UntrustedModel."""
        from forecasting.registry.trusted import learner_from

        try:
            told = read_as(_Told, json.loads(files[MODEL]))
            learners = {
                name: cast("Learner", learner_from(files[f"{name}.skops"], f"{name}.skops")) for name in told.targets
            }
        except (KeyError, ValueError) as error:
            raise DamagedModel("is no discharge model that this version can read") from error
        return cls(
            DischargeModel(
                told.classifier, told.number_names, told.kind_names, told.is_dated, learners, told.reports,
                told.choices, told.not_learned, told.patients, told.learned_from, told.data_sha256, told.seed,
            )
        )  # fmt: skip


def stored_discharges(registry: Registry, reference: str) -> tuple[str, DischargeModel]:
    """A stored discharge model and its name@version. Raises RegistryError, and UnsuitableModel for another kind."""
    card, model = registry.load(reference)
    if not isinstance(model, StoredDischarges):
        message = f"{card.reference} is a {card.kind} model; wardwright discharges train makes one for discharges"
        raise UnsuitableModel(message)
    return card.reference, model.model
