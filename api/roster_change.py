"""The work behind `wardwright roster --from ROSTER --absent ...`: who is told what, who could take each lost duty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import click

from api import words
from api.documents import json_text
from api.folder import draft
from api.outcomes import DONE, STOPPED
from api.roster_files import plan_json, roster_files
from api.roster_hospital import Asked, exit_code
from api.roster_words import told
from optimizer.roster.changing import Absence, Change, Changed, minutes_on, read_absence, reroster
from optimizer.roster.explaining import Candidate, Difference, NoSuchCell, member_number
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import SavedRoster, day_label, in_one_piece, open_saved_roster
from optimizer.roster.hospital_team_rules import said, words_of
from optimizer.scenario.rostering import RosterPerson, Stretch
from optimizer.tables import Table

COLUMNS = ("ward", "person", "day", "before", "after")
MOST_SUGGESTED = 3


def run(asked: Asked, absent: Sequence[str]) -> int:
    """Change a roster as little as can be; returns the exit code.

    Raises RosterFolderError, NoSuchCell for an absence that is not understood, OutputRefused and OutputFailed.
    """
    saved = open_saved_roster(asked.place)
    target = asked.folder or asked.place.with_name(f"{asked.place.name}-changed")
    with ExitStack() as stack:
        place = None if asked.as_json else stack.enter_context(draft(target, force=asked.force))
        changed = change(saved, absent, Terms(asked.seconds, asked.gap, asked.seed))
        plans = [each.plan for each in changed]
        name = saved.loaded.value.id
        if place is not None:
            place.publish(change_files(saved, absent, changed))
        lines = [*_told(changed), *told(name, plans), f"Written to {target}"]
        click.echo(json_text(change_json(name, changed)) if asked.as_json else "\n".join(lines) + "\n", nl=False)
    if not all(plan.legal for plan in plans):
        return exit_code(plans)
    return DONE if all(each.settled for each in changed) else STOPPED


@dataclass(frozen=True, slots=True)
class Terms:
    """How long to look for the least change of a ward, how near to it is near enough, and the seed."""

    seconds: float = 20.0
    gap: float = 0.0
    seed: int = 0


def change(saved: SavedRoster, absent: Sequence[str], terms: Terms) -> list[Changed]:
    """Every ward after its absences. Raises NoSuchCell for an absence that is not understood, or of nobody."""
    _refuse_strangers(saved, absent)
    return [
        reroster(problem, roster, _of(problem, absent), seconds=terms.seconds, gap=terms.gap, seed=terms.seed)
        for problem, roster in zip(saved.problems, saved.rosters, strict=True)
    ]


def change_files(saved: SavedRoster, absent: Sequence[str], changed: Sequence[Changed]) -> dict[str, str | bytes]:
    """The files of a changed roster, which can be changed in turn."""
    extra = {"changes.csv": Table("changes", COLUMNS, tuple(_rows(changed))).to_csv()}
    return roster_files(saved.loaded.value.id, [each.plan for each in changed], _scenario(saved, absent), extra)


def _of(problem: TeamProblem, absent: Sequence[str]) -> list[Absence]:
    here = {member.id for member in problem.members}
    return [each for each in (read_absence(text, problem) for text in absent) if each.person in here]


def _refuse_strangers(saved: SavedRoster, absent: Sequence[str]) -> None:
    here = {member.id for problem in saved.problems for member in problem.members}
    for text in absent:
        if text.split(":")[0].strip() not in here:
            raise NoSuchCell(f"--absent {text}: nobody is called {text.split(':')[0]}")


def _scenario(saved: SavedRoster, absent: Sequence[str]) -> dict[str, object]:
    """The problem in one piece with the absences in it, so that the new folder can be changed in turn."""
    people = {person.id: person for person in saved.told.people}
    for problem, roster in zip(saved.problems, saved.rosters, strict=True):
        for each in _of(problem, absent):
            people[each.person] = _away(people[each.person], problem, roster, each)
    told = replace(saved.told, people=tuple(people.values()))
    return in_one_piece(saved.loaded, told, told.needs)


def _away(person: RosterPerson, problem: TeamProblem, roster: TeamRoster, absence: Absence) -> RosterPerson:
    """Somebody away, her hours as if she had worked what was planned."""
    if problem.first is None:
        return person
    first, last = (problem.first + timedelta(day) for day in (absence.first, absence.last))
    days = frozenset(range(absence.first, absence.last + 1))
    lost = minutes_on(problem, roster, member_number(problem, person.id), days)
    away = (*person.absent, Stretch(first=first, last=last))
    return person.model_copy(update={"absent": away, "hours_owed": person.hours_owed - lost / 60})


def _told(changed: Sequence[Changed]) -> Iterator[str]:
    cells = [(each, change) for each in changed for change in each.changes]
    own = sum(_forced(each, change) for each, change in cells)
    yield (
        f"{words.count(len(cells), 'cell')} changed, {own} of them those of who is absent"
        if cells
        else "Nothing changes"
    )
    for each, change in cells:
        yield words.cut(f"  {_change(each.plan.problem, change)}")
    for each in changed:
        for slot, candidates in each.suggestions:
            yield from suggested(each.plan.problem, slot, candidates)


def _forced(each: Changed, change: Change) -> bool:
    member = each.plan.problem.members[change.member]
    return change.day in member.away and bool(change.before)


def _change(problem: TeamProblem, change: Change) -> str:
    before, after = words_of(problem, change.before), words_of(problem, change.after)
    return f"{problem.members[change.member].id} {problem.label(change.day)}: {before} becomes {after}"


def suggested(problem: TeamProblem, slot: int, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Who could take a duty that was lost, the best first, with what each costs."""
    duty = problem.slots[slot]
    yield f"Who could take {said(duty)} of {problem.label(duty.day)}"
    legal = [each for each in candidates if each.difference.legal and not each.works][:MOST_SUGGESTED]
    for each in legal:
        yield words.cut(f"  {problem.members[each.member].id}  {points(each)}  {parts(each)}".rstrip())
    if not legal and candidates:
        first = candidates[0]
        broken = first.difference.broken[0].what if first.difference.broken else "works another shift that day"
        yield words.cut(
            f"  nobody who is off without breaking a rule; nearest {problem.members[first.member].id}: {broken}"
        )


def points(candidate: Candidate) -> str:
    """What somebody costs, in points."""
    change = candidate.difference.points
    return f"{words.money(abs(change))} points {'less' if change < 0 else 'more'}" if change else "as many points"


def parts(candidate: Candidate) -> str:
    """The rules that make the difference."""
    every = sorted(candidate.difference.by_rule.items(), key=lambda pair: -abs(pair[1]))
    return ", ".join(f"{rule} {'+' if cost > 0 else '-'}{words.money(abs(cost))}" for rule, cost in every)


def _rows(changed: Sequence[Changed]) -> Iterator[tuple[str, ...]]:
    for each in changed:
        problem = each.plan.problem
        for change in each.changes:
            before, after = words_of(problem, change.before), words_of(problem, change.after)
            yield problem.name, problem.members[change.member].id, day_label(problem, change.day), before, after


def change_json(name: str, changed: Sequence[Changed]) -> dict[str, object]:
    """`plan.json` of the changed roster, with what changed and who could take each lost duty."""
    plans: list[TeamPlan] = [each.plan for each in changed]
    return {
        **plan_json(name, plans),
        "changes": [dict(zip(COLUMNS, row, strict=True)) for row in _rows(changed)],
        "suggestions": [
            _suggestion(each.plan.problem, slot, candidates)
            for each in changed
            for slot, candidates in each.suggestions
        ],
    }


def _suggestion(problem: TeamProblem, slot: int, candidates: Sequence[Candidate]) -> dict[str, object]:
    people = [candidate_json(problem, candidate) for candidate in candidates[:MOST_SUGGESTED]]
    duty = problem.slots[slot]
    return {"duty": said(duty), "day": day_label(problem, duty.day), "people": people}


def candidate_json(problem: TeamProblem, candidate: Candidate) -> dict[str, object]:
    """Somebody who could work a duty: what she works that day, and what would change."""
    works = words_of(problem, candidate.works) if candidate.works else ""
    person = problem.members[candidate.member].id
    return {"person": person, "works": works, **difference_json(candidate.difference)}


def difference_json(difference: Difference) -> dict[str, object]:
    """Points more by rule, and hard rules broken that were not."""
    return {
        "points": round(difference.points, 6), "by_rule": dict(difference.by_rule), "legal": difference.legal,
        "breaks": [each.what for each in difference.broken],
    }  # fmt: skip
