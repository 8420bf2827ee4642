"""Stored models in words: where one went, what there is, and how two differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from api import words
from forecasting.registry.index import Deed
from forecasting.registry.store import Entry

Score = float | None
MOST_NOTES: Final = 3

SCORES: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    "wape": ("error, as a share of demand (WAPE)", lambda value: words.percent(value, 1)),
    "mase": ("error over that of last week's same day (MASE)", lambda value: f"{value:.3f}"),
    "pinball": ("miss of the intervals (pinball)", lambda value: f"{value:.3f}"),
    "coverage80": ("held by the 80 % interval", words.percent),
    "coverage95": ("held by the 95 % interval", words.percent),
}
"""What each score is called, and how it is written."""


SETTINGS: Final = {
    "forecaster": "{}",
    "days_ahead": "up to {} days after the last known one",
    "holidays": "with the public holidays of {}",
}
"""How each setting is said, in this order; others follow by their names."""


def stored(entry: Entry, folder: Path, scenario: str | None, notes: Sequence[str]) -> str:
    """A model that was just stored, and what can be done with it."""
    card = entry.card
    lines = [f"Stored {card.reference} ({entry.status}) in {folder}", *_about(entry)]
    for note in notes[:MOST_NOTES]:
        lines += words.wrapped(note, "  ", "      ")
    if len(notes) > MOST_NOTES:
        lines.append(f"  and {len(notes) - MOST_NOTES} more notes on its history; --json lists them")
    target = scenario or "SCENARIO"
    lines.append(f"Forecast with it:   wardwright forecast {target} --model {card.reference}")
    if entry.status != "production":
        lines.append(f"Put it into use:    wardwright models promote {card.reference} --models {folder}")
    return "\n".join(lines) + "\n"


def listing(entries: Sequence[Entry], folder: Path) -> str:
    """Every version on a line."""
    if not entries:
        return (
            f"No model is stored in {folder}; wardwright models train SCENARIO --name NAME stores one "
            "in the folder models beside the scenario, which --models names\n"
        )
    rows = [["model", "status", "trained (UTC)", "by", "what", "ahead", "error", "80 % held"]]
    for entry in entries:
        card = entry.card
        settings, scores = card.facts.settings, card.facts.scores
        ahead = settings.get("days_ahead")
        rows.append(
            [
                card.reference,
                entry.status,
                card.made_at[:16].replace("T", " "),
                words.cut(card.made_by, 12),
                str(settings.get("forecaster") or card.kind),
                f"{ahead} d" if ahead else "",
                _score(scores, "wape"),
                _score(scores, "coverage80"),
            ]
        )
    return "\n".join("  ".join(row).rstrip() for row in words.columned(rows)) + "\n"


def shown(entry: Entry, deeds: Sequence[Deed]) -> str:
    """Everything about one version, and what was done to it."""
    card = entry.card
    libraries = ", ".join(f"{name} {version}" for name, version in card.libraries.items())
    lines = [
        f"{card.reference}  {entry.status}",
        f"  trained {card.made_at[:16].replace('T', ' ')} UTC by {card.made_by}",
        *_about(entry),
        *words.wrapped(f"reads {', '.join(card.facts.features)}", "  ", "      "),
        f"  data {card.facts.data_sha256}",
        *words.wrapped(f"made with {libraries}", "  ", "      "),
        *words.wrapped(f"files {', '.join(card.files)}: all are what was stored", "  ", "      "),
        *(f"  {deed.what} {deed.at[:16].replace('T', ' ')} UTC by {deed.by}" for deed in deeds if deed.what != "added"),
    ]
    return "\n".join(lines) + "\n"


def compared(first: Entry, second: Entry) -> str:
    """Two versions side by side, and which did better, as far as that can be said."""
    pair = (first, second)
    rows = [["", *(entry.card.reference for entry in pair)], ["status", *(entry.status for entry in pair)]]
    rows.append(["trained (UTC)", *(entry.card.made_at[:16].replace("T", " ") for entry in pair)])
    rows.append(["by", *(entry.card.made_by for entry in pair)])
    names = dict.fromkeys(name for entry in pair for name in entry.card.facts.settings)
    rows += [
        [name.replace("_", " "), *(str(entry.card.facts.settings.get(name) or "-") for entry in pair)] for name in names
    ]
    rows.append(["data", *(entry.card.facts.data_sha256[:12] for entry in pair)])
    told = [name for name in SCORES if any(name in entry.card.facts.scores for entry in pair)]
    rows += [[SCORES[name][0], *(_score(entry.card.facts.scores, name) for entry in pair)] for name in told]
    lines = ["  ".join(row).rstrip() for row in words.columned(rows)]
    return "\n".join([*lines, *words.wrapped(_verdict(first, second), hanging="  ")]) + "\n"


def _verdict(first: Entry, second: Entry) -> str:
    """Which of two did better on the past, or why that can't be said."""
    a, b = first.card, second.card
    if a.kind != b.kind:
        return f"They answer different questions: {a.reference} {a.kind}, {b.reference} {b.kind}."
    if a.facts.data_sha256 != b.facts.data_sha256:
        return "They were trained on different data, so their scores can't be set against each other."
    if a.facts.settings.get("days_ahead") != b.facts.settings.get("days_ahead"):
        return "They look differently far ahead, so their scores can't be set against each other."
    miss = [card.facts.scores.get("pinball") for card in (a, b)]
    if miss[0] is None or miss[1] is None or miss[0] == miss[1]:
        return "On the same data neither did better."
    better, worse = (a, b) if miss[0] < miss[1] else (b, a)
    share = 1.0 - min(miss[0], miss[1]) / max(miss[0], miss[1])
    return f"On the same data {better.reference} missed {words.percent(share, 1)} less than {worse.reference}."


def _about(entry: Entry) -> list[str]:
    """What it is, what it was learned from, and how it did."""
    facts = entry.card.facts
    known = {name: value for name, value in facts.settings.items() if value is not None}
    told = [said.format(known[name]) for name, said in SETTINGS.items() if name in known]
    told += [f"{name.replace('_', ' ')} {value}" for name, value in known.items() if name not in SETTINGS]
    parts = [", ".join(told), f"learned from {facts.learned_from}"]
    scores = [f"{said} {_score(facts.scores, name)}" for name, (said, _) in SCORES.items() if facts.scores.get(name)]
    parts += [f"on the past: {'; '.join(scores)}"] if scores else []
    return [line for part in parts for line in words.wrapped(part, "  ", "      ")]


def _score(scores: Mapping[str, Score], name: str) -> str:
    value = scores.get(name)
    return "-" if value is None else SCORES[name][1](value)
