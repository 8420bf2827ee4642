"""The work behind `wardwright monitor`: past forecasts against what came, the verdict, and the price of the error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import click

from api import words
from api.documents import json_text
from api.errors import Refused
from api.monitor_actuals import Past, read_past
from api.outcomes import DONE, RETRAIN
from api.terminal import progress_line
from forecasting import Verdict, watch
from forecasting.monitoring import LEAST_DRIFT, Watched
from optimizer.drift import Priced, price_drift
from optimizer.making import scenario_limits
from optimizer.plan import Plan


@dataclass(frozen=True, slots=True)
class PricedPlan:
    """A plan of the past with what its error cost."""

    past: Past
    priced: Priced


def run(plans: Sequence[Path], actuals: Path, *, seconds: float | None, as_json: bool) -> int:
    """Watch, print, and return the exit code; with `seconds` for each solve the error is priced too.

    Raises PlanFolderError, HistoryError or Refused where nothing can be compared.
    """
    pasts = [read_past(folder, actuals) for folder in plans]
    came: dict[str, dict[date, float]] = {}
    for past in pasts:
        for name, days in past.came.items():
            came.setdefault(name, {}).update(days)
    verdict = watch([past.record for past in pasts], came)
    if verdict is None:
        first, last = (pick(past.record.start for past in pasts) for pick in (min, max))
        raise Refused(
            f"{actuals}: tells of no day that was planned (plans begin {_span(first, last)}), "
            "so there is nothing to compare"
        )
    priced = [_priced(past, seconds) for past in pasts] if seconds is not None else []
    notes, doubts = (
        tuple(dict.fromkeys(note for past in pasts for note in getattr(past, kind))) for kind in ("notes", "doubts")
    )
    if as_json:
        click.echo(json_text(_json(verdict, priced, (*doubts, *notes))), nl=False)
    else:
        click.echo("\n".join([*_lines(verdict, notes, doubts, len(plans)), *_verdict_lines(verdict, priced)]))
    return RETRAIN if verdict.retrain else DONE


def _priced(past: Past, seconds: float) -> PricedPlan:
    saved = past.saved
    limits = replace(scenario_limits(saved.scenario), time_limit=seconds, seed=saved.facts.seed)
    with progress_line(saved.folder.name) as line:
        told = price_drift(
            saved, past.grid(), limits=limits, say=line.say if line else None, watch=line.watch if line else None
        )
    return PricedPlan(past, told)


def _lines(verdict: Verdict, notes: Sequence[str], doubts: Sequence[str], plans: int) -> Iterator[str]:
    """What was found, as people read it."""
    models = ", ".join(verdict.models)
    head = f"{words.count(plans, 'plan')}, {_span(verdict.first, verdict.last)}, forecast by {models}"
    yield from words.wrapped(head, hanging="  ")
    for one in verdict.series:
        yield f"{one.name}: {words.count(one.days, 'day')} compared"
        yield from ("  " + "   ".join(row).rstrip() for row in words.columned(list(_rows(one))))
    if notes:
        yield f"{words.count(len(notes), 'note')} on how what came was read: --json lists them"
    for doubt in doubts:
        yield from words.wrapped(doubt, hanging="  ")


def _verdict_lines(verdict: Verdict, priced: Sequence[PricedPlan]) -> Iterator[str]:
    """What the errors cost, and the verdict."""
    for plan in priced:
        yield from words.wrapped(_price_words(plan), hanging="  ")
    yield from words.wrapped(verdict.because, hanging="  ")


def _rows(one: Watched) -> Iterator[list[str]]:
    """What is told of a series: what is asked, the answer, and between what it surely lies."""
    for each in one.coverage:
        low, high, share, level = (words.percent(part) for part in (each.low, each.high, each.share, each.level))
        yield [
            f"{level} interval",
            f"held {each.inside} of {words.count(each.days, 'day')} ({share})",
            f"sure: {low} to {high}",
        ]
    way = "too high" if one.bias.mean > 0 else "too low"
    bias = f"{abs(one.bias.mean):,.2f} a day {way}" + (_share(one.bias_share) if math.isfinite(one.bias_share) else "")
    known = math.isfinite(one.bias.low)
    yield ["bias", bias, f"sure: {one.bias.low:+,.2f} to {one.bias.high:+,.2f}" if known else "too few days to be sure"]
    against = f"as a week ago: {one.naive_wis:,.2f}" if math.isfinite(one.naive_wis) else "too little past to compare"
    yield ["interval score", f"{one.wis:,.2f}", against]
    drift = one.drift
    if math.isfinite(drift.psi):
        gap = f"greatest gap {words.percent(drift.ks)} (p {drift.p_value:.2g})"
        yield ["inputs", f"stability index {drift.psi:.2f}", gap]
    else:
        few = f"{words.count(drift.recent_days, 'new day')}, {drift.past_days:,} before"
        yield ["inputs", few, f"{LEAST_DRIFT} of each tell of drift"]


def _share(share: float) -> str:
    return f" ({words.percent(abs(share), 1)})"


def _price_words(plan: PricedPlan) -> str:
    """What the error of one plan cost, in a paragraph."""
    priced, saved = plan.priced, plan.past.saved
    folder, currency = saved.folder, saved.scenario.currency
    if priced.held is None:
        return f"{folder}: shifts, bays and lists as told can't be kept with what came, so the error has no price"
    if priced.cost is None or priced.held.objective is None or priced.known.objective is None:
        ended = f"as told: {priced.held.status}, knowing what came: {priced.known.status}"
        return f"{folder}: the error has no price, for plans were not found in time ({ended})"
    cost, held, known = (
        words.money(each) for each in (max(0.0, priced.cost), priced.held.objective, priced.known.objective)
    )
    found = f"with shifts, bays and lists as told {held}, knowing what came {known}"
    days = f"{words.count(priced.days, 'day')} known"
    if priced.proven:
        return f"{folder}: the error cost {cost} {currency}, proven within the gap: {found} ({days})"
    most = "an unknown amount" if priced.most is None else words.money(priced.most)
    between = f"between {words.money(priced.least)} and {most} {currency}"
    return f"{folder}: the error cost {between}; the time was up before more was proven. Found: {found} ({days})"


def _json(verdict: Verdict, priced: Sequence[PricedPlan], notes: Sequence[str]) -> dict[str, object]:
    return {
        "retrain": verdict.retrain,
        "because": verdict.because,
        "reasons": list(verdict.reasons),
        "models": list(verdict.models),
        "first": verdict.first.isoformat(),
        "last": verdict.last.isoformat(),
        "series": [_finite(asdict(one)) for one in verdict.series],
        "priced": [_price_json(plan) for plan in priced],
        "notes": list(notes),
    }


def _price_json(plan: PricedPlan) -> dict[str, object]:
    priced = plan.priced
    return {
        "plan": str(plan.past.saved.folder),
        "days": priced.days,
        "cost": priced.cost,
        "at_least": priced.least,
        "at_most": priced.most,
        "proven": priced.proven,
        "held": None if priced.held is None else _ended(priced.held),
        "known": _ended(priced.known),
    }


def _ended(plan: Plan) -> dict[str, object]:
    return {"status": str(plan.status), "cost": plan.objective, "bound": plan.bound}


def _finite(data: object) -> object:
    """Data with null for every figure that is undefined."""
    if isinstance(data, Mapping):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data


def _span(first: date, last: date) -> str:
    """13 Mar 2023 to 19 Mar 2023, or the one day."""
    return words.day_name(first) if first == last else f"{words.day_name(first)} to {words.day_name(last)}"
