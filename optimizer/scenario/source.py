"""From YAML text to a tree that remembers where everything stands.

The text is read as events of ruamel.yaml's pure parser: unlike its `compose()` they keep explicit tags and the place of
every alias, and nothing recurses before our own depth limit. Scalars go through ruamel's YAML 1.2 resolver and
constructors, so `22:30`, `NO` and `2023-03-13` are text. Keys are always text, as in JSON.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from optimizer.scenario.faults import Fault, Step, shown
from optimizer.scenario.overlay import MAX_DEPTH, Entry, Items, Keys, Node, Place, Scalar, Unreadable, Value, unusable

MAX_COPIES = 100_000
"""Values that aliases may stand for in all."""

_PLAIN_WORDS: tuple[tuple[str, str], ...] = (
    ("mapping values are not allowed", "a second colon in one value; put the text in quotes or break the line"),
    ("found character '\\t'", "a tab where spaces are needed"),
    ("expected ',' or ']'", "a list opened with [ isn't closed, or lacks a comma"),
    ("expected ',' or '}'", "a mapping opened with { isn't closed, or lacks a comma"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("could not find expected ':'", "a colon is missing after this key"),
    ("expected <block end>", "this line doesn't line up with the lines above"),
    ("found incompatible YAML", "scenario files are YAML 1.2"),
)


def _reworded(problem: str) -> str:
    return next((words for start, words in _PLAIN_WORDS if problem.startswith(start)), problem or "broken")


def _syntax_fault(error: Exception, text: str, file: str) -> Fault:
    """Place what the parser stumbled over."""
    line, column, hint = 0, 0, ""
    if isinstance(error, MarkedYAMLError) and (mark := error.problem_mark or error.context_mark):
        line, column = mark.line, mark.column
        problem = _reworded(str(error.problem or error.context or ""))
        hint = f"it began on line {error.context_mark.line + 1}" if error.context_mark and error.problem_mark else ""
    elif isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        problem = "a control character, which no YAML file may hold"
    else:
        problem = str(error) or type(error).__name__
    return Fault(file, line + 1, column + 1, "", f"not readable as YAML: {problem}", hint)


@dataclass(slots=True)
class _Reader:
    """Builds the tree from events; everything wrong but not fatal is gathered in `faults`."""

    text: str
    file: str
    faults: list[Fault] = field(default_factory=list)
    yaml: YAML = field(default_factory=lambda: YAML(typ="safe", pure=True))
    anchors: dict[str, Node] = field(default_factory=dict)
    known: dict[str, Value] = field(default_factory=dict)
    copies: int = 0

    def document(self, path: tuple[Step, ...]) -> Node | None:
        """The one document in the text, None where there is none."""
        events = self._events()
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self._refuse_document(event, again=root is not None)
                root = self._node(next(events), events, path, 0)
        return root

    def _events(self) -> Iterator[Event]:
        try:
            yield from self.yaml.parse(self.text)
        # The parser answers hostile text with whatever breaks first (ValueError, IndexError, ...), not only YAMLError.
        except Exception as error:
            raise Unreadable(_syntax_fault(error, self.text, self.file)) from error

    def _refuse_document(self, event: DocumentStartEvent, *, again: bool) -> None:
        if again:
            raise self._stop(event, (), "a second document starts here; one file holds one scenario")
        if event.version not in (None, (1, 2)):
            raise self._stop(event, (), "scenario files are YAML 1.2")

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _stop(self, event: Event, path: tuple[Step, ...], message: str) -> Unreadable:
        return Unreadable(self._place(event).fault(path, message))

    def _node(self, event: Event, events: Iterator[Event], path: tuple[Step, ...], depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._stop(event, (), f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, AliasEvent):
            return self._alias(event, path, depth)
        if not isinstance(event, ScalarEvent | CollectionStartEvent):  # a broken stream can end early
            raise self._stop(event, path, f"not readable as YAML: {type(event).__name__}")
        self._refuse_tag(event, path)
        node = self._build(event, events, path, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _build(
        self, event: ScalarEvent | CollectionStartEvent, events: Iterator[Event], path: tuple[Step, ...], depth: int
    ) -> Node:
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := next(events), SequenceEndEvent):
                items.append(self._node(inner, events, (*path, len(items)), depth + 1))
            return Items(self._place(event), tuple(items))
        entries: dict[str, Entry] = {}
        while not isinstance(inner := next(events), MappingEndEvent):
            key, at = self._key(inner, path), self._place(inner)
            node = self._node(next(events), events, (*path, key), depth + 1)
            self._keep(entries, key, Entry(at, node), (*path, key))
        return Keys(self._place(event), entries)

    def _keep(self, entries: dict[str, Entry], key: str, entry: Entry, path: tuple[Step, ...]) -> None:
        if key == "<<":
            self.faults.append(entry.at.fault(path, "merge keys (<<) are not read", "use extends"))
        elif key in entries:
            first = entries[key].at.line
            self.faults.append(entry.at.fault(path, f"duplicate key, first on line {first}", "keep one of them"))
        else:
            entries[key] = entry

    def _key(self, event: Event, path: tuple[Step, ...]) -> str:
        if not isinstance(event, ScalarEvent):
            raise self._stop(event, path, "a key must be text, not a list, a mapping or an alias")
        self._refuse_tag(event, path)
        if not event.value:
            raise self._stop(event, path, "a key is missing before the colon")
        if problem := unusable(event.value):
            raise self._stop(event, path, problem)
        return str(event.value)

    def _refuse_tag(self, event: ScalarEvent | CollectionStartEvent, path: tuple[Step, ...]) -> None:
        if event.ctag is not None:
            message = f"tags such as {shown(str(event.ctag), quoted=False)} are not read"
            self.faults.append(self._place(event).fault(path, message, "leave it out"))

    def _alias(self, event: AliasEvent, path: tuple[Step, ...], depth: int) -> Node:
        if (node := self.anchors.get(event.anchor)) is None:
            self.faults.append(self._place(event).fault(path, f"*{event.anchor} names nothing above this line"))
            return Scalar(self._place(event), None, broken=True)
        pending = [(node, depth)]
        while pending:
            inner, level = pending.pop()
            self.copies += 1
            if self.copies > MAX_COPIES or level > MAX_DEPTH:
                limits = f"{MAX_COPIES} values or {MAX_DEPTH} levels"
                raise self._stop(event, path, f"aliases stand for more than {limits}")
            below = inner.items if isinstance(inner, Items) else ()
            within = [entry.node for entry in inner.entries.values()] if isinstance(inner, Keys) else below
            pending += [(each, level + 1) for each in within]
        return node

    def _scalar(self, event: ScalarEvent, path: tuple[Step, ...]) -> Scalar:
        at = self._place(event)
        value: Value = str(event.value)
        if event.implicit[0] and event.ctag is None:
            if event.value not in self.known:
                self.known[event.value] = self._resolved(event.value)
            value = self.known[event.value]
        if problem := unusable(value):
            self.faults.append(at.fault(path, problem))
            return Scalar(at, None, broken=True)
        return Scalar(at, value)

    def _resolved(self, text: str) -> Value:
        tag = self.yaml.resolver.resolve(ScalarNode, text, (True, False))
        construct = _CONSTRUCT.get(str(tag))
        if construct is None:
            return text
        try:
            value: Value = getattr(self.yaml.constructor, construct)(ScalarNode(tag, text))
        except ValueError:  # "0x_" and numbers of thousands of digits
            return math.nan
        return value


_CONSTRUCT: dict[str, str] = {
    f"tag:yaml.org,2002:{kind}": f"construct_yaml_{kind}" for kind in ("null", "bool", "int", "float")
}


def read_yaml(text: str, file: str, faults: list[Fault], path: tuple[Step, ...] = ()) -> Node | None:
    """Read one YAML document.

    Parameters: `file` as messages name it; `faults` gathers what is wrong but not fatal; `path` leads to what is read.
    Raises Unreadable where reading can't go on. Returns None for a text without a document.
    """
    return _Reader(text, file, faults).document(path)
