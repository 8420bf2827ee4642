"""All 50 planted conflicts, and random hospitals that have no plan: the clash is minimal, and its cure gives a plan.

`make torture` runs it; `python -m tests.torture.clashes_at_length 15 50` takes fewer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings

from optimizer import CheckFailed, make_plan, open_data
from tests.clashes import Clinic, clinic, feasible
from tests.oracle_hospitals import hospitals
from tests.planted_conflicts import planted

PLANTED = 50


@dataclass(slots=True)
class Count:
    """How many were asked about and had no plan, and what was found wrong."""

    asked: int = 0
    infeasible: int = 0
    wrong: list[str] = field(default_factory=list)


def wrongs(ward: Clinic, data: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with what is told of a hospital without a plan."""
    clash = ward.clash()
    if not clash.minimal:
        yield "time ran out"
    if ward.can_keep(clash.members):
        yield "what clashes can be kept"
    for left_out in clash.members:
        if not ward.can_keep([each for each in clash.members if each != left_out]):
            yield f"it clashes without {ward.found.members[left_out]}"
    cure = ward.cure()
    if cure is None:
        yield "no cure was found"
        return
    try:
        plan = make_plan(open_data(data, sets=cure.sets))
    except CheckFailed as error:
        yield f"the cured plan: {error}"
        return
    if not plan.exists:
        yield f"not cured by {cure.sets}: {plan.status}"


def plant(number: int, count: Count) -> None:
    """Planted conflict `number`: besides, the rule that was planted is told."""
    conflict = planted(number)
    ward = clinic(conflict.data)
    count.asked += 1
    count.infeasible += 1
    told = {member.rule for member in ward.members(ward.clash())}
    if not told & conflict.rules:
        count.wrong.append(f"{conflict.name}: {sorted(told)} without {sorted(conflict.rules)}")
    count.wrong += [f"{conflict.name}: {words}" for words in wrongs(ward, conflict.data)]


def survey(scenarios: int, count: Count) -> None:
    """So many random hospitals; most of them have a plan, and then all their rules can be kept."""

    @settings(
        max_examples=scenarios,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(hospitals())
    def each(data: Mapping[str, object]) -> None:
        ward = clinic(data)
        count.asked += 1
        if not feasible(ward.built.program):
            count.infeasible += 1
            count.wrong += [f"{words}\n    {data}" for words in wrongs(ward, data)]
        elif not ward.can_keep(range(len(ward.found.members))):
            count.wrong.append(f"there is a plan, and its rules clash\n    {data}")

    each()


def main(conflicts: int = PLANTED, scenarios: int = 300) -> int:
    """Print what was found; 1 if anything is wrong."""
    count = Count()
    for number in range(conflicts):
        plant(number, count)
    survey(scenarios, count)
    print(f"{count.asked} hospitals, {count.infeasible} without a plan, {len(count.wrong)} told wrongly")
    print("".join(f"  {words}\n" for words in count.wrong), end="")
    return int(bool(count.wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
