"""The process in which solvers run: reads jobs from its standard input, writes what comes of them to standard output.

Its own process group, so that CBC dies with it; whatever solvers print goes nowhere; the end of its input (its parent
is gone, however that came about) ends it and all it started: its keeper sees to that, and it itself where there is
none. Parent and child speak pickles to each other alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from optimizer.program import Program
from optimizer.solution import Limits, Progress, Solution, Status
from optimizer.solvers.errors import SolverError
from optimizer.solvers.session import SESSION
from optimizer.solvers.table import SOLVERS
from optimizer.solvers.verify import Run, empty

STARTED = "started"
STOP = "stop"

KEEPER_SECONDS = 1.0
"""How long the keeper may take to end us when our input has ended, before we do it ourselves."""

_GIB = 2**30

_NO_MEMORY = ("MemoryError", "bad_alloc", "can't start new thread")


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One solve: the program, the solver's name and its limits."""

    program: Program
    solver: str
    limits: Limits


Message = str | Progress | Solution | SolverError
"""What the child sends: STARTED, then progress, then one solution or error."""


@dataclass(slots=True)
class _Outbox:
    """Sends messages, one at a time, whichever thread they come from."""

    stream: IO[bytes]
    lock: threading.Lock

    def send(self, message: Message) -> None:
        """Write and flush one message."""
        with self.lock:
            pickle.dump(message, self.stream, protocol=pickle.HIGHEST_PROTOCOL)
            self.stream.flush()


Remove = Callable[[Path], None]
"""Removes a folder for good."""


def serve(folder: Path, remove: Remove) -> None:
    """Serve jobs until the input ends. Files of a job lie in `folder`, which is there while one runs."""
    outbox = _Outbox(_claimed_output(), threading.Lock())
    signal.signal(signal.SIGINT, lambda *_: None)  # ours to pass on to CBC, not to die of
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs, lambda: _end(folder, remove)), daemon=True).start()
    _load()
    while True:
        _answer(jobs.get(), outbox, folder, remove)


def _load() -> None:
    """Load what the first job will need: a child started ahead has it ready."""
    import ortools.math_opt.core.python.solver  # noqa: F401


def _claimed_output() -> IO[bytes]:
    """Standard output for our messages alone: what solvers print there and on standard error is dropped."""
    ours = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return ours


def _listen(source: IO[bytes], jobs: queue.SimpleQueue[Job], end: Callable[[], None]) -> None:
    while True:
        try:
            message = pickle.load(source)
        except (EOFError, OSError, pickle.UnpicklingError):
            end()
            return
        if message == STOP:
            SESSION.stop()
        else:
            jobs.put(message)


def _end(folder: Path, remove: Remove) -> None:
    """Leave nothing behind, should there be no keeper to do it: our files, CBC, ourselves."""
    if hasattr(os, "fork"):
        time.sleep(KEEPER_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def _answer(job: Job, outbox: _Outbox, folder: Path, remove: Remove) -> None:
    outbox.send(STARTED)
    try:
        with _private(folder, remove), _memory(job.limits.memory_gib):
            answer: Message = SOLVERS[job.solver](job.program, job.limits, outbox.send)
    except SolverError as error:
        answer = error
    except Exception as error:  # a fault of ours must reach the user as a failed solve, not as silence
        answer = _failed(job, f"{type(error).__name__}: {error}")
    outbox.send(_in_short(answer))


def _in_short(answer: Message) -> Message:
    """The many words for a lack of memory, as one: Python's, C++'s and the threads'."""
    if isinstance(answer, Solution) and any(words in answer.message for words in _NO_MEMORY):
        return replace(answer, message="out of memory")
    return answer


@contextmanager
def _private(folder: Path, remove: Remove) -> Iterator[None]:
    """While inside, files go to `folder`, which nobody else may look into and which is gone afterwards."""
    folder.mkdir(mode=0o700)
    SESSION.folder, tempfile.tempdir = folder, str(folder)
    try:
        yield
    finally:
        SESSION.folder = None
        shutil.rmtree(folder, ignore_errors=True)


def _failed(job: Job, message: str) -> Solution:
    return empty(Status.FAILED, Run(job.solver, "-", 0.0), message)


@contextmanager
def _memory(gib: float | None) -> Iterator[None]:
    """While inside, this process may grow by `gib` and no further (where the system says how large it is)."""
    if gib is None or not sys.platform.startswith("linux"):
        yield
        return
    import resource

    # Loaded now, so that libraries are not charged to the solve.
    import ortools.math_opt.core.python.solver  # noqa: F401
    import pulp  # noqa: F401

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + int(gib * _GIB), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
