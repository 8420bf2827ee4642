"""The work behind `wardwright new DIR --from CENSUS`: a first scenario out of a hospital's own tables."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api import words
from api.drafting.tables import Census, read_census, read_groups
from api.errors import OutputFailed, OutputRefused
from optimizer.drafting.assumptions import Assumed
from optimizer.drafting.draft import Draft, draft

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

SCENARIO: Final = "scenario.yaml"
WORKBOOK: Final = "scenario.xlsx"


def start_from(folder: Path, census: Path, staff: Path | None, days: int, *, xlsx: bool = False) -> str:
    """Fill a new (or empty) folder with a scenario, in a workbook with `xlsx`; returns what to tell.

    Raises OutputRefused, OutputFailed, HistoryError for a table that can't be read, ScenarioError for unusable rows.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputRefused(f"{folder} exists and is not empty; name a new folder")
    found = read_census(census, f"data/{census.name}")
    groups = () if staff is None else read_groups(staff, [ward.name for ward in found.wards])
    made = draft(folder.resolve().name, found.next_day, days, found.wards, groups)
    scenario = folder / (WORKBOOK if xlsx else SCENARIO)
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(census, folder / "data" / census.name)
        scenario.write_bytes(_book(made) if xlsx else _yaml(made).encode())
    except OSError as error:
        raise OutputFailed(f"{folder} could not be filled: {error.strerror or error}") from error
    return "\n".join(_told(scenario, made, found, len(groups))) + "\n"


def _book(made: Draft) -> bytes:
    """The scenario as a workbook, every assumed figure coloured and with a note."""
    from api.exports.input_book import input_book

    return input_book(made.data, {each.path: f"assumed: {each.why}" for each in made.assumed})


def _yaml(made: Draft) -> str:
    """The scenario as YAML, every assumed figure marked where it stands."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap

    writer = YAML()
    writer.width = 160
    tree = _commented(made.data)
    if not isinstance(tree, CommentedMap):
        raise TypeError("a scenario is a mapping")
    for each in made.assumed:
        _mark(tree, each)
    out = io.StringIO()
    out.write("# Drafted from tables. Every figure marked `assumed` is a guess to be replaced by your own.\n")
    writer.dump(tree, out)
    return out.getvalue()


def _commented(value: object) -> object:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return CommentedMap({key: _commented(each) for key, each in value.items()})
    if isinstance(value, list):
        return CommentedSeq([_commented(each) for each in value])
    return DoubleQuotedScalarString(value) if isinstance(value, str) and ":" in value else value


def _mark(tree: CommentedMap, assumed: Assumed) -> None:
    """Put the assumption beside the key it is about."""
    node: CommentedMap | CommentedSeq = tree
    for step in assumed.path[:-1]:
        node = node[step]
    node.yaml_add_eol_comment(f"assumed: {assumed.why}", assumed.path[-1])


def _told(scenario: Path, made: Draft, found: Census, groups: int) -> list[str]:
    lines = [
        f"{scenario} is drafted: {words.count(len(found.wards), 'ward')}, {words.count(groups, 'team')}, "
        f"from {words.day_name(found.next_day)}; next:",
        f"  wardwright validate {scenario}",
        f"  wardwright plan {scenario}",
        f"Assumed, because no table says it ({words.count(len(made.assumed), 'figure')}, each marked in the file):",
    ]
    told: dict[tuple[str, str], list[str]] = {}
    for each in made.assumed:
        told.setdefault((str(each.path[-1]), each.why), []).append(".".join(map(str, each.path[:-1])))
    for (what, why), places in told.items():
        where = places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
        lines += words.wrapped(f"{what} of {where}: {why}" if where else f"{what}: {why}", "  ", "    ")
    lines += [line for note in found.notes for line in words.wrapped(note, "  ", "    ")]
    return lines
