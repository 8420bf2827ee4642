"""Languages of the page: catalogues that are complete, numbers and days by locale, sentences said again."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from api.problems import KINDS
from api.web.catalogue import path_of, template
from api.web.languages import LANGUAGES, MINUS, Speech, wanted
from api.web.retelling import PATTERNS, Retelling
from tests.small_ward import small_ward
from tests.web_front import browser

PARTS = re.compile(r"%\(\w+\)[sd]|%%")
OTHERS = [language for language in LANGUAGES.values() if language.catalogue]
ENGLISH, CHINESE = Speech("en"), Speech("zh")


@pytest.mark.parametrize("language", OTHERS, ids=lambda each: each.tag)
def test_every_message_is_translated(language: object) -> None:
    """The catalogue holds each message of pages and tables, none empty, and its parts are those of the original."""
    folder = language.catalogue  # type: ignore[attr-defined]
    with path_of(folder).open("rb") as file:
        known = {message.id: message for message in read_po(file, locale=folder) if message.id}
    asked = {message.id for message in template() if message.id}
    assert {each if isinstance(each, str) else each[0] for each in asked} == {
        each if isinstance(each, str) else each[0] for each in known
    }
    for key, message in known.items():
        said = message.string if isinstance(message.string, str) else message.string[0]
        original = key if isinstance(key, str) else key[1]
        assert said, key
        assert set(PARTS.findall(said)) <= set(PARTS.findall(original)), key


@pytest.mark.parametrize(
    ("asked", "cookie", "code"),
    [
        ("zh-CN,zh;q=0.9", None, "zh"),
        ("zh-CN", "en", "en"),
        ("fr,de", None, "en"),
        ("", "xx", "en"),
        ("de, zh", None, "zh"),
    ],
)
def test_the_browsers_language_counts_until_another_is_chosen(asked: str, cookie: str | None, code: str) -> None:
    """A language there is not leaves the next one asked for, in the end English."""
    assert wanted(cookie, asked) == code


def test_numbers_and_days_are_written_by_locale() -> None:
    """British and Chinese forms of the same figures."""
    assert (ENGLISH.number(1284.5, 1), ENGLISH.percent(0.0752, 1)) == ("1,284.5", "7.5%")
    assert ENGLISH.day("2023-03-13") == "Mon 13 Mar"
    assert CHINESE.day("2023-03-13") == "3月13日周一"
    assert ENGLISH.day("monday") == "monday"


def test_nothing_is_ever_minus_zero() -> None:
    """-0.04 to one decimal is 0.0, and no difference is 0."""
    assert (ENGLISH.number(-0.04, 1), ENGLISH.signed(-0.001), ENGLISH.balance(-0.04)) == ("0.0", "0", "0.0")
    assert (ENGLISH.signed(-1250), ENGLISH.balance(2.0)) == (f"{MINUS}1,250", "+2.0")


def test_a_chance_is_no_surer_than_the_outermost_quantiles() -> None:
    """Under 3 % and over 97 % nothing more is said."""
    assert [ENGLISH.chance(each) for each in (0.0, 0.03, 0.5, 0.97, 1.0)] == ["<3%", "3%", "50%", "97%", ">97%"]


@pytest.mark.parametrize(
    "sentence",
    [
        "3.0 rn hours short",
        "2 rn short for 8.0 h",
        "the team's 600 h of that week are used",
        "all 90 (76.5 come) bank shifts of that week are asked for",
        "one more agency duty at 1,445 costs more than the 273 it would end",
        "overtime needs 1 day's notice",
        "bank needs 2 days' notice",
        "all 620 owned are in use, kept in reserve or on the way, and 40 rented at most, after their notice",
        "the 90 beds open in NK1, NK2 are full",
        "2 bank hca booked (now 3, was 1)",
        "bay 2 not opened, or shut",
    ],
)
def test_a_plans_sentences_are_said_again(sentence: str) -> None:
    """In English they stay what they are, the share that comes left out; in Chinese none of their words is left."""
    contracts = {"bank": "院内兼职", "agency": "外聘", "overtime": "加班"}
    same = Retelling(ENGLISH, {}, {})(sentence)
    assert same.replace("days'", "day's") == sentence.replace(" (76.5 come)", "").replace("days'", "day's")
    assert not re.search(r"\b(the|of|more|short|all|needs|are)\b", Retelling(CHINESE, contracts, {})(sentence))


def test_days_are_said_by_locale_wherever_a_sentence_names_them() -> None:
    """A shift of a day, a span of days, and a move from one to another."""
    days = {"Thu 16 Mar": date(2023, 3, 16), "Fri 17 Mar": date(2023, 3, 17)}
    tell = Retelling(CHINESE, {"own": "本院"}, days)
    assert tell.when("early of Thu 16 Mar") == "3月16日周四 early"
    assert tell.when("Thu 16 Mar to Fri 17 Mar") == "3月16日周四 \u2013 3月17日周五"
    assert "3月17日周五 early" in tell("1 own rn moved here from early of Fri 17 Mar")


def test_every_pattern_is_one_that_can_be_read() -> None:
    """Each names its parts as its message does."""
    for pattern, message in PATTERNS.items():
        named = set(re.compile(pattern).groupindex)
        assert {part[2:-2] for part in PARTS.findall(message)} <= named


def test_a_sentence_nobody_knows_stays_as_it_is() -> None:
    """Better the plan's own words than none."""
    assert Retelling(CHINESE, {}, {})("something new happened") == "something new happened"


def test_pages_in_chinese_leave_no_english_words(tmp_path: Path) -> None:
    """Bed state, shifts and money of a ward, but for the names that its scenario gives."""
    with browser(tmp_path) as reader:
        reader.get("/language/zh")
        where = reader.planned(text=json.dumps(small_ward(own=1, agency=4.0, short=30, boarding=1e5)))
        for view in ("", "/occupancy", "/staffing", "/shortfalls", "/limits", "/changes"):
            page = re.sub(
                r"<textarea.*?</textarea>|<p id=\"events-help\".*?</p>", "", reader.page(where + view), flags=re.DOTALL
            )
            said = re.sub(r"<[^>]+>", " ", page)
            left = set(re.findall(r"[A-Za-z]{3,}", said)) - {"Wardwright", "English", "ward", "Excel", "CSV", "PDF"}
            assert left == set(), view


def test_problems_have_titles_to_translate() -> None:
    """What a page of trouble says is in the catalogue."""
    assert {kind.title for kind in KINDS.values()} <= {message.id for message in template()}
