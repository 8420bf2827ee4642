"""Which levers a plan for many futures pulls first, and which once demand is known, by their names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from optimizer.capacity.build import Built
from optimizer.expansion.case import Case
from optimizer.program import ABSENT, Ints
from optimizer.scenario.uncertainty import Uncertainty
from optimizer.uncertainty.split import decided_before_known, notice_of_columns
from optimizer.uncertainty.told import Lever


def levers_of(case: Case, built: Built, terms: Uncertainty) -> tuple[Lever, ...]:
    """Every lever that there is something to decide by, those of the longest notice first."""
    notice, first = notice_of_columns(case, built, terms), decided_before_known(case, built, terms)
    found = []
    for name, columns in _named(case, built):
        there = columns[columns != ABSENT]
        if len(there):
            found.append(Lever(name, float(notice[there].max()), bool(first[there].any())))
    return tuple(sorted(found, key=lambda each: -each.notice_days))


def _named(case: Case, built: Built) -> Iterator[tuple[str, Ints]]:
    layout = built.layout
    for block in layout.staff.working:
        yield f"{block.contract} {case.staff[block.staff]}", block.starts
    yield "wards to close", layout.choices.closing
    yield "people to engage", layout.choices.engaged
    yield "escalation bays", layout.beds.open
    yield "elective list", layout.patients.treated
    away = [at for at, flow in enumerate(layout.staff.flows) if flow.unit != flow.home]
    yield "floats", layout.staff.away[away]
    for at, name in enumerate(case.scenario.devices):
        yield f"rented {name}", layout.devices.rented[at]
    between = [at for at, route in enumerate(layout.patients.routes) if route.between_sites]
    yield "transfers", np.asarray(layout.patients.moved[between])
