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


def released(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Compiled and kept likewise, while other threads run beside it. Lean: see below."""
    try:
        return cast("Callable[Given, Result]", njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))
    except RuntimeError:  # as above
        return cast("Callable[Given, Result]", njit(nogil=True, error_model="numpy", _nrt=False)(function))


def inner(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same for one that compiled functions alone call: without a door for Python it compiles in half the time."""
    bare = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy")
    return cast("Callable[Given, Result]", bare(function))


def lean(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """An inner one that makes no arrays, so that nobody counts who holds which: ten times quicker with many.

    It may take slices, but not copy one array into another; Numba refuses what it may not.
    """
    bare = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy", _nrt=False)
    return cast("Callable[Given, Result]", bare(function))
