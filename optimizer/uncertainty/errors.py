"""What can go wrong in planning for many futures.

```text
UncertaintyError       (a PlanningError) anything that keeps a plan for many futures from being made
  + BadSamples         samples of demand whose shape or figures do not fit the scenario
```
"""

from __future__ import annotations

from optimizer.errors import PlanningError


class UncertaintyError(PlanningError):
    """Root of the family."""


class BadSamples(UncertaintyError):  # noqa: N818 - says what they are
    """Samples of demand that can't be those of the scenario; the message says what is expected."""
