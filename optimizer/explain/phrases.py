"""From planners' words to a cell of the plan.

Words may come in any order and any case; what says nothing (on, in, at, one more ...) is passed over.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from optimizer.expansion.case import Case
from optimizer.explain.cells import KINDS, CellError, Names, PlanCell
from optimizer.explain.dates import as_day, day_words, take_day
from optimizer.scenario.faults import closest, either
from optimizer.scenario.staff import CONTRACTS

IDLE: Final = frozenset(
    (
        *("a", "an", "and", "at", "by", "for", "from", "her", "in", "is", "more", "not", "of", "on", "one", "open"),
        *("staff", "shift", "shifts", "nurse", "nurses", "the", "there", "they", "to", "was", "were", "why", "with"),
        "patients",
    )
)
"""Words that say nothing which the others do not, unless the scenario calls something so."""

_MARKS: Final[Mapping[str, str]] = {
    "beds": "beds", "bed": "beds", "escalation": "beds", "rented": "rented", "rent": "rented", "hired": "rented",
}  # fmt: skip
_BAY: Final = re.compile(r"\bbay\s*(?:no\.?|number|#)?\s*(\d+)\b", re.IGNORECASE)
Meanings = list[tuple[str, str]]
"""What one word may mean: (axis, name), the likeliest first."""


def parse_cell(case: Case, phrase: str) -> PlanCell:
    """The cell that a phrase names. Raises CellError."""
    text, day = take_day(case, phrase)
    text, bay = _take_bay(text)
    given = [[("bay", bay)]] if bay else []
    meanings = [_meanings(case, phrase, word) for word in re.findall(r"[^\s,;]+", text)]
    said = [each for each in (*given, *meanings) if each]
    if day is None:
        raise CellError(_grammar(case, f'"{phrase}" names no day'))
    return _fitting(case, phrase, said, day)


def _fitting(case: Case, phrase: str, said: Sequence[Meanings], day: str) -> PlanCell:
    """Of all ways to read the words, the first that makes a cell; else what the nearest kind still needs."""
    best: tuple[int, str] | None = None
    for reading in itertools.islice(itertools.product(*said), 500):
        axes = [axis for axis, _ in reading]
        names = {"day": day, **_only(case), **dict(reading)}
        if len(set(axes) - {"beds"}) != len([axis for axis in axes if axis != "beds"]):
            continue
        for kind, form in KINDS.items():
            beside = set(axes) - set(form.needs) - set(form.may)
            missing = [axis for axis in form.needs if axis not in names]
            if not beside and not missing:
                kept = {axis: names[axis] for axis in (*form.needs, *form.may) if axis in names}
                return PlanCell(kind, kept, as_day(case, day), _where(case, kind, kept))
            distance = 3 * len(beside) + len(missing)
            if missing and not beside and (best is None or distance < best[0]):
                best = distance, f'"{phrase}" needs {either([_there(case, axis) for axis in missing[:1]])}'
    raise CellError(_grammar(case, best[1] if best else f'"{phrase}" names no cell of the plan'))


def _only(case: Case) -> Names:
    """What goes without saying: the unit where there is one, the site likewise."""
    found = {}
    if len(case.units) == 1:
        found["unit"] = case.units[0]
    if len(case.sites) == 1:
        found["site"] = case.sites[0]
    return found


def _where(case: Case, kind: str, names: Names) -> str:
    day = day_words(case, names["day"])
    place = names.get("unit", names.get("site", ""))
    preposition = {"devices": "at", "rented": "at", "patients": "in", "bay": "of"}.get(kind, "on")
    when = f"{names['shift']} of {day}" if "shift" in names else day
    return f"{preposition} {place}, {when}"


def _axes(case: Case) -> Mapping[str, Sequence[str]]:
    """The names of each axis; devices that serve by slots are held nowhere."""
    scenario = case.scenario
    return {
        "contract": CONTRACTS,
        "staff": case.staff,
        "shift": [duty.name for duty in case.grid.duties],
        "device": [name for name, device in scenario.devices.items() if device.serving is None],
        "group": case.groups,
        "unit": case.units,
        "site": case.sites,
    }


def _meanings(case: Case, phrase: str, word: str) -> Meanings:
    """What a word may mean, exact spelling first; nothing where it says nothing. Raises CellError where unknown."""
    exact, loose = [], []
    for axis, names in _axes(case).items():
        for name in names:
            if word == name:
                exact.append((axis, name))
            elif _bare(word) == _bare(name):
                loose.append((axis, name))
    if _bare(word) in _MARKS:
        loose.append((_MARKS[_bare(word)], word))
    if found := [*exact, *loose]:
        return found
    if word.lower() in IDLE or (word.isdecimal() and len(word) < 3):
        return []
    known = dict.fromkeys(name for names in _axes(case).values() for name in names)
    meant = closest(word, list(known))
    hint = f"did you mean {meant}?" if meant else "nothing of the plan is called so"
    raise CellError(_grammar(case, f'"{phrase}": {word} is not known; {hint}'))


def _bare(name: str) -> str:
    """Letters and figures only, small, without the s of a plural."""
    plain = re.sub(r"[^a-z0-9@:]", "", name.lower())
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") else plain


def _take_bay(text: str) -> tuple[str, str]:
    found = _BAY.search(text)
    return (text, "") if found is None else (text[: found.start()] + " " + text[found.end() :], found[1])


def _there(case: Case, axis: str) -> str:
    """A missing axis with its names where they are few."""
    named = {"staff": "staff group", "group": "patient group"}.get(axis, axis)
    names = _axes(case).get(axis, ())
    return f"a {named} ({either(list(names))})" if 0 < len(names) <= 8 else f"a {named}"


def _grammar(case: Case, message: str) -> str:
    """The message with the forms there are in this plan."""
    return "\n".join([message, "a cell is one of:", *(f"  {form}" for form in _forms(case))])


def _forms(case: Case) -> Iterator[str]:
    axes = _axes(case)
    for form in KINDS.values():
        if all(axes[axis] for axis in form.needs if axis in axes):
            yield form.grammar
