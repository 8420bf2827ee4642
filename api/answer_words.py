"""The answer of a question as a planner reads it: what to take, why, what each option comes to, what is proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from api import words
from api.compare_sections import brief, signed
from optimizer.scenario.question import Question
from optimizer.scenario.varying import VARIANT_AXIS
from optimizer.whatif.answering import Answer, Option

Played = Mapping[str, tuple[float, float]]
"""By an option's folder: mean cost over the draws, and half the width of its 95 % interval."""

_INDENT: Final = "  "


def lines(question: Question, found: Sequence[Answer], played: Played, currency: str) -> Iterator[str]:
    """The question, then each circumstance's answer, its reason and its table."""
    yield from words.wrapped(question.asks)
    for each in found:
        yield ""
        yield from words.wrapped(_said(question, each, currency), hanging=_INDENT)
        yield from words.wrapped(_proof(question, each, currency), _INDENT, _INDENT)
        if played:
            yield from words.wrapped(_tested(question, each, played, currency), _INDENT, _INDENT)
        for table in _fitting(_table(question, each, played), 5 if played else 3):
            yield from (words.cut(f"{_INDENT}{line}".rstrip()) for line in words.figured(table))


def _fitting(table: list[list[str]], money: int) -> list[list[list[str]]]:
    """The table; where it is too wide, its first `money` columns and its last, and then the figures below."""
    if max(map(len, words.figured(table))) + len(_INDENT) <= words.WIDTH:
        return [table]
    return [[[*row[:money], row[-1]] for row in table], [[row[0], *row[money:-1]] for row in table]]


def _said(question: Question, answer: Answer, currency: str) -> str:
    """The circumstance, what is taken in it and what that comes to."""
    where = _circumstance(question, answer)
    choice = answer.choice
    if choice is None or choice.total is None:
        limits = ", ".join(f"{name} at most {limit:g}" for name, limit in question.at_most.items())
        return f"{where}no option can be taken" + (f" that keeps {limits}" if limits else "")
    beside = [_beside(question, choice, each, currency) for each in _neighbours(answer)]
    return f"{where}{_name(question, choice)}, at {words.money(choice.total)} {currency}".rstrip() + "".join(beside)


def _circumstance(question: Question, answer: Answer) -> str:
    told = [
        _variant(question, value) if axis == VARIANT_AXIS else f"{axis} {brief(value)}"
        for axis, value in answer.circumstance.items()
    ]
    return f"{', '.join(told)}: " if told else ""


def _variant(question: Question, value: object) -> str:
    return question.as_it_is if value is None else str(value).replace("_", " ").replace(",", ", ")


def _name(question: Question, option: Option) -> str:
    if question.about == VARIANT_AXIS:
        return _variant(question, option.value)
    return f"{brief(option.value)} {question.thing or question.about}"


def _neighbours(answer: Answer) -> list[Option]:
    """The options beside the one taken; all of them where the axis has no order."""
    at = answer.taken or 0
    around = [at - 1, at + 1]
    return [answer.options[each] for each in around if 0 <= each < len(answer.options)]


def _beside(question: Question, choice: Option, other: Option, currency: str) -> str:
    """How another option differs in cost."""
    name = _name(question, other)
    if other.total is None or choice.total is None:
        return f"; {name} has no plan"
    more = other.total - choice.total
    if abs(more) < 0.005:
        return f"; {name} costs as much"
    too_much = "" if other.keeps else " and keeps not to the limit"
    return f"; {name} would cost {words.money(abs(more))} {currency} {'more' if more > 0 else 'less'}{too_much}"


def _proof(question: Question, answer: Answer, currency: str) -> str:
    """What is known of the options not taken."""
    could = answer.could_save()
    if answer.choice is None:
        return "Nothing is claimed of options without a plan."
    if could is None:
        return "How much less another option might cost is not known: nothing is proven of one of them."
    if could == 0.0:
        return f"Proven: no other of the {len(answer.options)} options that may be taken costs less."
    reason = "" if question.rule == "least_cost" else " (this question does not seek the least cost alone)"
    return f"Another option may cost up to {words.money(could)} {currency} less{reason}."


def _tested(question: Question, answer: Answer, played: Played, currency: str) -> str:
    """Which option did best against chance."""
    kept = [each for each in answer.options if each.may_be_taken and each.folder in played]
    if answer.choice is None or not kept:
        return "No option was played against chance."
    best = min(kept, key=lambda each: played[each.folder][0])
    if best is answer.choice:
        return "Played against chance, the same draws for all, it costs least as well."
    less = played[answer.choice.folder][0] - played[best.folder][0]
    return (
        f"Played against chance, {_name(question, best)} comes out {words.money(less)} {currency} cheaper in the mean."
    )


def _table(question: Question, answer: Answer, played: Played) -> list[list[str]]:
    ordered = question.about != VARIANT_AXIS
    head = [question.thing or ("option" if not ordered else question.about), "cost"]
    head += ["the step saves"] if ordered else ["more"]
    head += [*(["played", "+-"] if played else []), *question.figures, ""]
    return [head, *(_row(question, answer, at, played) for at in range(len(answer.options)))]


def _row(question: Question, answer: Answer, at: int, played: Played) -> list[str]:
    option = answer.options[at]
    name = _variant(question, option.value) if question.about == VARIANT_AXIS else brief(option.value)
    if option.total is None:
        return [name, "no plan", "", *(["", ""] if played else []), *("" for _ in question.figures), ""]
    mean, half = played.get(option.folder, (0.0, 0.0))
    told = [words.money(mean), words.money(half)] if played else []
    figures = [_figure(option.figures[each]) for each in question.figures]
    mark = "taken" if at == answer.taken else ("" if option.keeps else "over the limit")
    return [name, words.money(option.total), _compared(question, answer, at), *told, *figures, mark]


def _compared(question: Question, answer: Answer, at: int) -> str:
    """What the step to this option saves or, of variants, how much more than the one taken it costs."""
    if question.about != VARIANT_AXIS:
        worth = answer.worth(at)
        return "" if worth is None else signed(worth)
    choice, total = answer.choice, answer.options[at].total
    if choice is None or choice.total is None or total is None or at == answer.taken:
        return ""
    return signed(total - choice.total)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value + 0.0:,.1f}"
