"""The same scenario, seed and version, one thread, stopped by its gap: the same plan.json, byte for byte."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

CASES = (
    "auto quickstart", "highs cases/O08", "highs cases/O10", "cbc cases/O08", "cbc cases/O10", "scip cases/O08",
    "scip cases/O10", "cpsat cases/O03", "cpsat cases/O04a", "search cases/O10", "glop cases/O03-linear",
    "pdlp cases/O03-linear",
)  # fmt: skip

_SCRIPT = """
import sys
from hashlib import sha256
from pathlib import Path
from api.documents import plan_text
from optimizer import Limits, make_plan, open_scenario
for case in sys.argv[1:]:
    solver, name = case.split()
    loaded = open_scenario(Path(f"scenarios/{name}.yaml"))
    plans = [make_plan(loaded, solver=solver, limits=Limits(gap=0.001, seed=7, threads=1)) for _ in range(2)]
    print(plans[0].status, *(sha256(plan_text(plan).encode()).hexdigest() for plan in plans))
"""


@cache
def told(hashing: str) -> list[list[str]]:
    """For each case its status and the digests of plan.json made twice, by a process with its own order of hashing."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *CASES],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hashing}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.parametrize("at", range(len(CASES)), ids=CASES)
def test_equal_runs_write_equal_bytes(at: int) -> None:
    """Twice in one process, and in a second one: four digests of each plan, all the same."""
    (status, once, again), there = told("1")[at], told("2")[at]
    assert status in ("optimal", "within_gap")
    assert once == again
    assert there == [status, once, once]
