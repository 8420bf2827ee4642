"""What a planner does with the page, in a real browser: plan, watch, stop, compare, ask what if, without a mouse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import Screen
from tests.small_ward import small_ward
from tests.test_service_processes import Service, long_scenario

AGENCY = "input[name='knob staff.rn.agency.multiplier']"

PATIENCE = 60_000
"""Milliseconds that a plan of one ward may take on a busy machine."""


def given(page: Page, data: object) -> None:
    """Paste a scenario on the start page and have it checked."""
    page.goto("/")
    page.get_by_text("or paste its text").click()
    page.get_by_label("Text of the scenario").fill(json.dumps(data, indent=1))
    page.get_by_role("button", name="Check it").click()


def test_a_demo_is_planned_and_its_beds_are_shown(page: Page) -> None:
    """From the start page to the bed state: one click on a demo, one to plan it."""
    page.goto("/")
    page.get_by_role("link", name="One medical ward").click()
    page.get_by_role("button", name=re.compile("^Plan")).first.click()
    expect(page.get_by_text("checked: every rule holds")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("row").filter(has_text="med-a")).to_contain_text("tight")


def test_progress_is_live_and_a_stop_keeps_the_best_plan(page: Page) -> None:
    """Cost, bound and gap move without a reload; after the stop the best plan stands there, checked."""
    given(page, long_scenario())
    page.get_by_role("button", name=re.compile("^Plan")).first.click()
    gap = page.locator("#progress dd").nth(3)
    expect(gap).to_contain_text("%", timeout=PATIENCE)
    seconds = page.locator("#progress dd").first.inner_text()
    expect(page.locator("#progress dd").first).not_to_have_text(seconds)
    page.get_by_role("button", name=re.compile("^Stop")).click()
    expect(page.get_by_text("stopped early, best plan kept")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("checked: every rule holds")).to_be_visible()


def test_a_bad_file_shows_its_fault_at_the_line(screen: Screen, tmp_path: Path) -> None:
    """`horizn` stands on line 3 of the file: that line is marked, with the word that was meant."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: 1\nid: x\nhorizn: 3\n", encoding="utf-8")
    screen.page.goto("/")
    screen.page.get_by_label("A scenario file (YAML)").set_input_files(bad)
    screen.page.get_by_role("button", name="Check it").click()
    line = screen.page.locator("li.wrong").filter(has_text="horizn: 3")
    expect(line.locator(".number")).to_have_text("3")
    expect(line).to_contain_text("did you mean horizon?")
    screen.expect_complaint("Failed to load resource: the server responded with a status of 422")


def test_a_what_if_is_typed_planned_and_compared(page: Page, service: Service) -> None:
    """Agency at 3 times the pay instead of 2, for one of the two nurses of each of three days: 300 more."""
    path = service.post(small_ward(own=1, agency=2.0, short=500.0, boarding=1000.0))
    service.ended(path)
    page.goto(path.removeprefix("/v1"))
    page.get_by_role("link", name="What if").click()
    page.get_by_label("Name of the variant").fill("dear agency")
    page.get_by_role("group").filter(has=page.locator(AGENCY)).locator("summary").click()
    page.locator(AGENCY).fill("3")
    page.get_by_role("button", name="Plan this").first.click()
    expect(page.get_by_text("A what-if of another plan.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Compare it with that one").click()
    expect(page.get_by_role("img", name=re.compile("^Waterfall"))).to_be_visible()
    # One own nurse works every day for 100; the other duty is agency: 3 x 200 before, 3 x 300 after.
    expect(page.get_by_role("row").filter(has_text="in all")).to_contain_text("300")


def test_every_part_of_a_plan_is_reached_without_a_mouse(screen: Screen, ward: str) -> None:
    """Tab comes to each link, field and button; the first leads past the menu to the content."""
    screen.page.goto(ward)
    reached = list(screen.tabbed())
    assert reached[0].endswith("#main")
    for view in ("occupancy", "staffing", "shortfalls", "limits", "money", "what-if"):
        assert any(each.endswith(f"{ward}/{view}") for each in reached), view
    assert any(each.startswith("SUMMARY") for each in reached)


def test_a_plan_is_made_with_the_keyboard_alone(page: Page) -> None:
    """Enter on a demo, Enter on the button that plans it, and the plan is there."""
    page.goto("/")
    page.get_by_role("link", name="One medical ward").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("^Plan")).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("checked: every rule holds")).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("code", "title"),
    [("en", "What do you want to plan?"), ("zh", "您想计划什么\uff1f")],
)
def test_the_page_speaks_both_languages(page: Page, code: str, title: str) -> None:
    """The start page in each, marked as such for a screen reader."""
    page.goto(f"/language/{code}")
    expect(page.locator("html")).to_have_attribute("lang", {"en": "en", "zh": "zh-Hans"}[code])
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize(
    ("view", "name"),
    [("forecast", "svg"), ("occupancy", "table"), ("staffing", "table"), ("money", "svg, table"), ("limits", "table")],
)
def test_each_picture_is_drawn(page: Page, ward: str, view: str, name: str) -> None:
    """It has a size on the screen, not only in the text."""
    page.goto(f"{ward}/{view}")
    box = page.locator(f"main {name}").first.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert box["height"] > 30


def test_a_share_link_opens_for_somebody_else_and_changes_nothing(page: Page, ward: str) -> None:
    """A reader with the link sees the plan; no form, no button."""
    page.goto(ward)
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Address").input_value()
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("checked: every rule holds")).to_be_visible()
    assert page.locator("form, button").count() == 0
