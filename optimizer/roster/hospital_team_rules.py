"""The rules of a whole team, recounted from the roster: cover, mix, wishes, pairs, fairness, rotas, money, change.

One function a rule, listed in TEAM_RULES with those of single lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from optimizer.roster.hospital_lines import Found, Line, lines
from optimizer.roster.hospital_problem import Member, Slot, Stint, TeamProblem, TeamRoster
from optimizer.roster.hospital_rules import HOUR
from optimizer.scenario.rostering import FairRule, MixRule


def cover(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Every duty has as many people as it wants, not fewer and not more."""
    counts = [0] * len(problem.slots)
    for duties in roster.duties:
        for at in duties:
            counts[at] += 1
    for slot, count in zip(problem.slots, counts, strict=True):
        told = f"{said(slot)}: {count} of {slot.wanted}"
        if count < slot.wanted:
            yield "", slot.day, slot.wanted - count, slot.under, told
        if count > slot.wanted and slot.over:
            yield "", slot.day, count - slot.wanted, slot.over, told


def said(slot: Slot) -> str:
    """A duty as findings name it: shift, unit, role, skill, and where it is."""
    return " ".join(filter(None, (slot.shift, slot.unit, slot.role, slot.skill, slot.place and f"at {slot.place}")))


def skill_mix(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Of those on a shift of a unit enough, and not too many, have a skill or a grade."""
    for rule in problem.rules.mix:
        words = rule.skill or f"of grade {rule.grade_from}" + (f" to {rule.grade_to}" if rule.grade_to else " or more")
        for (unit, shift, day), slots in mixed_shifts(problem, rule).items():
            count = sum(
                at in duties
                for member, duties in zip(problem.members, roster.duties, strict=True)
                if counts_for(rule, member)
                for at in slots
            )
            told = f"{shift} {unit}".strip() + f": {count} {words}"
            if count < rule.at_least:
                yield "", day, rule.at_least - count, rule.cost, f"{told}, at least {rule.at_least}"
            if rule.at_most is not None and count > rule.at_most:
                yield "", day, count - rule.at_most, rule.cost, f"{told}, at most {rule.at_most}"


def mixed_shifts(problem: TeamProblem, rule: MixRule) -> Mapping[tuple[str, str, int], list[int]]:
    """Numbers of the duties that a rule of mix looks at, by unit, shift and day; those that want somebody."""
    found: dict[tuple[str, str, int], list[int]] = {}
    for at, slot in enumerate(problem.slots):
        named = ((rule.units, slot.unit), (rule.shifts, slot.shift), (rule.groups, slot.role))
        if slot.wanted and all(not names or name in names for names, name in named):
            found.setdefault((slot.unit, slot.shift, slot.day), []).append(at)
    return found


def counts_for(rule: MixRule, member: Member) -> bool:
    """Whether a person has the skill and the grade that a rule of mix counts."""
    high = member.grade <= rule.grade_to if rule.grade_to is not None else True
    return (rule.skill is None or rule.skill in member.skills) and rule.grade_from <= member.grade and high


def wishes(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Who asked to work, or not to, gets it."""
    every = tuple(lines(problem, roster))
    for wish in problem.wishes:
        shifts = {stint.shift for stint in every[wish.member].slots if stint.day == wish.day}
        met = (wish.shift in shifts if wish.shift else bool(shifts)) == wish.work
        if not met and not (wish.work and wish.day in problem.members[wish.member].absent):
            asked = f"asked {'for' if wish.work else 'not to work'} {wish.shift or 'that day'}"
            yield problem.members[wish.member].id, wish.day, 1, wish.weight, asked


def together(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Pairs that work together have the same duties."""
    for tie in problem.ties:
        first, second = roster.duties[tie.first], roster.duties[tie.second]
        absent = problem.members[tie.first].absent | problem.members[tie.second].absent
        alone = (at for at in sorted(first ^ second) if problem.slots[at].day not in absent)
        for at in alone if tie.together else ():
            who, other = (tie.first, tie.second) if at in first else (tie.second, tie.first)
            told = f"works {said(problem.slots[at])} without {problem.members[other].id}"
            yield problem.members[who].id, problem.slots[at].day, 1, tie.cost, told


def apart(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Pairs kept apart are never on one shift of one unit."""
    for tie in problem.ties:
        if tie.together:
            continue
        first, second = ({_place(problem.slots[at]) for at in roster.duties[who]} for who in (tie.first, tie.second))
        for _, day, shift in sorted(first & second):
            told = f"on {shift} with {problem.members[tie.second].id}"
            yield problem.members[tie.first].id, day, 1, tie.cost, told


def _place(slot: Slot) -> tuple[str, int, str]:
    return slot.unit, slot.day, slot.shift


def rotas(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Who has a base rota works it, save on days away."""
    cost = problem.rules.rota_cost
    for line in lines(problem, roster):
        for day, shift in line.member.rota.items():
            worked = {slot.shift for slot in line.slots if slot.day == day}
            if day not in line.member.away and worked != ({shift} if shift else set()):
                yield line.member.id, day, 1, cost, f"{' '.join(sorted(worked)) or 'off'}, base rota {shift or 'off'}"


def hours_paid(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Pay by the hour, where hours are paid as worked."""
    for line in lines(problem, roster):
        worked = sum(slot.paid for slot in line.slots)
        if line.member.pay and worked:
            yield line.member.id, None, 1, line.member.pay * worked / HOUR, f"{worked / 60:g} h paid"


def temporary_last(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Bank and agency come last: each of their duties has its price."""
    for line in lines(problem, roster):
        if line.member.price and line.slots:
            yield (
                line.member.id,
                None,
                len(line.slots),
                line.member.price,
                f"{len(line.slots)} {line.member.contract} duties",
            )


def at_home(problem: TeamProblem, roster: TeamRoster) -> Found:
    """A duty away from home has its price."""
    for line in lines(problem, roster) if problem.rules.float_cost else ():
        for slot in line.slots:
            if slot.unit != line.member.unit:
                yield line.member.id, slot.day, 1, problem.rules.float_cost, f"away at {slot.unit}"


def published_stays(problem: TeamProblem, roster: TeamRoster) -> Found:
    """What was published changes as little as can be: each cell that differs has its price."""
    for (member, day), cell in problem.published.items() if problem.rules.change_cost else ():
        now = roster.cell(problem, member, day)
        if now != cell:
            told = f"{words_of(problem, cell)} becomes {words_of(problem, now)}"
            yield problem.members[member].id, day, 1, problem.rules.change_cost, told


def words_of(problem: TeamProblem, cell: frozenset[int]) -> str:
    """A cell in words."""
    return " and ".join(said(problem.slots[at]) for at in sorted(cell)) or "off"


def locked_cells(problem: TeamProblem, roster: TeamRoster) -> Found:
    """What is locked stays."""
    for (member, day), cell in problem.locked.items():
        now = roster.cell(problem, member, day)
        if now != cell:
            told = f"{words_of(problem, now)}, locked as {words_of(problem, cell)}"
            yield problem.members[member].id, day, 1, None, told


def fairness(problem: TeamProblem, roster: TeamRoster) -> Found:
    """Nights, weekends, hours, shifts and unmet wishes are shared fairly among the own people."""
    own = [line for line in lines(problem, roster) if line.member.contract == "own"]
    for rule in problem.rules.fairness if own else ():
        burdens = [_BURDENS[rule.of](problem, line) for line in own]
        if rule.by == "deviation":
            yield from _deviations(problem, rule, own, burdens)
            continue
        spread = max(burdens) - (min(burdens) if rule.by == "spread" else 0.0)
        if spread:
            least = f"from {min(burdens):g} to " if rule.by == "spread" else "up to "
            yield "", None, 1, rule.cost * spread, f"{rule.of}: {least}{max(burdens):g}"


def _deviations(problem: TeamProblem, rule: FairRule, own: list[Line], burdens: list[float]) -> Found:
    for line, burden in zip(own, burdens, strict=True):
        target = fair_target(problem, rule, line.member)
        if abs(burden - target) > 1e-9:
            told = f"{burden:g} {rule.of}, {target:.4g} is a fair share"
            yield line.member.id, None, 1, rule.cost * abs(burden - target), told


def fair_target(problem: TeamProblem, rule: FairRule, member: Member) -> float:
    """What is fair for a person: the rule's figure, or her part of all that is wanted, with all that was before."""
    if rule.target is not None:
        return rule.target
    own = [each for each in problem.members if each.contract == "own"]
    return (_wanted(problem, rule) + sum(before(rule, each) for each in own)) * problem.fair_share(member)


def before(rule: FairRule, member: Member) -> float:
    """What a person carries of a burden from before the roster."""
    return float({"nights": member.nights, "weekends": member.weekends, "wishes": member.unmet}.get(rule.of, 0))


def _wanted(problem: TeamProblem, rule: FairRule) -> float:
    """How much of a burden the duties hold in all; of weekends the most that are wanted on either day."""
    if rule.of == "weekends":
        daily = [sum(slot.wanted for slot in problem.slots if slot.day == day) for day in range(problem.days)]
        return float(sum(max(daily[day] for day in days) for days in problem.weekends()))
    if rule.of == "wishes":
        return 0.0
    weigh: Callable[[Slot], float] = {
        "nights": lambda slot: float(slot.night), "hours": lambda slot: slot.paid / HOUR, "shifts": lambda _: 1.0
    }[rule.of]  # fmt: skip
    return sum(slot.wanted * weigh(slot) for slot in problem.slots)


def _nights(problem: TeamProblem, line: Line) -> float:
    del problem
    return line.member.nights + sum(map(_is_night, line.slots))


def _is_night(stint: Stint) -> bool:
    return stint.night


def _weekends(problem: TeamProblem, line: Line) -> float:
    return line.member.weekends + sum(any(slot.day in days for slot in line.slots) for days in problem.weekends())


def _hours(problem: TeamProblem, line: Line) -> float:
    del problem
    return sum(slot.paid for slot in line.slots) / HOUR


def _shifts(problem: TeamProblem, line: Line) -> float:
    del problem
    return float(len(line.slots))


def _unmet(problem: TeamProblem, line: Line) -> float:
    def met(shift: str, day: int) -> bool:
        return any(slot.day == day and shift in ("", slot.shift) for slot in line.slots)

    mine = (wish for wish in problem.wishes if wish.member == line.at)
    return line.member.unmet + sum(met(wish.shift, wish.day) != wish.work for wish in mine)


_BURDENS: Final[Mapping[str, Callable[[TeamProblem, Line], float]]] = {
    "nights": _nights, "weekends": _weekends, "hours": _hours, "shifts": _shifts, "wishes": _unmet,
}  # fmt: skip
"""What is shared, by the scenario's word for it."""


def burdens(problem: TeamProblem, roster: TeamRoster) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Everybody's burdens by name, for the tables that show who carries what."""
    for line in lines(problem, roster):
        yield line.member.id, {name: burden(problem, line) for name, burden in _BURDENS.items()}
