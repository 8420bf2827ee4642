"""Running the command line in tests: in this process, or as a child where exit codes and imports are the matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from api.cli import main

ROOT = Path(__file__).parents[1]
SCENARIOS = Path(__file__).parent / "data" / "scenarios"
SHIFTS, TWO_WARDS = SCENARIOS / "shifts.yaml", SCENARIOS / "two-wards.yaml"
_PROGRAM = "from api.cli import main; main(prog_name='wardwright')"


def run(*words: object) -> Result:
    """Run a command here; what it prints on both streams is in the result."""
    return CliRunner().invoke(main, [str(word) for word in words])


def child(*words: object, cwd: Path = ROOT, code: str = _PROGRAM) -> subprocess.CompletedProcess[str]:
    """Run a command as its own process."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def varied(folder: Path, *changes: tuple[str, str], scenario: Path = TWO_WARDS) -> Path:
    """A copy of a scenario with pieces of its text exchanged."""
    text = scenario.read_text(encoding="utf-8")
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{old} is not in {scenario}")
        text = text.replace(old, new, 1)
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path
