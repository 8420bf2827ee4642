"""What a newcomer is promised: front doors that list what is there, documents that name all there is to choose."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = tuple(sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs" / "guide").glob("*.md")))
DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", *GUIDE)}
SAID = "\n".join(DOCUMENTS.values())


def _tables() -> dict[str, list[str]]:
    from api.cli import main
    from api.exports.table import EXPORTS
    from api.http import create_app
    from forecasting import FORECASTERS
    from optimizer.capacity.rules import RULES
    from optimizer.solvers import SOLVERS

    own_routes = [path for path in create_app().openapi()["paths"]]
    return {
        "rule": [rule.name for rule in RULES],
        "solver": list(SOLVERS),
        "forecaster": list(FORECASTERS),
        "command": [f"wardwright {name}" for name in main.commands],
        "export": [f"`{name}`" for name in EXPORTS],
        "route": own_routes,
    }


@pytest.mark.parametrize("table", ["rule", "solver", "forecaster", "command", "export", "route"])
def test_every_entry_of_every_table_is_documented(table: str) -> None:
    """What can be chosen is named in README, CONTRIBUTING or the guide."""
    entries = _tables()[table]
    said = " ".join(SAID.split())
    assert entries
    assert [entry for entry in entries if entry not in said] == []


@pytest.mark.parametrize("room", ["forecasting", "optimizer"])
def test_a_front_door_lists_what_it_opens(room: str) -> None:
    """Every name in `__all__` can be had, and none stands there twice."""
    module = importlib.import_module(room)
    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize("room", ["forecasting", "optimizer", "api"])
def test_importing_a_room_loads_nothing_slow(room: str) -> None:
    """Nothing happens on import: neither numpy nor a solver nor a learner is loaded."""
    slow = "numpy pandas scipy sklearn ortools pulp fastapi pydantic"
    code = f"import sys, {room}; print([name for name in '{slow}'.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_python_in_the_readme_runs() -> None:
    """The README's Python blocks run one after another in the repository's folder."""
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENTS["README.md"], flags=re.DOTALL)
    assert blocks
    code = "\n".join(blocks)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_commands_in_readme_and_guide_run(tmp_path: Path) -> None:
    """Every `wardwright` line in shell blocks of README, then guide, ends with exit 0, but for the server."""
    text = "\n".join(DOCUMENTS[name] for name in ("README.md", *GUIDE))
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("wardwright ") and "serve" not in line]
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    assert commands
    for line in commands:
        program = [
            sys.executable,
            "-c",
            "import sys; from api.cli import main; main(sys.argv[1:])",
            *shlex.split(line)[1:],
        ]
        done = subprocess.run(program, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, f"{line}: {done.stderr}"


def test_no_module_imports_in_a_circle() -> None:
    """Modules of the three rooms import one another without a cycle (imports for types aside)."""
    import grimp

    graph = grimp.build_graph("forecasting", "optimizer", "api", exclude_type_checking_imports=True)
    found = {
        module
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if module in graph.find_upstream_modules(imported)
        and not imported.startswith(f"{module}.")
        and not module.startswith(f"{imported}.")
    }
    assert found == set()


def test_every_command_has_its_place_in_the_list() -> None:
    """`--help` tells first things first, and forgets none."""
    from api.cli import main
    from api.group import ORDER

    assert set(main.commands) == set(ORDER)
