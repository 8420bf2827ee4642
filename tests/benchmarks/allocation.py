"""`make bench-allocation`: the allocation races, one table each, every figure a ratio against a peer in the same run.

python -m tests.benchmarks.allocation [build] [linear] [method] [rolling] [whatif] [whole] [--full]
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tests.benchmarks.allocation_build import build_race, build_size
from tests.benchmarks.allocation_line import Line, printed
from tests.benchmarks.allocation_linear import bare_race, method_race, rolling_race
from tests.benchmarks.allocation_whatif import whatif_race

WHOLE: Final = "tests.benchmarks.allocation_whole"
"""The module with `whole_race(size, seconds)`, an iterator of lines; skipped where it is not there."""


def build_lines(*, full: bool) -> Iterator[Line]:
    """Arrays by block against scalars in PuLP; the largest network by itself."""
    for size in ("S", "M"):
        yield from build_race(size)
    yield from build_size("XL" if full else "L")


def linear_lines(*, full: bool) -> Iterator[Line]:
    """All of ours against the bare solver."""
    for size in ("S", "M") if full else ("S", "P"):
        yield from bare_race(size)


def method_lines(*, full: bool) -> Iterator[Line]:
    """The method picked by shape against those that were not."""
    for size in ("S", "P", "M") if full else ("S", "P"):
        yield from method_race(size)


def rolling_lines(*, full: bool) -> Iterator[Line]:
    """Window by window against all at once, with the bound it proves."""
    yield from rolling_race("M" if full else "P")
    if full:
        yield from rolling_race("L", peer=False)


def whatif_lines(*, full: bool) -> Iterator[Line]:
    """A kept basis against the fastest cold solve."""
    del full
    yield from whatif_race("S")


def whole_lines(*, full: bool) -> Iterator[Line]:
    """The search for whole numbers against HiGHS."""
    if importlib.util.find_spec(WHOLE) is None:
        return
    yield from importlib.import_module(WHOLE).whole_race("S", 600.0 if full else 60.0)


RACES: Final[Mapping[str, Callable[..., Iterator[Line]]]] = {
    "build": build_lines,
    "linear": linear_lines,
    "method": method_lines,
    "rolling": rolling_lines,
    "whatif": whatif_lines,
    "whole": whole_lines,
}


def main() -> None:
    """Run the races asked for, or all, and print each line as it comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.allocation", description=__doc__.splitlines()[0])
    parser.add_argument("races", nargs="*", metavar="race", help=f"of {', '.join(RACES)}; default: all")
    parser.add_argument("--full", action="store_true", help="the long ones too: M, L and XL (half an hour)")
    chosen = parser.parse_args()
    if unknown := set(chosen.races) - set(RACES):
        parser.error(f"no race is called {', '.join(sorted(unknown))}; there are {', '.join(RACES)}")
    for race in chosen.races or RACES:
        doc = RACES[race].__doc__ or ""
        print(f"\n{race}: {doc}", flush=True)
        print(printed(Line("", "ours", "peer", None, None)).rstrip())
        for line in RACES[race](full=chosen.full):
            print(printed(line), flush=True)


if __name__ == "__main__":
    main()
