"""Plans as pages show them: read once from the store, and kept while they are looked at."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api.service.errors import NotNow
from api.service.exporting import plan_folder
from api.service.house import House
from api.service.job_answers import ANSWER
from api.service.jobs import PLANS, Job, files_of, find, request_of
from api.views.board import Board, board
from optimizer.saved import open_plan
from optimizer.scenario.bands import Bands

BASE: Final = "base"
"""Key of a job's request that names the plan it is a what-if of."""

MOST: Final = 24
"""Plans kept at once; the one not looked at for longest goes first."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A finished plan: its job, all there is to see, and what its files say beside."""

    job: Job
    board: Board
    forecast: Mapping[str, Any]
    prices: str
    base: str | None = None

    @property
    def bands(self) -> Bands:
        """From which occupancy on a unit is busy, tight and full."""
        return self.board.saved.scenario.occupancy_bands

    @property
    def currency(self) -> str:
        """The scenario's currency."""
        return self.board.saved.scenario.currency

    @property
    def title(self) -> str:
        """What the plan is of."""
        scenario = self.board.saved.scenario
        return scenario.name or scenario.id


class Shelf:
    """Finished plans by id and version."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, int], Seen] = OrderedDict()
        self._lock = threading.Lock()

    async def seen(self, house: House, tenant: str, plan_id: str) -> Seen:
        """A tenant's plan. Raises NoSuch, and NotNow where there is no plan to look at."""

        def work(connection: Connection) -> tuple[Job, Seen | None, dict[str, str], str | None]:
            job = find(connection, tenant, plan_id, PLANS)
            known = self._known(job)
            if known is not None:
                return job, known, {}, None
            return job, None, files_of(connection, job.id), request_of(connection, job.id).get(BASE)

        job, known, kept, base = await house.read(work)
        if known is not None:
            return known
        kept.pop(ANSWER, None)
        if not job.ended or job.incumbent is None or "plan.json" not in kept:
            raise NotNow("there is no plan to look at")
        made = await run_in_threadpool(_made, job, kept, base)
        with self._lock:
            self._seen[job.id, job.version] = made
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return made

    def _known(self, job: Job) -> Seen | None:
        with self._lock:
            if (job.id, job.version) in self._seen:
                self._seen.move_to_end((job.id, job.version))
            return self._seen.get((job.id, job.version))


def _made(job: Job, kept: Mapping[str, str], base: str | None) -> Seen:
    with plan_folder(kept) as folder:
        shown = board(open_plan(folder))
    return Seen(job, shown, json.loads(kept.get("forecast.json", "{}")), kept.get("prices.csv", ""), base)
