"""A planner's question: what the points of a sweep decide, what is told of them, and by which rule one is taken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from optimizer.scenario.quantities import LARGEST, Amount, Frozen, Name

Rule = Literal["least_cost", "while_worth", "first_that_keeps"]

Limit = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]


class Question(Frozen):
    """What `wardwright answer` answers: it plans every point of the sweep and takes one value of the axis `about`.

    The other axes are circumstances: each of their combinations gets an answer of its own.
    """

    asks: Annotated[str, Field(min_length=1, max_length=300)] = Field(description="the question, as a planner puts it")
    about: Name = Field(description="the axis of the sweep that is decided: a knob, a path, or variant")
    thing: str = Field("", description="what its values count, such as escalation beds; left out for variants")
    as_it_is: str = Field("as it is", description="what a variant of null is called")
    rule: Rule = Field(
        "least_cost",
        description="least_cost; while_worth: on along the axis as long as a step saves more than it costs; "
        "first_that_keeps: the first along the axis that keeps at_most",
    )
    draws: Annotated[int, Field(ge=0, le=100_000)] = Field(
        0, description="options are judged by their mean cost over so many draws of chance, not by what their plans say"
    )
    price_each: Amount = Field(
        0.0, description="what one unit of the axis costs over the plan's days where the scenario does not price it"
    )
    prices: dict[str, Amount] = Field(
        {}, description="the same for single values, by their names: variants, where the scenario does not price them"
    )
    figures: dict[str, tuple[str, ...]] = Field(
        {}, description="figures told of each option by their words: key figures and cost items (* for any), summed"
    )
    at_most: dict[str, Limit] = Field({}, description="an option with more of one of the figures is not taken")
