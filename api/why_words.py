"""The answer to --why and --why-not as a planner reads it, and as JSON: pure text from an `Answer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from api import words

if TYPE_CHECKING:
    from optimizer.explain.why import Answer, Otherwise
    from optimizer.saved import SavedPlan
    from optimizer.scenario.locked import Locked

MOST_DIFFERENCES: Final = 6
_MARGIN, _DEEPER = "  ", "      "


def why_text(saved: SavedPlan, answer: Answer) -> str:
    """At most some twenty lines of 100 columns: what it would cost, what would change, how sure that is."""
    other = answer.otherwise
    lines = [_asked(answer), *(_forbidden(answer) if other is None else _told(saved, answer, other))]
    if other is not None:
        lines += ["To plan it so afresh:", f"{_MARGIN}--set '{set_text(saved.scenario.locked, answer.entry)}'"]
    return "\n".join(lines) + "\n"


def why_json(saved: SavedPlan, answer: Answer) -> dict[str, object]:
    """The same as data; money in the scenario's currency."""
    other = answer.otherwise
    return {
        "cell": str(answer.cell),
        "now": answer.now,
        "then": answer.then,
        "set": set_text(saved.scenario.locked, answer.entry),
        "plan_cost": answer.plan_cost,
        "possible": other is not None,
        "because": list(answer.because),
        "otherwise": None if other is None else _otherwise_json(other),
    }


def set_text(locked: Sequence[Locked], entry: Locked) -> str:
    """`locked=[...]` for --set: the cells locked already, and this one."""
    return f"locked=[{', '.join(_entry(each) for each in (*locked, entry))}]"


def _entry(cell: Locked) -> str:
    said = cell.model_dump(mode="json", exclude_none=True)
    ordered = sorted(said.items(), key=lambda each: each[0] in ("least", "most"))
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in ordered) + "}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _otherwise_json(other: Otherwise) -> dict[str, object]:
    return {
        "more": round(other.more, 2),
        "exact": other.exact,
        "settled": other.settled,
        "cost": round(other.cost, 2),
        "rearranged": round(other.rearranged, 2),
        "free": other.free,
        "items": {item: round(money, 2) for item, money in other.items.items()},
        "differences": [
            {"table": each.table, "where": each.where, "before": round(each.before, 6), "after": round(each.after, 6)}
            for each in other.differences
        ],
    }


def _asked(answer: Answer) -> str:
    return words.cut(f"{answer.cell}: {_held(answer, answer.now)} in the plan")


def _held(answer: Answer, value: float) -> str:
    """A figure as the cell has it: 4, or open for a bay."""
    if answer.cell.kind == "bay":
        return "open" if value > 0.5 else "shut"
    return f"{round(value, 1):g}"


def _forbidden(answer: Answer) -> Iterator[str]:
    if not answer.because:
        said = "was found while most of the plan stays as it is, though no rule forbids it"
        yield from words.wrapped(f"No plan with {_held(answer, answer.then)} {said}", "", _MARGIN)
        return
    yield f"{_held(answer, answer.then)} can't be, for beside it these can't all hold"
    for rule in answer.because[:MOST_DIFFERENCES]:
        yield from words.wrapped(rule, _MARGIN, _DEEPER)


def _told(saved: SavedPlan, answer: Answer, other: Otherwise) -> Iterator[str]:
    currency = f" {saved.scenario.currency}" if saved.scenario.currency else ""
    much = "exactly" if other.exact and other.settled else "at most"
    price = f"costs {much} {words.money(other.more)}{currency} more" if other.more >= 0.01 else "costs nothing more"
    yield from words.wrapped(f"With {_held(answer, answer.then)} the plan {price}", "", _MARGIN)
    items = [f"{words.cost_name(item)} {'+' if money > 0 else '-'}{words.money(abs(money))}"
             for item, money in other.items.items() if abs(money) >= 0.5]  # fmt: skip
    if items:
        yield from words.joined(f"{_MARGIN}of which:", items[:8], _DEEPER)
    yield from _differences(other)
    yield from _proof(answer, other)


def _differences(other: Otherwise) -> Iterator[str]:
    if other.differences:
        yield "What would change most"
        for each in other.differences[:MOST_DIFFERENCES]:
            yield words.cut(_MARGIN + str(each))
        left = len(other.differences) - MOST_DIFFERENCES
        if left > 0:
            yield f"{_MARGIN}and {words.count(left, 'smaller difference')}"


def _proof(answer: Answer, other: Otherwise) -> Iterator[str]:
    if not other.settled:
        yield from words.wrapped("The search was ended before the least was proven: it may cost less.", "", _MARGIN)
    elif other.exact:
        yield "Proven: everything was free to change."
    else:
        yield from words.wrapped(
            f"Free to change: {other.free}; the rest stays as planned, so it may cost less.", "", _MARGIN
        )
    gain = answer.plan_cost - other.rearranged
    if gain >= 1.0:
        yield from words.wrapped(
            f"Counted from this plan re-arranged as freely, which alone saves {words.money(gain)}: it is not the "
            "least possible.", "", _MARGIN
        )  # fmt: skip
