"""What `wardwright roster` says of a hospital's own roster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api import words
from api.roster_grid import grid
from optimizer.roster.hospital_making import TeamPlan
from optimizer.roster.hospital_problem import TeamProblem
from optimizer.roster.hospital_score import MONEY
from optimizer.roster.hospital_wards import Certificate, total
from optimizer.roster.rules import Finding
from optimizer.solution import Status

MOST_BROKEN: Final = 8
MOST_GRIDS: Final = 2
MOST_WARDS: Final = 45


def people(number: int) -> str:
    """1 person, 30 people."""
    return words.count(number, "person").replace("persons", "people")


def told(name: str, plans: Sequence[TeamPlan]) -> Iterator[str]:
    """The roster of all wards: how good, what is broken, and the grid where there are few."""
    points, bound, legal = total(plans)
    size = f"{people(sum(len(plan.problem.members) for plan in plans))}, {_days(plans[0].problem)}"
    wards = f" in {words.count(len(plans), 'ward')}" if len(plans) > 1 else ""
    if legal:
        yield f"{name}   {size}{wards}   checked: every hard rule holds"
        yield f"{words.money(points)} points{_proof(plans, points, bound)}"
    else:
        yield f"{name}   {size}{wards}   NO LEGAL ROSTER FOUND: what breaks a hard rule stands first"
    yield from _by_rule(plans)
    yield from _uncovered(plans)
    if len(plans) > 1:
        yield from _by_ward(plans)
    for plan in plans if len(plans) <= MOST_GRIDS else ():
        yield from grid(plan.problem, plan.roster) if plan.problem.members else ()
    yield from _broken(plans)


def _days(problem: TeamProblem) -> str:
    first = f" from {words.day_name(problem.first)}" if problem.first is not None else ""
    return words.count(problem.days, "day") + first


def _proof(plans: Sequence[TeamPlan], points: float, bound: float | None) -> str:
    if all(plan.status is Status.OPTIMAL for plan in plans):
        return ": proven to be the least possible"
    return f"; no roster has fewer than {words.money(bound)}" if bound else ""


def _by_rule(plans: Sequence[TeamPlan]) -> Iterator[str]:
    sums: dict[str, float] = {}
    for plan in plans:
        for rule, points in plan.score.by_rule.items():
            sums[rule] = sums.get(rule, 0.0) + points
    parts = [f"{rule} {words.money(points)}" for rule, points in sorted(sums.items(), key=lambda p: -p[1]) if points]
    if parts:
        yield from words.wrapped("  ".join(parts), "  ", "  ")


def _uncovered(plans: Sequence[TeamPlan]) -> Iterator[str]:
    wanted = sum(slot.wanted for plan in plans for slot in plan.problem.slots)
    missing = sum(unfilled(plan) for plan in plans)
    yield f"Duties covered: {wanted - missing:,} of {wanted:,}" + ("" if missing else ", all of them")


def unfilled(plan: TeamPlan) -> int:
    """Duties that nobody works."""
    counts = [0] * len(plan.problem.slots)
    for duties in plan.roster.duties:
        for at in duties:
            counts[at] += 1
    return sum(max(0, slot.wanted - count) for slot, count in zip(plan.problem.slots, counts, strict=True))


def _by_ward(plans: Sequence[TeamPlan]) -> Iterator[str]:
    rows = [("ward", "people", "duties", "not covered", "points", "at least", "")]
    for plan in sorted(plans, key=lambda plan: -plan.points)[:MOST_WARDS]:
        rows.append((
            plan.problem.name, f"{len(plan.problem.members):,}", f"{sum(s.wanted for s in plan.problem.slots):,}",
            f"{unfilled(plan):,}", words.money(plan.points), "-" if plan.bound is None else words.money(plan.bound),
            "proven" if plan.status is Status.OPTIMAL else "" if plan.legal else "no legal roster",
        ))  # fmt: skip
    yield from (line.rstrip() for line in words.figured(rows))
    if len(plans) > MOST_WARDS:
        yield f"and {len(plans) - MOST_WARDS} more wards in plan.json"


def _broken(plans: Sequence[TeamPlan]) -> Iterator[str]:
    every = [(plan.problem, each) for plan in plans for each in plan.score.broken if each.rule not in MONEY]
    every.sort(key=lambda pair: (not pair[1].hard, -pair[1].cost))
    for problem, each in every[:MOST_BROKEN]:
        yield words.cut(f"  {finding(problem, each)}")
    if len(every) > MOST_BROKEN:
        yield f"  and {len(every) - MOST_BROKEN:,} more in broken.csv"


def finding(problem: TeamProblem, each: Finding) -> str:
    """A broken rule as a line: its price, who, when, what."""
    price = "HARD" if each.hard else words.money(each.cost)
    day = "" if each.day is None else f" {problem.label(each.day)}"
    return f"{price}  {each.rule}: {each.person or problem.name}{day}: {each.what}"


def certified(certificate: Certificate) -> Iterator[str]:
    """What of a plan's own duties people can work."""
    share = certificate.share
    yield (
        f"Certified: {certificate.placed:,} of {certificate.planned:,} planned own duties ({words.percent(share, 1)}) "
        "can be worked by the plan's own people"
    )
    yield "  by rosters of people without names: rest kept, a shift a day, days in seven as their groups have"
    short = [each for each in certificate.pools if each.unplaced]
    for each in sorted(short, key=lambda each: each.placed - each.pool.planned)[:MOST_BROKEN]:
        first = each.unplaced[0]
        where = f"{first.slot.shift} of {each.problem.label(first.slot.day)}"
        missing = each.pool.planned - each.placed
        yield words.cut(
            f"  {each.pool.name}: {words.count(missing, 'duty').replace('dutys', 'duties')} can't be placed "
            f"with {people(len(each.problem.members))}, first {first.people} on {where}"
        )
    if short:
        yield "  cut.csv holds them; `--cut` plans again with at most what can be placed"
