"""Callers that solve in a process of their own, to be killed there; and what is left of them afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PATIENCE = 10.0
"""Seconds until everything must be gone."""

_SCRIPT = """
import sys, time
from optimizer.program import ProgramBuilder
from optimizer.solution import Limits
from optimizer.solvers import solve
from tests.solver_programs import covering, halves
print("ready", flush=True)
if sys.argv[1] == "idle":
    solve(halves())
    print("idle", flush=True)
    time.sleep(60)
solve(covering(), solver=sys.argv[1], limits=Limits(time_limit=60), watch=lambda progress: print(progress, flush=True))
"""


@dataclass(slots=True)
class Caller:
    """A process that solves; `folder` is where it and its children keep their files, and is in their arguments."""

    process: subprocess.Popen[bytes]
    folder: Path

    def heard(self) -> bytes:
        """The next line it prints: ready, then each progress, or idle."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def family(self) -> list[psutil.Process]:
        """Everything alive that works in its folder."""
        return [one for one in psutil.process_iter() if self._works_here(one)]

    def left(self) -> list[str]:
        """Processes and files that are still there when `PATIENCE` is over; empty as soon as there are none."""
        until = time.monotonic() + PATIENCE
        found = self._left()
        while found and time.monotonic() < until:
            time.sleep(0.02)
            found = self._left()
        return found

    def _left(self) -> list[str]:
        return [f"{one.pid} {one.name()}" for one in self.family()] + os.listdir(self.folder)

    def _works_here(self, one: psutil.Process) -> bool:
        try:
            return one.status() != psutil.STATUS_ZOMBIE and any(str(self.folder) in part for part in one.cmdline())
        except psutil.Error:
            return False


def start(what: str, folder: Path) -> Caller:
    """A caller that solves with the solver named, or that idles after a solve; its temporary files go to `folder`."""
    command = [sys.executable, "-c", _SCRIPT, what]
    environment = os.environ | {"TMPDIR": str(folder)}
    return Caller(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE), folder)


def still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run when `PATIENCE` is over; empty as soon as none does. A zombie runs no more."""
    until = time.monotonic() + PATIENCE
    while (found := [one for one in processes if _runs(one)]) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _runs(one: psutil.Process) -> bool:
    try:
        return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
