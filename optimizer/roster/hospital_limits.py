"""Limits on a person's line as arrays of `hospital_arrays`: sums in windows, runs, weekends, contract, fair shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from optimizer.roster.hospital_arrays import BURDEN, NONE, Hours, Runs, Shares, Weekends, Windows, price, real, whole
from optimizer.roster.hospital_problem import Member, Stint, TeamProblem
from optimizer.roster.hospital_rules import HOUR, minutes_before, minutes_most, weekend_rows
from optimizer.roster.hospital_team_rules import fair_target
from optimizer.scenario.rostering import CountRule, HoursRule


def windows_of(problem: TeamProblem) -> Windows:
    """Counts and hours in windows."""
    rows = [*_counts(problem), *_hours(problem)]
    columns = list(zip(*rows, strict=True)) or [()] * 8
    duties, people = len(problem.slots), len(problem.members)
    weight = whole(columns[0]).reshape(len(rows), duties)
    past = whole(columns[7]).reshape(len(rows), people, problem.days)
    length, once, least, most = (whole(each) for each in columns[1:5])
    asks = [
        [
            [end >= span - 1 and not member.absent & set(range(end - span + 1, end + 1)) for end in range(problem.days)]
            for member in problem.members
        ]
        for span in columns[1]
    ]  # fmt: skip
    return Windows(
        weight, length, once, least, most, real(columns[5]), real(columns[6]), past,
        np.array(asks, dtype=np.bool_).reshape(past.shape),
        _binds(problem, weight, length, least, most, past),
    )  # fmt: skip


Row = tuple[list[int], int, int, int, int, float, float, list[list[int]]]


def _counts(problem: TeamProblem) -> Iterator[Row]:
    for rule in problem.rules.counts:

        def counted(member: Member, window: range, rule: CountRule = rule) -> int:
            return sum(s.day in window and (not rule.shifts or s.shift in rule.shifts) for s in member.past)

        weight = [int(not rule.shifts or slot.shift in rule.shifts) for slot in problem.slots]
        most = NONE if rule.most is None else rule.most
        yield _row(problem, weight, rule.days, rule.least, most, price(rule.cost), counted)


def _hours(problem: TeamProblem) -> Iterator[Row]:
    for rule in problem.rules.hours:

        def counted(member: Member, window: range, rule: HoursRule = rule) -> int:
            return minutes_before(member, rule, window)

        cost = (0.0, 1.0 / HOUR) if rule.cost is None else (rule.cost / HOUR, 0.0)
        weight = [slot.paid for slot in problem.slots]
        yield _row(problem, weight, rule.days, round(rule.least * 60), minutes_most(rule), cost, counted)


def _row(
    problem: TeamProblem, weight: list[int], length: int | None, least: int, most: int, cost: tuple[float, float],
    counted: Callable[[Member, range], int],
) -> Row:  # fmt: skip
    """A limit: of a window that ends on each day what lies before the roster; None: all days, at the last."""
    span = length or problem.days
    past = [
        [counted(member, range(end - span + 1, end + 1)) if length is not None else 0 for end in range(problem.days)]
        for member in problem.members
    ]  # fmt: skip
    return weight, span, int(length is None), least, most, cost[0], cost[1], past


def _binds(
    problem: TeamProblem, weight: np.ndarray, length: np.ndarray, least: np.ndarray, most: np.ndarray, past: np.ndarray
) -> np.ndarray:  # fmt: skip
    """(R, M) whether a limit can be passed at all: with the heaviest duty on each day of a window."""
    found = np.zeros((len(weight), len(problem.members)), dtype=np.bool_)
    heaviest = np.zeros((len(weight), problem.days), dtype=np.int64)
    for at, slot in enumerate(problem.slots):
        heaviest[:, slot.day] = np.maximum(heaviest[:, slot.day], weight[:, at])
    for rule in range(len(weight)):
        sums = np.concatenate([[0], np.cumsum(heaviest[rule])])
        ends = np.arange(problem.days)
        inside = sums[ends + 1] - sums[np.maximum(0, ends - length[rule] + 1)]
        found[rule] = (past[rule] + inside > most[rule]).any(axis=1) | (least[rule] > 0)
    return found


def runs_of(problem: TeamProblem) -> Runs:
    """Runs of work, nights and rest."""
    rules = problem.rules
    every = [rules.working_run, rules.nights, rules.resting_run]
    least = [1 if rule is None else rule.least for rule in every]
    most = [NONE if rule is None or rule.most is None else rule.most for rule in every]
    costs = [(0.0, 0.0) if rule is None else price(rule.cost) for rule in every]
    before_ = [
        [
            _before(member, lambda stint: True), _before(member, lambda stint: stint.night),
            _rested(member, least[2]),
        ]
        for member in problem.members
    ]  # fmt: skip
    away = [[day in member.away for day in range(problem.days)] for member in problem.members]
    kept = np.array([rule is not None for rule in every], dtype=np.bool_)
    return Runs(
        kept, whole(least), whole(most), real([soft for soft, _ in costs]), real([hard for _, hard in costs]),
        whole(before_).reshape(len(problem.members), 3),
        np.array(away, dtype=np.bool_).reshape(len(problem.members), problem.days),
    )  # fmt: skip


def _before(member: Member, counts: Callable[[Stint], bool]) -> int:
    """Days in a row before day 0 on which a stint that counts begins."""
    there, length = {stint.day for stint in member.past if counts(stint)}, 0
    while -length - 1 in there:
        length += 1
    return length


def _rested(member: Member, least: int) -> int:
    """Days off in a row before day 0, no more than the least that a run of them must have."""
    there, length = {stint.day for stint in member.past}, 0
    while length < least and -length - 1 not in there:
        length += 1
    return length


def weekends_of(problem: TeamProblem) -> Weekends:
    """Weekends whole and off."""
    rule, inside = problem.rules.weekends, problem.weekends()
    row = (rule.off_in or 0) if rule is not None else 0
    rows = weekend_rows(problem, row or None)
    earlier = [days for days in (rows[0][:-1] if rows else ())]
    days = [{stint.day for stint in member.past} for member in problem.members]
    before_ = [[bool(there & set(weekend)) for weekend in earlier] for there in days]
    begun = [bool(inside) and len(inside[0]) == 1 and inside[0][0] == 0 and -1 in there for there in days]
    soft, hard = price(rule.cost) if rule is not None else (0.0, 0.0)
    most = NONE if rule is None or rule.most is None else rule.most
    return Weekends(
        whole([each[0] for each in inside]), whole([each[-1] for each in inside]),
        rule.whole_cost if rule is not None else 0.0, most, row, soft, hard,
        np.array(before_, dtype=np.bool_).reshape(len(problem.members), len(earlier)),
        np.array(begun, dtype=np.bool_),
    )  # fmt: skip


def hours_of(problem: TeamProblem) -> Hours:
    """Contract hours."""
    rule = problem.rules.contract
    if rule is None:
        return Hours(whole([-1 for _ in problem.members]), 0.0, 0.0, 0.0, 0.0, NONE)
    due = [
        round(problem.due(member)) if member.contract == "own" and member.weekly else -1 for member in problem.members
    ]
    less, more = ((0.0, 1 / HOUR) if cost is None else (cost / HOUR, 0.0) for cost in (rule.less_cost, rule.more_cost))
    beyond = NONE if rule.more_at_most is None else int(rule.more_at_most * 60 + 1e-9)
    return Hours(whole(due), less[0], less[1], more[0], more[1], beyond)


def shares_of(problem: TeamProblem) -> Shares:
    """Fair shares."""
    own = [at for at, member in enumerate(problem.members) if member.contract == "own"]
    rules = problem.rules.fairness if own else ()
    team = [rule for rule in rules if rule.by != "deviation"]
    single = [rule for rule in rules if rule.by == "deviation"]
    target = [[fair_target(problem, rule, member) for member in problem.members] for rule in single]
    base = [[float(before_) for before_ in _carried(member)] for member in problem.members]
    counted = np.array([member.contract == "own" for member in problem.members], dtype=np.bool_)
    return Shares(
        whole(own), counted, whole([BURDEN.index(rule.of) for rule in team]),
        whole([rule.by == "spread" for rule in team]), real([rule.cost for rule in team]),
        whole([BURDEN.index(rule.of) for rule in single]), real([rule.cost for rule in single]),
        real(target).reshape(len(single), len(problem.members)),
        real(base).reshape(len(problem.members), len(BURDEN)),
    )  # fmt: skip


def _carried(member: Member) -> tuple[float, ...]:
    """What somebody had of each burden before."""
    return member.nights, member.weekends, 0.0, 0.0, member.unmet
