"""1,000 random hospitals small enough to try everything, and 300 richer ones: every solver has the same optimum.

`make torture` runs it, in ten minutes or so; `python -m tests.torture.agreement_at_length 50 20` takes fewer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from optimizer.solution import Solution
from tests.agreement import Data, Tally, opinions, tiny_opinions
from tests.oracle_hospitals import hospitals
from tests.oracle_tiny import tiny_hospitals

Opinions = Callable[[Data], tuple[dict[str, Solution | float | None], list[str]]]


def survey(kind: st.SearchStrategy[dict[str, object]], ask: Opinions, scenarios: int) -> Tally:
    """Ask about so many random scenarios, and keep every disagreement instead of stopping at the first."""
    tally, begun = Tally(), time.monotonic()

    @settings(
        max_examples=scenarios,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(kind)
    def each(data: Mapping[str, object]) -> None:
        found, broken = ask(data)
        tally.take(data, found)
        tally.disagreements += [f"check: {words}\n    {data}" for words in broken]
        if tally.scenarios % 50 == 0:
            print(f"{tally.scenarios} in {time.monotonic() - begun:.0f} s", len(tally.disagreements), flush=True)

    each()
    return tally


def told(name: str, tally: Tally) -> str:
    """A survey in words."""
    distinct = len(tally.distinct)
    lines = [f"{name}: {tally.scenarios} scenarios ({distinct} distinct), {len(tally.disagreements)} disagreements"]
    lines += [f"  {kind}: {count}" for kind, count in sorted(tally.answers.items())]
    lines += [f"  undecided: {words}" for words in tally.undecided[:10]]
    return "\n".join(lines + [f"  DISAGREE {words}" for words in tally.disagreements])


def main(tiny: int = 1000, rich: int = 300) -> int:
    """Print both surveys; 1 if there is a disagreement."""
    surveys = {
        "tiny hospitals": survey(tiny_hospitals(), tiny_opinions, tiny),
        "richer hospitals": survey(hospitals(), opinions, rich),
    }
    for name, tally in surveys.items():
        print(told(name, tally))
    return int(any(tally.disagreements for tally in surveys.values()))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
