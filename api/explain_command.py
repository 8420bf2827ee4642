"""The work behind `wardwright explain`: a plan's folder is read back and questions about it answered.

Each question is a function and a line in `QUESTIONS`; without any the plan's bottlenecks are told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from api.terminal import progress_line

if TYPE_CHECKING:
    from optimizer.explain.why import Answer
    from optimizer.saved import SavedPlan


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked: `top` things to solve again with one more, for up to `seconds` each; JSON or words."""

    top: int
    seconds: float
    as_json: bool


Question = Callable[["SavedPlan", str, Wanted], str]
"""Answers one question about a plan, put in words, with text to print."""


def limits_most(saved: SavedPlan, text: str, wanted: Wanted) -> str:
    """What limits the plan most; writes prices.csv anew with what was solved again."""
    del text
    from api.documents import json_text, prices_csv
    from api.folder import write_file
    from api.scarcity import scarcity, scarcity_json
    from optimizer.explain.story import tell

    with progress_line() as line:
        story = tell(saved, top=wanted.top, seconds=wanted.seconds, say=line.say if line else None)
    write_file(saved.folder / "prices.csv", prices_csv(story.prices))
    return json_text(scarcity_json(story)) if wanted.as_json else scarcity(saved, story)


def why(saved: SavedPlan, text: str, wanted: Wanted) -> str:
    """What one fewer in a cell would cost."""
    from optimizer.explain.why import why as ask

    return _told(saved, ask(saved, text), wanted)


def why_not(saved: SavedPlan, text: str, wanted: Wanted) -> str:
    """What one more in a cell would cost."""
    from optimizer.explain.why import why_not as ask

    return _told(saved, ask(saved, text), wanted)


def _told(saved: SavedPlan, answer: Answer, wanted: Wanted) -> str:
    from api.documents import json_text
    from api.why_words import why_json, why_text

    return json_text(why_json(saved, answer)) if wanted.as_json else why_text(saved, answer)


QUESTIONS: Final[Mapping[str, Question]] = {"": limits_most, "why": why, "why_not": why_not}
"""By the option that asks, "" for none."""


def run(folder: Path, asked: Mapping[str, tuple[str, ...]], wanted: Wanted) -> None:
    """Answer every question asked (texts by option), or the one that needs no asking.

    Raises PlanFolderError where the folder holds no plan, or one that was not made by prices.
    """
    from optimizer.goals.prices import refuse_goals
    from optimizer.saved import open_plan

    saved = open_plan(folder)
    refuse_goals(saved, "what one more is worth is not told in money; plan it without them to see its prices")
    questions = [(name, text) for name, texts in asked.items() for text in texts] or [("", "")]
    for name, text in questions:
        click.echo(QUESTIONS[name](saved, text, wanted), nl=False)
