"""Stays with what was known of each patient, and the moments from which the chance to leave is learned.

A moment is a midnight at which a patient was counted: `elapsed` nights after the day of arrival. Whoever leaves the
next day leaves within 24 hours, as a census at midnight sees it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.census_stays import Stay, StaySource, require_columns, single_stays
from forecasting.errors import HistoryError
from forecasting.history import Floats
from forecasting.notes import CleaningNote, Fault, fold
from forecasting.sources import TableSource, open_table

Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]

MISSING: Final = ""
"""How an empty cell of a column of kinds is known; it is a kind of its own."""

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

LONGEST_MOMENT: Final = 60
"""Midnights of a stay beyond this many teach nothing new: one long stay would outweigh many patients."""


@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """Past or present patients, N of them, with what was known of each on arrival.

    `numbers` (N, K) are the columns `number_names` (nan where empty), `kinds` (N, C) the columns `kind_names`; `nights`
    (N,) so far; `still_in` (N,); `admitted` the first days, or nothing where the table gives lengths. `lines` are rows
    of the table. `as_of` is the last day known.
    """

    number_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    numbers: Floats
    kinds: NDArray[np.str_]
    nights: Floats
    still_in: Marks
    admitted: tuple[date, ...]
    as_of: date | None
    lines: tuple[int, ...]
    data_sha256: str
    file: str
    notes: tuple[CleaningNote, ...] = field(default=())

    def __len__(self) -> int:
        """How many."""
        return len(self.nights)

    @property
    def is_dated(self) -> bool:
        """Whether it is known when each stay began."""
        return len(self.admitted) > 0

    def picked(self, which: Ints | Marks) -> Patients:
        """Some of the patients, by number or mark."""
        at = np.flatnonzero(which) if which.dtype == bool else which
        return Patients(
            self.number_names, self.kind_names, self.numbers[at], self.kinds[at], self.nights[at], self.still_in[at],
            tuple(self.admitted[i] for i in at) if self.is_dated else (), self.as_of,
            tuple(self.lines[i] for i in at), self.data_sha256, self.file, self.notes,
        )  # fmt: skip


def read_patients(
    source: StaySource,
    features: Sequence[str],
    *,
    number_names: Sequence[str] | None = None,
) -> Patients:
    """Read a stay table with the columns `features`, each known on arrival.

    A column whose filled cells are all numbers is one of numbers, unless `number_names` (of a model) says which are.

    Raises:
        HistoryError: it can't be read, a column is missing or also says how long the stay is, it holds personal data,
            a cell of a column of numbers is none, or no stay is left.
    """
    sheet = open_table(TableSource(source.path, query=source.query))
    require_columns(sheet, (*source.columns, *features))
    told = sorted(set(source.columns) & set(features))
    if told:
        raise HistoryError(sheet.file, 1, 1, f"{told[0]!r} tells the stay itself, so it can't be a feature")
    faults: list[Fault] = []
    stays, as_of = single_stays(source, sheet, faults)
    if not stays:
        raise HistoryError(sheet.file, 1, 1, "no usable stay is left")
    cells = {name: [stay.row.text(name) for stay in stays] for name in features}
    are_numbers = [
        name for name in features if (name in number_names if number_names is not None else _all(cells[name]))
    ]
    are_kinds = [name for name in features if name not in are_numbers]
    numbers = [_numbers(sheet.file, name, stays) for name in are_numbers]
    return Patients(
        tuple(are_numbers),
        tuple(are_kinds),
        np.array(numbers).T.reshape(len(stays), len(are_numbers)),
        np.array([cells[name] for name in are_kinds], dtype=np.str_).T.reshape(len(stays), len(are_kinds)),
        np.array([stay.nights for stay in stays]),
        np.array([stay.still_in for stay in stays]),
        _admitted(stays),
        as_of,
        tuple(stay.row.line for stay in stays),
        _hash(stays, cells),
        sheet.file,
        fold(sheet.file, faults),
    )


def _all(cells: Sequence[str]) -> bool:
    """Whether every filled cell is a number, and one is filled."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_number(cell) is not None for cell in filled)


def _numbers(file: str, name: str, stays: Sequence[Stay]) -> list[float]:
    """A column of numbers, nan where empty. Raises HistoryError at the first cell that is none."""
    found = []
    for stay in stays:
        text = stay.row.text(name)
        value = _number(text) if text else float("nan")
        if value is None:
            raise HistoryError(file, stay.row.line, stay.row.place(name), f"{text!r} in {name!r} is no number")
        found.append(value)
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _admitted(stays: Sequence[Stay]) -> tuple[date, ...]:
    """First days, where all stays tell theirs."""
    known = tuple(stay.admitted for stay in stays if stay.admitted is not None)
    return known if len(known) == len(stays) else ()


def _hash(stays: Sequence[Stay], cells: dict[str, list[str]]) -> str:
    """SHA-256 of what was read."""
    told = hashlib.sha256(repr(sorted(cells)).encode())
    for at, stay in enumerate(stays):
        row = (stay.nights, stay.still_in, stay.admitted, *(cells[name][at] for name in sorted(cells)))
        told.update(repr(row).encode())
    return told.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Midnights (M,): whose, by `patient`, and after how many nights, `elapsed`."""

    patient: Ints
    elapsed: Ints

    def picked(self, which: Ints | Marks) -> Moments:
        """Some of them."""
        return Moments(self.patient[which], self.elapsed[which])

    def __len__(self) -> int:
        """How many."""
        return len(self.patient)


def counted(patients: Patients, *, longest: int = LONGEST_MOMENT) -> Moments:
    """Every midnight at which a patient was in bed: elapsed 0, 1, ... below the stay's nights."""
    number = np.minimum(np.ceil(patients.nights).astype(np.int64), longest)
    patient = np.repeat(np.arange(len(patients)), number)
    first = np.repeat(np.cumsum(number) - number, number)
    return Moments(patient, np.arange(len(patient)) - first)


def present(patients: Patients) -> Moments:
    """The last midnight known of each patient still in: from here on their future is asked."""
    inside = np.flatnonzero(patients.still_in)
    return Moments(inside, np.floor(patients.nights[inside]).astype(np.int64))


def table(patients: Patients, moments: Moments) -> NDArray[np.object_]:
    """What a learner reads (M, columns): nights so far, their logarithm, the numbers; weekday (if dated), the kinds."""
    whose = moments.patient
    elapsed = moments.elapsed.astype(np.float64)
    numbers = np.column_stack([elapsed, np.log1p(elapsed), patients.numbers[whose]]).astype(object)
    kinds: list[NDArray[np.object_]] = [_weekdays(patients, moments)[:, None]] if patients.is_dated else []
    return np.concatenate([numbers, *kinds, patients.kinds[whose].astype(object)], axis=1)


def shape(patients: Patients) -> tuple[int, int]:
    """How many columns of `table` are numbers, and how many kinds."""
    return 2 + len(patients.number_names), int(patients.is_dated) + len(patients.kind_names)


def _weekdays(patients: Patients, moments: Moments) -> NDArray[np.object_]:
    """The weekday of each midnight, as a kind: who may leave depends on who is on duty the next day."""
    arrived = np.array([day.weekday() for day in patients.admitted])
    names = np.array(WEEKDAYS, dtype=object)
    return np.asarray(names[(arrived[moments.patient] + moments.elapsed) % 7])
