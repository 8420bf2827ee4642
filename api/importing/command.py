"""The work behind `wardwright import`: exports of hospital systems become tables, persons left at the door."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from api import words
from api.errors import Refused
from api.folder import refuse_file, write_file
from api.importing.outputs import files, together
from api.importing.records import Importing, Pseudonyms
from api.importing.table import read_files

KEY: Final = "WARDWRIGHT_IMPORT_KEY"
"""The environment variable that holds the key of the pseudonyms, so that later imports name visits alike."""

LEAST_KEY: Final = 16
MOST_NOTES: Final = 10


def run(paths: tuple[Path, ...], folder: Path, *, force: bool) -> str:
    """Read all files, write the tables, and tell what there is and what was left out.

    Raises Refused for a file that can't be used or a key that is too short, OutputRefused and OutputFailed.
    """
    pseudonyms, kept = _pseudonyms()
    try:
        found = together(read_files(paths, pseudonyms))
    except Importing as error:
        raise Refused(str(error)) from error
    made = files(found)
    for name in made:
        refuse_file(folder / name, force=force)
    for name, text in made.items():
        write_file(folder / name, text)
    lines = [f"Written to {folder}: {', '.join(made)}"]
    lines += words.wrapped("No name, birth date or number of a person is in them. " + kept, hanging="  ")
    if "census.csv" in made:
        lines.append("census.csv counts patients at the midnight that ends each day; next:")
        staff = f" --staff {folder / 'staff.csv'}" if "staff.csv" in made else ""
        lines.append(f"  wardwright new my-hospital --from {folder / 'census.csv'}{staff}")
    lines += [line for note in found.notes[:MOST_NOTES] for line in words.wrapped(f"  {note}", hanging="    ")]
    if len(found.notes) > MOST_NOTES:
        lines.append(f"  and {len(found.notes) - MOST_NOTES} more")
    return "\n".join(lines) + "\n"


def _pseudonyms() -> tuple[Pseudonyms, str]:
    """Those of the key in the environment, or of one that is thrown away."""
    key = os.environ.get(KEY, "")
    if not key:
        text = (
            f"Visits are named by a key that was thrown away; {KEY} keeps one, so that later imports name them alike."
        )
        return Pseudonyms(secrets.token_bytes(32)), text
    if len(key) < LEAST_KEY:
        raise Refused(f"{KEY} must have {LEAST_KEY} signs or more; it is a secret key")
    return Pseudonyms(key.encode()), f"Visits are named by the key in {KEY}."
