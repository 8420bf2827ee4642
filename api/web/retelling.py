"""Sentences that plans are told in, said again in the reader's language: a pattern each, in one table.

What no pattern knows is shown as the plan has it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from api.web.languages import Speech
from api.web.languages import later as _

NUMBER: Final = r"[-\d.,]+"
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
    r"its slots and extra slots of the days before are full": _(
        "its slots and extra slots of the days before are full"
    ),
}
"""Messages by the pattern of the sentence they say again; the first that fits counts."""

_KNOWN: Final = tuple((re.compile(pattern), message) for pattern, message in PATTERNS.items())
_WHEN: Final = re.compile(r"(?:(?P<shift>.+) of )?(?P<day>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2})")


def retold(speech: Speech, sentence: str, contracts: Mapping[str, str]) -> str:
    """A sentence, or several parted by semicolons, in the reader's language; `contracts` by name as they are said."""
    return speech.say("; ").join(_one(speech, part, contracts) for part in sentence.split("; ") if part)


def _one(speech: Speech, part: str, contracts: Mapping[str, str]) -> str:
    for pattern, message in _KNOWN:
        found = pattern.fullmatch(part)
        if found is not None:
            said = {name: value or "" for name, value in found.groupdict().items()}
            if "contract" in said:
                said["contract"] = contracts.get(said["contract"], said["contract"])
            return speech.say(message, **said)
    return part


def when(speech: Speech, said: str, days: Mapping[str, date]) -> str:
    """When something is short, as plans say it (early of Sun 26 Mar); `days` are dates by how plans say them."""
    found = _WHEN.fullmatch(said)
    if found is None or found["day"] not in days:
        return said
    day = speech.day(days[found["day"]])
    return day if found["shift"] is None else speech.say("%(shift)s of %(day)s", shift=found["shift"], day=day)
