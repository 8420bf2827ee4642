"""The distribution of the census: who comes and how long each stays are both uncertain (the M_t/G/infinity queue).

With arrivals a Poisson stream of known rate and stays independent of each other, those who came since the start are a
Poisson count whose mean is the convolution of rate and curve, and those present at the start leave one by one, each by
their own chances (Eick, Massey and Whitt 1993). Doubt about rates and curves mixes such queues, one a joint draw; a
surge that one draw holds for several groups or units hits them together.

A step is a day, or any equal period if rates, curves and chances are by that period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from forecasting.errors import StayError
from forecasting.history import Floats
from forecasting.stays import checked_counts, checked_curve

TAIL_CHANCE = 1e-12
"""Counts less likely than this, all together, are left out of a distribution."""

CHUNK = 2_000_000
"""Counts drawn at a time: memory stays flat however many samples are asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """What the census of one patient group is made of, over T steps from the start.

    `arrivals` (N, T): joint draws of the arrival rate, or with `counted` of the number who come; one row is a rate
    known for certain. `curves` (N, J) or (1, J): chances to be counted still j steps after arrival. `still_in` (B, T):
    chance of each of the B patients present at the start to be counted still.
    """

    name: str
    arrivals: Floats
    curves: Floats
    still_in: Floats
    counted: bool = False

    def __post_init__(self) -> None:
        """Check that all fits.

        Raises:
            StayError: arrays of other shapes, negative arrivals, rising curves, or chances that rise or leave 0 to 1.
        """
        if self.arrivals.ndim != 2 or not (np.isfinite(self.arrivals) & (self.arrivals >= 0)).all():
            raise StayError(f"{self.name}: arrivals must be draws by step (N, T), none below 0 or missing")
        if self.curves.ndim != 2 or len(self.curves) not in (1, len(self.arrivals)):
            raise StayError(f"{self.name}: there must be one curve, or one for each of {len(self.arrivals)} draws")
        for curve in self.curves:
            checked_curve(curve)
        falling = self.still_in.ndim == 2 and (np.diff(self.still_in, axis=1) <= 1e-12).all()
        if not falling or not ((self.still_in >= 0) & (self.still_in <= 1)).all():
            raise StayError(f"{self.name}: chances to be in still must lie within 0 and 1 and never rise")
        if self.still_in.shape[1] != self.steps:
            raise StayError(f"{self.name}: still_in must have {self.steps} steps, got {self.still_in.shape[1]}")

    @property
    def steps(self) -> int:
        """Number of steps T."""
        return int(self.arrivals.shape[1])

    @property
    def mean(self) -> Floats:
        """Expected census (T,), exactly."""
        return np.asarray(self.expected.mean(axis=0) + self.still_in.sum(axis=0))

    @property
    def expected(self) -> Floats:
        """Expected number (N, T) of those who come, in each draw: the convolution of its arrivals and its curve."""
        reach = np.zeros((len(self.curves), self.steps))
        kept = min(self.steps, self.curves.shape[1])
        reach[:, :kept] = self.curves[:, :kept]
        made = np.zeros_like(self.arrivals)
        for lag in range(self.steps):
            made[:, lag:] += self.arrivals[:, : self.steps - lag] * reach[:, lag, None]
        return made


def stream(
    name: str,
    arrivals: ArrayLike,
    curve: ArrayLike,
    *,
    still_in: ArrayLike | None = None,
    present: float = 0.0,
    left: ArrayLike | None = None,
    counted: bool = False,
) -> Stream:
    """A `Stream` from simpler figures: `arrivals` (T,) or (N, T), `curve` (J,) or (N, J).

    Of those in at the start give each one's chances `still_in` (B, T), or their number `present` (rounded) and the
    share `left` (T,) of them.
    """
    coming = np.atleast_2d(np.asarray(arrivals, dtype=np.float64))
    if still_in is not None:
        chances = np.asarray(still_in, dtype=np.float64).reshape(-1, coming.shape[1])
    else:
        share = np.zeros(coming.shape[1]) if left is None else checked_counts(left, "left")
        chances = np.repeat(share[None], round(present), axis=0)
    return Stream(name, coming, np.atleast_2d(np.asarray(curve, dtype=np.float64)), chances, counted)


def with_known_chances(still_in: ArrayLike, known: ArrayLike) -> Floats:
    """Chances (B, T) whose first H steps are `known` (B, H), those a classifier gives say; later ones follow on.

    After the known steps each patient leaves as `still_in` (B, T) says of those who are in by then.

    Raises:
        StayError: other patients, more steps than T, or chances that rise or leave 0 to 1.
    """
    usual, given = np.asarray(still_in, dtype=np.float64), np.asarray(known, dtype=np.float64)
    if usual.ndim != 2 or given.ndim != 2 or len(usual) != len(given) or not 1 <= given.shape[1] <= usual.shape[1]:
        raise StayError(f"known chances must be of the same patients and steps, got {given.shape} for {usual.shape}")
    if not ((given >= 0) & (given <= 1)).all() or (np.diff(given, axis=1) > 0).any():
        raise StayError("known chances to be in still must lie within 0 and 1 and never rise")
    last = usual[:, given.shape[1] - 1, None]
    later = np.divide(usual[:, given.shape[1] :], last, out=np.zeros_like(usual[:, given.shape[1] :]), where=last > 0)
    return np.concatenate([given, given[:, -1:] * later], axis=1)


def census_pmf(queue: Stream) -> list[Floats]:
    """The exact distribution of each step's census: the chance of 0, 1, 2, ... patients, as far as any is likely.

    Rates must be given (not `counted`): the mixture over draws of Poisson counts, plus those of the start.

    Raises:
        StayError: arrivals are numbers that come.
    """
    if queue.counted:
        raise StayError(f"{queue.name}: an exact distribution needs arrival rates; draw `census_paths` of counts")
    means = queue.expected
    return [np.convolve(_poisson(means[:, step]), _leaving(queue.still_in[:, step])) for step in range(queue.steps)]


def _poisson(means: Floats) -> Floats:
    """Mean of the Poisson distributions with the given means (N,), cut where next to nothing is left."""
    from scipy.stats import poisson

    last = int(poisson.isf(TAIL_CHANCE, means.max()))
    chances = np.asarray(poisson.pmf(np.arange(last + 1), means[:, None]))
    return np.asarray(chances.mean(axis=0))


def _leaving(chances: Floats) -> Floats:
    """Distribution of how many of B patients are in still, each with a chance of its own (Poisson binomial)."""
    from scipy.stats import poisson_binom

    if len(chances) == 0:
        return np.ones(1)
    return np.asarray(poisson_binom(chances).pmf(np.arange(len(chances) + 1)))


def census_paths(queue: Stream, *, samples: int, rng: np.random.Generator) -> Floats:
    """Joint draws (N, T) of whole patients: each comes, stays and leaves once, so that a full week follows a full day.

    Draw n takes arrivals and curve of joint draw n (over again from the first if more samples are asked for).
    """
    size = max(1, CHUNK // (queue.steps * (queue.steps + 1) + len(queue.still_in) + 1))
    rows = np.arange(samples)
    parts = [rows[at : at + size] for at in range(0, samples, size)]
    return np.concatenate([_paths(queue, part % len(queue.arrivals), rng) for part in parts])


def _paths(queue: Stream, rows: np.ndarray[tuple[int], np.dtype[np.intp]], rng: np.random.Generator) -> Floats:
    """Draws (R, T) from the joint draws `rows`."""
    curves = queue.curves[rows % len(queue.curves)]
    arrivals = queue.arrivals[rows]
    census = np.zeros((len(rows), queue.steps))
    for step in range(queue.steps):
        left = queue.steps - step
        ends = _ends(curves, left)
        if queue.counted:
            coming = np.floor(arrivals[:, step] + rng.random(len(rows))).astype(np.int64)
            leaving = rng.multinomial(coming, ends)
        else:
            leaving = rng.poisson(arrivals[:, step, None] * ends)
        # who leaves after 1, 2, ... counts; the last column never is counted
        census[:, step:] += np.cumsum(leaving[:, :left][:, ::-1], axis=1)[:, ::-1]
    luck = rng.random((len(rows), len(queue.still_in)))
    for step in range(queue.steps):
        census[:, step] += (luck < queue.still_in[:, step]).sum(axis=1)
    return census


def _ends(curves: Floats, left: int) -> Floats:
    """Chances (R, left + 1) to be counted exactly 1, 2, ... times, at least `left` times, and at last never."""
    reach = np.zeros((len(curves), left + 1))
    kept = min(left, curves.shape[1])
    reach[:, :kept] = curves[:, :kept]
    counts = reach[:, :-1] - reach[:, 1:]
    ends = np.concatenate([counts, 1.0 - reach[:, :1]], axis=1)
    return np.asarray(np.clip(ends, 0.0, 1.0) / np.clip(ends, 0.0, 1.0).sum(axis=1, keepdims=True))
