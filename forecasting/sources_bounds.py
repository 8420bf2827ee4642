"""Bounds on what a table may unfold to: a small file that means endless rows, cells or a line is refused, not read.

Files that are merely long are read as they are asked for; what is bounded is what no record of a hospital is.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from forecasting.errors import HistoryError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_LINE: Final = 1_000_000
"""Characters of one line of a table of text."""

MOST_TIMES: Final = 300
"""So many times its own size a packed file may unfold to; tables of figures come to 5 or 20."""

LEAST_UNPACKED: Final = 50_000_000
"""Bytes below which nobody counts."""

MOST_UNPACKED: Final = 1_000_000_000
"""Bytes that the parts of a workbook may unfold to altogether."""

MOST_CELLS: Final = 400_000_000
"""Cells of a Parquet file, which says how many it has before any is read."""


def lines_of(file: TextIO, name: str) -> Iterator[str]:
    """The lines of a text, each with its end. Raises HistoryError at one that has none for too long."""
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            raise HistoryError(name, number, 1, f"has a line of more than {MOST_LINE:,} characters; it is no table")
        yield line


def unpacked(path: Path, name: str) -> TextIO:
    """A text packed by gzip. Reading raises HistoryError where it unfolds to far more than figures ever do."""
    return io.TextIOWrapper(_Counted(path, name), encoding="utf-8-sig", newline="")


class _Counted(gzip.GzipFile):
    """A packed file that counts what has come out of it."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path, "rb")
        self._name, self._out = name, 0
        self._most = max(LEAST_UNPACKED, MOST_TIMES * path.stat().st_size)

    def read1(self, size: int = -1) -> bytes:
        """Some bytes, as a buffer of text asks for them."""
        return self._count(super().read1(size))

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes."""
        return self._count(super().read(size))

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Bytes into a buffer."""
        with memoryview(buffer) as view:
            data = self.read(len(view))
            view.cast("B")[: len(data)] = data
        return len(data)

    def _count(self, data: bytes) -> bytes:
        self._out += len(data)
        if self._out > self._most:
            raise HistoryError(self._name, 1, 1, f"unpacks to more than {MOST_TIMES} times its size; it is no table")
        return data


def refuse_vast_workbook(path: Path, name: str) -> None:
    """Raise HistoryError for a workbook whose parts unfold to too much; what is no zip is left to whoever reads it."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
    except (OSError, zipfile.BadZipFile):
        return
    if size > MOST_UNPACKED:
        raise HistoryError(name, 1, 1, f"unpacks to more than {MOST_UNPACKED:,} bytes; keep one sheet of figures")


def refuse_vast_parquet(path: Path, name: str) -> None:
    """Raise HistoryError for a Parquet file of too many cells, which may be written in a few bytes."""
    from pyarrow import parquet

    told = parquet.read_metadata(path)
    if told.num_rows * told.num_columns > MOST_CELLS:
        raise HistoryError(name, 1, 1, f"has more than {MOST_CELLS:,} cells; cut it by series or by years")
