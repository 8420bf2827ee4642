"""One thread for whoever learns: on a busy machine the threads of one learner wait for one another without end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from importlib import import_module
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LIGHT: Final = frozenset({"seasonal_naive", "weekday_mean", "ridge", "fast"})
"""Forecasters that learn without OpenMP."""


def one_thread(forecaster: str = "") -> AbstractContextManager[object]:
    """Keeps OpenMP and the linear algebra to one thread, then gives them back what they had.

    Only libraries that are loaded can be held: those that a `forecaster` learns with are loaded first.
    """
    from threadpoolctl import threadpool_limits

    if forecaster and forecaster not in LIGHT:
        import_module("sklearn.ensemble")
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def on_one_thread(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, kept to one thread."""

    @wraps(function)
    def kept(*args: P.args, **named: P.kwargs) -> T:
        with one_thread():
            return function(*args, **named)

    return kept
