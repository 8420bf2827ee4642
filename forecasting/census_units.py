"""The census by unit and step, all patient groups together, as joint samples and their quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.census import Stream, census_paths, stream
from forecasting.errors import StayError
from forecasting.history import Floats
from forecasting.shares import Shares, split_total

SAMPLES = 1000
"""Joint draws of a census unless more or fewer are asked for: its 2.5 % tails are then 25 draws each."""

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


@dataclass(frozen=True, slots=True, eq=False)
class GroupCensus:
    """A patient group over T steps and the units it lies in.

    Its census is what all its `streams` make (those who come unplanned, say, and the elective list) plus joint draws
    `present` (N, T), of groups whose census is forecast as it is. `stated` tells that its share of a total, which other
    groups take part in, is stated and not seen.
    """

    name: str
    shares: Shares
    streams: tuple[Stream, ...] = ()
    present: Floats | None = None
    stated: bool = False

    def paths(self, samples: int, rng: np.random.Generator) -> Floats:
        """Joint draws (N, T) of the group's census."""
        parts = [census_paths(one, samples=samples, rng=rng) for one in self.streams]
        if self.present is not None:
            parts.append(self.present[np.arange(samples) % len(self.present)])
        if not parts:
            raise StayError(f"{self.name}: a census needs a stream of patients, or draws of those present")
        return np.asarray(np.sum(parts, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class UnitCensus:
    """Patients present in U units over T steps: `mean` (U, T), `quantiles` (U, T, Q) at `levels` (Q,).

    `samples` (N, U, T) are joint over units and steps. `constructed` names the groups of whose shares, of a total or of
    their units, no series was seen.
    """

    units: tuple[str, ...]
    mean: Floats
    quantiles: Floats
    levels: Floats
    samples: Floats
    constructed: tuple[str, ...]


def queued_census(
    name: str,
    arrivals: Floats,
    shares: Shares,
    *,
    curve: Floats,
    present: float,
    left: Floats,
    cases: Floats,
    draws: Floats | None = None,
    still_in: Floats | None = None,
    stated: bool = False,
) -> GroupCensus:
    """A group that comes and stays: `arrivals` (T,) expected and listed `cases` (T,) stay along `curve` (J,) or (N, J).

    Joint `draws` (N, T) of arrivals forecast as counts are brought to that mean; without them those who come are a
    Poisson stream. Of `present` patients the share `left` (T,) is left, unless `still_in` (B, T) gives the chances of
    each by itself. `shares` are those of its units.
    """
    coming = arrivals[None] if draws is None else brought_to(draws, arrivals)
    curves = np.atleast_2d(curve)
    if len(curves) > 1:
        rows = np.arange(max(len(curves), len(coming)))
        coming, curves = coming[rows % len(coming)], curves[rows % len(curves)]
    those = stream(name, coming, curves, still_in=still_in, present=present, left=left, counted=draws is not None)
    listed = stream(name, np.repeat(cases[None], len(curves), axis=0), curves, counted=True)
    return GroupCensus(name, shares, (those, listed) if cases.any() else (those,), stated=stated)


def given_census(
    name: str, census: Floats, shares: Shares, *, draws: Floats | None = None, stated: bool = False
) -> GroupCensus:
    """A group whose `census` (T,) is given or forecast as it is, with the doubt of joint `draws` (N, T), if any."""
    present = census[None] if draws is None else brought_to(draws, census)
    return GroupCensus(name, shares, present=present, stated=stated)


def brought_to(draws: Floats, mean: Floats) -> Floats:
    """Draws (N, T) scaled step by step to a `mean` (T,); steps without anybody in the draws have the mean itself."""
    middle = draws.mean(axis=0)
    share = np.divide(draws, middle, out=np.ones_like(draws), where=middle > 0)
    return np.asarray(share * mean)


def census_by_unit(
    groups: Sequence[GroupCensus],
    units: Sequence[str],
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    steps_per_day: int = 1,
) -> UnitCensus:
    """Add up the groups' joint draws by unit; draw n of every group goes with draw n of the others.

    Raises:
        StayError: no group, a group that lies in an unknown unit, or groups over other steps.
    """
    if not groups:
        raise StayError("a census by unit needs a patient group or more")
    unknown = sorted({name for group in groups for name in group.shares.names} - set(units))
    if unknown:
        raise StayError(f"patients lie in {', '.join(unknown)}, which is none of the units {', '.join(units)}")
    paths = [group.paths(samples, np.random.default_rng([seed, number])) for number, group in enumerate(groups)]
    steps = {one.shape[1] for one in paths}
    if len(steps) > 1:
        raise StayError(f"groups must cover the same steps, got {' and '.join(map(str, sorted(steps)))}")
    total = np.zeros((samples, len(units), steps.pop()))
    for number, (group, path) in enumerate(zip(groups, paths, strict=True)):
        rows = [units.index(name) for name in group.shares.names]
        total[:, rows] += _by_unit(path, group.shares, seed + number, steps_per_day)
    found = np.moveaxis(np.quantile(total, LEVELS, axis=0), 0, 2)
    unseen = (one.stated or (len(one.shares.names) > 1 and one.shares.origin == "constructed") for one in groups)
    constructed = tuple(one.name for one, is_unseen in zip(groups, unseen, strict=True) if is_unseen)
    return UnitCensus(tuple(units), total.mean(axis=0), found, np.array(LEVELS), total, constructed)


def _by_unit(paths: Floats, shares: Shares, seed: int, steps_per_day: int) -> Floats:
    """Draws (N, U, T) of a group's units; shares change from day to day, not within one."""
    if len(shares.names) == 1:
        return paths[:, None]
    days = -(-paths.shape[1] // steps_per_day)
    share = split_total(np.ones((len(paths), days)), shares, seed=seed)
    return np.asarray(np.repeat(share, steps_per_day, axis=2)[:, :, : paths.shape[1]] * paths[:, None])
