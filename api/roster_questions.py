"""Questions about a roster's cells: why she, why not he, why a shift is not covered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import click

from api import words
from api.outcomes import DONE
from api.roster_change import parts, points
from api.roster_words import finding
from optimizer.roster.explaining import (
    Bench,
    Difference,
    NoSuchCell,
    member_number,
    reasons,
    slot_number,
)
from optimizer.roster.explaining import why as why_cell
from optimizer.roster.explaining import why_not as why_not_cell
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_saved import SavedRoster, open_saved_roster
from optimizer.roster.hospital_team_rules import said

MOST_OTHERS: Final = 5
MOST_NAMED: Final = 8


def why(folder: Path, text: str) -> int:
    """`PERSON:DAY`: why she works what she works that day. Raises NoSuchCell, RosterFolderError."""
    person, day_text = _split(text, 2, "--why", "n05:2026-03-10")
    bench, member = _bench(open_saved_roster(folder), person)
    day = _day(bench.problem, day_text)
    _print(_why(bench, member, day))
    return DONE


def why_not(folder: Path, text: str) -> int:
    """`PERSON:DAY:SHIFT`: what breaks, or what it costs, if she works it. Raises NoSuchCell, RosterFolderError."""
    person, day_text, shift = _split(text, 3, "--why-not", "n05:2026-03-10:night")
    bench, member = _bench(open_saved_roster(folder), person)
    slot = slot_number(bench.problem, member, _day(bench.problem, day_text), shift)
    _print(_why_not(bench, member, slot))
    return DONE


def why_short(folder: Path, text: str) -> int:
    """`DAY:SHIFT` or `DAY:SHIFT:UNIT`: what keeps everybody from it. Raises NoSuchCell, RosterFolderError."""
    day_text, shift, *unit = text.split(":")
    saved = open_saved_roster(folder)
    for problem, roster in zip(saved.problems, saved.rosters, strict=True):
        try:
            slot = slot_number(problem, None, _day(problem, day_text), shift, unit[0] if unit else "")
        except NoSuchCell:
            continue
        _print(_why_short(Bench.of(problem, roster), slot))
        return DONE
    raise NoSuchCell(f"--why-short {text}: no such duty; reads like 2026-03-10:night or 2026-03-10:night:icu")


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


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        click.echo("\n".join(words.wrapped(line, indent, indent + "  ")))


def _why(bench: Bench, member: int, day: int) -> Iterator[str]:
    problem, answer = bench.problem, why_cell(bench, member, day)
    who, when = problem.members[member], problem.label(day)
    if answer.duty is None:
        yield f"{who.id} is off on {when}" + (": on leave" if day in who.leave else "")
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


def _why_not(bench: Bench, member: int, slot: int) -> Iterator[str]:
    problem = bench.problem
    who, duty = problem.members[member], problem.slots[slot]
    if slot in bench.roster.duties[member]:
        yield f"{who.id} does work {said(duty)} on {problem.label(duty.day)}"
        return
    added, swapped = why_not_cell(bench, member, slot)
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


def _why_short(bench: Bench, slot: int) -> Iterator[str]:
    problem, duty = bench.problem, bench.problem.slots[slot]
    there = [problem.members[at].id for at, duties in enumerate(bench.roster.duties) if slot in duties]
    count = f"{len(there)} of {duty.wanted} wanted"
    yield f"{said(duty)} on {problem.label(duty.day)}: {count}: {', '.join(there) or 'nobody'}"
    for reason, candidates in reasons(bench, slot).items():
        names = ", ".join(
            problem.members[each.member].id + (f" ({points(each)})" if reason == "legal, at a price" else "")
            for each in candidates[:MOST_NAMED]
        )
        more = f" and {len(candidates) - MOST_NAMED} more" if len(candidates) > MOST_NAMED else ""
        yield f"  {len(candidates)} {reason}: {names}{more}"
