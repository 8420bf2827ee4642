"""The summary says in plain words what a plan costs, how good it is proven to be, and what is short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import words
from api.summary import MOST_SHORTFALLS, summary
from optimizer.check import Checked
from optimizer.plan import DemandNote, Plan, Shortfall, SolverNote, Source, Workable
from optimizer.solution import Status

PLAN = Plan(
    source=Source("north", "Northgate General", "GBP", "0" * 64, None, 0, date(2023, 3, 13), 14),
    status=Status.WITHIN_GAP,
    objective=333_110.0,
    bound=327_113.0,
    gap=0.018,
    cost={"patients.boarded": 44_760.0, "staff.overtime": 31_200.0, "staff.bank": 257_150.0},
    fixed={"staff.rn": 951_200.0},
    checked=Checked(True, (), {}),
    solver=SolverNote("highs", "1", "whole numbers"),
    demand=DemandNote("ridge", 850, 0.021, 0.79, 14),
    notes=("no history covers May",),
    shortfalls=(),
    key_figures={"fill_rate": 0.9873, "red_shifts": 3.0, "outlier_days": None},
    tables={},
)
NONE = replace(PLAN, objective=None, bound=None, gap=None, cost={}, checked=None, key_figures={})


def test_a_whole_summary_reads_line_by_line() -> None:
    """333,110 + 951,200 = 1,284,310; the gap is on what can be changed, and boarding is a price nobody pays."""
    assert summary(PLAN, note="Constructed.").splitlines() == [
        "Northgate General   14 days from 13 Mar 2023   checked: every rule holds",
        "Cost 1,284,310 GBP, of which you can change 333,110: proven within 1.8 % of the least possible",
        "  you can change: overtime 31,200  bank 257,150",
        "  the price put on what is short: boarding 44,760",
        "  fixed: own rn 951,200",
        "Key figures: hours filled 98.7 %  red shifts 3",
        "Short nowhere",
        "Demand: ridge on 850 days; back-tested 2.1 % WAPE, the 80 % interval held 79 %",
        "  no history covers May",
        "Note: Constructed.",
    ]


def test_the_share_of_own_duties_that_people_can_work_is_told() -> None:
    """198 of 200 is 99.0 %, with the teams where some are left; all of them needs no more words."""
    told = summary(replace(PLAN, workable=Workable(200, 198, ("med-rn", "icu-rn"))))
    assert "People can work 198 of 200 own duties (99.0 %), rest kept\n  the rest a quick roster" in told
    assert "at med-rn, icu-rn;" in told
    assert "quick roster" not in summary(replace(PLAN, workable=Workable(200, 200)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": Status.OPTIMAL, "gap": 0.0}, "333,110: proven to be the least possible"),
        ({"status": Status.TIME_LIMIT, "gap": 0.0751}, "stopped by the time limit: proven within 7.6 %"),
        (
            {"status": Status.TIME_LIMIT, "gap": None, "bound": None},
            "stopped by the time limit with nothing proven: cheaper plans may",
        ),
        (
            {"status": Status.TIME_LIMIT, "gap": 0.5, "solver": SolverNote("highs", "1", "w", "interrupted")},
            "stopped by Ctrl-C: proven within 50 %",
        ),
    ],
)
def test_how_good_a_plan_is_proven_to_be(changes: dict[str, object], sentence: str) -> None:
    """Why the search stopped, and what was proven, or plainly that nothing was."""
    assert sentence in " ".join(summary(replace(PLAN, **changes)).split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "message", "sentence"),
    [
        (Status.INFEASIBLE, "", "No plan exists: the rules that must hold can't all be met"),
        (Status.TIME_LIMIT, "", "No plan: the time limit came before one was found; give more time with --time-limit"),
        (Status.TIME_LIMIT, "interrupted", "No plan: stopped by Ctrl-C before one was found"),
        (Status.FAILED, "perhaps out of memory", "No plan: the solver failed (failed)"),
    ],
)
def test_the_absence_of_a_plan_is_said_with_its_reason(status: Status, message: str, sentence: str) -> None:
    """And no cost is shown, for there is none."""
    text = summary(replace(NONE, status=status, solver=SolverNote("highs", "1", "why", message)))
    assert sentence in text
    assert "Cost" not in text
    assert "checked" not in text


def test_a_cycle_and_a_variant_are_named() -> None:
    """A plan without dates repeats for ever."""
    source = replace(PLAN.source, start=None, days=7, variant="flu", name="")
    assert summary(replace(PLAN, source=source)).startswith("north, variant flu   a week that repeats   checked")


def test_equal_shortfalls_are_told_once_and_the_rest_is_counted() -> None:
    """Twelve units are short, the first of them on three nights: six lines, and 6 of 14 places are left."""
    nights = [_short("A", f"night {at}") for at in range(3)]
    others = [_short(f"unit{at}", "night 0") for at in range(11)]
    lines = summary(replace(PLAN, shortfalls=(*nights, *others))).splitlines()
    told = [line for line in lines if "1 rn short" in line]
    assert any(line.startswith("Short in 14 places") for line in lines)
    assert len(told) == MOST_SHORTFALLS
    assert "night 0 and 2 more" in told[0]
    assert "  and 6 more in shortfalls.csv" in lines  # 14 - 3 - 5


def _short(unit: str, when: str) -> Shortfall:
    return Shortfall(unit, when, "1 rn short", 11.0, "person-hours", "the team's hours are used")


def test_a_reason_is_told_once_below_the_places_it_holds_for() -> None:
    """Two units lack hours for reasons that differ in figures alone, a third for another: two reasons, numbered."""
    reasons = {"A": "all 600 h are used", "B": "all 734 h are used", "C": "bank needs 2 days' notice"}
    short = tuple(replace(_short(unit, "night 0"), because=because) for unit, because in reasons.items())
    lines = summary(replace(PLAN, shortfalls=short)).splitlines()
    first = lines.index("Short in 3 places, the dearest first") + 1
    assert lines[first : first + 5] == [
        "  A  night 0  1 rn short  (1)",
        "  B  night 0  1 rn short  (1)",
        "  C  night 0  1 rn short  (2)",
        "  (1) because all 600 h are used; the others alike, with figures of their own",
        "  (2) because bank needs 2 days' notice",
    ]


@settings(max_examples=60, deadline=None)
@given(
    name=st.text("abc 内科病房é", min_size=1, max_size=200),
    because=st.text("ab 内科", min_size=1, max_size=300),
    money=st.floats(0, 1e9),
    gap=st.floats(0, 1),
)
def test_no_line_is_wider_than_a_hundred_columns(name: str, because: str, money: float, gap: float) -> None:
    """However long names and reasons are, Chinese characters counted as two columns."""
    short = Shortfall(name, "night of Mon 20 Mar", f"{money:.1f} {name} short", money, "hours", because)
    cost = dict.fromkeys(words.COSTS, money)
    plan = replace(PLAN, source=replace(PLAN.source, name=name), cost=cost, gap=gap, shortfalls=(short,))
    text = summary(plan, note=because)
    assert max(map(words.shown_width, text.splitlines())) <= words.WIDTH


def test_a_per_cent_sign_stays_with_its_figure() -> None:
    """Of 30 times "1 %" (3 columns and a blank each) 25 fill a line of 100 columns; none is torn from its sign."""
    lines = words.wrapped(" ".join(["1 %"] * 30))
    assert [line.count("1 %") for line in lines] == [25, 5]
    assert not any(line.startswith("%") for line in lines)


def test_text_without_blanks_is_broken_by_its_width() -> None:
    """120 Chinese characters take two columns each: 49, 49 and 22 of them stand under two blanks."""
    lines = summary(PLAN, note="病" * 120).splitlines()[-4:]
    assert lines[0] == "Note:"
    assert [words.shown_width(line) for line in lines[1:]] == [100, 100, 46]


@settings(max_examples=200, deadline=None)
@given(share=st.floats(1e-9, 1))
def test_a_gap_in_words_never_promises_more_than_was_proven(share: float) -> None:
    """The figure shown is the share or a little above: at most a tenth more, two digits being shown."""
    said = float(words.percent_at_most(share).removesuffix(" %"))
    assert share * 100 * (1 - 1e-6) <= said <= share * 100 * 1.1 + 1e-9


@pytest.mark.parametrize(
    ("value", "text"), [(1_284_310.4, "1,284,310"), (20.75, "20.75"), (20.000001, "20"), (463.98, "464"), (0.0, "0")]
)
def test_money_is_written_as_people_write_it(value: float, text: str) -> None:
    """Cents matter below a hundred only."""
    assert words.money(value) == text
