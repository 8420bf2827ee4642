"""What a planner could change so that a plan exists: every limit of a scenario that may give way, and its price.

A lever is one key of the scenario with a value for every amount by which it is moved, in whole steps where the thing is
whole. What moving it does to the program is not written here: `repair` builds the program with it moved and compares.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from optimizer.explain.lever_prices import Priced, Prices
from optimizer.scenario.load import Loaded
from optimizer.scenario.locked import LockedPeople
from optimizer.scenario.model import Scenario
from optimizer.scenario.overlay import Cells
from optimizer.scenario.staff import CONTRACTS, StaffGroup, Temporary


@dataclass(frozen=True, slots=True)
class Lever:
    """One key of the scenario that may be moved by 0 to `most`.

    `text(amount)` is the value as `--set` takes it, `words(amount)` says the change. `price` is currency for each unit
    of use, as rows or columns named in `uses` are exceeded, or for each unit of the amount where `uses` is empty.
    `step` is the amount at which its effect is looked at first; `per_day` that a use is paid by the day.
    """

    path: str
    text: Callable[[float], str]
    words: Callable[[float], str]
    price: Priced
    most: float = 1000.0
    uses: tuple[str, ...] = ()
    step: float = 1.0
    whole: bool = True
    per_day: bool = False

    def setting(self, amount: float) -> str:
        """The `PATH=VALUE` that moves it."""
        return f"{self.path}={self.text(amount)}"


@dataclass(frozen=True, slots=True)
class Books:
    """The scenario whose levers are listed, and what things cost in it."""

    loaded: Loaded[Scenario]
    prices: Prices

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.loaded.value

    def holds(self, path: str, key: str) -> str:
        """`path.key` where the file has a mapping at `path`, else `path`: a bare number stands for its main key."""
        return f"{path}.{key}" if isinstance(_at(self.loaded.resolved, path), Mapping) else path

    def item(self, path: str, at: int) -> tuple[str, bool]:
        """The path of item `at` of a list, and whether only the whole list can be set: a column of a table."""
        from_table = isinstance(self.loaded.marks.node(path.split(".")), Cells)
        return (path, True) if from_table else (f"{path}.{at}", False)


def _at(data: object, path: str) -> object:
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else data[int(key)] if isinstance(data, list) else None
    return data


def number(value: float) -> str:
    """A figure as `--set` takes it: whole where it is, else six digits, never less than the value."""
    if abs(value - round(value)) < 1e-9:
        return str(round(value))
    return f"{math.ceil(value * 1e6 - 1e-3) / 1e6:.6f}".rstrip("0")


def levers(books: Books) -> list[Lever]:
    """Every lever of the scenario."""
    return [lever for kind in KINDS for lever in kind(books)]


def _more(path: str, now: float, what: str, price: Priced, uses: tuple[str, ...] = (), **more: object) -> Lever:
    """A figure that may be raised: `2 more WHAT (6 to 8)`."""
    return Lever(
        path,
        lambda amount: number(now + amount),
        lambda amount: f"{number(amount)} more {what} ({number(now)} to {number(now + amount)})",
        price,
        uses=uses,
        **more,  # type: ignore[arg-type]
    )


def _fewer(path: str, now: float, what: str, price: Priced, uses: tuple[str, ...] = (), **more: object) -> Lever:
    """A figure that may be lowered, to 0 at most: `2 fewer WHAT (6 to 4)`."""
    return Lever(
        path,
        lambda amount: number(max(now - amount, 0.0)),
        lambda amount: f"{number(amount)} fewer {what} ({number(now)} to {number(max(now - amount, 0.0))})",
        price,
        most=now,
        uses=uses,
        **more,  # type: ignore[arg-type]
    )


def _temporary_staff(books: Books) -> Iterator[Lever]:
    for name, group in books.scenario.staff.items():
        for contract in CONTRACTS[1:]:
            terms = group.temporary(contract)
            if terms is not None:
                yield from _terms(books, name, contract, terms)


def _terms(books: Books, name: str, contract: str, terms: Temporary) -> Iterator[Lever]:
    path, duty, hour = f"staff.{name}.{contract}", books.prices.duty(name, contract), books.prices.hour(name, contract)
    rows, hours = ("temporary shifts are limited",), ("temporary hours are limited",)
    columns = (f"working.{name}.{contract}",)
    if terms.shifts_per_week is not None:
        what = f"{contract} {name} shifts a week"
        yield _more(f"{path}.shifts_per_week", terms.shifts_per_week, what, duty, rows)
    if terms.shifts_per_horizon is not None:
        yield _more(f"{path}.shifts_per_horizon", terms.shifts_per_horizon, f"{contract} {name} shifts", duty, rows)
    if terms.hours_per_week is not None:
        yield _more(f"{path}.hours_per_week", terms.hours_per_week, f"{contract} hours of {name} a week", hour, hours)
    if terms.people_per_shift is not None:
        yield _more(
            f"{path}.people_per_shift", terms.people_per_shift, f"{contract} {name} in one shift", duty, columns
        )
    if terms.notice > timedelta(0):
        yield _at_once(f"{path}.notice", f"{contract} {name} at no notice", duty, columns)


def _at_once(path: str, what: str, price: Priced, uses: tuple[str, ...]) -> Lever:
    return Lever(path, lambda _: "0h", lambda _: what, price, most=1.0, uses=uses)


def _teams(books: Books) -> Iterator[Lever]:
    for name, group in books.scenario.staff.items():
        units = tuple(books.scenario.units) or ("",)
        for unit, team in group.teams(units).items():
            path = f"staff.{name}.own" + (f".{unit}" if isinstance(group.own, dict) else "")
            at = f" at {unit}" if unit else ""
            duty = books.prices.duty(name, "own")
            if team.people is not None:
                price = books.prices.person(name)
                yield _more(books.holds(path, "people"), team.people, f"own {name} employed{at}", price)
            if team.shifts_per_week is not None:
                key = f"{path}.shifts_per_week"
                yield _more(key, team.shifts_per_week, f"own {name} shifts a week{at}", duty, ("own shifts are kept",))
            if team.shifts_per_horizon is not None:
                key = f"{path}.shifts_per_horizon"
                yield _more(key, team.shifts_per_horizon, f"own {name} shifts{at}", duty, ("own shifts are kept",))
        yield from _owed(books, name, group)


def _owed(books: Books, name: str, group: StaffGroup) -> Iterator[Lever]:
    if group.hours_owed is not None:
        path, price = f"staff.{name}.hours_owed.hours_per_person", books.prices.hour(name, "own")
        yield _more(path, group.hours_owed.hours_per_person, f"hours owed by each {name}", price, ("owed",))


def _beds(books: Books) -> Iterator[Lever]:
    rows, price = ("patients fit open beds",), books.prices.bed_day
    for name, unit in books.scenario.units.items():
        if unit.cares_for or any(name in group.outlies_in for group in books.scenario.patients.values()):
            yield _more(f"units.{name}.beds", unit.beds, f"beds on {name}", price, rows, per_day=True)
        if unit.escalation is not None and unit.escalation.notice > timedelta(0):
            bay = books.prices.bay(name)
            yield _at_once(f"units.{name}.escalation.notice", f"bays of {name} at no notice", bay, ("opening",))
        for at, closure in enumerate(unit.closures):
            yield _reopened(books, name, at, closure.beds)


def _reopened(books: Books, name: str, at: int, beds: int) -> Lever:
    """Fewer beds closed: a closure can't be of no beds, so the whole list is written."""
    given = books.loaded.resolved["units"]
    closures = given[name]["closures"] if isinstance(given, dict) else []

    def text(amount: float) -> str:
        left = beds - round(amount)
        kept = [{**each, "beds": left} if number == at else each for number, each in enumerate(closures)]
        return json.dumps(kept if left else [each for number, each in enumerate(kept) if number != at])

    words = books.scenario.units[name].closures[at]
    why = f" ({words.why})" if words.why else ""
    price, rows = books.prices.reopened, ("patients fit open beds",)
    return Lever(
        f"units.{name}.closures", text, lambda amount: f"{number(amount)} fewer beds closed on {name}{why}", price,
        most=float(beds), uses=rows, per_day=True,
    )  # fmt: skip


def _patients(books: Books) -> Iterator[Lever]:
    for name, group in books.scenario.patients.items():
        if group.divert is not None:
            price = Priced(group.divert.cost_per_patient)
            rows = ("diversions stay within arrivals",)
            key = f"patients.{name}.divert.at_most_per_day"
            yield _more(key, group.divert.at_most_per_day, f"{name} patients diverted a day", price, rows)
        if group.elective is not None:
            key = "cases" if group.elective.cases else "per_weekday"
            figures = group.elective.cases or group.elective.per_weekday
            for at, cases in enumerate(figures):
                path, whole_list = books.item(f"patients.{name}.elective.{key}", at)
                if cases > 0 and not whole_list:
                    what = f"{name} cases booked for {books.prices.day_of(key, at)}"
                    yield _fewer(path, cases, what, books.prices.elective(name), step=0.5)
    terms = books.scenario.transfers
    if terms.per_site_per_day is not None:
        price, rows = books.prices.transfer, ("transfers stay within limits",)
        what = "patients a day from each site to others"
        yield _more("transfers.per_site_per_day", terms.per_site_per_day, what, price, rows)


def _devices(books: Books) -> Iterator[Lever]:
    for name, kind in books.scenario.devices.items():
        path, price = f"devices.{name}", books.prices.device(name)
        for place, owned in list(kind.owned.items())[:1]:
            yield _more(f"{path}.owned.{place}", owned, f"{name} owned at {place}", price)
        if kind.rent is not None:
            rent = Priced(kind.rent.cost_per_day)
            yield _more(f"{path}.rent.at_most", kind.rent.at_most, f"{name} rented", rent, ("rented",), per_day=True)
            if kind.rent.notice > timedelta(0):
                yield _at_once(f"{path}.rent.notice", f"{name} rented at no notice", rent, ("rented",))
        if kind.reserve:
            yield _fewer(f"{path}.reserve", kind.reserve, f"{name} kept in reserve", price)
        if kind.serving is not None:
            extra, slots = books.prices.slot(name), ("slots are enough",)
            key = f"{path}.serving.extra_slots_per_day"
            yield _more(key, kind.serving.extra_slots_per_day, f"extra slots a day of {name}", extra, slots)


def _plan_limits(books: Books) -> Iterator[Lever]:
    limits, days = books.scenario.limits, books.scenario.horizon.committed_days
    if limits.budget is not None:
        yield Lever(
            "limits.budget",
            lambda amount: number(math.ceil((limits.budget or 0.0) + amount - 1e-6)),
            lambda amount: f"{math.ceil(amount - 1e-6):,} more budget ({limits.budget:,.0f})",
            Priced(1.0),
            most=1e9,
            whole=False,
        )
    if limits.days_over_capacity is not None:
        share = limits.days_over_capacity
        yield Lever(
            "limits.days_over_capacity",
            lambda amount: number(min(1.0, math.floor(share * days + 1e-6 + amount) / days)),
            lambda amount: f"{number(amount)} more days on which patients may be boarded",
            books.prices.boarded,
            most=float(days - math.floor(share * days + 1e-6)),
        )


def _published(books: Books) -> Iterator[Lever]:
    today = books.scenario.today
    for at, shift in enumerate(today.published.shifts if today.published else ()):
        what = f"{shift.contract} {shift.staff} published at {shift.unit}, {shift.shift} of {shift.day:%-d %b}"
        price = books.prices.change(shift.staff, shift.contract)
        yield _fewer(f"today.published.shifts.{at}.people", shift.people, what, price)
    for at, cell in enumerate(books.scenario.locked):
        for key in ("least", "most", cell.FIGURE):
            now = getattr(cell, key)
            if now is None or isinstance(now, bool):
                continue
            price = books.prices.change(cell.staff, cell.contract or "own") if isinstance(cell, LockedPeople) else (
                books.prices.locked)  # fmt: skip
            path, what = f"locked.{at}.{key}", f"in the locked cell {at}"
            if key != "most" and now > 0:
                yield _fewer(path, now, what, price)
            if key != "least":
                yield _more(path, now, what, price)


KINDS: Final[tuple[Callable[[Books], Iterator[Lever]], ...]] = (
    _temporary_staff,
    _teams,
    _beds,
    _patients,
    _devices,
    _plan_limits,
    _published,
)
"""Every kind of lever there is."""
