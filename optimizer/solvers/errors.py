"""The solvers' family of errors.

A program that has no answer is no error: that is a `Status`. These are misuse.

    SolverError
      + UnknownSolver      no such name in SOLVERS
      + UnsuitableSolver   a solver asked for a program that it would quietly change into another
      + BadlyScaled        a program whose figures lie too far apart for any solver's arithmetic
"""

from __future__ import annotations


class SolverError(Exception):
    """Anything wrong with how a solver was asked."""


class UnknownSolver(SolverError):  # noqa: N818
    """The name is not in SOLVERS."""


class UnsuitableSolver(SolverError):  # noqa: N818
    """The solver would relax or round this program and call the result optimal."""


class BadlyScaled(SolverError):  # noqa: N818
    """Some figure is too large or too small beside the others; the message names it and the cure."""
