"""`make screenshots`: every view of the page as a picture for the documents, from plans made on the spot."""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from api.service.demo import demo_text
from tests.browser.chromium import NONE, installed
from tests.service_front import store_at
from tests.small_ward import small_ward
from tests.test_service_processes import Service, running

LAPTOP: Final = {"width": 1280, "height": 720}
TABLET: Final = {"width": 820, "height": 1180}
TALLEST: Final = 1500
COLOURS: Final = 128
SECONDS: Final = 150
"""Seconds that the hospital's plan may take."""

WATCHED: Final = 20_000
"""Milliseconds of a search whose picture is kept."""

VIEWS: Final = ("occupancy", "forecast", "staffing", "devices", "shortfalls", "limits", "money", "what-if")
BAD: Final = "schema: 1\nid: north\nhorizn: {start: 2024-01-01, days: 7}\nunits:\n  med: {beds: -3, cares_for: [med]}\n"


class Album:
    """Where pictures go, and the page they are taken of."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self._folder = folder

    def keep(self, name: str, address: str = "") -> None:
        """One picture of the page as it stands, or of an address: not too high, in few colours, so that it is small."""
        if address:
            self.page.goto(address)
        picture = Image.open(io.BytesIO(self.page.screenshot(full_page=True))).convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
        picture.quantize(COLOURS).save(self._folder / f"{name}.png", optimize=True)
        sys.stdout.write(f"{name}.png\n")


def taken(service: Service, album: Album) -> None:
    """Every view: before a plan, while it is made, the plan of a hospital, and what follows from a ward's."""
    _before(album)
    hospital = json.loads(demo_text("hospital"))
    where = _address(service.post({**hospital, "solve": {**hospital["solve"], "time_limit": SECONDS}}))
    album.page.goto(where)
    album.page.locator("#progress .line-bound").wait_for(timeout=120_000)
    album.page.wait_for_timeout(WATCHED)
    album.keep("progress")
    album.page.get_by_text("checked: every rule holds").wait_for(timeout=400_000)
    album.keep("beds", where)
    for view in VIEWS:
        album.keep(view, f"{where}/{view}")
    album.keep("beds-zh", f"/language/zh?to={where}")
    album.keep("staffing-zh", f"{where}/staffing")
    album.page.goto("/language/en")
    album.page.set_viewport_size(TABLET)
    album.keep("tablet", f"{where}/staffing")
    album.page.set_viewport_size(LAPTOP)
    _after(service, album)


def _before(album: Album) -> None:
    page = album.page
    album.keep("start", "/")
    page.get_by_text("or paste its text").click()
    page.get_by_label("Text of the scenario").fill(BAD)
    page.get_by_role("button", name="Check it").click()
    album.keep("faults")
    album.keep("checked", "/scenario/demo/ward")


def _after(service: Service, album: Album) -> None:
    """A what-if beside its plan, a replan, a plan that cannot be, a link to share."""
    page = album.page
    ward = _planned(service, json.loads(demo_text("ward")))
    page.goto(f"{ward}/what-if")
    page.locator("input[name='knob units.med-a.beds']").fill("24")
    page.get_by_label("Name of the variant").fill("four beds less")
    page.get_by_role("button", name="Plan this").first.click()
    page.get_by_role("link", name="Compare it with that one").click(timeout=120_000)
    album.keep("compare")
    page.goto(f"{ward}/changes")
    page.get_by_label("What happened, one a line").fill("1 rn sick 2023-03-15 early at med-a")
    page.get_by_role("button", name=re.compile("^Change the plan")).click()
    page.get_by_text("checked: every rule holds").wait_for(timeout=120_000)
    album.keep("changes", f"{page.url}/changes")
    hard = small_ward(own=1, agency=4.0, boarding=100_000, hard=True)
    hard["staff"]["rn"]["agency"]["shifts_per_week"] = 0
    album.keep("no-plan", _planned(service, hard))
    page.goto(ward)
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    album.keep("share")
    album.keep("plans", "/plans")


def _planned(service: Service, data: dict[str, Any]) -> str:
    path = service.post(data)
    service.ended(path)
    return _address(path)


def _address(path: str) -> str:
    return path.removeprefix("/v1")


def main(folder: Path) -> int:
    """Take every picture anew; 1 where there is no browser."""
    path = installed()
    if path is None:
        sys.stderr.write(NONE + "\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with running(store_at("sqlite", Path(kept)), Path(kept)) as service:
            page = browser.new_context(base_url=str(service.client.base_url), viewport=LAPTOP).new_page()
            taken(service, Album(page, folder))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
