"""Where a solver's process begins: it leaves a keeper beside itself, and then serves jobs.

The keeper is a fork made before anything is loaded. It waits for the other end of standard input to close, which
happens however the caller ends (kill -9 too), then ends the whole group, CBC among it, and removes the private folder.
The caller, too, leaves it alive until all is cleared up: whoever is killed meanwhile, somebody finishes the job. It
needs nothing of the solver's process, which may be deep in a library, out of memory or dead itself.

Run by its path, with the folder's name as the only argument, so that the fork comes before NumPy is loaded.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LOOK_MILLISECONDS = 250
"""How often a keeper looks whether the solver's process is still there."""

REMOVAL_SECONDS = 5.0
"""How long removal is tried: processes that were killed may write for a moment yet."""


def main() -> None:
    """Leave a keeper, then serve."""
    if hasattr(os, "fork") and os.getpgrp() == os.getpid() and os.fork() == 0:
        _keep(Path(sys.argv[1]))
        os._exit(0)
    from optimizer.solvers.child import serve

    serve(Path(sys.argv[1]), remove)


def _keep(folder: Path) -> None:
    """Wait for the end of the input, then end the group. Being in it keeps its number from being anybody else's."""
    group = leader = os.getpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the group's way to tell CBC to stop
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the group's way to end everybody but us
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # so that the end of the solver's process is seen as the end of its output
    os.dup2(nowhere, 2)
    hung_up = select.poll()
    hung_up.register(0, 0)  # nothing but the end: what is written there is not ours to read
    while not hung_up.poll(LOOK_MILLISECONDS):
        if os.getppid() != leader:
            _read_to_the_end()
            break
    end_group(group)
    remove(folder)
    os.killpg(group, signal.SIGKILL)


def _read_to_the_end() -> None:
    """Read what nobody else will now: a caller who writes a long job to a dead solver would wait for ever."""
    with suppress(OSError):
        while os.read(0, 65_536):
            pass


def end_group(group: int) -> None:
    """Kill the solver's process, which leads the group, and end what it started; the keeper stays.

    To be called while the number is the group's for sure: by its keeper, or before its leader's end is collected.
    """
    with suppress(ProcessLookupError):
        os.kill(group, signal.SIGKILL)
    for each in (signal.SIGTERM, signal.SIGCONT):
        with suppress(ProcessLookupError):
            os.killpg(group, each)


def remove(folder: Path) -> None:
    """Remove a folder for good, even while somebody killed still writes to it."""
    until = time.monotonic() + REMOVAL_SECONDS
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.01)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
