"""`replay`: the past week by week, each policy deciding every day with what it knew then, and what that came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from optimizer.capacity.tables import read_tables
from optimizer.check import check
from optimizer.errors import CheckFailed
from optimizer.expansion.grid import Floats
from optimizer.histories import read_histories
from optimizer.replay.errors import ReplayError
from optimizer.replay.foresight import Forecasts
from optimizer.replay.joint import answer_jointly
from optimizer.replay.past import Past, past_of
from optimizer.replay.policies import POLICIES, Belief, Foresight, Policy, Sight
from optimizer.replay.score import Score, score_week
from optimizer.replay.window import (
    HAIR,
    WEEK,
    Diary,
    Notices,
    State,
    Window,
    answer,
    booked,
    inside_notice,
    notices_of,
    only_counted,
    wards_alone,
)
from optimizer.scenario.load import Loaded
from optimizer.scenario.model import Scenario
from optimizer.solution import Limits

SEEN: Final = 120
"""Days before the first replayed one that policies may look back on."""

FUTURES: Final = 6
"""Futures of the forecast that planning in two stages decides for at once."""

NEAR: Final = 4
"""Days ahead on which those futures part: past every notice but that of own shifts. Who is booked for later days is
taken from the plan for the mean of them, so that what a week has left is not spent on its first days."""

SHARE: Final = 0.5
"""Share of cases that ours covers, chosen with how it sees own shifts weeks ahead (`level_kept`) on hospital450, eleven
weeks to 27 March 2022. There, in thousands: .5 cost 1,353 and .4 1,362; with own shifts by the mean of the last weeks
alone 1,353 and 1,359, by the forecast alone at .4 1,382; planning by that mean 1,429, knowing all 1,117."""

LIMITS: Final = Limits(120.0, 0.0, threads=1)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What is replayed: the ward-level `scenario`, the `past`, `weeks` from `first` on, and each lever's notice.

    `share` of cases that ours covers, and `futures` that planning in two stages looks at.
    """

    scenario: Scenario
    past: Past
    first: date
    weeks: int
    notices: Notices
    foresight: Foresight
    share: float = SHARE
    futures: int = FUTURES

    @property
    def days(self) -> int:
        """Days replayed."""
        return WEEK * self.weeks


@dataclass(frozen=True, slots=True, eq=False)
class Replayed:
    """What each policy came to over the stretch, by its name."""

    stretch: Stretch
    scores: Mapping[str, Score]


def prepare(loaded: Loaded[Scenario], *, weeks: int, seed: int) -> Stretch:
    """The last `weeks` weeks before the scenario's start, ready to be replayed.

    Raises ScenarioError where a history can't be read, ReplayError where a day of the stretch is not known.
    """
    scenario, recorded = loaded.value, read_histories(loaded)
    past = past_of(loaded, recorded, before=WEEK * weeks + SEEN, seed=seed)
    first = past.last - timedelta(days=WEEK * weeks - 1)
    came = past.on(first - timedelta(days=1), WEEK * weeks + 1)
    if np.isnan(came).any():
        row, day = (int(each[0]) for each in np.nonzero(np.isnan(came)))
        lacking = first + timedelta(days=day - 1)
        raise ReplayError(f"{past.groups[row]}: {lacking} is not known; replay fewer weeks, or fill the history")
    bare, notices = wards_alone(scenario), notices_of(scenario)
    ahead = notices.rota + 2 * 2 * WEEK
    foresight = Forecasts(loaded, recorded, first, ahead, seed)
    return Stretch(bare, past, first, weeks, notices, foresight)


def replay(stretch: Stretch, policies: Mapping[str, Policy] = POLICIES, *, say: Say | None = None) -> Replayed:
    """Every policy over the whole stretch. Raises CheckFailed where a week that was played breaks a rule."""
    scores = {}
    for name, policy in policies.items():
        played = Player(stretch, policy)
        for week in range(stretch.weeks):
            if say is not None:
                say(f"{policy.words}: week {week + 1} of {stretch.weeks}")
            played.week(week)
        scores[name] = Score.of(played.weeks)
    return Replayed(stretch, scores)


@dataclass(slots=True, eq=False)
class Player:
    """One policy on its way through the stretch: where patients are, what has been decided, what it came to."""

    stretch: Stretch
    policy: Policy
    diary: Diary = field(init=False)
    state: State | None = None
    weeks: list[Score] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.diary = Diary(self.stretch.first, self.stretch.days + WEEK)

    def week(self, number: int) -> None:
        """Make the rota of what is due, then live through the week day by day, and book what it came to."""
        start = self.stretch.first + timedelta(days=WEEK * number)
        self._rotas(number)
        if self.state is None:
            self.state = _settled_in(self.stretch, start)
        if number == 0 or self.policy.standing:
            self._before(start)
        values = np.empty(0)
        for day in range(WEEK):
            census = self._seen(start, day)
            window = self._window(start, WEEK, WEEK, census[0])
            values = self._answer(window, census, day, values if day else None)
            self.diary.decide(window, values, day, self.stretch.notices)
        self.weeks.append(self._book(window, values))
        self.state = window.evening(values, WEEK - 1)

    def _rotas(self, number: int) -> None:
        """Own shifts of this week, and of the days of the next one that it reaches into, as they were published."""
        for week in (0, 1) if number == 0 else (number + 1,):
            due = self.stretch.first + timedelta(days=WEEK * week)
            origin = due - timedelta(days=max(self.stretch.notices.rota, 1))
            # rest and days off run on from the week before, whose rota stands
            days = 2 * WEEK if week else WEEK
            start = due + timedelta(days=WEEK - days)
            belief = self.policy.rota or self.policy.belief
            census = self._believed(origin, start - timedelta(days=1), days + 1, belief)
            evening = {name: float(np.mean([one[name][0] for one in census])) for name in census[0]}
            state = placed(self.stretch.scenario, evening)
            later = [{name: each[1:] for name, each in one.items()} for one in census]
            window = self._window(start, days, 0, later[0], state)
            found = self._answer(window, later, -1, rota=True)
            self.diary.decide(window, found, 0, self.stretch.notices, rota=True)

    def _before(self, start: date) -> None:
        """On the evening before the first day (or, standing, before each week) what can't wait is decided."""
        census = self._believed(start - timedelta(days=1), start, 2 * WEEK)
        window = self._window(start, WEEK, WEEK, census[0])
        today = WEEK - 1 if self.policy.standing else -1
        self.diary.decide(window, self._answer(window, census, -1), today, self.stretch.notices)

    def _answer(
        self, window: Window, census: Sequence[Mapping[str, Floats]], today: int, lived: Floats | None = None,
        *, rota: bool = False
    ) -> Floats:  # fmt: skip
        """The best answer to a window with what is settled held, and what was lived before today."""
        held, values = self.diary.settled(window, rota=rota)
        if lived is not None:
            gone = (window.day >= 0) & (window.day < today)
            held, values = held | gone, np.where(gone, lived, values)
        if len(census) == 1:
            return answer(window, held, values, LIMITS)
        now = inside_notice(window, today, self.stretch.notices)
        if rota or today + NEAR >= window.grid.days - 1:
            return answer_jointly(window, census, held, values, now, LIMITS)
        middle = {name: np.asarray(np.mean([each[name] for each in census], axis=0)) for name in census[0]}
        usual = answer(replace(window, census=middle), held, values, LIMITS)
        far, people = window.day > today + NEAR, booked(window)
        later = far & people & ~held
        held, values = held | later, np.where(later, usual * (1.0 - HAIR), values)
        return answer_jointly(window, census, held, values, now, LIMITS, far=far & ~people)

    def _seen(self, start: date, day: int) -> list[dict[str, Floats]]:
        """Patients of a week and the next as they are known and believed on one of its days, in each future."""
        came, today = self.stretch.past.on(start, day + 1), start + timedelta(days=day)
        ahead = self._believed(today, today + timedelta(days=1), 2 * WEEK - day - 1)
        groups = self.stretch.past.groups
        return [{name: np.append(came[row], one[name]) for row, name in enumerate(groups)} for one in ahead]

    def _believed(self, origin: date, first: date, days: int, belief: Belief | None = None) -> list[dict[str, Floats]]:
        """Patients from `first` on as the policy believes on day `origin`, in each future; known days as they were."""
        stretch = self.stretch
        if self.policy.standing:
            origin = min(origin, stretch.first - timedelta(days=1))
        past = stretch.past if self.policy.knows_all else stretch.past.until(origin)
        sight = Sight(past, stretch.foresight, stretch.share, stretch.futures)
        found = (belief or self.policy.belief)(sight, first, days)
        known = past.on(first, days)
        return [dict(zip(past.groups, each, strict=True)) for each in np.where(np.isnan(known), found, known)]

    def _window(
        self, start: date, days: int, beyond: int, census: Mapping[str, Floats], state: State | None = None
    ) -> Window:
        now = state or self.state
        if now is None:
            raise ReplayError("nobody knows where patients are")
        return Window(self.stretch.scenario, start, days, beyond, now, census)

    def _book(self, window: Window, values: Floats) -> Score:
        """What the week came to; the independent check recounts it first."""
        window, values = only_counted(window, values)
        case, built = window.case, window.built
        tables = read_tables(case, built, values)
        money = built.layout.cost(built.program.cost, values, case.grid.committed_days)
        objective = built.program.objective(values)
        found = check(case, tables, objective=objective, cost=money, goals={})
        if not found.ok:
            raise CheckFailed(found.violations)
        return score_week(case, tables, money)


def placed(scenario: Scenario, patients: Mapping[str, float]) -> State:
    """Patients of each group at home as far as beds go, then where they may outlie, else waiting."""
    groups, units = list(scenario.patients), list(scenario.units)
    free = {name: float(unit.beds) for name, unit in scenario.units.items()}
    present, waiting = np.zeros((len(groups), len(units))), np.zeros(len(groups))
    for home in (True, False):
        for k, name in enumerate(groups):
            there = [unit for unit in units if name in scenario.units[unit].cares_for]
            left = patients.get(name, 0.0) - float(present[k].sum())
            for unit in there if home else scenario.patients[name].outlies_in:
                put = min(left, free[unit])
                present[k, units.index(unit)] += put
                free[unit] -= put
                left -= put
            waiting[k] = left
    return State(present, waiting)


def _settled_in(stretch: Stretch, start: date) -> State:
    """Where patients are the evening before the first day: as many as there were; lists as they stand today."""
    came = stretch.past.on(start - timedelta(days=1), 1)[:, 0]
    known = {name: float(each) for name, each in zip(stretch.past.groups, came, strict=True)}
    today = {name: sum(places.values()) for name, places in stretch.scenario.today.census.items()}
    return placed(stretch.scenario, {**today, **known})
