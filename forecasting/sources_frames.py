"""Tables that pandas reads: workbooks, Parquet files and databases, handed on as rows of text cells, header first.

Only reading: dates become ISO text, whole numbers lose their ".0", nothing becomes an empty cell.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from forecasting.errors import HistoryError, did_you_mean
from forecasting.sources_bounds import refuse_vast_parquet, refuse_vast_workbook

if TYPE_CHECKING:
    from pandas import DataFrame
    from sqlalchemy import URL

CHUNK: Final = 20_000
"""Rows of a database held at a time."""

Cells = Iterator[Sequence[str]]


def excel_rows(file: str, path: Path, sheet: str | None) -> Cells:
    """Rows of one sheet of a workbook (the first unless named). Raises HistoryError."""
    import pandas as pd

    refuse_vast_workbook(path, file)
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            names = [str(name) for name in book.sheet_names]
            if sheet is not None and sheet not in names:
                raise HistoryError(file, 1, 1, f"has no sheet {sheet!r}{did_you_mean(sheet, names)}")
            frame = pd.read_excel(book, sheet or names[0], header=None, dtype=object, keep_default_na=False)
    except HistoryError:
        raise
    except FileNotFoundError as error:
        raise HistoryError(file, 1, 1, f"cannot be opened: {error.strerror}") from error
    except Exception as error:  # a damaged workbook fails in as many ways as zip and XML do
        raise HistoryError(file, 1, 1, f"cannot be read as an Excel workbook: {error}") from error
    yield from _cells(frame)


def parquet_rows(file: str, path: Path) -> Cells:
    """The header and rows of a Parquet file, an index that has a name as its first column. Raises HistoryError."""
    import pandas as pd

    try:
        refuse_vast_parquet(path, file)
        frame = pd.read_parquet(path)
    except OSError as error:
        raise HistoryError(file, 1, 1, f"cannot be opened: {error.strerror or error}") from error
    except ValueError as error:
        raise HistoryError(file, 1, 1, f"cannot be read as Parquet: {error}") from error
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    yield [str(name) for name in frame.columns]
    yield from _cells(frame)


def database_rows(file: str, url: str, query: str | None) -> Cells:
    """The header and rows that a query finds, read only, a chunk at a time. No message ever shows the URL.

    Raises:
        HistoryError: no such variable, a password in plain sight, no SELECT, or the database refuses.
    """
    import pandas as pd
    from pandas.errors import DatabaseError
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    asked = _only_reads(file, query)
    engine = None
    try:
        engine = create_engine(_url(file, url))
        with engine.connect() as connection:
            for number, frame in enumerate(pd.read_sql_query(text(asked), connection, chunksize=CHUNK)):
                if number == 0:
                    yield [str(name) for name in frame.columns]
                yield from _cells(frame)
            connection.rollback()
    except (SQLAlchemyError, DatabaseError, ImportError) as error:
        raise HistoryError(file, 1, 1, f"cannot be read: {_told(error)}") from None
    except UnicodeDecodeError:
        raise HistoryError(file, 1, 1, "holds text that is not UTF-8: mend it, or restore it from a copy") from None
    finally:
        if engine is not None:
            engine.dispose()


def _only_reads(file: str, query: str | None) -> str:
    """The query, if it is one that only reads."""
    asked = (query or "").strip().rstrip(";")
    if not asked:
        raise HistoryError(
            file, 1, 1, "is a database: say by a query what to read, such as SELECT day, beds FROM wards"
        )
    if asked.split(None, 1)[0].lower() not in ("select", "with") or ";" in asked:
        raise HistoryError(file, 1, 1, "the query must be one SELECT (or WITH ... SELECT): histories are only read")
    return asked


def _url(file: str, url: str) -> URL:
    """The database's URL, from the environment where `env:NAME` says so. Raises HistoryError."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    by_name = url.startswith("env:")
    found = os.environ.get(url[4:].strip(), "") if by_name else url
    if not found:
        raise HistoryError(file, 1, 1, f"the environment variable {url[4:].strip()!r} is not set")
    try:
        parsed = make_url(found)
    except (ArgumentError, ValueError):
        raise HistoryError(file, 1, 1, "is no database URL such as postgresql+psycopg://user@host/name") from None
    if parsed.password is not None and not by_name:
        message = "the URL holds a password: put it into an environment variable NAME and write env:NAME"
        raise HistoryError(file, 1, 1, message)
    return parsed


def _told(error: Exception) -> str:
    """What a database said, in its first line, never with where it is or how it is entered."""
    said = str(getattr(error.__cause__ or error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    return said[0] if "://" not in said[0] and "@" not in said[0] else type(error).__name__


def _cells(frame: DataFrame) -> Cells:
    """Each row of a frame as text."""
    for row in frame.itertuples(index=False, name=None):
        yield [cell_text(value) for value in row]


def cell_text(value: object) -> str:
    """A cell as a text file would hold it: ISO dates, midnight left out, whole numbers without a point."""
    if value is None or value != value:  # NaN and NaT alone differ from themselves
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
