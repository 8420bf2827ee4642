"""Personal data at the door: a history needs counts only, so a table with columns about persons is refused.

The rule is simple enough to explain: a column is personal when its name says so (a birth date, an identity number, a
person's name, an address), or when most of its cells are identity numbers by their check digit or e-mail addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from forecasting.errors import HistoryError

NAMES: Final = re.compile(
    r"\b(surname|(first|last|given|family|full|patient|person|middle) ?name|forename|dob|date of birth"
    r"|birth ?(date|day)|nhs ?(no|number|num)|mrn|ssn|nino|chi ?number|(patient|person|hospital) ?(no|number|num)"
    r"|(patient|person) ?id|(social security|national insurance|passport|medical record|identity|id) "
    r"?(no|number|num|card)"
    r"|post ?code|zip ?code|address|e ?mail|phone|telephone|mobile ?(phone|no|number))\b|^(birth|born)$"
    r"|姓名|出生|身份证|病案号|住院号|电话|手机|住址|地址"
)
"""Names of columns about persons, in words parted by blanks and lower case."""

MOSTLY: Final = 0.8
LEAST_CELLS: Final = 5


def refuse_personal(file: str, columns: Mapping[str, Sequence[str]]) -> None:
    """Raise HistoryError at the first columns that look personal, without showing a cell of them."""
    found = {name: why for name, cells in columns.items() if (why := personal(name, cells))}
    if found:
        told = ", ".join(f"{name!r} ({why})" for name, why in found.items())
        message = f"holds personal data, which a history never needs: {told}; leave such columns out and read again"
        raise HistoryError(file, 1, 1, message)


def personal(name: str, cells: Sequence[str]) -> str:
    """Why a column looks personal; an empty text where it does not."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"([a-z])([A-Z])", r"\1 \2", name)).lower().strip()
    match = NAMES.search(words)
    if match:
        return f"its name says {match.group(0)}"
    filled = [cell for cell in cells if cell]
    if words in ("name", "names", "patient", "person"):
        return "a name of its own in most rows" if _mostly_different(filled) else ""
    if len(filled) < LEAST_CELLS:
        return ""
    kinds = (kind for kind, fits in LOOKS.items() if sum(map(fits, filled)) >= MOSTLY * len(filled))
    return next(kinds, "")


def _mostly_different(cells: Sequence[str]) -> bool:
    return len(set(cells)) > len(cells) / 2


def _nhs_number(cell: str) -> bool:
    """Ten digits whose last is the check digit modulo 11 (NHS Data Dictionary)."""
    digits = re.sub(r"[ -]", "", cell)
    if not re.fullmatch(r"[1-9]\d{9}", digits):
        return False
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest % 11 == int(digits[9])


def _resident_number(cell: str) -> bool:
    """Eighteen places whose last is the check character of ISO 7064 MOD 11-2 (GB 11643)."""
    if not re.fullmatch(r"\d{17}[\dXx]", cell):
        return False
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(cell[:17]))
    return "10X98765432"[total % 11] == cell[17].upper()


def _social_security_number(cell: str) -> bool:
    return re.fullmatch(r"\d{3}-\d{2}-\d{4}", cell) is not None


def _mail(cell: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", cell.lower()) is not None


LOOKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "NHS numbers": _nhs_number,
    "resident identity numbers": _resident_number,
    "social security numbers": _social_security_number,
    "e-mail addresses": _mail,
}
"""What gives a personal column away by its cells."""
