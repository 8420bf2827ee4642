"""What the process in which a solver runs has been told: where to keep files, and whom to call to stop early.

In a child process the fields are set before each solve; in any other process they stay empty and nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from optimizer.program import Floats

INCUMBENTS = "incumbents.sol"
"""The file in the private folder to which HiGHS adds each better plan, so that a killed run keeps its best."""

INCUMBENT = "incumbent.npy"
"""The same for solvers that tell us their plans: the best so far, replaced whole."""


@dataclass(slots=True)
class Session:
    """The private folder of the running job, and the functions that ask its solver to stop."""

    folder: Path | None = None
    stops: list[Callable[[], None]] = field(default_factory=list)

    def stop(self) -> None:
        """Ask whatever solver runs now to end with the best it has."""
        for ask in tuple(self.stops):
            ask()

    def keep(self, values: Floats) -> None:
        """Leave a plan in the job's folder, if there is one, for whoever finds this process dead.

        A disk that is full, or a folder that is gone, is no reason to stop solving.
        """
        if self.folder is None:
            return
        with suppress(OSError):
            part = self.folder / f"{INCUMBENT}.part"
            with part.open("wb") as file:
                np.save(file, values)
            part.replace(self.folder / INCUMBENT)

    @contextmanager
    def stoppable(self, ask: Callable[[], None]) -> Iterator[None]:
        """While inside, `stop` also calls `ask`."""
        self.stops.append(ask)
        try:
            yield
        finally:
            self.stops.remove(ask)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """The job's folder, or a temporary one of our own that is removed again."""
        if self.folder is not None:
            yield self.folder
            return
        with TemporaryDirectory(prefix="wardwright-") as folder:
            yield Path(folder)


SESSION = Session()
"""The one session of this process."""
