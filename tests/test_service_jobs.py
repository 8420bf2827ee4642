"""Jobs in the store, on SQLite and on a real PostgreSQL: accepted once, done once, seen by their tenant alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, func, select, text, update

from api.service.accepting import Accepted, Order, Quota, accept
from api.service.audit import verify
from api.service.callers import SCOPES, Caller
from api.service.deciding import cancel, erase, publish
from api.service.errors import Erased, KeyReused, NoSuch, NotNow, Stale, StoreFailed, TooMany, Unconditional
from api.service.jobs import PLANS, Job, files_of, find, happenings, listing
from api.service.leasing import MOST_ATTEMPTS, Ending, Known, beat, claim, end, hand_back, waiting
from api.service.schema import AUDIT, EVENTS, FILES, JOBS, METADATA
from api.service.store import Store, open_store, store_url
from tests.service_front import STORES, store_at

T = TypeVar("T")
NORTH, SOUTH = (Caller(name, name, f"planner of {name}", SCOPES) for name in ("north", "south"))
FOUND = Ending("done", {"answer.json": "{}"}, "optimal", known=Known(incumbent=7.0, bound=7.0, gap=0.0))


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    found = open_store(store_at(request.param, tmp_path))
    yield found
    found.close()


def order(tenant: str = "north", **request: object) -> Order:
    """A plan asked for."""
    return Order(tenant, f"planner of {tenant}", "plan", {"scenario": {"id": "ward"}, **request}, "ward", "0" * 64)


def take(store: Store, key: str | None = None, tenant: str = "north", **request: object) -> Accepted:
    """Take an order on."""
    return accept(store, order(tenant, **request), key, Quota())


def claimed(store: Store, worker: str = "w1") -> Job:
    """The next job, which must be there."""
    job = store.write(lambda connection: claim(connection, worker))
    assert job is not None
    return job


def done(store: Store, ending: Ending = FOUND) -> Job:
    """A job taken on, done and read again."""
    taken = take(store).job
    claimed_job = claimed(store)
    assert store.write(lambda connection: end(connection, claimed_job, ending))
    return now(store, taken.id)


def now(store: Store, job_id: str) -> Job:
    """A job as it is now."""
    return store.read(lambda connection: find(connection, "north", job_id, PLANS))


def events(store: Store, job_id: str) -> list[str]:
    """The names of a job's events, in order."""
    return [each.name for each in store.read(lambda connection: happenings(connection, job_id, 0))]


def let_the_lease_run_out(store: Store, job: Job) -> None:
    """As if the worker had said nothing for long."""
    store.write(lambda connection: connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(lease_until=1.0)))


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """The same work by several threads that begin together."""
    gate = threading.Barrier(count)

    def one(number: int) -> T:
        gate.wait(10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_an_accepted_job_is_there_after_opening_the_store_anew(tmp_path: Path) -> None:
    """What `accept` returned from is on the disk: another connection finds it."""
    url = store_at("sqlite", tmp_path)
    first, second = open_store(url), open_store(url)
    job = take(first).job
    assert now(second, job.id).state == "queued"
    first.close()
    second.close()


def test_equal_requests_with_equal_keys_make_one_job(store: Store) -> None:
    """The second time the first job is found, whatever state it is in."""
    first, second = take(store, "monday"), take(store, "monday")
    assert (first.again, second.again, first.job.id) == (False, True, second.job.id)


def test_sixteen_clients_with_one_key_make_one_job(store: Store) -> None:
    """They all come at the same moment and are told of the same job."""
    ids = {taken.job.id for taken in at_once(16, lambda _: take(store, "monday"))}
    assert len(ids) == 1
    assert store.read(lambda connection: connection.execute(select(func.count()).select_from(JOBS)).scalar_one()) == 1


def test_a_key_stands_for_one_request(store: Store) -> None:
    """With another body it is refused, and nothing is taken on."""
    take(store, "monday")
    with pytest.raises(KeyReused, match="take a new one"):
        take(store, "monday", more=1)
    for other in (
        replace(order(), variant="flu"),
        replace(order(), parent="plan_1"),
        replace(order(), kind="forecast"),
    ):
        with pytest.raises(KeyReused):
            accept(store, other, "monday", Quota())
    assert len(store.read(lambda connection: listing(connection, "north", PLANS, before=None, size=9))) == 1


def test_tenants_keys_are_their_own(store: Store) -> None:
    """Two tenants may use the same key: each gets a job of its own."""
    assert take(store, "monday").job.id != take(store, "monday", tenant="south").job.id


def test_an_erased_job_is_not_made_again_by_a_late_retry(store: Store) -> None:
    """The key outlives the job."""
    job = take(store, "monday").job
    store.write(lambda connection: erase(connection, NORTH, job.id, PLANS, None))
    with pytest.raises(Erased):
        take(store, "monday")


def test_jobs_are_done_in_the_order_in_which_they_came(store: Store) -> None:
    """First come, first served."""
    ids = [take(store).job.id for _ in range(3)]
    assert [claimed(store).id for _ in range(3)] == ids
    assert not store.read(waiting)


def test_eight_workers_take_no_job_twice(store: Store) -> None:
    """Forty jobs are claimed by eight workers at once: each by one of them."""
    ids = {take(store).job.id for _ in range(40)}

    def claim_all(number: int) -> list[str]:
        found = []
        while (job := store.write(lambda connection: claim(connection, f"w{number}"))) is not None:
            found.append(job.id)
        return found

    got = [job_id for found in at_once(8, claim_all) for job_id in found]
    assert (len(got), set(got)) == (40, ids)


def test_a_job_whose_worker_is_gone_is_done_by_another_and_ends_once(store: Store) -> None:
    """The first worker comes back too late: what it brings is not written."""
    taken = take(store).job
    first = claimed(store, "first")
    assert store.write(lambda connection: claim(connection, "second")) is None
    let_the_lease_run_out(store, first)
    second = claimed(store, "second")
    assert (second.id, second.attempts) == (first.id, 2)
    assert store.write(lambda connection: end(connection, second, FOUND))
    assert not store.write(lambda connection: end(connection, first, Ending("failed")))
    assert (now(store, taken.id).state, events(store, taken.id).count("done")) == ("done", 1)


def test_the_same_worker_s_earlier_attempt_is_not_its_own_any_more(store: Store) -> None:
    """A lease is of an attempt, not of a name."""
    take(store)
    first = claimed(store, "same")
    let_the_lease_run_out(store, first)
    claimed(store, "same")
    assert not store.write(lambda connection: end(connection, first, FOUND))


def test_a_job_that_kills_its_workers_is_given_up(store: Store) -> None:
    """After three deaths it fails, and says why."""
    job = take(store).job
    for _ in range(MOST_ATTEMPTS):
        let_the_lease_run_out(store, claimed(store))
    assert store.write(lambda connection: claim(connection, "w")) is None
    assert now(store, job.id).state == "failed"
    assert "worker-lost" in str(now(store, job.id).problem)


def test_handing_back_is_no_failed_attempt(store: Store) -> None:
    """A job can be handed back by as many workers as are told to stop."""
    job = take(store).job
    for _ in range(MOST_ATTEMPTS + 2):
        held = claimed(store)
        store.write(lambda connection, held=held: hand_back(connection, held))
    assert (now(store, job.id).state, now(store, job.id).attempts) == ("queued", 0)


def test_what_was_found_is_forgotten_with_a_job_handed_back(store: Store) -> None:
    """Its best plan went with its worker: cancelled while it waits, there is nothing to publish."""
    job = take(store).job
    held, known = claimed(store), Known("solve", 10.0, 8.0, 0.2)
    store.write(lambda connection: beat(connection, held, known, Known()))
    store.write(lambda connection: hand_back(connection, held))
    assert (now(store, job.id).incumbent, now(store, job.id).bound, now(store, job.id).gap) == (None, None, None)
    store.write(lambda connection: cancel(connection, NORTH, job.id, PLANS))
    with pytest.raises(NotNow, match="no plan was found"):
        store.write(lambda connection: publish(connection, NORTH, job.id, "*"))


def test_a_renewed_lease_tells_progress_once(store: Store) -> None:
    """An event is written where something is new, and the job shows it."""
    job = take(store).job
    held, known = claimed(store), Known("solve", 10.0, 8.0, 0.2)
    assert store.write(lambda connection: beat(connection, held, known, Known())).ours
    assert store.write(lambda connection: beat(connection, held, known, known)).ours
    assert events(store, job.id) == ["queued", "running", "progress"]
    found = now(store, job.id)
    assert (found.step, found.incumbent, found.bound, found.gap) == ("solve", 10.0, 8.0, 0.2)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_asked_to_end(store: Store) -> None:
    """Its worker hears of it when it renews the lease."""
    waits, runs = take(store).job, take(store).job
    store.write(lambda connection: cancel(connection, NORTH, waits.id, PLANS))
    assert now(store, waits.id).state == "cancelled"
    held = claimed(store)
    assert held.id == runs.id
    store.write(lambda connection: cancel(connection, NORTH, runs.id, PLANS))
    assert store.write(lambda connection: beat(connection, held, Known(), Known())).cancel


def test_a_worker_of_an_erased_job_has_nothing_to_write(store: Store) -> None:
    """The lease is gone with the row, and no file appears."""
    job = take(store).job
    held = claimed(store)
    store.write(lambda connection: erase(connection, NORTH, job.id, PLANS, None))
    standing = store.write(lambda connection: beat(connection, held, Known(), Known()))
    assert (standing.ours, standing.cancel) == (False, True)
    assert not store.write(lambda connection: end(connection, held, FOUND))
    assert store.read(lambda connection: connection.execute(select(FILES)).all()) == []


def test_another_tenant_s_job_is_no_job(store: Store) -> None:
    """It can't be found, cancelled, erased or published, and says the same as one that never was."""
    job = done(store)
    acts: list[Callable[[Connection], Any]] = [
        lambda connection: find(connection, "south", job.id, PLANS),
        lambda connection: cancel(connection, SOUTH, job.id, PLANS),
        lambda connection: erase(connection, SOUTH, job.id, PLANS, None),
        lambda connection: publish(connection, SOUTH, job.id, job.etag),
    ]
    for act in acts:
        with pytest.raises(NoSuch, match="nothing here has this id"):
            store.write(act)
    assert now(store, job.id) == job


def test_a_published_plan_takes_the_place_of_the_one_before(store: Store) -> None:
    """One plan counts for a scenario, and both plans' versions rise."""
    first, second = done(store), done(store)
    for job in (first, second):
        store.write(lambda connection, job=job: publish(connection, NORTH, job.id, job.etag))
    assert now(store, first.id).published_at is None
    assert now(store, second.id).published_by == NORTH.name
    assert events(store, first.id)[-2:] == ["published", "superseded"]
    assert now(store, first.id).version == first.version + 2


@pytest.mark.parametrize(("match", "error"), [(None, Unconditional), ('"other"', Stale)])
def test_publishing_says_which_version_it_means(store: Store, match: str | None, error: type[Exception]) -> None:
    """Without If-Match, or with another version's tag, nothing is published."""
    job = done(store)
    with pytest.raises(error):
        store.write(lambda connection: publish(connection, NORTH, job.id, match))
    assert now(store, job.id) == job


def test_what_has_no_plan_is_not_published(store: Store) -> None:
    """Neither while it is made nor when none was found."""
    waits = take(store).job
    with pytest.raises(NotNow, match="yet"):
        store.write(lambda connection: publish(connection, NORTH, waits.id, waits.etag))
    store.write(lambda connection: erase(connection, NORTH, waits.id, PLANS, None))
    none = done(store, Ending("done", {"answer.json": "{}"}, "infeasible"))
    with pytest.raises(NotNow, match="no plan was found"):
        store.write(lambda connection: publish(connection, NORTH, none.id, none.etag))


def test_of_twenty_who_publish_one_version_one_does(store: Store) -> None:
    """The others are told that it has changed: no update is lost."""
    job = done(store)

    def one(_: int) -> bool:
        try:
            store.write(lambda connection: publish(connection, NORTH, job.id, job.etag))
        except Stale:
            return False
        return True

    assert sum(at_once(20, one)) == 1
    assert now(store, job.id).version == job.version + 1


def test_a_quota_bounds_what_waits(store: Store) -> None:
    """Two jobs of a tenant may wait: the third is sent away until one has ended; another tenant is not."""
    quota = Quota(unfinished=2)

    def ask(tenant: str = "north") -> None:
        accept(store, order(tenant), None, quota)

    ask()
    ask()
    with pytest.raises(TooMany, match="2 jobs wait or run already"):
        ask()
    ask("south")
    held = claimed(store)
    store.write(lambda connection: end(connection, held, FOUND))
    ask()


def test_every_decision_is_in_the_audit_and_the_chain_holds(store: Store) -> None:
    """Publish, cancel and erase by whom, from what to what."""
    plan, waits = done(store), take(store).job
    store.write(lambda connection: publish(connection, NORTH, plan.id, plan.etag))
    store.write(lambda connection: cancel(connection, NORTH, waits.id, PLANS))
    store.write(lambda connection: erase(connection, NORTH, waits.id, PLANS, None))
    rows = store.read(lambda connection: connection.execute(select(AUDIT).order_by(AUDIT.c.number)).all())
    told = [(row.who, row.what, row.target, row.before, row.after) for row in rows]
    who = "planner of north (north)"
    assert told == [
        (who, "publish", plan.id, "draft", "published"),
        (who, "cancel", waits.id, "queued", "cancelled"),
        (who, "erase", waits.id, "cancelled", ""),
    ]
    assert store.read(verify).broken == ()


@pytest.mark.parametrize("column", ["at", "tenant", "who", "what", "target", "before", "after", "previous", "digest"])
def test_one_changed_byte_of_the_audit_is_found(column: str, tmp_path: Path) -> None:
    """In whichever column it is; the row is named."""
    store = open_store(store_at("sqlite", tmp_path))
    for _ in range(3):
        job = take(store).job
        store.write(lambda connection, job=job: cancel(connection, NORTH, job.id, PLANS))
    changed = text(f"update audit set {column} = 'x' || substr({column}, 2) where number = 2")
    store.write(lambda connection: connection.execute(changed))
    assert any("row 2" in fault for fault in store.read(verify).broken)
    store.close()


def test_rows_missing_from_the_audit_are_found(store: Store) -> None:
    """In the middle by the gap, at the end by a seal that was written down before."""
    for _ in range(3):
        job = take(store).job
        store.write(lambda connection, job=job: cancel(connection, NORTH, job.id, PLANS))
    seal = store.read(verify).last
    store.write(lambda connection: connection.execute(AUDIT.delete().where(AUDIT.c.number == 3)))
    assert store.read(verify).broken == ()
    assert "missing at the end" in store.read(lambda connection: verify(connection, seal)).broken[0]
    store.write(lambda connection: connection.execute(AUDIT.delete().where(AUDIT.c.number == 1)))
    assert "row 1 is missing" in store.read(verify).broken[0]


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    """Alembic finds nothing to change between the store and `METADATA`."""
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_write_that_fails_leaves_the_others_of_its_commit_alone(tmp_path: Path) -> None:
    """Sixteen writes at once, every second of them fails half way: the others are there, of the failed ones nothing."""
    store = open_store(store_at("sqlite", tmp_path))
    job = take(store).job

    def write(number: int) -> bool:
        def work(connection: Connection) -> int:
            row = {"job": job.id, "number": 100 + number, "name": "x", "data": "{}", "at": 0.0}
            connection.execute(EVENTS.insert(), row)
            if number % 2:
                raise ZeroDivisionError
            return number

        try:
            store.write(work)
        except ZeroDivisionError:
            return False
        return True

    assert sum(at_once(16, write)) == 8
    there = store.read(lambda connection: [each.number for each in happenings(connection, job.id, 99)])
    assert there == [100, 102, 104, 106, 108, 110, 112, 114]
    store.close()


def test_an_erased_plan_leaves_no_byte_in_the_file(tmp_path: Path) -> None:
    """Neither in the database nor in its log: what is deleted is overwritten."""
    store = open_store(store_at("sqlite", tmp_path))
    canary = "Xq7ZcanaryW"
    taken = accept(store, _named(canary), None, Quota()).job
    assert _in_files(tmp_path, canary)
    store.write(lambda connection: erase(connection, NORTH, taken.id, PLANS, None))
    store.close()
    assert not _in_files(tmp_path, canary)


def _named(name: str) -> Order:
    return Order("north", name, "plan", {}, name, "0" * 64)


def _in_files(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://db/x", "not in mysql"),
        ("nonsense", "URL can't be read"),
        ("sqlite://", "needs a file"),
        ("sqlite:////no/such/folder/x.db", "name another place with --store"),
        ("postgresql://127.0.0.1:1/none?connect_timeout=1", "the store failed"),
    ],
)
def test_a_store_that_can_t_be_opened_says_why(url: str, words: str) -> None:
    """In one line, without a traceback and without a password."""
    with pytest.raises(StoreFailed, match=words):
        open_store(url)


def test_the_store_is_named_by_option_then_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it is a file in the folder one stands in."""
    monkeypatch.delenv("WARDWRIGHT_STORE", raising=False)
    assert store_url(None) == "sqlite:///wardwright.db"
    monkeypatch.setenv("WARDWRIGHT_STORE", "sqlite:///a.db")
    assert store_url(None) == "sqlite:///a.db"
    assert store_url("sqlite:///b.db") == "sqlite:///b.db"


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine may read the file."""
    open_store(store_at("sqlite", tmp_path)).close()
    assert (tmp_path / "store.db").stat().st_mode & 0o077 == 0


def test_files_are_read_by_name(store: Store) -> None:
    """All of them, or those asked for."""
    job = done(store, Ending("done", {"a.csv": "1", "b.csv": "é"}, "optimal"))
    assert store.read(lambda connection: files_of(connection, job.id)) == {"a.csv": "1", "b.csv": "é"}
    assert store.read(lambda connection: files_of(connection, job.id, ("b.csv",))) == {"b.csv": "é"}
