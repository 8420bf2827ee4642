"""Text on printed sheets: fonts that hold what planners write, and text as paragraphs that nothing in it can format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape  # nosec B406

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

PLAIN, BOLD, CHINESE = "DejaVuSans", "DejaVuSans-Bold", "STSong-Light"
"""Embedded faces (they ship with matplotlib), and the Chinese one that readers of PDF bring along."""

INK, SOFT, LINE, WASH = "#1d2b36", "#5b6b78", "#d7dee4", "#f5f7f9"
MOST_IN_ONE: Final = 0xFFFF
"""The Chinese face knows characters up to here; what lies beyond is shown as a question mark."""

SIZES: Final[Mapping[str, tuple[str, float, str]]] = {
    "title": (BOLD, 16, INK),
    "head": (BOLD, 11, INK),
    "text": (PLAIN, 9, INK),
    "soft": (PLAIN, 7.5, SOFT),
    "cell": (PLAIN, 7.5, INK),
    "figure": (BOLD, 12, INK),
}
"""Face, size in points and colour by what a text is."""


@cache
def fonts() -> frozenset[int]:
    """Make the faces known to the writer, once; the characters that the plain one holds."""
    import matplotlib
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    plain = TTFont(PLAIN, str(folder / f"{PLAIN}.ttf"))
    registerFont(plain)
    registerFont(TTFont(BOLD, str(folder / f"{BOLD}.ttf")))
    registerFont(UnicodeCIDFont(CHINESE))
    return frozenset(plain.face.charToGlyph)


@cache
def style(name: str, *, right: bool = False) -> ParagraphStyle:
    """The style of one of SIZES; `right` sets figures flush right."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle

    fonts()
    face, size, colour = SIZES[name]
    return ParagraphStyle(
        f"{name}{right}", fontName=face, fontSize=size, leading=size * 1.3, textColor=HexColor(colour),
        alignment=TA_RIGHT if right else TA_LEFT,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Run:
    known: bool
    text: str


def paragraph(text: str, name: str = "text", *, right: bool = False) -> Paragraph:
    """A text that may break over lines; characters the plain face lacks are set in the Chinese one."""
    from reportlab.platypus import Paragraph

    return Paragraph("".join(map(_marked, _runs(text))), style(name, right=right))


def cell(text: str) -> str | Paragraph:
    """A table's cell: on one line as it is, or a paragraph where it needs another face."""
    return text if all(ord(letter) in fonts() for letter in text) else paragraph(text, "cell")


def _runs(text: str) -> Iterator[_Run]:
    known = fonts()
    for is_known, letters in groupby(text, lambda letter: ord(letter) in known):
        yield _Run(is_known, "".join(letters))


def _marked(run: _Run) -> str:
    if run.known:
        return escape(run.text)
    shown = "".join(letter if 0x20 <= ord(letter) <= MOST_IN_ONE else "?" for letter in run.text)
    return f'<font name="{CHINESE}">{escape(shown)}</font>'
