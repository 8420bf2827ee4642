"""What differs between two plans, in planners' words, the weightiest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.explain.dates import day_words
from optimizer.tables import Cell, Table, figure

LEAST: Final = 0.05
"""Fewer people, patients or hours than this apart is no difference worth a line."""

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that differs: whose it is, what it was and what it is now, in the unit its words say."""

    table: str
    where: str
    before: float
    after: float
    weight: float

    def __str__(self) -> str:
        """Say it in one line: `agency rn on CARD, night of Thu 16 Mar: 1, was 0`."""
        return f"{self.where}: {_number(self.after)}, was {_number(self.before)}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one table is compared: which rows count, what names a figure, which figure, in which words.

    Figures of the same names are summed. `weight` says what one counts for beside those of other tables: about what an
    hour of a nurse is worth.
    """

    table: str
    names: tuple[str, ...]
    figure: Callable[[Mapping[str, Cell]], float]
    words: str
    weight: float


def _hours(row: Mapping[str, Cell]) -> float:
    return float(row["hours"]) * float(row["people"])


def _of(column: str) -> Callable[[Mapping[str, Cell]], float]:
    return lambda row: float(row[column])


def _outliers(row: Mapping[str, Cell]) -> float:
    return 0.0 if int(row["home"]) else float(row["present"])


COMPARISONS: Final[tuple[Comparison, ...]] = (
    Comparison("staff", ("contract", "staff", "unit", "line", "day"), _of("people"), "{0} {1} on {2}, {3} of {4}", 8.0),
    Comparison(
        "on_duty", ("staff", "home", "unit", "role", "shift", "day"), _of("people"),
        "{0} of {1} lent to {2} as {3}, {4} of {5}", 4.0,
    ),
    Comparison("short_staff", ("staff", "unit", "from"), _hours, "{0} hours short on {1}, {2}", 4.0),
    Comparison("bays", ("bay", "unit", "day"), _of("open"), "bay {0} of {1} open, {2}", 24.0),
    Comparison("waiting", ("group", "day"), _of("waiting"), "{0} patients boarded, {1}", 48.0),
    Comparison("waiting", ("group", "day"), _of("diverted"), "{0} patients diverted, {1}", 24.0),
    Comparison("patients", ("group", "unit", "day"), _outliers, "{0} outliers in {1}, {2}", 6.0),
    Comparison("electives", ("group", "booked", "done"), _of("cases"), "{0} cases booked for {1} done on {2}", 16.0),
    Comparison("electives_off", ("group", "booked"), _of("cancelled"), "{0} cases of {1} cancelled", 48.0),
    Comparison("electives_off", ("group", "booked"), _of("left"), "{0} cases of {1} left undone", 24.0),
    Comparison("stores", ("device", "site", "day"), _of("rented"), "{0} rented at {1}, {2}", 2.0),
    Comparison("devices", ("device", "unit", "day"), _of("short"), "{0} short at {1}, {2}", 8.0),
    Comparison("devices", ("device", "unit", "day"), _of("held"), "{0} held at {1}, {2}", 0.5),
    Comparison("services", ("device", "day"), _of("backlog"), "{0} requests waiting, {1}", 2.0),
    Comparison("extra_slots", ("device", "day"), _of("slots"), "{0} extra slots, {1}", 2.0),
)  # fmt: skip
"""Every figure that a plan decides and a planner would ask about."""


def differences(case: Case, before: Mapping[str, Table], after: Mapping[str, Table]) -> tuple[Difference, ...]:
    """Every figure of the committed days that differs between two plans of one case."""
    days = {case.grid.day_label(day) for day in range(case.grid.committed_days)}
    found: list[Difference] = []
    for form in COMPARISONS:
        was, now = _figures(form, before, days), _figures(form, after, days)
        for names in dict.fromkeys([*was, *now]):
            old, new = was.get(names, 0.0), now.get(names, 0.0)
            if abs(new - old) > LEAST:
                where = _said(case, form, names)
                found.append(Difference(form.table, where, old, new, form.weight * abs(new - old)))
    return tuple(sorted(found, key=lambda each: (-each.weight, each.where)))


def _figures(form: Comparison, tables: Mapping[str, Table], days: set[str]) -> dict[Names, float]:
    found: dict[Names, float] = {}
    for row in _rows(form, tables, days):
        names = tuple(str(row[column]) for column in form.names)
        found[names] = found.get(names, 0.0) + form.figure(row)
    return found


def _rows(form: Comparison, tables: Mapping[str, Table], days: set[str]) -> Iterator[Mapping[str, Cell]]:
    """Rows of the committed days; a moment becomes its day."""
    if form.table not in tables:
        return
    for row in tables[form.table].records():
        if "from" in form.names:
            row["from"] = str(row["from"]).rpartition(" ")[0] or "day"
        if all(str(row[column]) in days for column in ("day", "from", "booked") if column in form.names):
            yield row


def _said(case: Case, form: Comparison, names: Names) -> str:
    dated = ("day", "from", "booked", "done")
    spoken = [
        day_words(case, name) if column in dated else name for column, name in zip(form.names, names, strict=True)
    ]
    return form.words.format(*spoken)


def _number(value: float) -> str:
    return f"{figure(round(value, 1)):g}"
