"""What-ifs behind the faces: inputs that differ, mixes of two scenarios, and costs shared out over inputs."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.making import make_plan
from optimizer.plan import Plan
from optimizer.planning import Outlook
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.files import open_data, open_scenario
from optimizer.scenario.load import Loaded
from optimizer.scenario.mixing import mixed
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits, Status
from optimizer.whatif.attribution import Way, attribute
from optimizer.whatif.compare import NO_FUTURES, Option, compare, together
from optimizer.whatif.errors import CurrenciesDiffer
from optimizer.whatif.inputs import Input, differing_inputs
from optimizer.whatif.outcomes import Outcome
from tests.small_ward import saved_plan, small_ward

OWN, AGENCY = "staff.rn.own.W", "staff.rn.agency.multiplier"


def ward(own: int = 1, agency: float = 2, **changes: Any) -> Loaded[Scenario]:
    """Six duties of 100; each of `own` works three, the others are agency's at `agency` times the pay."""
    return open_data({**said(own, agency), **changes})


def said(own: int = 1, agency: float = 2, *, hard: bool = False) -> dict[str, Any]:
    """The same as plain data."""
    return small_ward(own=own, agency=agency, short=None if hard else 1000.0, boarding=1000.0, hard=hard)


def new(folder: Path, name: str) -> Path:
    """A new folder in a folder."""
    (folder / name).mkdir()
    return folder / name


def plan(loaded: Loaded[Scenario], outlook: Outlook | None, told: str) -> Plan:
    """Plan to the optimum."""
    del told
    return make_plan(loaded, outlook=outlook, limits=Limits(gap=0.0))


def outcome(total: float, least: float | None = None, **items: float) -> Outcome:
    """An outcome made up."""
    return Outcome(Status.OPTIMAL, items or {"staff.own": total}, total, total if least is None else least, {})


def factors(count: int) -> list[tuple[Input, ...]]:
    """Inputs named by their number."""
    return [(Input((str(at),), 0, 1),) for at in range(count)]


def test_inputs_differ_by_value_and_not_by_how_they_are_said() -> None:
    """A default written out is no difference; a number, a new key and a list are, each at its path."""
    other = ward(2, whole=True, solve={"gap": 0.01, "seed": 0}, name="Other")
    found = {str(each): (each.before, each.after) for each in differing_inputs(ward(), other)}
    assert found == {OWN: (1, 2), "solve.gap": (1e-4, 0.01), "name": ("", "Other")}


def test_names_and_notes_do_not_weigh() -> None:
    """What only names and explains is told and never planned anew."""
    assert [Input(path, 1, 2).weighs for path in (("name",), ("units", "W", "name"), ("units", "W", "beds"))] == [
        False,
        False,
        True,
    ]


def test_a_mix_takes_values_from_the_other_and_leaves_the_rest() -> None:
    """Only the path named moves over; a key that only the first has is left out."""
    one, other = ward(1, 2, note="one"), ward(2, 3)
    found = mixed(one, other, [("staff", "rn", "own", "W"), ("note",)])
    team = found.value.staff["rn"]
    assert team.agency is not None
    assert (team.own, team.agency.multiplier, found.value.note) == (other.value.staff["rn"].own, 2, "")
    assert mixed(one, other, [each.path for each in differing_inputs(one, other)]).sha256 == other.sha256


def test_a_mix_that_makes_no_scenario_is_refused() -> None:
    """Cover for a unit that the first has not."""
    two = said()
    two["units"] = {**two["units"], "X": {"beds": 1}}
    two["cover"] = [*two["cover"], {"unit": "X", "staff": "rn", "people": 1}]
    with pytest.raises(ScenarioError, match="no unit is called X"):
        mixed(ward(), open_data(two), [("cover",)])


def test_a_mix_reads_each_history_beside_the_file_that_names_it(tmp_path: Path) -> None:
    """Two folders hold a history of one name with other figures: that is an input, and it moves over."""
    for name, patients in (("a", 6), ("b", 3)):
        (tmp_path / name).mkdir()
        days = "".join(f"2023-11-{day:02d},{patients}\n" for day in range(1, 31))
        (tmp_path / name / "past.csv").write_text(f"date,n\n{days}")
        data = said()
        data["patients"]["med"]["demand"] = {"history": {"file": "past.csv", "column": "n"}}
        (tmp_path / name / "ward.yaml").write_text(json.dumps(data))
    one, other = (open_scenario(tmp_path / name / "ward.yaml") for name in "ab")
    (found,) = differing_inputs(one, other)
    assert (str(found), found.data) == ("patients.med.demand.history.file", True)
    assert mixed(one, other, [found.path]).file(found.path) == tmp_path / "b" / "past.csv"


@pytest.mark.parametrize(("way", "own", "agency"), [("ordered", -300.0, 0.0), ("shapley", -450.0, 150.0)])
def test_a_difference_is_shared_out_by_hand(way: Way, own: float, agency: float) -> None:
    """A second nurse at 100 a duty instead of agency at 200; agency dearer by half.

    Cost: 300 own + 3 x 200 = 900; dearer agency alone 300 + 3 x 300 = 1200; six own duties 600 at either rate. In
    order, the nurse makes -300 and agency's rate nothing more. Over both orders the nurse makes the mean of -300 and
    600 - 1200 = -600, the rate that of +300 and 0.
    """
    found = compare([Option("one", ward(1, 2)), Option("two", ward(2, 3))], plan, way=way).others[0]
    assert found.attribution is not None
    parts = {str(part.inputs[0]): part.money for part in found.attribution.parts}
    assert parts == pytest.approx({OWN: own, AGENCY: agency})
    assert found.outcome.total == pytest.approx(600)


def test_a_scenario_against_itself_is_empty() -> None:
    """No inputs, no outputs, no parts; it is planned once."""
    asked: list[str] = []

    def counted(loaded: Loaded[Scenario], outlook: Outlook | None, told: str) -> Plan:
        asked.append(told)
        return plan(loaded, outlook, told)

    (found,) = compare([Option("one", ward()), Option("again", ward())], counted).others
    assert (found.inputs, found.money, found.figures, found.differs) == ((), (), (), False)
    assert found.attribution is not None
    assert found.attribution.parts == ()
    assert asked == ["one"]


def test_plans_of_one_scenario_that_ended_apart_differ_by_the_search(tmp_path: Path) -> None:
    """The same plan folder with another cost: no input is blamed."""
    data = said()
    one = saved_plan(new(tmp_path, "one"), data)
    other = replace(one, facts=replace(one.facts, objective=950.0, cost={"staff.own": 300.0, "staff.agency": 650.0}))
    pair = [Option("one", one.loaded, one), Option("other", other.loaded, other)]
    (found,) = compare(pair, plan).others
    assert found.attribution is not None
    (part,) = found.attribution.parts
    assert (found.inputs, part.inputs, part.money) == ((), (), pytest.approx(50.0))


def test_demand_is_an_input_of_plans_taken_from_folders(tmp_path: Path) -> None:
    """Twelve patients need 4 nurses a day: 12 duties, 3 own and 9 agency at 200, so 1,200 more, all by demand."""
    few, many = said(), said()
    many["patients"]["med"]["demand"] = {"census": 12}
    many["units"]["W"]["beds"] = few["units"]["W"]["beds"] = 20
    saved = [saved_plan(new(tmp_path, name), data) for name, data in (("few", few), ("many", many))]
    (found,) = compare([Option(each.folder.name, each.loaded, each) for each in saved], plan).others
    assert found.attribution is not None
    (part,) = found.attribution.parts
    assert [str(each) for each in part.inputs] == ["patients.med.demand.census", "demand"]
    assert part.money == pytest.approx(1200.0)


def test_plans_for_many_futures_are_compared_by_their_mean(tmp_path: Path) -> None:
    """3 or 9 patients, one chance in two each, want 1 or 3 nurses on one day; own ones must be told before.

    Agency at three times the pay: 3 own for 300, against 2 own and half an agency nurse for 350. At 1.2 times: 1 own
    and 0 or 2 agency nurses, 100 + 120 = 220 in the mean. Folders do not keep the futures, and that is told.
    """
    data = said(6, 3.0)
    data["horizon"]["days"] = 1
    data["patients"]["med"]["demand"] = {"census": 6, "doubt": {"times": [0.5, 1.5], "chances": [0.5, 0.5]}}
    dear = {**data, "uncertainty": {}}
    cheap = {**copy.deepcopy(dear)}
    cheap["staff"]["rn"]["agency"]["multiplier"] = 1.2
    pair = [Option(name, open_data(each)) for name, each in (("dear", dear), ("cheap", cheap))]
    found = compare(pair, plan)
    (other,) = found.others
    assert (found.outcome.total, other.outcome.total) == (pytest.approx(300), pytest.approx(220))
    assert sum(other.outcome.items.values()) == pytest.approx(220)
    assert other.attribution is not None
    assert [part.money for part in other.attribution.parts] == pytest.approx([-80])
    saved = saved_plan(new(tmp_path, "dear"), dear)
    (told,) = compare([Option("dear", saved.loaded, saved), pair[1]], plan).others
    assert (told.attribution, told.note) == (None, NO_FUTURES)
    assert [each.change for each in told.money] == [each.change for each in other.money]


def test_no_plan_means_no_cost_to_share_out() -> None:
    """A hard need that nobody can meet has no plan: inputs are told, figures are not."""
    data = said(hard=True)
    data["staff"]["rn"]["agency"] = None
    (found,) = compare([Option("one", ward()), Option("none", open_data(data))], plan).others
    assert (found.outcome.exists, found.attribution, found.money, found.figures) == (False, None, (), ())
    assert found.inputs


def test_other_currencies_cannot_be_compared() -> None:
    """Pounds less euros is no money."""
    with pytest.raises(CurrenciesDiffer, match="one in GBP and two in EUR"):
        compare([Option("one", ward(currency="GBP")), Option("two", ward(currency="EUR"))], plan)


def test_a_mix_without_a_plan_is_joined_with_the_next_input() -> None:
    """Inputs 0 alone make no scenario: 0 and 1 together make one part, and why is told."""

    def mix(changed: tuple[Input, ...]) -> Outcome:
        numbers = {str(each) for each in changed}
        if "0" in numbers and "1" not in numbers:
            raise ScenarioError([Fault("", 0, 0, "", "no unit is called X")])
        return outcome(10.0 * len(numbers))

    found = attribute(outcome(0.0), outcome(99.0), factors(3), mix)
    assert [[str(each) for each in part.inputs] for part in found.parts] == [["0", "1"], ["2"]]
    assert [part.money for part in found.parts] == [20.0, 79.0]
    assert (found.way, found.note) == ("ordered", "no plan with 0 alone: no unit is called X")


def test_inputs_of_one_variant_may_be_changed_over_together() -> None:
    """By variant: two inputs of one are one part; those that files make differ stay apart."""
    inputs = [
        Input((name,), 0, 1, by=by) for name, by in (("a", "variant x"), ("b", ""), ("c", "variant x"), ("d", ""))
    ]
    factors = [(each,) for each in inputs]
    assert [len(factor) for factor in together(factors, "variant")] == [2, 1, 1]
    assert [len(factor) for factor in together(factors, "auto")] == [1, 1, 1, 1]
    many = [(Input((str(at),), 0, 1, by="variant x"),) for at in range(9)]
    assert [len(factor) for factor in together(many, "auto")] == [9]


def test_an_input_tells_the_variant_that_makes_it_differ() -> None:
    """Over a variant and --set; a value of the scenario itself has no such name."""
    data = {**said(), "variants": {"x": {"units.W.beds": 7}}}
    changed = open_data({**data, "boarded_need_care": False}, variant="x", sets=["staff.rn.own.W=2"])
    found = {str(each): each.by for each in differing_inputs(open_data(data), changed)}
    assert found == {"units.W.beds": "variant x", OWN: "--set", "boarded_need_care": ""}


def test_a_part_is_enclosed_by_what_is_proven() -> None:
    """Costs of 100 and 150 of which 90 and 130 are proven: between 130 - 100 = 30 and 150 - 90 = 60 more."""
    (part,) = attribute(outcome(100.0, 90.0), outcome(150.0, 130.0), factors(1), lambda _: outcome(0.0)).parts
    assert (part.money, part.low, part.high) == (50.0, 30.0, 60.0)


COSTS = st.floats(-1e6, 1e6, allow_nan=False)


@settings(max_examples=60)
@given(st.integers(1, 4), st.data(), st.sampled_from(["ordered", "shapley"]))
def test_parts_sum_to_the_difference(count: int, data: st.DataObject, way: Way) -> None:
    """Whatever the mixes cost, to a millionth of the difference and of the largest figure."""
    costs: dict[frozenset[str], float] = {}

    def mix(changed: tuple[Input, ...]) -> Outcome:
        key = frozenset(map(str, changed))
        if key not in costs:
            costs[key] = data.draw(COSTS)
        return outcome(costs[key])

    first, last = data.draw(COSTS), data.draw(COSTS)
    found = attribute(outcome(first), outcome(last), factors(count), mix, way)
    assert sum(part.money for part in found.parts) == pytest.approx(last - first, rel=1e-6, abs=1e-7)
    assert sum(part.items.get("staff.own", 0.0) for part in found.parts) == pytest.approx(last - first, abs=1e-5)
    assert found.plans == (count - 1 if way == "ordered" else 2**count - 2)


@settings(max_examples=40)
@given(st.lists(COSTS, min_size=2, max_size=4))
def test_inputs_that_do_not_meet_have_their_own_effect(effects: list[float]) -> None:
    """Where effects add up, every way finds each one's own; an input without effect has none."""

    def mix(changed: tuple[Input, ...]) -> Outcome:
        return outcome(sum(effects[int(str(each))] for each in changed))

    both: Mapping[str, list[float]] = {
        way: [
            part.money for part in attribute(outcome(0.0), outcome(sum(effects)), factors(len(effects)), mix, way).parts
        ]
        for way in ("ordered", "shapley")  # type: ignore[misc]
    }
    assert both["ordered"] == pytest.approx(effects, abs=1e-6)
    assert both["shapley"] == pytest.approx(effects, abs=1e-6)
