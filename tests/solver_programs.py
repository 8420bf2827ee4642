"""Programs that several solver tests share, each small enough to reckon by hand or known for a trap."""

import numpy as np

from optimizer.program import Program, ProgramBuilder, Term


def row(builder: ProgramBuilder, name: str, columns: list[int], coefficients: list[float], **bounds: float) -> None:
    """One row over the columns given."""
    term = Term(np.array([columns], dtype=np.int32), np.array([coefficients], dtype=np.float64))
    builder.add_rows(name, (1,), [term], **bounds)


def shifts(*, whole: bool = True, offset: float = 0.0) -> Program:
    """Two kinds of shift, costs 3 and 2; at least 5 hours from 2 and 1 an hour, at most 2 of the first.

    Whole numbers: (2, 1) costs 8, (1, 3) 9, (0, 5) 10: the least is 8. Fractions: (2, 1) too, 8. (3 / 2 < 2 / 1.)
    """
    builder = ProgramBuilder(offset=offset)
    builder.add_columns("shift", (2,), cost=[3.0, 2.0], upper=[2.0, 9.0], integer=whole)
    row(builder, "cover", [0, 1], [2.0, 1.0], lower=5.0)
    return builder.build()


def halves() -> Program:
    """Least x + y with 2x + 2y >= 3, both whole: 2. Its relaxation says 1.5."""
    builder = ProgramBuilder()
    builder.add_columns("x", (2,), cost=1.0, upper=9.0, integer=True)
    row(builder, "cover", [0, 1], [2.0, 2.0], lower=3.0)
    return builder.build()


def impossible(*, whole: bool) -> Program:
    """Two columns of at most 1 that must reach 3."""
    builder = ProgramBuilder()
    builder.add_columns("x", (2,), cost=1.0, upper=1.0, integer=whole)
    row(builder, "need", [0, 1], [1.0, 1.0], lower=3.0)
    return builder.build()


def five_binaries() -> Program:
    """The feasible model that CBC 2.10.3 calls infeasible (coin-or/pulp issue 662): c = (0, 0), x = (1, 1, 1), cost 0.

    Columns in PuLP's order, by name: c_0, c_1, x_0, x_1, x_2.
    """
    builder = ProgramBuilder()
    builder.add_columns("c", (2,), cost=1.0, upper=1.0, integer=True)
    builder.add_columns("x", (3,), upper=1.0, integer=True)
    row(builder, "a", [2, 1], [1.0, 1.0], lower=1.0, upper=1.0)
    row(builder, "b", [2, 0], [1.0, 1.0], lower=1.0)
    row(builder, "c", [3, 1], [1.0, 1.0], upper=1.0)
    row(builder, "d", [0, 1], [1.0, 1.0], upper=1.0)
    row(builder, "e", [4], [1.0], lower=1.0, upper=1.0)
    row(builder, "f", [3, 4, 1], [9000.0, 7200.0, 10800.0], lower=16200.0)
    return builder.build()


def big_m(size: float) -> Program:
    """Open a ward (cost 50) or not: x <= size * open, and x must reach 10 at cost 2 each. The least is 50 + 20 = 70.

    A second ward (cost 60, 3 each) keeps presolve from fixing the first. With a size of 1e9 an `open` of 1e-8 passes
    for 0, and a solver may claim 20.
    """
    builder = ProgramBuilder()
    builder.add_columns("used", (2,), cost=[2.0, 3.0], upper=size)
    builder.add_columns("open", (2,), cost=[50.0, 60.0], upper=1.0, integer=True)
    for ward in range(2):
        row(builder, f"ward{ward}", [ward, 2 + ward], [1.0, -size], upper=0.0)
    row(builder, "need", [0, 1], [1.0, 1.0], lower=10.0)
    row(builder, "other", [0, 1], [2.0, 1.0], lower=11.0)
    return builder.build()


def covering(columns: int = 400, rows: int = 300, *, seed: int = 0, width: int = 8) -> Program:
    """A random covering program in whole numbers that no solver here proves in a few seconds at its usual size."""
    draw = np.random.default_rng(seed)
    builder = ProgramBuilder()
    builder.add_columns("x", (columns,), cost=draw.integers(5, 30, columns), upper=5.0, integer=True)
    chosen = np.array([draw.choice(columns, width, replace=False) for _ in range(rows)], dtype=np.int32)
    terms = [Term(chosen, draw.integers(1, 9, (rows, width)).astype(np.float64))]
    builder.add_rows("cover", (rows,), terms, lower=draw.integers(10, 60, rows).astype(np.float64))
    return builder.build()
