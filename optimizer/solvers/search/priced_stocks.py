"""Stocks told apart, so that whole numbers are asked for what flows leave alone: a program with a higher bound.

Where a column is a stock, ``x[t] = keep x[t - 1] + inflow[t] + ...``, what whole numbers must meet is asked of a
column that a solver sees anywhere between nought and its bound, though hardly any plan moves it far. A cut that rounds
up what it needs wants a least value of it, which stands only in a chain of rows as long as the horizon. So each becomes
``x = course + above - below``: its course if every flow stood at the bound nearest to the linear relaxation, what flows
beside that bring, and what they take. All other rows are told in these, and a solver's own cuts find a constant to
round up.

No plan is lost or won, whatever the relaxation is: `above` and `below` are sums of departures from a bound, none below
nought, with weights that are not either. So every plan has one value for both, within the bounds they are given (their
sums if all flows stood at the other bound), and a row told in them is the same row: a bound proven for the program told
apart is one for the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.program import Block, Bools, Floats, Program
from optimizer.solvers.search.links import Index
from optimizer.solvers.search.priced_chains import chains
from optimizer.solvers.search.priced_courses import Courses

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WORTH: Final = 0.5
"""Telling a stock apart helps if what moves it is at most this part of it in the relaxation: there must be a course."""

ROOM: Final = 1e-6
"""What is above and below a course may be larger than it ever is by so much: sums are rounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """The program told apart: the old columns (n,) come first, then `above` and `below` of every stock in `stocks`."""

    program: Program
    courses: Courses

    def narrow(self, values: Floats) -> Floats:
        """A plan (n,) of the program from one of the program told apart."""
        return values[: self.courses.width]

    def widen(self, plan: Floats) -> Floats:
        """The plan (n,) with what stands above and below every course."""
        above, below = self.courses.departures(plan)
        return np.concatenate([plan, above, below])


def told_apart(program: Program, relaxed: Floats | None) -> Apart:
    """The program told apart around its relaxation's values `relaxed` (n,): as it is where no stock has a course."""
    found = () if relaxed is None else chains(program, relaxed)
    courses = Courses.of(program, program.lower if relaxed is None else relaxed, found)
    wanted = _steady(program, relaxed, courses) if relaxed is not None and found else np.empty(0, dtype=np.intp)
    courses = courses.only(wanted)
    return Apart(_retold(program, courses) if len(wanted) else program, courses)


def _steady(program: Program, relaxed: Floats, courses: Courses) -> Index:
    """The places of the stocks that whole numbers are asked for and that stay near their course in the relaxation."""
    stocks = np.array([chain.stock for chain in courses.chains], dtype=np.intp)
    above, below = courses.departures(relaxed)
    near = above + below <= WORTH * np.abs(relaxed[stocks])
    return np.flatnonzero(_beside_whole(program)[stocks] & near)


def _beside_whole(program: Program) -> Bools:
    """Which columns stand in a row with whole columns, (n,)."""
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    found = np.zeros(len(program.cost), dtype=np.bool_)
    found[program.indices[_whole(program)[rows]]] = True
    return found


def _whole(program: Program) -> Bools:
    """Which rows have whole columns, (m,)."""
    rows = np.repeat(np.arange(len(program.row_lower)), np.diff(program.indptr))
    return np.bincount(rows, weights=program.integer[program.indices], minlength=len(program.row_lower)) > 0


def _retold(program: Program, courses: Courses) -> Program:
    """All rows over a stock in `above` and `below`; in place of the row that tells it, three that do so apart."""
    from scipy.sparse import block_array, csr_array, diags_array, eye_array

    (m, n), s = program.shape, len(courses.chains)
    stocks, tells = (np.array([getattr(chain, name) for chain in courses.chains]) for name in ("stock", "row"))
    matrix = csr_array((program.data, program.indices, program.indptr), shape=(m, n))
    of_stock = csr_array((np.ones(s), (np.arange(s), stocks)), shape=(s, n))
    of_row = csr_array((np.ones(s), (tells, np.arange(s))), shape=(m, s))
    others = diags_array(np.where(np.isin(np.arange(m), tells), 0.0, 1.0)) @ matrix
    told = others @ of_stock.T
    left = others - told @ of_stock
    rise, fall, gain, loss = _telling(courses)
    one = eye_array(s)
    entries = csr_array(
        block_array(
            [
                [left + of_row @ of_stock, told - of_row, of_row - told],
                [-gain, one - rise, -fall],
                [-loss, -fall, one - rise],
            ]
        )
    )
    shift = told @ courses.course
    rest = np.concatenate([-(gain @ courses.nearest), -(loss @ courses.nearest)])
    bounds = [np.concatenate([side - shift, rest]) for side in (program.row_lower, program.row_upper)]
    for side in bounds:
        side[tells] = courses.course
    return _with_rows(program, courses, entries, bounds)


def _telling(courses: Courses) -> tuple[csr_array, csr_array, csr_array, csr_array]:
    """Weights (s, s) of stocks before that keep their side and that change it, and of columns (s, n) that add to
    `above` and to `below`."""
    from scipy.sparse import csr_array

    chains, s = courses.chains, len(courses.chains)
    ends = np.concatenate([chain.before for chain in chains])
    passed = np.concatenate([chain.passed for chain in chains])
    starts = np.repeat(np.arange(s), [len(chain.before) for chain in chains])
    flows = np.concatenate([chain.flows for chain in chains])
    moves = np.concatenate([courses.moves(chain) for chain in chains])
    moved = np.repeat(np.arange(s), [len(chain.flows) for chain in chains])
    rise, fall = (csr_array((np.maximum(each, 0.0), (starts, ends)), shape=(s, s)) for each in (passed, -passed))
    gain, loss = (
        csr_array((np.maximum(each, 0.0) * courses.sign[flows], (moved, flows)), shape=(s, courses.width))
        for each in (moves, -moves)
    )
    return rise, fall, gain, loss


def _with_rows(program: Program, courses: Courses, entries: csr_array, bounds: list[Floats]) -> Program:
    """The program with these rows, over its columns and twice as many more as there are courses."""
    entries.sum_duplicates()
    entries.eliminate_zeros()
    (m, n), s = program.shape, len(courses.chains)
    most = np.concatenate(courses.sums(program.upper - program.lower)) * (1.0 + ROOM) + ROOM
    more = np.zeros(2 * s)
    return Program(
        np.concatenate([program.cost, more]), np.concatenate([program.lower, more]),
        np.concatenate([program.upper, most]), np.concatenate([program.integer, more > 0.0]),
        entries.indptr.astype(np.int64), entries.indices.astype(np.int32), entries.data, bounds[0], bounds[1],
        (*program.columns, Block("above", n, (s,)), Block("below", n + s, (s,))),
        (*program.rows, Block("above is told", m, (s,)), Block("below is told", m + s, (s,))), program.offset,
    )  # fmt: skip
