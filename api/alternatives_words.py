"""What a planner reads of alternatives: how much dearer each is, by how much it differs, and in what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from optimizer.goals.alternatives import Alternative, Alternatives
from optimizer.replanning.differences import Difference
from optimizer.replanning.phrases import day_words

MOST_LINES: Final = 5
SHOWN: Final = 2
_LEAST: Final = 1e-6
_MARGIN: Final = "  "
SHIFTED: Final = "on other shifts, days or wards"


def told(found: Alternatives) -> str:
    """The whole text, at most 100 columns wide."""
    lines = [*_head(found), *_table(found)]
    for number, each in enumerate(found.plans, 1):
        lines += [f"Alternative {number}, beside the plan:", *_differs(each)]
    if found.ended:
        lines.append(f"{_asked(found)}{found.ended}")
    return "\n".join(lines) + "\n"


def _asked(found: Alternatives) -> str:
    return "No more: " if found.plans else "None: "


def _head(found: Alternatives) -> Iterator[str]:
    scenario = found.saved.scenario
    what = "each goal at most" if scenario.solve.by_goals else "at most"
    share = f"{100 * found.within:g} %"
    name = scenario.name or scenario.id
    counted = words.count(len(found.plans), "alternative")
    said = f" {counted}, {what} {share} {'worse' if scenario.solve.by_goals else 'dearer'}; checked: every rule holds"
    yield from words.joined(name, [said], _MARGIN)


def _table(found: Alternatives) -> Iterator[str]:
    """A line for each plan: what can be changed of its cost, and by how many decisions it differs."""
    if not found.plans:
        return
    cost = found.saved.facts.objective
    cells = [["", "cost", "dearer by", "decisions that differ", "from the nearest", "the most possible"]]
    cells.append(["as planned", words.money(cost), "", "", "", ""])
    for number, each in enumerate(found.plans, 1):
        more = (each.plan.objective or 0.0) - cost
        dearer = words.money(more) if abs(more) >= _PENNY else "0"
        cells.append(
            [f"alternative {number}", words.money(each.plan.objective or 0.0), dearer, f"{each.apart[0]:,.0f}",
             f"{min(each.apart):,.0f}", _most(each)]
        )  # fmt: skip
    yield from (_MARGIN + line.rstrip() for line in words.figured(cells, "   "))


_PENNY: Final = 0.005


def _most(each: Alternative) -> str:
    if each.proven:
        return "yes, proven"
    return "not known" if each.most is None else f"at most {each.most:,.0f}"


def _differs(each: Alternative) -> Iterator[str]:
    """What differs most, summed over the plan: the sums by which it has more or fewer, and how much is only moved."""
    sums = sorted(_sums(each.changes), key=lambda line: -line[0])
    for _, line in sums[:MOST_LINES]:
        yield from words.wrapped(line, _MARGIN, _MARGIN * 2)
    if len(sums) > MOST_LINES:
        yield f"{_MARGIN}and {words.count(len(sums) - MOST_LINES, 'more line')} in changes.csv"


def _sums(changes: Sequence[Difference]) -> Iterator[tuple[float, str]]:
    """By kind, contract and group: how many cells differ, and in which words."""
    groups: dict[tuple[str, str, str], list[Difference]] = defaultdict(list)
    for each in changes:
        who = each.who if each.kind == "shift" else each.place
        groups[each.kind, each.contract, who].append(each)
    for (kind, contract, who), cells in groups.items():
        more = sum(max(each.after - each.before, 0.0) for each in cells)
        fewer = sum(max(each.before - each.after, 0.0) for each in cells)
        yield more + fewer, WORDS[kind](contract, who, more, fewer, cells)


def _shifts(contract: str, who: str, more: float, fewer: float, cells: Sequence[Difference]) -> str:
    moved, net = min(more, fewer), more - fewer
    parts = [f"{moved:g} {SHIFTED}"] if moved > _LEAST else []
    parts += [f"{abs(net):g} {'more' if net > 0 else 'fewer'}"] if abs(net) > _LEAST else []
    return f"{contract} {who} shifts: {', '.join(parts)}; {_furthest(cells)}"


def _bays(_: str, unit: str, more: float, fewer: float, cells: Sequence[Difference]) -> str:
    return f"bays of {unit}: {_up_and_down(more, fewer, 'bay-days open', 'bay-days shut')}"


def _cases(_: str, group: str, more: float, fewer: float, cells: Sequence[Difference]) -> str:
    return f"{group} cases: {max(more, fewer):g} on other days or not at all"


def _up_and_down(more: float, fewer: float, up: str, down: str) -> str:
    parts = [f"{more:g} more {up}"] if more > _LEAST else []
    return ", ".join(parts + ([f"{fewer:g} more {down}"] if fewer > _LEAST else []))


def _furthest(cells: Sequence[Difference]) -> str:
    """The cells that differ most, two at most."""
    most = sorted(cells, key=lambda each: (-abs(each.after - each.before), each.day, each.place, each.shift))[:SHOWN]
    told = (f"{each.after:g} instead of {each.before:g} on {_shift(each)}" for each in most)
    return ("most: " if len(cells) > SHOWN else "") + ", ".join(told)


def _shift(each: Difference) -> str:
    """med-a night of Wed 15 Mar; a cycle's days have names already."""
    day = day_words(each.day) if each.day[:1].isdigit() else each.day
    return f"{each.place} {each.shift} of {day}"


WORDS: Final = {"shift": _shifts, "bay": _bays, "case": _cases}
"""How sums of cells are said, by kind."""
