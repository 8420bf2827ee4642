"""The master program of column generation: one line for each person, cover as near as can be, and what that is worth.

Its linear relaxation gives prices of every need; under any prices the cheapest lines prove a bound (Lagrange), which is
reckoned here from the prices alone, so that it holds whatever the linear solver did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from optimizer.roster.pricing import PricedLine, person_prices
from optimizer.roster.problem import Duty, Roster, RosterProblem
from optimizer.roster.ways import NO_SHIFT

if TYPE_CHECKING:
    from ortools.math_opt.python import mathopt

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

NOBODY: Final = -1
COVER: Final = ("wanted", "least", "under", "over")
"""What a frame holds of each need."""


@dataclass(frozen=True, slots=True)
class Column:
    """A line of a person that she may work: shifts and skills by day, its own cost in points, the needs it serves."""

    person: int
    shifts: tuple[int, ...]
    skills: tuple[str, ...]
    cost: float
    serves: tuple[int, ...]

    def duties(self, problem: RosterProblem) -> tuple[Duty | None, ...]:
        """The line as a roster shows it."""
        return tuple(
            None if shift == NO_SHIFT else Duty(problem.shifts[shift].name, skill)
            for shift, skill in zip(self.shifts, self.skills, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What one more is worth: of each need (N,), of each limit on a person's shift (L,)."""

    needs: Floats
    limits: Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """A problem in numbers: its needs by day, shift and skill, its people's own prices, its limits on shifts.

    `own` (P, D, S) and `rest` (P, D) in points; `need_at` by (day, shift number, skill); `limits` are (person, shift
    number, most) where neither 0 nor all days.
    """

    problem: RosterProblem
    own: Floats
    rest: Floats
    need_at: dict[tuple[int, int, str], int]
    limits: tuple[tuple[int, int, int], ...]
    wanted: Floats
    least: Floats
    under: Floats
    over: Floats

    @classmethod
    def of(cls, problem: RosterProblem) -> Frame:
        """That of a problem."""
        number = {shift.name: at for at, shift in enumerate(problem.shifts)}
        own = [person_prices(problem, person) for person in problem.people]
        limits = [
            (at, number[shift], most)
            for at, person in enumerate(problem.people)
            for shift, most in person.most_of.items()
            if 0 < most < problem.days
        ]
        needs = problem.needs
        return cls(
            problem, np.stack([shifts for shifts, _ in own]), np.stack([rest for _, rest in own]),
            {(need.day, number[need.shift], need.skill): at for at, need in enumerate(needs)}, tuple(limits),
            *(np.array([getattr(n, each) for n in needs], dtype=np.float64) for each in COVER),
        )  # fmt: skip

    def within(self, allowed: NDArray[np.bool_]) -> Frame:
        """The same with fewer choices: `allowed` (P, D, S + 1) for each shift and, last, a day off."""
        own = np.where(allowed[:, :, :-1], self.own, np.inf)
        return replace(self, own=own, rest=np.where(allowed[:, :, -1], self.rest, np.inf))

    def beside(self, there: Floats) -> Frame:
        """The same with so many (N,) at each need already."""
        return replace(self, wanted=self.wanted - there, least=self.least - there)

    def prices(self, prices: Prices) -> Floats:
        """(P, D, S) what each shift costs a person: her wishes less what the best need it serves is worth."""
        problem = self.problem
        worth = np.full((len(problem.people), problem.days, len(problem.shifts)), -np.inf)
        worth[:, ~self._needed()] = 0.0
        for skill, (needs, days, shifts) in self._by_skill().items():
            has = np.array([not skill or skill in person.skills for person in problem.people])
            price = np.where(has[:, None], prices.needs[needs][None, :], -np.inf)
            worth[:, days, shifts] = np.maximum(worth[:, days, shifts], price)
        found = self.own - worth
        for price, (person_at, shift, _) in zip(prices.limits, self.limits, strict=True):
            found[person_at, :, shift] -= price
        return np.asarray(found)

    def _by_skill(self) -> dict[str, tuple[Ints, Ints, Ints]]:
        """Of each skill the needs, with the day and the shift of each."""
        found: dict[str, list[tuple[int, int, int]]] = {}
        for (day, shift, skill), need in self.need_at.items():
            found.setdefault(skill, []).append((need, day, shift))
        columns = {skill: np.array(rows, dtype=np.intp).T for skill, rows in found.items()}
        return {skill: (rows[0], rows[1], rows[2]) for skill, rows in columns.items()}

    def _needed(self) -> NDArray[np.bool_]:
        """(D, S) whether a shift has a need, so that whoever works it must serve one."""
        found = np.zeros((self.problem.days, len(self.problem.shifts)), dtype=np.bool_)
        for day, shift, _ in self.need_at:
            found[day, shift] = True
        return found

    def column(self, line: PricedLine, prices: Prices) -> Column:
        """A priced line with the skills it works in and its own cost."""
        problem = self.problem
        person = problem.people[line.person]
        skills, serves = [], []
        for day, shift in enumerate(line.shifts):
            best = max(
                ((float(prices.needs[self.need_at[day, shift, skill]]), skill) for skill in ("", *sorted(person.skills))
                 if (day, shift, skill) in self.need_at), default=None,
            ) if shift != NO_SHIFT else None  # fmt: skip
            skills.append(best[1] if best is not None else "")
            if best is not None:
                serves.append(self.need_at[day, shift, best[1]])
        worth = sum(float(prices.needs[need]) for need in serves)
        counted = np.bincount([s for s in line.shifts if s != NO_SHIFT], minlength=len(problem.shifts))
        worth += sum(
            float(price) * int(counted[shift])
            for price, (at, shift, _) in zip(prices.limits, self.limits, strict=True)
            if at == line.person
        )
        return Column(line.person, line.shifts, tuple(skills), round(line.cost + worth, 6), tuple(serves))

    def bound(self, prices: Prices, lines: Sequence[PricedLine], people: int | None = None) -> float:
        """What every roster of (so many) people costs at least, under any prices: the cheapest lines and cover."""
        people = len(self.problem.people) if people is None else people
        if len(lines) < people:
            return float("inf")
        value = float(sum(line.cost for line in lines))
        value += float((np.minimum(prices.limits, 0.0) * np.array([most for _, _, most in self.limits])).sum())
        counts = np.arange(people + 1)
        short = np.maximum(self.wanted[:, None] - counts, 0) * self.under[:, None]
        long = np.maximum(counts - self.wanted[:, None], 0) * self.over[:, None]
        cover = short + long + prices.needs[:, None] * counts
        cover[counts[None, :] < self.least[:, None]] = np.inf
        return value + float(cover.min(axis=1).sum())


class Master:
    """The linear relaxation over the columns so far, kept in GLOP: new columns are solved from where it stands."""

    def __init__(self, frame: Frame, missing: float, only: Collection[int] | None = None) -> None:
        """`missing` is the price of a person (of `only`) without a line or a least cover not met, above any other."""
        from ortools.math_opt.python import mathopt

        self.frame = frame
        self.columns: list[Column] = []
        self._seen: set[tuple[int, tuple[int, ...], tuple[str, ...]]] = set()
        self._model = mathopt.Model()
        people = range(len(frame.problem.people)) if only is None else sorted(only)
        self._people = {person: self._row(1.0, 1.0, missing) for person in people}
        self._wanted = [self._cover(at) for at in range(len(frame.wanted))]
        self._least = {
            at: self._row(float(least), np.inf, missing) for at, least in enumerate(frame.least) if least > 0
        }
        self._limits = [self._row(-np.inf, float(most), 0.0) for _, _, most in frame.limits]
        self._at = {(person, shift): at for at, (person, shift, _) in enumerate(frame.limits)}
        self._values: list[mathopt.Variable] = []
        self._reduced: Floats = np.zeros(0)
        self._moved = True
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def add(self, column: Column) -> bool:
        """Take a column in; whether it is new."""
        key = column.person, column.shifts, column.skills
        if key in self._seen:
            return False
        self._seen.add(key)
        self.columns.append(column)
        value = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(value, column.cost)
        self._people[column.person].set_coefficient(value, 1.0)
        for need in column.serves:
            self._wanted[need].set_coefficient(value, 1.0)
            if need in self._least:
                self._least[need].set_coefficient(value, 1.0)
        counted = np.bincount([s for s in column.shifts if s != NO_SHIFT], minlength=len(self.frame.problem.shifts))
        for shift, count in enumerate(counted):
            at = self._at.get((column.person, shift), NOBODY)
            if at != NOBODY and count:
                self._limits[at].set_coefficient(value, float(count))
        self._values.append(value)
        return True

    def solve(self) -> tuple[float, Prices, Floats]:
        """The relaxation's cost, its prices, and how much of each column is taken."""
        found = self._solved()
        wanted = np.array(found.dual_values(self._wanted))
        for need, row in self._least.items():
            wanted[need] += found.dual_values(row)
        limits = np.array(found.dual_values(self._limits)) if self._limits else np.zeros(0)
        taken = np.array(found.variable_values(self._values)) if self._values else np.zeros(0)
        self._reduced = np.array(found.reduced_costs(self._values)) if self._values else np.zeros(0)
        return float(found.objective_value()), Prices(wanted, limits), taken

    def within(self, slack: float) -> list[Column]:
        """Columns that a roster dearer than the last relaxation by no more than `slack` may hold."""
        return [column for column, cost in zip(self.columns, self._reduced, strict=False) if cost <= slack]

    def nearest(self, most: int) -> dict[int, list[Column]]:
        """Of each person so many columns at most, those that the last relaxation is nearest to taking."""
        found: dict[int, list[Column]] = {}
        for at in np.argsort(self._reduced, kind="stable"):
            mine = found.setdefault(self.columns[at].person, [])
            if len(mine) < most:
                mine.append(self.columns[at])
        return found

    def _solved(self) -> mathopt.SolveResult:
        """The relaxation's answer; where GLOP loses its way from the last basis it begins anew, then HiGHS is asked."""
        from ortools.math_opt.python import mathopt

        primal = mathopt.SolveParameters(lp_algorithm=mathopt.LPAlgorithm.PRIMAL_SIMPLEX, presolve=mathopt.Emphasis.OFF)
        tries: list[Callable[[], mathopt.SolveResult]] = [
            self._solver.solve if self._moved else lambda: self._solver.solve(params=primal),
            lambda: mathopt.solve(self._model, mathopt.SolverType.GLOP),
            lambda: mathopt.solve(self._model, mathopt.SolverType.HIGHS),
        ]
        self._moved = False
        for attempt in tries:
            try:
                found = attempt()
            except Exception:  # OR-Tools raises a bare error of its binding, or fails to translate it
                self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
                continue
            if found.termination.reason == mathopt.TerminationReason.OPTIMAL:
                return found
        raise ArithmeticError("no solver answers the master program")

    def fix(self, column: int, share: float = 1.0) -> None:
        """Take at least so much of a column from now on."""
        self._moved = True  # the last basis is dual feasible still, and no longer primal
        self._values[column].lower_bound = share

    def free(self) -> None:
        """Take no column for fixed any more."""
        self._moved = True
        for value in self._values:
            value.lower_bound = 0.0

    def _row(self, lower: float, upper: float, missing: float) -> mathopt.LinearConstraint:
        row = self._model.add_linear_constraint(lb=lower, ub=upper)
        if missing:
            gap = self._model.add_variable(lb=0.0)
            self._model.objective.set_linear_coefficient(gap, missing)
            row.set_coefficient(gap, 1.0)
        return row

    def _cover(self, need: int) -> mathopt.LinearConstraint:
        frame = self.frame
        row = self._model.add_linear_constraint(lb=float(frame.wanted[need]), ub=float(frame.wanted[need]))
        for weight, sign in ((frame.under[need], 1.0), (frame.over[need], -1.0)):
            off = self._model.add_variable(lb=0.0)
            self._model.objective.set_linear_coefficient(off, float(weight))
            row.set_coefficient(off, sign)
        return row


def dear(frame: Frame) -> float:
    """A price above what any roster's part could cost."""
    most = float((frame.under * frame.wanted).max(initial=0.0) + frame.over.max(initial=0.0))
    own = frame.own[np.isfinite(frame.own)]
    return 1000.0 + 20.0 * (most + float(own.max(initial=0.0)))


def roster_of(problem: RosterProblem, columns: Sequence[Column]) -> Roster:
    """The roster in which everybody works the one column that is hers."""
    by_person = {column.person: column for column in columns}
    return Roster(tuple(by_person[at].duties(problem) for at in range(len(problem.people))))
