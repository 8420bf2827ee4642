"""Who asks: a tenant, a name, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.service.errors import NotAllowed

READ, PLAN, PUBLISH, ADMIN = "read", "plan", "publish", "admin"

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "planner": frozenset({READ, PLAN}),
    "publisher": frozenset({READ, PLAN, PUBLISH}),
    "admin": frozenset({READ, PLAN, PUBLISH, ADMIN}),
}
"""Scopes by role: read results, make and erase them, publish plans and promote models, see metrics and the audit."""

SCOPES: Final = ROLES["admin"]


@dataclass(frozen=True, slots=True)
class Caller:
    """One who has logged in. `id` is the key's, by which rates are counted; `name` is for the audit."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[str]

    def must(self, scope: str) -> None:
        """Raise NotAllowed where the scope is not among theirs."""
        if scope not in self.scopes:
            raise NotAllowed(f"this key may not do that: it lacks the scope {scope}")


ANYONE: Final = Caller("local", "local", "whoever is at this machine", SCOPES)
"""The caller where no login is asked for, which is on this machine alone."""


def folder_of(models: Path, tenant: str) -> Path:
    """A tenant's own stored forecasts; where nobody logs in, the folder that the command line uses."""
    return models if tenant == ANYONE.tenant else models / tenant
