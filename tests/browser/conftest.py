"""One service and one browser for each file of tests: Playwright keeps a loop running that others must not meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import NONE, installed
from tests.browser.screen import Screen
from tests.service_front import store_at
from tests.test_service_processes import Service, running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; tests are skipped where there is none."""
    path = installed()
    if path is None:
        pytest.skip(NONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """`wardwright serve` with its worker, as a planner starts it on her own machine."""
    folder = tmp_path_factory.mktemp("served")
    with running(store_at("sqlite", folder), folder) as found:
        yield found


@pytest.fixture
def screen(chromium: Browser, service: Service) -> Iterator[Screen]:
    """A fresh window of 1280 x 720 that must end without a word on its console and without asking anybody else."""
    context = chromium.new_context(base_url=str(service.client.base_url), viewport={"width": 1280, "height": 720})
    window = Screen(context.new_page(), str(service.client.base_url))
    yield window
    context.close()
    assert window.said == []
    assert window.elsewhere == []


@pytest.fixture(scope="module")
def ward(service: Service) -> str:
    """The page of a planned demo of one ward."""
    return _planned(service, "ward")


def _planned(service: Service, demo: str) -> str:
    scenario = service.client.get(f"/v1/demo/{demo}").raise_for_status().json()
    path = service.post(scenario)
    service.ended(path)
    return path.removeprefix("/v1")


@pytest.fixture
def page(screen: Screen) -> Page:
    """The page of the fresh window."""
    return screen.page
