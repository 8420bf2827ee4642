"""A job with all that doing it takes, and the bounds within which it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from api.service.errors import Damaged
from api.service.jobs import Job
from api.service.leasing import Ending
from optimizer.making import Step
from optimizer.scenario.files import open_data
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits, Watch

ANSWER: Final = "answer.json"
"""The file that a GET shows: all that was found, tables included."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one job may use: seconds of solving, and GiB of a solver's memory (None: no limit)."""

    longest: float = 3600.0
    memory_gib: float | None = None

    def on(self, limits: Limits, seconds: float) -> Limits:
        """Limits held within these bounds."""
        return replace(limits, time_limit=min(seconds, self.longest), memory_gib=self.memory_gib)


@dataclass(frozen=True, slots=True)
class Task:
    """A job with all that it takes: what was asked, the files of the plan it starts from, whom to tell, the models."""

    job: Job
    request: Mapping[str, Any]
    parent: Mapping[str, str]
    bounds: Bounds
    say: Step
    watch: Watch
    models: Path | None = None

    @property
    def sets(self) -> Sequence[str]:
        """What is laid on the scenario besides a variant."""
        found: Sequence[str] = self.request.get("sets", ())
        return found

    def scenario(self) -> Loaded[Scenario]:
        """The scenario asked for. Raises ScenarioError, and Damaged where it is not the one that was accepted."""
        loaded = open_data(self.request["scenario"], variant=self.job.variant, sets=self.sets, models=self.models)
        if loaded.sha256 != self.job.sha256:
            raise Damaged("the scenario of this job")
        return loaded


Work = Callable[[Task], Ending]
"""Does a job; what it raises becomes the job's problem."""
