"""What we are built of: every package pinned, nothing unpickled but from our own children, advisories told honestly."""

from __future__ import annotations

import re
from importlib.metadata import distribution, version
from pathlib import Path

from packaging.requirements import Requirement

from tests.advisories import told

ROOT = Path(__file__).parents[1]
ROOMS = ("api", "forecasting", "optimizer")
PINNED = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
)

UNPICKLES = {"optimizer/solvers/child.py", "optimizer/solvers/worker.py"}
"""A solver's child and its caller, over pipes that nobody else holds."""

ROSTERS = {"optimizer/roster/beside.py", "optimizer/roster/companion.py"}
"""The same for the search of rosters."""


def named(name: str) -> str:
    """A package's name as all of its spellings are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(name: str, extra: str, found: set[str]) -> set[str]:
    """All that a package needs on this machine, with those of an extra, and what these need in turn."""
    for each in map(Requirement, distribution(name).requires or ()):
        if each.marker is None or each.marker.evaluate({"extra": extra}):
            fresh = (named(each.name), *each.extras)
            for inner in each.extras or {""}:
                if (seen := f"{fresh[0]}[{inner}]") not in found:
                    found.add(seen)
                    needed(each.name, inner, found)
    return {each.partition("[")[0] for each in found}


def test_every_package_that_comes_along_is_pinned() -> None:
    """All that wardwright with its tools needs, however far down, has a line in constraints.txt."""
    pinned = {named(name) for name in PINNED}
    assert needed("wardwright", "dev", set()) - pinned - {"wardwright", "pip", "setuptools"} == set()


def test_every_pinned_package_is_here_in_that_version() -> None:
    """So a bill of materials, which lists what is installed (`make sbom`), has each line of constraints.txt."""
    assert {name: version(name) for name in PINNED} == PINNED


def test_nothing_is_unpickled_but_what_our_own_children_send() -> None:
    """pickle.load and its like stand in no other file: what a stored model or a caller sends is never a pickle."""
    reads = re.compile(r"\b(pickle|cloudpickle|dill|joblib|shelve|marshal)\.(load|loads|open)\b|Unpickler\(")
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    found = {str(path.relative_to(ROOT)) for path in files if reads.search(path.read_text(encoding="utf-8"))}
    assert UNPICKLES <= found <= UNPICKLES | ROSTERS


def test_a_service_that_was_not_reached_is_no_good_news() -> None:
    """One package looked up and one not: exit 2, and the one that was not is named."""
    code, lines = told([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}])
    assert (code, lines[0]) == (2, "1 of 2 packages were looked up; known weaknesses: 0")
    assert lines[1].endswith(": b")


def test_a_known_weakness_is_told_with_its_cure() -> None:
    """Exit 1; all well is exit 0."""
    weak = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
    assert told([weak]) == (1, ["a 1: CVE-1, mended in 1.1", "1 of 1 packages were looked up; known weaknesses: 1"])
    assert told([{"name": "a", "version": "1", "vulns": []}])[0] == 0
