"""What if: a planner changes beds, staff, prices or demand of a stored plan, and it is planned as a new variant."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.service.accepting import Order
from api.service.errors import NotNow
from api.service.jobs import PLANS, Job, files_of, find, request_of
from api.web.forms import text
from api.web.knobs import Change, Knob, knobs
from api.web.planning import ordered
from api.web.rendering import render
from api.web.shelf import BASE
from api.web.visiting import Visit
from optimizer.saved import PLAN, SCENARIO
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.files import open_data

VARIANT: Final = re.compile(r"[^,\s][^,]{0,59}")


@dataclass(frozen=True, slots=True)
class Base:
    """The plan that is varied: what was asked for (its variants included), and the scenario that was planned."""

    job: Job
    asked: Mapping[str, Any]
    planned: Mapping[str, Any]

    def named(self, wanted: str) -> str:
        """A variant's name that is free: the one wanted, or that with a number."""
        taken = self.asked.get("variants", {})
        tries = (wanted, *(f"{wanted} {number}" for number in range(2, 1000)))
        return next(each for each in tries if each not in taken)

    def varied(self, name: str, changes: Mapping[str, float]) -> tuple[dict[str, Any], str]:
        """The scenario with one more variant, and the variants to lay on it."""
        variants = {**self.asked.get("variants", {}), name: dict(changes)}
        return {**self.asked, "variants": variants}, ",".join(filter(None, (self.job.variant, name)))


async def base_of(here: Visit) -> Base:
    """The plan that the address names. Raises NoSuch, and NotNow where it holds no scenario yet."""
    tenant = here.known.tenant

    def work(connection: Connection) -> Base:
        job = find(connection, tenant, here.id, PLANS)
        asked = request_of(connection, job.id)
        kept = files_of(connection, job.id, (SCENARIO,))
        if SCENARIO not in kept:
            raise NotNow("there is no plan to vary yet")
        planned = json.loads(kept[SCENARIO])
        whole = asked["scenario"] if "scenario" in asked and not asked.get("sets") else planned
        return Base(job, whole, planned)

    return await here.house.read(work)


async def form(here: Visit) -> Response:
    """The figures of a plan, to be changed."""
    base = await base_of(here)
    return _form(here, base, {}, (), "")


async def cure(here: Visit) -> Response:
    """Plan with the cheapest cure of a scenario that has no plan. Raises NoSuch, and NotNow where none was found."""
    base = await base_of(here)
    kept = await here.house.read(lambda connection: files_of(connection, base.job.id, (PLAN,)))
    found = json.loads(kept[PLAN]).get("infeasible") or {}
    if not found.get("cure"):
        raise NotNow("no cure was found for this")
    sets = found["cure"]["sets"]
    loaded = await run_in_threadpool(partial(open_data, base.planned, sets=sets))
    request = {"scenario": dict(base.planned), "sets": sets, BASE: base.job.id}
    caller = here.known
    return await ordered(here, Order(
        caller.tenant, caller.name, "plan", request, loaded.value.id, loaded.sha256
    ))  # fmt: skip


def _form(here: Visit, base: Base, typed: Mapping[str, str], faults: tuple[Fault, ...], name: str) -> Response:
    groups: dict[str, list[Knob]] = {}
    for knob in knobs(base.planned):
        groups.setdefault(knob.group, []).append(knob)
    return render(
        here, "what_if.html", 422 if faults else 200, base=base, job=base.job, groups=groups, typed=typed,
        faults=faults, name=name, plain=lambda value: f"{value:g}", variants=tuple(base.asked.get("variants", {})),
    )  # fmt: skip


async def run(here: Visit) -> Response:
    """Plan with what was changed; the form again where nothing was, or where it can't be."""
    base = await base_of(here)
    typed = {name: value for name, value in here.form.items() if isinstance(value, str)}
    wanted = text(here.form, "name", 60)
    try:
        changes = dict(_changes(base, typed))
        name = base.named(_name(wanted))
        data, variant = base.varied(name, changes)
        loaded = await run_in_threadpool(partial(open_data, data, variant=variant))
    except ScenarioError as error:
        return _form(here, base, typed, error.faults, wanted)
    request = {"scenario": data, BASE: base.job.id}
    return await ordered(here, Order(
        here.known.tenant, here.known.name, "plan", request, loaded.value.id, loaded.sha256, variant
    ))  # fmt: skip


def _name(wanted: str) -> str:
    if not wanted:
        return "what-if"
    if not VARIANT.fullmatch(wanted):
        raise ScenarioError([Fault("", 0, 0, "", "a variant's name can't hold a comma", "write it without")])
    return wanted


def _changes(base: Base, typed: Mapping[str, str]) -> list[Change]:
    """Every figure that was changed, by path. Raises ScenarioError where one is no number, or nothing was changed."""
    found: dict[str, float] = {}
    faults = []
    for knob in knobs(base.planned):
        said = typed.get(knob.field, "").strip().replace(",", "")
        if not said:
            continue
        value = _number(said)
        if value is None:
            faults.append(Fault("", 0, 0, knob.label, "must be a number", f"got {said[:30]}"))
        elif not math.isclose(value, knob.shown, abs_tol=1e-9):
            found.update(knob.changes(value))
    if faults:
        raise ScenarioError(faults)
    if not found:
        raise ScenarioError([Fault("", 0, 0, "", "nothing was changed", "change at least one figure")])
    return list(found.items())


def _number(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
