"""A second process that searches beside this one: both tell each other of every better roster.

A fresh interpreter, as for solvers: it needs no guard of whoever calls us, and its end hurts nobody. It ends when its
input does, however that came about. Both speak pickles to each other alone.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from optimizer.roster.master import Column
from optimizer.roster.problem import RosterProblem
from optimizer.roster.proving import Proof

_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Task:
    """What the other process is to search for, and from which seed."""

    problem: RosterProblem
    seed: int


@dataclass(frozen=True, slots=True)
class News:
    """A better roster: its columns by person, and its points."""

    columns: list[Column]
    points: float


@dataclass(frozen=True, slots=True)
class Lead:
    """What is known of where better rosters lie: prices that prove a bound, and lines near the relaxation by person."""

    proof: Proof | None
    pool: Mapping[int, Sequence[Column]]


@dataclass(slots=True)
class Beside:
    """The other process, seen from here."""

    process: subprocess.Popen[bytes]
    inbox: queue.SimpleQueue[News] = field(default_factory=queue.SimpleQueue)

    @classmethod
    def start(cls, task: Task) -> Beside:
        """Let it begin."""
        paths = [str(_ROOT), *(path for path in sys.path if path)]
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "optimizer.roster.companion"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, process_group=0 if os.name == "posix" else None,
        )  # fmt: skip
        found = cls(process)
        found._send(task)
        threading.Thread(target=found._collect, daemon=True).start()
        return found

    def news(self) -> News | None:
        """The best roster it has told of since it was last asked."""
        best: News | None = None
        with suppress(queue.Empty):
            while True:
                told = self.inbox.get_nowait()
                best = told if best is None or told.points < best.points else best
        return best

    def tell(self, told: News | Lead) -> None:
        """Hand it a better roster, or where to look for one."""
        self._send(told)

    def end(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()

    def _send(self, message: Task | News | Lead) -> None:
        with suppress(OSError, ValueError):
            if self.process.stdin is not None:
                pickle.dump(message, self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                self.process.stdin.flush()

    def _collect(self) -> None:
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while self.process.stdout is not None:
                self.inbox.put(pickle.load(self.process.stdout))
