"""A comparison as JSON, for `--json`, comparison.json and HTTP alike."""

from __future__ import annotations

from api.compare_sections import difference, path_of
from optimizer.whatif.attribution import Attribution, Part
from optimizer.whatif.compare import Against, Compared, Figure, Option
from optimizer.whatif.inputs import Input
from optimizer.whatif.outcomes import Outcome

Json = dict[str, object]


def compared_json(compared: Compared) -> Json:
    """The first option, and each of the others with what differs in it."""
    return {
        "currency": compared.first.loaded.value.currency,
        "first": _option(compared.first, compared.outcome),
        "others": [_against(compared, each) for each in compared.others],
    }


def _option(option: Option, outcome: Outcome) -> Json:
    return {
        "name": option.name,
        "sha256": option.loaded.sha256,
        "status": str(outcome.status),
        "total": outcome.total,
        "least": outcome.least,
        "cost": dict(outcome.items),
        "figures": dict(outcome.figures),
    }


def _against(compared: Compared, each: Against) -> Json:
    return {
        **_option(each.option, each.outcome),
        "difference": difference(compared.outcome, each.outcome),
        "inputs": [_input(one) for one in each.inputs],
        "cost_that_differs": [_figure(one) for one in each.money],
        "figures_that_differ": [_figure(one) for one in each.figures],
        "attribution": None if each.attribution is None else _attribution(each.attribution),
        "note": each.note,
    }


def _input(each: Input) -> Json:
    return {"path": path_of(each), "before": each.before, "after": each.after, "other_data": each.data, "by": each.by}


def _figure(each: Figure) -> Json:
    return {"name": each.name, "before": each.before, "after": each.after, "change": each.change}


def _attribution(found: Attribution) -> Json:
    return {"way": found.way, "plans": found.plans, "note": found.note, "parts": [_part(each) for each in found.parts]}


def _part(each: Part) -> Json:
    return {
        "inputs": [path_of(one) for one in each.inputs],
        "money": each.money,
        "low": each.low,
        "high": each.high,
        "cost": dict(each.items),
    }
