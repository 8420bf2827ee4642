"""How many people each unit needs on duty in each interval, as a linear function of its patients.

Need of one rule = patients counted x people per patient (rounded up where the rule says whole people) + people needed
whatever the patients. Where several rules hold for a unit and staff group, each of them must be met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from optimizer.expansion.beds import open_anyway, open_by_bay
from optimizer.expansion.demand import per_period
from optimizer.expansion.grid import Bools, Floats, Grid
from optimizer.scenario.cover import AcuityScale, Cover
from optimizer.scenario.crosscheck import unit_names
from optimizer.scenario.model import Scenario
from optimizer.scenario.patients import PatientGroup
from optimizer.scenario.quantities import MINUTES_PER_DAY
from optimizer.scenario.staff import StaffGroup

FORGIVEN: Final = {"none": 0.0, "nearest": 0.5, "up": 0.0}
"""People taken off before rounding up, by the way a cover entry rounds."""

ROUNDING_SLACK: Final = 1e-6
"""A need this little above a whole number is that number: the rest is arithmetic."""

Rule = Literal["ratio", "care hours", "smallest team", "people", "skill mix"]


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """One rule at one unit for one staff group.

    `per_patient` (K, T) people per patient present; `least` (T,) people needed besides, coordinators included,
    while the unit is open, and `least_if_open` (T,) the same where that hangs on an escalation bay being open; `asked`
    (T,) intervals in which the rule holds; `rounded` whether the patients' part is whole people: what is left of it
    when `forgiven` people are taken off, rounded up (0: always up, .5: to the nearest, halves down);
    `of` and `share` name a skill mix: at least that share of everyone on duty from these groups. `price` is currency
    per person-hour short; hard needs may not be short.
    """

    unit: int
    staff: int
    rule: Rule
    cover: int
    per_patient: Floats
    least: Floats
    least_if_open: Floats
    asked: Bools
    rounded: bool
    forgiven: float
    hard: bool
    price: float
    of: tuple[int, ...] = ()
    share: float = 0.0


def whole_people(need: Need, driven: Floats) -> Floats:
    """People for patients (T,) as the rule counts them: rounded where it says so."""
    return np.maximum(np.ceil(driven - need.forgiven - ROUNDING_SLACK), 0.0) if need.rounded else driven


def make_needs(scenario: Scenario, grid: Grid) -> tuple[Need, ...]:
    """Every need of every cover entry, unit by unit."""
    frame = _Frame(scenario, grid, shifts_running(grid), open_anyway(scenario, grid), open_by_bay(scenario, grid))
    return tuple(
        need
        for at, cover in enumerate(scenario.cover)
        for unit in cover.unit or unit_names(scenario)
        for need in _needs_of(_Entry(frame, at, cover, unit))
    )


def hour_factors(scenario: Scenario, grid: Grid) -> Floats:
    """(K, T) patients present in an interval over the day's figure, at the interval's peak hour."""
    factors = np.ones((len(scenario.patients), len(grid.period)))
    for row, group in enumerate(scenario.patients.values()):
        if group.hour_profile:
            for at in range(len(grid.period)):
                factors[row, at] = max(group.hour_profile[hour] for hour in _hours_touched(grid, at))
    return factors


def _hours_touched(grid: Grid, interval: int) -> Iterator[int]:
    begin, end = (int(edge) + grid.day_starts for edge in grid.edges[interval : interval + 2])
    for hour in range(begin // 60, (end - 1) // 60 + 1):
        yield hour % 24


def shifts_running(grid: Grid) -> dict[str, Bools]:
    """(T,) by shift name: whether a duty of that shift, begun on one of its weekdays, could be at work."""
    running: dict[str, Bools] = {}
    for number, duty in enumerate(grid.duties):
        here = grid.covers[number][grid.allowed[number]].any(axis=0)
        if grid.weekday(-1) in duty.weekdays:
            here = here | grid.covers_before[number]
        running[duty.shift] = running.get(duty.shift, np.zeros_like(here)) | here
    return running


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """What all cover entries share: when each shift runs, and on which days each unit is open (U, D)."""

    scenario: Scenario
    grid: Grid
    running: dict[str, Bools]
    open_anyway: Bools
    open_by_bay: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """One cover entry at one unit."""

    frame: _Frame
    number: int
    cover: Cover
    unit: str

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.frame.scenario

    @property
    def grid(self) -> Grid:
        """Its grid of time."""
        return self.frame.grid

    @property
    def staff(self) -> StaffGroup:
        """The staff group that must give the cover."""
        return self.scenario.staff[self.cover.staff]

    @property
    def nobody(self) -> Floats:
        """(K, T) no people for any patient."""
        return np.zeros((len(self.scenario.patients), len(self.grid.period)))

    def by_shift(self, figure: float | dict[str, float], *, stricter: np.ufunc) -> Floats:
        """(T,) a figure given once or by shift."""
        return _by_shift(figure, self.frame.running, len(self.grid.period), stricter=stricter)

    def need(self, demanded: _Demanded) -> Need:
        """The need with all that the entry says of it: where, whose, when, at what price."""
        cover, staff, units = self.cover, self.staff, unit_names(self.scenario)
        at, day = units.index(self.unit), self.grid.day_of_interval
        price = cover.short_cost_per_hour if cover.short_cost_per_hour is not None else staff.short_cost_per_hour
        besides = demanded.least + (0.0 if demanded.rule == "skill mix" else cover.coordinator)
        asked = _asked(cover, self.frame.running, len(self.grid.period))
        return Need(
            unit=at,
            staff=list(self.scenario.staff).index(cover.staff),
            rule=demanded.rule,
            cover=self.number,
            per_patient=demanded.per_patient,
            least=besides * self.frame.open_anyway[at][day],
            least_if_open=besides * self.frame.open_by_bay[at][day],
            asked=asked if demanded.where is None else asked & demanded.where,
            rounded=demanded.rounding != "none",
            forgiven=FORGIVEN[demanded.rounding],
            hard=cover.hard or self.scenario.service_level is not None,
            price=price or 0.0,
            of=demanded.of,
            share=demanded.share,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Demanded:
    """What one rule of a cover entry asks: the parts of a `Need` that differ from rule to rule."""

    rule: Rule
    per_patient: Floats
    least: Floats | float = 0.0
    where: Bools | None = None
    rounding: str = "none"
    of: tuple[int, ...] = ()
    share: float = 0.0


def _needs_of(entry: _Entry) -> Iterator[Need]:
    for demand in DEMANDS:
        demanded = demand(entry)
        if demanded is not None:
            yield entry.need(demanded)


def _ratio(entry: _Entry) -> _Demanded | None:
    if entry.cover.patients_per_person is None:
        return None
    ratio = entry.by_shift(entry.cover.patients_per_person, stricter=np.minimum)
    people = np.divide(1.0, ratio, out=np.zeros_like(ratio), where=ratio > 0)
    return _Demanded("ratio", entry.nobody + people, where=ratio > 0, rounding="up")


def _care(entry: _Entry) -> _Demanded | None:
    hours = entry.cover.hours_per_patient_day
    return None if hours is None else _care_hours(entry, np.full(len(entry.scenario.patients), hours))


def _acuity(entry: _Entry) -> _Demanded | None:
    if entry.cover.acuity_hours is None:
        return None
    scale, groups = entry.scenario.acuity[entry.cover.acuity_hours], entry.scenario.patients.values()
    hours = np.array([acuity_hours(group, scale, entry.staff) for group in groups])
    return _care_hours(entry, entry.cover.share * hours)


def _care_hours(entry: _Entry, hours: Floats) -> _Demanded:
    """Care hours (K,) of a patient-day as people on duty over the day."""
    people = np.outer(hours / 24.0, _spread_weights(entry.cover, entry.grid))
    return _Demanded("care hours", people, rounding=entry.cover.rounding)


def _team(entry: _Entry) -> _Demanded | None:
    if entry.cover.smallest_team is None:
        return None
    return _Demanded("smallest team", entry.nobody, entry.by_shift(entry.cover.smallest_team, stricter=np.maximum))


def _people(entry: _Entry) -> _Demanded | None:
    if entry.cover.people is None:
        return None
    return _Demanded("people", entry.nobody, per_period(entry.cover.people, entry.grid)[entry.grid.period])


def _mix(entry: _Entry) -> _Demanded | None:
    if entry.cover.skill_mix is None:
        return None
    groups = tuple(list(entry.scenario.staff).index(name) for name in entry.cover.skill_mix.of)
    return _Demanded("skill mix", entry.nobody, of=groups, share=entry.cover.skill_mix.at_least)


DEMANDS: Final = (_ratio, _care, _acuity, _team, _people, _mix)
"""Every way in which a cover entry may state a need."""


def _asked(cover: Cover, running: dict[str, Bools], intervals: int) -> Bools:
    if not cover.during:
        return np.ones(intervals, dtype=np.bool_)
    return np.asarray(np.any([running[shift] for shift in cover.during], axis=0))


def _by_shift(
    figure: float | dict[str, float], running: dict[str, Bools], intervals: int, *, stricter: np.ufunc
) -> Floats:
    """A figure for each interval; where shifts overlap the stricter one holds, where none is named it is 0."""
    if not isinstance(figure, dict):
        return np.full(intervals, float(figure))
    found = np.zeros(intervals)
    for shift, value in figure.items():
        here = running[shift]
        found = np.where(here, np.where(found > 0, stricter(found, value), value), found)
    return found


def acuity_hours(group: PatientGroup, scale: AcuityScale, staff: StaffGroup) -> float:
    """Care hours per patient-day of a group's acuity mix.

    A scale in whole-time equivalents is turned into hours at work: WTE x contract hours / 7 days x the share of paid
    time worked (37.5 h and 22 % uplift turn .99 into 4.35; NIHR HS&DR 8(16), Table 31).
    """
    if scale.hours:
        return sum(share * scale.hours.get(level, 0.0) for level, share in group.acuity.items())
    wte = sum(share * scale.wte.get(level, 0.0) for level, share in group.acuity.items())
    return wte * staff.hours_per_week / 7.0 * staff.worked_share


def _spread_weights(cover: Cover, grid: Grid) -> Floats:
    """(T,) weight of care hours in each interval, averaging 1 over the 24 hours."""
    if not cover.spread:
        return np.ones(len(grid.period))
    day = np.full(MINUTES_PER_DAY, cover.spread_steps[-1][1])
    for minute, weight in cover.spread_steps:
        day[minute:] = weight
    until = np.concatenate(([0.0], np.cumsum(day / day.mean())))
    edges = grid.edges + grid.day_starts
    summed = edges // MINUTES_PER_DAY * MINUTES_PER_DAY + until[edges % MINUTES_PER_DAY]
    return np.asarray(np.diff(summed) / np.diff(edges))
