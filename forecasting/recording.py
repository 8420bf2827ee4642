"""A series at any step as it was: contiguous pieces, NaN where no value is known, and a fault for everything cured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from forecasting.cleaning import Cleaned, shown
from forecasting.errors import HistoryError
from forecasting.notes import CUTS, CleaningNote, Fault, fold
from forecasting.steps import Step

Times = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Recording:
    """A cleaned series at its step.

    `times` (T,) datetime64[m] by the hospital's clock, ascending, contiguous inside a piece; `values` (T,) NaN where
    there is none; `lines` (T,) the row each value stands in, 0 where none does; `pieces` the first and last time (both
    inclusive) of each; `usable` counts the numbers; `faults` in file order, one for every cell or gap.
    """

    name: str
    file: str
    step: Step
    times: Times
    values: Floats
    lines: Ints
    pieces: tuple[tuple[datetime, datetime], ...]
    faults: tuple[Fault, ...]
    usable: int

    @property
    def notes(self) -> tuple[CleaningNote, ...]:
        """The faults in few words: equal ones folded into one."""
        return fold(self.file, self.faults)


def assembled(
    file: str, name: str, cleaned: Cleaned, step: Step, *, zone: ZoneInfo | None = None, refuse: bool = False
) -> Recording:
    """Order the times, settle doubled ones, cut the series into pieces and lay each on the grid of its step.

    Raises:
        HistoryError: no value at all, or a gap where gaps are refused.
    """
    _note_disorder(cleaned)
    lines, values = one_row_a_slot(cleaned, step, zone)
    slots = sorted(slot for slot, value in values.items() if not math.isnan(value))
    if not slots:
        raise HistoryError(file, 1, 1, f"no usable value in {name!r}")
    pieces = _pieces(slots, lines, cleaned, step, zone)
    if refuse:
        _refuse_gaps(file, slots, lines, cleaned, step)
    grid = np.concatenate([np.arange(first, last + 1) for first, last in pieces])
    return Recording(
        name=name,
        file=file,
        step=step,
        times=np.array([step.time(slot) for slot in grid.tolist()], dtype="datetime64[m]"),
        values=np.array([values.get(slot, math.nan) for slot in grid.tolist()], dtype=np.float64),
        lines=np.array([lines.get(slot, 0) for slot in grid.tolist()], dtype=np.int64),
        pieces=tuple((step.time(first), step.time(last)) for first, last in pieces),
        faults=tuple(sorted(cleaned.faults, key=lambda fault: (fault.line, fault.column))),
        usable=len(slots),
    )


def _note_disorder(cleaned: Cleaned) -> None:
    """One fault for each row that comes before its predecessor in time."""
    for at in range(1, len(cleaned.times)):
        when, before = cleaned.times[at], cleaned.times[at - 1]
        if when < before:
            message = f"{shown(when)} comes after {shown(before)}; rows put in order"
            cleaned.faults.append(Fault(cleaned.lines[at], 1, "rows out of order", message, shown(when)))


def one_row_a_slot(
    cleaned: Cleaned, step: Step, zone: ZoneInfo | None, *, repeated: str = "mean"
) -> tuple[dict[int, int], dict[int, float]]:
    """Row and value by slot: of a doubled one the last row that has a value counts, being the later correction.

    An hour that the clocks repeat is no correction: the mean of both is kept, or their sum where that is asked for.
    """
    lines: dict[int, int] = {}
    values: dict[int, float] = {}
    for when, value, line in zip(cleaned.times, cleaned.values, cleaned.lines, strict=True):
        slot = step.slot(when)
        if slot in lines:
            before = values[slot]
            value = _kept(before, value, repeated if clocks_change(step, when, zone) > 0 else "")
            cleaned.faults.append(_doubled(step, when, (lines[slot], line, cleaned.column), (before, value), zone))
        lines[slot], values[slot] = line, value
    if len(cleaned.times) > 1.5 * len(lines):
        several = "the file may hold several series, of which `where` picks one"
        message = f"most {step.plural} come more than once: {several}"
        cleaned.faults.append(Fault(cleaned.lines[0], 1, "several series", message))
    return lines, values


def _kept(before: float, value: float, how: str) -> float:
    if math.isnan(value) or math.isnan(before):
        return before if math.isnan(value) else value
    return {"mean": (before + value) / 2, "sum": before + value}.get(how, value)


def _doubled(
    step: Step, when: datetime, rows: tuple[int, int, int], was: tuple[float, float], zone: ZoneInfo | None
) -> Fault:
    """The fault of a slot given twice: `rows` are the first row, this one and the value's place."""
    first, line, column = rows
    before, kept = ("" if math.isnan(value) else f"{value:g}" for value in was)
    if clocks_change(step, when, zone) > 0:
        message = f"{shown(when)} comes twice as the clocks go back (before at line {first}); together {kept}"
        return Fault(line, column, "hours repeated by the clocks", message, shown(when), before, kept)
    message = f"{shown(when)} was given before at line {first}; {kept or 'nan'} is kept"
    return Fault(line, column, f"{step.plural} given twice", message, shown(when), before, kept)


def clocks_change(step: Step, when: datetime, zone: ZoneInfo | None) -> int:
    """1 where the clocks of the zone repeat this time, -1 where they leave it out, else 0 (as for days and weeks)."""
    if zone is None or len(step.starts) < 2:
        return 0
    first, second = (when.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first is None or second is None or first == second:
        return 0
    return 1 if first > second else -1


def _pieces(
    slots: list[int], lines: Mapping[int, int], cleaned: Cleaned, step: Step, zone: ZoneInfo | None
) -> list[tuple[int, int]]:
    """First and last usable slot of each piece; a fault for each gap between pieces and each run of absent rows."""
    pieces = [(slots[0], slots[0])]
    for before, slot in pairwise(slots):
        gap = slot - before - 1
        if gap > step.gap:
            when = shown(step.time(slot))
            message = f"no usable value for {gap} {step.plural} before {when}; the series goes on as a new piece"
            cleaned.faults.append(Fault(lines[slot], 1, CUTS, message, when))
            pieces.append((slot, slot))
        elif gap:
            _note_absent(before, slot, lines, cleaned, (step, zone))
        pieces[-1] = (pieces[-1][0], slot)
    return pieces


def _note_absent(
    before: int, slot: int, lines: Mapping[int, int], cleaned: Cleaned, grid: tuple[Step, ZoneInfo | None]
) -> None:
    """A fault where rows are absent between two slots that have values; a skipped hour is named for what it is."""
    step, zone = grid
    absent = [each for each in range(before + 1, slot) if each not in lines]
    skipped = [each for each in absent if clocks_change(step, step.time(each), zone) < 0]
    when, line = shown(step.time(slot)), lines[slot]
    for each in skipped:
        message = f"{shown(step.time(each))} does not exist: the clocks go forward"
        cleaned.faults.append(Fault(line, 1, "hours left out by the clocks", message, shown(step.time(each))))
    rest = len(absent) - len(skipped)
    if rest:
        message = f"no row for {rest} of the {slot - before - 1} {step.plural} before {when}; taken as missing"
        cleaned.faults.append(Fault(line, 1, f"gaps in the {step.plural}", message, when))


def _refuse_gaps(file: str, slots: list[int], lines: Mapping[int, int], cleaned: Cleaned, step: Step) -> None:
    """Raise at the first usable slot that does not follow on the one before."""
    for before, slot in pairwise(slots):
        if slot - before > 1:
            between = f"between {shown(step.time(before))} and {shown(step.time(slot))}"
            message = f"no usable value {between}, and missing {step.plural} are refused (missing: refuse)"
            raise HistoryError(file, lines[slot], cleaned.column, message)
