"""Every rule of a roster, recounted from the roster alone: one function a rule, listed in RULES.

No rule looks at how a roster was found. A rule tells each place where it is broken, how often, and at what weight.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from optimizer.roster.problem import Limits, Need, Person, Roster, RosterProblem
from optimizer.roster.runs import Run, runs


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule broken: by whom ("" for a need), on which day (None for the whole), how often, at `weight` each."""

    rule: str
    person: str
    day: int | None
    amount: int
    weight: float | None
    what: str

    @property
    def hard(self) -> bool:
        """Whether it may not be."""
        return self.weight is None

    @property
    def cost(self) -> float:
        """Points of a soft rule."""
        return 0.0 if self.weight is None else self.weight * self.amount


Found = Iterator[tuple[str, int | None, int, float | None, str]]
"""Person, day, amount, weight, words: what a rule tells before its name is put to it."""

Rule = Callable[[RosterProblem, Roster], Found]


def _lines(problem: RosterProblem, roster: Roster) -> Iterator[tuple[Person, tuple[str, ...]]]:
    """Each person with the shift of every day, "" for a day off."""
    for person, line in zip(problem.people, roster.lines, strict=True):
        yield person, tuple("" if duty is None else duty.shift for duty in line)


def successions(problem: RosterProblem, roster: Roster) -> Found:
    """No shift is followed by one that leaves too little rest; what was worked before day 0 counts."""
    forbidden = {kind.name: kind.not_before for kind in problem.shifts}
    for person, shifts in _lines(problem, roster):
        for day, (first, then) in enumerate(pairwise((person.before.shift, *shifts))):
            if then and then in forbidden.get(first, frozenset()):
                yield person.name, day, 1, None, f"{then} the day after {first}"


def days_off(problem: RosterProblem, roster: Roster) -> Found:
    """Nobody works on a day promised off."""
    for person, shifts in _lines(problem, roster):
        for day in sorted(person.days_off):
            if shifts[day]:
                yield person.name, day, 1, None, f"works {shifts[day]} on a day off"


def skills(problem: RosterProblem, roster: Roster) -> Found:
    """Everybody works in a skill of her own."""
    for person, line in zip(problem.people, roster.lines, strict=True):
        for day, duty in enumerate(line):
            if duty is not None and duty.skill and duty.skill not in person.skills:
                yield person.name, day, 1, None, f"works as {duty.skill}, which is none of her skills"


def most_of_a_shift(problem: RosterProblem, roster: Roster) -> Found:
    """Nobody works a shift more often than her contract allows."""
    for person, shifts in _lines(problem, roster):
        for shift, most in person.most_of.items():
            count = shifts.count(shift)
            if count > most:
                yield person.name, None, count - most, None, f"{count} of {shift}, at most {most}"


def minutes(problem: RosterProblem, roster: Roster) -> Found:
    """Minutes worked in all lie within the contract's."""
    lengths = {kind.name: kind.minutes for kind in problem.shifts}
    for person, shifts in _lines(problem, roster):
        worked = sum(lengths[shift] for shift in shifts if shift)
        yield from _within(person.name, None, person.minutes, worked, worked, "minutes")


def assignments(problem: RosterProblem, roster: Roster) -> Found:
    """Shifts worked in all, those before counted, lie within the contract's."""
    for person, shifts in _lines(problem, roster):
        inside = sum(map(bool, shifts))
        yield from _within(person.name, None, person.assignments, person.before.assignments + inside, inside, "shifts")


def working_runs(problem: RosterProblem, roster: Roster) -> Found:
    """Days worked in a row are neither too few nor too many."""
    yield from _runs_within(problem, roster, working=True)


def resting_runs(problem: RosterProblem, roster: Roster) -> Found:
    """Days off in a row are neither too few nor too many."""
    yield from _runs_within(problem, roster, working=False)


def same_shift_runs(problem: RosterProblem, roster: Roster) -> Found:
    """Days of one shift in a row are neither too few nor too many."""
    for person, shifts in _lines(problem, roster):
        carried = (person.before.shift, person.before.same_shift) if person.before.shift else None
        for run in runs(shifts, carried):
            limits = person.same_shift.get(str(run.kind))
            if limits is not None:
                yield from _run_within(person, run, limits, f"days of {run.kind} in a row")


def weekends(problem: RosterProblem, roster: Roster) -> Found:
    """Weekends of which a day is worked, those before counted, are not too many."""
    for person, shifts in _lines(problem, roster):
        inside = sum(any(shifts[day] for day in days) for days in problem.weekends())
        yield from _within(person.name, None, person.weekends, person.before.weekends + inside, inside, "weekends")


def complete_weekends(problem: RosterProblem, roster: Roster) -> Found:
    """Of a weekend both days are worked or none, for those who care."""
    for person, shifts in _lines(problem, roster):
        for days in problem.weekends() if person.half_weekend else ():
            if len(days) == 2 and bool(shifts[days[0]]) != bool(shifts[days[1]]):
                yield person.name, days[0], 1, person.half_weekend, "half a weekend"


def wishes(problem: RosterProblem, roster: Roster) -> Found:
    """Who asked to work, or not to, gets it."""
    lines = {person.name: shifts for person, shifts in _lines(problem, roster)}
    for wish in problem.wishes:
        shift = lines[wish.person][wish.day]
        met = shift == wish.shift if wish.shift else bool(shift)
        if met != wish.working:
            asked = f"asked {'for' if wish.working else 'not to work'} {wish.shift or 'that day'}"
            yield wish.person, wish.day, 1, wish.weight, asked


def least_cover(problem: RosterProblem, roster: Roster) -> Found:
    """Every shift has the people without whom it can't run."""
    for need, count in _cover(problem, roster):
        if count < need.least:
            yield "", need.day, need.least - count, None, f"{need.shift} {need.skill}: {count} of {need.least}".strip()


def wanted_cover(problem: RosterProblem, roster: Roster) -> Found:
    """Every shift has as many people as are wanted, not fewer and not more."""
    for need, count in _cover(problem, roster):
        what = f"{need.shift} {need.skill}".strip()
        if count < need.wanted:
            yield "", need.day, need.wanted - count, need.under, f"{what}: {count} of {need.wanted}"
        elif count > need.wanted and need.over:
            yield "", need.day, count - need.wanted, need.over, f"{what}: {count}, only {need.wanted} wanted"


def _cover(problem: RosterProblem, roster: Roster) -> Iterator[tuple[Need, int]]:
    for need in problem.needs:
        there = [line[need.day] for line in roster.lines]
        count = sum(duty is not None and duty.shift == need.shift and need.skill in ("", duty.skill) for duty in there)
        yield need, count


def _runs_within(problem: RosterProblem, roster: Roster, *, working: bool) -> Found:
    for person, shifts in _lines(problem, roster):
        before = person.before
        carried = (True, before.working) if before.working else (False, before.resting) if before.resting else None
        limits = person.working if working else person.resting
        words = "days worked in a row" if working else "days off in a row"
        for run in runs([bool(shift) for shift in shifts], carried):
            if run.kind is working:
                yield from _run_within(person, run, limits, words)


def _run_within(person: Person, run: Run, limits: Limits, words: str) -> Found:
    """Days over the most count once, in the horizon they lie in; a run still open at an end may be short there."""
    excess = min(limits.excess(run.length), run.inside)
    if excess:
        yield person.name, run.start, excess, limits.over, f"{run.length} {words}, at most {limits.high}"
    exempt = run.at_end or (run.at_start and person.open_start)
    if not exempt and limits.missing(run.length):
        yield (
            person.name,
            run.start,
            limits.missing(run.length),
            limits.under,
            f"{run.length} {words}, {limits.low} wanted",
        )


def _within(name: str, day: int | None, limits: Limits, count: int, inside: int, words: str) -> Found:
    """Too few count all, too many only those that were worked inside."""
    if limits.missing(count):
        yield name, day, limits.missing(count), limits.under, f"{count:,} {words}, at least {limits.low:,}"
    if limits.excess(count):
        yield name, day, min(limits.excess(count), inside), limits.over, f"{count:,} {words}, at most {limits.high:,}"


RULES: Final[Mapping[str, Rule]] = {
    "shifts leave rest before the next": successions,
    "days promised off are off": days_off,
    "skills are had": skills,
    "shifts of a kind are not too many": most_of_a_shift,
    "minutes are the contract's": minutes,
    "shifts in all are the contract's": assignments,
    "days worked in a row": working_runs,
    "days off in a row": resting_runs,
    "days of one shift in a row": same_shift_runs,
    "weekends worked": weekends,
    "weekends whole": complete_weekends,
    "wishes": wishes,
    "least cover": least_cover,
    "wanted cover": wanted_cover,
}
"""By the name planners read, in the order of the breakdown."""


def findings(problem: RosterProblem, roster: Roster) -> Iterator[Finding]:
    """Every place where a rule is broken."""
    for name, rule in RULES.items():
        for person, day, amount, weight, what in rule(problem, roster):
            yield Finding(name, person, day, amount, weight, what)
