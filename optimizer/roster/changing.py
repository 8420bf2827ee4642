"""A roster after somebody falls out: as few cells changed as cover asks for, none before the first day of it.

What was worked stays, so that rest is kept across the seam; without events nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from optimizer.roster.explaining import Bench, Candidate, NoSuchCell, ranked
from optimizer.roster.hospital_making import TeamPlan, make_team_roster
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import published
from optimizer.roster.hospital_score import team_score
from optimizer.solution import Status

_ABSENT = re.compile(r"(?P<person>[^:]+):(?P<first>\d{4}-\d{2}-\d{2})(\.\.(?P<last>\d{4}-\d{2}-\d{2}))?")

DAYS_AFTER = 7
"""So long after an absence cells may change for it: to give back rest or hours."""

CHANGES_FOR_COVER = 4
"""A duty left uncovered is worth so many changed cells; nothing dearer than that is worth one."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody away from day `first` to `last` of the roster, both counted."""

    person: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs: whose (by number), the day, what was and what is."""

    member: int
    day: int
    before: frozenset[int]
    after: frozenset[int]


@dataclass(frozen=True, slots=True)
class Changed:
    """A ward after its absences: the plan, the cells that differ, and for each duty lost who could take it.

    `settled` where no better change exists within the gap asked for; of the whole roster the plan claims nothing.
    """

    plan: TeamPlan
    before: TeamRoster
    changes: tuple[Change, ...]
    suggestions: tuple[tuple[int, tuple[Candidate, ...]], ...]
    settled: bool = True


def read_absence(text: str, problem: TeamProblem) -> Absence:
    """`n05:2026-03-10..2026-03-12`. Raises NoSuchCell for anything else."""
    found = _ABSENT.fullmatch(text.strip())
    if found is None or problem.first is None:
        raise NoSuchCell(f"--absent {text}: reads like n05:2026-03-10 or n05:2026-03-10..2026-03-12")
    try:
        first, last = (date.fromisoformat(found[name] or found["first"]) for name in ("first", "last"))
    except ValueError as error:
        raise NoSuchCell(f"--absent {text}: {error}") from error
    days = [(day - problem.first).days for day in (first, last)]
    if days[1] < days[0] or days[1] < 0 or days[0] >= problem.days:
        raise NoSuchCell(
            f"--absent {text}: the roster runs from {problem.label(0)} to {problem.label(problem.days - 1)}"
        )
    return Absence(found["person"].strip(), max(0, days[0]), min(problem.days - 1, days[1]))


def after_absences(problem: TeamProblem, roster: TeamRoster, absences: Sequence[Absence]) -> TeamProblem:
    """The problem as it is now: those people away, what was published priced, days before the first absence locked."""
    number = {member.id: at for at, member in enumerate(problem.members)}
    gone: dict[int, frozenset[int]] = {}
    for each in absences:
        at = number[each.person]
        gone[at] = gone.get(at, frozenset()) | set(range(each.first, each.last + 1))
    members = tuple(
        replace(
            member,
            away=member.away | days,
            absent=member.absent | days,
            owed=member.owed - minutes_on(problem, roster, at, days),
        )
        for at, member in enumerate(problem.members)
        for days in [gone.get(at, frozenset())]
    )
    told = published(problem, roster)
    first = min((each.first for each in absences), default=problem.days)
    lost = {(at, day) for at, days in gone.items() for day in days}
    dear = max((slot.under or problem.rules.short_cost or 100.0 for slot in problem.slots), default=0.0)
    price = max(problem.rules.change_cost, dear / CHANGES_FOR_COVER)
    return replace(
        problem,
        members=members,
        rules=problem.rules.model_copy(update={"change_cost": price}),
        published={cell: duties for cell, duties in told.published.items() if cell not in lost},
        locked={**problem.locked, **{cell: duties for cell, duties in told.published.items() if cell[1] < first}},
    )


def minutes_on(problem: TeamProblem, roster: TeamRoster, member: int, days: frozenset[int]) -> int:
    """Minutes that a roster has somebody work on some days: an absence counts as worked what was planned."""
    return sum(problem.slots[at].paid for at in roster.duties[member] if problem.slots[at].day in days)


def reroster(
    problem: TeamProblem, roster: TeamRoster, absences: Sequence[Absence], *, seconds: float = 20.0, gap: float = 0.0,
    seed: int = 0,
) -> Changed:  # fmt: skip
    """Roster a ward anew after absences. Raises NoSuchCell for somebody it does not have, RosterError."""
    known = {member.id for member in problem.members}
    for each in absences:
        if each.person not in known:
            raise NoSuchCell(f"nobody is called {each.person}")
    if not absences:
        return Changed(as_it_is(problem, roster), roster, (), ())
    now = after_absences(problem, roster, absences)
    kept = without_the_absent(now, roster)
    lost = [at for before, after in zip(roster.duties, kept.duties, strict=True) for at in sorted(before - after)]
    suggestions, start = [], kept
    for at in lost:
        bench = Bench.of(now, start)
        candidates = tuple(ranked(bench.instead(at)))
        suggestions.append((at, candidates))
        start = _taken(bench, at, candidates)
    around = frozenset(now.slots[at].day for at in lost)
    calmed = calm(now, roster, absences)
    found = make_team_roster(calmed, seconds=seconds, gap=gap, seed=seed, start=start, around=around)
    plan = replace(found, problem=now, score=team_score(now, found.roster), bound=None, status=Status.TIME_LIMIT)
    settled = found.status in (Status.OPTIMAL, Status.WITHIN_GAP)
    return Changed(plan, roster, tuple(changes(now, roster, plan.roster)), tuple(suggestions), settled)


def without_the_absent(now: TeamProblem, roster: TeamRoster) -> TeamRoster:
    """The roster less the duties of days on which people are away."""
    return TeamRoster(
        tuple(
            frozenset(at for at in duties if now.slots[at].day not in member.away)
            for member, duties in zip(now.members, roster.duties, strict=True)
        )
    )


def calm(now: TeamProblem, before: TeamRoster, absences: Sequence[Absence]) -> TeamProblem:
    """The problem of the absences alone: what was short before them stays so, and days a week after them stay."""
    counts = [0] * len(now.slots)
    for duties in before.duties:
        for at in duties:
            counts[at] += 1
    slots = tuple(replace(slot, wanted=min(slot.wanted, count)) for slot, count in zip(now.slots, counts, strict=True))
    last = max(each.last for each in absences) + DAYS_AFTER
    kept = {cell: duties for cell, duties in now.published.items() if cell[1] > last}
    return replace(now, slots=slots, locked={**kept, **now.locked})


def _taken(bench: Bench, slot: int, candidates: Sequence[Candidate]) -> TeamRoster:
    """The roster with a lost duty taken by the best of who is off, where that is worth its price."""
    best = next((each for each in candidates if each.difference.legal and not each.works), None)
    if best is None or best.difference.points >= 0:
        return bench.roster
    return bench.with_cells({(best.member, bench.problem.slots[slot].day): frozenset({slot})})


def as_it_is(problem: TeamProblem, roster: TeamRoster) -> TeamPlan:
    """A roster that nobody touches, as a plan: recounted, nothing proven."""
    return TeamPlan(problem, Status.TIME_LIMIT, roster, team_score(problem, roster), None, 0.0)


def changes(problem: TeamProblem, before: TeamRoster, after: TeamRoster) -> list[Change]:
    """Cells that differ, by day and person."""
    found = []
    for member, (was, is_) in enumerate(zip(before.duties, after.duties, strict=True)):
        for day in sorted({problem.slots[at].day for at in was ^ is_}):
            cells = (frozenset(at for at in each if problem.slots[at].day == day) for each in (was, is_))
            found.append(Change(member, day, *cells))
    return sorted(found, key=lambda change: (change.day, change.member))
