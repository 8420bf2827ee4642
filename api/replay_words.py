"""A replay as planners read it: each way of planning on a line, what was gained, and what others have published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from api import words
from optimizer.replay.equal_spend import EqualSpend
from optimizer.replay.policies import POLICIES
from optimizer.replay.run import Replayed
from optimizer.replay.score import Score
from optimizer.scenario.model import Scenario

PUBLISHED: Final = (
    "Published, elsewhere and otherwise measured: two-stage planning of beds and staff in eleven UK hospitals saved "
    "7 % over planning by averages (Williams, Gartner, Harper 2023); base and surge nurse staffing saved 10 to 16 % in "
    "simulation (Hu, Chan, Dong); 31.8 % of patient-shifts were understaffed at average-based and 21.2 % at high "
    "baseline staffing (Saville, Griffiths)."
)
"""What stands beside a replay's figures, so that nobody takes them for the only ones."""

_HEAD: Final = ("", "cost", "paid out", "boarded days", "hours short", "understaffed", "avoidable")


def replayed_lines(scenario: Scenario, found: Replayed, equal: EqualSpend | None) -> Iterator[str]:
    """The table, what was gained, how it was played, and what was published."""
    stretch = found.stretch
    name, currency = scenario.name or scenario.id, f"   {scenario.currency}".rstrip()
    yield words.cut(f"{name}   {words.count(stretch.weeks, 'week')} from {words.day_name(stretch.first)}{currency}")
    best = found.scores.get("clairvoyant")
    rows = [_HEAD, *(_row(POLICIES[policy].words, score, best) for policy, score in found.scores.items())]
    if equal is not None:
        rows.append(_row("ours at equal spend", equal.score, best))
    yield from words.figured(rows)
    yield from words.wrapped(_played(found))
    yield from (line for said in _gained(found, equal) for line in words.wrapped(said))
    yield from words.wrapped(PUBLISHED)


def _row(told: str, score: Score, best: Score | None) -> tuple[str, ...]:
    above = "" if best is None else words.money(score.cost - best.cost)
    return (
        told, words.money(score.cost), words.money(score.paid), f"{score.boarded_days:,.1f}",
        f"{score.short_hours:,.0f}", words.percent(score.understaffed_share, 2), above,
    )  # fmt: skip


def _played(found: Replayed) -> str:
    notices = found.stretch.notices
    wards = "Wards are constructed: a real total parted by shares that vary. " if found.stretch.past.constructed else ""
    return (
        f"{wards}Cost is what decisions change, with the price put on harm; contracted pay is the same for all. What "
        "knowing all would have saved is avoidable. "
        f"Own shifts were told {words.count(notices.rota, 'day')} ahead, bays {words.count(notices.bays, 'day')}, all "
        "in fractions of people and beds. Understaffed are patient-shifts with over 15 % of the needed hours short."
    )


def _gained(found: Replayed, equal: EqualSpend | None) -> Iterator[str]:
    """Ours against planning by the mean, in a sentence each."""
    ours, mean, best = (found.scores.get(name) for name in ("ours", "mean", "clairvoyant"))
    if ours is None or mean is None:
        return
    said = f"Ours cost {_less(ours.cost, mean.cost)} than planning by the mean of the last weeks"
    if best is not None and mean.cost > best.cost:
        spared = words.percent((mean.cost - ours.cost) / (mean.cost - best.cost), 1)
        said += f", which is {spared} of what knowing all would have spared"
    yield f"{said}. {_understaffed(ours, mean)}, for {_paid(ours, mean)}."
    if equal is not None:
        yield (
            f"At equal spend, {_paid(equal.score, mean)}: {_understaffed(equal.score, mean).lower()}, and ours cost "
            f"{_less(equal.score.cost, mean.cost)}; one safety for all weeks, found with hindsight."
        )


def _understaffed(ours: Score, mean: Score) -> str:
    if not ours.understaffed_share and not mean.understaffed_share:
        return "No patient-shift was understaffed by either"
    fewer = _less(ours.understaffed_share, mean.understaffed_share, "fewer", "more")
    return f"{fewer} patient-shifts were understaffed"


def _paid(ours: Score, mean: Score) -> str:
    return f"{_less(ours.paid, mean.paid)} paid out"


def _less(ours: float, theirs: float, below: str = "less", above: str = "more") -> str:
    change = (theirs - ours) / theirs if theirs else 0.0
    return f"{words.percent(abs(change), 1)} {below if change >= 0 else above}"
