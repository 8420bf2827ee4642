"""The tortures of the service in small: a few kills, a few dozen spoiled inputs, a disk that is full here and there."""

from __future__ import annotations

import logging
import os
import random
import signal
import tempfile
import threading
import time
import warnings
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from optimizer.making import make_plan
from optimizer.scenario.files import open_scenario
from optimizer.solution import Status
from optimizer.solvers.worker import borrow, throw_away
from tests.command import SHIFTS, varied
from tests.service_front import front
from tests.small_ward import small_ward
from tests.torture import disk_full, mutated_inputs, writer_killed

FEW = 6
WARD = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    """Five writers killed at random moments: what they had told is in the file, and every record is whole."""
    path, told, chance = tmp_path / "store.db", writer_killed.Told(), random.Random(1)
    writer_killed.open_store(f"sqlite:///{path}").close()
    for _ in range(5):
        told.add(writer_killed.lines_of_one(f"sqlite:///{path}", chance))
    assert len(told.accepted) >= 5
    assert list(writer_killed.wrong_in(path, told)) == []


@pytest.mark.parametrize("kind", mutated_inputs.KINDS)
def test_spoiled_inputs_are_refused_or_as_they_say(kind: str) -> None:
    """Half a dozen of each kind: refused in words, the same to a second reader, or another input that says so."""
    make, _ = mutated_inputs.KINDS[kind]
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ends, wrong = mutated_inputs.tried(make, FEW, 70_000)
    finally:
        logging.disable(logging.NOTSET)
    assert wrong == []
    assert ends.total() == FEW


def test_a_full_disk_makes_no_false_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no page left, a few and some more: good answers or `store-failed`, and all goes on when there is room."""
    found = disk_full.Found()
    try:
        with disk_full.small_disk() as disk:
            monkeypatch.setenv("TMPDIR", str(disk))
            monkeypatch.setattr(tempfile, "tempdir", str(disk))
            for pages in (0, 9, 30):
                disk_full.tried(disk, pages, found)
                disk_full.with_room(disk, found)
    except disk_full.Refused as error:
        pytest.skip(str(error))
    assert found.wrong == []
    assert found.statuses["503 store-failed"] > 0


def test_a_need_that_nobody_s_shift_could_meet_is_a_clash(tmp_path: Path) -> None:
    """Without shifts there is nobody to be on duty: the rule that can't be met is told, and nothing crashes."""
    shifts = "shifts: {eight_hours: {starts: every_period, work: [8h]}}"
    plan = make_plan(open_scenario(varied(tmp_path, (shifts, ""), scenario=SHIFTS)))
    assert plan.status is Status.INFEASIBLE
    assert plan.infeasible is not None


def test_a_job_handed_to_a_solver_that_was_just_killed_does_not_wait_for_ever() -> None:
    """Its keeper still holds the pipe, which a megabyte fills: it reads on, and the caller hears of the death."""
    worker = borrow()
    try:
        until = time.monotonic() + 10
        while not psutil.Process(worker.process.pid).children() and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(worker.process.pid, signal.SIGKILL)
        sending = threading.Thread(target=worker.send, args=("x" * 1_000_000,), daemon=True)
        sending.start()
        sending.join(10)
        assert not sending.is_alive()
    finally:
        throw_away(worker)


def test_a_job_whose_request_is_damaged_fails_and_is_in_nobody_s_way(tmp_path: Path) -> None:
    """The first of two has a spoiled byte: it fails with a code, and the second is made."""
    with front("sqlite", tmp_path) as service:
        first, second = service.post(WARD)["id"], service.post(WARD)["id"]
        spoiled = text("update jobs set request = cast(x'00' || substr(request, 2) as blob) where id = :id")
        service.store.write(lambda connection: connection.execute(spoiled, {"id": first}))
        assert service.work() == 2
        told = service.get(f"/v1/plans/{first}")
        assert (told["state"], told["problem"]["code"]) == ("failed", "store-failed")
        assert service.get(f"/v1/plans/{second}")["answer"]["objective"] == 600.0


@pytest.mark.parametrize(
    "damage",
    [
        "delete from files where job = :id and name = 'beds.csv'",
        "update files set data = substr(data, 1, 9) where job = :id and name = 'beds.csv'",
        "update jobs set sha256 = replace(sha256, substr(sha256, 1, 1), 'f') || '' where id = :id",
        "update jobs set state = 'gone' where id = :id",
    ],
)
def test_a_plan_that_is_not_what_was_stored_is_not_shown(damage: str, tmp_path: Path) -> None:
    """A table lost, cut short, another scenario's hash or a state that there is not: 503, which names the cure."""
    with front("sqlite", tmp_path) as service:
        plan = service.planned(WARD)["id"]
        service.store.write(lambda connection: connection.execute(text(damage), {"id": plan}))
        answer = service.ask("GET", f"/v1/plans/{plan}/export")
        assert answer.status_code == 503
        assert "restore the store from a copy" in answer.json()["detail"]
