"""Hours and shifts: a forecast of whole days, shared out by when in the day things happen on such a day.

A day's total carries what is hard (weekdays, holidays, season, what happened lately) and is forecast as any daily
series is; the hours of a day follow a profile that hardly moves. Given its day, an hour scatters by chance alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from forecasting.errors import ForecastError
from forecasting.history import Days, Floats
from forecasting.hourly_days import Slots, day_history, slots_of
from forecasting.hourly_laws import Law, law_of
from forecasting.hourly_profiles import Profile, day_kinds, learned_profile
from forecasting.panel import Ints
from forecasting.predicting import Forecast, forecast
from forecasting.recording import Recording

SPREAD_80 = 2.5631
"""Standard deviations between the 10 % and 90 % quantiles of a normal distribution."""

DAYS_SCORED = "how well that went on the past is told of whole days"


def forecast_slots(
    recordings: Sequence[Recording],
    *,
    start: date,
    days: int,
    forecaster: str = "fast",
    samples: int = 200,
    seed: int = 0,
    country: str | None = None,
    subdivision: str | None = None,
    zone: ZoneInfo | None = None,
) -> Forecast:
    """Forecast hourly or shift series of one step for `days` days from `start`; `dates` hold when each slot begins.

    With the `zone` whose clock the hospital follows, an hour that the clocks leave out is left out; one that they
    repeat is given once, and stands for each of the two. A level (patients present) is told from a count of events by
    how little its hours scatter. Equal arguments give equal bytes.

    Raises:
        ForecastError: no series, steps that differ, or what `forecast` raises for the days.
    """
    _check_steps(recordings)
    slots = [slots_of(recording, start) for recording in recordings]
    profiles = [_profile(one, country, subdivision) for one in slots]
    totals = [day_history(one, recording, profile) for one, recording, profile in zip(
        slots, recordings, profiles, strict=True)]  # fmt: skip
    told = forecast(
        totals,
        start=start,
        days=days,
        forecaster=forecaster,
        samples=samples,
        seed=seed,
        country=country,
        subdivision=subdivision,
    )
    kinds = day_kinds(told.dates, country, subdivision)
    laws = [law_of(profile, one.whole) for profile, one in zip(profiles, slots, strict=True)]
    return _shared_out(told, recordings[0], [one.shares[kinds] for one in profiles], laws, zone)


def _check_steps(recordings: Sequence[Recording]) -> None:
    if not recordings:
        raise ForecastError("there is no series to forecast from")
    steps = {recording.step for recording in recordings}
    if len(steps) > 1:
        named = ", ".join(sorted({f"{step.plural} from minute {step.starts[0]}" for step in steps}))
        raise ForecastError(f"series of one forecast must have one step, but these mix {named}")
    if len(recordings[0].step.starts) < 2:
        raise ForecastError(f"{recordings[0].step.plural} are no part of a day")


def _profile(slots: Slots, country: str | None, subdivision: str | None) -> Profile:
    return learned_profile(slots.values, day_kinds(slots.dates, country, subdivision))


def _shared_out(
    told: Forecast, recording: Recording, shares: Sequence[Floats], laws: Sequence[Law], zone: ZoneInfo | None
) -> Forecast:
    """Days shared out to slots: `shares` (T, P) and the law of chance by series."""
    times = _times(told.dates, recording)
    exist = _exist(times, zone)
    low, high = (int(np.argmin(np.abs(told.levels - level))) for level in (0.1, 0.9))
    rng = np.random.default_rng(told.samples.shape[0])
    quantiles, means, drawn = [], [], []
    for at, (share, law) in enumerate(zip(shares, laws, strict=True)):
        spread = (told.quantiles[at, :, high] - told.quantiles[at, :, low]) / SPREAD_80
        mean = (told.mean[at][:, None] * share).reshape(-1)
        from_day = (spread[:, None] * share).reshape(-1)
        quantiles.append(law.quantiles(mean, from_day, told.levels)[exist])
        expected = (told.samples[:, at, :, None] * share).reshape(len(told.samples), -1)
        drawn.append(law.drawn(expected, rng)[:, exist])
        means.append(mean[exist])
    return replace(
        told,
        dates=times[exist],
        quantiles=np.stack(quantiles),
        samples=np.stack(drawn, axis=1),
        mean=np.stack(means),
        notes=(*told.notes, DAYS_SCORED),
    )


def _times(days: Days, recording: Recording) -> Days:
    """When each slot of some days begins (T * P,)."""
    starts = np.array(recording.step.starts, dtype="timedelta64[m]")
    return np.asarray((days.astype("datetime64[m]")[:, None] + starts).reshape(-1))


def _exist(times: Days, zone: ZoneInfo | None) -> Ints:
    """Which times (N,) a clock of the zone shows: those that survive the way to universal time and back."""
    if zone is None:
        return np.arange(len(times))
    utc = ZoneInfo("UTC")
    clock = [one.replace(tzinfo=zone) for one in times.astype("datetime64[s]").tolist()]
    shown = [one.astimezone(utc).astimezone(zone).replace(tzinfo=None) == one.replace(tzinfo=None) for one in clock]
    return np.flatnonzero(shown)
