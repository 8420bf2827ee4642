"""The work behind `wardwright answer`: plan every option, take one, play all against chance if asked, and tell."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.answer_words import Played, lines
from api.documents import json_text
from api.folder import write_file
from api.simulate_command import MOST_PATHS, kept_forecast
from api.sweep_command import Sweeping, Work, swept
from optimizer.saved import open_plan
from optimizer.scenario.question import Question
from optimizer.simulation.expecting import expected_by
from optimizer.simulation.run import simulate
from optimizer.whatif.answering import Answer, Tried, answers
from optimizer.whatif.errors import QuestionError
from optimizer.whatif.outcomes import outcome_of_saved


def run(sweeping: Sweeping, output: Path | None, *, reps: int, force: bool, as_json: bool) -> int:
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
    found = answers(question, _tried(work, folder))
    played = _played(found, folder, reps, seed=sweeping.terms.limits(base.value).seed) if reps else {}
    text = json_text(_json(question, found, played))
    write_file(folder / "answer.json", text)
    sys.stdout.write(text if as_json else "\n".join(lines(question, found, played, base.value.currency)) + "\n")
    return code


def _tried(work: Work, folder: Path) -> list[Tried]:
    """Every point with what its plan came to, read back from its folder."""
    return [
        Tried(row.values, None if row.total is None else outcome_of_saved(open_plan(folder / row.name)), row.name)
        for row in work.rows()
    ]


def _played(found: Sequence[Answer], folder: Path, reps: int, *, seed: int) -> Played:
    """Every option's plan played against the same draws: what it comes to, fixed pay included, by its folder."""
    played = {}
    for option in (option for each in found for option in each.options if option.total is not None):
        saved = open_plan(folder / option.folder)
        expected = expected_by(
            saved.scenario, kept_forecast(folder / option.folder), samples=min(reps, MOST_PATHS), seed=seed
        )
        fixed = sum(money for item, money in outcome_of_saved(saved).items.items() if item.startswith("fixed "))
        cost = simulate(saved, expected, reps=reps, seed=seed).cost
        played[option.folder] = (cost.mean + fixed + option.price, (cost.high - cost.low) / 2)
    return played


def _json(question: Question, found: Sequence[Answer], played: Played) -> dict[str, object]:
    return {
        "schema_version": 1,
        "question": question.asks,
        "rule": question.rule,
        "answers": [
            {
                "circumstance": dict(each.circumstance),
                "taken": None if each.choice is None else each.choice.value,
                "another_could_save": each.could_save(),
                "options": [
                    {**asdict(option), "step_saves": each.worth(at), "played": played.get(option.folder)}
                    for at, option in enumerate(each.options)
                ],
            }
            for each in found
        ],
    }
