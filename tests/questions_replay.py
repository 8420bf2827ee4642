"""Machines of several sites day by day by a rule of thumb: each evening who has too many sends to who has too few.

Nothing here uses the product's program: it is the brute force that its answer on ventilators is held against.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from optimizer.scenario.files import open_scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
VENTILATORS = SCENARIOS / "questions" / "04_ventilator_pooling.yaml"
KIND = "ventilator"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """S sites over D days: machines `needed` as patients came, `lost` (D, S), `owned` (S,), and `km` (S, S) apart."""

    names: tuple[str, ...]
    needed: Floats
    lost: Floats
    owned: Floats
    km: Floats


@dataclass(frozen=True, slots=True)
class Came:
    """Days of patients without a machine, and machines sent from site to site."""

    short: float
    sent: float


def real_sites(variant: str | None = None) -> Sites:
    """The five sites of the question, in the two months as they came, with what a variant breaks."""
    loaded = open_scenario(VENTILATORS, variant=variant, root=SCENARIOS)
    scenario, start = loaded.value, loaded.value.horizon.start
    machines, names = scenario.devices[KIND], tuple(loaded.value.sites)
    with (SCENARIOS / "data" / "network5_critical_care.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    share = np.array([machines.need[name.lower()] for name in names])
    needed = np.array([[float(row[name]) for name in names] for row in rows]) * share
    lost = np.zeros_like(needed)
    for each in machines.broken:
        assert start is not None
        first, last = ((day - start).days for day in (each.first, each.last or each.first))
        lost[first : last + 1, names.index(each.site)] += each.devices
    km = np.full((len(names), len(names)), np.inf)
    for road in scenario.transfers.distances if scenario.transfers else ():
        at, to = names.index(road.a), names.index(road.b)
        km[at, to] = km[to, at] = road.km
    return Sites(names, needed, lost, np.array([float(machines.owned[name]) for name in names]), km)


def replay(sites: Sites, *, reserve: int, shared: bool = True) -> Came:
    """Each evening sites with more than today's patients and the `reserve` need send to those with less, nearest first.

    Machines are whole and there in the morning. Nobody knows more than today's patients; `shared` is whether any go.
    """
    there, short, sent = sites.owned.copy(), 0.0, 0.0
    for needed, lost in zip(sites.needed, sites.lost, strict=True):
        here = there - lost
        short += float(np.maximum(needed - here, 0.0).sum())
        if shared:
            moved = sends(here - needed - reserve, sites.km)
            there += moved
            sent += float(np.maximum(moved, 0.0).sum())
    return Came(short, sent)


def sends(over: Floats, km: Floats) -> Floats:
    """(S,) machines that each site gets (below 0: gives), from who is `over` (S,) by whole ones to who is under."""
    lacks, spare = np.ceil(np.maximum(-over, 0.0) - 1e-9), np.floor(np.maximum(over, 0.0) + 1e-9)
    found = np.zeros_like(over)
    for site in np.argsort(-lacks, kind="stable"):
        for other in np.argsort(km[site], kind="stable"):
            given = min(lacks[site], spare[other])
            lacks[site], spare[other] = lacks[site] - given, spare[other] - given
            found[site], found[other] = found[site] + given, found[other] - given
    return found


def table(reserves: Sequence[int]) -> Mapping[int, tuple[Came, Came]]:
    """What each reserve comes to, as it was and with the outage."""
    as_it_was, outage = real_sites(), real_sites("site_outage")
    return {reserve: (replay(as_it_was, reserve=reserve), replay(outage, reserve=reserve)) for reserve in reserves}
