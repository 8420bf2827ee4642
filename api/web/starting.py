"""The start: choose a scenario (a demo, a file, a stored plan), and see what is wrong with it, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.importing.identities import faults_in_lines
from api.service.demo import DEMOS, demo_text
from api.service.errors import NoSuch
from api.service.jobs import PLANS, Job, listing
from api.service.reading import object_of, refuse
from api.web.files import scenario_asked, yaml_text
from api.web.forms import text
from api.web.languages import later as _
from api.web.rendering import render
from api.web.visiting import Visit
from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.files import open_data, open_text
from optimizer.scenario.load import Loaded, plain_text
from optimizer.scenario.model import Scenario
from optimizer.scenario.warnings import warnings_of

LATEST: Final = 8
AROUND: Final = 2
"""Lines shown before and after one with a fault."""

NAME: Final = "scenario.yaml"


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo as the start page offers it."""

    name: str
    title: str
    what: str


TOLD: Final[Mapping[str, tuple[str, str]]] = {
    "ward": (_("One medical ward, one week"), _("28 beds, one week, planned in a few seconds")),
    "hospital": (
        _("Northgate General, two weeks"),
        _("a real 450-bed hospital's demand on constructed wards; about a minute"),
    ),
    "district": (
        _("Qinghe district hospital (China)"),
        _("300 beds, nine wards, three shifts; constructed, in Chinese"),
    ),
}
"""Title and description of each demo."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, with what is wrong in it."""

    number: int
    text: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a scenario holds, for somebody about to plan it."""

    loaded: Loaded[Scenario]
    warnings: tuple[Fault, ...]

    @property
    def beds(self) -> float:
        """Beds open without doing anything."""
        return float(sum(unit.beds for unit in self.loaded.value.units.values()))

    @property
    def days(self) -> int:
        """Days planned."""
        return self.loaded.value.horizon.committed_days


def demos() -> tuple[Demo, ...]:
    """Every demo there is."""
    return tuple(Demo(name, *TOLD.get(name, (name, ""))) for name in DEMOS)


async def start(here: Visit) -> Response:
    """Where a planner begins."""
    tenant = here.known.tenant

    def work(connection: Connection) -> list[Job]:
        return listing(connection, tenant, PLANS, before=None, size=LATEST)

    return render(here, "start.html", demos=demos(), jobs=await here.house.read(work))


async def demo(here: Visit) -> Response:
    """A demo, ready to be planned. Raises NoSuch."""
    name = str(here.request.path_params["name"])
    if name not in DEMOS:
        raise NoSuch("there is no such demo")
    loaded = await run_in_threadpool(lambda: open_data(object_of(demo_text(name).encode())))
    return render(here, "ready.html", summary=_summary(loaded), source={"demo": name}, text="")


async def check(here: Visit) -> Response:
    """A text that was uploaded or edited: its faults at their lines, or what it holds and the way to plan it."""
    given = _given(here)
    if not isinstance(given, str):
        fault = Fault(NAME, 1, 1, "", "this is not a text in UTF-8", "choose the YAML file of a scenario")
        return render(here, "faults.html", 422, faults=(fault,), excerpts=(), text="", loose=(fault,))
    try:
        loaded = await run_in_threadpool(partial(_read, given))
    except ScenarioError as error:
        lines = tuple(_excerpts(given, error.faults))
        placed = {fault for part in lines for line in part for fault in line.faults}
        loose = tuple(fault for fault in error.faults if fault not in placed)
        return render(here, "faults.html", 422, faults=error.faults, excerpts=lines, text=given, loose=loose)
    return render(here, "ready.html", summary=_summary(loaded), source={"text": given}, text=given)


def _read(given: str) -> Loaded[Scenario]:
    refuse(faults_in_lines(given, NAME))
    return open_text(given, NAME)


async def stored(here: Visit) -> Response:
    """The scenario of a stored plan, to be changed as text and planned anew. Raises NoSuch, and NotNow without one."""
    given = await run_in_threadpool(yaml_text, await scenario_asked(here))
    loaded = await run_in_threadpool(partial(open_text, given, NAME))
    return render(here, "ready.html", summary=_summary(loaded), source={"text": given}, text=given)


def _given(here: Visit) -> str | bytes:
    file = here.form.get("file")
    if isinstance(file, bytes) or (isinstance(file, str) and file.strip()):
        return file
    return text(here.form, "text")


def _summary(loaded: Loaded[Scenario]) -> Summary:
    return Summary(loaded, warnings_of(loaded))


def _excerpts(given: str, faults: Sequence[Fault]) -> Iterator[tuple[Line, ...]]:
    """Lines with faults and those around them, in runs."""
    lines = given.split("\n")
    by_line: dict[int, list[Fault]] = {}
    for fault in faults:
        if 0 < fault.line <= len(lines):
            by_line.setdefault(fault.line, []).append(fault)
    near = {each for line in by_line for each in range(line - AROUND, line + AROUND + 1) if 0 < each <= len(lines)}
    run: list[Line] = []
    for number in sorted(near):
        if run and number > run[-1].number + 1:
            yield tuple(run)
            run = []
        run.append(Line(number, lines[number - 1][:300], tuple(by_line.get(number, ()))))
    if run:
        yield tuple(run)


def scenario_of(form: Mapping[str, object]) -> tuple[dict[str, object], Loaded[Scenario]]:
    """The data of the demo or text that a form names, and the scenario it is as it stands.

    Raises NoSuch for a demo that there is not, ScenarioError for a text with faults.
    """
    name = text(form, "demo")
    if name and name not in DEMOS:
        raise NoSuch("there is no such demo")
    data = object_of(demo_text(name).encode()) if name else plain_text(text(form, "text"), NAME)
    return data, open_data(data, variant=text(form, "variant") or None)
