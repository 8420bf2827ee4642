"""What things are called in the reader's language: items of cost, key figures, states, steps, contracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api import words
from api.summary import FIGURES
from api.views.levels import Level
from api.web.languages import NOTHING, Speech
from api.web.languages import later as _
from optimizer.explain.prices import FIXED, RELAXED
from optimizer.plan import WORKABLE, Bottleneck

STATES: Final[Mapping[str, str]] = {
    "queued": _("waiting for its turn"),
    "running": _("being planned"),
    "done": _("done"),
    "failed": _("failed"),
    "cancelled": _("stopped"),
}
"""States of a job."""

STATUSES: Final[Mapping[str, str]] = {
    "optimal": _("least possible cost, proven"),
    "within_gap": _("as near to the least cost as asked for, proven"),
    "time_limit": _("a plan, not proven as near to the least cost as asked for"),
    "infeasible": _("no plan exists"),
    "unbounded": _("no least cost exists"),
    "failed": _("no plan was found"),
}
"""How planning ended."""

STEPS: Final[Mapping[str, str]] = {
    "forecast": _("Forecasting demand"),
    "build": _("Setting up the plan"),
    "solve": _("Searching for the cheapest plan"),
    "find what clashes": _("Finding which rules clash"),
    "read back": _("Writing the plan down"),
    "check": _("Checking every rule"),
    "explain": _("Explaining what is short"),
    "price what is scarce": _("Pricing what limits"),
}
"""Steps of planning."""

LEVELS: Final[Mapping[Level, str]] = {
    Level.GOOD: _("room"),
    Level.BUSY: _("busy"),
    Level.TIGHT: _("tight"),
    Level.FULL: _("over full"),
}
"""Standings of a unit."""

CONTRACTS: Final[Mapping[str, str]] = {
    "own": _("own"),
    "overtime": _("overtime"),
    "bank": _("bank"),
    "agency": _("agency"),
}
"""Contracts of people on a shift."""

SCARCE: Final[Mapping[str, str]] = {
    "beds": _("bed"),
    "duties": _("%(who)s on %(shift)s"),
    "contracts": _("%(who)s employed"),
    "devices": _("%(who)s"),
    "slots": _("%(who)s slot"),
    "transfers": _("transfer"),
    "budget": _("unit of money in the budget"),
}
"""What one more of each scarce thing is called."""

SCARCE_A_WEEK: Final[Mapping[str, str]] = {
    "shifts": _("%(contract)s shift of %(who)s a week"),
    "hours": _("%(contract)s hour of %(who)s a week"),
}
"""The same for what is limited by the week."""

METHODS: Final[Mapping[str, str]] = {
    RELAXED: _("linear dual, whole numbers dropped"),
    FIXED: _("dual of the program with whole numbers fixed"),
}
"""How prices are found."""

PERCENT: Final = ("fill_rate", "own_fill_rate", WORKABLE)
DECIMALS: Final[Mapping[str, int]] = {"red_shifts": 0, "care_hours_per_patient_day": 2}


@dataclass(frozen=True, slots=True)
class Names:
    """The same, said to one reader."""

    speech: Speech

    def state(self, state: str) -> str:
        """A job's state."""
        return self.speech.say(STATES.get(state, state))

    def status(self, status: str | None) -> str:
        """How planning ended; "" where that is not known."""
        return "" if status is None else self.speech.say(STATUSES.get(status, status))

    def step(self, step: str | None) -> str:
        """What is being done."""
        return "" if step is None else self.speech.say(STEPS.get(step, step))

    def level(self, level: Level) -> str:
        """A unit's standing."""
        return self.speech.say(LEVELS[level])

    def contract(self, contract: str) -> str:
        """A contract."""
        return self.speech.say(CONTRACTS.get(contract, contract))

    def cost(self, item: str) -> str:
        """An item of cost."""
        return self.speech.say(words.cost_name(item))

    def fixed(self, item: str) -> str:
        """An item that is paid whatever is decided."""
        return self.speech.say("fixed: own %(group)s", group=item.removeprefix("staff."))

    def scarce(self, each: Bottleneck) -> str:
        """One more of what: a bed, an rn on night."""
        if each.resource in SCARCE:
            return self.speech.say(SCARCE[each.resource], who=each.who, shift=each.shift)
        contract, _blank, measure = each.resource.partition(" ")
        return self.speech.say(SCARCE_A_WEEK.get(measure, measure), who=each.who, contract=self.contract(contract))

    def method(self, method: str) -> str:
        """How a price was found."""
        return self.speech.say(METHODS.get(method, method))

    def figure(self, name: str) -> str:
        """A key figure's name."""
        return self.speech.say(FIGURES[name][0] if name in FIGURES else name.replace("_", " "))

    def amount(self, name: str, value: float | None) -> str:
        """A key figure as it is written."""
        if value is None:
            return NOTHING
        if name in PERCENT:
            return self.speech.percent(value, 1)
        return self.speech.number(value, DECIMALS.get(name, 1))
