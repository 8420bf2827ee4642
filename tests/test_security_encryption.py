"""A store with a key in the environment holds no scenario, plan or message that can be read without it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.http import create_app
from api.service.encrypting import VARIABLE, new_key
from api.service.errors import StoreFailed
from api.service.gate import Gate
from api.service.house import House
from api.service.schema import ENCRYPTED
from api.service.store import Store, open_store
from tests.command import run
from tests.service_front import STORES, Front, front
from tests.small_ward import small_ward

NAME = "Xq7Zcanary"
WARD: dict[str, Any] = {
    **small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0), "id": NAME, "name": NAME, "variants": {NAME: {}},
}  # fmt: skip


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """A key, in the environment."""
    made = new_key()
    monkeypatch.setenv(VARIABLE, made)
    return made


@pytest.fixture(params=STORES)
def service(request: pytest.FixtureRequest, tmp_path: Path, key: str) -> Iterator[Front]:
    """A service on a new store, encrypted from the beginning."""
    del key
    with front(request.param, tmp_path) as found:
        yield found


def filled(service: Front) -> str:
    """A plan with its variant, one that failed, and a webhook that is told of both; the plan's path."""
    service.house.hook_hosts = frozenset({"rota.example"})
    hook = {"url": "https://rota.example/told", "events": ["done", "failed"]}
    assert service.ask("POST", "/v1/webhooks", json=hook).status_code == 201
    service.planned({**WARD, "solve": {"solver": "glop"}}, params={"variant": NAME})
    return f"/v1/plans/{service.planned(WARD, params={'variant': NAME})['id']}"


def stored(service: Front) -> bytes:
    """All that the tables hold, as the database gives it, and decompressed where it can be."""
    found: list[bytes] = []
    with service.store.engine.connect() as connection:
        for table in ENCRYPTED:
            for row in connection.execute(text(f'select * from "{table.name}"')):
                for cell in row:
                    raw = bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    found.append(raw)
                    if raw.startswith(b"\x78"):
                        found.append(zlib.decompress(raw))
    return b"\n".join(found)


def raw(folder: Path) -> bytes:
    """Every byte of the files of a store."""
    return b"".join(path.read_bytes() for path in folder.glob("store.db*"))


PLAIN = (NAME.encode(), b"patients_per_person", b'"state"', b"whsec_", b"objective")
"""What a store without a key holds as it is: names, scenarios, events, a webhook's secret, a plan."""


def test_a_store_without_a_key_can_be_read_which_is_why_there_are_keys(tmp_path: Path) -> None:
    """Every piece that the next tests look for is there."""
    with front("sqlite", tmp_path) as service:
        filled(service)
        assert [piece for piece in PLAIN if piece not in stored(service)] == []


def test_no_table_holds_anything_to_be_read(service: Front, tmp_path: Path) -> None:
    """Neither the columns nor, of SQLite, any byte of the files and their log; the service itself reads it all."""
    path = filled(service)
    assert service.get(path)["scenario"]["id"] == NAME
    assert [piece for piece in PLAIN if piece in stored(service)] == []
    assert [piece for piece in PLAIN if piece in raw(tmp_path)] == []


def test_everything_works_as_without(service: Front) -> None:
    """A plan is followed, published in place of another of its scenario, exported, changed and erased."""
    path = filled(service)
    again = f"/v1/plans/{service.planned(WARD)['id']}"
    assert '"state": "done"' in service.ask("GET", f"{path}/events").text
    for each in (path, again):
        assert service.ask("POST", f"{each}:publish", headers={"If-Match": "*"}).status_code == 200
    assert [service.get(each)["published_at"] is None for each in (path, again)] == [True, False]
    assert service.ask("GET", f"{path}/export").status_code == 200
    service.post({"events": ["1 rn sick 2024-01-02 D at W"]}, f"{path}:replan")
    assert service.work() == 1
    assert service.get("/v1/plans")["items"][0]["state"] == "done"
    assert service.ask("DELETE", path).status_code == 204


def test_another_key_or_none_is_told_before_anything_starts(
    service: Front, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """Which variable is wrong and what cures it; with the right key it opens again."""
    filled(service)
    for told, words in (
        (new_key(), f"another key than {VARIABLE} holds"),
        ("", f"set {VARIABLE}"),
        ("x", "holds no key"),
    ):
        monkeypatch.setenv(VARIABLE, told)
        with pytest.raises(StoreFailed, match=words):
            open_store(service.url)
    monkeypatch.setenv(VARIABLE, key)
    open_store(service.url).close()


def test_a_changed_byte_of_what_is_encrypted_is_no_other_plan(service: Front) -> None:
    """It carries a seal of its own: the answer is a problem, not a plan."""
    path = filled(service)
    asked = text("update files set data = :data where name = 'answer.json'")
    service.store.write(lambda connection: connection.execute(asked, {"data": b";sealed;1;" + b"A" * 200}))
    answer = service.ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "store-failed")


@pytest.mark.parametrize("kind", STORES)
def test_a_store_that_was_plain_is_encrypted_by_the_command(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards nothing plain is left, in SQLite's files neither, and the plan is as it was; the audit tells of it."""
    with front(kind, tmp_path) as service:
        path = filled(service)
        before = service.get(path)
        monkeypatch.setenv(VARIABLE, new_key())
        done = run("encrypt", "--store", service.url)
        assert (done.exit_code, done.output) == (0, "the store is encrypted under the first key\n")
        assert [piece for piece in PLAIN if piece in stored(service) or piece in raw(tmp_path)] == []
    store = open_store(service.url)
    with front_of(store, service) as again:
        assert again.get(path) == before
        assert run("audit", "verify", "--store", service.url).exit_code == 0
        assert "store encrypted" in str(
            store.read(lambda connection: connection.execute(text("select * from audit")).all())
        )


def test_keys_are_changed_by_naming_the_new_one_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old rows are read under the old key until the command has run; then the new key alone is enough."""
    old, new = new_key(), new_key()
    monkeypatch.setenv(VARIABLE, old)
    with front("sqlite", tmp_path) as service:
        path = filled(service)
        before = service.get(path)
    monkeypatch.setenv(VARIABLE, f"{new}, {old}")
    assert run("encrypt", "--store", service.url).exit_code == 0
    monkeypatch.setenv(VARIABLE, new)
    store = open_store(service.url)
    with front_of(store, service) as again:
        assert again.get(path) == before


def front_of(store: Store, service: Front) -> AbstractContextManager[Front]:
    """The same service on a store opened anew."""

    @contextmanager
    def opened() -> Iterator[Front]:
        with closing(store):
            house = House(Gate(open=True, store=store), store)
            yield Front(store, house, create_app(house), service.url)

    return opened()


def test_without_a_key_nothing_is_encrypted_and_the_command_says_so(tmp_path: Path) -> None:
    """Exit 2 with the cure, and a key that can be used at once."""
    done = run("encrypt", "--store", f"sqlite:///{tmp_path / 'store.db'}")
    assert (done.exit_code, "wardwright encrypt --new-key makes one" in done.output) == (2, True)
    made = run("encrypt", "--new-key")
    assert (made.exit_code, len(made.output.strip())) == (0, 44)
