"""Ways to spoil bytes, lines of text and nested data, and what may come of it: refused in words, the same, or told.

An attempt spoils something once and answers with one of `ENDS`; it raises `Wrong` for anything that no planner may
meet: a traceback, a failed check, or another plan where nothing says so.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from api.outcomes import INVALID, exit_of_error

REFUSED, SAME, TOLD = "refused", "same", "different, as it says"
ENDS = (REFUSED, SAME, TOLD)

Attempt = Callable[[random.Random], str]
Path = tuple[str | int, ...]

JUNK = (
    "", " ", "x", "NaN", "-1", "1e999", "=1+1", "#REF!", "1,5", "1.5.2", "0x1F", "\uff12\uff18", "\u202e28", "\ud7ff",
    "99999999999999999999", "2024-02-30", "31/12/2023", "None", "true", "a" * 5000, "../../etc/passwd", "<b>&amp;",
    "\x00", "12:30",
)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e-12, 1e12, 1e300, 10**30, "", "x", "28", [], {}, [1, 2], {"a": 1}, "NaN",
    "2024-02-30", "3d", "é", [[[]]], "=1+1", -(10**6),
)  # fmt: skip
TOKENS = (
    ": ", "- ", "[", "]", "{", "}", "&x ", "*x", "!!int ", "'", '"', "|", ">", "#", "\t", "?", "---\n", "<<: ", "\n",
    ",", "extends: ", "\\", "\ufeff", "\x00", "~", "@", "9" * 30, "null", "1e999", ".nan", "é", "table: ",
    "%YAML 1.1\n",
)  # fmt: skip


class Wrong(AssertionError):  # noqa: N818 - says what it is
    """What may never happen, in words."""


def judged(error: Exception) -> str:
    """Refused, where the error is somebody's own words for bad input; raises Wrong for any other."""
    if exit_of_error(error) == INVALID and str(error).strip():
        return REFUSED
    raise Wrong(f"{type(error).__name__}: {str(error)[:300]}") from error


def spoiled_bytes(data: bytes, chance: random.Random) -> bytes:
    """Flip a bit, change, cut out, put in, repeat, or cut off."""
    if not data:
        return b"\x00"
    at, size = chance.randrange(len(data)), chance.choice((1, 2, 7, 64))
    changed = bytearray(data)
    match chance.randrange(6):
        case 0:
            changed[at] ^= 1 << chance.randrange(8)
        case 1:
            changed[at : at + size] = chance.randbytes(len(changed[at : at + size]))
        case 2:
            del changed[at : at + size]
        case 3:
            changed[at:at] = chance.randbytes(size)
        case 4:
            changed[at:at] = changed[at : at + size]
        case _:
            del changed[at:]
    return bytes(changed)


def spoiled_text(text: str, chance: random.Random) -> str:
    """Change a letter or a figure, put a token in, lose a piece, repeat, lose, swap or shift a line."""
    lines, at = text.splitlines(keepends=True), chance.randrange(max(len(text), 1))
    line, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(7):
        case 0:
            letter = chr(chance.choice((*range(32, 127), 0, 9, 233, 0x2028)))
            return text[:at] + chance.choice((letter, *TOKENS)) + text[at + chance.choice((0, 1, 2, 9)) :]
        case 1:
            return _other_figure(text, chance)
        case 3:
            lines.insert(other, lines[line])
        case 4:
            del lines[line]
        case 5:
            lines[line], lines[other] = lines[other], lines[line]
        case 6:
            lines[line] = lines[line].removeprefix(" ")
        case _:
            lines[line] = chance.choice(("  ", " ", "\t")) + lines[line]
    return "".join(lines)


def _other_figure(text: str, chance: random.Random) -> str:
    places = [at for at, letter in enumerate(text) if letter.isdecimal()]
    if not places:
        return text
    at = chance.choice(places)
    return text[:at] + chance.choice((*"0123456789", "-", ".", "e9")) + text[at + 1 :]


def paths_of(node: object, path: Path = ()) -> list[Path]:
    """Every place in nested data, the root not among them."""
    items: Sequence[tuple[str | int, object]] = ()
    if isinstance(node, dict):
        items = list(node.items())
    elif isinstance(node, list):
        items = list(enumerate(node))
    return [each for key, inner in items for each in ((*path, key), *paths_of(inner, (*path, key)))]


def at(tree: Any, path: Path) -> Any:
    """What stands at a place."""
    for step in path:
        tree = tree[step]
    return tree


def spoiled_tree(tree: dict[str, Any], chance: random.Random) -> tuple[dict[str, Any], Path]:
    """A copy with one place lost, renamed, doubled, scaled, or with another value there, or that of another place."""
    changed, places = deepcopy(tree), paths_of(tree)
    path = chance.choice(places)
    parent, key = at(changed, path[:-1]), path[-1]
    match chance.randrange(6):
        case 0:
            del parent[key]
        case 1 if isinstance(parent, dict):
            parent[_misspelt(str(key), chance)] = parent.pop(key)
        case 2 if isinstance(parent, list):
            parent.insert(int(key), deepcopy(parent[int(key)]))
        case 3 if isinstance(parent[key], int | float) and not isinstance(parent[key], bool):
            parent[key] *= chance.choice((-1, 0, 2, 10, 1000, 0.1))
        case 4:
            parent[key] = deepcopy(at(tree, chance.choice(places)))
        case _:
            parent[key] = deepcopy(chance.choice(VALUES))
    return changed, path


def _misspelt(key: str, chance: random.Random) -> str:
    place = chance.randrange(len(key)) if key else 0
    return chance.choice((key[:place] + key[place + 1 :], key + "s", key.upper() + "_", key[::-1] + "x", ""))


def canonical(data: object) -> str:
    """Data as one text: 28 and 28.0 are equal, 1 and true are not, and the order of keys says nothing."""
    return json.dumps(_plain(data), sort_keys=True, default=str)


def _plain(data: object) -> object:
    if isinstance(data, dict):
        return {str(key): _plain(each) for key, each in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(each) for each in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data
