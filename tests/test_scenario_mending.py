"""Faults between parts are told beside the small faults that would hide them."""

from __future__ import annotations

import pytest

from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.files import open_data

WARD: dict[str, object] = {
    "schema": 1,
    "id": "ward",
    "horizon": {"start": "2024-01-01", "days": 1},
    "patients": {"med": {"demand": {"census": 1}, "boarding_cost_per_day": 9}},
    "units": {"a": {"beds": 2, "cares_for": ["med"]}},
}


def faults(data: dict[str, object]) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        open_data(data)
    return [fault.message for fault in caught.value.faults]


def test_a_number_out_of_range_does_not_hide_an_unknown_name() -> None:
    """Minus three beds and a patient group nobody knows are told together."""
    told = faults(WARD | {"units": {"a": {"beds": -3, "cares_for": ["med", "surg"]}}})
    assert sorted(told) == ["must be 0 or more, got -3", "no patient group is called surg"]


def test_a_misspelt_key_does_not_hide_what_its_value_disagrees_with() -> None:
    """`cares_four` is read as cares_for, so that only the group that is really unknown is told beside it."""
    told = faults(WARD | {"units": {"a": {"beds": 2, "cares_four": ["med", "surg"]}}})
    assert sorted(told) == ["no patient group is called surg", "unknown key"]


def test_nothing_is_guessed_where_a_fault_cannot_be_mended() -> None:
    """Text where beds should be: what the units would have agreed with is not judged."""
    assert faults(WARD | {"units": {"a": {"beds": "many", "cares_for": ["surg"]}}}) == [
        'must be a whole number, got "many"'
    ]
