"""A hospital's own roster problem: duties with their hours, people with theirs, and the scenario's rules.

Days count from 0. Moments are minutes that really pass since midnight of day 0, so that a night on which the clocks
change counts 11 or 13 hours. A cost of None makes a rule hard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from optimizer.scenario.horizon import WEEKDAYS
from optimizer.scenario.rostering import RosterRules

OFF: Final = frozenset[int]()
"""A cell without a duty."""


@dataclass(frozen=True, slots=True)
class Stint:
    """A duty by its hours: its day and shift, when it begins and ends, minutes paid, whether it is a night."""

    day: int
    shift: str
    start: int
    end: int
    paid: int
    night: bool = False


@dataclass(frozen=True, slots=True)
class Slot(Stint):
    """A duty wanted by so many in a unit and role; each person missing costs `under`, each too many `over`.

    `wanted` is hard where `under` is None. Who lacks `skill` may not work it. `place` says where the team sends her
    (and as what), where that is not its own unit.
    """

    unit: str = ""
    role: str = ""
    wanted: int = 1
    under: float | None = None
    over: float = 0.0
    skill: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works: where, as what, how long, and what was before.

    `weekly` are contract minutes a week (0: none owed), `usual` minutes a week worked before what is known, `owed`
    minutes worked too few (negative: too many). `away` are days she can't work, those of `leave` and of `absent` (sick,
    say) among them; what asks for at least so much is not asked of her where `absent` cuts it short. `past` are
    stints before day 0, in order. `rota` is the base rota's shift by day, "" for off.
    """

    id: str
    group: str
    unit: str
    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    grade: int = 0
    contract: str = "own"
    weekly: int = 0
    usual: int = 0
    owed: int = 0
    pay: float = 0.0
    price: float = 0.0
    shifts: frozenset[str] = frozenset()
    away: frozenset[int] = frozenset()
    leave: frozenset[int] = frozenset()
    past: tuple[Stint, ...] = ()
    nights: int = 0
    weekends: int = 0
    unmet: int = 0
    rota: Mapping[int, str] = field(default_factory=dict)
    absent: frozenset[int] = frozenset()

    def may(self, slot: Slot) -> bool:
        """Whether she may work a duty: her units, roles, shifts and skills."""
        return (
            (slot.unit == self.unit or slot.unit in self.units)
            and (not slot.place or slot.unit == self.unit)
            and (slot.role == self.group or slot.role in self.roles)
            and (not self.shifts or slot.shift in self.shifts)
            and (not slot.skill or slot.skill in self.skills)
        )


@dataclass(frozen=True, slots=True)
class Wished:
    """A person (by number) wants to work (or not) a shift, or any with "", on a day; `weight` None: promised."""

    member: int
    day: int
    shift: str
    work: bool
    weight: float | None


@dataclass(frozen=True, slots=True)
class Tied:
    """Two people (by number) whose duties are the same, or never at one place and time."""

    first: int
    second: int
    together: bool
    cost: float | None


@dataclass(frozen=True, slots=True)
class TeamProblem:
    """Duties, people and rules over `days` from `first` on (None: a cycle's week from Monday)."""

    name: str
    days: int
    slots: tuple[Slot, ...]
    members: tuple[Member, ...]
    rules: RosterRules
    first: date | None = None
    zone: str | None = None
    wishes: tuple[Wished, ...] = ()
    ties: tuple[Tied, ...] = ()
    published: Mapping[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    locked: Mapping[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def weekday(self, day: int) -> int:
        """0 for Monday."""
        return (day + (self.first.weekday() if self.first is not None else 0)) % 7

    def weekends(self) -> tuple[tuple[int, ...], ...]:
        """The days of each weekend, Saturday first; the first or last may be cut."""
        first = (5 - self.weekday(0)) % 7 - 7
        found = (tuple(day for day in (at, at + 1) if 0 <= day < self.days) for at in range(first, self.days, 7))
        return tuple(days for days in found if days)

    def label(self, day: int) -> str:
        """A day as planners say it."""
        if self.first is None:
            return WEEKDAYS[day % 7]
        return f"{self.first + timedelta(day):%a %-d %b}"

    def by_day(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the duties of each day."""
        found: list[list[int]] = [[] for _ in range(self.days)]
        for at, slot in enumerate(self.slots):
            found[slot.day].append(at)
        return tuple(map(tuple, found))

    def fair_share(self, member: Member) -> float:
        """Her part in the team's contract hours; alike for all where nobody has any."""
        total = sum(each.weekly for each in self.members if each.contract == "own")
        own = sum(each.contract == "own" for each in self.members)
        return member.weekly / total if total else 1.0 / max(1, own)

    def due(self, member: Member) -> float:
        """Minutes of the contract over the roster, with what is owed and less leave on weekdays."""
        leave = sum(self.weekday(day) < 5 for day in member.leave)
        return max(0.0, member.weekly * self.days / 7 - member.weekly / 5 * leave + member.owed)


@dataclass(frozen=True, slots=True)
class TeamRoster:
    """For each member, by the order of the problem, the numbers of her duties."""

    duties: tuple[frozenset[int], ...]

    def cell(self, problem: TeamProblem, member: int, day: int) -> frozenset[int]:
        """Her duties that begin on a day."""
        return frozenset(at for at in self.duties[member] if problem.slots[at].day == day)
