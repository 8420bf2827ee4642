"""The rules of one person's line, recounted from the roster alone: rest, counts, hours, runs, nights, weekends.

One function a rule; each tells where it is broken, how often and at what weight (None: hard). Listed in TEAM_RULES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from optimizer.roster.hospital_lines import Found, Line, flags, lines, pairs_within, short_runs, windows
from optimizer.roster.hospital_problem import Member, Stint, TeamProblem, TeamRoster
from optimizer.scenario.rostering import CountRule, HoursRule, RestRule, RunRule

HOUR = 60.0


def one_shift_a_day(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Nobody begins two shifts on one day, unless the scenario allows it."""
    for line in lines(problem, roster) if problem.rules.one_shift_a_day else ():
        for day in sorted({slot.day for slot in line.slots}):
            extra = len(line.on(day)) - 1
            if extra:
                yield line.member.id, day, extra, None, f"{extra + 1} shifts on one day"


def one_place_at_a_time(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Nobody is on two duties at the same time."""
    for line in lines(problem, roster):
        for first, then in pairs_within(line, 0):
            yield line.member.id, then.day, 1, None, f"{then.shift} begins before {first.shift} has ended"


def rest_needed(rule: RestRule, after: str, before: str) -> int:
    """Minutes of rest between two shifts."""
    for each in rule.exceptions:
        if (each.after, each.before) == (after, before):
            return round(each.hours * 60)
    return round(rule.hours * 60)


def rest_between_duties(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Between two duties lie the hours of rest, by the clock of real time; exceptions are by pair of shifts."""
    rule = problem.rules.rest
    longest = round(max([rule.hours, *(each.hours for each in rule.exceptions)]) * 60)
    for line in lines(problem, roster):
        for first, then in pairs_within(line, longest):
            gap = then.start - first.end
            if 0 <= gap < rest_needed(rule, first.shift, then.shift):
                yield (
                    line.member.id,
                    then.day,
                    1,
                    rule.cost,
                    f"{gap / 60:g} h of rest between {first.shift} and {then.shift}",
                )


def successions(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Certain shifts are not worked on the day after certain others."""
    for line in lines(problem, roster):
        for rule in problem.rules.forbidden:
            for day in range(problem.days):
                shifts = {stint.shift for stint in line.on(day)}
                if rule.before in shifts and rule.after in {stint.shift for stint in line.on(day - 1)}:
                    yield line.member.id, day, 1, rule.cost, f"{rule.before} the day after {rule.after}"


def may_work(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Everybody works where she may, as what she may, with the skills the duty asks for."""
    for line in lines(problem, roster):
        for slot in line.slots:
            if not line.member.may(slot):
                where = " ".join(filter(None, (slot.shift, slot.unit, slot.role, slot.skill)))
                yield line.member.id, slot.day, 1, None, f"may not work {where}"


def leave_is_kept(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Nobody begins a shift on a day of leave, or on which she is not available."""
    for line in lines(problem, roster):
        for slot in line.slots:
            if slot.day in line.member.away:
                yield line.member.id, slot.day, 1, None, f"works {slot.shift} on a day she is away"


def shifts_in_a_period(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Shifts (of some kinds) in a rolling window, or in the whole roster, are neither too many nor too few."""
    for rule in problem.rules.counts:
        kinds = f"of {', '.join(rule.shifts)}" if rule.shifts else "shifts"
        for line in lines(problem, roster):
            for window, count, inside in _counted(problem, rule, line):
                if rule.most is not None and count > rule.most:
                    told = f"{count} {kinds} in {len(window)} days, at most {rule.most}"
                    yield line.member.id, window[-1], count - rule.most, rule.cost, told
                if inside and count < rule.least and not line.member.absent & set(window):
                    told = f"{count} {kinds} in {len(window)} days, at least {rule.least}"
                    yield line.member.id, window[-1], rule.least - count, rule.cost, told


def _counted(problem: TeamProblem, rule: CountRule, line: Line) -> Iterator[tuple[range, int, bool]]:
    days = [stint.day for stint in line.stints if not rule.shifts or stint.shift in rule.shifts]
    for window in windows(rule.days, problem.days, inside=False):
        yield window, sum(day in window for day in days), window[0] >= 0


def hours_in_a_period(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Hours in a rolling window (48 a week over 17 weeks), or in the whole roster, lie within their limits."""
    for rule in problem.rules.hours:
        weight = None if rule.cost is None else rule.cost / HOUR
        for line in lines(problem, roster):
            inside = [(slot.day, slot.paid) for slot in line.slots]
            for window in windows(rule.days, problem.days, inside=False):
                before = minutes_before(line.member, rule, window)
                worked = before + sum(paid for day, paid in inside if day in window)
                over, under = worked - minutes_most(rule), round(rule.least * 60) - worked
                if over > 0:
                    told = f"{worked / 60:.4g} h in {len(window)} days, at most {rule.most:g}"
                    yield line.member.id, window[-1], over, weight, told
                if under > 0 and window[0] >= 0 and not line.member.absent & set(window):
                    told = f"{worked / 60:.4g} h in {len(window)} days, at least {rule.least:g}"
                    yield line.member.id, window[-1], under, weight, told


def minutes_most(rule: HoursRule) -> int:
    """Its upper limit in minutes; more than can be worked where it has none."""
    return 10**7 if rule.most is None else round(rule.most * 60)


def minutes_before(member: Member, rule: HoursRule, window: range) -> int:
    """Minutes of a window that lie before the roster: what is known, and on earlier days what is usual."""
    known = sum(stint.paid for stint in member.past if stint.day in window)
    earliest = min((stint.day for stint in member.past), default=0)
    unknown = max(0, min(window.stop, earliest) - window.start)
    return known + (round(unknown * member.usual / 7) if rule.unknown == "contract" else 0)


def contract_hours(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Hours over the roster are the contract's, with what was owed before and less leave."""
    rule = problem.rules.contract
    for line in lines(problem, roster) if rule is not None else ():
        if rule is None or line.member.contract != "own" or not line.member.weekly:
            continue
        due, worked = round(problem.due(line.member)), sum(slot.paid for slot in line.slots)
        cost = rule.less_cost if worked < due else rule.more_cost
        if worked != due:
            told = f"{worked / 60:.4g} h, contract {due / 60:.4g}"
            yield line.member.id, None, abs(worked - due), None if cost is None else cost / HOUR, told
        if rule.more_at_most is not None and worked - due > rule.more_at_most * 60:
            yield (
                line.member.id,
                None,
                1,
                None,
                f"{worked / 60:.4g} h, more than {rule.more_at_most:g} above {due / 60:.4g}",
            )


def working_runs(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Days worked in a row are neither too many nor too few; those before the roster count."""
    rule = problem.rules.working_run
    if rule is not None:
        yield from _runs(problem, roster, rule, lambda _: True, "days worked in a row")


def nights_in_blocks(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Nights in a row are neither too many nor too few."""
    rule = problem.rules.nights
    if rule is not None:
        run = RunRule(least=rule.least, most=rule.most, cost=rule.cost)
        yield from _runs(problem, roster, run, lambda stint: stint.night, "nights in a row")


def _runs(
    problem: TeamProblem, roster: TeamRoster, rule: RunRule, counts: Callable[[Stint], bool], words: str
) -> Found:  # fmt: skip
    known = max(rule.least, rule.most or 0)
    for line in lines(problem, roster):
        there = flags(line, range(-known, problem.days), counts)
        for window in windows(rule.most + 1, problem.days, inside=False) if rule.most is not None else ():
            if all(there[day + known] for day in window):
                yield line.member.id, window[-1], 1, rule.cost, f"more than {rule.most} {words}"
        for start, missing in short_runs(there, rule.least, known):
            if cut_short(line.member, range(start, start + rule.least - missing)):
                continue
            yield line.member.id, max(0, start), missing, rule.cost, f"fewer than {rule.least} {words}"


def cut_short(member: Member, run: range) -> bool:
    """Whether a run of work is short because its person was absent on the day before it, or after it."""
    return bool({run.start - 1, run.stop} & member.absent)


def broken_off(member: Member, run: range) -> bool:
    """Whether a run of days off is one only because its person was absent on a day of it."""
    return bool(member.absent & set(run))


def resting_runs(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Days off in a row are neither too few nor too many; a stretch with leave in it may be long."""
    rule = problem.rules.resting_run
    for line in lines(problem, roster) if rule is not None else ():
        if rule is None:
            continue
        off = [not flag for flag in flags(line, range(-rule.least, problem.days))]
        for start, missing in short_runs(off, rule.least, rule.least):
            excused = broken_off(line.member, range(start, start + rule.least - missing))
            if start > -rule.least and not excused:
                yield line.member.id, max(0, start), missing, rule.cost, f"fewer than {rule.least} days off in a row"
        most = rule.most or problem.days
        for window in windows(most + 1, problem.days, inside=True):
            if not line.member.away & set(window) and all(off[day + rule.least] for day in window):
                yield line.member.id, window[-1], 1, rule.cost, f"more than {rule.most} days off in a row"


def rest_after_nights(problem: TeamProblem, roster: TeamRoster) -> Found:
    """After a block of nights comes its rest before any other duty."""
    rule = problem.rules.nights
    for line in lines(problem, roster) if rule is not None and rule.rest_hours else ():
        for first, then in pairs_within(line, round(rule.rest_hours * 60) if rule is not None else 0):
            if first.night and not then.night:
                gap = (then.start - first.end) / 60
                yield line.member.id, then.day, 1, rule.cost if rule else None, f"{gap:g} h off after a block of nights"


def weekends_whole(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Of a weekend both days are worked, or none."""
    rule = problem.rules.weekends
    for line in lines(problem, roster) if rule is not None and rule.whole_cost else ():
        for days in problem.weekends():
            worked = [bool(line.on(day)) for day in days]
            if len(days) == 2 and worked[0] != worked[1] and not line.member.absent & set(days):
                yield line.member.id, days[0], 1, rule.whole_cost if rule else None, "half a weekend"


def weekends_off(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Weekends worked are not too many, and one in so many is off; those before the roster count for the latter."""
    rule = problem.rules.weekends
    for line in lines(problem, roster) if rule is not None else ():
        if rule is None:
            continue
        inside = sum(worked_weekend(line, days) for days in problem.weekends())
        if rule.most is not None and inside > rule.most:
            yield line.member.id, None, inside - rule.most, rule.cost, f"{inside} weekends, at most {rule.most}"
        for row in weekend_rows(problem, rule.off_in):
            if all(worked_weekend(line, days) for days in row):
                yield line.member.id, row[-1][0], 1, rule.cost, f"no weekend off in {len(row)}"


def weekend_rows(problem: TeamProblem, length: int | None) -> list[list[tuple[int, ...]]]:
    """Every so many weekends in a row of which the last lies in the roster; days before it are negative."""
    if length is None:
        return []
    first = (5 - problem.weekday(0)) % 7 - 7
    every = [
        tuple(day for day in (saturday, saturday + 1) if day < problem.days)
        for saturday in range(first - 7 * length, problem.days, 7)
    ]
    ends = (end for end, days in enumerate(every) if days[-1] >= 0)
    return [every[end - length + 1 : end + 1] for end in ends]


def worked_weekend(line: Line, days: tuple[int, ...]) -> bool:
    """Whether a day of it is worked."""
    return any(line.on(day) for day in days)
