"""What changed, one line for each thing to tell: people booked, moved or stood down, bays opened, cases moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from optimizer.replanning.differences import Difference
from optimizer.replanning.phrases import day_words

_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Told:
    """One line for somebody: whom it concerns (a unit or patient group), when, what changes; from which day on."""

    place: str
    when: str
    what: str
    day: str


def story(found: Iterable[Difference], first: tuple[str, ...] = ()) -> list[Told]:
    """Every change in planners' words: those of the places named first, then by day."""
    changed = [each for each in found if each.changes > _LEAST]
    told = [
        *_people([each for each in changed if each.kind == "shift"]),
        *_bays([each for each in changed if each.kind == "bay"]),
        *_cases([each for each in found if each.kind == "case"]),
    ]
    return sorted(told, key=lambda each: (each.place not in first, each.day, each.place, each.when))


def _people(found: list[Difference]) -> Iterator[Told]:
    """People of one team and contract fewer on a shift and more on another are moved; the rest come or stay away."""
    key = _team
    for _, same in groupby(sorted(found, key=key), key):
        cells = list(same)
        by = {cell: cell.after - max(cell.before - cell.missing, 0.0) for cell in cells}
        for fewer in (cell for cell in cells if cell.contract == "own" and by[cell] < -_LEAST):
            for more in sorted((cell for cell in cells if by[cell] > _LEAST), key=lambda each: _apart(each, fewer)):
                people = min(by[more], -by[fewer])
                if people > _LEAST:
                    by[more] -= people
                    by[fewer] += people
                    what = f"{people:g} {fewer.contract} {fewer.who} moved here from {shift_words(fewer)}"
                    yield Told(more.place, shift_words(more), what, more.day)
        yield from (_alone(cell, people) for cell, people in by.items() if abs(people) > _LEAST)


def _team(cell: Difference) -> tuple[str, str, str]:
    return cell.place, cell.who, cell.contract


def _apart(one: Difference, other: Difference) -> int:
    return abs((date.fromisoformat(one.day) - date.fromisoformat(other.day)).days)


def _alone(cell: Difference, people: float) -> Told:
    hired = cell.contract in ("bank", "agency")
    word = ("booked" if hired else "more") if people > 0 else ("cancelled" if hired else "fewer")
    told = max(cell.before - cell.missing, 0.0)
    now = f" (now {cell.after:g}, was {told:g})" if cell.after and told else ""
    return Told(cell.place, shift_words(cell), f"{abs(people):g} {cell.contract} {cell.who} {word}{now}", cell.day)


def _bays(found: list[Difference]) -> Iterator[Told]:
    """Days in a row are told together."""
    found = sorted(found, key=lambda each: (each.place, each.who, each.after, each.day))
    for (place, bay, after), same in groupby(found, lambda each: (each.place, each.who, each.after)):
        for days in _runs([each.day for each in same]):
            when = day_words(days[0]) if len(days) == 1 else f"{day_words(days[0])} to {day_words(days[-1])}"
            yield Told(place, when, f"{bay} {'opened' if after > 0 else 'not opened, or shut'}", days[0])


def _runs(days: list[str]) -> Iterator[list[str]]:
    """Days cut where one is missing between two."""
    run: list[str] = []
    for day in days:
        if run and date.fromisoformat(day) - date.fromisoformat(run[-1]) > timedelta(days=1):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _cases(found: list[Difference]) -> Iterator[Told]:
    """Cases of one list, by the days they were told and the days on which they are done now."""
    found = sorted(found, key=lambda each: (each.place, each.who))
    for (group, _), same in groupby(found, lambda each: (each.place, each.who)):
        cells = list(same)
        missing = [(cell, cell.before - cell.after) for cell in cells if cell.before - cell.after > _LEAST]
        more = {cell.day: cell.after - cell.before for cell in cells if cell.after - cell.before > _LEAST}
        for cell, cases in missing:
            left = cases
            for day in sorted(more):
                moved = min(left, more[day])
                if moved > _LEAST:
                    more[day], left = more[day] - moved, left - moved
                    yield Told(group, day_words(cell.day), f"{_cases_of(moved)} moved to {day_words(day)}", cell.day)
            if left > _LEAST:
                yield Told(group, day_words(cell.day), f"{_cases_of(left)} not done", cell.day)


def _cases_of(number: float) -> str:
    return f"{number:g} case{'' if number == 1 else 's'}"


def shift_words(cell: Difference) -> str:
    """night of Thu 16 Mar."""
    return f"{cell.shift} of {day_words(cell.day)}"
