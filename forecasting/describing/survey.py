"""A whole table of series surveyed: the figures of all, a description of some, and everything that was cured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forecasting.describing.description import Described, describe
from forecasting.describing.figures import Figures, figures
from forecasting.errors import UnusableHistory
from forecasting.notes import Fault
from forecasting.recording import Recording
from forecasting.sources_layout import Layout, SeriesSource
from forecasting.sources_many import SeriesRead, chosen, read_series

MOST_DETAILED: Final = 6
"""Series that are described one by one without being asked for."""

MOST_ASKED: Final = 12
"""Series that are described one by one when asked for."""

MOST_PICTURED: Final = 24
"""Series that are seen at a glance where none is described by itself."""

MOST_HELD: Final = 500
"""Series held to be described and compared; of further ones only the figures are kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One series in the overview. `figures` is None where nothing usable was found; then `problem` says why."""

    name: str
    step: str
    figures: Figures | None
    faults: tuple[Fault, ...]
    problem: str = ""
    covariate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What is told of a table: its columns, a line for every series, and the series described in detail.

    `pictured` are the first series to be seen at a glance where none is described in detail.
    """

    file: str
    layout: Layout
    country: str | None
    lines: tuple[Line, ...]
    described: tuple[Described, ...]
    pictured: tuple[Recording, ...] = ()


def survey(
    source: SeriesSource,
    *,
    series: Sequence[str] = (),
    country: str | None = None,
    subdivision: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Read every series of a table and describe those named, or all where they are few; `say` hears what is done.

    Raises:
        HistoryError: the table can't be read, or a name picks no series.
        UnusableHistory: no series has a value that can be used.
        UnknownCalendar: no public holidays are known for the country or subdivision.
    """
    opened = read_series(source)
    held: list[SeriesRead] = []
    lines: list[Line] = []
    for read in opened.series:
        lines.append(_line(read))
        if len(lines) % 50 == 0:
            say(f"reading series {len(lines)}")
        if len(held) < MOST_HELD or _may_be_asked(read, series):
            held.append(read)
    if not any(line.figures for line in lines):
        raise UnusableHistory(opened.file, 1, 1, f"no usable series; {lines[0].name}: {lines[0].problem}")
    picked = chosen([line.name for line in lines], series)
    detailed = list(_detailed(held, picked))
    described = []
    for read in detailed:
        say(f"describing {read.name}")
        described.append(_described(read, held, detailed, (country, subdivision)))
    kept = [line for line in lines if not series or line.name in picked or line.covariate]
    return Survey(opened.file, opened.layout, country, tuple(kept), tuple(described), _pictured(held, described))


def _pictured(held: Sequence[SeriesRead], described: Sequence[Described]) -> tuple[Recording, ...]:
    found = [read.recording for read in held if read.recording is not None and not read.covariate]
    return () if described else tuple(found[:MOST_PICTURED])


def _may_be_asked(read: SeriesRead, series: Sequence[str]) -> bool:
    return bool({read.name, *read.name.split(" ")} & set(series))


def _line(read: SeriesRead) -> Line:
    """A series in the overview."""
    found = read.recording
    if found is None:
        return Line(read.name, "", None, (), read.problem, read.covariate)
    return Line(read.name, found.step.name, figures(found), found.faults, "", read.covariate)


def _detailed(held: Sequence[SeriesRead], picked: set[str]) -> Iterator[SeriesRead]:
    """The series to describe one by one: those picked, or all counts where they are few."""
    usable = [read for read in held if read.recording is not None]
    if picked:
        yield from [read for read in usable if read.name in picked][:MOST_ASKED]
        return
    counts = [read for read in usable if not read.covariate]
    if len(counts) <= MOST_DETAILED:
        yield from counts


def _described(
    read: SeriesRead, held: Sequence[SeriesRead], detailed: Sequence[SeriesRead], place: tuple[str | None, str | None]
) -> Described:
    """One series beside the others of its owner, the same count of the other owners described, and covariates."""
    near = [other for other in held if other.owner == read.owner and not other.covariate]
    near += [other for other in detailed if other.owner != read.owner and other.column == read.column]
    explaining = [other for other in held if other.owner == read.owner and other.covariate]
    if read.recording is None:
        raise ValueError(f"{read.name} has no recording")
    return describe(
        read.recording,
        [other.recording for other in near if other.recording is not None and other is not read],
        [other.recording for other in explaining if other.recording is not None and other is not read],
        country=place[0],
        subdivision=place[1],
    )
