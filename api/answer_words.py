"""The answer of a question as a planner reads it: what to take, why, what each option comes to, what is proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from api.compare_sections import brief, signed
from optimizer.scenario.question import Question
from optimizer.scenario.varying import VARIANT_AXIS
from optimizer.whatif.answering import Answer, Option

_INDENT: Final = "  "
Table = list[list[str]]


def lines(question: Question, found: Sequence[Answer], currency: str) -> Iterator[str]:
    """The question, then each circumstance's answer, its reason and its table."""
    yield from words.wrapped(question.asks)
    for each in found:
        yield ""
        yield from words.wrapped(_said(question, each, currency), hanging=_INDENT)
        for sentence in (_proof(question, each, currency), _tested(question, each, currency)):
            yield from words.wrapped(sentence, _INDENT, _INDENT) if sentence else ()
        for table in _tables(question, each):
            yield from (words.cut(f"{_INDENT}{line}".rstrip()) for line in words.figured(table))


def _said(question: Question, answer: Answer, currency: str) -> str:
    """The circumstance, what is taken in it and what that comes to."""
    where = _circumstance(question, answer)
    choice = answer.choice
    if choice is None or choice.cost is None:
        limits = ", ".join(f"{name} at most {limit:g}" for name, limit in question.at_most.items())
        return f"{where}no option can be taken" + (f" that keeps to {limits}" if limits else "")
    beside = [_beside(question, choice, each, currency) for each in _neighbours(answer)]
    return f"{where}{_name(question, choice)}, at {words.money(choice.cost)} {currency}".rstrip() + "".join(beside)


def _circumstance(question: Question, answer: Answer) -> str:
    told = [
        _variant(question, value) if axis == VARIANT_AXIS else f"{axis.replace('_', ' ')} {brief(value)}"
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
    """The options beside the one taken."""
    at = answer.taken or 0
    return [answer.options[each] for each in (at - 1, at + 1) if 0 <= each < len(answer.options)]


def _beside(question: Question, choice: Option, other: Option, currency: str) -> str:
    """How another option differs in cost."""
    name = _name(question, other)
    if other.cost is None or choice.cost is None:
        return f"; {name}: no plan"
    more = other.cost - choice.cost
    if abs(more) < 0.005:
        return f"; {name}: as much"
    over = "" if other.keeps else ", over the limit"
    return f"; {name}: {words.money(abs(more))} {currency} {'more' if more > 0 else 'less'}{over}"


def _proof(question: Question, answer: Answer, currency: str) -> str:
    """What is known of the options not taken, where plans are compared."""
    could = answer.could_save()
    if answer.choice is None or question.draws:
        return ""
    if could is None:
        return "How much less another option might cost is not known: nothing is proven of one of them."
    if could == 0.0:
        many = sum(each.may_be_taken for each in answer.options)
        return f"Proven: none of the {many} options that may be taken costs less."
    reason = "" if question.rule == "least_cost" else ", which the question does not ask for"
    return f"Another option may cost up to {words.money(could)} {currency} less{reason}."


def _tested(question: Question, answer: Answer, currency: str) -> str:
    """What chance says of the option taken; an empty text where no option was played."""
    choice = answer.choice
    others = [each for each in answer.options if each is not choice and each.may_be_taken and each.played is not None]
    if choice is None or choice.played is None or not others:
        return ""
    best = min(others, key=lambda each: each.played.mean if each.played else 0.0)
    if best.played is None:
        return ""
    less, doubt = choice.played.mean - best.played.mean, choice.played.half + best.played.half
    told = f"{_name(question, best)} {words.money(abs(less))} {currency} {'cheaper' if less > 0 else 'dearer'}"
    sure = "more than the draws leave open" if abs(less) > doubt else f"which so few draws leave open (+- {doubt:,.0f})"
    return f"Played against chance, the same draws for all: {told}, {sure}."


def _tables(question: Question, answer: Answer) -> list[Table]:
    """The options with money and figures in one table, or where that is too wide in two."""
    played = any(each.played is not None for each in answer.options)
    ordered = question.about != VARIANT_AXIS
    first = question.thing or (question.about if ordered else "option")
    head = [first, "plan", *(["played", "+-"] if played else []), "a step saves" if ordered else "more", ""]
    money = [head, *(_money(question, answer, at, played) for at in range(len(answer.options)))]
    figures = [[*question.figures], *([_figure(each, name) for name in question.figures] for each in answer.options)]
    whole = [[*row[:-1], *more, row[-1]] for row, more in zip(money, figures, strict=True)]
    if not question.figures or max(map(len, words.figured(whole))) + len(_INDENT) <= words.width():
        return [whole]
    return [money, [[row[0], *more] for row, more in zip(money, figures, strict=True)]]


def _money(question: Question, answer: Answer, at: int, played: bool) -> list[str]:
    option = answer.options[at]
    name = _variant(question, option.value) if question.about == VARIANT_AXIS else brief(option.value)
    mark = "taken" if at == answer.taken else "over the limit" if option.total is not None and not option.keeps else ""
    plan = "no plan" if option.total is None else words.money(option.total)
    chance = ["", ""] if option.played is None else [words.money(option.played.mean), words.money(option.played.half)]
    return [name, plan, *(chance if played else []), _compared(question, answer, at), mark]


def _compared(question: Question, answer: Answer, at: int) -> str:
    """What the step to this option saves or, of variants, how much more than the one taken it costs."""
    if question.about != VARIANT_AXIS:
        worth = answer.worth(at)
        return "" if worth is None else signed(worth)
    choice, cost = answer.choice, answer.options[at].cost
    if choice is None or choice.cost is None or cost is None or at == answer.taken:
        return ""
    return signed(cost - choice.cost)


def _figure(option: Option, name: str) -> str:
    value = option.figures.get(name)
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value + 0.0:,.1f}"
