"""Fans, waterfalls and bars as drawings on printed sheets: the page's own pictures, turned upside down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from api.exports.fan_picture import FanPicture
from api.exports.pdf_words import LINE, PLAIN, SOFT, fonts
from api.exports.waterfall_picture import WaterfallPicture

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing, Polygon, Rect, String
    from reportlab.lib.colors import Color

BANDS: Final = {95: "#cfe1ee", 80: "#a9c9e0", 50: "#6ea3c8"}
FALLS: Final = {"whole": "#9db8c7", "more": "#b5532a", "less": "#2f7a8c"}
DEEP, ALARM = "#1f5f8b", "#8a1c14"
LETTERS: Final = 8
"""Points of the text in pictures."""


def fan_drawing(picture: FanPicture, width: float) -> Drawing:
    """A fan as wide as asked for, in points."""
    from reportlab.graphics.shapes import Line, PolyLine

    found = _drawing(picture.width, picture.height, width)
    high = picture.height
    for tick in picture.ticks:
        found.add(Line(picture.left, high - tick.y, picture.width, high - tick.y, strokeColor=_ink(LINE)))
        found.add(_text(picture.left - 4, high - tick.y - 3, tick.text, "end"))
    for band in picture.bands:
        found.add(_area(band.path, high, BANDS[band.percent]))
    found.add(PolyLine(_points(picture.median, high), strokeColor=_ink(DEEP), strokeWidth=1.6))
    for piece in picture.past.split("M")[1:]:
        found.add(PolyLine(_points(f"M{piece}", high), strokeColor=_ink(SOFT), strokeWidth=0.9))
    if picture.capacity is not None:
        at = high - picture.capacity
        found.add(Line(picture.left, at, picture.width, at, strokeColor=_ink(ALARM), strokeDashArray=[5, 3]))
    for label in picture.days:
        found.add(_text(label.x, 3, label.text, "middle"))
    return found


def waterfall_drawing(picture: WaterfallPicture, width: float) -> Drawing:
    """A waterfall as wide as asked for, in points."""
    from reportlab.graphics.shapes import Line

    found = _drawing(picture.width, picture.height, width)
    for number, bar in enumerate(picture.bars):
        y = picture.height - bar.y - 14
        found.add(_text(picture.names - 6, y + 4, bar.name, "end"))
        found.add(_block(bar.x, y, bar.width, 14, FALLS[bar.kind]))
        found.add(_text(bar.x + bar.width + 5, y + 4, bar.figure, "start"))
        if number + 1 < len(picture.bars):
            found.add(Line(bar.end, y + 14, bar.end, y - 22, strokeColor=_ink(SOFT), strokeWidth=0.5))
    return found


def bar_drawing(part: float, width: float) -> Drawing:
    """A bar of `part` of the width, in points."""
    from reportlab.graphics.shapes import Drawing

    found = Drawing(width, 7)
    found.add(_block(0, 0, max(0.5, part * width), 7, BANDS[50]))
    return found


def _drawing(width: float, height: float, wanted: float) -> Drawing:
    from reportlab.graphics.shapes import Drawing

    fonts()
    scale = wanted / width
    found = Drawing(wanted, height * scale)
    found.scale(scale, scale)
    return found


def _block(x: float, y: float, width: float, height: float, colour: str) -> Rect:
    from reportlab.graphics.shapes import Rect

    found = Rect(x, y, width, height)
    found.fillColor, found.strokeColor = _ink(colour), None
    return found


def _area(path: str, high: float, colour: str) -> Polygon:
    from reportlab.graphics.shapes import Polygon

    return Polygon(_points(path, high), fillColor=_ink(colour), strokeColor=None)


def _points(path: str, high: float) -> list[float]:
    """The corners of a path of straight lines (M, L, Z), heights counted from below."""
    corners = [corner.split() for corner in path.strip("MZ").split("L")]
    return [value for x, y in corners for value in (float(x), high - float(y))]


def _text(x: float, y: float, text: str, anchor: Literal["start", "middle", "end"]) -> String:
    from reportlab.graphics.shapes import String

    return String(x, y, text, fontName=PLAIN, fontSize=LETTERS, fillColor=_ink(SOFT), textAnchor=anchor)


def _ink(colour: str) -> Color:
    from reportlab.lib.colors import HexColor

    return HexColor(colour)
