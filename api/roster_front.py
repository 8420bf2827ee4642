"""Which kind of roster the command line asks for: a benchmark's, a hospital's, a change, a question, a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from api.errors import Refused

SCENARIOS: Final = (".yaml", ".yml", ".json")
BENCHMARK_SECONDS: Final = 60.0

Given = Mapping[str, Any]


def run(given: Given) -> int:
    """The exit code of whatever was asked. Raises Refused for options that do not go together."""
    if (given["problem"] is None) == (given["source"] is None):
        raise Refused("say what to roster: a scenario or a benchmark's file, or --from a plan's or a roster's folder")
    for option, work in ON_A_ROSTER.items():
        if given[option]:
            if given["source"] is None:
                raise Refused(f"--{option.replace('_', '-')} goes with --from and a roster's folder")
            return work(given)
    if given["source"] is not None or given["problem"].suffix.lower() in SCENARIOS:
        return _hospital(given)
    return _benchmark(given)


def _benchmark(given: Given) -> int:
    from api.roster_command import Asked, run

    seconds = given["time_limit"] or BENCHMARK_SECONDS
    place, folder = given["problem"], given["folder"]
    return run(
        Asked(place, given["history"], given["weeks"], seconds, given["work"], given["gap"], given["seed"], folder,
              given["force"], given["as_json"])
    )  # fmt: skip


def hospital_asked(given: Given) -> Any:
    """The options that rosters of a hospital's own share."""
    from api.roster_hospital import SECONDS_A_WARD, Asked

    place: Path = given["source"] or given["problem"]
    return Asked(
        place, given["source"] is not None, given["people"], given["variant"], given["sets"],
        given["time_limit"] or SECONDS_A_WARD, given["gap"], given["seed"], given["work"], given["jobs"],
        given["folder"], given["force"], given["as_json"], given["cut"],
    )  # fmt: skip


def _hospital(given: Given) -> int:
    from api.roster_hospital import run

    return run(hospital_asked(given))


def _absent(given: Given) -> int:
    from api.roster_change import run

    return run(hospital_asked(given), given["absent"])


def _why(given: Given) -> int:
    from api.roster_questions import printed

    return printed(given["source"], "why", given["why"])


def _why_not(given: Given) -> int:
    from api.roster_questions import printed

    return printed(given["source"], "why_not", given["why_not"])


def _why_short(given: Given) -> int:
    from api.roster_questions import printed

    return printed(given["source"], "why_short", given["why_short"])


def _check(given: Given) -> int:
    from api.roster_check import run

    return run(given["source"], given["check"])


ON_A_ROSTER: Final[Mapping[str, Callable[[Given], int]]] = {
    "absent": _absent, "why": _why, "why_not": _why_not, "why_short": _why_short, "check": _check,
}  # fmt: skip
"""What is asked of a roster's folder, by option."""
