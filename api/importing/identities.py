"""What gives a person away in a text: numbers by their check digits, addresses, and names that say they are names.

A planner needs counts. So whatever comes in from outside is looked through, and a text that names somebody is refused
without being shown again. Numbers are judged by kept libraries (python-stdnum, phonenumbers); a name is known by a
title, a label or the sign that HL7 puts between its parts. A bare name can't be told from a ward's and is not found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from optimizer.scenario.faults import Fault, Step, pointer

CURE: Final = "name wards, groups and shifts, never persons: leave it out, or put a code of your own in its place"
MESSAGE: Final = "looks like"

_SUSPECT: Final = re.compile(
    r"(\d[ \t().-]{0,3}){8,}[\dXx]|[@^]|\b([Bb]orn|[Dd]\.?[Oo]\.?[Bb]|BORN|M(r|rs|s|iss|x|aster))(\b|_)|[Bb]irth|BIRTH"
    r"|(name|surname|forename)s?\s*(is|[:=])|[\u4e00-\u9fff]"
)
"""Texts without any of this give nobody away: most are done with here, all of them at once."""

_TEXTS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
"""Every text of a JSON document."""

_NHS: Final = re.compile(r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_RESIDENT: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_SOCIAL: Final = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_MAIL: Final = re.compile(r"(?<![\w.+'-])(?<!//)[\w.+'-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
_DIALLED: Final = re.compile(r"\d[\d\s().-]{7,}\d")
_MOBILE: Final = re.compile(r"(?<![\d.])(07\d{3} ?\d{6}|1[3-9]\d{9})(?!\d)")
"""British and Chinese mobile numbers."""

_REGIONS: Final = ("GB", "US")
"""Where numbers without a country's code are looked for; with a code, everywhere."""

_DATE: Final = r"(\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{8}|\d{1,2} [a-z]{3,9} \d{4}|\d{4}年)"
_BIRTH: Final = re.compile(
    rf"(\b(born|birth ?(date|day)|date of birth|d\.?o\.?b\.?)\b|出生|生日).{{0,12}}?{_DATE}", re.I
)
_NAME: Final = re.compile(
    r"\b(Mr|Mrs|Ms|Miss|Mx|Master)\.?\s+[A-Z][a-z'\u2019-]+"
    r"|\b(patient|full|first|last|given|family|middle|nurse|staff|person)(['\u2019]?s)? ?name\s*(is|[:=])\s*\S"
    r"|\b(surname|forename)s?\s*(is|[:=])\s*\S"
    r"|\b[A-Z][A-Za-z'\u2019-]+\^[A-Z][A-Za-z'\u2019-]*"
    r"|姓名\s*[:\uff1a=]\s*\S|[\u4e00-\u9fff]{1,3}(先生|女士|小姐)"
)


def _nhs_number(text: str) -> bool:
    """Ten digits, the last a check digit modulo 11 (NHS Data Dictionary)."""
    from stdnum.gb import nhs

    return any(nhs.is_valid(found) for found in _NHS.findall(text))


def _resident_number(text: str) -> bool:
    """Eighteen places with a birth date, the last a check character of ISO 7064 MOD 11-2 (GB 11643)."""
    from stdnum.cn import ric

    return any(ric.is_valid(found) for found in _RESIDENT.findall(text))


def _social_security_number(text: str) -> bool:
    """Three, two and four digits that the US administration would give out."""
    from stdnum.us import ssn

    return any(ssn.is_valid(found) for found in _SOCIAL.findall(text))


def _phone_number(text: str) -> bool:
    """A number that can be dialled: with gaps or a country's code, or a mobile number."""
    if _MOBILE.search(text):
        return True
    if all(sum(map(str.isdecimal, found)) < 10 for found in _DIALLED.findall(text)):
        return False
    from phonenumbers import Leniency, PhoneNumberMatcher

    found = (match for region in _REGIONS for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID))
    return any(not match.raw_string.isdecimal() for match in found)


SHAPES: Final[Mapping[str, Callable[[str], bool]]] = {
    "an NHS number": _nhs_number,
    "a resident identity number": _resident_number,
    "a US social security number": _social_security_number,
    "an e-mail address": lambda text: _MAIL.search(text) is not None,
    "a phone number": _phone_number,
    "a birth date": lambda text: _BIRTH.search(text.replace("_", " ")) is not None,
    "a person's name": lambda text: _NAME.search(text.replace("_", " ")) is not None,
}
"""What is refused, in the words of the message, and how it is known; the first that fits is told."""


def looks_like(text: str) -> str:
    """What of SHAPES a text holds; "" where it holds nothing of the kind."""
    if _SUSPECT.search(text) is None:
        return ""
    return next((what for what, fits in SHAPES.items() if fits(text)), "")


def gives_nobody_away(body: bytes) -> bool:
    """Whether a glance at a JSON text is enough: no text in it is suspect, and none is written by escapes."""
    texts = "\0".join(_TEXTS.findall(body.decode(errors="replace")))
    return "\\" not in texts and _SUSPECT.search(texts) is None


def faults_in(data: object) -> list[Fault]:
    """A fault for every text, key or value, that gives somebody away, at its JSON pointer; none shows what it found."""
    if _SUSPECT.search("\0".join(text for _, _, text in _texts(data))) is None:
        return []
    return [
        Fault("", 0, 0, pointer(tuple(_shown(step) for step in path)), f"{MESSAGE} {kind}{what}", CURE)
        for path, what, text in _texts(data)
        if (kind := looks_like(text))
    ]


def faults_in_lines(text: str, file: str) -> list[Fault]:
    """The same for a text that is not taken apart yet, at its lines."""
    return [
        Fault(file, line, 1, "", f"{MESSAGE} {kind}", CURE)
        for line, row in enumerate(text.splitlines(), start=1)
        if (kind := looks_like(row))
    ]


def _texts(data: object) -> Iterator[tuple[tuple[Step, ...], str, str]]:
    """Every text in nested data with its path; that of a key is the place it stands in."""
    waiting: list[tuple[tuple[Step, ...], object]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, "", value
        elif isinstance(value, Mapping):
            yield from ((path, f", in its key number {number}", key) for number, key in enumerate(value, 1))
            waiting += [((*path, key), each) for key, each in value.items() if not isinstance(each, float | int)]
        elif isinstance(value, Sequence):
            waiting += [((*path, at), each) for at, each in enumerate(value) if not isinstance(each, float | int)]


def _shown(step: Step) -> Step:
    """A key as a pointer shows it: not at all where nobody should read it."""
    return "..." if isinstance(step, str) and looks_like(step) else step
