"""The work behind `wardwright roster --from ROSTER --check XLSX`: an edited workbook scored, broken rules by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from api import words
from api.outcomes import DONE, INFEASIBLE
from api.roster_book import cell_of, read_book, sheet_names
from api.roster_words import finding
from optimizer.roster.hospital_problem import TeamProblem, TeamRoster
from optimizer.roster.hospital_saved import SavedRoster, day_label, open_saved_roster
from optimizer.roster.hospital_score import MONEY, team_score
from optimizer.roster.score import Score

MOST_TOLD: Final = 40


def run(folder: Path, book: Path) -> int:
    """Score a workbook; 0 where it is a legal roster, 3 where it breaks a hard rule.

    Raises RosterFolderError, ScenarioError with every cell that can't be read.
    """
    saved = open_saved_roster(folder)
    checked = score(saved, book)
    click.echo("\n".join(_told(book, saved.problems, checked.before, checked.after)))
    return DONE if checked.legal else INFEASIBLE


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited roster beside the one that was made: their scores, ward by ward."""

    rosters: tuple[TeamRoster, ...]
    before: tuple[Score, ...]
    after: tuple[Score, ...]

    @property
    def legal(self) -> bool:
        """Whether every hard rule holds as it was edited."""
        return all(each.legal for each in self.after)


def score(saved: SavedRoster, book: Path) -> Edited:
    """A workbook scored. Raises RosterFolderError, ScenarioError with every cell that can't be read."""
    rosters = read_book(book, saved.problems)
    before, after = (
        tuple(team_score(*each) for each in zip(saved.problems, those, strict=True))
        for those in (saved.rosters, rosters)
    )
    return Edited(rosters, before, after)


def edited_json(saved: SavedRoster, edited: Edited) -> dict[str, object]:
    """Points as edited and as made, and every rule broken, with its cell in the workbook."""
    broken = [
        {
            "cell": cell_of(problem, name, each.person, each.day), "rule": each.rule, "person": each.person,
            "day": None if each.day is None else day_label(problem, each.day), "hard": each.hard,
            "points": round(each.cost, 6), "what": each.what,
        }
        for problem, name, scored in zip(saved.problems, sheet_names(saved.problems), edited.after, strict=True)
        for each in scored.broken if each.rule not in MONEY
    ]  # fmt: skip
    was, now = (round(sum(each.points for each in scores), 6) for scores in (edited.before, edited.after))
    return {"points": now, "points_as_made": was, "legal": edited.legal, "broken": broken}


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
