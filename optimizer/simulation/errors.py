"""What may go wrong when a plan is simulated or replayed.

```text
PlanningError
  + SimulationError    a plan or scenario that can't be played, or wishes that can't be met; the message says the cure
```
"""

from __future__ import annotations

from optimizer.errors import PlanningError


class SimulationError(PlanningError):
    """A plan or scenario that can't be played against chance or the past; the message says what would mend it."""
