"""What one person's line costs, compiled: every rule of single people counted from her cells alone. Import late: Numba.

A tally has points, hard breaches, and then her burdens: nights, weekends, hours, shifts, wishes not met.
"""

from __future__ import annotations

from typing import Final

from optimizer.roster.compiled import lean
from optimizer.roster.hospital_arrays import (
    DAY_OFF,
    Bools,
    Floats,
    Hours,
    Ints,
    Near,
    Runs,
    Shares,
    Ward,
    Weekends,
    Windows,
)

SOFT: Final = 0
HARD: Final = 1
NIGHTS: Final = 2
WEEKENDS: Final = 3
HOURS: Final = 4
SHIFTS: Final = 5
UNMET: Final = 6
TALLY: Final = 7
"""Places in a tally, and how many there are."""


@lean
def count_line(ward: Ward, who: int, line: Ints, tally: Floats) -> None:
    """The tally of a person's line (D,)."""
    tally[:] = 0.0
    _cells(ward, who, line, tally)
    _near(ward.near, ward.duties.place, line, tally)
    for rule in range(len(ward.windows.length)):
        if ward.windows.binds[rule, who]:
            _window(ward.windows, rule, who, line, tally)
    if ward.runs.kept[0]:
        _working(ward.runs, ward.cells.absent, who, line, tally)
    if ward.runs.kept[1]:
        _nightly(ward.runs, ward.cells.absent, ward.duties.night, who, line, tally)
    if ward.runs.kept[2]:
        _resting(ward.runs, ward.cells.absent, who, line, tally)
    _weekends(ward.weekends, ward.cells.absent, who, line, tally)
    _hours(ward.hours, who, tally)
    tally[HOURS] /= 60.0
    _shares(ward.shares, who, tally)


@lean
def _cells(ward: Ward, who: int, line: Ints, tally: Floats) -> None:
    """What hangs on each cell alone."""
    cells, duties = ward.cells, ward.duties
    for day in range(len(line)):
        at = line[day]
        if at == DAY_OFF:
            tally[SOFT] += cells.off[who, day]
            tally[HARD] += cells.off_hard[who, day]
            tally[UNMET] += cells.unmet_off[who, day]
        else:
            tally[SOFT] += cells.own[who, at]
            tally[HARD] += cells.own_hard[who, at]
            tally[UNMET] += cells.unmet[who, at]
            tally[NIGHTS] += duties.night[at]
            tally[HOURS] += duties.paid[at]
            tally[SHIFTS] += 1.0


@lean
def _near(near: Near, place: Ints, line: Ints, tally: Floats) -> None:
    """Duties too near one another."""
    for day in range(len(line)):
        if line[day] != DAY_OFF:
            first = place[line[day]]
            for later in range(day + 1, min(len(line), day + 1 + near.reach[day, first])):
                if line[later] != DAY_OFF:
                    then = place[line[later]]
                    tally[SOFT] += near.soft[day, first, later - day - 1, then]
                    tally[HARD] += near.hard[day, first, later - day - 1, then]


@lean
def _window(windows: Windows, rule: int, who: int, line: Ints, tally: Floats) -> None:
    """Sums in the windows of one limit."""
    weight, length = windows.weight[rule], windows.length[rule]
    total, amount, days = 0, 0, len(line)
    for day in range(days):
        if line[day] != DAY_OFF:
            total += weight[line[day]]
        if day >= length and line[day - length] != DAY_OFF:
            total -= weight[line[day - length]]
        if windows.once[rule] == 0 or day == days - 1:
            value = total + windows.before[rule, who, day]
            amount += max(0, value - windows.most[rule])
            if windows.asks[rule, who, day]:
                amount += max(0, windows.least[rule] - value)
    tally[SOFT] += amount * windows.soft[rule]
    tally[HARD] += amount * windows.hard[rule]


@lean
def _ended(runs: Runs, kind: int, length: int, excused: bool, tally: Floats) -> None:
    """A run is over: too short, and not cut short by an absence?"""
    if 0 < length < runs.least[kind] and not excused:
        tally[SOFT] += (runs.least[kind] - length) * runs.soft[kind]
        tally[HARD] += (runs.least[kind] - length) * runs.hard[kind]


@lean
def _grown(runs: Runs, kind: int, length: int, tally: Floats) -> None:
    """A run has so many days: too long?"""
    if length > runs.most[kind]:
        tally[SOFT] += runs.soft[kind]
        tally[HARD] += runs.hard[kind]


@lean
def _cut_short(absent: Bools, who: int, day: int, length: int) -> bool:
    """Whether somebody was absent before or after a run of work that ended the day before."""
    return bool(absent[who, day] or (day - length >= 1 and absent[who, day - length - 1]))


@lean
def _working(runs: Runs, absent: Bools, who: int, line: Ints, tally: Floats) -> None:
    length = runs.before[who, 0]
    for day in range(len(line)):
        if line[day] == DAY_OFF:
            _ended(runs, 0, length, _cut_short(absent, who, day, length), tally)
            length = 0
        else:
            length += 1
            _grown(runs, 0, length, tally)


@lean
def _nightly(runs: Runs, absent: Bools, night: Ints, who: int, line: Ints, tally: Floats) -> None:
    length = runs.before[who, 1]
    for day in range(len(line)):
        if line[day] == DAY_OFF or night[line[day]] == 0:
            _ended(runs, 1, length, _cut_short(absent, who, day, length), tally)
            length = 0
        else:
            length += 1
            _grown(runs, 1, length, tally)


@lean
def _resting(runs: Runs, absent: Bools, who: int, line: Ints, tally: Floats) -> None:
    """Days before the roster count for rest too short; for rest too long neither they nor days away."""
    length, present, excused = runs.before[who, 2], 0, False
    for day in range(len(line)):
        if line[day] == DAY_OFF:
            length += 1
            excused = excused or absent[who, day]
            present = 0 if runs.away[who, day] else present + 1
            _grown(runs, 2, present, tally)
        else:
            _ended(runs, 2, length, excused, tally)
            length, present, excused = 0, 0, False


@lean
def _weekends(weekends: Weekends, absent: Bools, who: int, line: Ints, tally: Floats) -> None:
    row, worked, inside = 0, 0, 0
    for earlier in range(weekends.before.shape[1]):
        row = row + 1 if weekends.before[who, earlier] else 0
    for at in range(len(weekends.first)):
        first, then = line[weekends.first[at]] != DAY_OFF, line[weekends.last[at]] != DAY_OFF
        worked += first or then
        if first != then and not (absent[who, weekends.first[at]] or absent[who, weekends.last[at]]):
            tally[SOFT] += weekends.whole
        row = row + 1 if first or then or (at == 0 and weekends.begun[who]) else 0
        inside += weekends.row > 0 and row >= weekends.row
    inside += max(0, worked - weekends.most)
    tally[SOFT] += inside * weekends.soft
    tally[HARD] += inside * weekends.hard
    tally[WEEKENDS] = worked


@lean
def _hours(hours: Hours, who: int, tally: Floats) -> None:
    """Minutes worked beside those of the contract."""
    due = hours.due[who]
    if due < 0:
        return
    off = tally[HOURS] - due
    tally[SOFT] += hours.more * off if off > 0 else -hours.less * off
    tally[HARD] += hours.more_hard * off if off > 0 else -hours.less_hard * off
    if off > hours.beyond:
        tally[HARD] += 1.0


@lean
def _shares(shares: Shares, who: int, tally: Floats) -> None:
    """What is off a fair share of her own; `tally` has the burdens without what was before."""
    if shares.counted[who]:
        for rule in range(len(shares.off_burden)):
            burden = shares.off_burden[rule]
            has = tally[NIGHTS + burden] + shares.base[who, burden]
            tally[SOFT] += shares.off_cost[rule] * abs(has - shares.target[rule, who])
