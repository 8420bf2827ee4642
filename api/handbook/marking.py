"""Markdown for pages that the code writes: tables whose cells can't break them."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, a blank one before and after; nothing where there are no rows."""
    if rows:
        yield from ("", _row(header), "|" + "---|" * len(header), *map(_row, rows), "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in cells)} |"


def code(text: str) -> str:
    """Text as code, on one line."""
    return f"`{text}`" if text else ""


def page(title: str, opening: str, lines: Iterator[str]) -> str:
    """A page as text."""
    return "\n".join([f"# {title}", "", opening, "", *lines]) + "\n"


def folded(title: str, source: str) -> Iterator[str]:
    """Code that is shown when asked for."""
    yield from ("", f'??? note "{title}"', "", "    ```python")
    yield from (f"    {line}" if line else "" for line in textwrap.dedent(source).splitlines())
    yield from ("    ```", "")


def said(thing: object) -> str:
    """A docstring with its paragraphs."""
    return inspect.getdoc(thing) or ""
