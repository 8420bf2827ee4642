"""A child process that solves, seen from its parent: start, send, receive, stop, kill; idle children are kept warm.

A fresh interpreter instead of a fork or a spawn: it needs no `if __name__ == "__main__"` guard of whoever calls us,
inherits no locks, and is ready in about a third of a second; a warm one answers in milliseconds.
"""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from weakref import WeakSet

from optimizer.solvers import keeper
from optimizer.solvers.child import STOP, Job, Message

_ROOT = Path(__file__).parents[2]

MOST_IDLE = 2
"""Children kept warm: as many as the cores of a small machine, for callers with several threads."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Worker:
    """One child process and the messages that came from it; None in the inbox stands for its end.

    While it runs a job its files lie in `folder`, which is gone when the job is done or the child killed.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    inbox: queue.SimpleQueue[Message | None] = field(default_factory=queue.SimpleQueue)

    def send(self, message: Job | str) -> None:
        """Hand over a job, or STOP. A child that is gone is found out by `receive`."""
        with suppress(OSError):
            pickle.dump(message, _open(self.process.stdin), protocol=pickle.HIGHEST_PROTOCOL)
            _open(self.process.stdin).flush()

    def receive(self, seconds: float) -> Message | None:
        """The next message, or None if the child has ended. Raises queue.Empty after `seconds` without either."""
        return self.inbox.get(timeout=max(0.0, seconds))

    def stop(self) -> None:
        """Ask the solver to end with the best it has."""
        self.send(STOP)

    def end(self) -> int:
        """End the child and all it started; returns its exit status (negative: the signal that ended it)."""
        if self.process.returncode is None:  # until that is known its number, which is its group's, is nobody else's
            if hasattr(os, "killpg"):
                keeper.end_group(self.process.pid)
            else:
                self.process.kill()
        return self.process.wait()

    def clear(self) -> None:
        """Remove what an ended child left: its folder, and its pipes, whose end ends its keeper."""
        keeper.remove(self.folder)
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                _open(stream).close()
        _reap(self.process.pid)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("the child was started without pipes")
    return stream


def _reap(group: int) -> None:
    """Collect what was left of the group, should orphans fall to us: we may be a container's first process."""
    if hasattr(os, "waitpid"):
        with suppress(ChildProcessError, OSError):
            while True:
                os.waitpid(-group, 0)


def _start() -> Worker:
    paths = [str(_ROOT), *(path for path in sys.path if path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    folder = _temporary() / f"wardwright-{uuid.uuid4().hex}"
    command = [sys.executable, "-P", keeper.__file__, str(folder)]
    own_group = 0 if os.name == "posix" else None
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        process_group=own_group,
    )
    worker = Worker(process, folder)
    _WORKERS.known.add(worker)
    threading.Thread(target=_collect, args=(worker,), daemon=True).start()
    return worker


def _temporary() -> Path:
    """Where temporary files go. Python finds out by writing one, which a caller killed meanwhile leaves there."""
    wanted = [tempfile.tempdir, *(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")), "/tmp"]  # nosec B108
    for each in wanted:
        if each and Path(each).is_dir() and os.access(each, os.W_OK | os.X_OK):
            return Path(each).absolute()
    return Path(tempfile.gettempdir())


def _collect(worker: Worker) -> None:
    source = _open(worker.process.stdout)
    try:
        while True:
            worker.inbox.put(pickle.load(source))
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        worker.inbox.put(None)
        _WORKERS.drop(worker)


@dataclass(slots=True)
class _Workers:
    """All children, and those that are idle. A process forked from ours gets none of them."""

    known: WeakSet[Worker] = field(default_factory=WeakSet)
    idle: list[Worker] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    borrowed: int = 0
    prepared: bool = False
    not_ours: list[Worker] = field(default_factory=list)

    def take(self) -> Worker:
        """An idle child that still lives, or a new one."""
        with self.lock:
            self._prepare()
            self.borrowed += 1
            while self.idle:
                worker = self.idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.clear()
        return _start()

    def keep(self, worker: Worker) -> None:
        """Keep `worker` warm, or end it if enough are kept already."""
        with self.lock:
            if len(self.idle) < MOST_IDLE:
                self.idle.append(worker)
                return
        worker.end()
        worker.clear()

    def drop(self, worker: Worker) -> None:
        """Clear up after a child that ended while idle: its keeper would wait until the next solve."""
        with self.lock:
            if worker not in self.idle:
                return
            self.idle.remove(worker)
        worker.process.wait()
        worker.clear()

    def replace(self) -> None:
        """Start a child ahead of the next job, if nobody is idle and there has been more than one job."""
        with self.lock:
            if self.borrowed > 1 and not self.idle:
                self.idle.append(_start())

    def close(self) -> None:
        """End the idle children."""
        with self.lock:
            while self.idle:
                worker = self.idle.pop()
                worker.end()
                worker.clear()

    def forget(self) -> None:
        """In a process just forked: let go of the pipes, whose ends would else outlive our parent's."""
        self.lock, self.borrowed, self.idle = threading.Lock(), 0, []
        nowhere = os.open(os.devnull, os.O_RDWR)
        for worker in self.known:
            self.not_ours.append(worker)
            for stream in (worker.process.stdin, worker.process.stdout):
                if stream is not None and not stream.closed:
                    os.dup2(nowhere, stream.fileno(), inheritable=False)
        os.close(nowhere)
        self.known = WeakSet()

    def _prepare(self) -> None:
        """Once, and for those forked from us too: idle children end with their process, and a fork is heard of."""
        if not self.prepared:
            self.prepared = True
            atexit.register(self.close)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self.forget)


_WORKERS = _Workers()


def borrow() -> Worker:
    """A child ready for one job: an idle one, or a new one."""
    return _WORKERS.take()


def give_back(worker: Worker) -> None:
    """Return a child that ended its job in good order; it may serve the next."""
    _WORKERS.keep(worker)


def throw_away(worker: Worker) -> None:
    """End a child that may not serve again, with all it started and left behind."""
    worker.end()
    worker.clear()
    _WORKERS.replace()
