"""Every page in both languages: nothing that axe calls a violation, nothing wider than the window."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.screen import Screen
from tests.small_ward import small_ward
from tests.test_service_processes import Service

VIEWS = (
    "",
    "/occupancy",
    "/forecast",
    "/staffing",
    "/devices",
    "/shortfalls",
    "/limits",
    "/money",
    "/changes",
    "/what-if",
)
WRITTEN_IN = """() => {
  const script = document.createElement("script");
  script.textContent = "window.harmed = 1";
  document.body.append(script);
}"""
SIZES = ((1280, 720), (820, 1180))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_of_a_plan_violates_a_rule_of_axe(screen: Screen, ward: str, view: str, language: str) -> None:
    """Contrast, names, landmarks, tables: axe finds 0 violations."""
    screen.page.goto(f"/language/{language}?to={ward}{view}")
    found = Axe().run(screen.page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/", "/plans", "/sign-in", "/scenario/demo/ward", "/plans/none"])
def test_no_page_around_plans_violates_a_rule_of_axe(screen: Screen, address: str, language: str) -> None:
    """The start, the list, signing in, a scenario checked, and an address that is not there."""
    screen.page.goto(f"/language/{language}?to={address}")
    found = Axe().run(screen.page)
    assert found.violations_count == 0, found.generate_report()
    if address == "/plans/none":
        screen.expect_complaint("Failed to load resource: the server responded with a status of 404")


def no_plan_of(service: Service) -> str:
    """The page of a scenario whose cover must be met and can't: one nurse for two."""
    hard = small_ward(own=1, agency=4.0, boarding=100_000, hard=True)
    hard["staff"]["rn"]["agency"]["shifts_per_week"] = 0
    path = service.post(hard)
    service.ended(path)
    return path.removeprefix("/v1")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_that_follows_from_plans_violates_a_rule_of_axe(
    screen: Screen, ward: str, service: Service, language: str
) -> None:
    """Two plans side by side, why there is none, and a link to share."""
    other = service.post(small_ward(own=2, agency=2.0, short=50.0, boarding=1000.0))
    service.ended(other)
    pair = "&".join(f"plan={each.rpartition('/')[2]}" for each in (ward, other))
    screen.page.goto(f"/language/{language}")
    for address in (f"/compare?{pair}", no_plan_of(service), ward):
        screen.page.goto(address)
        assert Axe().run(screen.page).violations_count == 0, address
    screen.page.locator("details", has=screen.page.locator("#days")).locator("summary").click()
    screen.page.locator("details", has=screen.page.locator("#days")).locator("button").click()
    found = Axe().run(screen.page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("size", SIZES)
def test_every_view_fits_a_small_laptop_and_a_tablet(
    screen: Screen, ward: str, service: Service, size: tuple[int, int]
) -> None:
    """At 1280 x 720 and 820 x 1180 no page scrolls sideways."""
    screen.page.set_viewport_size({"width": size[0], "height": size[1]})
    wide = []
    for address in ("/", "/plans", *(ward + view for view in VIEWS)):
        screen.page.goto(address)
        if screen.too_wide():
            wide.append(address)
    assert wide == []


def test_no_page_may_run_what_stands_in_it(screen: Screen, ward: str) -> None:
    """A script written into the page by somebody else is refused by the browser itself."""
    screen.page.goto(ward)
    screen.page.evaluate(WRITTEN_IN)
    assert screen.page.evaluate("window.harmed") is None
    screen.expect_complaint("Executing inline script violates")
