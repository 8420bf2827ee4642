"""Random programs with figures from 1e-9 to 1e12, each judged in exact arithmetic: refused, doubted or right.

`python -m tests.torture.figures_far_apart 3000` judges 3000 of each width; `make torture` runs it.
"""

from __future__ import annotations

import sys

from hypothesis import HealthCheck, Phase, given, settings

from optimizer.program import Program
from tests.test_solvers_scaling import judge, stretched

WIDTHS = ((-2, 3), (-3, 4), (-4, 5), (-5, 6), (-9, 12))


def main(programs: int = 1500) -> int:
    """Judge so many programs of each width; print how many were wrong, and the first few."""
    wrong: list[str] = []
    for least, most in WIDTHS:
        before = len(wrong)

        @settings(
            max_examples=programs, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(stretched(least, most))
        def each(program: Program) -> None:
            try:
                judge(program)
            except AssertionError as error:
                wrong.append(f"{error}\n    {program}")

        each()
        print(f"1e{least} to 1e{most}: {programs} programs, {len(wrong) - before} wrong", flush=True)
    print("\n".join(wrong[:10]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
