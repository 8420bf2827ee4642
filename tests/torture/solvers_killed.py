"""Solvers of a worker killed with signal 9 at random moments: nothing runs on, nothing is left, no job is lost.

`python -m tests.torture.solvers_killed [KILLS]`, 200 by default. A worker makes small plans and ones that are searched
for; a solver it has started, idle or at work, is killed meanwhile. Two seconds later nothing of the victim's group may
be alive and its folder must be gone, and every job ends once: done, or failed with a code.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.service.accepting import Order, Quota, accept
from api.service.jobs import DONE, ENDED, Job, by_id, happenings
from api.service.store import Store, open_store
from optimizer.scenario.files import open_data
from tests.small_ward import small_ward
from tests.test_service_processes import PROGRAM, long_scenario

PATIENCE = 2.0
"""Seconds after which nothing of a killed solver may be left."""

LONG_EVERY = 8
SMALL = small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0)
LONG = long_scenario(3.0)


@dataclass(slots=True)
class Doing:
    """A worker at work on a store; its temporary files, and its solvers', lie in `folder`."""

    process: subprocess.Popen[bytes]
    store: Store
    folder: Path

    @classmethod
    def begun(cls, place: Path) -> Doing:
        """A worker on a new store."""
        url, folder = f"sqlite:///{place / 'store.db'}", place / "tmp"
        folder.mkdir()
        store = open_store(url)
        told = {**os.environ, "WARDWRIGHT_STORE": url, "TMPDIR": str(folder), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", PROGRAM, "worker"]
        with (place / "log").open("ab") as log:
            return cls(subprocess.Popen(command, env=told, stdout=log, stderr=log), store, folder)

    def accepted(self, data: dict[str, object]) -> str:
        """The id of a plan asked for."""
        loaded = open_data(data)
        order = Order("torture", "torture", "plan", {"scenario": data}, loaded.value.id, loaded.sha256)
        return accept(self.store, order, None, Quota()).job.id

    def job(self, job_id: str) -> Job:
        """How a job stands."""
        found = self.store.read(lambda connection: by_id(connection, job_id))
        if found is None:
            raise LookupError(f"{job_id} is lost")
        return found

    def solvers(self) -> list[psutil.Process]:
        """Every solver that the worker has started: those that lead a group, and programs such as CBC."""
        try:
            found = psutil.Process(self.process.pid).children(recursive=True)
            return [one for one in found if os.getpgid(one.pid) == one.pid or "python" not in one.name()]
        except (psutil.Error, ProcessLookupError):
            return []

    def until_ended(self, job_id: str, seconds: float) -> Job:
        """A job once it has ended, or as it is when the time is over."""
        until = time.monotonic() + seconds
        while not (found := self.job(job_id)).ended and time.monotonic() < until:
            time.sleep(0.02)
        return found


@dataclass(frozen=True, slots=True)
class Victim:
    """A process killed, with the group and the folder that belong to it."""

    group: int
    folder: str | None
    name: str

    @classmethod
    def of(cls, process: psutil.Process, below: Path) -> Victim:
        """What there is of it before it is killed. Raises psutil.Error and ProcessLookupError where it is gone."""
        words = [part for part in process.cmdline() if part.startswith(str(below))]
        return cls(os.getpgid(process.pid), words[0] if words else None, process.name())

    def left(self) -> list[str]:
        """What of it is there still."""
        alive = [one for one in psutil.process_iter() if _in_group(one, self.group)]
        return [f"process {one.pid}" for one in alive] + (
            [self.folder] if self.folder and Path(self.folder).is_dir() else []
        )


def _in_group(one: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(one.pid) == group and one.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ProcessLookupError):
        return False


def killed_one(doing: Doing, chance: random.Random, longest: float) -> Victim | None:
    """Kill something that the worker has started, a random while after it is there; None where all were quicker."""
    until = time.monotonic() + 10
    while not doing.solvers() and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(chance.uniform(0.0, longest))
    for one in chance.sample(found := doing.solvers(), len(found)):
        try:
            victim = Victim.of(one, doing.folder)
            one.kill()
        except (psutil.Error, ProcessLookupError):
            continue
        return victim
    return None


def attempt(doing: Doing, chance: random.Random, number: int) -> tuple[str | None, str, str]:
    """One job, and one kill meanwhile: what went wrong or None, the job's id, and what was killed."""
    long = number % LONG_EVERY == 0
    job = doing.accepted(LONG if long else SMALL)
    victim = killed_one(doing, chance, 3.0 if long else 0.2)
    if victim is None:
        return None, job, "nothing"
    until = time.monotonic() + PATIENCE
    while (left := victim.left()) and time.monotonic() < until:
        time.sleep(0.02)
    doing.until_ended(job, 120)
    return (f"{number}: {victim.name} killed, left after {PATIENCE:g} s: {left}" if left else None), job, victim.name


def wrong_with(doing: Doing, job_id: str) -> str | None:
    """What is wrong with a job that must have ended once, in a way that says what it was."""
    job = doing.job(job_id)
    names = [each.name for each in doing.store.read(lambda connection: happenings(connection, job_id, 0))]
    ends = sum(name in ENDED for name in names)
    if ends != 1:
        return f"{job_id}: {job.state}, ended {ends} times"
    if job.state == DONE and job.incumbent is None and job.outcome != "time_limit":
        return f"{job_id}: done with outcome {job.outcome} and no plan"
    if job.state != DONE and not (job.problem and '"code"' in job.problem and '"internal"' not in job.problem):
        return f"{job_id}: {job.state} with {job.problem}"
    return None


def main(kills: int = 200) -> int:
    """Kill so often; print and count what went wrong."""
    chance, began, names, jobs = random.Random(0), time.monotonic(), Counter[str](), list[str]()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        doing, number = Doing.begun(Path(place)), 0
        while sum(names.values()) - names["nothing"] < kills and number < 3 * kills:
            found, job, name = attempt(doing, chance, number)
            wrong += [found] if found else []
            jobs.append(job)
            names[name] += 1
            number += 1
            if number % 20 == 0:
                print(f"  {number} jobs, {len(wrong)} wrong", file=sys.stderr, flush=True)
        wrong += [found for job in jobs if (found := wrong_with(doing, job))]
        states = Counter(doing.job(job).state for job in jobs)
        doing.process.terminate()
        if code := doing.process.wait(20):
            wrong.append(f"the worker ended with {code}")
        wrong += [f"left at the end: {each}" for each in os.listdir(doing.folder)]
        doing.store.close()
    told = ", ".join(f"{count} {name}" for name, count in sorted(names.items()))
    ends = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    print(
        f"solver processes killed ({told}) in {time.monotonic() - began:.0f} s: {len(jobs)} jobs, {ends}; "
        f"{len(wrong)} wrong", *wrong[:20], sep="\n  ",
    )  # fmt: skip
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
