"""The rule about wards that close by choice. People engaged stand in the rules about people."""

from __future__ import annotations

import numpy as np

from optimizer.capacity.terms import Rows
from optimizer.expansion.choices import may_close
from optimizer.program import ABSENT, Ints, Term

NAME = "wards close as chosen"


def wards_close_as_chosen(rows: Rows) -> None:
    """So many of the wards are shut, each once for its days in a row, few at once; who is shut is empty, bays too."""
    for at, closing in enumerate(rows.case.scenario.closing.values()):
        starts = rows.layout.choices.closing[at]
        wards = float(closing.wards or len(closing.units))
        rows.builder.add_rows(NAME, (1,), [Term(starts.reshape(1, -1))], lower=wards, upper=wards)
        rows.builder.add_rows(NAME, (len(starts),), [Term(starts)], upper=1.0)
        shut = shut_by(starts, closing.days)
        every = np.moveaxis(shut, 0, 1).reshape(shut.shape[1], -1)
        rows.builder.add_rows(NAME, (len(every),), [Term(every)], upper=float(closing.at_once))
        for unit in range(len(starts)):
            if (starts[unit] != ABSENT).any():
                _shut(rows, unit, shut[unit])


def shut_by(starts: Ints, days: int) -> Ints:
    """(U, D, days) the starts (U, D) by which each unit is shut on each day."""
    found = np.full((*starts.shape, days), ABSENT, dtype=np.int32)
    for back in range(min(days, starts.shape[1])):
        found[:, back:, back] = starts[:, : starts.shape[1] - back]
    return found


def _shut(rows: Rows, unit: int, shut: Ints) -> None:
    """A unit shut (D, days) holds nobody, opens no bay and needs no smallest team."""
    case, beds, day = rows.case, rows.layout.beds, rows.case.grid.day_of_period
    room = case.base_beds[unit] + sum(bay.beds for bay in beds.bays if bay.unit == unit)
    room = np.where((beds.overflow[unit] != ABSENT).any(), case.most_present.sum(), room)[day]
    inside = rows.layout.patients.present[:, unit].T
    terms = [Term(inside, case.peaks.T), Term(shut[day], room[:, None] * np.ones((1, shut.shape[1])))]
    rows.builder.add_rows(NAME, (case.grid.periods,), terms, upper=room)
    for at, bay in enumerate(beds.bays):
        if bay.unit == unit:
            rows.builder.add_rows(NAME, (case.grid.days,), [Term(beds.open[at]), Term(shut)], upper=1.0)
    opens = np.flatnonzero(may_close(case.scenario, case.grid)[unit] & (beds.unit_open[unit] != ABSENT))
    stays = [Term(beds.unit_open[unit][opens]), Term(shut[opens])]
    least = (case.base_beds[unit][opens] > 0).astype(np.float64)
    rows.builder.add_rows(NAME, (len(opens),), stays, lower=least)
