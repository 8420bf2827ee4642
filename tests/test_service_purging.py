"""Forgetting: what is old leaves nothing behind, what counts stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from api.service.purging import purge
from api.service.schema import AUDIT, EVENTS, FILES, IDEMPOTENCY, JOBS, KEYS
from tests.command import run
from tests.service_front import STORES, Front, front
from tests.small_ward import small_ward

WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)


@pytest.fixture(params=STORES)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """A new service."""
    with front(request.param, tmp_path) as found:
        yield found


def days_pass(service: Front, days: float) -> None:
    """As if all that happened had happened so many days earlier."""
    back = days * 86_400
    ages = (
        update(JOBS).values(made_at=JOBS.c.made_at - back, ended_at=JOBS.c.ended_at - back),
        update(IDEMPOTENCY).values(made_at=IDEMPOTENCY.c.made_at - back),
        update(KEYS).values(expires_at=KEYS.c.expires_at - back, revoked_at=KEYS.c.revoked_at - back),
    )
    for age in ages:
        service.store.write(lambda connection, age=age: connection.execute(age))


def test_old_plans_go_with_all_that_belongs_to_them(service: Front) -> None:
    """After 91 days of 90: rows, files, events and the client's key; a younger plan stays."""
    old = service.planned(WARD, headers={"Idempotency-Key": "old"})
    days_pass(service, 91)
    young = service.planned({**WARD, "id": "young"}, headers={"Idempotency-Key": "young"})
    assert purge(service.store, 90).jobs == 1
    assert service.ask("GET", f"/v1/plans/{old['id']}").status_code == 404
    assert service.get(f"/v1/plans/{young['id']}")["answer"] == young["answer"]
    for table in (FILES, EVENTS, IDEMPOTENCY):
        found = service.store.read(lambda connection, table=table: connection.execute(select(table.c.job)).scalars())
        assert set(found) == {young["id"]}
    assert service.post(WARD, headers={"Idempotency-Key": "old"})["id"] != old["id"]


def test_what_counts_and_what_is_not_done_stays(service: Front) -> None:
    """A published plan and one that still waits, however old."""
    counts, waits = service.planned(WARD), service.post(WARD)
    service.ask("POST", f"/v1/plans/{counts['id']}:publish", headers={"If-Match": "*"})
    days_pass(service, 1000)
    assert purge(service.store, 90).jobs == 0
    assert {item["id"] for item in service.get("/v1/plans")["items"]} == {counts["id"], waits["id"]}


def test_a_purge_is_in_the_audit_and_takes_nothing_from_it(service: Front) -> None:
    """Who did what is known after what it was done to is gone."""
    plan = service.planned(WARD)
    service.ask("GET", f"/v1/plans/{plan['id']}/export")
    days_pass(service, 91)
    purge(service.store, 90)
    rows = service.store.read(lambda connection: connection.execute(select(AUDIT.c.what, AUDIT.c.before)).all())
    assert [tuple(row) for row in rows] == [("export", ""), ("purge", "1 jobs")]


def test_keys_long_ended_go(service: Front) -> None:
    """Those that end later stay."""
    service.key("north", days=1.0)
    service.key("south", days=365.0)
    days_pass(service, 100)
    assert purge(service.store, 90).others == 1
    kept = service.store.read(lambda connection: connection.execute(select(KEYS.c.tenant)).scalars().all())
    assert kept == ["south"]


def test_no_byte_of_it_is_left_in_the_folder(tmp_path: Path) -> None:
    """While the service runs: neither in SQLite's file nor in its log is the name that only the old plan had."""
    canary = "Xq7Zcanary"
    with front("sqlite", tmp_path) as service:
        service.planned({**WARD, "id": canary})
        assert canaries(tmp_path, canary)
        days_pass(service, 91)
        assert purge(service.store, 90).clean
        assert canaries(tmp_path, canary) == []


def canaries(folder: Path, canary: str) -> list[str]:
    """The files that hold it."""
    return [path.name for path in folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]


def test_the_command_says_what_is_gone(tmp_path: Path) -> None:
    """And needs to be told how old is old."""
    with front("sqlite", tmp_path) as service:
        service.planned(WARD)
        days_pass(service, 91)
        done = run("purge", "--older-than", "90", "--store", service.url)
        assert done.exit_code == 0
        assert done.output == "1 job and 0 keys and messages older than 90 days are gone\n"
    assert run("purge").exit_code == 2
