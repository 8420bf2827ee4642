"""A survey as files: one page with its pictures, or a folder with text, data, the cleaning report and every picture."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.describe_data import CLEANING, cleaning_rows, survey_json
from api.describe_words import survey_text
from api.documents import json_text
from api.errors import OutputRefused
from api.folder import refuse_file, write_file
from forecasting.describing.overview import overview
from forecasting.describing.pictures import picture
from forecasting.describing.survey import Survey
from optimizer.tables import Table

STYLE: Final = """body{font:15px/1.45 system-ui,sans-serif;color:#1f3a4d}
body{max-width:66rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2.2rem}svg{max-width:100%;height:auto}
pre{font:13px/1.4 ui-monospace,monospace;overflow-x:auto;background:#f5f7f8;padding:1rem;border-radius:6px}"""

DATA_FILE: Final = "description.json"
"""The file that makes a folder one of ours."""


def refuse(page: Path | None, folder: Path | None, *, force: bool) -> None:
    """Raise OutputRefused where something stands in the way, before any work is done."""
    if page is not None:
        refuse_file(page, force=force)
    if folder is None or not folder.exists():
        return
    if not folder.is_dir():
        raise OutputRefused(f"{folder} is a file, not a folder; name another with -o")
    if any(folder.iterdir()) and not (force and (folder / DATA_FILE).is_file()):
        raise OutputRefused(f"{folder} exists; -o names another" + (f" (it holds no {DATA_FILE})" if force else ""))


def write(told: Survey, page: Path | None, folder: Path | None, *, force: bool) -> list[Path]:
    """Write the page and the folder where they are asked for; what was written."""
    refuse(page, folder, force=force)
    pictures = {one.name: picture(one).decode() for one in told.described} if page or folder else {}
    if told.pictured and (page or folder):
        pictures[_at_a_glance(told)] = overview(told.pictured).decode()
    if page is not None:
        write_file(page, page_text(told, pictures))
    if folder is not None:
        for name, text in _files(told, pictures):
            write_file(folder / name, text)
        for one in told.described:
            (folder / f"{file_name(one.name)}.png").write_bytes(picture(one, "png"))
    return [each for each in (page, folder) if each is not None]


def _at_a_glance(told: Survey) -> str:
    """What the picture of many series is called."""
    counted = sum(line.figures is not None and not line.covariate for line in told.lines)
    return f"The first {len(told.pictured)} series" if counted > len(told.pictured) else "All series"


def _files(told: Survey, pictures: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Every text file of the folder with its name; the data come last, so that a folder with them is whole."""
    yield "description.html", page_text(told, pictures)
    yield "description.txt", survey_text(told)
    yield "cleaning.csv", Table("cleaning", CLEANING, tuple(cleaning_rows(told))).to_csv()
    for name, image in pictures.items():
        yield f"{file_name(name)}.svg", image
    yield DATA_FILE, json_text(survey_json(told))


def file_name(series: str) -> str:
    """A series' name as that of a file."""
    return re.sub(r"[^\w.-]+", "_", series).strip("._") or "series"


def page_text(told: Survey, pictures: dict[str, str]) -> str:
    """One page that needs nothing else: the pictures inside, the words below."""
    title = html.escape(f"{told.file} described")
    parts = [f"<h2>{html.escape(name)}</h2>\n{_inline(image)}" for name, image in pictures.items()]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f'<meta name="viewport" content="width=device-width"></head>\n<body><h1>{title}</h1>\n'
        + "\n".join(parts)
        + f"\n<h2>In words</h2>\n<pre>{html.escape(survey_text(told))}</pre>\n</body></html>\n"
    )


def _inline(image: str) -> str:
    """An SVG image without its XML head, its inner names made its own: several stand on one page."""
    return image[image.index("<svg") :]
