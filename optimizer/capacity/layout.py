"""Where each decision stands in the program: index arrays by block, and a ledger of what each costs as what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from optimizer.expansion.case import Case
from optimizer.expansion.grid import Line
from optimizer.program import ABSENT, TIME, Bools, Floats, Ints, ProgramBuilder
from optimizer.scenario.places import Escalation
from optimizer.scenario.staff import Contract

BEYOND: Final = "beyond_horizon"
"""The cost item that sums everything decided for days past the committed ones."""

WHOLE_SLACK: Final = 1e-9
"""A limit this little below a whole number allows that number."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One block's line in the ledger: its `columns` cost money as `item`, on the `days` they belong to."""

    item: str
    columns: Ints
    days: Ints


@dataclass(slots=True)
class Columns:
    """Adds blocks of columns cell by cell where `where` holds, and keeps the ledger."""

    case: Case
    builder: ProgramBuilder
    ledger: list[Entry] = field(default_factory=list)

    def add(
        self,
        name: str,
        where: Bools,
        *,
        day: ArrayLike,
        upper: ArrayLike,
        lower: ArrayLike = 0.0,
        cost: ArrayLike = 0.0,
        integer: ArrayLike = False,
        item: str = "",
        unit: ArrayLike = ABSENT,
        staff: ArrayLike = ABSENT,
        site: ArrayLike | None = None,
    ) -> Ints:
        """Index array in the shape of `where`, ABSENT where it is false; fractional past the committed days.

        `day`, `unit`, `staff` and `site` (a unit's own unless told) say where the columns belong, for solvers that cut
        programs into parts.
        """
        days = np.broadcast_to(np.asarray(day), where.shape)[where].astype(np.int32)
        whole = np.broadcast_to(integer, where.shape)[where] & self.case.scenario.whole
        spread = [
            np.broadcast_to(np.asarray(each, dtype=np.float64), where.shape)[where] for each in (cost, lower, upper)
        ]
        whole &= days < self.case.grid.committed_days
        upper = np.where(whole, np.floor(spread[2] + WHOLE_SLACK), spread[2])
        labels = {TIME: days, **self._places(where, unit, staff, site)}
        found = self.builder.add_columns(
            name, (len(days),), cost=spread[0], lower=spread[1], upper=upper, integer=whole, labels=labels
        )  # fmt: skip
        index = np.full(where.shape, ABSENT, dtype=np.int32)
        index[where] = found
        if item:
            self.ledger.append(Entry(item, found, days))
        return index

    def _places(self, where: Bools, unit: ArrayLike, staff: ArrayLike, site: ArrayLike | None) -> dict[str, Ints]:
        units = np.asarray(unit, dtype=np.int32)
        sites = np.append(self.case.site_of_unit, ABSENT)[units] if site is None else site
        named = {"unit": units, "staff": np.asarray(staff), "site": np.asarray(sites)}
        return {
            axis: _spread(each, where).astype(np.int32) for axis, each in named.items() if each.ndim or each != ABSENT
        }


def _spread(values: NDArray[np.generic], where: Bools) -> NDArray[np.generic]:
    return np.broadcast_to(values, where.shape)[where] if values.ndim else np.full(int(where.sum()), values)


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """Patients of `group` moving from unit `origin` to unit `target`; -1 stands for the holding area."""

    group: int
    origin: int
    target: int
    cost: float
    between_sites: bool


@dataclass(frozen=True, slots=True, eq=False)
class PatientColumns:
    """`waiting`, `diverted` (K, P); `admitted`, `present` (K, U, P); `moved` (R, P) along `routes`;

    `treated` (K, D, delays) cases booked for day D done so many days later, `cancelled` and `left` (K, D).
    """

    waiting: Ints
    diverted: Ints
    admitted: Ints
    present: Ints
    routes: tuple[Route, ...]
    moved: Ints
    treated: Ints
    cancelled: Ints
    left: Ints
    over: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Bay:
    """Escalation bay `number` of a unit, on the unit's `terms`, open before the first day or not."""

    unit: int
    number: int
    terms: Escalation
    open_before: bool

    @property
    def beds(self) -> int:
        """Beds in the bay."""
        return self.terms.bays[self.number]


@dataclass(frozen=True, slots=True, eq=False)
class BedColumns:
    """`open`, `opening` (B, D) for each of the `bays`; `unit_open` (U, D) where a unit opens only by its bays;

    `overflow` (U, D) beds put up beyond those open.
    """

    bays: tuple[Bay, ...]
    open: Ints
    opening: Ints
    unit_open: Ints
    overflow: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """People of one staff group on one contract starting each line: `starts` (U, L, D).

    `duty` (U, S, D, W) are the same columns seen by duty: everybody at work on duty type s of day d, each giving
    `covers` (S, W) of a person and drawing `pays` (S, W) of the pay.
    """

    staff: int
    contract: Contract
    lines: tuple[Line, ...]
    starts: Ints
    duty: Ints
    covers: Floats
    pays: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Own staff of a group at home unit `home` who may work at unit `unit` in the role of group `role`."""

    staff: int
    home: int
    unit: int
    role: int
    efficiency: float


@dataclass(frozen=True, slots=True, eq=False)
class StaffColumns:
    """`away` (F, S, D) duties worked along `flows`; `short` (U, G, T) people short; `needed` (N, T) rounded needs;

    `owed` (U, G, weeks) hours worked beyond contract.
    """

    working: tuple[Working, ...]
    flows: tuple[Flow, ...]
    away: Ints
    short: Ints
    needed: Ints
    owed: Ints

    def on(self, staff: int, *contracts: Contract) -> tuple[Working, ...]:
        """The blocks of one staff group, on the contracts named or on any."""
        return tuple(w for w in self.working if w.staff == staff and (not contracts or w.contract in contracts))


@dataclass(frozen=True, slots=True, eq=False)
class DeviceColumns:
    """For V device kinds, U units and H sites.

    `held` (V, U, P) at units, `stored` (V, H, P) in stores, `sent` and `returned` (V, U, P) between the two,

    `shipped` (V, H, H, P) between sites, `rented` (V, H, P), `short` (V, U, P); for kinds that serve: `served`,
    `backlog` (V, K, P) and `extra` (V, P) slots.
    """

    held: Ints
    stored: Ints
    sent: Ints
    returned: Ints
    shipped: Ints
    rented: Ints
    short: Ints
    served: Ints
    backlog: Ints
    extra: Ints


@dataclass(frozen=True, slots=True, eq=False)
class ChangeColumns:
    """What differs from the published plan where that has a price: `staff` (U, G, C, S, D) people more or fewer,

    `bays` (B, D) bays open or shut otherwise, `cases` (K, D, delays) cases not done on the day told.
    """

    staff: Ints
    bays: Ints
    cases: Ints


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceColumns:
    """What is chosen once: `closing` (C, U, D) the day on which a unit is shut first, `engaged` (U, G) people."""

    closing: Ints
    engaged: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Every block of the capacity program, with the ledger."""

    patients: PatientColumns
    beds: BedColumns
    staff: StaffColumns
    devices: DeviceColumns
    changes: ChangeColumns
    choices: ChoiceColumns
    ledger: tuple[Entry, ...]

    def cost(self, costs: Floats, values: Floats, committed_days: int) -> dict[str, float]:
        """Currency by item; days past the committed ones are summed as `beyond_horizon`."""
        split: dict[str, float] = {}
        for entry in self.ledger:
            money = costs[entry.columns] * values[entry.columns]
            inside = entry.days < committed_days
            split[entry.item] = split.get(entry.item, 0.0) + float(money[inside].sum())
            if not inside.all():
                split[BEYOND] = split.get(BEYOND, 0.0) + float(money[~inside].sum())
        return split
