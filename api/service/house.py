"""`House`: what every route needs, put together once: the store, who may ask how much, metrics, whether we close."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api.service.accepting import Quota
from api.service.callers import folder_of
from api.service.errors import StoreFailed, TooMany
from api.service.gate import Gate
from api.service.metrics import Metrics
from api.service.store import Store

T = TypeVar("T")
MOST_STREAMS: Final = 50
"""Event streams that one tenant may hold open."""


@dataclass(slots=True)
class House:
    """The service of one process. `models` is the folder of stored forecasts, `hook_hosts` may be told
    of events, results are kept for `keep_days` (None: for good); `closing` is set when it stops."""

    gate: Gate
    store: Store | None = None
    quota: Quota = field(default_factory=Quota)
    models: Path = Path("models")
    hook_hosts: frozenset[str] = frozenset()
    keep_days: float | None = None
    metrics: Metrics = field(default_factory=Metrics)
    closing: threading.Event = field(default_factory=threading.Event)
    streams: dict[str, int] = field(default_factory=dict)

    @property
    def open_store(self) -> Store:
        """The store. Raises StoreFailed where there is none."""
        if self.store is None:
            raise StoreFailed("no store is open")
        return self.store

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` finds in the store, while others are answered. Raises StoreFailed."""
        return await run_in_threadpool(self.open_store.read, work)

    async def look(self, work: Callable[[Connection], T]) -> T:
        """What one short question finds. Raises StoreFailed."""
        store = self.open_store
        return store.look(work) if store.quick else await run_in_threadpool(store.look, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` durably, while others are answered. Raises StoreFailed."""
        return await run_in_threadpool(self.open_store.write, work)

    def room_for_stream(self, tenant: str) -> None:
        """Raise TooMany where a tenant has enough streams open."""
        if self.streams.get(tenant, 0) >= MOST_STREAMS:
            raise TooMany(f"{MOST_STREAMS} event streams are open already", 5)

    def enter_stream(self, tenant: str) -> None:
        """Count one more stream of a tenant."""
        self.streams[tenant] = self.streams.get(tenant, 0) + 1

    def leave_stream(self, tenant: str) -> None:
        """Count one less."""
        self.streams[tenant] -= 1
        if not self.streams[tenant]:
            del self.streams[tenant]

    def folder_of_models(self, tenant: str) -> Path:
        """A tenant's own stored forecasts."""
        return folder_of(self.models, tenant)
