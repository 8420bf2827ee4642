"""What can go wrong in planning for many futures.

```text
UncertaintyError       (a PlanningError) anything that keeps a plan for many futures from being made
  + BadSamples         samples of demand whose shape or figures do not fit the scenario
  + NoDecision         no first decision lets every future keep the hard rules
  + NoneInTime         the time was up before a decision for all futures was found
```
"""

from __future__ import annotations

from optimizer.errors import PlanningError


class UncertaintyError(PlanningError):
    """Root of the family."""


class BadSamples(UncertaintyError):  # noqa: N818 - says what they are
    """Samples of demand that can't be those of the scenario; the message says what is expected."""


class NoDecision(UncertaintyError):  # noqa: N818 - says what happened
    """Hard rules leave some future no way to go on, whatever is decided first."""


class NoneInTime(UncertaintyError):  # noqa: N818
    """The search was cut short before it had anything that holds in every future."""
