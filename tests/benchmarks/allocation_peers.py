"""The reference instance of the allocation races, where its folder lies beside this repository; else nothing."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol

import numpy as np

from optimizer.program import Block, Floats, Ints, Program
from tests.benchmarks.networks import Network, Prices, draw
from tests.benchmarks.networks_model import allocation_program

PEERS: Final = Path(__file__).parents[3] / "shared" / "peers"

SAME_BLOCKS: Final = {
    "present": "x", "admitted": "adm", "unplaced": "short", "outlying": "off", "moved": "tr", "early": "reg8",
    "long": "reg12", "overtime": "ot", "short": "under", "standing_in": "sub", "held": "dev", "sent": "dev_in",
    "returned": "dev_out", "device_short": "dev_short", "rented": "rent",
}  # fmt: skip
"""Blocks of columns that go by another name in the reference."""

SAME_ROWS: Final = {
    "arrivals": "arrive", "opened": "openstep", "stay_open": "minopen", "lent": "sublim", "float": "floatcap",
    "overtime": "otweek", "kept": "devbal", "devices": "devcover",
}  # fmt: skip
"""Blocks of rows likewise."""


class Reference(Protocol):
    """The arrays of the reference program: matrix in compressed rows, bounds, costs, blocks by name."""

    n: int
    nr: int
    lo: Floats
    hi: Floats
    c: Floats
    int: Ints
    ptr: Ints
    ind: Ints
    val: Floats
    rlo: Floats
    rhi: Floats
    blocks: dict[str, Ints]
    rowblocks: dict[str, Ints]


def has_reference() -> bool:
    """Whether the reference instance is at hand."""
    return (PEERS / "allocation_instance.py").is_file()


@cache
def peer(name: str) -> ModuleType:
    """A module of the reference folder. Raises ModuleNotFoundError where there is none."""
    if str(PEERS) not in sys.path:
        sys.path.append(str(PEERS))
    return importlib.import_module(name)


def reference_network(size: str, seed: int = 1) -> Network:
    """The reference's random hospitals as a `Network`."""
    d = peer("allocation_instance").Data(size, seed)
    prices = Prices(d.c_short, d.c_off, d.c_tr, d.c_open, d.c_opn, d.c_under, d.c_dev, d.c_dshort)
    return Network(
        d.S, d.D, d.base, d.flex, d.stay, d.dem, d.x0[:, :, 0], d.off_to.astype(np.int32),
        d.off_from.astype(np.int32), d.hrs, d.head, d.weekh, d.rate, d.prem, d.floatcap, d.dneed, d.d0, d.pool0,
        d.rentcap, prices,
    )  # fmt: skip


def reference_arrays(size: str, *, whole: bool, seed: int = 1) -> Reference:
    """The reference's program as it writes it, some bounds infinite."""
    instance = peer("allocation_instance")
    found: Reference = instance.csr(instance.Data(size, seed), whole)
    return found


def reference_program(size: str, *, whole: bool, seed: int = 1) -> Program:
    """The reference's arrays as a `Program`: rows sorted, without zeros, our bounds where it has none."""
    arrays = reference_arrays(size, whole=whole, seed=seed)
    ours = allocation_program(reference_network(size, seed), whole=whole)
    upper = arrays.hi.copy()
    for block in ours.columns:
        theirs = arrays.blocks[SAME_BLOCKS.get(block.name, block.name)]
        upper[theirs] = np.minimum(upper[theirs], block.take(ours.upper))
    rows = np.repeat(np.arange(arrays.nr, dtype=np.int64), np.diff(arrays.ptr))
    order = np.argsort(rows * arrays.n + arrays.ind, kind="stable")
    order = order[arrays.val[order] != 0.0]  # it writes a few zeros, which no row needs
    pointers = np.concatenate(([0], np.cumsum(np.bincount(rows[order], minlength=arrays.nr)))).astype(np.int64)
    columns = tuple(
        Block(name, int(at.flat[0]), at.shape, _labels(ours, name)) for name, at in arrays.blocks.items()
    )  # fmt: skip
    named = tuple(Block(name, int(at.flat[0]), at.shape) for name, at in arrays.rowblocks.items())
    return Program(
        arrays.c, arrays.lo, upper, arrays.int.astype(np.bool_), pointers, arrays.ind[order], arrays.val[order],
        arrays.rlo, arrays.rhi, columns, named,
    )  # fmt: skip


def _labels(ours: Program, theirs: str) -> dict[str, Ints]:
    names = {other: name for name, other in SAME_BLOCKS.items()}
    return dict(ours.column(names.get(theirs, theirs)).labels)


def race_program(size: str, *, whole: bool = False, seed: int = 1) -> tuple[Program, str]:
    """The program to race on and where it comes from: the reference's arrays if at hand, else a network of ours."""
    if has_reference():
        return reference_program(size, whole=whole, seed=seed), "reference"
    return allocation_program(draw(size, seed), whole=whole), "networks.py"
