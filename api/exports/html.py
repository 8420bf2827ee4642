"""A plan as one page: opens anywhere, asks nothing of the network, prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from api import words
from api.exports.fan_picture import FanPicture, fan_picture
from api.release import release
from api.scarcity import MOST, name_of
from api.summary import FIGURES
from api.views.beds import AHEAD_HOURS
from api.views.board import Board
from api.views.levels import BUSY_FROM, SIGNS, TIGHT_FROM
from optimizer.plan import Shortfall
from optimizer.solution import Status

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_SHORTFALLS: Final = 25
BAR: Final = 220
"""Pixels of the longest bar."""


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure, large."""

    label: str
    figure: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """An item of cost; `width` of its bar in pixels, 0 for what is fixed."""

    name: str
    amount: str
    share: str
    width: int


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A bottleneck in words."""

    what: str
    where: str
    saves: str
    costs: str
    dearest: str


@dataclass(frozen=True, slots=True)
class ShortRow:
    """A shortfall, said once for all the times at which it is the same."""

    unit: str
    when: str
    what: str
    because: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page to jump to."""

    id: str
    name: str


def html_page(board: Board) -> str:
    """The page, with its style and pictures inside."""
    said, scenario = board.said, board.saved.scenario
    environment = _environment()
    short = tuple(_shortfalls(said.shortfalls))
    return environment.get_template("report.html").render(
        title=scenario.name or scenario.id, variant=said.variant, currency=scenario.currency, release=release(),
        style=_style(environment), span=_span(board), proof=_proof(board), checked=_checked(board),
        solver=f"{said.solver.name} ({said.solver.why})", cards=tuple(_cards(board)), parts=tuple(_parts(board)),
        beds=board.beds, occupancy=board.occupancy, staffing=board.staffing, devices=board.devices,
        fans=tuple(_pictures(board)), demand=_demand(board), ahead=AHEAD_HOURS, signs=SIGNS,
        busy=BUSY_FROM, tight=TIGHT_FROM, shortfalls=short[:MOST_SHORTFALLS],
        short_places=words.count(len(said.shortfalls), "place"), short_left=max(0, len(short) - MOST_SHORTFALLS),
        money=tuple(_money(board)), limits=tuple(_limits(board)),
        limits_method=said.bottlenecks[0].method if said.bottlenecks else "", notes=said.notes,
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

    return Markup(environment.get_template("report.css").render())


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:,.{decimals}f}".replace("-0.0", "0.0")


def _people(value: float) -> str:
    return f"{round(value, 1):g}"


def _percent(share: float | None, digits: int = 0) -> str:
    return "-" if share is None else words.percent(share, digits)


def _span(board: Board) -> str:
    horizon = board.saved.scenario.horizon
    if horizon.start is None:
        return "A cycle that repeats"
    last = horizon.start + timedelta(days=len(board.occupancy.days) - 1)
    return f"{words.day_name(horizon.start)} to {words.day_name(last)}"


def _proof(board: Board) -> str:
    """The cost, and how near it is proven to be to the least."""
    said = board.said
    currency = board.saved.scenario.currency
    fixed = sum(said.fixed.values())
    total = f"Cost {words.money(said.objective + fixed)} {currency}".rstrip()
    cost = f"{total}, of which {words.money(said.objective)} can be changed" if fixed else total
    if said.status is Status.OPTIMAL:
        return f"{cost}: proven to be the least possible."
    if said.gap is None:
        return f"{cost}; nothing is proven of it, cheaper plans may exist."
    return f"{cost}: proven within {words.percent_at_most(said.gap)} of the least possible."


def _checked(board: Board) -> str:
    if board.said.checked.ok:
        return "Checked without the solver: every rule holds."
    return f"RULES ARE BROKEN: {'; '.join(board.said.checked.violations[:3])}."


def _cards(board: Board) -> Iterator[Card]:
    for name, value in board.said.key_figures.items():
        if value is not None:
            label, write = FIGURES.get(name, (name.replace("_", " "), lambda figure: f"{figure:g}"))
            yield Card(label, write(value))


def _parts(board: Board) -> Iterator[Part]:
    shown = {
        "beds": ("Bed state", board.beds), "occupancy": ("Occupancy", board.occupancy.units),
        "forecast": ("Forecast", board.fans), "shortfalls": ("Shortfalls", board.said.shortfalls),
        "staffing": ("Shifts", board.staffing.rows), "care": ("Care hours", board.staffing.rows),
        "devices": ("Devices", board.devices), "money": ("Money", board.said.cost),
        "limits": ("What limits", board.said.bottlenecks), "notes": ("Notes", board.said.notes),
    }  # fmt: skip
    yield from (Part(key, name) for key, (name, there) in shown.items() if there or key == "money")


def _shortfalls(shortfalls: Sequence[Shortfall]) -> Iterator[ShortRow]:
    told: dict[tuple[str, str, str], list[str]] = {}
    for each in shortfalls:
        told.setdefault((each.unit, each.what, each.because), []).append(each.when)
    for (unit, what, because), whens in told.items():
        more = f" and {len(whens) - 1} more" if len(whens) > 1 else ""
        yield ShortRow(unit, whens[0] + more, what, because)


def _pictures(board: Board) -> Iterator[FanPicture]:
    yield from map(fan_picture, board.fans)


def _demand(board: Board) -> str:
    note = board.said.demand
    if note.forecaster is None:
        return ""
    tested = "" if note.wape is None else f", back-tested {words.percent(note.wape, 1)} WAPE"
    return f"Foreseen by {note.forecaster} on {words.count(note.days_used, 'day')}{tested}."


def _money(board: Board) -> Iterator[MoneyRow]:
    said = board.said
    most = max((abs(value) for value in said.cost.values()), default=0.0) or 1.0
    for item, value in sorted(said.cost.items(), key=lambda pair: -pair[1]):
        share = words.percent(value / said.objective, 1) if said.objective else ""
        width = round(BAR * max(0.0, value) / most)
        yield MoneyRow(words.cost_name(item), words.money(value), share, width)
    for item, value in said.fixed.items():
        yield MoneyRow(f"fixed: {item.replace('staff.', 'own ', 1)}", words.money(value), "", 0)


def _limits(board: Board) -> Iterator[LimitRow]:
    for each in board.said.bottlenecks[:MOST]:
        own = "-" if each.own_price is None else words.money(each.own_price)
        dearest = words.day_of(each.dearest, year=True)
        yield LimitRow(name_of(each), ", ".join(each.units), words.money(each.per_day), own, dearest)
