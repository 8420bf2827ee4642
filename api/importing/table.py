"""The formats that can be imported; a file tells by its content which it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.importing.duties import is_roster, read_roster
from api.importing.fhir import is_fhir, read_fhir
from api.importing.hl7v2 import is_hl7, read_hl7
from api.importing.identities import CURE, MESSAGE, looks_like
from api.importing.omop import is_omop, read_omop
from api.importing.records import Imported, Importing, Pseudonyms, Text

MOST_BYTES: Final = 512 * 2**20
ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""Tried in turn; GB18030 is what Chinese systems write that do not write UTF-8."""


@dataclass(frozen=True, slots=True)
class Importer:
    """A format: what it is in words, how it is known, how it is read."""

    what: str
    known: Callable[[str], bool]
    read: Callable[[Sequence[Text], Pseudonyms], Imported]


IMPORTERS: Final[Mapping[str, Importer]] = {
    "hl7": Importer("HL7 v2 ADT messages", is_hl7, read_hl7),
    "fhir": Importer("FHIR R4 Encounters and Locations", is_fhir, read_fhir),
    "omop": Importer("an OMOP visit_detail table", is_omop, read_omop),
    "roster": Importer("an e-roster's table of duties", is_roster, read_roster),
}
"""By name; the first that knows a file reads it."""


def read_files(paths: Sequence[Path], pseudonyms: Pseudonyms) -> list[Imported]:
    """What files tell, those of a format together: what one names, another may place.

    Raises Importing where one can't be read, is none of IMPORTERS, or names a person where a ward or grade belongs.
    """
    texts: dict[str, list[Text]] = {}
    for path in paths:
        told = Text(path.name, _text(path))
        texts.setdefault(_format(told), []).append(told)
    found = [IMPORTERS[name].read(told, pseudonyms) for name, told in texts.items()]
    _refuse_persons([each for told in texts.values() for each in told], found)
    return found


def _refuse_persons(texts: Sequence[Text], found: Sequence[Imported]) -> None:
    """Raise Importing with the place of every text that would go on into the tables and gives somebody away."""
    told = sorted({text for part in found for text in part.words() if looks_like(text)})
    if told:
        places = "\n".join(f"{_place(texts, text)}: {MESSAGE} {looks_like(text)}" for text in told)
        raise Importing(f"{places}\nnothing was written; {CURE}")


def _place(texts: Sequence[Text], wanted: str) -> str:
    """File, line and column of the first text like this one."""
    for each in texts:
        for line, row in enumerate(each.text.splitlines(), start=1):
            if wanted in row:
                return f"{each.file}:{line}:{row.index(wanted) + 1}"
    return ", ".join(each.file for each in texts)


def _format(told: Text) -> str:
    for name, importer in IMPORTERS.items():
        if importer.known(told.text):
            return name
    known = "; ".join(each.what for each in IMPORTERS.values())
    raise Importing(f"{told.file}: is none of the formats that are read: {known}")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Importing(f"{path.name}: is over {MOST_BYTES // 2**20} MiB; cut it by months")
        content = path.read_bytes()
    except OSError as error:
        raise Importing(f"{path.name}: cannot be opened: {error.strerror or error}") from error
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Importing(f"{path.name}: is neither UTF-8 nor GB18030 text")
