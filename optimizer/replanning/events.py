"""`EVENTS`: what may happen to a plan, the words each is told in, and the change of the scenario that it is.

An event is a change of the scenario like any other (`--set`), so that the scenario of the plan made after it says
everything. To add one: a function in `happenings` and a line in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from optimizer.expansion.case import Case
from optimizer.replanning import happenings
from optimizer.replanning.errors import EventError
from optimizer.replanning.happenings import DOWN, Event, Happening, Lists
from optimizer.replanning.phrases import read_phrase

Tell = Callable[[Happening], Event]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event: the words that give it away, the kinds of names in it, how it reads, and what it does."""

    verbs: frozenset[str]
    also: frozenset[str]
    names: tuple[str, ...]
    grammar: str
    tell: Tell


def read_events(texts: tuple[str, ...], case: Case) -> tuple[tuple[Event, ...], Mapping[str, object]]:
    """Every event in turn, and the scenario's lists they change. Raises EventError for what is not understood."""
    if texts and not case.grid.dated:
        raise EventError("a cycle has no dates, so nothing can happen on one of them")
    lists: Lists = {}
    called_off: dict[str, set[str]] = {}
    events = tuple(_read(text, case, lists, called_off) for text in texts)
    return events, {**lists, **{path: sorted(days) for path, days in called_off.items()}}


def _read(text: str, case: Case, lists: Lists, called_off: dict[str, set[str]]) -> Event:
    kind = _kind(text)
    phrase = read_phrase(text, case, kind.names, kind.verbs | kind.also)
    try:
        return kind.tell(Happening(phrase, case, lists, called_off))
    except EventError as error:
        raise EventError(f"{error}\n  it reads like: {kind.grammar}") from error


def _kind(text: str) -> Kind:
    said = {part.strip(",.;:").lower() for part in text.split()}
    fitting = [kind for kind in EVENTS.values() if said & kind.verbs and (not kind.also or said & kind.also)]
    fitting = fitting or [kind for kind in EVENTS.values() if said & kind.verbs]
    if not fitting:
        listed = "\n  ".join(kind.grammar for kind in EVENTS.values())
        raise EventError(f'"{text}": nothing in it says what happened; an event reads like one of\n  {listed}')
    return fitting[0]


_UP: Final = frozenset({"up", "more", "rises", "rise"})
_BEDS: Final = frozenset({"beds", "bed", "bay"})

EVENTS: Final[Mapping[str, Kind]] = {
    "people sick": Kind(
        frozenset({"sick", "ill", "absent", "missing"}), frozenset(), ("staff", "contract", "shift", "unit"),
        "6 rn sick 2026-12-09 night at icu  (or: 2 agency rn sick ..., 2026-12-09 to 2026-12-11)", happenings.sick,
    ),
    "people back": Kind(
        frozenset({"back", "recovered"}), frozenset(), ("staff", "shift", "unit"),
        "2 rn back 2026-12-09 night at icu", happenings.back,
    ),
    "beds closed": Kind(
        frozenset({"closed", "close", "shut", "lost"}), frozenset(), ("unit",),
        "4 beds closed at med-a 2026-12-09 to 2026-12-11  (or: bay 2 of med-a closed ...)", happenings.beds_closed,
    ),
    "beds opened": Kind(
        frozenset({"opened", "open", "extra", "reopened"}), frozenset(), ("unit",),
        "4 beds opened at med-a 2026-12-09 to 2026-12-11", happenings.beds_opened,
    ),
    "demand changed": Kind(
        _UP | DOWN, frozenset(), ("group",),
        "medical up 10 % from 2026-12-09  (or: 5 fewer medical 2026-12-09 to 2026-12-11)", happenings.demand,
    ),
    "devices broken": Kind(
        frozenset({"broken", "fail", "failed", "out"}), frozenset(), ("device", "site"),
        "3 ventilators broken from 2026-12-09  (to 2026-12-11)", happenings.broken,
    ),
    "devices mended": Kind(
        frozenset({"returned", "mended", "repaired", "fixed"}), frozenset(), ("device",),
        "ventilators returned 2026-12-10", happenings.mended,
    ),
    "list cancelled": Kind(
        frozenset({"cancelled", "canceled", "called"}), frozenset({"list", "lists", "off", "elective", "electives"}),
        ("group",), "elor list cancelled 2026-12-09", happenings.list_cancelled,
    ),
}  # fmt: skip
"""Every kind of event by name, with an example of its grammar."""
