"""Failures of the service.

```text
FaceError
  + ServiceError        root of the family
      + StoreFailed     the store can't be reached, read or written: nothing was accepted
          + Damaged     a stored record is not what was stored: nothing of it is shown or worked from
      + NoSuch          nothing is called that, or it belongs to somebody else: both answer alike
      + Erased          what an idempotency key once made has been erased
      + KeyReused       the same idempotency key came with something else
      + NotNow          what is asked for does not go with the state of the job
      + Stale           it has changed since the caller last read it
      + Unconditional   If-Match is needed and missing
      + NotAllowed      the caller's role or scopes do not cover it
      + NoLogin         no key, or one that is unknown, expired or revoked
      + TooMany         a rate or a quota is used up; `retry_after` is in seconds
      + BadQuestion     a query parameter or header can't be understood
```
"""

from __future__ import annotations

from api.errors import FaceError


class ServiceError(FaceError):
    """Root of the family."""


class StoreFailed(ServiceError):  # noqa: N818 - says what happened
    """The store can't be reached, read or written."""


class Damaged(StoreFailed):
    """A record of the store is not what was stored."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} in the store is damaged, so it is not used; restore the store from a copy")


class NoSuch(ServiceError):  # noqa: N818
    """Nothing of that name that the caller may see."""


class Erased(ServiceError):  # noqa: N818
    """What the idempotency key made is gone."""


class KeyReused(ServiceError):  # noqa: N818
    """The idempotency key stands for another request."""


class NotNow(ServiceError):  # noqa: N818
    """The job is not in a state that allows it."""


class Stale(ServiceError):  # noqa: N818
    """The version asked for is not the one there is."""


class Unconditional(ServiceError):  # noqa: N818
    """A change that must say which version it means."""


class NotAllowed(ServiceError):  # noqa: N818
    """The caller may not do this."""


class NoLogin(ServiceError):  # noqa: N818
    """Nobody knows who is asking."""


class BadQuestion(ServiceError):  # noqa: N818
    """A parameter or header that can't be understood; `parameter` names it."""

    def __init__(self, parameter: str, message: str) -> None:
        self.parameter = parameter
        super().__init__(message)


class TooMany(ServiceError):  # noqa: N818
    """Come back after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)
