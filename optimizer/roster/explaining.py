"""Why a roster's cell is as it is: what another person, or another shift, would cost, and which rule it would break.

Every answer is two recounts beside each other; no solver is asked, so an answer holds for the roster as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from optimizer.errors import PlanningError
from optimizer.roster.hospital_problem import OFF, TeamProblem, TeamRoster
from optimizer.roster.hospital_score import rescored, team_score
from optimizer.roster.hospital_team_rules import said
from optimizer.roster.rules import Finding
from optimizer.roster.score import Score


class NoSuchCell(PlanningError):  # noqa: N818 - says what happened
    """A question about a person, a day or a shift that the roster does not have; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes with a roster: points more (or fewer) by rule, and hard rules broken that were not."""

    by_rule: Mapping[str, float]
    broken: tuple[Finding, ...]

    @property
    def points(self) -> float:
        """Points more in all."""
        return sum(self.by_rule.values())

    @property
    def legal(self) -> bool:
        """Whether no hard rule is broken that was not."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody (by number) who could work a duty, and what would change; `works` what she works that day already."""

    member: int
    difference: Difference
    works: frozenset[int]


@dataclass(frozen=True, slots=True)
class Bench:
    """A roster to ask about: its score is taken once."""

    problem: TeamProblem
    roster: TeamRoster
    score: Score

    @classmethod
    def of(cls, problem: TeamProblem, roster: TeamRoster) -> Bench:
        """Recount it."""
        return cls(problem, roster, team_score(problem, roster))

    def with_cells(self, cells: Mapping[tuple[int, int], frozenset[int]]) -> TeamRoster:
        """The roster with other cells."""
        duties = list(self.roster.duties)
        for (member, day), cell in cells.items():
            duties[member] = (duties[member] - self.roster.cell(self.problem, member, day)) | cell
        return TeamRoster(tuple(duties))

    def difference(self, cells: Mapping[tuple[int, int], frozenset[int]]) -> Difference:
        """What other cells would change."""
        after = rescored(self.problem, self.with_cells(cells), self.score, {member for member, _ in cells})
        moved = {rule: after.by_rule[rule] - points for rule, points in self.score.by_rule.items()}
        before = {_key(each) for each in self.score.hard}
        broken = tuple(each for each in after.hard if _key(each) not in before)
        return Difference({rule: points for rule, points in moved.items() if abs(points) > 1e-9}, broken)

    def instead(self, slot: int, leaving: int | None = None) -> Iterator[Candidate]:
        """Everybody else who may be at the duty at all, with what she would cost there; `leaving` gives it up."""
        problem, day = self.problem, self.problem.slots[slot].day
        gone = {} if leaving is None else {(leaving, day): self.roster.cell(problem, leaving, day) - {slot}}
        for member in range(len(problem.members)):
            works = self.roster.cell(problem, member, day)
            if member != leaving and slot not in works:
                cell = works | {slot} if not problem.rules.one_shift_a_day else frozenset({slot})
                yield Candidate(member, self.difference({**gone, (member, day): cell}), works)


def _key(each: Finding) -> tuple[str, str, int | None, str]:
    return each.rule, each.person, each.day, each.what


def ranked(candidates: Iterator[Candidate]) -> list[Candidate]:
    """Those who are off and break nothing first, the cheapest first; then those who break least."""
    return sorted(candidates, key=lambda c: (not c.difference.legal, bool(c.works), c.difference.points, c.member))


def member_number(problem: TeamProblem, person: str) -> int:
    """A person by number. Raises NoSuchCell."""
    for at, member in enumerate(problem.members):
        if member.id == person:
            return at
    raise NoSuchCell(f"nobody is called {person}")


def slot_number(problem: TeamProblem, member: int | None, day: int, shift: str, unit: str = "") -> int:
    """A duty by day and shift (and unit), one that a member may work if there is such. Raises NoSuchCell."""
    there = [
        at for at, slot in enumerate(problem.slots)
        if (slot.day, slot.shift) == (day, shift) and unit in ("", slot.unit, slot.place)
    ]  # fmt: skip
    mine = [at for at in there if member is not None and problem.members[member].may(problem.slots[at])]
    if there:
        return (mine or there)[0]
    shifts = dict.fromkeys(slot.shift for slot in problem.slots if slot.day == day)
    raise NoSuchCell(f"no {shift} duty on {problem.label(day)}; that day: {', '.join(shifts) or 'none'}")


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a cell is as it is: the duty there (None: off), what the person being off, or elsewhere, would change.

    Where she is off `duties` are those she may work that day with what each would change, the best first.
    """

    member: int
    day: int
    duty: int | None
    without: Difference
    others: tuple[Candidate, ...]
    duties: tuple[tuple[int, Difference], ...] = ()


def why(bench: Bench, member: int, day: int) -> Answer:
    """Why she works what she works: what is lost without her there, and who else could, at what price."""
    cell = sorted(bench.roster.cell(bench.problem, member, day))
    if not cell:
        return Answer(member, day, None, bench.difference({}), (), _could_work(bench, member, day))
    without = bench.difference({(member, day): OFF})
    return Answer(member, day, cell[0], without, tuple(ranked(bench.instead(cell[0], member))))


def _could_work(bench: Bench, member: int, day: int) -> tuple[tuple[int, Difference], ...]:
    """Duties that she may work on a day she is off, with what each would change; none where she is away."""
    who = bench.problem.members[member]
    there = [at for at in bench.problem.by_day()[day] if who.may(bench.problem.slots[at]) and day not in who.away]
    found = [(at, bench.difference({(member, day): frozenset({at})})) for at in there]
    return tuple(sorted(found, key=lambda pair: (not pair[1].legal, pair[1].points, pair[0])))


def off_because(problem: TeamProblem, answer: Answer) -> str:
    """Why somebody is off: away, or else every duty she could work that day costs, or breaks, something."""
    who, day = problem.members[answer.member], answer.day
    if day in who.leave:
        return "on leave"
    if day in who.absent:
        return "absent"
    if day in who.away:
        return "not available"
    if not answer.duties:
        return "no duty that day is one she may work"
    slot, best = answer.duties[0]
    name = said(problem.slots[slot])
    if not best.legal:
        return f"any duty would break a rule ({name}: {best.broken[0].rule}, {best.broken[0].what})"
    if best.points < 0:
        return f"the search did not see that {name} would be cheaper by {-best.points:g}"
    return f"the cheapest duty she could work, {name}, would cost {best.points:g} points more"


def why_not(bench: Bench, member: int, slot: int) -> tuple[Difference, tuple[Candidate, ...]]:
    """What it would change if she worked a duty besides those there, and in the place of each of them."""
    day = bench.problem.slots[slot].day
    works = bench.roster.cell(bench.problem, member, day)
    cell = works | {slot} if not bench.problem.rules.one_shift_a_day else frozenset({slot})
    added = bench.difference({(member, day): cell})
    there = [at for at, duties in enumerate(bench.roster.duties) if slot in duties and at != member]
    swapped = (
        Candidate(at, bench.difference({(member, day): cell, (at, day): works if len(works) <= 1 else OFF}), works)
        for at in there
    )
    return added, tuple(ranked(swapped))


def reasons(bench: Bench, slot: int) -> Mapping[str, list[Candidate]]:
    """Why nobody else works a duty: the people by the reason that keeps each from it."""
    found: dict[str, list[Candidate]] = {}
    for candidate in ranked(bench.instead(slot)):
        found.setdefault(_reason(bench, candidate, slot), []).append(candidate)
    return found


def _reason(bench: Bench, candidate: Candidate, slot: int) -> str:
    member = bench.problem.members[candidate.member]
    day = bench.problem.slots[slot].day
    if day in member.leave:
        return "on leave"
    if day in member.away:
        return "not available"
    if not member.may(bench.problem.slots[slot]):
        return "may not work it"
    if candidate.works:
        return "work another shift that day"
    if not candidate.difference.legal:
        return candidate.difference.broken[0].rule
    return "legal, at a price"


def promised(problem: TeamProblem, member: int, slot: int) -> TeamProblem:
    """The problem in which she works a duty, to see what that costs when everything else may move."""
    cell = (member, problem.slots[slot].day)
    return replace(problem, locked={**problem.locked, cell: frozenset({slot})})
