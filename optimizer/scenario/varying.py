"""What if: variants, knobs, sweeps and `--set`, each a change laid on the scenario's tree before the model sees it.

A variant is a mapping of changes (path to value); several are laid left to right. A knob is a name for one or more
paths, so that `--set`, variants and sweeps may say `beds` for `units.med-a.beds`. A sweep lists values for paths, knobs
or `variant`; one of its points is picked by the number of each value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.scenario.faults import Fault, closest, did_you_mean, shown
from optimizer.scenario.overlay import (
    Change,
    Entry,
    Items,
    Keys,
    Known,
    Node,
    Place,
    Scalar,
    Unreadable,
    child,
    made_by,
    plain,
)
from optimizer.scenario.source import read_yaml

TOP_KEYS = ("extends", "variants", "knobs", "sweep")
"""Keys that reading takes itself; the model never sees them."""
VARIANT_AXIS = "variant"
"""The axis of a sweep whose values are variants (several joined by commas, null for none)."""
SET, VARIANT, OVER = Place("--set", 1, 1, "--set"), Place("--variant", 1, 1), Place("--over", 1, 1, "--over")
POINT = Place("--point", 1, 1)
"""Where a point picked by a caller stands; no command has such an option."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for beside the file: variants, `--set` texts, `--over` texts, and the point of the sweep.

    `variant` is a name, or several joined by commas, laid left to right; `pick` says for each axis the number of its
    value, from 0.
    """

    variant: str | None = None
    sets: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    pick: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Varied:
    """A scenario's tree with everything laid on it, the variants it names and the axes of its sweep in plain values."""

    tree: Keys
    variants: tuple[str, ...]
    sweep: Mapping[str, tuple[object, ...]]


def variant_names(listed: str | None) -> tuple[str, ...]:
    """The names in `a,b`, in their order, each once."""
    return tuple(dict.fromkeys(name for each in (listed or "").split(",") if (name := each.strip())))


def composed(listed: str | None) -> str | None:
    """Variants as plans name them: `a,b`; None for none."""
    return ",".join(variant_names(listed)) or None


def vary(tree: Keys, choice: Choice, known: Known, faults: list[Fault]) -> Varied:
    """Lay the point of the sweep, the variants and the `--set` texts on a tree; what is wrong goes into `faults`.

    The variants asked for come first, then a sweep's variant, the values of its other axes, and `--set` last.
    """
    varying = _Varying(
        _part(tree, "variants", "changes", faults),
        _part(tree, "knobs", "paths", faults),
        _part(tree, "sweep", "lists of values", faults),
        known,
        faults,
    )
    bare = replace(tree, entries={key: entry for key, entry in tree.entries.items() if key not in TOP_KEYS})
    return varying.lay(bare, choice)


@dataclass(slots=True)
class _Varying:
    variants: Keys
    knobs: Keys
    sweep: Keys
    known: Known
    faults: list[Fault]

    def lay(self, tree: Keys, choice: Choice) -> Varied:
        self._check_variants(tree)
        axes = self._axes(choice.over)
        point = list(self._picked(axes, choice.pick))
        told = [(node.at, plain(node)) for name, node in point if name == VARIANT_AXIS]
        for at, listed in [(VARIANT, choice.variant), *told]:
            tree = self._variants(tree, at, listed if isinstance(listed, str) else None)
        for name, node in point:
            if name != VARIANT_AXIS:
                tree = self._change(tree, name, Entry(node.at, made_by(node, f"sweep {name}")))
        for text in choice.sets:
            tree = self._set(tree, text)
        self._check_knobs(tree)
        names = tuple(self.variants.entries)
        return Varied(tree, names, {name: tuple(map(plain, axis.items)) for name, axis in axes.items()})

    def _check_variants(self, tree: Keys) -> None:
        for name, each in self.variants.entries.items():
            if "," in name:
                self.faults.append(each.at.fault(("variants", name), "a variant's name can't hold a comma"))
            if not isinstance(each.node, Keys):
                message = "must be a mapping of changes, such as {units.med-a.beds: 24}"
                self.faults.append(each.node.at.fault(("variants", name), message))
        for name, each in self.knobs.entries.items():
            if name in tree.entries or name in self.known.names() or name == VARIANT_AXIS:
                self.faults.append(each.at.fault(("knobs", name), f"{name} is a key of scenarios; name the knob else"))
            if not list(_paths(each.node)):
                message = "must be a path, or a list of paths, such as units.med-a.beds"
                self.faults.append(each.node.at.fault(("knobs", name), message))

    def _check_knobs(self, tree: Keys) -> None:
        """Every path of every knob leads somewhere, whether it is turned or not."""
        for name, each in self.knobs.entries.items():
            for path in _paths(each.node):
                try:
                    Change(path, Entry(each.node.at, Scalar(each.node.at, 0)), did_you_mean).lay(tree, self.known)
                except Unreadable as stop:
                    told = f"{path}: {stop.fault.message}"
                    self.faults.append(each.node.at.fault(("knobs", name), told, stop.fault.hint))

    def _variants(self, tree: Keys, at: Place, listed: str | None) -> Keys:
        for name in variant_names(listed):
            chosen = child(self.variants, name)
            if chosen is None:
                self.faults.append(at.fault((name,), "unknown variant", self._there_are(name)))
            elif isinstance(chosen.node, Keys):
                for path, entry in chosen.node.entries.items():
                    tree = self._change(tree, path, Entry(entry.at, made_by(entry.node, f"variant {name}")))
        return tree

    def _there_are(self, name: str) -> str:
        names = ", ".join(self.variants.entries)
        close = closest(name, list(self.variants.entries))
        return (f"did you mean {close}? " if close else "") + (f"there are {names}" if names else "there are none")

    def _axes(self, over: Sequence[str]) -> dict[str, Items]:
        """Every axis of the sweep with its values; those of `--over` replace the scenario's of the same name."""
        axes: dict[str, tuple[Node, tuple[str, ...]]] = {
            name: (entry.node, ("sweep", name)) for name, entry in self.sweep.entries.items()
        }
        for text in over:
            path, node = self._assigned(text, OVER, "PATH=[VALUE, ...]")
            if node is not None:
                axes[path] = (made_by(node, OVER.by), (path,))
        found: dict[str, Items] = {}
        for name, (node, where) in axes.items():
            if isinstance(node, Items) and node.items:
                found[name] = node
            else:
                message = f"must be a list of values, such as [0, 10, 20], got {shown(plain(node))}"
                self.faults.append(node.at.fault(where, message))
        return found

    def _picked(self, axes: Mapping[str, Items], pick: Mapping[str, int]) -> Iterator[tuple[str, Node]]:
        """The value picked of each axis."""
        for name, at in pick.items():
            values = axes[name].items if name in axes else ()
            if 0 <= at < len(values):
                yield name, values[at]
            else:
                self.faults.append(POINT.fault((name,), f"the sweep has no value {at} of it", "values count from 0"))

    def _set(self, tree: Keys, text: str) -> Keys:
        """Make the change that `PATH=VALUE` asks for."""
        path, node = self._assigned(text, SET, "PATH=VALUE")
        return tree if node is None else self._change(tree, path, Entry(SET, made_by(node, SET.by)))

    def _assigned(self, text: str, place: Place, form: str) -> tuple[str, Node | None]:
        """The path and the value (read as YAML) of `PATH=VALUE`; None where it is none."""
        path, given, value = text.partition("=")
        path = path.strip()
        try:
            if not given or not path or not value.strip():
                hint = "null removes a key" if place == SET else ""
                raise Unreadable(place.fault((text,), f"must be {form}", hint))
            node = read_yaml(value, place.file, self.faults, tuple(path.split(".")))
        except Unreadable as stop:
            self.faults.append(replace(stop.fault, where=stop.fault.where or path))
            return path, None
        return path, node if node is not None else Scalar(place, None)

    def _change(self, tree: Keys, path: str, entry: Entry) -> Keys:
        """Lay one value at a path, or at every path of a knob."""
        knob, names = self.knobs.entries.get(path), self.known.names()
        if knob is None and "." not in path and path not in {*tree.entries, *names}:
            self.faults.append(entry.at.fault((path,), "unknown key", self._suggest(path, names)))
            return tree
        for each in [path] if knob is None else _paths(knob.node):
            try:
                laid = Change(each, entry, self._suggest).lay(tree, self.known)
                tree = laid if isinstance(laid, Keys) else tree
            except Unreadable as stop:
                self.faults.append(stop.fault)
        return tree

    def _suggest(self, name: str, names: Sequence[str]) -> str:
        return did_you_mean(name, [*names, *self.knobs.entries])


def _part(tree: Keys, key: str, to_what: str, faults: list[Fault]) -> Keys:
    """The mapping under one of the keys read here; nothing where it is left out."""
    entry = tree.entries.get(key, Entry(tree.at, Keys(tree.at, {})))
    if isinstance(entry.node, Keys):
        return entry.node
    faults.append(entry.node.at.fault((key,), f"must be a mapping of names to {to_what}"))
    return Keys(entry.at, {})


def _paths(node: Node) -> Iterator[str]:
    """The paths a knob names; none where it is anything else than a text or a list of texts."""
    values = list(node.items) if isinstance(node, Items) else [node]
    texts = [each.value for each in values if isinstance(each, Scalar) and isinstance(each.value, str) and each.value]
    yield from texts if len(texts) == len(values) else ()
