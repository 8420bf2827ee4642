"""How many people many draws of patients need, by unit, staff group and interval, and what it means to lack them."""

from __future__ import annotations

from typing import Final

import numpy as np

from optimizer.expansion.case import Case
from optimizer.expansion.grid import Bools, Floats
from optimizer.expansion.needs import Need, whole_people
from optimizer.simulation.stage import Stage

UNDERSTAFFED: Final = 0.15
"""Share of the needed hours of a shift that may lack before its patients count as understaffed (Saville, Griffiths)."""


def needed(stage: Stage, patients: Floats) -> Floats:
    """(R, U, G, T) people needed for `patients` (R, K, U, P): the largest of the rules, skill mixes aside."""
    case, span = stage.case, stage.intervals
    found = np.zeros((len(patients), len(case.units), len(case.staff), span))
    period, factors = case.grid.period[:span], case.factors[:, :span]
    for need in case.needs:
        if need.rule != "skill mix":
            here = patients[:, :, need.unit][:, :, period] * factors
            driven = np.asarray((here * need.per_patient[:, :span]).sum(axis=1))
            people = _people(case, need, driven) + _besides(stage, need)[:span]
            cell = found[:, need.unit, need.staff]
            np.maximum(cell, people * need.asked[:span], out=cell)
    return found


def lacking(stage: Stage, wanted: Floats, there: Floats) -> Floats:
    """(R, U, G, T) people short of those `wanted`, and of any skill mix, with those `there` (both R, U, G, T)."""
    short, span = np.maximum(wanted - there, 0.0), stage.intervals
    for need in stage.case.needs:
        if need.rule == "skill mix":
            asked = need.share * there[:, need.unit, list(need.of)].sum(axis=1) * need.asked[:span]
            cell = short[:, need.unit, need.staff]
            np.maximum(cell, asked - there[:, need.unit, need.staff], out=cell)
    return short


def understaffed(case: Case, wanted: Floats, short: Floats) -> Bools:
    """(R, U, S, D) shifts on which over 15 % of the needed hours lack, of people `wanted` and `short` (R, U, G, T)."""
    grid, span = case.grid, wanted.shape[-1]
    hours = grid.hours[:span]
    covers = grid.covers[:, : grid.committed_days, :span].astype(np.float64)
    asked, lack = ((each.sum(axis=2) * hours) for each in (wanted, short))
    asked, lack = (np.einsum("rut,sdt->rusd", each, covers) for each in (asked, lack))
    return np.asarray((asked > 0) & (lack > UNDERSTAFFED * asked + 1e-6))


def _people(case: Case, need: Need, driven: Floats) -> Floats:
    return whole_people(need, driven) if case.scenario.whole else np.maximum(driven - need.forgiven, 0.0)


def _besides(stage: Stage, need: Need) -> Floats:
    return np.asarray(need.least + need.least_if_open * stage.unit_open[need.unit])
