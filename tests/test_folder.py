"""Output folders: refused in time, replaced only where that loses nothing but a plan, and never half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.errors import OutputFailed, OutputRefused
from api.folder import draft, refuse_file, write_file

OLD, NEW = {"plan.json": "old", "beds.csv": "old"}, {"plan.json": "new"}


def fill(folder: Path, files: dict[str, str], *, force: bool = False) -> None:
    """Write a folder as a plan is written."""
    with draft(folder, force=force) as open_draft:
        open_draft.publish(files)


def names(folder: Path) -> set[str]:
    """Everything in a folder, hidden things too."""
    return {path.name for path in folder.iterdir()}


def test_a_new_folder_holds_exactly_what_was_published(tmp_path: Path) -> None:
    """Folders above are made, the text is written as it is, and nothing else is left beside it."""
    fill(tmp_path / "a" / "b", {"plan.json": "{}\n", "beds.csv": "unit\r\n"})
    assert (tmp_path / "a" / "b" / "beds.csv").read_bytes() == b"unit\r\n"
    assert names(tmp_path / "a") == {"b"}
    assert names(tmp_path / "a" / "b") == {"plan.json", "beds.csv"}


def test_a_plan_folder_is_refused_unless_forced(tmp_path: Path) -> None:
    """Then every old file goes, those that the new plan doesn't have included."""
    fill(tmp_path / "out", OLD)
    with pytest.raises(OutputRefused, match=r"out exists; --force replaces it, -o names another"):
        fill(tmp_path / "out", NEW)
    assert (tmp_path / "out" / "plan.json").read_text() == "old"
    fill(tmp_path / "out", NEW, force=True)
    assert names(tmp_path / "out") == {"plan.json"}
    assert (tmp_path / "out" / "plan.json").read_text() == "new"
    assert names(tmp_path) == {"out"}


def test_an_empty_folder_needs_force_too(tmp_path: Path) -> None:
    """What exists is refused, however little it is."""
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputRefused, match="out exists"):
        fill(tmp_path / "out", NEW)
    fill(tmp_path / "out", NEW, force=True)
    assert names(tmp_path / "out") == {"plan.json"}


def test_force_never_replaces_a_folder_that_is_no_plan(tmp_path: Path) -> None:
    """Somebody's notes stay where they are."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(
        OutputRefused, match=r"is no plan folder \(it holds no plan.json\).*--force replaces plan folders only"
    ):
        fill(tmp_path, NEW, force=True)
    assert names(tmp_path) == {"notes.txt"}


def test_a_file_is_no_place_for_a_folder(tmp_path: Path) -> None:
    """With or without force."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputRefused, match="out is a file, not a folder"):
        fill(tmp_path / "out", NEW, force=True)
    assert (tmp_path / "out").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    """A file stands where a folder above should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputRefused, match=r"can't be (used|written): Not a directory"):
        fill(tmp_path / "file" / "out", NEW)


def test_a_name_too_long_for_the_disk_is_refused_with_its_reason(tmp_path: Path) -> None:
    """The disk's own words are told."""
    with pytest.raises(OutputRefused, match="File name too long"):
        fill(tmp_path / ("x" * 300), NEW)


def test_a_disk_that_fails_leaves_the_old_plan_whole(tmp_path: Path) -> None:
    """The second file can't be written; the old folder is untouched and no part of the new one is left."""
    fill(tmp_path / "out", OLD)
    with pytest.raises(OutputFailed, match=r"out could not be written: No such file.*nothing was left half written"):
        fill(tmp_path / "out", {"plan.json": "new", "no/such/folder.csv": ""}, force=True)
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == OLD
    assert names(tmp_path) == {"out"}


def test_work_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """An error between opening and publishing cleans up."""
    with pytest.raises(ZeroDivisionError), draft(tmp_path / "out"):
        _ = 1 / 0
    assert names(tmp_path) == set()


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Two runs to one folder: the second to end is refused."""
    with draft(tmp_path / "out") as open_draft:
        fill(tmp_path / "out", OLD)
        with pytest.raises(OutputRefused, match="out exists"):
            open_draft.publish(NEW)
    assert (tmp_path / "out" / "plan.json").read_text() == "old"
    assert names(tmp_path) == {"out"}


def test_a_link_to_a_plan_folder_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced, not the link."""
    fill(tmp_path / "real", OLD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    fill(tmp_path / "link", NEW, force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "plan.json").read_text() == "new"


def test_a_single_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """Files of forecasts follow the same rule as folders of plans."""
    file = tmp_path / "days.csv"
    write_file(file, "old")
    with pytest.raises(OutputRefused, match=r"days\.csv exists; --force replaces it"):
        refuse_file(file, force=False)
    with pytest.raises(OutputRefused, match="is a folder; name a file"):
        refuse_file(tmp_path, force=True)
    write_file(file, "new")
    assert file.read_text() == "new"
    assert names(tmp_path) == {"days.csv"}
