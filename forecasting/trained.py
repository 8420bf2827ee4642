"""`Trained`: everything that a forecast needs beside the newest values, so that it can be kept and used again later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from forecasting.calendars import calendar_rows
from forecasting.errors import UnsuitableModel
from forecasting.events import NOTHING, Beside
from forecasting.history import Days, History
from forecasting.learning import Learnt, learn
from forecasting.outlook import Outlook, seen_by
from forecasting.panel import Ints, Panel, panel_grid
from forecasting.threads import on_one_thread
from forecasting.trimming import before

Place = tuple[str | None, str | None]
"""Country and subdivision whose public holidays count."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Some series of a part as seen from their last known day.

    `rows` are the series' rows in the `panel` by their places among the histories; `columns` are those of the part's
    horizons that are asked for.
    """

    part: Learnt
    rows: Mapping[int, int]
    panel: Panel
    columns: slice


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What was learned of the series `names` (S,), in parts that were learned together.

    `ends` is the last known day of each series then; `data_sha256` names the days and values learned from, and
    `days_used` counts them; `forecaster` is the one asked for; `stored_as` is name@version, if it has one;
    `beside` is what was told then of events and columns, which is not kept with a stored model.
    """

    names: tuple[str, ...]
    parts: tuple[Learnt, ...]
    place: Place
    forecaster: str
    ends: tuple[date, ...]
    days_used: int
    data_sha256: str
    stored_as: str = ""
    beside: Beside = NOTHING

    @property
    def label(self) -> str:
        """What to call the model: name@version, or else its forecaster and the data that it was learned from."""
        return self.stored_as or f"{self.forecaster}+{self.data_sha256[:12]}"

    @property
    def longest(self) -> int:
        """How many days after the last known one it can look."""
        return min(int(part.horizons[-1]) for part in self.parts)

    @on_one_thread
    def outlooks(
        self, histories: Sequence[History], *, start: date, days: int, beside: Beside | None = None
    ) -> list[Outlook]:
        """The outlook of each history (cut before `start`) for `days` days, nothing learned anew.

        `beside` is what is told now of events and columns; left out, what was told when it learned.

        Raises UnsuitableModel where a series was not among those learned, or a day is further ahead than was learned.
        """
        found: dict[int, Outlook] = {}
        known = self.beside if beside is None else beside
        for view in self.views(histories, start=start, days=days, beside=known):
            seen = seen_by(view.part, view.panel, view.columns)
            found.update({place: seen[row] for place, row in view.rows.items()})
        return [found[at] for at in range(len(histories))]

    def views(
        self, histories: Sequence[History], *, start: date, days: int, beside: Beside = NOTHING
    ) -> Iterator[View]:
        """Each history (cut before `start`) in one view, with those that were learned together and end alike.

        Raises UnsuitableModel as `outlooks` does.
        """
        place = self._places(histories)
        for part in self.parts:
            asked = {row: histories[place[row]] for row in part.rows if row in place}
            if asked:
                yield from _views(part, asked, (start, days), (self.place, beside), place)

    def _places(self, histories: Sequence[History]) -> dict[int, int]:
        """Where each learned series stands among the histories: in the same order, or else by its name."""
        asked = tuple(history.name for history in histories)
        if asked == self.names:
            return {at: at for at in range(len(asked))}
        places: dict[int, int] = {}
        for at, name in enumerate(asked):
            if self.names.count(name) != 1 or asked.count(name) != 1:
                raise UnsuitableModel(f"the model was not trained on {name!r}; it knows {', '.join(self.names)}")
            places[self.names.index(name)] = at
        return places


def train(
    histories: Sequence[History],
    *,
    start: date,
    days: int,
    forecaster: str,
    place: Place,
    beside: Beside = NOTHING,
    from_first: bool = False,
    tuned: bool = False,
) -> Trained:
    """Learn to forecast `days` days from `start`; series that end on the same day are learned together.

    With `from_first` every day after each series' last known one can be forecast, `days` of them at least, which is
    what a model that is kept needs. With `tuned` the forecaster's settings are searched first, on the past alone.

    Raises UnknownForecaster for a name that is not in the table.
    """
    past = [before(history, start) for history in histories]
    ends = [history.dates[-1] for history in past]
    parts: list[Learnt] = []
    for last in sorted(set(ends)):
        rows = tuple(at for at, end in enumerate(ends) if end == last)
        lead = int((np.datetime64(start, "D") - last).astype(int)) - 1
        horizons = np.arange(1 if from_first else lead + 1, lead + days + 1)
        panel = _panel({row: past[row] for row in rows}, rows, lead + days, (place, beside))
        parts += learn(panel, tuple(past[row].name for row in rows), rows, horizons, forecaster, tuned=tuned)
    return Trained(
        names=tuple(history.name for history in past),
        parts=tuple(parts),
        place=place,
        forecaster=_used(parts, forecaster),
        ends=tuple(end.item() for end in ends),
        days_used=sum(history.usable_days for history in past),
        data_sha256=data_sha256(past),
        beside=beside,
    )


def _used(parts: Sequence[Learnt], asked: str) -> str:
    """The forecaster that all parts came to, or the one asked for where they differ."""
    used = {part.forecaster for part in parts}
    return used.pop() if len(used) == 1 else asked


def data_sha256(histories: Sequence[History]) -> str:
    """A hash of the days and values of histories, in their order; names and notes aside."""
    found = hashlib.sha256()
    for history in histories:
        known = np.isfinite(history.values)
        found.update(history.dates[known].astype("<i8").tobytes())
        found.update(history.values[known].astype("<f8").tobytes())
        found.update(b"|")
    return found.hexdigest()


def _panel(histories: dict[int, History], rows: Sequence[int], ahead: int, around: tuple[Place, Beside]) -> Panel:
    """The panel of some rows up to the last known day of all; a row without a history holds nothing."""
    last: np.datetime64 = max(history.dates[-1] for history in histories.values())
    first, known = panel_grid(list(histories.values()), last)
    grid = np.full((len(rows), known.shape[1]), np.nan)
    grid[[list(rows).index(row) for row in histories]] = known
    dates: Days = first + np.arange(grid.shape[1] + ahead)
    place, beside = around
    series = {row: histories[row].name if row in histories else "" for row in rows}
    return Panel(first, grid, calendar_rows(dates, *place), beside.inputs(series, dates, grid.shape[1]))


def _views(
    part: Learnt,
    histories: dict[int, History],
    asked: tuple[date, int],
    around: tuple[Place, Beside],
    place: Mapping[int, int],
) -> Iterator[View]:
    """A view from each last known day of some histories by row."""
    start, days = asked
    leads = {row: int((np.datetime64(start, "D") - one.dates[-1]).astype(int)) - 1 for row, one in histories.items()}
    least = min(leads.values())
    panel = _panel(histories, part.rows, max(least + days, int(part.horizons[-1])), around)
    for lead in sorted(set(leads.values())):
        rows = {place[row]: part.rows.index(row) for row, each in leads.items() if each == lead}
        known = panel.until(panel.days - 1 - (lead - least))
        yield View(part, rows, known, _columns(part.horizons, lead, days))


def _columns(horizons: Ints, lead: int, days: int) -> slice:
    """Which of the learned horizons are those asked for. Raises UnsuitableModel where they go beyond."""
    first = lead + 1 - int(horizons[0])
    if first < 0 or first + days > len(horizons):
        learned = f"{horizons[0]} to {horizons[-1]}" if horizons[0] > 1 else f"up to {horizons[-1]}"
        raise UnsuitableModel(
            f"the model looks {learned} days after the last known one, not {lead + 1} to {lead + days}: "
            "train one with more days, or give it newer data"
        )
    return slice(first, first + days)
