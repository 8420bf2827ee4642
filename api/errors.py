"""Failures of the faces themselves.

```text
FaceError              root of the family
  + OutputRefused      the folder asked for may not be written: it exists, or its disk can't be written to
  + OutputFailed       writing failed after the work was done; nothing is left half written
  + Refused            an option or address that this face does not take
```
"""

from __future__ import annotations


class FaceError(Exception):
    """Root of the family."""


class OutputRefused(FaceError):  # noqa: N818 - says what happened
    """The output folder can't be used; found out before anything is run."""


class OutputFailed(FaceError):  # noqa: N818
    """The disk failed while results were written."""


class Refused(FaceError):  # noqa: N818
    """What was asked for is not offered; the message says what is."""
