"""Levers about places and things: beds, bays, closures, diversions, lists, roads, devices, money."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import timedelta

from optimizer.explain.lever import Books, Lever, Use, at_path, counted, fewer, more, number, once
from optimizer.explain.lever_prices import Priced
from optimizer.scenario.devices import Device
from optimizer.scenario.goals import budget_of
from optimizer.scenario.patients import PatientGroup

FIT, DIVERT, SEND, SLOTS = (
    "patients fit open beds", "diversions stay within arrivals", "transfers stay within limits", "slots are enough",
)  # fmt: skip
"""Rows whose excess is paid for."""


def beds(books: Books) -> Iterator[Lever]:
    """More beds, bays sooner than their notice, fewer beds closed."""
    elsewhere = {unit for group in books.scenario.patients.values() for unit in group.outlies_in}
    days = books.by_day(FIT, "bed-days")
    for name, unit in books.scenario.units.items():
        if unit.cares_for or name in elsewhere:
            yield more(f"units.{name}.beds", unit.beds, f"bed|s on {name}", books.prices.bed_day, days)
        if unit.escalation is not None and unit.escalation.notice > timedelta(0):
            price, use = books.prices.bay(name), Use(("opening",), "bays")
            yield once(f"units.{name}.escalation.notice", "0h", f"{name} opens bays without notice", price, use)
        for at in range(len(unit.closures)):
            yield _reopened(books, name, at)


def _reopened(books: Books, name: str, at: int) -> Lever:
    """Fewer beds closed: a closure can't be of no beds, so the whole list is written."""
    closure, path = books.scenario.units[name].closures[at], f"units.{name}.closures"
    given = at_path(books.loaded.resolved, path)
    listed = given if isinstance(given, list) else []

    def text(amount: float) -> str:
        left = {**listed[at], "beds": closure.beds - round(amount)}
        return json.dumps([*listed[:at], *([left] if left["beds"] else []), *listed[at + 1 :]])

    def words(amount: float) -> str:
        figure, _, what = counted(amount, "bed|s").partition(" ")
        return f"{figure} fewer {what} closed on {name}" + (f" ({closure.why})" if closure.why else "")

    use = books.by_day(FIT, "bed-days")
    return Lever(path, text, words, books.prices.reopened, use, most=float(closure.beds))


def patients(books: Books) -> Iterator[Lever]:
    """More patients diverted, fewer cases booked, more patients sent to other sites."""
    for name, group in books.scenario.patients.items():
        if group.divert is not None:
            price, use = Priced(group.divert.cost_per_patient), Use((DIVERT,), "used")
            path, what = f"patients.{name}.divert.at_most_per_day", f"{name} patient|s diverted a day"
            yield more(path, group.divert.at_most_per_day, what, price, use)
        yield from _cases(books, name, group)
    most = books.scenario.transfers.per_site_per_day
    if most is not None:
        what, use = "patient|s a day sent to other sites by each", Use((SEND,), "used")
        yield more("transfers.per_site_per_day", most, what, books.prices.transfer, use)


def _cases(books: Books, name: str, group: PatientGroup) -> Iterator[Lever]:
    if group.elective is None:
        return
    key = "cases" if group.elective.cases else "per_weekday"
    path = f"patients.{name}.elective.{key}"
    for at, cases in enumerate([] if books.in_table(path) else getattr(group.elective, key)):
        if cases > 0:
            what = f"{name} case|s booked for {books.prices.day_of(key, at)}"
            # Half a case shows what one does: none at all would take columns out of the program.
            yield fewer(f"{path}.{at}", cases, what, books.prices.elective(name), step=0.5)


def devices(books: Books) -> Iterator[Lever]:
    """More owned, rented, or of extra slots; fewer in reserve; rented sooner than the notice."""
    for name, kind in books.scenario.devices.items():
        path, price = f"devices.{name}", books.prices.device(name)
        place, owned = next(iter(kind.owned.items()))
        yield more(f"{path}.owned.{place}", owned, f"{name}|s owned at {place}", price)
        if kind.reserve:
            yield fewer(f"{path}.reserve", kind.reserve, f"{name}|s kept in reserve", price)
        if kind.serving is not None:
            key, use = f"{path}.serving.extra_slots_per_day", Use((SLOTS,), "used")
            now, what = kind.serving.extra_slots_per_day, f"extra slot|s a day of {name}"
            yield more(key, now, what, books.prices.slot(name), use)
        yield from _rent(books, name, kind)


def _rent(books: Books, name: str, kind: Device) -> Iterator[Lever]:
    if kind.rent is None:
        return
    price, use = Priced(kind.rent.cost_per_day), books.by_day("rented", "device-days")
    yield more(f"devices.{name}.rent.at_most", kind.rent.at_most, f"{name}|s rented", price, use)
    if kind.rent.notice > timedelta(0):
        yield once(f"devices.{name}.rent.notice", "0h", f"{name}s rented without notice", price, use)


def plan_limits(books: Books) -> Iterator[Lever]:
    """More money, more days on which patients may be boarded."""
    limits, days = books.scenario.limits, books.scenario.horizon.committed_days
    budget = budget_of(books.scenario)
    if budget is not None:
        yield _budget("limits.budget" if limits.budget is not None else "solve.budget", budget)
    if limits.days_over_capacity is not None:
        now = math.floor(limits.days_over_capacity * days + 1e-6)
        yield Lever(
            "limits.days_over_capacity",
            lambda amount: number(min(1.0, (now + amount) / days)),
            lambda amount: f"patients boarded on up to {counted(now + amount, 'day|s')}, not {now}",
            books.prices.boarded,
            most=float(days - now),
        )


def _budget(path: str, budget: float) -> Lever:
    def raised(amount: float) -> float:
        return math.ceil(budget + amount - 1e-6)

    return Lever(
        path,
        lambda amount: number(raised(amount)),
        lambda amount: f"budget of {raised(amount):,} instead of {budget:,.0f}",
        Priced(1.0),
        most=1e9,
        whole=False,
    )
