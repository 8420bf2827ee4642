"""docs/security.md promises nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")

LEVEL_1 = re.findall(
    r"[\d.]+",
    "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 "
    "3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 "
    "6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 "
    "10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1",
)
"""Every item of level 1 in OWASP ASVS 5.0.0."""


def test_every_test_that_the_page_names_exists() -> None:
    """Under that very name, in some file of tests."""
    files = ROOT.joinpath("tests").rglob("test_*.py")
    there = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)}
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 60
    assert sorted(named - there) == []


def test_every_risk_and_item_is_answered() -> None:
    """API1 to API10, and all 70 items of level 1, alone or in a range."""
    assert [f"API{number}" for number in range(1, 11) if f"| API{number} " not in PAGE] == []
    assert [item for item in LEVEL_1 if item not in answered()] == []


def answered() -> set[str]:
    """The items named in the first column; `6.2.1 to 6.2.8` names all between."""
    found: set[str] = set()
    for cell in re.findall(r"^\| ([^|]*) \|", PAGE, re.MULTILINE):
        found.update(re.findall(r"\d+\.\d+\.\d+", cell))
        for part, first, last in re.findall(r"(\d+\.\d+)\.(\d+) to \d+\.\d+\.(\d+)", cell):
            found.update(f"{part}.{number}" for number in range(int(first), int(last) + 1))
    return found
