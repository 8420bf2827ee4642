"""Descriptions as pictures (SVG or PNG) by matplotlib: equal descriptions give equal bytes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from forecasting.describing.description import Described
from forecasting.describing.rhythms import Effect, Rhythm
from forecasting.describing.time_axis import TimeAxis
from forecasting.describing.views import daily
from forecasting.levels import FAR, JUMPS
from forecasting.panel import centred_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#1f3a4d"
SOFT: Final = "#9db8c7"
ABOVE: Final = "#b5532a"
BELOW: Final = "#2f7a8c"
GREY: Final = "#6b7680"
MOST_HOLIDAYS: Final = 12
MOST_LINKS: Final = 10
SETTINGS: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "svg.hashsalt": "wardwright",
}


def picture(described: Described, form: str = "svg") -> bytes:
    """The description of one series as an image: `form` is svg or png."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing", category=UserWarning)
        figure = Figure(layout=ConstrainedLayoutEngine(h_pad=0.09, w_pad=0.06))
        _filled(figure, described)
        data = io.BytesIO()
        figure.savefig(data, format=form, dpi=110, metadata={"Date": None} if form == "svg" else {"Software": None})
    return data.getvalue()


def _filled(figure: Figure, described: Described) -> None:
    """The series on top, a row for its rhythms, and a row for holidays and what it goes with."""
    rhythms = described.rhythms
    last = [draw for draw, there in ((_draw_holidays, described.holidays), (_draw_links, described.links)) if there]
    deep = max(min(len(described.holidays), MOST_HOLIDAYS), min(len(described.links), MOST_LINKS), 5) * 0.2 + 0.9
    rows = [2.6] + ([2.5] if rhythms else []) + ([deep] if last else [])
    figure.set_size_inches(10, sum(rows))
    grid = figure.add_gridspec(len(rows), 1, height_ratios=rows)
    _draw_series(figure.add_subplot(grid[0]), described)
    if rhythms:
        widths = [1.4 if len(one.effects) > 7 else 1.0 for one in rhythms]
        inner = grid[1].subgridspec(1, len(rhythms), width_ratios=widths)
        for at, rhythm in enumerate(rhythms):
            _draw_rhythm(figure.add_subplot(inner[at]), rhythm)
    if last:
        inner = grid[len(rows) - 1].subgridspec(1, len(last))
        for at, draw in enumerate(last):
            draw(figure.add_subplot(inner[at]), described)


def _draw_series(axes: Axes, described: Described) -> None:
    """The values by day (week), with the mean of the weeks around; long gaps are cut."""
    days, weekly = described.days, described.recording.step.days > 1
    known = np.isfinite(days.values)
    axis = TimeAxis.of(days.dates, known)
    shown = known if weekly else np.ones(len(known), dtype=bool)
    axes.plot(axis.places[shown], days.values[shown], color=SOFT, linewidth=0.9 if weekly else 0.7)
    around = centred_mean(days.values[None, :], 63 if weekly else 35)[0]
    axes.plot(axis.places, np.where(_near(days.values), around, np.nan), color=INK, linewidth=1.4)
    step = "week" if weekly else "day"
    axes.set_title(f"{described.name}, by {step}; the line is the mean of the weeks around{_legend(described)}")
    axes.set_ylim(0 if np.nanmin(days.values) >= 0 else None, _top(days.values))
    _mark(axes, described, axis)
    axis.label(axes)
    axes.margins(x=0.01)


def _top(values: np.ndarray) -> float | None:
    """A little more than the most; an outlier, which is left out of the values, is shown at that edge."""
    most = float(np.nanmax(values))
    return most * 1.12 if most > 0 else None


def _legend(described: Described) -> str:
    kinds = {fault.kind for fault in described.recording.faults}
    said = ["rings look wrong"] if FAR in kinds else []
    said += ["dashes: the level jumps"] if JUMPS in kinds else []
    return "".join(f"; {each}" for each in said)


def _mark(axes: Axes, described: Described, axis: TimeAxis) -> None:
    """A ring on each suspected outlier, with its figure where it is beyond the edge; a dashed line at level jumps."""
    found = described.recording
    whole = daily(found)
    low, high = axes.get_ylim()
    for fault in found.faults:
        day = np.datetime64(fault.when[:10]) if fault.kind in (JUMPS, FAR) else None
        if day is None or not np.isfinite(axis.place(day)):
            continue
        if fault.kind == JUMPS:
            axes.axvline(axis.place(day), color=ABOVE, linewidth=1.0, linestyle="--")
            continue
        value = float(whole.values[int((day - whole.dates[0]).astype(np.int64))])
        at = (axis.place(day), min(max(value, low), high))
        axes.plot(*at, "o", color=ABOVE, markersize=5, fillstyle="none", clip_on=False)
        if value != at[1]:
            axes.annotate(f"{value:,.0f}", at, xytext=(6, -3), textcoords="offset points", color=ABOVE, fontsize=8)


def _near(values: np.ndarray) -> np.ndarray:
    """Whether a known value lies within a week."""
    known = np.isfinite(values).astype(np.float64)
    return np.convolve(known, np.ones(15))[7:-7] > 0


def _draw_rhythm(axes: Axes, rhythm: Rhythm) -> None:
    """Bars for each level, above or below what is usual, with their intervals."""
    _bars(axes, rhythm.effects)
    axes.set_title(f"{rhythm.factor.capitalize()} explains {100 * rhythm.strength:.0f} %")
    labels = [one.label for one in rhythm.effects]
    if len(labels) > 12:
        axes.set_xticks(range(0, len(labels), 6), labels[::6])
    elif rhythm.factor == "month":
        axes.set_xticks(range(len(labels)), [label[0] if len(labels) > 7 else label for label in labels])


def _bars(axes: Axes, effects: Sequence[Effect]) -> None:
    shares = np.array([one.share for one in effects]) * 100
    reach = np.array([[one.share - one.low for one in effects], [one.high - one.share for one in effects]]) * 100
    colours = [ABOVE if share > 0 else BELOW for share in shares]
    axes.bar(range(len(effects)), shares, yerr=reach, color=colours, width=0.7, error_kw={"ecolor": GREY, "lw": 0.9})
    axes.set_xticks(range(len(effects)), [one.label for one in effects])
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_ylabel("% from usual")


def _draw_holidays(axes: Axes, described: Described) -> None:
    """A point and its interval for each holiday, the largest on top."""
    shown = sorted(described.holidays, key=lambda one: one.low <= 0 <= one.high)[:MOST_HOLIDAYS]
    at = np.arange(len(shown))[::-1]
    for place, one in zip(at, shown, strict=True):
        clear = one.low > 0 or one.high < 0
        colour = (ABOVE if one.share > 0 else BELOW) if clear else GREY
        axes.plot([one.low * 100, one.high * 100], [place, place], color=colour, linewidth=1.2)
        axes.plot([one.share * 100], [place], "o", color=colour, markersize=4)
    axes.set_yticks(at, [_short(one.label) for one in shown])
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlabel("% beyond the weekday's usual, 95 % interval")
    axes.set_title("Public holidays")


def _draw_links(axes: Axes, described: Described) -> None:
    """A bar for each series that this one goes with."""
    links = described.links[:MOST_LINKS]
    at = np.arange(len(links))[::-1]
    colours = [(ABOVE if one.correlation > 0 else BELOW) if one.corrected < 0.05 else SOFT for one in links]
    axes.barh(at, [one.correlation for one in links], color=colours, height=0.65)
    labels = [f"{_short(one.other)}, {one.lead} d before" if one.lead else _short(one.other) for one in links]
    axes.set_yticks(at, labels)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlim(-1, 1)
    axes.set_ylim(min(-0.5, len(links) - 5.5), len(links) - 0.5)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.set_xlabel("correlation of unusual days (pale: may be chance)")
    axes.set_title("Goes with")


def _short(label: str) -> str:
    return label if len(label) <= 26 else f"{label[:25]}…"
