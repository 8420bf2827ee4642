"""Settings by name, as scikit-learn's estimators have them, without importing scikit-learn."""

from __future__ import annotations

from inspect import signature
from typing import Self


class Settings:
    """Reads and changes what a keyword-only constructor stored: `get_params` and `set_params` as scikit-learn knows."""

    def get_params(self, deep: bool = True) -> dict[str, object]:
        """Every constructor argument with its present value."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def set_params(self, **changed: object) -> Self:
        """Change settings by name.

        Raises:
            ValueError: a name that the constructor does not take (as scikit-learn does).
        """
        known = self.get_params()
        for name, value in changed.items():
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no setting {name!r}; known: {', '.join(sorted(known))}")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({told})"
