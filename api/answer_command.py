"""The work behind `wardwright answer`: plan every option, take one, play all against chance if asked, and tell."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.answer_words import lines
from api.documents import json_text
from api.folder import write_file
from api.simulate_command import MOST_PATHS, kept_forecast
from api.sweep_command import Sweeping, swept
from api.sweep_table import Row
from optimizer.saved import SavedPlan, open_plan
from optimizer.scenario.question import Question
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import simulate
from optimizer.whatif.answering import Answer, Played, Tried, answers
from optimizer.whatif.errors import QuestionError
from optimizer.whatif.outcomes import FIXED, outcome_of_saved


def run(sweeping: Sweeping, output: Path | None, *, reps: int | None, force: bool, as_json: bool) -> int:
    """Answer a scenario's question, print it and keep it as answer.json; returns the exit code.

    Raises ScenarioError, WhatIfError or OutputRefused, before anything is planned where that can be seen.
    """
    base = sweeping.asked.load(sweeping.variant)
    question = base.value.question
    if question is None:
        raise QuestionError(f"{sweeping.asked.path} asks nothing; say question: {{asks: ..., about: AXIS}} and a sweep")
    if question.about not in base.sweep:
        told = ", ".join(base.sweep) or "nothing"
        raise QuestionError(f"the question is about {question.about}, but the sweep is over {told}")
    folder = output or Path("answers") / base.value.id
    work, code = swept(sweeping, base, folder, force=force)
    draws = question.draws if reps is None else reps
    seed = sweeping.terms.limits(base.value).seed
    found = answers(question, [_tried(row, folder / row.name, draws, seed) for row in work.rows()])
    text = json_text(_json(question, found))
    write_file(folder / "answer.json", text)
    sys.stdout.write(text if as_json else "\n".join(lines(question, found, base.value.currency)) + "\n")
    return code


def _tried(row: Row, folder: Path, draws: int, seed: int) -> Tried:
    """A point with what its plan came to, read back from its folder, and over draws of chance if any."""
    if row.total is None:
        return Tried(row.values, None)
    saved = open_plan(folder)
    return Tried(row.values, outcome_of_saved(saved), _played(saved, folder, draws, seed) if draws else None)


def _played(saved: SavedPlan, folder: Path, draws: int, seed: int) -> Played:
    """A plan played against draws of chance, the same for every option; fixed pay included."""
    expected = expected_by(saved.scenario, kept_forecast(folder), samples=min(draws, MOST_PATHS), seed=seed)
    fixed = sum(money for item, money in outcome_of_saved(saved).items.items() if item.startswith(FIXED))
    cost = simulate(saved, expected, reps=draws, seed=seed).cost
    return Played(cost.mean + fixed, (cost.high - cost.low) / 2)


def _json(question: Question, found: Sequence[Answer]) -> dict[str, object]:
    return {
        "schema_version": 1,
        "question": question.asks,
        "rule": question.rule,
        "answers": [
            {
                "circumstance": dict(each.circumstance),
                "taken": None if each.choice is None else each.choice.value,
                "another_could_save": each.could_save(),
                "options": [{**asdict(option), "step_saves": each.worth(at)} for at, option in enumerate(each.options)],
            }
            for each in found
        ],
    }
