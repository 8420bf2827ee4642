"""Faults behind faults: a model judges how its parts agree only once each is right, so small faults are mended first.

A misspelt key is read as the one it stands for and a number out of range as the nearest one inside, in a copy that
nobody plans with: only what the model then finds wrong between its parts is told, beside the faults that were mended.
"""

import copy
import json
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ValidationError

from optimizer.scenario.faults import Fault, Step, closest
from optimizer.scenario.hints import Located, Shape, explain, fitting, locate
from optimizer.scenario.overlay import Node

NEAREST: Mapping[str, Callable[[Mapping[str, object]], object]] = {
    "greater_than_equal": lambda limits: limits["ge"],
    "greater_than": lambda limits: float(str(limits["gt"])) + 1,
    "less_than_equal": lambda limits: limits["le"],
    "less_than": lambda limits: float(str(limits["lt"])) - 1,
}
"""For each kind of number out of range one that is inside, from the limits pydantic names."""


def faults_behind(
    error: ValidationError, data: Mapping[str, object], tree: Node, model: type[BaseModel], extra: Sequence[str]
) -> list[Fault]:
    """What the model's own checks find once the faults of `error` are mended; nothing where some can't be."""
    root = Shape.of(model)
    mended = copy.deepcopy(dict(data))
    for each in fitting([locate(one, root, tree) for one in error.errors(include_url=False)]):
        if not _mend(mended, each):
            return []
    try:
        model.model_validate_json(json.dumps(mended))
    except ValidationError as again:
        if all(one["type"] == "value_error" for one in again.errors(include_url=False)):
            return explain(again, model, tree, extra)
    return []


def _mend(data: dict[str, object], found: Located) -> bool:
    """Mend one fault in place; False where it is of a kind that can't be, or stands where nothing can be changed."""
    holder = _at(data, found.path[:-1])
    if found.kind == "missing":
        return isinstance(holder, dict) and found.path[-1] in holder
    if not found.path or not isinstance(holder, dict | list):
        return False
    if found.kind == "extra_forbidden" and isinstance(holder, dict):
        value = holder.pop(str(found.path[-1]))
        meant = closest(str(found.path[-1]), [name for name in found.above.names() if name not in holder])
        if meant:
            holder[meant] = value
        return True
    return found.kind in NEAREST and _put(holder, found.path[-1], NEAREST[found.kind](found.context))


def _put(holder: dict[str, object] | list[object], step: Step, value: object) -> bool:
    if isinstance(holder, dict):
        holder[str(step)] = value
    elif isinstance(step, int):
        holder[step] = value
    return True


def _at(data: object, path: Sequence[Step]) -> object:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
