"""A plan's tables read as arrays over units, staff groups and intervals, for figures and sentences planners read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.grid import Bools, Floats, Line
from optimizer.scenario.staff import CONTRACTS, Contract
from optimizer.tables import Cell, Table


class Readings:
    """Arrays of one plan; everything is over committed days and the days beyond alike."""

    def __init__(self, case: Case, tables: Mapping[str, Table]) -> None:
        self.case = case
        self._tables = tables
        self._units = {name: at for at, name in enumerate(case.units)}
        self._staff = {name: at for at, name in enumerate(case.staff)}
        grid = case.grid
        self._days = {grid.day_label(day): day for day in range(grid.days)}
        self._starts = {grid.moment_label(edge): at for at, edge in enumerate(grid.edges[:-1])}

    def rows(self, table: str) -> list[dict[str, Cell]]:
        """Records of a table; none where the plan has no such table."""
        return list(self._tables[table].records()) if table in self._tables else []

    @cached_property
    def committed(self) -> Bools:
        """(T,) intervals of the committed days."""
        return self.case.grid.day_of_interval < self.case.grid.committed_days

    @cached_property
    def needed(self) -> Floats:
        """(U, G, T) people needed: the largest of the rules asked."""
        return self._by_interval("needs", "people", np.maximum)

    @cached_property
    def on_duty(self) -> Floats:
        """(U, G, T) people on duty where any rule asks for some."""
        return self._by_interval("needs", "on_duty", np.maximum)

    @cached_property
    def short(self) -> Floats:
        """(U, G, T) people short."""
        return self._by_interval("short_staff", "people", np.add)

    @cached_property
    def patients(self) -> Floats:
        """(U, P) patients in each unit."""
        found = np.zeros((len(self._units), self.case.grid.periods))
        for row in self.rows("patients"):
            found[self._units[str(row["unit"])], self.period(row)] += float(row["present"])
        return found

    def people(self, contract: Contract) -> Floats:
        """(U, G, S, D) people on each duty on a contract."""
        return self._people[contract]

    @cached_property
    def _people(self) -> dict[str, Floats]:
        case, grid = self.case, self.case.grid
        shape = (len(case.units), len(case.staff), len(grid.duties), grid.days)
        found: dict[str, Floats] = {contract: np.zeros(shape) for contract in CONTRACTS}
        lines: dict[tuple[str, str, str], Line] = {
            (case.staff[staff], contract, line.name): line
            for staff in range(len(case.staff))
            for contract in CONTRACTS
            for line in case.lines(staff, contract)
        }
        for row in self.rows("staff"):
            group, contract = str(row["staff"]), str(row["contract"])
            for entry in lines[group, contract, str(row["line"])].entries:
                day = self._days[str(row["day"])] + entry.offset
                if day < grid.days or grid.cyclic:
                    cell = self._units[str(row["unit"])], self._staff[group], entry.duty, day % grid.days
                    found[contract][cell] += float(row["people"])
        return found

    def at_work(self, contract: Contract) -> Floats:
        """(U, G, T) people of a contract at work in each interval."""
        return np.asarray(np.einsum("ugsd,sdt->ugt", self.people(contract), self.case.grid.covers.astype(np.float64)))

    def period(self, row: Mapping[str, Cell]) -> int:
        """Number of the period that a row's day and period name."""
        return self._days[str(row["day"])] * self.case.grid.periods_per_day + int(row["period"])

    def day(self, row: Mapping[str, Cell]) -> int:
        """Number of the day that a row names."""
        return self._days[str(row["day"])]

    def _by_interval(self, table: str, column: str, join: np.ufunc) -> Floats:
        found = np.zeros((len(self._units), len(self._staff), len(self.case.grid.period)))
        for row in self.rows(table):
            cell = self._units[str(row["unit"])], self._staff[str(row["staff"])], self._starts[str(row["from"])]
            found[cell] = join(found[cell], float(row[column]))
        return found
