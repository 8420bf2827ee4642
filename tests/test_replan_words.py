"""What a planner reads of a changed plan claims no more than is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.replan_words import told
from optimizer.replanning.answer import Replanned, replan
from optimizer.replanning.replan import Request
from optimizer.solution import Limits, Status
from tests.small_ward import saved_plan
from tests.test_replan import WARD


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Replanned:
    """A nurse is sick, and a change costs more than calling in another saves (see test_replan): nothing changes."""
    plan = saved_plan(tmp_path_factory.mktemp("ward"), WARD)
    request = Request(("1 rn sick 2024-01-02 D at W",), change_price=450.0)
    return replan(plan, request, limits=Limits(20.0, 0.0, threads=1))


def test_no_change_is_worth_its_price_where_that_is_proven(kept: Replanned) -> None:
    """The whole of a small program was open, and its answer is the least there is."""
    text = told(kept)
    assert "No change is worth its price\n" in text
    assert "proven: no other changes are worth more" in text


def test_nothing_found_is_not_nothing_there(kept: Replanned) -> None:
    """Stopped 200 above its bound (cost 1,000, proven 800) the search has found no change, which is all it can say."""
    stopped = replace(kept.plan, status=Status.TIME_LIMIT, bound=800.0, gap=0.2)
    text = told(replace(kept, plan=stopped))
    assert "No change worth its price was found" in text
    assert "is worth its price" not in text
    assert "changing anything anywhere could save 200 more at most" in text


def test_where_nothing_is_proven_the_words_say_so(kept: Replanned) -> None:
    """Without a bound cheaper changes may exist."""
    text = told(replace(kept, plan=replace(kept.plan, status=Status.TIME_LIMIT, bound=None, gap=None)))
    assert "nothing is proven: cheaper changes may exist" in text


def test_what_was_saved_without_telling_anybody_is_told_apart(kept: Replanned) -> None:
    """Duties away from home and devices are sent from shift to shift: 300 of 1,000 saved by them is no change."""
    plan = replace(kept.plan, objective=700.0)
    text = " ".join(told(replace(kept, plan=plan, uncounted={"on_duty": 1, "device_moves": 2})).split())
    assert "1,000 if nothing changes, 700 with no change of what people were told" in text
    assert "not counted: 1 duty away from home and 2 device moves other than planned" in text
