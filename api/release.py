"""Which release this is."""

from __future__ import annotations


def release() -> str:
    """The installed distribution's version; `0+source` where the tree runs without having been installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("wardwright")
    except PackageNotFoundError:
        return "0+source"
