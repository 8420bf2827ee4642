"""What YAML means here, what of it is refused, and where a file that can't be read breaks."""

from pathlib import Path

import pytest

from optimizer.scenario.faults import ScenarioError
from optimizer.scenario.load import load
from tests.test_scenario_reading import Small, loaded, told


@pytest.mark.parametrize("written", ["22:30", "NO", "on", "2023-03-13", "1:2:3", "'12'", "=", "<<"])
def test_text_stays_text(tmp_path: Path, written: str) -> None:
    """What YAML 1.1 or a date parser would turn into something else is text."""
    assert loaded(tmp_path, f"id: {written}\n").value.id == written.strip("'")


@pytest.mark.parametrize(("written", "beds"), [("0o14", 12), ("+12", 12), ("0x1f", 31), ("014", 14), ("1_000", 1000)])
def test_whole_numbers_are_those_of_yaml_1_2(tmp_path: Path, written: str, beds: int) -> None:
    """Octal needs its 0o, so 014 is fourteen."""
    assert loaded(tmp_path, f"id: a\nunits: {{med: {{beds: {written}}}}}").value.units["med"].beds == beds


def test_keys_are_text(tmp_path: Path) -> None:
    """Keys that look like booleans, times or numbers are the text that was written, as in JSON."""
    result = loaded(tmp_path, "id: a\nunits: {NO: {beds: 1}, 22:30: {beds: 2}, 12: {beds: 3}}\nmonths: {3: 1.5}")
    assert list(result.value.units) == ["NO", "22:30", "12"]
    assert result.value.months == {3: 1.5}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "a.yaml:1:1  the file is empty"),
        ("# only a remark\n", "a.yaml:1:1  the file is empty"),
        ("- a\n- b", "a.yaml:1:1  must be a mapping (key: value); it holds a list of 2 items"),
        (
            "id: [a,\nunits: {}",
            "a.yaml:2:10  not readable as YAML: a list opened with [ isn't closed, or lacks a comma; it be",
        ),
        ("id: a\n\tunits: {}", "a.yaml:2:1  not readable as YAML: a tab where spaces are needed"),
        ("id: a: b", "a.yaml:1:6  not readable as YAML: a second colon in one value"),
        ("id: 'abc", "a.yaml:1:9  not readable as YAML: a quote is opened and never closed"),
        ("id: a\nunits:\n  b: 1\n c: 2", "a.yaml:4:2  not readable as YAML: this line doesn't line up"),
        ("id: a\n---\nid: b", "a.yaml:2:1  a second document starts here; one file holds one scenario"),
        ("%YAML 1.1\n---\nid: NO", "a.yaml:2:1  scenario files are YAML 1.2"),
        ("id: a\nunits: \x07", "a.yaml:2:8  not readable as YAML: a control character"),
        ("? [a]\n: 1", "a.yaml:1:3  a key must be text, not a list, a mapping or an alias"),
        ("id: a\n: 1", "a.yaml:2:1  a key is missing before the colon"),
        ("id: " + "[" * 60, "a.yaml:1:55  nested more than 50 levels deep"),
        ('"\\ud800": a', "a.yaml:1:1  holds an escape that is no character"),
    ],
)
def test_what_ends_the_reading_is_one_fault(tmp_path: Path, text: str, fault: str) -> None:
    """A file that can't be read further gives one fault at the line and column where it broke."""
    (found,) = told(tmp_path, text)
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("id: !!str 5", "a.yaml:1:5  id: tags such as tag:yaml.org,2002:str are not read; leave it out"),
        ("id: !!python/object:os.system x", "tags such as tag:yaml.org,2002:python/object:os.system are not read"),
        ("id: a\n<<: {start: 2023-03-13}", "a.yaml:2:1  <<: merge keys (<<) are not read; use extends"),
        ("id: a\nunits: *u", "a.yaml:2:8  units: *u names nothing above this line"),
        ("id: a\nhomes: &h [*h]", "a.yaml:2:12  homes.0: *h names nothing above this line"),
        ('id: "\\ud800"', "a.yaml:1:5  id: holds an escape that is no character"),
    ],
)
def test_yaml_that_is_not_plain_data_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Tags, merge keys and dangling aliases are faults, and nothing else is said about their cells."""
    (found,) = told(tmp_path, text)
    assert fault in found


def test_bytes_that_are_not_utf_8_are_placed(tmp_path: Path) -> None:
    """A Latin-1 letter is a fault at its line and column."""
    # b"id: a\nname: caf\xe9": the bad byte is the tenth of line 2.
    assert told(tmp_path, b"id: a\nname: caf\xe9") == ["a.yaml:2:10  is not UTF-8; save the file as UTF-8"]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Files of Windows editors start with one."""
    assert loaded(tmp_path, b"\xef\xbb\xbfid: a").value.id == "a"


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """The size, the limit and the cure are named, and the file isn't parsed."""
    text = "id: a\nunits:\n" + "".join(f"  u{at}: {{beds: 1}}\n" for at in range(1000))
    (found,) = told(tmp_path, text, max_bytes=10_000)
    assert found.startswith(f"a.yaml:1:1  the file has {len(text):,} bytes, more than the 10,000 read; put long lists")
    assert "{table: FILE.csv, column: NAME}" in found


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A file that isn't there is told like any other fault."""
    with pytest.raises(ScenarioError, match=r"none\.yaml:1:1  can't be read: No such file or directory\n1 fault, noth"):
        load(tmp_path / "none.yaml", Small)


def test_an_alias_repeats_a_value_and_keeps_its_place(tmp_path: Path) -> None:
    """Aliases are read; a fault in what they repeat stands where it is written."""
    assert loaded(tmp_path, "id: a\nunits: {a: &u {beds: 3}, b: *u}").value.units["b"].beds == 3
    found = told(tmp_path, "id: a\nunits:\n  a: &u {beds: x}\n  b: *u\n")
    assert [each.split("  ")[0] for each in found] == ["a.yaml:3:16", "a.yaml:3:16"]


def test_aliases_of_aliases_are_bounded(tmp_path: Path) -> None:
    """Nine levels of nine aliases would be 387 million values: refused before any is made."""
    levels = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 9)]
    (found,) = told(tmp_path, "\n".join(levels))
    assert "aliases stand for more than 100000 values or 50 levels" in found
