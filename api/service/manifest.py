"""What a job made, listed with its hashes beside it, so that a record lost or spoiled in the store is never shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final

from api.service.errors import Damaged

MANIFEST: Final = "manifest.json"
"""The stored file that lists the others; it is no part of what a job made."""


def manifest(files: Mapping[str, str], labels: Mapping[str, object]) -> str:
    """The list of some files, with what their job is called."""
    return json.dumps({"files": {name: _sha256(text) for name, text in files.items()}, "labels": dict(labels)})


def hold_to(text: str | None, files: Mapping[str, str], names: Sequence[str], labels: Mapping[str, object]) -> None:
    """See that files read back (all, or those `names`) and their job's labels are what the list says.

    Stores of earlier releases have none (None). Raises Damaged.
    """
    if text is None:
        return
    listed = json.loads(text)
    known: dict[str, str] = listed["files"]
    wanted = {name: known[name] for name in names or known if name in known}
    if {name: _sha256(text) for name, text in files.items()} != wanted or listed["labels"] != dict(labels):
        raise Damaged("the answer of this job")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
