"""From pydantic's errors to faults: each at its place, in plain words, with a hint from what the model knows there.

pydantic's error locations mix steps into the data with the names of union branches. Both are told apart by walking the
model's annotations and the data together; of a union only the branch that fits best is told.
"""

import enum
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, RootModel, Tag, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from optimizer.scenario import faults as words
from optimizer.scenario.faults import CHOICES, KIND, Fault, Problem, Problems, Step, closest
from optimizer.scenario.overlay import Keys, Marks, Node, Scalar, child, has_broken

Path = tuple[Step, ...]
TAG_ERRORS = ("union_tag_invalid", "union_tag_not_found")


def _keys_of(field_name: str, field: FieldInfo) -> list[str]:
    """The keys a field may be written under."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [each for each in alias.choices if isinstance(each, str)]
    return [alias if isinstance(alias, str) else field_name]


def _fields(model: type[BaseModel]) -> dict[str, object]:
    """Annotation by key."""
    return {key: field.annotation for name, field in model.model_fields.items() for key in _keys_of(name, field)}


def _bare(annotation: object) -> object:
    """The annotation without its wrappings (Annotated, named aliases, root models)."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        elif isinstance(annotation, type) and issubclass(annotation, RootModel):
            annotation = annotation.model_fields["root"].annotation
        else:
            return annotation


@dataclass(frozen=True, slots=True)
class Shape:
    """The forms a value may take at one place, as annotations (None aside); no forms: nothing is known."""

    forms: tuple[object, ...] = ()

    @classmethod
    def of(cls, annotation: object) -> "Shape":
        """The shape an annotation describes."""
        bare = _bare(annotation)
        if get_origin(bare) not in (Union, types.UnionType):
            return cls((annotation,))
        members = tuple(each for each in get_args(bare) if each is not type(None))
        return cls(members) if len(members) > 1 else cls.of(members[0])

    @property
    def is_union(self) -> bool:
        """Whether an error location names the branch here."""
        return len(self.forms) > 1

    def names(self) -> tuple[str, ...]:
        """The keys the model has a field for here, over all forms."""
        return tuple(dict.fromkeys(name for form in self._models() for name in _fields(form)))

    def child(self, step: Step) -> "Shape":
        """What is known one step below, over all forms."""
        return Shape(tuple(below for form in self.flat() for below in _below(form, step)))

    def branch(self, label: str) -> "Shape":
        """The form that pydantic calls `label` in an error location."""
        while found := re.match(r"function-\w+\[.*?\(\), (.*)\]$", label):
            label = found[1]
        head = label.partition("[")[0].removeprefix("constrained-")
        return next((Shape.of(form) for form in self.forms if head in _labels(form)), Shape())

    def tags(self) -> tuple[str, ...]:
        """What tells the forms apart where one key, or the keys present, do."""
        return tuple(str(tag) for form in self.forms for tag in _tags(form))

    def flat(self) -> Iterator[object]:
        """Every form without its wrappings, those of unions inside unions too."""
        for form in self.forms:
            inner = Shape.of(form)
            yield from inner.flat() if inner.is_union else (_bare(each) for each in inner.forms)

    def _models(self) -> Iterator[type[BaseModel]]:
        for form in self.flat():
            if isinstance(form, type) and issubclass(form, BaseModel):
                yield form


def _below(form: object, step: Step) -> tuple[object, ...]:
    """Annotations one step below a bare form that is no union."""
    if isinstance(form, type) and issubclass(form, BaseModel):
        return Shape.of(_fields(form)[str(step)]).forms if str(step) in _fields(form) else ()
    origin, arguments = get_origin(form), get_args(form)
    if not isinstance(origin, type) or not arguments:
        return ()
    if issubclass(origin, Mapping):
        return Shape.of(arguments[1]).forms
    if issubclass(origin, tuple) and arguments[-1] is not Ellipsis:
        return Shape.of(arguments[step]).forms if isinstance(step, int) and step < len(arguments) else ()
    return Shape.of(arguments[0]).forms


def _tags(form: object) -> list[object]:
    if given := [each.tag for each in getattr(form, "__metadata__", ()) if isinstance(each, Tag)]:
        return list(given)
    bare = _bare(form)
    if not (isinstance(bare, type) and issubclass(bare, BaseModel)):
        return []
    literals = [field.annotation for field in bare.model_fields.values() if get_origin(field.annotation) is Literal]
    return [value.value if isinstance(value, enum.Enum) else value for each in literals for value in get_args(each)]


def _labels(form: object) -> list[str]:
    """What pydantic may call a form in a location."""
    bare = _bare(form)
    named = get_origin(bare) or bare
    name = "literal" if named is Literal else getattr(named, "__name__", "")
    return [*map(str, _tags(form)), name]


@dataclass(frozen=True, slots=True)
class Located:
    """One pydantic error with its path in the data; `branches` are the (depth of the union, label) it passed."""

    error: ErrorDetails
    path: Path
    branches: tuple[tuple[int, str], ...]
    above: Shape
    here: Shape
    on_key: bool
    instead: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """pydantic's error type."""
        return self.error["type"]

    @property
    def context(self) -> Mapping[str, object]:
        """The numbers and names of the error."""
        return self.error.get("ctx", {})

    def misfits(self, level: int) -> bool:
        """Whether it says that the branch taken at this union isn't meant at all."""
        own = self.branches[level][0] == len(self.path)
        return own and (self.kind in KIND or self.kind in CHOICES)


def locate(error: ErrorDetails, root: Shape, tree: Node) -> Located:
    """Walk the error's location through the model and the data at once, telling branches from steps."""
    path: list[Step] = []
    branches: list[tuple[int, str]] = []
    above, here = Shape(), root
    node: Node | None = tree
    on_key = error["loc"][-1:] == ("[key]",)
    steps = error["loc"][:-1] if on_key else error["loc"]
    for at, step in enumerate(steps):
        entry = child(node, step)
        if here.is_union or (not here.forms and entry is None and at < len(steps) - 1):
            branches.append((len(path), str(step)))
            here = here.branch(str(step))
        else:
            path.append(step)
            above, here, node = here, here.child(step), entry.node if entry else None
    return Located(error, tuple(path), tuple(branches), above, here, on_key)


def fitting(found: Sequence[Located], level: int = 0) -> list[Located]:
    """Of every union only the branch that fits best: right kind of value, fewest keys wrong, fewest errors.

    Where no branch takes that kind of value, one error says all that may stand there.
    """
    kept = [each for each in found if len(each.branches) <= level]
    unions: dict[Path, dict[str, list[Located]]] = {}
    for each in found:
        if len(each.branches) > level:
            depth, label = each.branches[level]
            unions.setdefault(each.path[:depth], {}).setdefault(label, []).append(each)
    for branches in unions.values():
        best = min(branches.values(), key=lambda errors: _rank(errors, level))
        if _rank(best, level)[0]:
            kept.append(_joined([error for errors in branches.values() for error in errors]))
        else:
            kept += fitting(best, level + 1)
    return kept


def _rank(errors: Sequence[Located], level: int) -> tuple[bool, int, int]:
    wrong_keys = sum(each.kind in ("missing", "extra_forbidden") for each in errors)
    return all(each.misfits(level) for each in errors), wrong_keys, len(errors)


def _joined(errors: Sequence[Located]) -> Located:
    """One error for several branches: a list of values to choose from goes last, so that its commas can be read."""
    listed = sorted(errors, key=lambda each: each.kind in CHOICES)
    wanted = dict.fromkeys(words.expected(each.kind, each.context) for each in listed)
    return replace(listed[-1], instead=tuple(wanted))


def explain(error: ValidationError, model: type[BaseModel], tree: Node, extra: Sequence[str]) -> list[Fault]:
    """Every fault behind a validation error of `model` on the data of `tree`.

    `extra` are keys known at the top beside the model's own. Stand-ins, for what could not be read and is reported
    already, are not reported again, and findings of validators that judged one are left out.
    """
    root, marks = Shape.of(model), Marks(tree)
    found = fitting([locate(each, root, tree) for each in error.errors(include_url=False)])
    readable = [each for each in found if not marks.broken(each.path) and not _judges_stand_in(each, marks)]
    unknown = [each for each in readable if each.kind == "extra_forbidden"]
    # A key that an unknown one stands for isn't missing too.
    meant = {(*each.path[:-1], closest(str(each.path[-1]), _free_names(each, marks, extra))) for each in unknown}
    wanted = [each for each in readable if each.kind != "missing" or each.path not in meant]
    return [fault for each in wanted for fault in _faults(each, marks, extra)]


def _judges_stand_in(found: Located, marks: Marks) -> bool:
    node = marks.node(found.path)
    return "error" in found.context and node is not None and has_broken(node)


def _faults(found: Located, marks: Marks, extra: Sequence[str]) -> Iterator[Fault]:
    cause = found.context.get("error")
    if isinstance(cause, Problem | Problems):
        for problem in cause.problems if isinstance(cause, Problems) else (cause,):
            path = (*found.path, *problem.path)
            yield marks.value(path).fault(path, problem.message, problem.hint)
    elif found.kind in TAG_ERRORS:
        yield _tag_fault(found, marks)
    elif found.kind == "missing":
        yield marks.key(found.path[:-1]).fault(found.path[: marks.depth(found.path) + 1], "is missing")
    else:
        path = found.path[: marks.depth(found.path)]
        at = marks.key(path) if found.on_key or found.kind == "extra_forbidden" else marks.value(path)
        yield at.fault(path, _message(found, marks), _hint(found, marks, extra))


def _got(found: Located, marks: Marks) -> object:
    """The value as the file has it; a mapping or list that a validator took apart counts as what it took."""
    if found.on_key:
        return str(found.path[-1])
    node = marks.node(found.path)
    return node.value if isinstance(node, Scalar) else found.error["input"]


def _message(found: Located, marks: Marks) -> str:
    got = _got(found, marks)
    if found.instead:
        return f"must be {words.either(found.instead)}; got {words.shown(got)}"
    text = words.say(found.kind, found.context, got, found.error["msg"])
    return f"the key {text}" if found.on_key else text


def _hint(found: Located, marks: Marks, extra: Sequence[str]) -> str:
    got = _got(found, marks)
    if found.kind == "extra_forbidden":
        name, free = str(found.path[-1]), _free_names(found, marks, extra)
        meant = closest(name, free) or closest(name, found.above.names())
        return f"did you mean {meant}?" if meant else words.did_you_mean(name, free or found.above.names())
    if found.kind in CHOICES and isinstance(got, str):
        close = closest(got, words.choices(found.context))
        return f"did you mean {close}?" if close else ""
    plain_number = found.kind == "string_type" and isinstance(got, int | float) and not found.instead
    return "write it in quotes" if plain_number else ""


def _free_names(found: Located, marks: Marks, extra: Sequence[str]) -> list[str]:
    """Keys the model knows beside the one at fault that aren't taken yet."""
    beside = marks.node(found.path[:-1])
    taken = beside.entries if isinstance(beside, Keys) else {}
    names = (*found.above.names(), *(extra if len(found.path) == 1 else ()))
    return [name for name in names if name not in taken]


def _tag_fault(found: Located, marks: Marks) -> Fault:
    """The key that tells a union's forms apart is missing or names none of them."""
    discriminator, tags = str(found.context.get("discriminator", "")), found.here.tags()
    if not discriminator.startswith("'"):
        return marks.value(found.path).fault(found.path, f"fits none of the forms {', '.join(tags)}")
    path = (*found.path, discriminator.strip("'"))
    if found.kind == "union_tag_not_found":
        return marks.key(found.path).fault(path, "is missing", f"must be one of {', '.join(tags)}")
    tag = str(found.context["tag"])
    close = closest(tag, words.choices(found.context))
    message = words.say(found.kind, found.context, tag, found.error["msg"])
    return marks.value(path).fault(path, message, f"did you mean {close}?" if close else "")
