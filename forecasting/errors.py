"""The room's error family: everything that a caller of `forecasting` may have to catch.

ForecastError
  x HistoryError          a file, column or cell that cannot be read; knows file, line and column
    - UnusableHistory     readable, but too few usable days are left
  - TooLittleHistory      a forecaster cannot be fitted to so short a past
  - UnknownForecaster     no such name in `FORECASTERS`
  - UnsuitableModel       a stored model that does not fit what is asked of it
  x RegistryError         a registry of models that can't be read, written or changed as asked
    - UnknownModel        no such model or version
    - DamagedModel        a file is not the one that was stored
    - UntrustedModel      a file holds a type that is not on the list of trusted ones
  - UnknownCalendar       no public holidays are known for that country or subdivision
  - StayError             a length of stay, survival curve or census that cannot be one

Faults that can be cured are no errors: they become `CleaningNote`s.
"""

# ruff: noqa: N818  (the leaves are named for what is wrong; the family name says that it is an error)

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ForecastError(Exception):
    """Root of the family."""


class HistoryError(ForecastError):
    """A history that cannot be read; `line` and `column` count from 1 (line 1 is the header)."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{file}:{line}:{column}  {message}")
        self.file = file
        self.line = line
        self.column = column
        self.message = message


class UnusableHistory(HistoryError):
    """A history that leaves too few usable days to forecast from."""


class TooLittleHistory(ForecastError):
    """A forecaster was given fewer past days than it can learn from."""


class UnknownForecaster(ForecastError):
    """A forecaster name that is not in the table."""


class UnsuitableModel(ForecastError):
    """A trained model was asked about a series or a day that it has not learned."""


class RegistryError(ForecastError):
    """A registry can't do what it was asked to."""


class UnknownModel(RegistryError):
    """No model or version of that name is stored."""


class DamagedModel(RegistryError):
    """A stored file is not, byte for byte, what was stored."""


class UntrustedModel(RegistryError):
    """A stored learner names a type that is not trusted; nothing of it was loaded."""


class UnknownCalendar(ForecastError):
    """A country or subdivision whose public holidays are not known."""


class StayError(ForecastError):
    """A stay, survival curve, census or count of arrivals that breaks its own definition."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint such as ``; did you mean date?``, else the known words, for the end of a message."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(names)}"
