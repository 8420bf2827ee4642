"""A plan as one page: opens anywhere, asks nothing of the network, prints on A4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api import words
from api.exports.fan_picture import fan_picture
from api.exports.report import MOST_CHANGES, report
from api.exports.waterfall_picture import waterfall_picture
from api.views.beds import AHEAD_HOURS
from api.views.board import Board
from api.views.levels import SIGNS

if TYPE_CHECKING:
    from jinja2 import Environment

BAR: Final = 220
"""Pixels of the longest bar."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page to jump to."""

    id: str
    name: str


def html_page(board: Board) -> str:
    """The page, with its style and pictures inside."""
    environment = _environment()
    return environment.get_template("report.html").render(
        report=report(board), style=_style(environment), parts=tuple(_parts(board)), bar=BAR,
        beds=board.beds, occupancy=board.occupancy, staffing=board.staffing, devices=board.devices,
        fans=tuple(map(fan_picture, board.fans)), ahead=AHEAD_HOURS, signs=SIGNS,
        bands=board.saved.scenario.occupancy_bands, changes=board.changes[:MOST_CHANGES],
        waterfall=waterfall_picture(board.options),
    )  # fmt: skip


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    found = Environment(
        loader=PackageLoader("api", "pages"), autoescape=select_autoescape(("html",)), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters.update(number=_number, people=_people, percent=_percent, day=words.day_of)
    return found


def _style(environment: Environment) -> str:
    from markupsafe import Markup

    return Markup(environment.get_template("report.css").render())  # nosec B704


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}".replace("-0.0", "0.0")


def _people(value: float) -> str:
    return f"{round(value, 1):g}"


def _percent(share: float | None, digits: int = 0) -> str:
    return "-" if share is None else words.percent(share, digits)


def _parts(board: Board) -> Iterator[Part]:
    shown = {
        "changes": ("Changes", board.said.replanned),
        "beds": ("Bed state", board.beds), "occupancy": ("Occupancy", board.occupancy.units),
        "forecast": ("Forecast", board.fans), "shortfalls": ("Shortfalls", board.said.shortfalls),
        "staffing": ("Shifts", board.staffing.rows), "care": ("Care hours", board.staffing.rows),
        "devices": ("Devices", board.devices), "beside": ("Side by side", board.options),
        "money": ("Money", board.said.cost),
        "limits": ("What limits", board.said.bottlenecks), "notes": ("Notes", board.said.notes),
    }  # fmt: skip
    yield from (Part(key, name) for key, (name, there) in shown.items() if there or key == "money")
