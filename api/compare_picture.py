"""Why one option costs more than another, as a waterfall: from the first cost, part by part, to the other's."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from api import words
from api.compare_sections import part_name, signed
from optimizer.whatif.compare import Against, Compared

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, MORE, LESS, WHOLE, GREY = "#1f3a4d", "#b5532a", "#2f7a8c", "#9db8c7", "#6b7680"
MOST: Final = 12
"""So many parts are drawn at most; the smallest are drawn as one."""
LONGEST: Final = 44
"""Longest name of a part, in characters."""
SETTINGS: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": GREY,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "svg.hashsalt": "wardwright",
}

Bar = tuple[str, float, float, str]
"""A bar's name, where it starts, how long it is, and its colour."""


def waterfall(compared: Compared, each: Against, form: str) -> bytes:
    """The picture as `svg` or `png`; equal comparisons give equal bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    drawn = bars(compared, each)
    with rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        figure = Figure(figsize=(9, 1.1 + 0.36 * len(drawn)), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, drawn)
        more = (each.outcome.total or 0.0) >= (compared.outcome.total or 0.0)
        than = f"{'more' if more else 'less'} than {_cut(compared.first.name)}"
        axes.set_title(f"Why {_cut(each.option.name)} costs {than}")
        broken = "" if axes.get_xlim()[0] <= 0 else ", not from 0"
        axes.set_xlabel(f"{compared.first.loaded.value.currency or 'cost'}{broken}", color=GREY)
        data = io.BytesIO()
        figure.savefig(data, format=form, dpi=120, metadata={"Date": None} if form == "svg" else {"Software": None})
    return data.getvalue()


def bars(compared: Compared, each: Against) -> list[Bar]:
    """The first cost, every part from where the one before ends, the other cost."""
    found = each.attribution.parts if each.attribution is not None else ()
    parts = _fewest([(part_name(part), part.money) for part in found])
    at = compared.outcome.total or 0.0
    drawn: list[Bar] = [(compared.first.name, 0.0, at, WHOLE)]
    for name, money in parts:
        drawn.append((name, at, money, MORE if money > 0 else LESS))
        at += money
    return [*drawn, (each.option.name, 0.0, each.outcome.total or 0.0, WHOLE)]


def _fewest(parts: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The parts in their order; where there are too many, those that matter least as one."""
    if len(parts) <= MOST:
        return list(parts)
    kept = sorted(parts, key=lambda part: -abs(part[1]))[: MOST - 1]
    rest = [part for part in parts if part not in kept]
    return [*(part for part in parts if part in kept), (f"{len(rest)} more", sum(money for _, money in rest))]


def _draw(axes: Axes, drawn: Sequence[Bar]) -> None:
    low, high = _span(drawn)
    for row, (_, start, length, colour) in enumerate(drawn):
        begin = max(start, low) if colour == WHOLE else start
        axes.barh(row, start + length - begin, left=begin, color=colour, height=0.62)
        text = words.money(length) if colour == WHOLE else signed(length)
        axes.text(max(start, start + length, low), row, f" {text}", va="center", color=INK)
        if row + 1 < len(drawn):
            axes.plot([start + length] * 2, [row - 0.31, row + 1.31], color=GREY, linewidth=0.7)
    axes.set_yticks(range(len(drawn)), [_cut(name) for name, *_ in drawn])
    axes.set_ylim(len(drawn) - 0.4, -0.6)
    axes.set_xlim(low, high)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(lambda value, _: words.money(value))


def _span(drawn: Sequence[Bar]) -> tuple[float, float]:
    """From where to where the axis runs: from 0, unless the parts would be too thin to see."""
    ends = [end for _, start, length, colour in drawn for end in (start + length, *((start,) * (colour != WHOLE)))]
    least, most = min(ends), max(ends)
    reach = max(most - least, 1e-9)
    low = 0.0 if least <= 0 or reach > 0.2 * most else least - 0.6 * reach
    return min(low, least), most + 0.22 * (most - min(low, least))


def _cut(text: str) -> str:
    return words.cut(text, LONGEST)
