"""Languages: message catalogues (gettext, read from their .po files by Babel), numbers, money and days by locale."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale, dates, numbers
from babel.messages import mofile, pofile

COOKIE: Final = "ww_language"
NOTHING: Final = "\u2013"
"""A dash for a figure that there is not."""

MINUS: Final = "\u2212"


@dataclass(frozen=True, slots=True)
class Language:
    """A language the page speaks: its tag, how it calls itself, its locale and its catalogue ("" for none)."""

    tag: str
    name: str
    locale: str
    catalogue: str


LANGUAGES: Final[Mapping[str, Language]] = {
    "en": Language("en", "English", "en_GB", ""),
    "zh": Language("zh-Hans", "中文", "zh_Hans_CN", "zh"),
}
"""By the code that addresses and cookies use, the first where nothing is known."""

USUAL: Final = "en"


def wanted(cookie: str | None, accept: str) -> str:
    """The code of the language to speak: that chosen before, else the first the browser asks for, else English."""
    if cookie in LANGUAGES:
        return str(cookie)
    asked = (part.partition(";")[0].strip().lower()[:2] for part in accept[:300].split(","))
    return next((code for code in asked if code in LANGUAGES), USUAL)


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The messages of a language."""
    folder = LANGUAGES[code].catalogue
    if not folder:
        return gettext.NullTranslations()
    text = resources.files("api.web").joinpath("locale", folder, "messages.po").read_bytes()
    compiled = io.BytesIO()
    mofile.write_mo(compiled, pofile.read_po(io.BytesIO(text), locale=folder))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def later(message: str) -> str:
    """A message to be said in the reader's language later: here it is only marked for the catalogue."""
    return message


@dataclass(frozen=True, slots=True)
class Speech:
    """How one reader is spoken to."""

    code: str

    @property
    def language(self) -> Language:
        """The language."""
        return LANGUAGES[self.code]

    @property
    def locale(self) -> Locale:
        """Its locale."""
        return Locale.parse(self.language.locale)

    def say(self, message: str, **parts: object) -> str:
        """A message of the catalogue, its %(parts)s filled in."""
        found = catalogue(self.code).gettext(message)
        return found % parts if parts else found

    def number(self, value: float | None, decimals: int = 0) -> str:
        """1,284.5; a dash where there is none."""
        if value is None:
            return NOTHING
        value = round(value, decimals) + 0.0
        tail = f".{'0' * decimals}" if decimals else ""
        return numbers.format_decimal(value, format=f"#,##0{tail}", locale=self.locale)

    def plain(self, value: float) -> str:
        """A number without needless decimals: 3, 2.5."""
        return numbers.format_decimal(round(value, 1) + 0.0, format="#,##0.#", locale=self.locale)

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """0.7926 as 79%."""
        tail = f".{'0' * decimals}" if decimals else ""
        return NOTHING if share is None else numbers.format_percent(share, format=f"#,##0{tail}%", locale=self.locale)

    def money(self, value: float | None) -> str:
        """1,284,310 or 20.75: whole units from a hundred on."""
        if value is None:
            return NOTHING
        whole = abs(value) >= 100 or abs(value - round(value)) < 0.005
        return self.number(value, 0 if whole else 2)

    def signed(self, value: float | None) -> str:
        """+1,250 or -80.50, with a true minus sign."""
        if value is None:
            return NOTHING
        text = self.money(abs(value))
        if text.strip("0.,") == "":
            return "0"
        return f"{'+' if value > 0 else MINUS}{text}"

    def chance(self, share: float) -> str:
        """A chance to a whole per cent, no surer than the outermost quantiles are: <3% and >97% at the ends."""
        least = 0.03
        if share < least:
            return f"<{self.percent(least)}"
        return f">{self.percent(1 - least)}" if share > 1 - least else self.percent(share)

    def balance(self, value: float) -> str:
        """+3.0 or -1.5 beds."""
        text = self.number(abs(value), 1)
        return text if round(value, 1) == 0 else f"{'+' if value > 0 else MINUS}{text}"

    def day(self, label: str | date, *, long: bool = False) -> str:
        """A day's label in tables as people read it; the weekday of a cycle as it is."""
        try:
            when = label if isinstance(label, date) else date.fromisoformat(label)
        except ValueError:
            return str(label)
        return dates.format_skeleton("yMMMEd" if long else "MMMEd", when, locale=self.locale)

    def short_day(self, label: str) -> str:
        """The same for the head of a narrow column: 13 Mar."""
        try:
            return dates.format_skeleton("MMMd", date.fromisoformat(label), locale=self.locale)
        except ValueError:
            return label

    def weekday(self, label: str) -> str:
        """Mon; "" where the label is no day."""
        try:
            return dates.format_date(date.fromisoformat(label), "EEE", locale=self.locale)
        except ValueError:
            return ""

    def moment(self, seconds: float | None) -> str:
        """When something happened, in UTC to the minute."""
        if seconds is None:
            return NOTHING
        at = datetime.fromtimestamp(seconds, UTC)
        return f"{dates.format_skeleton('yMMMd', at, locale=self.locale)} {at:%H:%M}"

    def span(self, seconds: float) -> str:
        """A length of time: 1:05."""
        minutes, left = divmod(max(0, int(seconds)), 60)
        return f"{minutes}:{left:02d}"
