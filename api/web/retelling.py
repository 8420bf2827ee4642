"""Sentences that plans are told in, said again in the reader's language: a pattern each, in one table.

What no pattern knows is shown as the plan has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.web.languages import Speech
from api.web.languages import later as _

NUMBER: Final = r"[-\d.,]+"
NOW: Final = rf"(?: \(now (?P<now>{NUMBER}), was (?P<was>{NUMBER})\))?"
PATTERNS: Final[Mapping[str, str]] = {
    rf"(?P<n>{NUMBER}) (?P<who>\S+) hours short": _("%(n)s %(who)s hours short"),
    rf"(?P<n>{NUMBER}) (?P<who>\S+) short for (?P<h>{NUMBER}) h": _("%(n)s %(who)s short for %(h)s h"),
    rf"(?P<n>{NUMBER}) (?P<who>\S+) patients boarded": _("%(n)s %(who)s patients boarded"),
    rf"(?P<n>{NUMBER}) beds put up beyond those open": _("%(n)s beds put up beyond those open"),
    rf"(?P<n>{NUMBER}) requests still waiting": _("%(n)s requests still waiting"),
    rf"(?P<n>{NUMBER}) (?P<who>\S+) short": _("%(n)s %(who)s short"),
    rf"the team's (?P<n>{NUMBER}) h of that week are used": _("the team's %(n)s h of that week are used"),
    rf"the team's (?P<n>{NUMBER}) shifts of that week are used": _("the team's %(n)s shifts of that week are used"),
    rf"the team's (?P<n>{NUMBER}) shifts are used": _("the team's %(n)s shifts are used"),
    r"the team's rest and days off leave nobody for (?P<contract>\w+)": _(
        "the team's rest and days off leave nobody for %(contract)s"
    ),
    rf"the (?P<n>{NUMBER}) (?P<contract>\w+) hours of that week are used": _(
        "the %(n)s %(contract)s hours of that week are used"
    ),
    rf"all (?P<n>{NUMBER})( \((?P<come>{NUMBER}) come\))? (?P<contract>\w+) shifts of that week are asked for": _(
        "all %(n)s %(contract)s shifts of that week are asked for"
    ),
    rf"all (?P<n>{NUMBER})( \((?P<come>{NUMBER}) come\))? (?P<contract>\w+) shifts are asked for": _(
        "all %(n)s %(contract)s shifts are asked for"
    ),
    rf"at most (?P<n>{NUMBER}) (?P<contract>\w+) may work one shift": _(
        "at most %(n)s %(contract)s may work one shift"
    ),
    rf"one more (?P<contract>\w+) duty at (?P<n>{NUMBER}) costs more than the (?P<m>{NUMBER}) it would end": _(
        "one more %(contract)s duty at %(n)s costs more than the %(m)s it would end"
    ),
    rf"one more (?P<contract>\w+) duty at (?P<n>{NUMBER}) might end it, but the search found no such plan.*": _(
        "one more %(contract)s duty at %(n)s might end it, but the search found no such plan before it stopped"
    ),
    rf"(?P<contract>\w+) needs (?P<n>{NUMBER}) days?'s? notice": _("%(contract)s needs %(n)s days' notice"),
    rf"(?P<contract>\w+) needs (?P<n>{NUMBER}) hours?'s? notice": _("%(contract)s needs %(n)s hours' notice"),
    r"no own team has its home there": _("no own team has its home there"),
    r"no (?P<contract>\w+) may be booked there": _("no %(contract)s may be booked there"),
    r"nobody has a contract to come": _("nobody has a contract to come"),
    r"no shift runs then": _("no shift runs then"),
    r"who works then began the day before the plan": _("who works then began the day before the plan"),
    rf"the (?P<n>{NUMBER}) beds open in (?P<where>.+) are full": _("the %(n)s beds open in %(where)s are full"),
    rf"a bay of (?P<where>\S+) opens after (?P<n>{NUMBER}) days?'s? notice": _(
        "a bay of %(where)s opens after %(n)s days' notice"
    ),
    rf"bay (?P<n>{NUMBER}) of (?P<where>\S+) and its staff cost more than boarding": _(
        "bay %(n)s of %(where)s and its staff cost more than boarding"
    ),
    r"a bed and its staff cost more": _("a bed and its staff cost more"),
    rf"all (?P<n>{NUMBER}) owned are in use, kept in reserve or on the way": _(
        "all %(n)s owned are in use, kept in reserve or on the way"
    ),
    rf"all (?P<n>{NUMBER}) owned are in use, kept in reserve or on the way, and (?P<m>{NUMBER}) rented at most, "
    r"after their notice": _(
        "all %(n)s owned are in use, kept in reserve or on the way, and %(m)s rented at most, after their notice"
    ),
    rf"(?P<n>{NUMBER}) (?P<contract>\w+) (?P<who>\S+) moved here from (?P<when>.+)": _(
        "%(n)s %(contract)s %(who)s moved here from %(when)s"
    ),
    rf"(?P<n>{NUMBER}) (?P<contract>\w+) (?P<who>\S+) booked{NOW}": _("%(n)s %(contract)s %(who)s booked"),
    rf"(?P<n>{NUMBER}) (?P<contract>\w+) (?P<who>\S+) more{NOW}": _("%(n)s %(contract)s %(who)s more"),
    rf"(?P<n>{NUMBER}) (?P<contract>\w+) (?P<who>\S+) cancelled{NOW}": _("%(n)s %(contract)s %(who)s cancelled"),
    rf"(?P<n>{NUMBER}) (?P<contract>\w+) (?P<who>\S+) fewer{NOW}": _("%(n)s %(contract)s %(who)s fewer"),
    rf"bay (?P<n>{NUMBER}) opened": _("bay %(n)s opened"),
    rf"bay (?P<n>{NUMBER}) not opened, or shut": _("bay %(n)s not opened, or shut"),
    rf"(?P<n>{NUMBER}) cases? moved to (?P<when>.+)": _("%(n)s cases moved to %(when)s"),
    rf"(?P<n>{NUMBER}) cases? not done": _("%(n)s cases not done"),
    rf"moving one there at (?P<n>{NUMBER}) costs more than the (?P<m>{NUMBER}) it would end": _(
        "moving one there at %(n)s costs more than the %(m)s it would end"
    ),
    r"one of those in store might end it, but the search found no such plan before it stopped": _(
        "one of those in store might end it, but the search found no such plan before it stopped"
    ),
    r"its slots and extra slots of the days before are full": _(
        "its slots and extra slots of the days before are full"
    ),
}
"""Messages by the pattern of the sentence they say again; the first that fits counts."""

_KNOWN: Final = tuple((re.compile(pattern), message) for pattern, message in PATTERNS.items())
_WHEN: Final = re.compile(r"(?:(?P<shift>.+) of )?(?P<day>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2})")


@dataclass(frozen=True, slots=True)
class Retelling:
    """Sentences of one plan for one reader: `contracts` by name as they are said, `days` as dates by how plans say
    them."""

    speech: Speech
    contracts: Mapping[str, str]
    days: Mapping[str, date]

    def __call__(self, sentence: str) -> str:
        """A sentence, or several parted by semicolons, in the reader's language."""
        return self.speech.say("; ").join(self._one(part) for part in sentence.split("; ") if part)

    def when(self, said: str) -> str:
        """When something is, as plans say it: early of Sun 26 Mar, or from one day to another."""
        return " \u2013 ".join(_when(self.speech, part, self.days) for part in said.split(" to "))

    def _one(self, part: str) -> str:
        for pattern, message in _KNOWN:
            found = pattern.fullmatch(part)
            if found is not None:
                said = {name: value or "" for name, value in found.groupdict().items()}
                if "contract" in said:
                    said["contract"] = self.contracts.get(said["contract"], said["contract"])
                if "when" in said:
                    said["when"] = self.when(said["when"])
                now = {key: said.pop(key) for key in ("now", "was") if key in said}
                more = self.speech.say(" (now %(now)s, was %(was)s)", **now) if now.get("now") else ""
                return self.speech.say(message, **said) + more
        return part


def _when(speech: Speech, said: str, days: Mapping[str, date]) -> str:
    found = _WHEN.fullmatch(said)
    if found is None or found["day"] not in days:
        return said
    day = speech.day(days[found["day"]])
    return day if found["shift"] is None else speech.say("%(shift)s of %(day)s", shift=found["shift"], day=day)
