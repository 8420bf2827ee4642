"""What planners do without a forecast: the rules that ours is held against, each from the days until then alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.panel import carried_forward
from tests.benchmarks.winters_data import WEEK, Floats, Ints, Winter, weeks
from tests.benchmarks.winters_money import SHIFTS, Levels, levels_for, spent, spent_on_beds, spent_on_shift

MARGINS: Final = np.arange(-12, 13) * 0.005
"""Margins that are tried, as shares of the patients expected."""

FIXED: Final = np.arange(85, 121) * 0.01
"""Fixed levels that are tried, as shares of the core."""

MEAN_WEEKS: Final = 4

Point = Callable[[Winter, int], Floats]
"""Patients (T, O, 7) that a rule expects in each week decided so many lead days ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One winter, decided so many lead days ahead, and the winter `before`, on which a rule may be tuned.

    Of the trusts judged those count whose place is a multiple of `every`: the same ones in all winters.
    """

    winter: Winter
    before: Winter
    lead: int
    every: int = 1

    @property
    def counted(self) -> Ints:
        """The trusts that count, by their places."""
        judged = np.flatnonzero(weeks(self.winter, self.lead).judged)
        return np.asarray(judged[judged % self.every == 0])

    @property
    def core(self) -> Floats:
        """(T, 1, 1) beds open anyway."""
        return np.asarray(weeks(self.winter, self.lead).core[:, None, None])


def census_today(winter: Winter, lead: int) -> Floats:
    """As many as were in on the day of the decision."""
    found = carried_forward(winter.seen)[:, weeks(winter, lead).origins]
    return np.repeat(found[:, :, None], WEEK, axis=2)


def same_weekday(winter: Winter, lead: int, most: int) -> Floats:
    """The mean of the same weekday in the last `most` weeks known; today's patients where none is."""
    asked = weeks(winter, lead)
    found = census_today(winter, lead)
    for week, origin in enumerate(asked.origins):
        for at, day in enumerate(asked.days[week]):
            past = np.arange(day - WEEK * -(-(day - origin) // WEEK), -1, -WEEK)[:most]
            known = np.isfinite(winter.seen[:, past])
            total = np.where(known, winter.seen[:, past], 0.0).sum(axis=1)
            some = known.any(axis=1)
            found[some, week, at] = total[some] / known.sum(axis=1)[some]
    return found


def last_week(winter: Winter, lead: int) -> Floats:
    """The last known day of the same name."""
    return same_weekday(winter, lead, 1)


def weekday_mean(winter: Winter, lead: int) -> Floats:
    """The mean of the same weekday over four weeks: dearer over six, measured."""
    return same_weekday(winter, lead, MEAN_WEEKS)


def total(winter: Winter, lead: int, costs: Floats) -> float:
    """Money over the trusts and days that are judged."""
    return float(np.nansum(costs[weeks(winter, lead).judged]))


def real_days(winter: Winter, lead: int) -> Floats:
    """(T, O, 7) what came in the weeks decided."""
    return np.asarray(winter.real[:, weeks(winter, lead).days])


def plain(point: Point) -> Callable[[Task], Levels]:
    """Beds and nurses for just as many as expected."""
    return lambda task: levels_for(point(task.winter, task.lead), task.core)


def with_margin(point: Point) -> Callable[[Task], Levels]:
    """And a margin: the share on top that would have been cheapest in the winter before, over all trusts."""

    def decide(task: Task) -> Levels:
        margin = tuned_margin(point, task.before, task.lead)
        return levels_for(point(task.winter, task.lead) * (1.0 + margin), task.core)

    return decide


def tuned_margin(point: Point, before: Winter, lead: int) -> float:
    """The margin of least money in a winter."""
    expected, real = point(before, lead), real_days(before, lead)
    core = weeks(before, lead).core[:, None, None]
    costs = [total(before, lead, spent(levels_for(expected * (1.0 + m), core), core, real)) for m in MARGINS]
    return float(MARGINS[int(np.argmin(costs))])


def with_two_margins(point: Point) -> Callable[[Task], Levels]:
    """Two margins, tuned alike: one for beds and one for nurses, whose prices ask for different ones."""

    def decide(task: Task) -> Levels:
        expected, real = point(task.before, task.lead), real_days(task.before, task.lead)
        core = weeks(task.before, task.lead).core[:, None, None]
        tried = [levels_for(expected * (1.0 + margin), core) for margin in MARGINS]
        beds = [total(task.before, task.lead, spent_on_beds(each.beds, core, real)) for each in tried]
        nurses = [
            total(task.before, task.lead, spent_on_shift("day", each.day, real))
            + total(task.before, task.lead, spent_on_shift("night", each.night, real))
            for each in tried
        ]
        now = point(task.winter, task.lead)
        first, second = MARGINS[int(np.argmin(beds))], MARGINS[int(np.argmin(nurses))]
        return levels_for(now * (1.0 + first), task.core, now * (1.0 + second))

    return decide


def best_fixed(task: Task) -> Levels:
    """The levels, beds, day and night each for itself, that held all the winter before would have been cheapest there.

    As shares of the core, trust by trust; of all trusts together for one that was not judged then.
    """
    real, before = real_days(task.before, task.lead), weeks(task.before, task.lead)
    core = before.core[:, None, None]
    tried = [levels_for(np.broadcast_to(core * share, real.shape), core) for share in FIXED]
    beds = [spent_on_beds(each.beds, core, real) for each in tried]
    shifts = [[spent_on_shift(name, getattr(each, name), real) for each in tried] for name in SHIFTS]
    chosen = [_cheapest(np.stack(each), before.judged) for each in (beds, *shifts)]
    shape = real_days(task.winter, task.lead).shape
    levels = [levels_for(np.broadcast_to(task.core * share[:, None, None], shape), task.core) for share in chosen]
    return Levels(levels[0].beds, levels[1].day, levels[2].night)


def _cheapest(costs: Floats, judged: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """The share (T,) of least cost (shares, T, O, 7) by trust."""
    by_trust = np.nansum(costs, axis=(2, 3))
    everywhere = FIXED[int(np.argmin(by_trust[:, judged].sum(axis=1)))]
    return np.asarray(np.where(judged, FIXED[by_trust.argmin(axis=0)], everywhere))


def clairvoyant(task: Task) -> Levels:
    """Beds and nurses for just as many as came."""
    return levels_for(real_days(task.winter, task.lead), task.core)


Rule = Callable[[Task], Levels]

RULES: Final[dict[str, Rule]] = {
    "last week repeated": plain(last_week),
    "mean of the weekday": plain(weekday_mean),
    "mean of the weekday and a margin": with_margin(weekday_mean),
    "best fixed of the winter before": best_fixed,
    "today's patients and a margin": with_margin(census_today),
}
"""The simple rules by name."""

BASE: Final = tuple(RULES)[:4]
"""The rules of which the best is where the gap to the clairvoyant begins."""

BEYOND: Final[dict[str, Rule]] = {"mean of the weekday, two margins": with_two_margins(weekday_mean)}
"""Rules that nobody asked for, harder to beat: told beside the others, in no share."""
