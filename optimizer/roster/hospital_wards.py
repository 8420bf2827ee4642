"""A hospital's roster as wards that have nothing to do with one another, each a problem of its own.

Whoever may stand in for one another, or is tied by a pair, is of one ward; fairness is within a ward.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.roster.certifying import PoolRoster, certify, pool_problem
from optimizer.roster.hospital_clock import Clock
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_problem import Slot, TeamProblem
from optimizer.roster.hospital_reading import Told, clock_of
from optimizer.roster.planned import Pool, pools
from optimizer.saved import SavedPlan
from optimizer.scenario.rostering import StatedNeed

Mapped = tuple[tuple[int, ...], tuple[int, ...]]


def wards(problem: TeamProblem) -> tuple[TeamProblem, ...]:
    """The parts of a problem that share neither people nor duties, in the order of their first duty.

    A duty that nobody may work stays, in the part of its unit's other duties or one by itself: it can't be covered.
    """
    links = _Links(len(problem.members))
    by_place: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for at, slot in enumerate(problem.slots):
        by_place[slot.unit, slot.role, slot.shift, slot.skill + "\t" + slot.place].append(at)
    able = {key: [m for m, member in enumerate(problem.members) if member.may(problem.slots[slots[0]])]
            for key, slots in by_place.items()}  # fmt: skip
    by_unit: dict[str, list[int]] = defaultdict(list)
    for key, members in able.items():
        links.join(members)
        if problem.rules.mix:
            by_unit[key[0]] += members
    for members in by_unit.values():
        links.join(members)
    for tie in problem.ties:
        links.join([tie.first, tie.second])
    return tuple(_parts(problem, links, {at: able[key] for key, slots in by_place.items() for at in slots}))


class _Links:
    """Who is of one ward with whom."""

    def __init__(self, people: int) -> None:
        self._up = list(range(people))

    def join(self, members: Sequence[int]) -> None:
        """These belong together."""
        for member in members[1:]:
            self._up[self.root(member)] = self.root(members[0])

    def root(self, member: int) -> int:
        """Who stands for the ward."""
        while self._up[member] != member:
            self._up[member] = self._up[self._up[member]]
            member = self._up[member]
        return member


def _parts(problem: TeamProblem, links: _Links, able: Mapping[int, Sequence[int]]) -> Iterator[TeamProblem]:
    members: dict[int | str, list[int]] = defaultdict(list)
    slots: dict[int | str, list[int]] = defaultdict(list)
    home: dict[tuple[str, str], int | str] = {}
    for member in range(len(problem.members)):
        members[links.root(member)].append(member)
    for at, slot in enumerate(problem.slots):
        if able[at]:
            home.setdefault((slot.unit, slot.role), links.root(able[at][0]))
    for at, slot in enumerate(problem.slots):
        root = links.root(able[at][0]) if able[at] else home.get((slot.unit, slot.role), f"{slot.unit} {slot.role}")
        slots[root].append(at)
    for root, mine in slots.items():
        yield _part(problem, members.get(root, []), mine, whole=len(slots) == 1)


def _part(problem: TeamProblem, members: Sequence[int], slots: Sequence[int], *, whole: bool) -> TeamProblem:
    who, which = ({at: number for number, at in enumerate(each)} for each in (members, slots))
    units = tuple(dict.fromkeys(problem.slots[at].unit for at in slots))
    roles = tuple(dict.fromkeys(problem.slots[at].role for at in slots))
    name = problem.name if whole else "-".join((units[0], roles[0] if len(roles) == 1 else "team"))

    def cells(told: Mapping[tuple[int, int], frozenset[int]]) -> dict[tuple[int, int], frozenset[int]]:
        return {
            (who[member], day): frozenset(which[at] for at in cell if at in which)
            for (member, day), cell in told.items() if member in who
        }  # fmt: skip

    return replace(
        problem,
        name=name,
        slots=tuple(problem.slots[at] for at in slots),
        members=tuple(problem.members[at] for at in members),
        wishes=tuple(replace(wish, member=who[wish.member]) for wish in problem.wishes if wish.member in who),
        ties=tuple(
            replace(tie, first=who[tie.first], second=who[tie.second]) for tie in problem.ties if tie.first in who
        ),
        published=cells(problem.published),
        locked=cells(problem.locked),
    )


def needs_of_plan(saved: SavedPlan, told: Told) -> tuple[StatedNeed, ...]:
    """What a plan's own duties ask of the people told, as needs that a roster folder can keep."""
    clock = clock_of(saved.scenario)
    first = saved.scenario.horizon.start
    cost = told.rules.short_cost
    return tuple(
        _need(slot, pool, clock, cost) for pool in pools(saved, clock, cost, 0.0) for slot in pool.slots
        if first is not None
    )  # fmt: skip


def _need(slot: Slot, pool: Pool, clock: Clock, cost: float | None) -> StatedNeed:
    from datetime import date, timedelta

    day = (clock.first or date(2024, 1, 1)) + timedelta(slot.day)
    return StatedNeed(
        day=day, unit=pool.unit, group=pool.group, shift=slot.shift, at=slot.place, people=slot.wanted, cost=cost
    )


@dataclass(frozen=True, slots=True)
class Certificate:
    """What of a plan's own duties people can work, pool by pool."""

    pools: tuple[PoolRoster, ...]

    @property
    def planned(self) -> int:
        """Own duties planned."""
        return sum(each.pool.planned for each in self.pools)

    @property
    def placed(self) -> int:
        """Those that somebody works in the anonymous roster."""
        return sum(each.placed for each in self.pools)

    @property
    def share(self) -> float:
        """Placed of planned; 1 where nothing is planned."""
        return self.placed / self.planned if self.planned else 1.0


def certify_plan(
    saved: SavedPlan, *, jobs: int = 1, seconds: float = 60.0, done: Callable[[PoolRoster], None] = lambda _: None
) -> Certificate:  # fmt: skip
    """An anonymous roster of every pool whose number of people is given. Raises RosterError: a fault of ours."""
    from joblib import Parallel, delayed

    clock = clock_of(saved.scenario)
    there = [pool for pool in pools(saved, clock, 1.0, 0.0) if _heads(saved, pool) is not None]

    def one(pool: Pool) -> PoolRoster:
        rest = saved.scenario.staff[pool.group].rest
        days = saved.scenario.horizon.committed_days
        problem = pool_problem(pool, clock, days, _heads(saved, pool) or 0.0, rest, _last_night(saved, pool))
        return certify(problem, pool, seconds)

    found: dict[str, PoolRoster] = {}
    for each in Parallel(n_jobs=jobs, backend="threading", return_as="generator_unordered")(
        delayed(one)(pool) for pool in there
    ):
        found[each.pool.name] = each
        done(each)
    return Certificate(tuple(found[pool.name] for pool in there))


def _heads(saved: SavedPlan, pool: Pool) -> float | None:
    case = saved.case
    return case.heads(case.staff.index(pool.group), case.units.index(pool.unit))


def _last_night(saved: SavedPlan, pool: Pool) -> Mapping[str, int]:
    """People of the pool who began a duty on the day before the first, by shift."""
    found: dict[str, int] = defaultdict(int)
    for duty in saved.scenario.today.on_duty:
        if (duty.staff, duty.unit) == (pool.group, pool.unit):
            found[duty.shift] += int(duty.people)
    return found


def total(plans: Sequence[TeamPlan]) -> tuple[float, float | None, bool]:
    """Points of all wards, the bound of all (None where one has none), whether all are legal."""
    bounds = [plan.bound for plan in plans]
    known = [bound for bound in bounds if bound is not None]
    return (
        sum(plan.points for plan in plans),
        sum(known) if len(known) == len(bounds) else None,
        all(plan.legal for plan in plans),
    )
