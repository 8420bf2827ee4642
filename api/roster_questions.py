"""Questions about a roster's cells: why she, why not he, why a shift is not covered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click

from api import words
from api.outcomes import DONE
from api.roster_change import candidate_json, difference_json, parts, points
from api.roster_words import finding
from optimizer.roster.explaining import (
    Answer,
    Bench,
    Candidate,
    Difference,
    NoSuchCell,
    member_number,
    off_because,
    reasons,
    slot_number,
)
from optimizer.roster.explaining import why as why_cell
from optimizer.roster.explaining import why_not as why_not_cell
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_saved import SavedRoster, day_label, open_saved_roster
from optimizer.roster.hospital_score import TEAM_RULES
from optimizer.roster.hospital_team_rules import said

MOST_OTHERS: Final = 5
MOST_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as lines, wrapped by whoever prints them, and as data."""

    lines: tuple[str, ...]
    data: Mapping[str, object]


def ask(saved: SavedRoster, question: str, text: str) -> Answered:
    """A question of `QUESTIONS` about a roster. Raises NoSuchCell for a person, a day or a shift that is not there."""
    return QUESTIONS[question](saved, text)


def printed(folder: Path, question: str, text: str) -> int:
    """Print the answer to a question about a roster's folder. Raises NoSuchCell, RosterFolderError."""
    for line in ask(open_saved_roster(folder), question, text).lines:
        indent = line[: len(line) - len(line.lstrip())]
        click.echo("\n".join(words.wrapped(line, indent, indent + "  ")))
    return DONE


def why(saved: SavedRoster, text: str) -> Answered:
    """`PERSON:DAY`: why she works what she works that day."""
    person, day_text = _split(text, 2, "--why", "n05:2026-03-10")
    bench, member = _bench(saved, person)
    answer = why_cell(bench, member, _day(bench.problem, day_text))
    return Answered(tuple(_why(bench, answer)), _why_json(bench, answer))


def why_not(saved: SavedRoster, text: str) -> Answered:
    """`PERSON:DAY:SHIFT`: what breaks, or what it costs, if she works it."""
    person, day_text, shift = _split(text, 3, "--why-not", "n05:2026-03-10:night")
    bench, member = _bench(saved, person)
    problem = bench.problem
    slot = slot_number(problem, member, _day(problem, day_text), shift)
    added, swapped = why_not_cell(bench, member, slot)
    data = {
        "person": person, "day": day_label(problem, problem.slots[slot].day), "duty": said(problem.slots[slot]),
        "works_it": slot in bench.roster.duties[member], "if_added": difference_json(added),
        "in_place_of": [candidate_json(problem, each) for each in swapped],
    }  # fmt: skip
    return Answered(tuple(_why_not(bench, member, slot, (added, swapped))), data)


def why_short(saved: SavedRoster, text: str) -> Answered:
    """`DAY:SHIFT` or `DAY:SHIFT:UNIT`: what keeps everybody from it."""
    day_text, shift, *unit = text.split(":")
    for problem, roster in zip(saved.problems, saved.rosters, strict=True):
        try:
            slot = slot_number(problem, None, _day(problem, day_text), shift, unit[0] if unit else "")
        except NoSuchCell:
            continue
        bench = Bench.of(problem, roster)
        found = reasons(bench, slot)
        return Answered(tuple(_why_short(bench, slot, found)), _why_short_json(bench, slot, found))
    raise NoSuchCell(f"--why-short {text}: no such duty; reads like 2026-03-10:night or 2026-03-10:night:icu")


QUESTIONS: Final[Mapping[str, Callable[[SavedRoster, str], Answered]]] = {
    "why": why, "why_not": why_not, "why_short": why_short,
}  # fmt: skip
"""What can be asked of a roster's cells, by name."""


def _split(text: str, count: int, option: str, example: str) -> list[str]:
    found = [part.strip() for part in text.split(":", count - 1)]
    if len(found) != count or not all(found):
        raise NoSuchCell(f"{option} {text}: reads like {example}")
    return found


def _bench(saved: SavedRoster, person: str) -> tuple[Bench, int]:
    for problem, roster in zip(saved.problems, saved.rosters, strict=True):
        if any(member.id == person for member in problem.members):
            return Bench.of(problem, roster), member_number(problem, person)
    raise NoSuchCell(f"nobody is called {person}")


def _day(problem: TeamProblem, text: str) -> int:
    try:
        day = (date.fromisoformat(text) - problem.first).days if problem.first is not None else int(text)
    except ValueError as error:
        raise NoSuchCell(f"{text} is no day; write 2026-03-10") from error
    if not 0 <= day < problem.days:
        raise NoSuchCell(f"the roster runs from {problem.label(0)} to {problem.label(problem.days - 1)}")
    return day


def _why(bench: Bench, answer: Answer) -> Iterator[str]:
    problem, day = bench.problem, answer.day
    who, when = problem.members[answer.member], problem.label(day)
    if answer.duty is None:
        yield f"{who.id} is off on {when}: {off_because(problem, answer)}"
        return
    yield f"{who.id} works {said(problem.slots[answer.duty])} on {when}"
    yield "Without her there: " + _difference(answer.without)
    free = [each for each in answer.others if each.difference.legal and not each.works]
    for each in free[:MOST_OTHERS]:
        yield f"  {problem.members[each.member].id} in her place: {points(each)}  {parts(each)}".rstrip()
    if not free:
        yield "  nobody who is off that day could take it without breaking a rule"
    rest = len(answer.others) - len(free)
    yield f"  {rest} others work another shift that day, are away, or would break a rule"


def _why_json(bench: Bench, answer: Answer) -> dict[str, object]:
    problem = bench.problem
    duty = None if answer.duty is None else said(problem.slots[answer.duty])
    return {
        "person": problem.members[answer.member].id, "day": day_label(problem, answer.day), "duty": duty,
        "without": difference_json(answer.without),
        "others": [candidate_json(problem, each) for each in answer.others],
    }  # fmt: skip


def _why_not(
    bench: Bench, member: int, slot: int, found: tuple[Difference, Sequence[Candidate]]
) -> Iterator[str]:  # fmt: skip
    problem, (added, swapped) = bench.problem, found
    who, duty = problem.members[member], problem.slots[slot]
    if slot in bench.roster.duties[member]:
        yield f"{who.id} does work {said(duty)} on {problem.label(duty.day)}"
        return
    yield f"If {who.id} worked {said(duty)} on {problem.label(duty.day)}: {_difference(added)}"
    for broken in added.broken[:MOST_OTHERS]:
        yield f"  {finding(problem, broken)}"
    for each in swapped[:MOST_OTHERS]:
        verdict = points(each) if each.difference.legal else f"breaks {each.difference.broken[0].rule}"
        yield f"  in place of {problem.members[each.member].id}: {verdict}  {parts(each)}".rstrip()


def _difference(difference: Difference) -> str:
    change = difference.points
    told = f"{words.money(abs(change))} points {'less' if change < 0 else 'more'}" if change else "as many points"
    rules = ", ".join(f"{rule} {'+' if cost > 0 else '-'}{words.money(abs(cost))}"
                      for rule, cost in sorted(difference.by_rule.items(), key=lambda pair: -abs(pair[1])))  # fmt: skip
    hard = f"; breaks {', '.join(dict.fromkeys(each.rule for each in difference.broken))}" if difference.broken else ""
    return f"{told}{f' ({rules})' if rules else ''}{hard}"


def _why_short(bench: Bench, slot: int, found: Mapping[str, Sequence[Candidate]]) -> Iterator[str]:
    problem, duty = bench.problem, bench.problem.slots[slot]
    there = [problem.members[at].id for at, duties in enumerate(bench.roster.duties) if slot in duties]
    count = f"{len(there)} of {duty.wanted} wanted"
    yield f"{said(duty)} on {problem.label(duty.day)}: {count}: {', '.join(there) or 'nobody'}"
    for reason, candidates in found.items():
        names = ", ".join(
            problem.members[each.member].id + (f" ({points(each)})" if reason == "legal, at a price" else "")
            for each in candidates[:MOST_NAMED]
        )
        more = f" and {len(candidates) - MOST_NAMED} more" if len(candidates) > MOST_NAMED else ""
        said_so = f"would break {reason}" if reason in TEAM_RULES else reason
        yield f"  {len(candidates)} {said_so}: {names}{more}"


def _why_short_json(bench: Bench, slot: int, found: Mapping[str, Sequence[Candidate]]) -> dict[str, object]:
    problem, duty = bench.problem, bench.problem.slots[slot]
    there = [problem.members[at].id for at, duties in enumerate(bench.roster.duties) if slot in duties]
    return {
        "duty": said(duty), "day": day_label(problem, duty.day), "wanted": duty.wanted, "people": there,
        "others": {reason: [candidate_json(problem, each) for each in people] for reason, people in found.items()},
    }  # fmt: skip
