"""`RULES`: every rule of the capacity program, by the name planners read, each one function that adds its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from optimizer.capacity import (
    change_rules,
    choice_rules,
    cover_rules,
    device_rules,
    locked_rules,
    patient_rules,
    staff_rules,
)
from optimizer.capacity.terms import Rows
from optimizer.program import Term
from optimizer.scenario.goals import UNPAID, budget_of


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, as rows, reports and shortfall sentences carry it, and the function that adds its rows."""

    name: str
    add: Callable[[Rows], None]


def budget_is_kept(rows: Rows) -> None:
    """Money that decisions cost on the committed days is at most the budget; what nobody pays out is not money."""
    budget = budget_of(rows.case.scenario)
    committed = rows.case.grid.committed_days
    paid = [entry for entry in rows.layout.ledger if entry.item not in UNPAID]
    spent = [entry.columns[entry.days < committed] for entry in paid]
    if budget is not None and spent:
        columns = np.concatenate(spent)
        costs = rows.builder.costs()[columns]
        rows.builder.add_rows("budget is kept", (1,), [Term(columns[None, :], costs[None, :])], upper=budget)


RULES: Final[tuple[Rule, ...]] = (
    Rule("waiting patients are conserved", patient_rules.waiting_patients_are_conserved),
    Rule("present patients are conserved", patient_rules.present_patients_are_conserved),
    Rule("elective cases are conserved", patient_rules.elective_cases_are_conserved),
    Rule("patients fit open beds", patient_rules.patients_fit_open_beds),
    Rule("bays open once", patient_rules.bays_open_once),
    Rule("a unit opens with its bays", patient_rules.a_unit_opens_with_its_bays),
    Rule("bays stay open long enough", patient_rules.bays_stay_open_long_enough),
    Rule("bays close in time", patient_rules.bays_close_in_time),
    Rule("transfers stay within limits", patient_rules.transfers_stay_within_limits),
    Rule("diversions stay within arrivals", patient_rules.diversions_stay_within_arrivals),
    Rule("days over capacity are few", patient_rules.days_over_capacity_are_few),
    Rule("cover is met", cover_rules.cover_is_met),
    Rule("needs round up", cover_rules.needs_round_up),
    Rule("away only when working", staff_rules.away_only_when_working),
    Rule("contract hours are kept", staff_rules.contract_hours_are_kept),
    Rule("own shifts are kept", staff_rules.own_shifts_are_kept),
    Rule("temporary staff is limited", staff_rules.temporary_staff_is_limited),
    Rule("one duty a day", staff_rules.one_duty_a_day),
    Rule("rest between duties", staff_rules.rest_between_duties),
    Rule("five in seven days", staff_rules.five_in_seven_days),
    Rule("weekends off", staff_rules.weekends_off),
    Rule("changes are counted", change_rules.changes_are_counted),
    Rule("changes are few", change_rules.changes_are_few),
    Rule("patients have their devices", device_rules.patients_have_their_devices),
    Rule("devices at units are conserved", device_rules.devices_at_units_are_conserved),
    Rule("devices in stores are conserved", device_rules.devices_in_stores_are_conserved),
    Rule("rented devices are limited", device_rules.rented_devices_are_limited),
    Rule("requests are served or wait", device_rules.requests_are_served_or_wait),
    Rule("slots are enough", device_rules.slots_are_enough),
    Rule("wards close as chosen", choice_rules.wards_close_as_chosen),
    Rule("locked cells are kept", locked_rules.locked_cells_are_kept),
    Rule("budget is kept", budget_is_kept),
)
