"""A plan as a report says it: the words and rows that the page and the printed sheets share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api import words
from api.compare_sections import signed
from api.release import release
from api.scarcity import MOST, name_of
from api.summary import FIGURES
from api.views.beside import Option, Row, figure_rows, money_rows
from api.views.board import Board
from optimizer.plan import Shortfall
from optimizer.solution import Status

MOST_SHORTFALLS: Final = 25
MOST_CHANGES: Final = 40


@dataclass(frozen=True, slots=True)
class Card:
    """A key figure, large."""

    label: str
    figure: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """An item of cost; `part` is its share of the dearest item, 0 for what is fixed."""

    name: str
    amount: str
    share: str
    part: float


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
class BesideRow:
    """An item or figure in every plan held side by side, and the last less the first."""

    name: str
    values: tuple[str, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a plan's report says in words; tables of figures are the board's."""

    title: str
    variant: str | None
    currency: str
    release: str
    span: str
    proof: str
    checked: str
    solver: str
    demand: str
    cards: tuple[Card, ...]
    short_places: str
    shortfalls: tuple[ShortRow, ...]
    short_left: int
    money: tuple[MoneyRow, ...]
    limits: tuple[LimitRow, ...]
    limits_method: str
    notes: tuple[str, ...]
    happened: tuple[str, ...]
    changed: str
    changes_left: int
    options: tuple[str, ...]
    beside: tuple[BesideRow, ...]


def report(board: Board) -> Report:
    """The report of a plan."""
    said, scenario = board.said, board.saved.scenario
    short = tuple(_shortfalls(said.shortfalls))
    return Report(
        scenario.name or scenario.id, said.variant, scenario.currency, release(), _span(board), _proof(board),
        _checked(board), f"{said.solver.name} ({said.solver.why})", _demand(board), tuple(_cards(board)),
        words.count(len(said.shortfalls), "place"), short[:MOST_SHORTFALLS], max(0, len(short) - MOST_SHORTFALLS),
        tuple(_money(board)), tuple(_limits(board)), said.bottlenecks[0].method if said.bottlenecks else "",
        said.notes, tuple(_happened(board)), _changed(board), max(0, len(board.changes) - MOST_CHANGES),
        tuple(each.name for each in board.options), tuple(beside_rows(board.options)),
    )  # fmt: skip


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
            yield Card(_label(name), _figure(name, value))


def _label(name: str) -> str:
    return FIGURES[name][0] if name in FIGURES else name.replace("_", " ")


def _figure(name: str, value: float) -> str:
    return FIGURES[name][1](value) if name in FIGURES else f"{value:g}"


def _shortfalls(shortfalls: Sequence[Shortfall]) -> Iterator[ShortRow]:
    told: dict[tuple[str, str, str], list[str]] = {}
    for each in shortfalls:
        told.setdefault((each.unit, each.what, each.because), []).append(each.when)
    for (unit, what, because), whens in told.items():
        more = f" and {len(whens) - 1} more" if len(whens) > 1 else ""
        yield ShortRow(unit, whens[0] + more, what, because)


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
        yield MoneyRow(words.cost_name(item), words.money(value), share, max(0.0, value) / most)
    for item, value in said.fixed.items():
        yield MoneyRow(item_name(item, fixed=True), words.money(value), "", 0.0)


def item_name(item: str, *, fixed: bool) -> str:
    """An item of cost in words; what is fixed says so."""
    return f"fixed: {item.replace('staff.', 'own ', 1)}" if fixed else words.cost_name(item)


def _limits(board: Board) -> Iterator[LimitRow]:
    for each in board.said.bottlenecks[:MOST]:
        own = "-" if each.own_price is None else words.money(each.own_price)
        dearest = words.day_of(each.dearest, year=True)
        yield LimitRow(name_of(each), ", ".join(each.units), words.money(each.per_day), own, dearest)


def _happened(board: Board) -> Iterator[str]:
    yield from (event.words for event in (board.said.replanned.events if board.said.replanned else ()))


def _changed(board: Board) -> str:
    """What the change costs, against the plan as it was published."""
    told = board.said.replanned
    if told is None:
        return ""
    unchanged = "the plan can't stay as it was"
    if told.cost_unchanged is not None:
        unchanged = f"{words.money(told.cost_unchanged)} if nothing changed"
    now = "" if told.cost_without_change_price is None else f", {words.money(told.cost_without_change_price)} now"
    number = f"{told.changes:g} change{'' if told.changes == 1 else 's'} in all"
    return f"{number}; cost that can be changed: {words.money(told.cost_published)} as published, {unchanged}{now}."


def beside_rows(options: Sequence[Option]) -> Iterator[BesideRow]:
    """Totals, items of cost, key figures and places short of plans side by side."""
    if not options:
        return
    yield _beside("cost in all", [each.total for each in options])
    known = list(words.COSTS)
    by_table = sorted(money_rows(options), key=lambda row: known.index(row.item) if row.item in known else len(known))
    for row in by_table:
        yield _beside(item_name(row.item, fixed=row.fixed), [value or 0.0 for value in row.values])
    for row in figure_rows(options):
        yield _figures(row)
    yield _beside("places short", [float(each.places_short) for each in options])


def _beside(name: str, values: Sequence[float]) -> BesideRow:
    return BesideRow(name, tuple(map(words.money, values)), signed(values[-1] - values[0]))


def _figures(row: Row) -> BesideRow:
    shown = tuple("-" if value is None else _figure(row.item, value) for value in row.values)
    first, last = row.values[0], row.values[-1]
    apart = "" if first is None or last is None else _signed_figure(row.item, last - first)
    return BesideRow(_label(row.item), shown, apart)


def _signed_figure(name: str, value: float) -> str:
    shown, nothing = (_figure(name, each).replace(" %", " points") for each in (abs(value), 0.0))
    return shown if shown == nothing else f"{'+' if value > 0 else '-'}{shown}"
