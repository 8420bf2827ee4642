"""`Plan`: what was decided, what it costs, how good it is proven to be, and that it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from optimizer.check import Checked
from optimizer.solution import Progress, Status
from optimizer.tables import Table

if TYPE_CHECKING:
    from optimizer.explain.infeasible import Infeasible
    from optimizer.uncertainty.told import Told

SCHEMA_VERSION: Final = 1

WORKABLE: Final = "own_duties_workable"
"""The share of own duties that people can work, as a key figure."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was planned: the scenario's id and name, the hash of its resolved data, the variant chosen."""

    id: str
    name: str
    currency: str
    sha256: str
    variant: str | None
    seed: int
    start: date | None
    days: int


@dataclass(frozen=True, slots=True)
class SolverNote:
    """Which solver answered, and why it was picked."""

    name: str
    version: str
    why: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class DemandNote:
    """How demand was forecast: by which forecaster, on how many days, and how it did on the past.

    `wape` is a share of the mean, `coverage80` the share of past days inside the 80 % interval; None where demand was
    given or the history is too short to tell. `model` is name@version where it is stored, else the forecaster with the
    beginning of `data_sha256`, which names the days and values that it was learned from.
    """

    forecaster: str | None = None
    days_used: int = 0
    wape: float | None = None
    coverage80: float | None = None
    horizon_days: int = 0
    model: str | None = None
    data_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Something lacking, in words: where, when, what and how much, and which limits would have to give."""

    unit: str
    when: str
    what: str
    amount: float
    measure: str
    because: str

    def __str__(self) -> str:
        return f"{self.unit}  {self.when}  {self.what}  because {self.because}"


@dataclass(frozen=True, slots=True)
class Price:
    """What one more of something scarce is worth in one place, beside what it costs to get, in currency.

    `worth` is None where it is undefined, and `reason` says why; `one_fewer` is what one fewer would cost, where it was
    asked; `own_price` None where no more can be had. A worth read from duals is that of the first part of one more: all
    of it is worth at most as much. `method` says how it was found.
    """

    resource: str
    unit: str
    who: str
    day: str
    shift: str
    worth: float | None
    one_fewer: float | None
    own_price: float | None
    method: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A scarce thing over the whole plan: what one more of it all along would save a day, to begin with, in currency.

    The `units` listed are alike. `own_price` is what one more all along would cost a day; None where it can't be had.
    `dearest` is the day on which one more is worth most, and `worth` how much.
    """

    resource: str
    units: tuple[str, ...]
    who: str
    shift: str
    per_day: float
    own_price: float | None
    dearest: str
    worth: float
    method: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan comes to in one of the goals sought in turn, and how good that is given those before.

    `value` is in `measure` (currency, hours, or changes), `beyond` the part of it past the committed days. `bound` is
    the least it can be, as far as proven; `status` is optimal, within_gap or time_limit.
    """

    goal: str
    measure: str
    value: float
    beyond: float
    bound: float | None
    gap: float | None
    status: Status


@dataclass(frozen=True, slots=True)
class Spent:
    """Money that decisions of the committed days cost, beside the budget, both in currency."""

    budget: float
    money: float


@dataclass(frozen=True, slots=True)
class Workable:
    """Own duties `planned`, those `placed` in a legal roster without names, and the teams where some are not.

    Made in a moment: at least so many can be worked, and perhaps more.
    """

    planned: int
    placed: int
    teams_short: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Placed of planned; 1 where nothing is planned."""
        return self.placed / self.planned if self.planned else 1.0

    def to_json(self) -> dict[str, object]:
        """As plan.json has it."""
        return {**asdict(self), "teams_short": list(self.teams_short), "share_at_least": round(self.share, 6)}


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A checked plan, or the honest word that there is none (`status` infeasible, or stopped with nothing).

    `cost` is what decisions change, in currency by item, and sums to `objective`; `fixed` is paid whatever is decided.
    `objective`, `bound`, `gap` and `checked` are None where there is no plan. Where goals were sought in turn (`goals`)
    `bound` and `gap` are None, for the least cost was not sought, and `status` says what was proven of every goal.
    `uncertainty` says how a plan for many futures does over them: the rest is its path if what is expected comes.
    `workable` says how many own duties people can work; None where it was not looked at, or nobody's number is given.
    `timings` are seconds by step. `forecast` is what `forecast.json` keeps of the forecast; None where there was none.
    """

    source: Source
    status: Status
    objective: float | None
    bound: float | None
    gap: float | None
    cost: Mapping[str, float]
    fixed: Mapping[str, float]
    checked: Checked | None
    solver: SolverNote
    demand: DemandNote
    notes: tuple[str, ...]
    shortfalls: tuple[Shortfall, ...]
    key_figures: Mapping[str, float | None]
    tables: Mapping[str, Table]
    timings: Mapping[str, float] = field(default_factory=dict)
    progress: tuple[Progress, ...] = ()
    size: tuple[int, int] = (0, 0)
    infeasible: Infeasible | None = None
    prices: tuple[Price, ...] = ()
    bottlenecks: tuple[Bottleneck, ...] = ()
    goals: tuple[Reached, ...] = ()
    spent: Spent | None = None
    forecast: Mapping[str, object] | None = None
    uncertainty: Told | None = None
    workable: Workable | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a plan to carry out."""
        return self.objective is not None

    def to_json(self) -> dict[str, object]:
        """`plan.json`: what two equal runs write alike."""
        return {
            **self._answer_json(),
            **({"goals": [asdict(each) for each in self.goals]} if self.goals else {}),
            **({"uncertainty": self.uncertainty.to_json()} if self.uncertainty is not None else {}),
            "cost": dict(self.cost),
            **({"spent": asdict(self.spent)} if self.spent is not None else {}),
            "fixed": dict(self.fixed),
            "checked": None if self.checked is None else _checked_json(self.checked),
            "solver": {"name": self.solver.name, "version": self.solver.version, "why": self.solver.why},
            "demand": _demand_json(self.demand),
            "key_figures": dict(self.key_figures),
            **({"workable": self.workable.to_json()} if self.workable is not None else {}),
            "shortfalls": [_shortfall_json(each) for each in self.shortfalls],
            "bottlenecks": [{**asdict(each), "units": list(each.units)} for each in self.bottlenecks],
            "notes": list(self.notes),
            **({"infeasible": self.infeasible.to_json()} if self.infeasible is not None else {}),
            "tables": {name: f"{name}.csv" for name in self.tables},
        }

    def _answer_json(self) -> dict[str, object]:
        """What was asked, and how good the answer is proven to be."""
        return {
            "schema_version": SCHEMA_VERSION,
            "scenario": {"id": self.source.id, "sha256": self.source.sha256},
            "variant": self.source.variant,
            "seed": self.source.seed,
            "status": str(self.status),
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
        }

    def run_json(self) -> dict[str, object]:
        """`run.json`: what may differ between equal runs, such as timings and progress."""
        reports = [
            {"seconds": each.seconds, "incumbent": each.incumbent, "bound": each.bound, "gap": each.gap}
            for each in self.progress
        ]
        rows, columns = self.size
        return {
            "timings": dict(self.timings),
            "program": {"rows": rows, "columns": columns},
            "solver_message": self.solver.message,
            "progress": reports,
        }


def _checked_json(checked: Checked) -> dict[str, object]:
    return {"ok": checked.ok, "violations": [str(each) for each in checked.violations]}


def _demand_json(note: DemandNote) -> dict[str, object]:
    return {
        "forecaster": note.forecaster,
        "model": note.model,
        "data_sha256": note.data_sha256,
        "days_used": note.days_used,
        "wape": note.wape,
        "coverage80": note.coverage80,
    }


def _shortfall_json(each: Shortfall) -> dict[str, object]:
    return {
        "unit": each.unit,
        "when": each.when,
        "what": each.what,
        "amount": each.amount,
        "measure": each.measure,
        "because": each.because,
    }
