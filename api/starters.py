"""Folders to start from: a scenario that ships with the product, with every file it reads."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api.errors import OutputFailed, OutputRefused, Refused
from optimizer.scenario.files import open_scenario
from optimizer.scenario.load import Loaded, file_data
from optimizer.scenario.model import Scenario

TEMPLATES: Final[Mapping[str, str]] = {
    "ward": "quickstart.yaml",
    "hospital": "hospital450.yaml",
    "district": "qinghe.yaml",
    "futures": "many-futures.yaml",
    "roster": "roster.yaml",
}
"""Scenario file by template."""


def scenarios_folder() -> Path:
    """Where the shipped scenarios are: inside the package once installed, beside it in a source tree."""
    here = Path(__file__).parent
    shipped = here / "templates"
    return shipped if shipped.is_dir() else here.parent / "scenarios"


def start(folder: Path, template: str, *, xlsx: bool = False) -> str:
    """Fill a new (or empty) folder, its scenario in a workbook with `xlsx`; returns what to tell.

    Raises Refused, OutputRefused or OutputFailed.
    """
    if template not in TEMPLATES:
        raise Refused(f"no template is called {template}; there are {', '.join(TEMPLATES)}")
    source = scenarios_folder() / TEMPLATES[template]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputRefused(f"{folder} exists and is not empty; name a new folder")
    try:
        loaded = open_scenario(source)
        verb = "plan" if loaded.value.roster is None else "roster"
        for file in files_of(loaded):
            target = folder / file.relative_to(source.parent.resolve())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        scenario = folder / source.name
        if xlsx:
            scenario = _as_book(scenario)
    except OSError as error:
        raise OutputFailed(f"{folder} could not be filled: {error.strerror or error}") from error
    return f"{scenario} is ready; next:\n  wardwright validate {scenario}\n  wardwright {verb} {scenario}\n"


def _as_book(scenario: Path) -> Path:
    """A workbook in the place of a YAML file."""
    from api.exports.input_book import input_book

    book = scenario.with_suffix(".xlsx")
    book.write_bytes(input_book(file_data(scenario)))
    scenario.unlink()
    return book


def files_of(loaded: Loaded[Scenario]) -> tuple[Path, ...]:
    """The scenario's files: YAML, tables, histories and the tables of a roster."""
    histories = [
        loaded.file(("patients", name, "demand", "history", "file"))
        for name, group in loaded.value.patients.items()
        if group.demand is not None and group.demand.history is not None and group.demand.history.file is not None
    ]
    roster = loaded.value.roster
    named = () if roster is None else type(roster).model_fields
    told = [key for key in named if key.endswith("_file") and getattr(roster, key) is not None]
    return tuple(dict.fromkeys((*loaded.files, *histories, *(loaded.file(("roster", key)) for key in told))))
