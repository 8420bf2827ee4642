"""Functions compiled to machine code: a typed door to Numba. Import late: Numba takes a third of a second to load."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

Given = ParamSpec("Given")
Result = TypeVar("Result")


def compiled(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same, compiled at its first call; kept on disk for later runs where there is a place for it."""
    try:
        return cast("Callable[Given, Result]", njit(cache=True, error_model="numpy")(function))
    except RuntimeError:  # neither the package's folder nor the user's cache can be written to
        return cast("Callable[Given, Result]", njit(error_model="numpy")(function))


def inner(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same for one that compiled functions alone call: without a door for Python it compiles in half the time."""
    bare = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
    return cast("Callable[Given, Result]", bare(function))
