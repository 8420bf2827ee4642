"""What `import optimizer` and `import forecasting` offer: every public name with its signature and its own words."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Final

from api.handbook.marking import code, page, said, table

OPENING: Final = """Two libraries, each of which stands alone: `optimizer` plans, `forecasting` foresees. Names are
loaded when first used, so that importing costs nothing. Everything else in the packages may change without notice."""
ROOMS: Final = ("optimizer", "forecasting")


def library_page() -> str:
    """The page."""
    return page("From Python", OPENING, _lines())


def _lines() -> Iterator[str]:
    for name in ROOMS:
        room = importlib.import_module(name)
        yield from (f"## {name}", "", said(room), "")
        for each in room.__all__:
            yield from _name(room, each)


def _name(room: ModuleType, name: str) -> Iterator[str]:
    thing = getattr(room, name)
    if not callable(thing):
        yield from ("", f"### {name}", "", f"A {type(thing).__name__}.", "")
        return
    yield from ("", f"### {name}", "", "```python", _signature(name, thing), "```", "", said(thing), "")
    if inspect.isclass(thing):
        yield from _members(thing)


def _signature(name: str, thing: object) -> str:
    head = "class " if inspect.isclass(thing) else ""
    if inspect.isclass(thing) and (issubclass(thing, BaseException) or hasattr(thing, "model_fields")):
        return f"{head}{name}"
    try:
        shown = str(inspect.signature(thing)) if callable(thing) else ""
    except (TypeError, ValueError):
        shown = "(...)"
    return f"{head}{name}{_tidy(shown)}"


def _tidy(signature: str) -> str:
    """Types without the quotes in which they are written."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)


def _members(thing: type) -> Iterator[str]:
    """Public methods and properties of a class of ours, and the fields of a dataclass."""
    if dataclasses.is_dataclass(thing):
        rows = [
            (code(each.name), code(getattr(each.type, "__name__", str(each.type))))
            for each in dataclasses.fields(thing)
            if each.name[0] != "_"
        ]
        yield from table(("field", "type"), rows)
    own = [(name, member) for name, member in vars(thing).items() if not name.startswith("_")]
    rows = [(code(name), said(member).partition("\n\n")[0]) for name, member in own if _is_ours(member)]
    yield from table(("member", "what it is"), rows)


def _is_ours(member: object) -> bool:
    return inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod)
