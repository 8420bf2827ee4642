"""One wrong plan for every rule: the check names the rule that was broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import pytest

from optimizer.check import CHECKS, COST_RULE
from optimizer.tables import SHAPES, Cell, Table
from tests.test_check_cases import Planned, planned

NUMBERED: Final = ("period", "bay", "week")
Tables = dict[str, Table]
Row = dict[str, Cell]


def edited(tables: Mapping[str, Table], name: str, edit: Callable[[list[Row]], list[Row]]) -> Tables:
    """The tables with one of them changed row by row."""
    rows = edit([dict(row) for row in tables[name].records()] if name in tables else [])
    cells = tuple(tuple(row[column] for column in SHAPES[name]) for row in rows)
    return {**tables, name: Table(name, SHAPES[name], cells)}


def with_row(name: str, **row: Cell) -> Callable[[Planned], Tables]:
    """A plan with this row in place of the one of the same names, figures left out being 0."""
    figures = {column: 0 for column in SHAPES[name]}
    names = {
        column: cell for column, cell in row.items() if isinstance(cell, str) or column in ("period", "bay", "week")
    }

    def edit(rows: list[Row]) -> list[Row]:
        others = [each for each in rows if any(each[column] != cell for column, cell in names.items())]
        return [*others, {**figures, **row}]

    return lambda plan: edited(plan.tables, name, edit)


def with_rows(*changes: Callable[[Planned], Tables]) -> Callable[[Planned], Tables]:
    """Several changes, one after the other."""

    def tamper(plan: Planned) -> Tables:
        for change in changes:
            plan = replace(plan, tables=change(plan))
        return dict(plan.tables)

    return tamper


def first(name: str, column: str, by: float, **where: Cell) -> Callable[[Planned], Tables]:
    """A plan in which one figure of the first row that fits is more, or less."""

    def edit(rows: list[Row]) -> list[Row]:
        row = next(row for row in rows if all(row[key] == cell for key, cell in where.items()) and row[column])
        row[column] = float(row[column]) + by
        return rows

    return lambda plan: edited(plan.tables, name, edit)


def every(name: str, column: str, cell: Cell, **where: Cell) -> Callable[[Planned], Tables]:
    """A plan in which a column of every row that fits is this."""

    def edit(rows: list[Row]) -> list[Row]:
        return [{**row, column: cell} if all(row[key] == at for key, at in where.items()) else row for row in rows]

    return lambda plan: edited(plan.tables, name, edit)


def twice(name: str) -> Callable[[Planned], Tables]:
    """A plan whose table has its first row twice."""
    return lambda plan: edited(plan.tables, name, lambda rows: [*rows, rows[0]])


def without(name: str) -> Callable[[Planned], Tables]:
    """A plan without one of its tables."""
    return lambda plan: {key: table for key, table in plan.tables.items() if key != name}


def people(
    contract: str, line: str, day: int, count: float, staff: str = "rn", unit: str = "SUR"
) -> Callable[[Planned], Tables]:
    """A plan in which so many people start a line that day of January 2024."""
    names = {"staff": staff, "contract": contract, "unit": unit, "line": line, "day": f"2024-01-{day:02d}"}
    return with_row("staff", **names, people=count)


def nobody_else(day: int) -> Callable[[Planned], Tables]:
    """A plan in which nobody of the surgical nurses starts anything that day."""
    return every("staff", "people", 0, staff="rn", unit="SUR", day=f"2024-01-{day:02d}")


def in_each_bay_all_days(plan: Planned) -> Tables:
    """The first bay of MED open on every day."""
    days = [plan.case.grid.day_label(day) for day in range(plan.case.grid.days)]
    rows = [with_row("bays", unit="MED", bay=1, day=day, beds=2, open=1) for day in days]
    return with_rows(*rows)(plan)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A plan that breaks a rule: what to change, in which of the cases."""

    rule: str
    change: Callable[[Planned], Tables]
    case: str = "network"
    why: str = ""


WRONG: Final[tuple[Wrong, ...]] = (
    Wrong("names are known", every("staff", "unit", "MEDD", unit="MED"), why="a unit nobody knows"),
    Wrong("names are known", lambda plan: {**plan.tables, "wards": plan.tables["beds"]}, why="a table nobody knows"),
    Wrong("names are known", every("staff", "line", "D", line="early"), why="a shift nobody knows"),
    Wrong("rows stand once", twice("staff"), why="people counted twice"),
    Wrong("rows stand once", twice("demand"), why="demand counted twice"),
    Wrong("figures are numbers", every("patients", "present", float("nan"), group="surg"), why="nan patients"),
    Wrong("figures are numbers", every("beds", "open", "many"), why="a word for a number"),
    Wrong("figures are not negative", people("own", "early", 3, -1), why="minus one nurse"),
    Wrong("people and things are whole", first("staff", "people", 0.5), why="half a person"),
    Wrong("people and things are whole", first("on_duty", "people", -0.5), why="half a person away"),
    Wrong("people and things are whole", first("bays", "open", -0.5), why="half a bay"),
    Wrong("people and things are whole", first("devices", "held", -0.5), why="half a device held"),
    Wrong(
        "people and things are whole", first("patients", "present", -0.5), "two-wards", "half a patient counted whole"
    ),
    Wrong("people and things are whole", first("electives", "cases", -0.5), why="half an operation"),
    Wrong("demand is as given", first("demand", "arrivals", -1), why="an arrival fewer"),
    Wrong("demand is as given", every("demand", "stays", 0.1, group="med"), why="shorter stays"),
    Wrong("demand is as given", first("start", "patients", -1), why="a patient fewer at the start"),
    Wrong("demand is as given", without("demand"), why="no demand told"),
    Wrong("waiting patients are conserved", with_row("waiting", group="surg", day="2024-01-04", period=0, waiting=1)),
    Wrong("waiting patients are conserved", first("patients", "admitted", -1), why="admitted, but not from anywhere"),
    Wrong("present patients are conserved", first("patients", "present", -1), why="an admitted patient vanishes"),
    Wrong("nobody is lost", first("patients", "present", -1, day="2024-01-10"), why="a patient fewer at the end"),
    Wrong("elective cases are conserved", first("electives", "cases", 1), why="a case done twice"),
    Wrong("elective cases are conserved", without("electives"), why="cases never done"),
    Wrong("electives keep their terms", every("electives", "done", "2024-01-01"), why="done before their day"),
    Wrong("electives keep their terms", every("electives", "done", "2024-01-08"), why="done too late"),
    Wrong("patients are where they can be cared for", every("patients", "unit", "SOU", unit="SUR", group="surg")),
    Wrong(
        "patients are where they can be cared for", every("patients", "home", 1, unit="SUR"), why="outliers called home"
    ),
    Wrong(
        "boarding is allowed", with_row("waiting", group="med", day="2024-01-01", period=1, waiting=1), "service-level"
    ),
    Wrong(
        "moves follow routes",
        with_row("moves", **{"from": "SUR"}, group="surg", to="SOU", day="2024-01-03", period=0, patients=1),
        why="to a unit that can't care for them",
    ),
    Wrong(
        "moves follow routes",
        with_row("moves", **{"from": ""}, group="med", to="MED", day="2024-01-03", period=0, patients=1),
        why="a move that is an admission",
    ),
    Wrong(
        "transfers stay within limits",
        with_row("moves", **{"from": ""}, group="med", to="SOU", day="2024-01-03", period=0, patients=3),
        why="3 > 2 a day",
    ),
    Wrong(
        "diversions stay within arrivals",
        with_row("waiting", group="surg", day="2024-01-03", period=0, diverted=1),
        why="nobody arrives but by appointment",
    ),
    Wrong(
        "diversions stay within limits",
        with_row("waiting", group="med", day="2024-01-03", period=0, diverted=2),
        why="2 > 1 a day",
    ),
    Wrong(
        "days over capacity are few",
        with_rows(
            *(with_row("waiting", group="med", day=f"2024-01-0{day}", period=0, waiting=1) for day in range(1, 6))
        ),
        why="5 days > half of 8",
    ),
    Wrong("patients fit open beds", every("bays", "open", 0), "two-wards", "a bay closed that is full"),
    Wrong("patients fit open beds", first("patients", "present", 9, unit="SUR"), why="nine more in six beds"),
    Wrong(
        "overflow keeps its terms",
        with_row("overflow", unit="SUR", day="2024-01-03", beds=1),
        why="a bed put up where none may be",
    ),
    Wrong("bays are as they are", every("bays", "beds", 3), why="three beds in a bay of two"),
    Wrong("bays are as they are", with_row("bays", unit="SUR", bay=1, day="2024-01-03", beds=2, open=1, opening=1)),
    Wrong("bays open once", every("bays", "opening", 0), "two-wards", "open without having been opened"),
    Wrong("bays open once", every("bays", "opening", 1), why="opened again while open"),
    Wrong("bays open once", every("bays", "open", 2), why="open twice over"),
    Wrong(
        "bays open at their notice",
        with_row("bays", unit="MED", bay=2, day="2024-01-01", beds=2, open=1, opening=1),
        why="opened today, notice a day",
    ),
    Wrong(
        "bays stay open long enough",
        with_rows(
            every("bays", "open", 0),
            every("bays", "opening", 0),
            with_row("bays", unit="MED", bay=2, day="2024-01-04", beds=2, open=1, opening=1),
        ),
        why="open for a day of two",
    ),
    Wrong("bays close in time", in_each_bay_all_days, why="open ten days of five"),
    Wrong("beds add up", first("beds", "net", 1)),
    Wrong("beds add up", first("beds", "base", -1)),
    Wrong("beds add up", first("beds", "patients", -1)),
    Wrong("beds add up", every("beds", "boarded", 1)),
    Wrong("cover is met", every("staff", "people", 0), why="nobody works"),
    Wrong("cover is met", first("staff", "people", -1), "two-wards", "one nurse fewer"),
    Wrong("cover is met", without("short_staff"), why="shortfalls kept quiet"),
    Wrong("cover is met", first("patients", "present", 2), "two-wards", "29 patients, 7 nurses for 28"),
    Wrong(
        "shortfalls are of needs",
        with_row(
            "short_staff",
            unit="SOU",
            staff="hca",
            **{"from": "2024-01-01 22:00", "to": "2024-01-01 22:30"},
            hours=0.5,
            people=1,
        ),
        why="no need for hca at SOU",
    ),
    Wrong("shortfalls are of needs", first("short_staff", "hours", 1), why="an interval too long"),
    Wrong("needs round up", first("needs", "people", -1)),
    Wrong("needs round up", first("needs", "people", 1)),
    *(
        Wrong("needs add up", first("needs", column, 0.5))
        for column in ("hours", "patients", "care_hours", "people_before_rounding", "wte", "on_duty")
    ),
    Wrong("needs add up", without("needs"), why="no needs told"),
    Wrong("needs add up", twice("needs"), why="a need told twice"),
    Wrong("needs add up", every("needs", "to", "2024-01-02 07:00"), why="intervals that are none"),
    Wrong("people start only what they may", people("own", "early", 3, 1, unit="SOU"), why="no team there"),
    Wrong("people start only what they may", people("overtime", "early", 3, 1, staff="hca"), why="no such contract"),
    Wrong(
        "starts inside notice are as published",
        people("bank", "early", 1, 2, unit="MED"),
        why="one bank nurse is published",
    ),
    Wrong("starts inside notice are as published", people("agency", "late", 1, 1), why="agency booked for today"),
    Wrong(
        "starts inside notice are as published", people("bank", "early", 1, 0, unit="MED"), why="published, not there"
    ),
    Wrong("away only when working", first("on_duty", "people", 50), why="more away than at work"),
    Wrong("away only when working", every("on_duty", "home", "SOU"), why="away from where they have no home"),
    Wrong(
        "contract hours are kept",
        with_rows(*(people("own", "late", day, 10) for day in (1, 2, 3, 4, 5))),
        why="400 h > 10.4 people x 37.5 h + 4 h owed each",
    ),
    Wrong(
        "contract hours are kept",
        with_row("hours_owed", unit="SUR", staff="rn", week=0, hours=100),
        why="100 h > 10.4 x 4 h",
    ),
    Wrong("own shifts are kept", people("own", "early", 3, 40, "hca", "MED"), why="40 > 30 shifts a week"),
    Wrong("own shifts are kept", people("own", "early", 3, 40, "hca", "SUR"), why="40 > 25 shifts in all"),
    Wrong("temporary staff is limited", people("bank", "early", 3, 12), why="12 come > 0.8 x 14 asked for"),
    Wrong("temporary staff is limited", people("overtime", "early", 3, 6), why="48 h > 40 h"),
    Wrong("temporary staff is limited", people("agency", "early", 3, 5), why="5 > 4 in one shift"),
    Wrong(
        "temporary staff is limited",
        with_rows(*(people("agency", line, day, 4) for line in ("early", "late") for day in range(1, 9))),
        why="64 > 60 in all",
    ),
    Wrong("one duty a day", people("own", "early", 3, 11), why="11 > 10.4 people"),
    Wrong(
        "rest between duties",
        with_rows(nobody_else(3), nobody_else(4), people("own", "night", 3, 6), people("own", "early", 4, 6)),
        why="night worker starts early next morning: 6 + 6 > 10.4",
    ),
    Wrong(
        "five in seven days",
        with_rows(*(people("own", "early", day, 10) for day in (2, 3, 4, 5, 6, 7))),
        why="a sixth shift in seven days: 60 > 5 x 10.4",
    ),
    Wrong("weekends off", with_rows(nobody_else(6), people("own", "early", 6, 8)), why="8 > 0.7 x 10.4 on Saturday"),
    Wrong("changes are counted", without("staff_changes"), why="changes kept quiet"),
    Wrong("changes are counted", every("bays", "open", 0, bay=1), why="bays published and shut"),
    Wrong("changes are counted", every("electives", "cases", 0, booked="2024-01-03"), why="cases off their day"),
    Wrong(
        "changes are few",
        with_rows(*(people("agency", line, day, 200) for line in ("early", "late") for day in (3, 4, 5))),
        why="1,200 booked that nobody published",
    ),
    Wrong("what is locked is as published", every("bays", "open", 0, day="2024-01-01"), why="a bay shut on day one"),
    Wrong(
        "what is locked is as published",
        with_row("electives", group="surg", booked="2024-01-01", done="2024-01-01", cases=1),
        why="two are told for day one",
    ),
    Wrong("patients have their devices", every("devices", "held", 0), why="nothing held"),
    Wrong("patients have their devices", first("devices", "held", -1), "two-wards", "3 held < 0.75 x 5 patients"),
    Wrong("device needs add up", first("devices", "needed", 1)),
    Wrong("devices at units are conserved", first("devices", "held", 1), why="a device from nowhere"),
    Wrong("devices in stores are conserved", first("stores", "stored", 1), why="a device in store from nowhere"),
    Wrong("devices in stores are conserved", without("device_moves"), why="devices fly"),
    Wrong(
        "devices move where they may",
        with_row("device_moves", **{"from": "MED", "to": "SOU"}, device="pump", day="2024-01-03", period=0, devices=1),
        why="from ward to ward at another site",
    ),
    Wrong("reserve is kept", every("stores", "stored", 0), why="an empty store"),
    Wrong(
        "rent keeps its terms",
        with_row("stores", device="pump", site="north", day="2024-01-03", period=0, rented=5),
        why="5 > 4",
    ),
    Wrong(
        "rent keeps its terms", with_row("stores", device="pump", site="north", day="2024-01-01", period=0, rented=1)
    ),
    Wrong("requests are served or wait", first("services", "backlog", -0.5), why="a request forgotten"),
    Wrong("requests are served or wait", first("services", "requests", -0.5), why="a request never made"),
    Wrong("slots are enough", first("services", "served", 4), why="more served than slots"),
    Wrong(
        "slots are enough",
        with_row("extra_slots", device="scanner", day="2024-01-03", period=0, slots=2),
        why="2 > 1 extra",
    ),
    Wrong(
        "budget is kept",
        with_rows(*(people("agency", "early", day, 40) for day in (2, 3, 4, 5, 6))),
        why="200 agency shifts",
    ),
    *(
        Wrong("locked cells are kept", change, "locked", why)
        for change, why in (
            (people("own", "D", 2, 3, "nurse", "MED"), "3 people where 8 to 9 are locked"),
            (every("bays", "open", 0, unit="MED"), "a locked bay shut"),
            (first("patients", "present", 1, group="icu"), "more patients than are locked"),
            (first("devices", "held", 1, device="ventilator"), "more devices held than are locked"),
            (
                with_row("stores", device="ventilator", site="main", day="2024-01-02", period=0, rented=4),
                "more rented than are locked",
            ),
        )
    ),
    Wrong("wards close as chosen", with_row("closings", unit="MED", day="2024-01-03", closed=1), why="nobody asked"),
    Wrong("people are engaged within limits", with_row("engaged", staff="rn", unit="MED", people=1), why="not offered"),
    Wrong(COST_RULE, people("agency", "early", 3, 4), why="agency nobody pays for"),
    Wrong(
        COST_RULE, with_row("electives_off", group="surg", booked="2024-01-03", left=1), why="left undone for nothing"
    ),
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.rule}: {wrong.why}" if wrong.why else wrong.rule)
def test_a_wrong_plan_is_rejected_by_its_rule(wrong: Wrong) -> None:
    """A plan changed against one rule is not accepted, and that rule is among those named."""
    plan = planned(wrong.case)
    found = plan.checked(wrong.change(plan))
    assert not found.ok
    assert wrong.rule in {each.rule for each in found.violations}


def test_rest_is_more_than_one_duty_a_day() -> None:
    """Six on the night and six others early next morning would do; of ten people they can't all have rested.

    Only the rest rule sees it: 6 <= 10.4 start each day, and two such days are far from five in seven.
    """
    plan = planned("network")
    quiet = with_rows(nobody_else(3), nobody_else(4))
    tables = with_rows(quiet, people("own", "night", 3, 6), people("own", "early", 4, 6))(plan)
    found = [each for each in plan.checked(tables).violations if "SUR rn" in each.where]
    rules = {each.rule for each in found}
    assert "rest between duties" in rules
    assert not rules & {"one duty a day", "five in seven days", "contract hours are kept"}


def test_every_rule_has_a_wrong_plan() -> None:
    """A rule that no wrong plan breaks might as well not be there."""
    assert {wrong.rule for wrong in WRONG} == {rule.name for rule in CHECKS} | {COST_RULE}
