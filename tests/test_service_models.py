"""Stored forecasts named over HTTP: by name and version, of one's own tenant, and nothing else of the disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.service.demo import demo_text
from api.service.keys import TENANT
from tests.command import run
from tests.service_front import Front, front

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A service that asks for keys, in whose folder of models north has a stored forecast called `beds`."""
    folder = tmp_path_factory.mktemp("service")
    trained = folder / "trained"
    words = ("--name", "beds", "--promote")
    done = run("models", "train", QUICKSTART, *words, "--models", trained)
    assert done.exit_code == 0, done.output
    with front("sqlite", folder, login=True) as found:
        shutil.copytree(trained, found.house.models / "north")
        yield found


def scenario(model: str) -> dict[str, Any]:
    """The demo ward, to be forecast with a stored model."""
    data = json.loads(demo_text("ward"))
    data["patients"]["medical"]["demand"]["history"]["column"] = "occupied"
    return {**data, "forecast": {"model": model}}


def forecast(service: Front, model: str, tenant: str) -> dict[str, Any]:
    """A forecast with a stored model, asked for by a tenant."""
    key = service.key(tenant)
    return service.planned(scenario(model), "/v1/forecasts", key=key)


@pytest.mark.parametrize("model", ["beds@1", "beds"])
def test_a_forecast_rests_on_the_stored_model_that_it_names(service: Front, model: str) -> None:
    """By version or the one in production; nothing is learned anew, and the answer names it."""
    done = forecast(service, model, "north")
    assert done["state"] == "done", json.dumps(done["problem"])
    assert "beds@1" in json.dumps(done["answer"])


def test_another_tenant_s_model_is_as_unknown_as_one_that_never_was(service: Front) -> None:
    """South is told the same of north's `beds@1` as of a name that nobody has, but for the name."""
    theirs, random = (forecast(service, model, "south")["problem"] for model in ("beds@1", "sdeb@1"))
    assert theirs["code"] == "invalid-scenario"
    assert theirs["faults"][0]["path"].startswith("/forecast")
    assert json.dumps(theirs).replace("beds", "sdeb") == json.dumps(random)


@pytest.mark.parametrize(
    "model", ["../north/beds@1", "north/beds@1", "/etc/beds@1", "..", ".@1", "beds@../1", "beds@1/x"]
)
def test_no_folder_is_named_over_http(service: Front, model: str) -> None:
    """Neither up nor down nor from the root: a fault at the key, and nothing of the disk in it."""
    problem = forecast(service, model, "south")["problem"]
    assert (problem["code"], problem["faults"][0]["path"]) == ("invalid-scenario", "/forecast/model")
    assert str(service.house.models) not in json.dumps(problem)


def test_nobody_else_is_called_like_who_need_not_log_in(service: Front, tmp_path: Path) -> None:
    """The tenant `local` would see the folder of all models: it can be no tenant of a key or a token."""
    del service
    assert (TENANT.fullmatch("local"), TENANT.fullmatch("locally") is None) == (None, False)
    done = run("keys", "create", "x", "--tenant", "local", "--store", f"sqlite:///{tmp_path / 'store.db'}")
    assert done.exit_code == 2
