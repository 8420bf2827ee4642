"""What a plan says of the futures that it was made for."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from optimizer.solution import Status


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over samples in currency, with the interval that holds the true one 95 times in 100."""

    mean: float
    low: float
    high: float
    samples: int


@dataclass(frozen=True, slots=True)
class Lever:
    """Something decided, at so many days of notice: `first`, the same in every future, or once demand is known."""

    name: str
    notice_days: float
    first: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How a plan does over `futures`, all of them there are if `exact`. Money is in the scenario's currency.

    `expected` is the mean cost over the futures planned for, `tail` the mean of the dearest 1 - `alpha` of them, `low`
    and `high` the costs that one in twenty falls below and above. What was made least is `objective`: the expected
    cost, or that and the tail's mean by `weight`; `bound` is the least it can be for these futures, as far as proven.

    `fresh` is what the plan costs on futures it was not made for, `least` what the best plan costs at least, estimated
    from plans made for other futures (Mak, Morton and Wood 1999). `gap` is how far `fresh` may lie above `least` at the
    far ends of both intervals, as a share of the mean of `fresh`.

    `expected_value_plan` is what the plan made for the expected demand costs over the same futures, and `vss`, the
    value of the stochastic solution, what planning for the futures saves against it; `wait_and_see` is the mean cost
    if every future were known from the start, and `evpi`, the expected value of perfect information, what that
    knowledge would save at most (Birge and Louveaux 2011, chapter 4). `checked` futures were recounted one by one.
    """

    futures: int
    exact: bool
    expected: float
    tail: float
    alpha: float
    weight: float
    low: float
    high: float
    objective: float
    bound: float | None
    proven_gap: float | None
    status: Status
    method: str
    why: str
    expected_value_plan: float | None
    vss: float | None
    wait_and_see: float
    evpi: float
    fresh: Estimate | None = None
    least: Estimate | None = None
    gap: float | None = None
    levers: tuple[Lever, ...] = ()
    checked: int = 0

    def to_json(self) -> dict[str, object]:
        """As plan.json holds it, to a millionth."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Status) else value
