"""The work behind `wardwright roster --from ROSTER --check XLSX`: an edited workbook scored, broken rules by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from api import words
from api.outcomes import DONE, INFEASIBLE
from api.roster_book import cell_of, read_book, sheet_names
from api.roster_words import finding
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_saved import open_saved_roster
from optimizer.roster.hospital_score import MONEY, team_score
from optimizer.roster.score import Score

MOST_TOLD: Final = 40


def run(folder: Path, book: Path) -> int:
    """Score a workbook; 0 where it is a legal roster, 3 where it breaks a hard rule.

    Raises RosterFolderError, ScenarioError with every cell that can't be read.
    """
    saved = open_saved_roster(folder)
    rosters = read_book(book, saved.problems)
    before = [team_score(*each) for each in zip(saved.problems, saved.rosters, strict=True)]
    after = [team_score(*each) for each in zip(saved.problems, rosters, strict=True)]
    click.echo("\n".join(_told(book, saved.problems, before, after)))
    return DONE if all(each.legal for each in after) else INFEASIBLE


def _told(
    book: Path, problems: Sequence[TeamProblem], before: Sequence[Score], after: Sequence[Score]
) -> Iterator[str]:  # fmt: skip
    was, now = (sum(each.points for each in scores) for scores in (before, after))
    hard = sum(len(each.hard) for each in after)
    verdict = "every hard rule holds" if not hard else f"{words.count(hard, 'HARD RULE')} BROKEN"
    yield f"{book.name}: {words.money(now)} points ({words.money(was)} as made); {verdict}"
    lines = [
        (not each.hard, -each.cost, f"  {cell_of(problem, name, each.person, each.day)}  {finding(problem, each)}")
        for problem, name, score in zip(problems, sheet_names(problems), after, strict=True)
        for each in score.broken if each.rule not in MONEY
    ]  # fmt: skip
    for _, _, line in sorted(lines)[:MOST_TOLD]:
        yield words.cut(line)
    if len(lines) > MOST_TOLD:
        yield f"  and {len(lines) - MOST_TOLD:,} more"
