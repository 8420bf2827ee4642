"""Plan folders read back: the same decisions and demand, and words for what is no plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from api.documents import plan_files
from optimizer.making import make_plan
from optimizer.planning import foresee
from optimizer.saved import PlanFolderError, open_plan
from optimizer.scenario.files import open_scenario

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """A plan of quickstart as text by file name."""
    loaded = open_scenario(QUICKSTART)
    return plan_files(make_plan(loaded), loaded)


@pytest.fixture
def folder(files: dict[str, str], tmp_path: Path) -> Path:
    """The same in a folder."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_plan_is_read_back_without_its_data(folder: Path, files: dict[str, str]) -> None:
    """Tables, facts and demand are those that were written; the history is not looked for."""
    saved = open_plan(folder)
    demand = foresee(open_scenario(QUICKSTART)).demand
    assert saved.tables["staff"].to_csv() == files["staff.csv"]
    assert saved.facts.objective > 0
    assert np.allclose(saved.case.demand.arrivals, demand.arrivals, atol=1e-6)
    assert np.allclose(saved.case.demand.stays, demand.stays, atol=1e-6)
    assert saved.case.demand.present.tolist() == demand.present.tolist()


def test_a_folder_without_a_plan_says_so(tmp_path: Path) -> None:
    """An empty folder is no plan folder."""
    with pytest.raises(PlanFolderError, match=r"no plan folder, for it holds no plan\.json"):
        open_plan(tmp_path)


def test_a_scenario_changed_since_is_refused(folder: Path) -> None:
    """A plan beside another scenario than its own is not read."""
    text = (folder / "scenario.json").read_text(encoding="utf-8")
    (folder / "scenario.json").write_text(text.replace('"beds": 28', '"beds": 27'), encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"scenario\.json: changed since plan\.json was written"):
        open_plan(folder)


def test_a_table_with_other_columns_is_refused(folder: Path) -> None:
    """A table whose header is not its own names its file and line."""
    (folder / "staff.csv").write_text("who,when\n", encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"staff\.csv: line 1: must be staff,contract"):
        open_plan(folder)


def test_an_unknown_name_in_the_demand_is_refused(folder: Path) -> None:
    """Demand of a group that the scenario does not know is not read."""
    text = (folder / "demand.csv").read_text(encoding="utf-8")
    (folder / "demand.csv").write_text(text.replace("medical,", "surgical,"), encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"no patient group is called 'surgical'"):
        open_plan(folder)


def test_no_number_in_plan_json_is_refused(folder: Path) -> None:
    """A fact that is none is named."""
    text = (folder / "plan.json").read_text(encoding="utf-8")
    (folder / "plan.json").write_text(text.replace('"seed": 0', '"seed": "x"'), encoding="utf-8")
    with pytest.raises(PlanFolderError, match=r"plan\.json: seed: input should be a valid integer"):
        open_plan(folder)
