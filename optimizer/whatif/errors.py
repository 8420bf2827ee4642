"""What keeps plans from being set side by side.

```text
PlanningError
  + WhatIfError            root of the family; the message says what to mend
    + CurrenciesDiffer     options priced in different currencies
```
"""

from __future__ import annotations

from optimizer.errors import PlanningError


class WhatIfError(PlanningError):
    """Something asked for that can't be compared or swept."""


class CurrenciesDiffer(WhatIfError):  # noqa: N818 - says what is wrong
    """Options priced in different currencies."""
