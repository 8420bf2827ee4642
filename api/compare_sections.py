"""A comparison as sections of rows, from which its text, its Markdown and its Excel sheets are made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api import words
from api.summary import FIGURES
from optimizer.scenario.faults import dotted, number
from optimizer.whatif.attribution import Attribution, Part
from optimizer.whatif.compare import Against, Compared, Figure
from optimizer.whatif.inputs import Input
from optimizer.whatif.outcomes import FIXED, Outcome

WAYS: Final = {
    "ordered": "changed over one after another, in this order",
    "shapley": "each the mean over all orders (Shapley)",
    "none": "the inputs are the same; the searches ended apart",
}
"""How a difference was shared out, in words."""

SHORT: Final = 40
"""Longest value shown whole."""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title: texts as people read them, and beside them the figures that a `sheet` so called holds."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[str | float | None, ...], ...]
    beneath: tuple[str, ...] = ()
    note: str = ""
    sheet: str = ""


def sections(compared: Compared, each: Against) -> tuple[Section, ...]:
    """Everything that differs between the first option and another; nothing where nothing does."""
    names = compared.first.name, each.option.name
    found = [_inputs(each.inputs, names), _money(each.money, names), _figures(each.figures, names)]
    if each.attribution is not None:
        found.append(_parts(each.attribution))
    return tuple(section for section in found if section.rows)


def overview(compared: Compared) -> Section:
    """A line for each option: what it costs, and how much more than the first."""
    rows, values = [], []
    for name, outcome in options(compared):
        more = difference(compared.outcome, outcome)
        cells = (outcome.total, more, outcome.figures.get("boarded_days"), outcome.figures.get("fill_rate"))
        values.append((name, *cells, proof(outcome)))
        rows.append((name, *_overview_cells(*cells), proof(outcome)))
    header = ("", "cost", "more than the first", "boarded days", "hours filled", "proven")
    return Section("Side by side", header, tuple(rows), tuple(values))


def _overview_cells(
    total: float | None, more: float | None, boarded: float | None, filled: float | None
) -> tuple[str, ...]:
    return (
        "no plan" if total is None else words.money(total),
        "" if more is None else signed(more),
        "" if boarded is None else f"{boarded:,.1f}",
        "" if filled is None else words.percent(filled, 1),
    )


def options(compared: Compared) -> list[tuple[str, Outcome]]:
    """Every option's name and outcome, the first first."""
    return [
        (compared.first.name, compared.outcome),
        *((each.option.name, each.outcome) for each in compared.others),
    ]


def difference(first: Outcome, other: Outcome) -> float | None:
    """How much more the other costs; None where either has no plan."""
    return None if first.total is None or other.total is None else other.total - first.total


def proof(outcome: Outcome) -> str:
    """How near a plan is proven to be to the least cost, in words."""
    if outcome.total is None:
        return str(outcome.status).replace("_", " ")
    if outcome.least is None:
        return "nothing proven"
    gap = max(0.0, outcome.total - outcome.least)
    return "the least possible" if gap < 0.01 else f"within {words.money(gap)}"


def _inputs(inputs: Sequence[Input], names: tuple[str, str]) -> Section:
    rows = [(path_of(each), *_sides(each)) for each in inputs]
    header: tuple[str, ...] = ("", *names)
    if any(each.by for each in inputs):
        header = (*header, "by")
        rows = [(*row, each.by) for row, each in zip(rows, inputs, strict=True)]
    return Section("Inputs that differ", header, tuple(rows), tuple(rows), sheet="inputs")


def path_of(each: Input) -> str:
    """A path as planners write it."""
    return dotted(each.path)


def _sides(each: Input) -> tuple[str, ...]:
    return (brief(each.before), "other data" if each.data else brief(each.after))


def brief(value: object) -> str:
    """A value on one line, cut where it is long."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False).replace('"', "")
    else:
        text = {True: "true", False: "false"}.get(value, "") if isinstance(value, bool) else number(value)
    return words.cut(text, SHORT)


def _money(money: Sequence[Figure], names: tuple[str, str]) -> Section:
    known = list(words.COSTS)
    ordered = sorted(money, key=lambda each: known.index(each.name) if each.name in known else len(known))
    rows = tuple(
        (item_name(each.name), words.money(each.before or 0.0), words.money(each.after or 0.0), signed(each.change))
        for each in ordered
    )
    values = tuple((item_name(each.name), each.before or 0.0, each.after or 0.0, each.change) for each in ordered)
    return Section("Cost that differs", ("", *names, "change"), rows, values, sheet="cost")


def item_name(item: str) -> str:
    """A cost item in words, fixed ones too."""
    return item.replace("staff.", "own ", 1) if item.startswith(FIXED) else words.cost_name(item)


def _figures(figures: Sequence[Figure], names: tuple[str, str]) -> Section:
    told = [(row, each) for each in figures if (row := _figure_row(each))[1] != row[2]]
    rows = tuple(row for row, _ in told)
    values = tuple((row[0], each.before, each.after, each.change) for row, each in told)
    return Section("Other outputs that differ", ("", *names, "change"), rows, values, sheet="outputs")


WORDS: Final = {
    "dearest_futures": ("cost of the dearest futures", words.money),
    "value_of_knowing": ("value of knowing what comes", words.money),
}
"""What figures beside the key figures are called, and how they are written."""


def _figure_row(each: Figure) -> tuple[str, ...]:
    usual = (each.name.replace("_", " "), lambda value: f"{value:,.1f}")
    label, write = {**FIGURES, **WORDS}.get(each.name, usual)
    before, after = (0.0 if side is None and each.name not in FIGURES else side for side in (each.before, each.after))
    told = tuple("none" if side is None else write(side) for side in (before, after))
    if before is None or after is None:
        return (label, *told, "")
    sign = "+" if each.change > 0 else "-"
    return (label, *told, f"{sign}{write(abs(each.change))}".replace(" %", " points"))


def _parts(found: Attribution) -> Section:
    rows = [(part_name(part), signed(part.money), range_of(part)) for part in found.parts]
    values: list[tuple[str | float | None, ...]]
    values = [(part_name(part), part.money, range_of(part)) for part in found.parts]
    beneath = [f"mostly {'; '.join(_mostly(part))}" if len(part.items) > 1 else "" for part in found.parts]
    total = sum(part.money for part in found.parts)
    if len(rows) > 1:
        rows.append(("together", signed(total), ""))
        values.append(("together", total, None))
    way = WAYS[found.way] if len(found.parts) > 1 or found.way == "none" else "all by what differs"
    header = ("", "part", "as far as proven")
    note = found.note
    return Section(f"Why the cost differs: {way}", header, tuple(rows), tuple(values), tuple(beneath), note, "why")


def part_name(part: Part) -> str:
    """The inputs that make a part; by their variant's name where it is one, and they are several."""
    laid = {each.by for each in part.inputs}
    if len(part.inputs) > 1 and len(laid) == 1 and (name := laid.pop()):
        return f"{name} ({len(part.inputs)} inputs)"
    return ", ".join(map(path_of, part.inputs)) or "how far the search came"


def range_of(part: Part) -> str:
    """Between what a part lies if every plan were one of least cost."""
    if part.low is None or part.high is None:
        return "nothing proven"
    if part.high - part.low < 0.01:
        return "exactly"
    return f"{signed(part.low)} to {signed(part.high)}"


def _mostly(part: Part, most: int = 3) -> Iterator[str]:
    """The items in which most of a part lies."""
    for item, money in sorted(part.items.items(), key=lambda pair: -abs(pair[1]))[:most]:
        yield f"{item_name(item)} {signed(money)}"


def signed(money: float) -> str:
    """+1,250 or -80.50."""
    text = words.money(abs(money))
    return "0" if text == "0" else f"{'+' if money > 0 else '-'}{text}"
