"""The plan's cost recounted from its decisions, item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from optimizer.check.device_rules import leaves_a_store
from optimizer.check.findings import Broken
from optimizer.check.patient_rules import move_prices
from optimizer.check.recount import Recount
from optimizer.expansion.grid import Floats, Ints
from optimizer.expansion.pay import cost_per_duty
from optimizer.scenario.goals import UNPAID, budget_of
from optimizer.scenario.staff import CONTRACTS, Contract

BEYOND: Final = "beyond_horizon"
Money = Callable[[Recount], Floats]


def recounted_cost(recount: Recount) -> dict[str, float]:
    """Currency by item; what is decided for days past the committed ones is summed as `beyond_horizon`."""
    committed, split, beyond = recount.case.grid.committed_days, {}, 0.0
    for item, count in ITEMS.items():
        by_day = count(recount)
        split[item] = float(by_day[:committed].sum())
        beyond += float(by_day[committed:].sum())
    return {**split, BEYOND: beyond}


def cost_is_recounted(cost: Mapping[str, float], recounted: Mapping[str, float], objective: float) -> Iterator[Broken]:
    """Every item of the cost is what the decisions cost, and together they are the objective."""
    allowed = max(0.01, 1e-6 * abs(objective))
    for item in sorted(set(cost) | set(recounted)):
        said, real = cost.get(item, 0.0), recounted.get(item, 0.0)
        if not abs(said - real) <= allowed:
            yield Broken(item, f"says {said:.2f}, recounted {real:.2f}", abs(said - real))
        if item not in recounted:
            yield Broken(item, "no item of the cost is called so", abs(said))
    total = sum(recounted.values())
    if not abs(objective - total) <= allowed:
        yield Broken("objective", f"says {objective:.2f}, recounted {total:.2f}", abs(objective - total))


def budget_is_kept(recount: Recount) -> Iterator[Broken]:
    """Money that decisions cost on the committed days is at most the budget; what nobody pays out is not money."""
    budget, committed = budget_of(recount.case.scenario), recount.case.grid.committed_days
    if budget is None:
        return
    spent = sum(float(count(recount)[:committed].sum()) for item, count in ITEMS.items() if item not in UNPAID)
    if spent > budget + max(0.01, 1e-6 * budget):
        yield Broken("", f"{spent:.2f} spent > {budget:.2f} allowed", spent - budget)


def _by_day(recount: Recount, money: Floats) -> Floats:
    """(..., P) currency as (D,)."""
    grid = recount.case.grid
    return np.asarray(money.reshape(-1, grid.days, grid.periods_per_day).sum(axis=(0, 2)))


def _on_days(recount: Recount, money: Floats, days: Ints) -> Floats:
    """(N,) currency as (D,)."""
    return np.asarray(np.bincount(days, weights=money, minlength=recount.case.grid.days), dtype=np.float64)


def _boarded(recount: Recount) -> Floats:
    groups = recount.case.scenario.patients.values()
    price = np.array([group.boarding_cost_per_day or 0.0 for group in groups]) / recount.case.grid.periods_per_day
    return _by_day(recount, recount.plan.waiting * price[:, None])


def _outliers(recount: Recount) -> Floats:
    price = recount.case.outlying / recount.case.grid.periods_per_day
    return _by_day(recount, recount.plan.present * price[:, :, None])


def _diverted(recount: Recount) -> Floats:
    groups = recount.case.scenario.patients.values()
    price = np.array([group.divert.cost_per_patient if group.divert else 0.0 for group in groups])
    return _by_day(recount, recount.plan.diverted * price[:, None])


def _moved(recount: Recount) -> Floats:
    moves = recount.plan.moves
    days = recount.case.grid.day_of_period[moves.period]
    return _on_days(recount, np.nan_to_num(move_prices(recount.plan)) * moves.patients, days)


def _postponed(recount: Recount) -> Floats:
    days = np.arange(recount.case.grid.days)
    delay = np.maximum(days[None, :] - days[:, None], 0)
    lists = [group.elective for group in recount.case.scenario.patients.values()]
    price = np.array([each.postpone_cost_per_day if each else 0.0 for each in lists])
    return np.asarray((recount.plan.treated * delay * price[:, None, None]).sum(axis=(0, 2)))


def _cancelled(recount: Recount) -> Floats:
    lists = [group.elective for group in recount.case.scenario.patients.values()]
    price = np.array([each.cancel_cost or 0.0 if each else 0.0 for each in lists])
    return np.asarray((recount.plan.cancelled * price[:, None]).sum(axis=0))


def _left(recount: Recount) -> Floats:
    lists = [group.elective for group in recount.case.scenario.patients.values()]
    price = np.array([each.backlog_cost if each else 0.0 for each in lists])
    return np.asarray((recount.plan.left * price[:, None]).sum(axis=0))


def _escalation(recount: Recount) -> Floats:
    price = np.array([bay.terms.bay_day_cost(bay.number) for bay in recount.plan.bays])
    return np.asarray((recount.plan.open * price[:, None]).sum(axis=0))


def _opening(recount: Recount) -> Floats:
    price = np.array([bay.terms.opening_cost for bay in recount.plan.bays])
    return np.asarray((recount.plan.opening * price[:, None]).sum(axis=0))


def _overflow(recount: Recount) -> Floats:
    terms = [unit.overflow for unit in recount.case.scenario.units.values()]
    price = np.array([(each.cost_per_bed_day or 0.0) if each else 0.0 for each in terms])
    return np.asarray((recount.plan.overflow[: len(terms)] * price[:, None]).sum(axis=0))


def _worked(kind: Contract) -> Money:
    """What duties on a contract cost, on the day their line starts; entries past the end cost nothing."""

    def count(recount: Recount) -> Floats:
        case, grid, total = recount.case, recount.case.grid, np.zeros(recount.case.grid.days)
        for group, contract, lines in recount.blocks:
            if contract == kind:
                each = cost_per_duty(case.group_of(group), case.pay[group], contract)
                starts = recount.starts_of(group, contract, lines).sum(axis=0)
                for people, line in zip(starts, lines, strict=True):
                    total += people * ((case.group_of(group).cost_per_person or 0.0) if kind == "own" else 0.0)
                    for entry in line.entries:
                        days = np.arange(grid.days) + entry.offset
                        counted = (days < grid.days) | grid.cyclic
                        total += people * entry.pays * each[entry.duty, days % grid.days] * counted
        return total

    return count


def _float(recount: Recount) -> Floats:
    away = recount.away
    terms = [group.floating for group in recount.case.scenario.staff.values()]
    price = np.array([each.cost_per_shift if each else 0.0 for each in terms])
    return _on_days(recount, away.people * price[away.staff] * (away.home != away.unit), away.day)


def _short_staff(recount: Recount) -> Floats:
    """In each interval the dearest need asked then, of those that may be short, is the price of an hour."""
    case = recount.case
    price = np.zeros((len(case.units), len(case.staff), len(case.grid.period)))
    for need in case.needs:
        if not need.hard:
            here = need.unit, need.staff
            price[here] = np.maximum(price[here], need.price * need.asked)
    money = (recount.plan.short_staff * price).sum(axis=(0, 1)) * case.grid.hours
    return _on_days(recount, money, case.grid.day_of_interval)


def _hours_owed(recount: Recount) -> Floats:
    """Hours still owed when the plan ends are priced, on its last day."""
    money = np.zeros(recount.case.grid.days)
    terms = [group.hours_owed for group in recount.case.scenario.staff.values()]
    price = np.array([each.cost_per_hour if each else 0.0 for each in terms])
    money[-1] = (recount.plan.owed[:, :, -1] * price).sum()
    return money


def _changes(recount: Recount) -> Floats:
    published = recount.case.scenario.today.published
    price = published.change_cost_per_shift if published else 0.0
    return np.asarray(recount.plan.changes.sum(axis=(0, 1, 2, 3)) * price)


def _bay_changes(recount: Recount) -> Floats:
    published = recount.case.scenario.today.published
    return np.asarray(recount.plan.bay_changes.sum(axis=0) * (published.change_cost_per_bay_day if published else 0.0))


def _case_changes(recount: Recount) -> Floats:
    """Booked on the day on which the case was booked, as the program does."""
    published = recount.case.scenario.today.published
    price = published.change_cost_per_case if published else 0.0
    return np.asarray(recount.plan.case_changes.sum(axis=(0, 2)) * price)


def _device_moves(recount: Recount) -> Floats:
    moves = recount.plan.device_moves
    price = np.array([kind.move_cost for kind in recount.case.scenario.devices.values()])
    money = moves.devices * price[moves.kind] * leaves_a_store(recount.plan)
    return _on_days(recount, money, recount.case.grid.day_of_period[moves.period])


def _rent(recount: Recount) -> Floats:
    kinds = recount.case.scenario.devices.values()
    price = (
        np.array([kind.rent.cost_per_day if kind.rent else 0.0 for kind in kinds]) / recount.case.grid.periods_per_day
    )
    return _by_day(recount, recount.plan.rented * price[:, None, None])


def _short_devices(recount: Recount) -> Floats:
    kinds = recount.case.scenario.devices.values()
    price = np.array([kind.short_cost_per_day or 0.0 for kind in kinds]) / recount.case.grid.periods_per_day
    return _by_day(recount, recount.plan.short_devices * price[:, None, None])


def _backlog(recount: Recount) -> Floats:
    serving = [kind.serving for kind in recount.case.scenario.devices.values()]
    per_day = recount.case.grid.periods_per_day
    price = np.array([(each.backlog_cost_per_day or 0.0) / per_day if each else 0.0 for each in serving])
    final = np.array([each.final_backlog_cost if each else 0.0 for each in serving])
    money = recount.plan.backlog * price[:, None, None]
    money[:, :, -1] += recount.plan.backlog[:, :, -1] * final[:, None]
    return _by_day(recount, money)


def _extra(recount: Recount) -> Floats:
    serving = [kind.serving for kind in recount.case.scenario.devices.values()]
    price = np.array([each.extra_slot_cost if each else 0.0 for each in serving])
    return _by_day(recount, recount.plan.extra_slots * price[:, None])


def _engaged(recount: Recount) -> Floats:
    """People engaged, paid for on the first day."""
    case, money = recount.case, np.zeros(recount.case.grid.days)
    for unit, staff in np.argwhere(recount.plan.engaged > 0):
        terms = case.engage(int(staff), int(unit))
        money[0] += recount.plan.engaged[unit, staff] * (terms.cost_per_person if terms is not None else 0.0)
    return money


ITEMS: Final[Mapping[str, Money]] = {
    "patients.boarded": _boarded,
    "patients.outliers": _outliers,
    "patients.diverted": _diverted,
    "patients.moved": _moved,
    "electives.postponed": _postponed,
    "electives.cancelled": _cancelled,
    "electives.backlog": _left,
    "beds.escalation": _escalation,
    "beds.opening": _opening,
    "beds.overflow": _overflow,
    **{f"staff.{contract}": _worked(contract) for contract in CONTRACTS},
    "staff.engaged": _engaged,
    "staff.float": _float,
    "staff.short": _short_staff,
    "staff.hours_owed": _hours_owed,
    "staff.changes": _changes,
    "beds.changes": _bay_changes,
    "electives.changes": _case_changes,
    "devices.moves": _device_moves,
    "devices.rent": _rent,
    "devices.short": _short_devices,
    "services.backlog": _backlog,
    "services.extra": _extra,
}
"""Every item of the cost, with what it comes to on each day, (D,) currency."""
