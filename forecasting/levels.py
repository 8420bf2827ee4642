"""What looks wrong in a series but may be true: values far from their neighbours, and levels that jump.

Nothing is changed here: each is a fault whose value stays, to be judged by someone who knows the hospital. Both tests
are robust (medians and MAD: Rousseeuw and Croux, Alternatives to the median absolute deviation, JASA 1993), so that
what they look for does not hide itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.cleaning import shown
from forecasting.notes import Fault
from forecasting.recording import Floats, Ints, Recording

FAR: Final = "values far from their neighbours"
"""The kind of fault of an outlier."""

OUTLYING: Final = 8.0
"""Robust standard deviations from what neighbours and weekday say beyond which a value is suspected."""

JUMPS: Final = "levels that jump"
"""The kind of fault of a level shift."""

NEVER_EMPTY: Final = 25.0
"""Where so many are usual, nobody at all is suspected even for days on end: chance says so once in 10^11 days."""

LEAST_SHARE: Final = 0.25
"""No value is an outlier that differs by less than this share of its level."""

JUMP: Final = 0.2
"""No level is a jump that changes by less than this share."""

JUMPING: Final = 8.0
"""Robust standard deviations (of the mean of one side) that a jump must exceed."""

SIDE_WEEKS: Final = 4
STAYS: Final = 0.5
"""The share of a jump that must still show four weeks further off, on both sides: a peak comes back."""

ABRUPT: Final = 0.8
"""The share of a jump that must show between the last and the next week: a wave rises over longer."""


def suspicions(recording: Recording) -> tuple[Fault, ...]:
    """Outliers and level shifts of a series, as faults that change nothing."""
    return (*_outliers(recording), *_level_shifts(recording))


def _outliers(recording: Recording) -> Iterator[Fault]:
    """Values far from the same weekday (and hour) of the weeks around, from the steps before and from those after."""
    values = recording.values
    season = recording.step.season if recording.step.days == 1 else 1
    usual = _median_of(values, [ahead * season for ahead in range(-SIDE_WEEKS, SIDE_WEEKS + 1) if ahead])
    near_both = _median_of(values, (1, 2, 3)), _median_of(values, (-1, -2, -3))
    far = np.isfinite(usual) & _far(values, usual) & _far(values, near_both[0]) & _far(values, near_both[1])
    far |= (values == 0) & (usual >= NEVER_EMPTY)
    for at in np.flatnonzero(far):
        when = shown(recording.times[at].item())
        message = f"{values[at]:g} on {when} where about {usual[at]:.0f} was to be expected; kept"
        yield Fault(int(recording.lines[at]), 1, FAR, message, when, *_same(values[at]))


def _same(value: float) -> tuple[str, str]:
    return f"{value:g}", f"{value:g}"


def _far(values: Floats, usual: Floats) -> NDArray[np.bool_]:
    """Whether a value lies far from what is usual: by robust deviations, by chance of a count, and as a share.

    Where nothing is known to be usual (the ends) a known value counts as far: the other tests decide.
    """
    away = values - usual
    noise = np.maximum(_spread(away), np.sqrt(np.maximum(usual, 1.0)))
    near = np.abs(away) <= np.maximum(OUTLYING * noise, LEAST_SHARE * usual)
    return np.asarray(np.isfinite(values) & ~near)


def _median_of(values: Floats, away: Sequence[int]) -> Floats:
    """The median of the known values so many places before each (after it where negative) (T,)."""
    return _median(np.stack([_shifted(values, by) for by in away]))


def _shifted(values: Floats, by: int) -> Floats:
    """Values moved along by so many places, NaN where nothing moves in."""
    moved = np.full_like(values, np.nan)
    if abs(by) < len(values):
        moved[max(by, 0) : len(values) + min(by, 0)] = values[max(-by, 0) : len(values) - max(by, 0)]
    return moved


def _median(stack: Floats) -> Floats:
    """The median over the first axis of what is known; NaN where nothing is."""
    known = np.isfinite(stack).any(axis=0)
    found = np.full(stack.shape[1:], np.nan)
    if known.any():
        found[known] = np.nanmedian(stack[:, known], axis=0)
    return found


def _spread(values: Floats) -> float:
    """1.4826 MAD of the known values; 0 for none."""
    known = values[np.isfinite(values)]
    return float(1.4826 * np.median(np.abs(known - np.median(known)))) if len(known) else 0.0


def _level_shifts(recording: Recording) -> Iterator[Fault]:
    """The days (or weeks) at which the level jumps and stays: medians of four known weeks before and after."""
    places, values = _by_day(recording)
    week = 1 if recording.step.days > 1 else 7
    side = SIDE_WEEKS * week
    if len(values) < 2 * side:
        return
    for at in _jumps(values, week, side):
        before, after = np.median(values[max(at - side, 0) : at]), np.median(values[at : at + side])
        when = shown(recording.times[places[at]].item())
        why = "a merger, or a new way of counting?"
        message = f"the level goes from about {before:,.0f} to {after:,.0f} at {when} ({why}); kept"
        line = int(recording.lines[places[at]])
        yield Fault(line, 1, JUMPS, message, when, f"{before:.6g}", f"{after:.6g}")


def _by_day(recording: Recording) -> tuple[Ints, Floats]:
    """The first known slot of each day that has one, and the day's mean."""
    known = np.flatnonzero(np.isfinite(recording.values))
    days = recording.times[known].astype("datetime64[D]")
    _, first, count = np.unique(days, return_index=True, return_counts=True)
    return known[first], np.add.reduceat(recording.values[known], first) / count


def _jumps(values: Floats, week: int, side: int) -> list[int]:
    """Places (indices) where values jump, the largest of each neighbourhood."""
    windows = np.lib.stride_tricks.sliding_window_view(values, side)
    middle = np.median(windows, axis=1)
    spread = 1.4826 * np.median(np.abs(windows - middle[:, None]), axis=1)
    short = np.median(np.lib.stride_tricks.sliding_window_view(values, week), axis=1)
    places = np.arange(side, len(values) - side + 1)
    before, after = middle[places - side], middle[places]
    change = after - before
    noise = np.maximum(np.maximum(spread[places - side], spread[places]), np.sqrt(np.maximum(before, 1.0)))
    large = np.abs(change) > np.maximum(JUMP * np.maximum(before, after), JUMPING * noise / np.sqrt(SIDE_WEEKS))
    abrupt = (short[places] - short[places - week]) * np.sign(change) > ABRUPT * np.abs(change)
    earlier = middle[np.maximum(places - 2 * side, 0)]
    later = middle[np.minimum(places + side, len(middle) - 1)]
    towards = np.sign(change)
    stays = np.minimum((after - earlier) * towards, (later - before) * towards) > STAYS * np.abs(change)
    peaks = _peaks(places, np.where(large & abrupt & stays, np.abs(change), 0.0), side)
    return [_steepest(values, at, week) for at in peaks]


def _steepest(values: Floats, at: int, week: int) -> int:
    """The place within a week of `at` where one value differs most from the one before."""
    first = max(at - week, 1)
    return first + int(np.argmax(np.abs(np.diff(values[first - 1 : at + week]))))


def _peaks(places: Ints, strength: Floats, apart: int) -> list[int]:
    """The strongest places, none nearer than `apart` to a stronger one, in order."""
    found: list[int] = []
    for at in np.argsort(-strength, kind="stable"):
        if strength[at] <= 0:
            break
        if all(abs(int(places[at]) - other) >= apart for other in found):
            found.append(int(places[at]))
    return sorted(found)
