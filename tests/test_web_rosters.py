"""Rosters on the page: a grid of people and days to read, in both languages, what lacks and what clashes told."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.roster_ward import day, needs, scenario
from tests.web_front import Browser, browser

RULES: dict[str, Any] = {"rest": {"hours": 11}, "over_cost": 1}


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Somebody at this machine."""
    with browser(tmp_path_factory.mktemp("rosters")) as found:
        yield found


@pytest.fixture(scope="module")
def made(reader: Browser) -> str:
    """A roster of n1, who may work the night, and n2, on leave on day 1; two earlies wanted on day 1 where one can."""
    people = [{"id": "n1", "group": "rn"}, {"id": "n2", "group": "rn", "leave": day(1), "shifts": "early"}]
    wanted = needs((0, "early", 1), (1, "early", 2), (2, "night", 1))
    found = reader.service.planned(scenario(3, people, rules=RULES, needs=wanted), "/v1/rosters")
    assert (found["state"], found["problem"]) == ("done", None)
    return str(found["id"])


def test_a_roster_is_a_grid_of_letters_with_their_words(reader: Browser, made: str) -> None:
    """n1 works the night of day 2, n2 is away on day 1, and one person lacks on its early, at 100 points."""
    page = reader.page(f"/rosters/{made}")
    assert re.search(r'<td class="busy"><span aria-hidden="true">N</span><span class="hidden">night</span></td>', page)
    assert re.search(r'<td class="tight"><span aria-hidden="true">·</span><span class="hidden">away</span></td>', page)
    told = words_of(page)
    assert "100 points, proven to be the least possible ● checked: every hard rule holds" in told
    assert "lacking on early 1" in told
    assert "people wanted ward Tue 3 Mar 100 early all rn: 1 of 2" in told


def test_the_list_leads_to_it_in_chinese_as_well(reader: Browser, made: str) -> None:
    """The list links to it; in Chinese the rules and the page's own words are Chinese."""
    assert f'href="/rosters/{made}"' in reader.page("/rosters")
    reader.get("/language/zh?to=/rosters")
    page = words_of(reader.page(f"/rosters/{made}"))
    assert "所需人数" in page
    assert "所有硬性规则均满足" in page
    reader.get("/language/en?to=/rosters")


def test_a_roster_is_taken_away_from_the_page(reader: Browser, made: str) -> None:
    """The workbook, and a form that there is not is a page that says so."""
    answer = reader.get(f"/rosters/{made}/file/xlsx")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    reader.page(f"/rosters/{made}/file/doc", 404)


def test_where_there_is_none_the_page_says_what_clashes(reader: Browser) -> None:
    """Two wanted, hard, and one of two on leave: both facts stand on the page."""
    people = [{"id": "n1", "group": "rn", "leave": day(0)}, {"id": "n2", "group": "rn"}]
    found = reader.service.planned(scenario(1, people, needs=needs((0, "early", 2), cost=None)), "/v1/rosters")
    told = words_of(reader.page(f"/rosters/{found['id']}"))
    assert "No legal roster was found ■ a hard rule is broken" in told
    assert "without any one of them the others can: people wanted: early all rn: 2 wanted, 2 may work it" in told
    assert "leave is kept: n1" in told


def test_nobody_s_roster_is_not_there(reader: Browser) -> None:
    """An id that there is not answers 404."""
    reader.page("/rosters/roster_00000000000000000000000000000000", 404)
