"""The file to which HiGHS adds each better plan while it runs, read back."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import numpy as np

from optimizer.program import Floats

_START = re.compile(r"(?m)^Objective ")


def last_plan(path: Path, columns: int) -> Floats | None:
    """The last whole plan in the file, or None. HiGHS writes plan after plan: cost, count, then a value a line."""
    if not path.exists():
        return None
    for block in reversed(_START.split(path.read_text())):
        lines = block.splitlines()
        if len(lines) >= columns + 2 and block.endswith("\n"):
            with suppress(ValueError):  # two runs on one file leave holes in it
                return np.array([float(line) for line in lines[2 : columns + 2]])
    return None
