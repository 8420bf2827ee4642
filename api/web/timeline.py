"""Devices over the days as bars in pixels: needed and of that short, beside how many there are; rented and moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.views.devices import DeviceRow
from optimizer.scenario.devices import Device

WIDTH, HEIGHT = 420, 132
TOP, FOOT = 14, 34
LEAST: Final = 0.5
"""Fewer than half a device is none."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's bar at `x`: covered from `y` down, short above it; how many are rented and moved in (0: none)."""

    label: str
    x: float
    width: float
    y: float
    height: float
    short: float
    needed: float
    lacking: float
    rented: float
    moved: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A kind of device at a site; `line` is the height at which all that are owned there would be in use."""

    name: str
    site: str
    owned: float
    line: float
    days: tuple[Day, ...]
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = HEIGHT - FOOT


def timeline(row: DeviceRow, kind: Device, owned: float, labels: tuple[str, ...]) -> Timeline:
    """Where everything goes; the scale holds the most needed and all that are owned."""
    most = max([owned, *(day.needed for day in row.days)]) or 1.0
    scale = (HEIGHT - TOP - FOOT) / most
    step = WIDTH / max(1, len(row.days))
    base = HEIGHT - FOOT
    days = tuple(
        Day(
            label, round(at * step + step * 0.12, 1), round(step * 0.76, 1),
            round(base - (day.needed - day.short) * scale, 1), round(max(0.0, day.needed - day.short) * scale, 1),
            round(day.short * scale, 1), day.needed, _some(day.short), _some(day.rented), _some(day.moved_in),
        )
        for at, (day, label) in enumerate(zip(row.days, labels, strict=True))
    )  # fmt: skip
    return Timeline(kind.name or row.device, row.site, owned, round(base - owned * scale, 1), days)


def _some(devices: float) -> float:
    return devices if devices >= LEAST else 0.0
