"""The work behind `wardwright show --resolved`: the scenario as it is planned, each value with where it is from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from optimizer.scenario.faults import CELL, Step, spot
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.scenario.overlay import Cells, Items, Keys, Node, Place, Scalar, Value, plain

PLAIN: Final = re.compile(r"[A-Za-z_][\w./ -]*[\w]|[A-Za-z_]")
WORDS: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
"""Texts that some readers of YAML take for something else."""
COMMENT_AT: Final = 56
LONGEST: Final = 100
_INDENT: Final = "  "

Path = tuple[Step, ...]


def resolved_text(loaded: Loaded[Scenario]) -> str:
    """The scenario as YAML that reads back as the same scenario, each value followed by where it is from."""
    return "\n".join(_mapping(_tree(loaded), "")) + "\n"


def origins(loaded: Loaded[Scenario]) -> dict[str, str]:
    """Where each value is from, by its JSON pointer."""
    return {_pointer(path): told for path, told in _origins(_tree(loaded), ())}


def _tree(loaded: Loaded[Scenario]) -> Keys:
    tree = loaded.marks.tree
    return tree if isinstance(tree, Keys) else Keys(tree.at, {})


def origin(node: Node) -> str:
    """Where a value is from: file and line, the variant or option that laid it there, or the request."""
    if isinstance(node, Cells):
        lines = f"{node.lines[0]}-{node.lines[-1]}" if len(node.lines) > 1 else "".join(map(str, node.lines))
        return f"{_by(node.at)}{node.file}:{lines}"
    if node.at.file.startswith("--"):
        return node.at.by or node.at.file
    if not node.at.line:
        return node.at.by or "the request"
    return f"{_by(node.at)}{_spot(node.at)}"


def _spot(at: Place) -> str:
    """File and line, or the cell of a workbook."""
    return spot(at.file, at.line, at.column) if at.file.endswith(CELL) else f"{at.file}:{at.line}"


def _by(at: Place) -> str:
    return f"{at.by}, " if at.by else ""


def _origins(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Keys) and node.entries:
        for key, entry in node.entries.items():
            yield from _origins(entry.node, (*path, key))
    elif isinstance(node, Items) and not _is_one(node):
        for at, item in enumerate(node.items):
            yield from _origins(item, (*path, at))
    else:
        yield path, origin(node)


def _pointer(path: Path) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _is_one(node: Node) -> bool:
    """Whether it is told on one line: a value, a column of a table, or a list of values all from one place."""
    if isinstance(node, Scalar | Cells):
        return True
    if isinstance(node, Keys):
        return not node.entries
    return all(isinstance(item, Scalar) and _place(item.at) == _place(node.at) for item in node.items)


def _place(at: Place) -> tuple[str, str]:
    return at.file, at.by


def _mapping(node: Keys, indent: str) -> Iterator[str]:
    for key, entry in node.entries.items():
        yield from _value(f"{indent}{text(key)}:", entry.node, indent)


def _value(head: str, node: Node, indent: str) -> Iterator[str]:
    """A value after its key, or after the dash of a list."""
    if _is_one(node):
        yield from _line(head, _flow(node), origin(node), indent)
    elif isinstance(node, Keys):
        yield head
        yield from _mapping(node, indent + _INDENT)
    elif isinstance(node, Items):
        yield head
        for item in node.items:
            yield from _item(item, indent + _INDENT)


def _item(node: Node, indent: str) -> Iterator[str]:
    """An item of a list: a mapping's first key stands behind the dash."""
    if isinstance(node, Keys) and node.entries:
        first, *rest = list(_mapping(node, indent + _INDENT))
        yield f"{indent}- {first[len(indent) + len(_INDENT) :]}"
        yield from rest
    else:
        yield from _value(f"{indent}-", node, indent)


def _line(head: str, value: str, told: str, indent: str) -> Iterator[str]:
    """The value with its origin as a comment; a long one on a line of its own."""
    if len(head) + len(value) < LONGEST:
        yield f"{f'{head} {value}':<{COMMENT_AT}}  # {told}"
    else:
        yield f"{head:<{COMMENT_AT}}  # {told}"
        yield f"{indent}{_INDENT}{value}"


def _flow(node: Node) -> str:
    if isinstance(node, Scalar):
        return text(node.value)
    if isinstance(node, Keys):
        return "{}"
    values = plain(node)
    return f"[{', '.join(map(text, values))}]" if isinstance(values, list) else ""


def text(value: Value) -> str:
    """A value as YAML 1.2 writes it; a text in quotes where it could be taken for something else."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)
