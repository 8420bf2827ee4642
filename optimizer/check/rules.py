"""`CHECKS`: every rule of a capacity plan, by the name planners read, and `check`, which recounts them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.check import (
    bed_rules,
    change_rules,
    choice_rules,
    cover_rules,
    device_rules,
    figure_rules,
    locked_rules,
    patient_rules,
    rest_rules,
    staff_rules,
)
from optimizer.check.findings import Broken, Checked, violations
from optimizer.check.goal_rules import goals_are_recounted
from optimizer.check.money import budget_is_kept, cost_is_recounted, recounted_cost
from optimizer.check.names import Names
from optimizer.check.plan import Plan
from optimizer.check.reading import read
from optimizer.check.recount import Recount
from optimizer.expansion.case import Case
from optimizer.tables import Table

COST_RULE: Final = "cost adds up"
GOALS_RULE: Final = "goals add up"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, the same as the program's where it has one, and the function that finds where it is broken."""

    name: str
    find: Callable[[Recount], Iterator[Broken]]


CHECKS: Final[tuple[Rule, ...]] = (
    Rule("names are known", figure_rules.names_are_known),
    Rule("rows stand once", figure_rules.rows_stand_once),
    Rule("figures are numbers", figure_rules.figures_are_numbers),
    Rule("figures are not negative", figure_rules.figures_are_not_negative),
    Rule("people and things are whole", figure_rules.people_and_things_are_whole),
    Rule("demand is as given", figure_rules.demand_is_as_given),
    Rule("waiting patients are conserved", patient_rules.waiting_patients_are_conserved),
    Rule("present patients are conserved", patient_rules.present_patients_are_conserved),
    Rule("nobody is lost", patient_rules.nobody_is_lost),
    Rule("elective cases are conserved", patient_rules.elective_cases_are_conserved),
    Rule("electives keep their terms", patient_rules.electives_keep_their_terms),
    Rule("patients are where they can be cared for", patient_rules.patients_are_where_they_can_be_cared_for),
    Rule("boarding is allowed", patient_rules.boarding_is_allowed),
    Rule("moves follow routes", patient_rules.moves_follow_routes),
    Rule("transfers stay within limits", patient_rules.transfers_stay_within_limits),
    Rule("diversions stay within arrivals", patient_rules.diversions_stay_within_arrivals),
    Rule("diversions stay within limits", patient_rules.diversions_stay_within_limits),
    Rule("days over capacity are few", patient_rules.days_over_capacity_are_few),
    Rule("patients fit open beds", bed_rules.patients_fit_open_beds),
    Rule("overflow keeps its terms", bed_rules.overflow_keeps_its_terms),
    Rule("bays are as they are", bed_rules.bays_are_as_they_are),
    Rule("bays open once", bed_rules.bays_open_once),
    Rule("bays open at their notice", bed_rules.bays_open_at_their_notice),
    Rule("bays stay open long enough", bed_rules.bays_stay_open_long_enough),
    Rule("bays close in time", bed_rules.bays_close_in_time),
    Rule("beds add up", figure_rules.beds_add_up),
    Rule("cover is met", cover_rules.cover_is_met),
    Rule("shortfalls are of needs", cover_rules.shortfalls_are_of_needs),
    Rule("needs round up", cover_rules.needs_round_up),
    Rule("needs add up", cover_rules.needs_add_up),
    Rule("people start only what they may", staff_rules.people_start_only_what_they_may),
    Rule("starts inside notice are as published", staff_rules.starts_inside_notice_are_as_published),
    Rule("away only when working", staff_rules.away_only_when_working),
    Rule("contract hours are kept", staff_rules.contract_hours_are_kept),
    Rule("own shifts are kept", staff_rules.own_shifts_are_kept),
    Rule("temporary staff is limited", staff_rules.temporary_staff_is_limited),
    Rule("one duty a day", rest_rules.one_duty_a_day),
    Rule("rest between duties", rest_rules.rest_between_duties),
    Rule("five in seven days", rest_rules.five_in_seven_days),
    Rule("weekends off", rest_rules.weekends_off),
    Rule("changes are counted", change_rules.changes_are_counted),
    Rule("changes are few", change_rules.changes_are_few),
    Rule("what is locked is as published", change_rules.what_is_locked_is_as_published),
    Rule("patients have their devices", device_rules.patients_have_their_devices),
    Rule("device needs add up", device_rules.device_needs_add_up),
    Rule("devices at units are conserved", device_rules.devices_at_units_are_conserved),
    Rule("devices in stores are conserved", device_rules.devices_in_stores_are_conserved),
    Rule("devices move where they may", device_rules.devices_move_where_they_may),
    Rule("reserve is kept", device_rules.reserve_is_kept),
    Rule("rent keeps its terms", device_rules.rent_keeps_its_terms),
    Rule("requests are served or wait", device_rules.requests_are_served_or_wait),
    Rule("slots are enough", device_rules.slots_are_enough),
    Rule("wards close as chosen", choice_rules.wards_close_as_chosen),
    Rule("people are engaged within limits", choice_rules.people_are_engaged_within_limits),
    Rule("locked cells are kept", locked_rules.locked_cells_are_kept),
    Rule("budget is kept", budget_is_kept),
)
"""Every rule, in the order its violations are told; those on the cost and goals claimed come last, in `check`."""


CHOICES: Final = frozenset({"wards close as chosen", "people are engaged within limits"})
"""Rules on what is chosen once; all others are recounted as if that were given."""


def check(
    case: Case,
    tables: Mapping[str, Table],
    *,
    objective: float,
    cost: Mapping[str, float],
    goals: Mapping[str, float] | None = None,
) -> Checked:
    """Recount a plan's cost, goals, conservation and every rule from its tables, without solver or program.

    `objective` and `cost` are what the plan claims, in currency, `goals` what it claims of each goal sought; tables
    without rows may be left out.
    """
    names = Names(case)
    asked = Plan(case, names, *read(names, tables))
    left = choice_rules.settled(asked)
    recount = Recount(asked if left is case else Plan(left, Names(left), asked.cells, asked.faults))
    found = [
        each
        for rule in CHECKS
        for each in violations(rule.name, rule.find(Recount(asked) if rule.name in CHOICES else recount))
    ]
    recounted = recounted_cost(recount)
    found.extend(violations(COST_RULE, cost_is_recounted(cost, recounted, objective)))
    found.extend(violations(GOALS_RULE, goals_are_recounted(recount, goals or {})))
    return Checked(not found, tuple(found), recounted)
