"""A comparison as a planner reads it on a terminal: the options, then what differs in each and why its cost does."""

from __future__ import annotations

from collections.abc import Iterator

from api import words
from api.compare_sections import Section, difference, overview, sections
from optimizer.whatif.compare import Against, Compared

_MARGIN, _DEEPER = "  ", "      "


def told(compared: Compared) -> str:
    """The whole text, at most 100 columns wide."""
    lines = list(_section(overview(compared))) if len(compared.others) > 1 else []
    for each in compared.others:
        lines += [*([""] if lines else []), *words.wrapped(headline(compared, each), hanging=_MARGIN)]
        lines += [line for section in sections(compared, each) for line in _section(section)]
        lines += words.wrapped(each.note, hanging=_MARGIN) if each.note else []
    return "\n".join(lines) + "\n"


def headline(compared: Compared, each: Against) -> str:
    """One sentence: what the other option costs beside the first."""
    first, other = compared.first.name, each.option.name
    if not each.differs and each.outcome.exists:
        return f"{other} and {first} differ in nothing"
    missing = [name for name, there in ((first, compared.outcome), (other, each.outcome)) if not there.exists]
    if missing:
        return f"{other} beside {first}: no plan of {' or of '.join(missing)}, so no cost to compare"
    more = difference(compared.outcome, each.outcome) or 0.0
    before, after = compared.outcome.total or 0.0, each.outcome.total or 0.0
    currency = f" {compared.first.loaded.value.currency}".rstrip()
    costs = f"{words.money(after)}{currency} beside {words.money(before)}"
    if abs(more) < 0.005:
        return f"{other} costs the same as {first}: {costs}"
    return f"{other} costs {words.money(abs(more))}{currency} {'more' if more > 0 else 'less'} than {first}: {costs}"


def _section(section: Section) -> Iterator[str]:
    yield from words.wrapped(section.title, hanging=_MARGIN)
    rows = [[*row] for row in (section.header, *section.rows)]
    room = words.width() - len(_MARGIN) - sum(max(len(row[at]) for row in rows) + 2 for at in range(1, len(rows[0])))
    for row in rows:
        row[0] = words.cut(row[0], max(room, 24))
    for at, line in enumerate(words.figured(rows)):
        yield words.cut(_MARGIN + line.rstrip())
        if 0 < at <= len(section.beneath) and section.beneath[at - 1]:
            yield from words.wrapped(section.beneath[at - 1], _DEEPER, _DEEPER)
    if section.note:
        yield from words.wrapped(section.note, _MARGIN, _MARGIN)
