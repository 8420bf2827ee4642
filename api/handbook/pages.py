"""Pages of the documentation that are written by the code itself, so that they can't be out of date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from api.handbook.commands import commands_page
from api.handbook.library import library_page
from api.handbook.mathematics import mathematics_page
from api.handbook.scenario import scenario_page
from api.handbook.service import service_page

ROOT: Final = Path(__file__).parents[2]


def _file(name: str) -> Callable[[], str]:
    """The page that a file of the repository already is."""
    return lambda: (ROOT / name).read_text(encoding="utf-8")


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "reference/scenario.md": scenario_page,
    "reference/commands.md": commands_page,
    "reference/mathematics.md": mathematics_page,
    "reference/http.md": service_page,
    "reference/python.md": library_page,
    "adding.md": _file("CONTRIBUTING.md"),
    "changes.md": _file("CHANGELOG.md"),
}
"""What makes each page, by its path in the documentation."""
