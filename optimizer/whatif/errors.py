"""What keeps plans from being set side by side.

```text
PlanningError
  + WhatIfError            root of the family; the message says what to mend
    + CurrenciesDiffer     options priced in different currencies
    + SweepError           a sweep with no points or too many, or nobody to plan them
    + QuestionError        a question that a sweep can't answer
```
"""

from __future__ import annotations

from optimizer.errors import PlanningError


class WhatIfError(PlanningError):
    """Something asked for that can't be compared or swept."""


class CurrenciesDiffer(WhatIfError):  # noqa: N818 - says what is wrong
    """Options priced in different currencies."""


class SweepError(WhatIfError):
    """A sweep that can't be run, or could not be run to its end."""


class QuestionError(WhatIfError):
    """A question that is not asked, or that the sweep beside it can't answer."""
