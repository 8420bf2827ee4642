"""Message catalogues kept up to date: `python -m api.web.catalogue` lays every message there is into each `.po` file.

Messages are those marked in templates and modules, and those of the tables of words that pages draw on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from api import words
from api.problems import KINDS
from api.summary import FIGURES
from api.views.shortages import RULES
from api.web.languages import LANGUAGES
from optimizer.roster.hospital_score import TEAM_RULES

METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: Final = {
    "templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"},
}
KEYWORDS: Final = {"_": None, "later": None, "say": None, "gettext": None, "ngettext": (1, 2)}


def template() -> Catalog:
    """Every message there is, in the order of their files."""
    found = Catalog(project="Wardwright", charset="utf-8", header_comment="# Messages of the page")
    with resources.as_file(resources.files("api.web")) as folder:
        for name, _, message, _, _ in sorted(
            extract_from_dir(folder, METHODS, OPTIONS, keywords=KEYWORDS), key=lambda each: (each[0], each[1])
        ):
            found.add(message, locations=[(name, 1)])
    for message in _words():
        found.add(message)
    return found


def _words() -> Iterator[str]:
    """Words of tables that belong to other rooms of the house."""
    yield from words.COSTS.values()
    yield from (label for label, _ in FIGURES.values())
    yield from RULES.values()
    yield from TEAM_RULES
    yield from (text for kind in KINDS.values() for text in (kind.title, kind.hint) if text)


def path_of(folder: str) -> Path:
    """The catalogue in a language's folder."""
    return Path(str(resources.files("api.web").joinpath("locale", folder, "messages.po")))


def updated(folder: str) -> bytes:
    """A language's catalogue with every message there is; what is not translated yet stays empty."""
    known = read_po(io.BytesIO(path_of(folder).read_bytes()), locale=folder)
    known.update(template(), no_fuzzy_matching=True)
    known.obsolete.clear()
    out = io.BytesIO()
    for message in known:
        message.locations = []
    write_po(out, known, width=110, omit_header=False, ignore_obsolete=True)
    return out.getvalue()


def main() -> None:
    """Bring every catalogue up to date."""
    for language in LANGUAGES.values():
        if language.catalogue:
            path_of(language.catalogue).write_bytes(updated(language.catalogue))


if __name__ == "__main__":
    main()
