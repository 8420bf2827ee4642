"""What holds for any file: unknown keys are each told once, bytes never do worse than a fault, reading is quick."""

import importlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from optimizer.scenario.faults import Fault, ScenarioError
from optimizer.scenario.load import load
from optimizer.scenario.varying import Choice
from tests.test_scenario_reading import Small, Strict


class Tree(Strict):
    """A model that holds itself."""

    below: dict[str, "Tree"] = {}
    side: "Tree | None" = None
    items: tuple["Tree", ...] = ()


def faults_in(path: Path, model: type[BaseModel], sets: Sequence[str] = ()) -> tuple[Fault, ...]:
    """Every fault of a file, none where it is valid."""
    try:
        load(path, model, choice=Choice(sets=tuple(sets)))
    except ScenarioError as error:
        return error.faults
    return ()


node = st.recursive(
    st.fixed_dictionaries({"unknown": st.integers(0, 2)}),
    lambda inner: st.fixed_dictionaries(
        {"unknown": st.integers(0, 2)},
        optional={
            "below": st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
            "side": inner,
            "items": st.lists(inner, max_size=3),
        },
    ),
    max_leaves=12,
)


def children(tree: dict[str, object], indent: str) -> Iterator[tuple[str, dict[str, object], str]]:
    """(line that leads to it, node, its indent) of every node below one, in the order of the file."""
    for key, inner in tree.items():
        if key == "side":
            yield f"{indent}side:", inner, indent + "  "  # type: ignore[misc]
        elif isinstance(inner, dict) and inner:
            for at, (name, each) in enumerate(inner.items()):
                yield (f"{indent}below:\n" if at == 0 else "") + f"{indent} {name}:", each, indent + "  "
        elif isinstance(inner, list) and inner:
            for at, each in enumerate(inner):
                yield (f"{indent}items:\n" if at == 0 else "") + f"{indent} -", each, indent + "   "


def written(tree: dict[str, object], indent: str, lines: list[str], unknown: list[int]) -> None:
    """Write a drawn tree as YAML, noting the line of every unknown key."""
    for at in range(int(str(tree["unknown"]))):
        lines.append(f"{indent}zz{at}: {{deep: [1, {{er: 2}}]}}")
        unknown.append(len(lines))
    for lead, node, inner in children(tree, indent):
        lines.extend(lead.split("\n"))
        written(node, inner, lines, unknown)
    if "side" not in tree:
        lines.append(f"{indent}side: null")


@settings(max_examples=60, deadline=None)
@given(tree=node)
def test_any_nesting_of_unknown_keys_is_told_each_once_at_its_line(tree: dict[str, object]) -> None:
    """However deep in mappings, lists and models, every unknown key is one fault on its own line."""
    lines: list[str] = []
    unknown: list[int] = []
    written(tree, "", lines, unknown)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.yaml")
        path.write_text("\n".join(lines))
        found = faults_in(path, Tree)
    assert [fault.line for fault in found] == unknown
    assert all(fault.message == "unknown key" for fault in found)


PIECES = (
    *("id: a", "\n", " ", "  ", ": ", "- ", "[", "]", "{", "}", "&x ", "*x", "!!int ", "'", '"', "|", ">", "#", "\t"),
    *("?", "%YAML 1.2\n", "---", "...", "<<", "extends: ", "variants: ", "units: ", "table: ", "column: ", "beds: "),
    *("\\ud800", "\\x", "1e999", ".nan", "0x_", "-", ",", "\ufeff", "\x00", "~", "@", "`", "a.yaml", "9" * 30),
)
pieces = st.sampled_from(PIECES)


@settings(max_examples=150, deadline=None)
@given(raw=st.one_of(st.binary(max_size=60), st.lists(pieces, max_size=14).map(lambda parts: "".join(parts).encode())))
def test_random_bytes_raise_nothing_but_scenario_errors(raw: bytes) -> None:
    """Whatever the bytes, the answer is a scenario or a list of faults."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.yaml")
        path.write_bytes(raw)
        found = faults_in(path, Small)
    assert all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in found)


@settings(max_examples=100, deadline=None)
@given(text=st.lists(pieces, max_size=8).map("".join))
def test_random_settings_raise_nothing_but_scenario_errors(text: str) -> None:
    """Whatever stands after --set, the answer is a scenario or a list of faults."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.yaml")
        path.write_text("id: a\nunits: {a: {beds: 1}}\nhomes: [a]")
        found = faults_in(path, Small, sets=[text, f"units.a.beds={text}"])
    assert all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in found)


def test_a_thousand_lines_are_read_quickly(tmp_path: Path) -> None:
    """A file of a thousand lines takes well under 0.3 s of this thread's time (the best of three readings)."""
    units = "".join(f"  u{at}: {{beds: {at}, kind: icu}}\n" for at in range(998))
    (tmp_path / "a.yaml").write_text("id: a\nunits:\n" + units)
    taken = []
    for _ in range(3):
        start = time.thread_time()
        assert len(load(tmp_path / "a.yaml", Small).value.units) == 998
        taken.append(time.thread_time() - start)
    assert min(taken) < 0.3


def test_nothing_is_written(tmp_path: Path) -> None:
    """A folder read from holds what it held before, and may be read-only."""
    (tmp_path / "a.yaml").write_text("id: a")
    tmp_path.chmod(0o555)
    try:
        load(tmp_path / "a.yaml", Small)
        assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
    finally:
        tmp_path.chmod(0o755)


@pytest.mark.parametrize("name", ["faults", "source", "overlay", "tables", "hints", "load"])
def test_reading_needs_no_slow_import(name: str) -> None:
    """No module here imports numpy, pandas or scipy: validating a file must feel instant."""
    module = importlib.import_module(f"optimizer.scenario.{name}")
    source = Path(str(module.__file__)).read_text()
    assert not any(f"import {slow}" in source for slow in ("numpy", "pandas", "scipy"))
