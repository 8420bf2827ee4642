"""`make bench-winters`: what plans made from the past alone cost on real winters, beside what planners do today.

    python -m tests.benchmarks.winters [--leads 3 7] [--decide product] [--winters 2122 2223] [--every 8] [--keep]

Week by week of the last three winters of English trusts: forecast and decide the week that begins after the lead days,
let the real days come, and count the money. What is free to choose was chosen on the first of the three; the other two
are reported apart.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from forecasting.seasons import WEIGHT, mixed
from tests.benchmarks.winters_data import DATA, Floats, Winter, read_winters
from tests.benchmarks.winters_forecast import FORECASTER, KEPT, SAMPLES, kept_ahead, kept_opinion
from tests.benchmarks.winters_gap import ahead, closed, together
from tests.benchmarks.winters_money import Levels, levels_by_formula, levels_for, spent
from tests.benchmarks.winters_product import levels_by_product
from tests.benchmarks.winters_rules import BASE, BEYOND, RULES, Task, clairvoyant, real_days

JUDGED: Final = 3
"""How many of the last winters are decided; of these the first is for choosing."""

GOALS: Final = {3: 0.25, 7: 0.20}
"""The share of the gap to close at so many lead days."""

Decision = Callable[[Task, Floats, Path | None], Levels]
"""Levels (T, O, 7) from joint samples (T, O, 7, N), and a folder for what takes long, if it is to be kept."""


def by_formula(task: Task, samples: Floats, kept: Path | None = None) -> Levels:
    """Each cost by itself at its critical ratio."""
    return levels_by_formula(samples, np.broadcast_to(task.core, samples.shape[:-1]))


def by_median(task: Task, samples: Floats) -> Levels:
    """As if the median were sure."""
    return levels_for(np.median(samples, axis=-1), task.core)


DECISIONS: Final[dict[str, Decision]] = {"product": levels_by_product, "formula": by_formula}
"""How a week is decided from samples, by name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to run."""

    leads: tuple[int, ...]
    forecaster: str
    decide: tuple[str, ...]
    winters: tuple[str, ...]
    keep: bool
    every: int


def money(task: Task, levels: Levels) -> Floats:
    """What each trust spent (T,) over the winter; NaN for trusts that do not count."""
    costs = spent(levels, task.core, real_days(task.winter, task.lead))
    found = np.full(len(costs), np.nan)
    found[task.counted] = np.nansum(costs[task.counted], axis=(1, 2))
    return found


def of_winter(winters: Sequence[Winter], lead: int, asked: Asked) -> dict[str, Floats]:
    """Money by policy and trust (T,) of the last of the winters, the others its past."""
    task = Task(winters[-1], winters[-2], lead, asked.every)
    alone = np.nan_to_num(kept_ahead(winters, lead, asked.forecaster, keep=asked.keep))
    samples = mixed(alone, kept_opinion(winters, lead, keep=asked.keep))
    kept = KEPT if asked.keep else None
    found = {f"ours, by the {name}": money(task, DECISIONS[name](task, samples, kept)) for name in asked.decide}
    found[f"ours, {asked.forecaster} alone, by formula"] = money(task, by_formula(task, alone))
    found["our median"] = money(task, by_median(task, samples))
    found |= {name: money(task, rule(task)) for name, rule in {**RULES, **BEYOND}.items()}
    found["clairvoyant"] = money(task, clairvoyant(task))
    return found


def table(found: Mapping[str, Floats]) -> Iterator[str]:
    """A line by policy: money, the share of the gap closed with its interval, and against the best rule of all."""
    base, every = ({name: found[name] for name in names} for names in (BASE, tuple(RULES)))
    sure = found["clairvoyant"]
    yield f"  {'':34}{'money':>14}{'gap closed':>12}{'95 % of trusts':>18}{'of all rules':>14}"
    for name, spent_by in found.items():
        one, other = closed(spent_by, base, sure), closed(spent_by, every, sure)
        interval = f"{one.low:7.1%} to {one.high:6.1%}"
        yield f"  {name:34}{spent_by.sum():14,.0f}{one.share:12.1%}{interval:>18}{other.share:14.1%}"


def victories(found: Mapping[str, Floats]) -> Iterator[str]:
    """How many trusts each of our policies does better on, rule by rule."""
    ours = [name for name in found if name.startswith("ours")]
    for name in ours:
        yield f"  {name}: ahead on so many trusts of"
        for rule in (*RULES, *BEYOND, "our median"):
            yield f"    {rule:34}{ahead(found[name], found[rule]):8.0%}"


def report(title: str, parts: Sequence[Mapping[str, Floats]]) -> None:
    """Print what was found over some winters."""
    found = together(parts)
    begins = closed(found["clairvoyant"], {name: found[name] for name in BASE}, found["clairvoyant"]).begins
    print(f"{title}: {len(found['clairvoyant'])} trusts; the gap begins at: {begins}")
    print("\n".join([*table(found), *victories(found)]), flush=True)


def run(asked: Asked) -> None:
    """Every lead: the winter for choosing, each other, and the others together."""
    winters = read_winters()
    judged = [at for at in range(len(winters) - JUDGED, len(winters)) if winters[at].name in asked.winters]
    for lead in asked.leads:
        found = {}
        for at in judged:
            begun = time.perf_counter()
            found[at] = of_winter(winters[: at + 1], lead, asked)
            role = "for choosing" if at == len(winters) - JUDGED else "held out"
            took = time.perf_counter() - begun
            report(f"Winter {winters[at].name}, {lead} lead days, {role}, {took:.0f} s", [found[at]])
        held = [found[at] for at in judged if at > len(winters) - JUDGED]
        if len(held) > 1:
            goal = f", to reach: {GOALS[lead]:.0%}" if lead in GOALS else ""
            report(f"Held-out winters together, {lead} lead days{goal}", held)


def main(arguments: Sequence[str]) -> None:
    """Run where the data are, and say so where they are not."""
    if not DATA.exists():
        print("no real winters here: ../shared/data/forecasting holds them")
        return
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.winters")
    parser.add_argument(
        "--leads", type=int, nargs="+", default=[3, 7], help="whole days between decision and week [3 7]"
    )
    parser.add_argument("--forecaster", default=FORECASTER, help=f"a name in FORECASTERS [{FORECASTER}]")
    parser.add_argument("--decide", nargs="+", default=list(DECISIONS), choices=list(DECISIONS))
    parser.add_argument("--winters", nargs="+", default=["2021", "2122", "2223"])
    parser.add_argument(
        "--keep",
        action="store_true",
        help="go on from the samples and the weeks decided that an earlier run left, and leave both",
    )
    parser.add_argument("--every", type=int, default=1, help="every n-th trust: the program takes a second a week [1]")
    chosen = parser.parse_args(arguments)
    print(
        f"{SAMPLES} joint samples by {chosen.forecaster}, learned anew each week from all trusts until then,\n"
        f"their quantiles moved {WEIGHT:.0%} of the way to those of boosting learned from the winters before"
    )
    run(
        Asked(
            tuple(chosen.leads),
            chosen.forecaster,
            tuple(chosen.decide),
            tuple(chosen.winters),
            chosen.keep,
            chosen.every,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
