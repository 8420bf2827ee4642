"""Ten thousand spoiled scenarios, spreadsheets, databases, stores and models: each refused in words, or as it says.

`python -m tests.torture.mutated_inputs [SHARE]`; a share of 0.01 is a hundred of them. Whatever is neither refused nor
the same must be another input to a second reader too, and plan without a fault of ours.
"""

from __future__ import annotations

import logging
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.torture import mutated_scenarios, mutated_stores, mutated_tables
from tests.torture.mutating import ENDS, Attempt, Wrong

KINDS: Mapping[str, tuple[Callable[[Path], Attempt], int]] = {
    "scenario files": (mutated_scenarios.texts, 2500),
    "scenarios as data": (mutated_scenarios.data, 2500),
    "CSV histories": (mutated_tables.texts, 1000),
    "workbooks": (mutated_tables.workbooks, 1000),
    "history databases": (mutated_tables.databases, 1000),
    "service stores": (mutated_stores.stores, 1000),
    "stored models": (mutated_stores.models, 1000),
}
"""What is spoiled, and how often."""

MEMORY = 8 << 30
"""Bytes of memory that this process may have: a mutant that wants more is a fault of ours."""

SLOWEST = 90.0
"""Seconds that one of them may take."""


def tried(make: Callable[[Path], Attempt], times: int, first: int) -> tuple[Counter[str], list[str]]:
    """Spoil so often; how it ended, and what went wrong."""
    ends, wrong = Counter[str](), []
    with tempfile.TemporaryDirectory() as folder:
        attempt = make(Path(folder))
        for number in range(first, first + times):
            began = time.monotonic()
            try:
                ends[attempt(random.Random(number))] += 1
            except Wrong as error:
                wrong.append(f"{number}: {error}")
            except Exception:
                wrong.append(f"{number}: {traceback.format_exc(limit=-3)}")
            if (took := time.monotonic() - began) > SLOWEST:
                wrong.append(f"{number}: took {took:.0f} s")
    return ends, wrong


def main(share: float = 1.0, first: int = 0) -> int:
    """Spoil that share of ten thousand, from a first number on; print and count what went wrong."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # readers of workbooks warn of what they leave out
    total, faults = Counter[str](), 0
    for name, (make, times) in KINDS.items():
        began = time.monotonic()
        ends, wrong = tried(make, max(round(times * share), 1), first)
        told = ", ".join(f"{ends[end]} {end}" for end in ENDS)
        seconds = time.monotonic() - began
        print(f"  {name}: {told}, {len(wrong)} wrong, {seconds:.0f} s", *wrong[:10], sep="\n    ", flush=True)
        total, faults = total + ends, faults + len(wrong)
    told = ", ".join(f"{total[end]} {end}" for end in ENDS)
    print(f"{total.total() + faults} inputs spoiled: {told}, {faults} wrong")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:] or ["1"])[0])))
