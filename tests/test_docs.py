"""The documentation: every command in it runs, every page that the code writes is whole, and the site stands alone."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mkdocs.commands.build import build
from mkdocs.config import load_config

from api import words
from api.cli import main
from api.handbook.pages import PAGES
from api.meanings import MEANINGS
from api.schema import scenario_schema

ROOT = Path(__file__).parents[1]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_every_block_of_a_tutorial_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after another, in an empty folder, as a reader would; each ends well, and what it says fits 100 columns."""
    blocks = re.findall(r"```(sh|python)\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    for kind, text in blocks:
        if kind == "python":
            subprocess.run([sys.executable, "-c", text], check=True, cwd=tmp_path)
        for line in text.splitlines() if kind == "sh" else ():
            name, *arguments = shlex.split(line, comments=True)
            assert name == "wardwright"
            told = CliRunner().invoke(main, arguments)
            assert told.exit_code == 0, f"{line}: {told.output}"
            assert [each for each in told.output.splitlines() if words.shown_width(each) > words.WIDTH] == [], line


def test_the_scenario_page_names_every_key_with_its_meaning() -> None:
    """Of the scenario and of all its parts, as the JSON Schema has them."""
    page = PAGES["reference/scenario.md"]()
    schema: dict[str, Any] = scenario_schema()
    rows = [
        (key, " ".join(str(told.get("description", "")).split()).replace("|", "\\|"))
        for part in (schema, *schema["$defs"].values())
        if part is not schema["$defs"]["Table"]
        for key, told in part.get("properties", {}).items()
    ]
    assert len(rows) > 200
    assert [key for key, meaning in rows if f"| `{key}` |" not in page or f"| {meaning} |" not in page] == []


def test_every_meaning_is_of_a_key_that_is_there() -> None:
    """And every key of wards, patients, staff, cover and devices has one."""
    schema: dict[str, Any] = scenario_schema()
    parts = {"Scenario": schema, **schema["$defs"]}
    keys = {f"{name}.{key}" for name, part in parts.items() for key in part.get("properties", {})}
    assert set(MEANINGS) <= keys
    for name in ("Scenario", "Unit", "PatientGroup", "Demand", "History", "StaffGroup", "Temporary", "Cover", "Device"):
        assert [key for key, told in parts[name]["properties"].items() if not told.get("description")] == []


def test_the_mathematics_page_shows_every_rule_in_its_own_words() -> None:
    """The rule's sentence and its code."""
    from optimizer.capacity.rules import RULES

    page = PAGES["reference/mathematics.md"]()
    assert "Waiting now = still waiting + arrivals + back from units" in page
    assert [rule.name for rule in RULES if f"    def {rule.add.__name__}(rows: Rows)" not in page] == []


def test_the_library_page_names_all_that_can_be_imported() -> None:
    """Every name of both front doors is a heading."""
    import forecasting
    import optimizer

    page = PAGES["reference/python.md"]()
    names = [*optimizer.__all__, *forecasting.__all__]
    assert [name for name in names if f"\n### {name}\n" not in page] == []


def test_the_service_page_names_every_route() -> None:
    """With its verb."""
    from api.http import create_app

    page = PAGES["reference/http.md"]()
    paths = create_app().openapi()["paths"]
    assert [path for path, verbs in paths.items() for verb in verbs if f"## {verb.upper()} {path}\n" not in page] == []


def test_the_commands_page_names_every_command_and_option() -> None:
    """Those of groups too."""
    page = PAGES["reference/commands.md"]()
    assert [name for name in main.commands if f"## wardwright {name}\n" not in page] == []
    assert "## wardwright models train\n" in page
    assert "| `--beside PLAN` |" in page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a warning."""
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True)
    build(config)
    return folder


def test_the_site_holds_every_page(site: Path) -> None:
    """Those written by hand and those written by the code; a link that leads nowhere would be a warning."""
    written = [path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")]
    pages = [path.with_name("index.md") if path.stem == "README" else path for path in [*written, *map(Path, PAGES)]]
    assert [path for path in pages if not (site / path.with_suffix(".html")).is_file()] == []


def test_the_site_fetches_nothing_from_anywhere(site: Path) -> None:
    """No script, style, font or picture lies on another host."""
    asked = re.compile(
        r'(?:<script[^>]*|<img[^>]*|<iframe[^>]*) src="?(?:https?:)?//|<link [^>]*(?:stylesheet|preconnect)[^>]*//'
    )
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    assert [page.name for page in pages if asked.search(page.read_text(encoding="utf-8"))] == []
    assert (site / "assets" / "iframe-worker.js").is_file()
