"""The service in this process, for tests: a store, the application in front of it, and a worker run by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from api.http import create_app
from api.service.gate import Gate
from api.service.house import House
from api.service.keys import Wanted, create
from api.service.store import Store, open_store
from api.service.worker import Worker
from tests.postgres import new_database

STORES = ("sqlite", "postgresql")
"""What every test of the store runs on."""


def store_at(kind: str, folder: Path) -> str:
    """The URL of a new, empty store."""
    return f"sqlite:///{folder / 'store.db'}" if kind == "sqlite" else new_database()


@dataclass(frozen=True, slots=True)
class Front:
    """A house with its application."""

    store: Store
    house: House
    app: FastAPI
    url: str

    def ask(self, method: str, path: str, *, key: str | None = None, **request: Any) -> httpx.Response:
        """One request, as whoever has the key."""
        headers = {**request.pop("headers", {}), **({"Authorization": f"Bearer {key}"} if key else {})}

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
                return await client.request(method, path, headers=headers, **request)

        return asyncio.run(once())

    def post(self, data: object, path: str = "/v1/plans", **request: Any) -> dict[str, Any]:
        """A job that was taken on."""
        answer = self.ask("POST", path, json=data, **request)
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def get(self, path: str, **request: Any) -> Any:
        """What a GET answers, which must be good."""
        answer = self.ask("GET", path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def work(self) -> int:
        """Do every job that waits; how many there were."""
        worker, count = Worker(self.store, models=self.house.models), 0
        while worker.once():
            count += 1
        return count

    def planned(self, data: object, path: str = "/v1/plans", **request: Any) -> dict[str, Any]:
        """A job asked for and done, with its answer."""
        made = self.post(data, path, **request)
        self.work()
        request.pop("params", None)
        found: dict[str, Any] = self.get(f"{path}/{made['id']}", **request)
        return found

    def key(self, tenant: str, role: str = "admin", **terms: Any) -> str:
        """A new key."""
        wanted = Wanted(tenant, f"{role} of {tenant}", role, **terms)
        return self.store.write(lambda connection: create(connection, wanted))[1]


@contextmanager
def front(kind: str, folder: Path, *, login: bool = False) -> Iterator[Front]:
    """A service on a new store; everybody is let in unless a login is asked for."""
    url = store_at(kind, folder)
    store = open_store(url)
    house = House(Gate(open=not login, store=store), store, models=folder / "models")
    try:
        yield Front(store, house, create_app(house), url)
    finally:
        store.close()
