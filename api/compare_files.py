"""A comparison as files: Markdown, JSON, an Excel workbook, and a waterfall picture for each option."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from api.compare_json import compared_json
from api.compare_picture import waterfall
from api.compare_sections import Section, overview, sections
from api.compare_words import headline
from api.documents import json_text
from api.exports.book import Sheet, as_workbook
from optimizer.whatif.compare import Compared

MARKER: Final = "comparison.json"
"""The file that makes a folder a comparison."""

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|])")


def compared_files(compared: Compared) -> dict[str, str | bytes]:
    """Every file of a comparison's folder."""
    files: dict[str, str | bytes] = {
        "comparison.md": markdown(compared),
        MARKER: json_text(compared_json(compared)),
        "comparison.xlsx": workbook(compared),
    }
    for number, each in enumerate(compared.others, 1):
        if each.attribution is not None and each.attribution.parts:
            for form in ("svg", "png"):
                files[f"waterfall-{number}.{form}"] = waterfall(compared, each, form)
    return files


def markdown(compared: Compared) -> str:
    """The comparison as Markdown, its pictures beside it."""
    lines = [f"# {_plain(compared.first.name)} compared", "", *_table(overview(compared))]
    for number, each in enumerate(compared.others, 1):
        lines += ["", f"## {_plain(each.option.name)}", "", _plain(headline(compared, each)) + "."]
        for section in sections(compared, each):
            lines += ["", f"### {_plain(section.title)}", "", *_table(section)]
        if each.note:
            lines += ["", _plain(each.note)]
        if each.attribution is not None and each.attribution.parts:
            lines += ["", f"![Why the cost differs](waterfall-{number}.svg)"]
    return "\n".join(lines) + "\n"


def _table(section: Section) -> Iterator[str]:
    yield _row(section.header)
    yield "|---|" + "---:|" * (len(section.header) - 1)
    yield from map(_row, section.rows)
    told = [f"{row[0]}: {note}" for row, note in zip(section.rows, section.beneath, strict=False) if note]
    for note in (*told, *([section.note] if section.note else [])):
        yield from ("", _plain(note))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def workbook(compared: Compared) -> bytes:
    """The comparison as an Excel workbook: all options side by side, then a sheet for each section of each."""
    parts = [("Side by side", overview(compared))]
    for number, each in enumerate(compared.others, 1):
        parts += [(f"{number} {section.sheet}", section) for section in sections(compared, each)]
    return as_workbook(
        Sheet(name, tuple(text or "what" for text in part.header), tuple(map(tuple, part.values)))
        for name, part in parts
    )
