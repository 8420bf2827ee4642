"""What the API answers and takes of rosters, beside what all jobs have."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.service.shapes import Shape, Words


class RerosterBody(Shape):
    """Who falls out and when, as `n05:2026-03-10..2026-03-12`: as few other cells as can be change for it."""

    absent: Annotated[list[Words], Field(max_length=200)] = []
    time_limit: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 20.0


class WorkbookBody(Shape):
    """A roster's workbook as it was edited."""

    workbook: Annotated[str, Field(min_length=1, max_length=2_000_000, description="the xlsx file in base64")]


class EditedShape(Shape):
    """What an edited roster costs beside the one that was made, and every rule that it breaks, by its cell."""

    id: str
    points: float
    points_as_made: float
    legal: bool
    broken: list[dict[str, Any]]


class RosterExplanationShape(Shape):
    """Why a roster is as it is: its points by rule, what it breaks and what clashes; or the answer to a question."""

    id: str
    outcome: str | None
    points: dict[str, float]
    wards: list[dict[str, Any]]
    broken: list[dict[str, Any]]
    clashes: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    question: str | None = Field(None, description="why, why_not or why_short, where one was asked")
    told: list[str] = []
    answer: dict[str, Any] | None = None
