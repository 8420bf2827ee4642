"""What the page shows of a plan, with the numbers that its tables hold; what-ifs, comparisons and replans from it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.web.languages import MINUS
from tests.small_ward import small_ward
from tests.web_front import Browser, browser


def text_of(data: object) -> str:
    """A scenario as somebody would upload it."""
    return json.dumps(data)


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def short_ward(**changes: Any) -> dict[str, Any]:
    """One nurse employed where two are needed on each of three days; agency at four times her pay ends nothing."""
    return {**small_ward(own=1, agency=4.0, short=30, boarding=100_000), **changes}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Somebody at this machine."""
    with browser(tmp_path_factory.mktemp("views")) as found:
        yield found


@pytest.fixture(scope="module")
def ward(reader: Browser) -> str:
    """Where the plan of the short ward is."""
    return reader.planned(text=text_of(short_ward()))


def test_bed_state_tells_beds_patients_and_balance(reader: Browser, ward: str) -> None:
    """6 patients in 9 beds: two thirds are room, three beds to spare."""
    page = words_of(reader.page(ward))
    assert re.search(r"W ● room 9 . 6\.0 6\.0 6\.0 6\.0 \+3\.0 0\.0", page)


def test_occupancy_shows_the_number_in_each_cell(reader: Browser, ward: str) -> None:
    """6 of 9 beds are 66 % (and two thirds) on each of three days."""
    assert len(re.findall(r'<td class="good"[^>]*>66<', reader.page(f"{ward}/occupancy"))) == 3


def test_occupancy_bands_are_the_scenarios(reader: Browser) -> None:
    """Where a ward counts as tight from 60 % on, 66 % is tight, and the legend says so."""
    where = reader.planned(text=text_of(short_ward(occupancy_bands={"busy": 0.5, "tight": 0.6})))
    page = reader.page(f"{where}/occupancy")
    assert len(re.findall(r'<td class="tight"[^>]*>66<', page)) == 3
    assert "60% or more" in words_of(page)


def test_staffing_tells_people_there_of_people_needed(reader: Browser, ward: str) -> None:
    """One nurse of two on every day, half the hours filled; 10 hours for 6 patients are 1.67 a patient-day."""
    page = reader.page(f"{ward}/staffing")
    assert len(re.findall(r'<td class="tight">1/2<', page)) == 3
    assert "1.67 50.0%" in words_of(page)


def test_shortfalls_name_rule_and_cheapest_cure(reader: Browser, ward: str) -> None:
    """A missing nurse costs 10 h x 30 = 300 a day, an agency duty 4 x 100 = 400: that is the cure, and its price."""
    page = words_of(reader.page(f"{ward}/shortfalls"))
    assert "W D of Mon 1 Jan and 2 more 1 rn short for 10.0 h cover is met" in page
    assert "one more agency duty, 400" in page


def test_what_limits_is_ranked_with_prices(reader: Browser, ward: str) -> None:
    """One nurse more on D ends 300 a day and costs 100."""
    assert re.search(r"1 rn on D W 300", words_of(reader.page(f"{ward}/limits")))


def test_money_sums_to_the_whole(reader: Browser, ward: str) -> None:
    """Three duties at 100 and three days at 300 short: 1,200."""
    page = words_of(reader.page(f"{ward}/money"))
    assert "staff short 900 75.0%" in page
    assert "can be changed, together 1,200" in page


def test_a_view_that_is_not_there_is_not_found(reader: Browser, ward: str) -> None:
    """The ward has no devices."""
    reader.page(f"{ward}/devices", status=404)
    reader.page(f"{ward}/nonsense", status=404)


def test_a_scenario_that_states_its_demand_shows_no_fan(reader: Browser, ward: str) -> None:
    """It says so instead."""
    assert "nothing was forecast" in reader.page(f"{ward}/forecast")


def test_a_forecast_shows_its_fan_with_the_weeks_before(reader: Browser) -> None:
    """Three bands, the median, what was counted, the beds."""
    page = reader.page(f"{reader.planned(demo='ward')}/forecast")
    assert [page.count(f'<path class="{name}"') for name in ("b95", "b80", "b50", "median", "past")] == [1, 1, 1, 1, 1]
    assert "28 beds (dashed)" in page


def test_a_what_if_is_planned_and_saved_as_a_variant(reader: Browser, ward: str) -> None:
    """A second nurse ends the shortfall: six duties at 100 are 600, not 1,200; her scenario holds the variant."""
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", name="second nurse", **{"knob staff.rn.own.W": "2"})
    where = answer.headers["location"]
    reader.service.work()
    page = reader.page(where)
    assert '<span class="variant">second nurse</span>' in page
    assert f'href="/compare?plan={ward.rpartition("/")[2]}&amp;plan={where.rpartition("/")[2]}"' in page
    assert "can be changed, together 600" in words_of(reader.page(f"{where}/money"))
    assert "second nurse:" in reader.page(f"{where}/scenario.yaml")


def test_a_what_if_that_changes_nothing_is_told(reader: Browser, ward: str) -> None:
    """The form comes back with the reason."""
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", **{"knob units.W.beds": "9"})
    assert answer.status_code == 422
    assert "nothing was changed" in answer.text


def test_a_what_if_that_cannot_be_is_told_where(reader: Browser, ward: str) -> None:
    """Beds below zero and words for numbers come back as faults, with what was typed."""
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", **{"knob units.W.beds": "-1"})
    assert answer.status_code == 422
    assert "must be 0 or more" in answer.text
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", **{"knob units.W.beds": "many"})
    assert 'value="many"' in answer.text
    assert "must be a number" in answer.text


def test_plans_are_compared_item_by_item(reader: Browser, ward: str) -> None:
    """With a second nurse staff short falls by 900 and own shifts rise by 300: 600 less in all."""
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", name="two", **{"knob staff.rn.own.W": "2"})
    where = answer.headers["location"]
    reader.service.work()
    page = words_of(reader.page(f"/compare?plan={ward.rpartition('/')[2]}&plan={where.rpartition('/')[2]}"))
    assert f"{MINUS}600" in page
    assert f"staff short 900 0 {MINUS}900" in page
    assert "own shifts 300 600 +300" in page
    assert "staff.rn.own.W 1 2" in page


def test_which_input_makes_a_difference_is_shared_out(reader: Browser, ward: str) -> None:
    """The one input that differs makes all of it."""
    answer = reader.send(f"{ward}/what-if", page=f"{ward}/what-if", name="pair", **{"knob staff.rn.own.W": "2"})
    where = answer.headers["location"]
    reader.service.work()
    ids = [each.rpartition("/")[2] for each in (ward, where)]
    asked = reader.send("/compare/why", page=f"/compare?plan={ids[0]}&plan={ids[1]}", **{"plan[]": ids})
    assert "hx-get" in reader.page(asked.headers["location"])
    reader.service.work()
    assert f"staff.rn.own.W {MINUS}600" in words_of(reader.page(asked.headers["location"]))


def test_one_plan_alone_is_not_compared(reader: Browser, ward: str) -> None:
    """Two at least."""
    assert "choose 2 to 20 plans" in reader.page(f"/compare?plan={ward.rpartition('/')[2]}", status=400)


def test_a_replan_lists_whom_to_tell_what(reader: Browser) -> None:
    """Two of four nurses are needed; one of them falls sick on 2 January, so another of the team comes instead."""
    where = reader.planned(text=text_of(small_ward(own=4, agency=4.0, short=500, boarding=100_000)))
    answer = reader.send(f"{where}/replan", page=f"{where}/changes", events="1 rn sick 2024-01-02 D at W")
    changed = answer.headers["location"]
    reader.service.work()
    page = words_of(reader.page(f"{changed}/changes"))
    assert "W D of Tue 2 Jan 1 own rn more" in page


def test_a_replan_of_nothing_is_refused(reader: Browser, ward: str) -> None:
    """It must say what happened."""
    assert reader.send(f"{ward}/replan", page=f"{ward}/changes", events="  ").status_code == 400


def test_why_there_is_no_plan_comes_with_a_cure_to_press(reader: Browser) -> None:
    """Cover that must be met with one nurse for two: what clashes, a cure with its price, and a plan with it."""
    hard = small_ward(own=1, agency=4.0, boarding=100_000, hard=True)
    hard["staff"]["rn"]["agency"]["shifts_per_week"] = 0
    where = reader.planned(text=text_of(hard))
    page = reader.page(where)
    assert "No plan exists, and why" in page
    assert "Cheapest cure" in page
    cured = reader.send(f"{where}/cure", page=where).headers["location"]
    reader.service.work()
    assert "checked: every rule holds" in reader.page(cured)


@pytest.mark.parametrize("form", ["html", "xlsx", "csv", "ics"])
def test_a_plan_can_be_taken_away(reader: Browser, ward: str, form: str) -> None:
    """Each format is offered and downloads."""
    answer = reader.get(f"{ward}/file/{form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]


def test_a_stored_plan_is_a_place_to_start_from(reader: Browser, ward: str) -> None:
    """Its scenario comes back as text that passes the check, and is planned to the same cost."""
    page = reader.page(f"{ward}/scenario")
    text = html.unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[0])
    assert "No faults" in reader.send("/scenario", text=text).text
    assert "can be changed, together 1,200" in words_of(reader.page(f"{reader.planned(text=text)}/money"))


def test_devices_are_shown_over_the_days_with_what_is_rented_and_short(reader: Browser) -> None:
    """Six patients need a pump each; four are owned and one may be rented at 5 a day: one is short on every day."""
    pump = {
        "owned": {"main": 4},
        "need": {"med": 1},
        "rent": {"cost_per_day": 5, "at_most": 1},
        "short_cost_per_day": 50,
    }
    page = reader.page(f"{reader.planned(text=text_of(short_ward(devices={'pump': pump})))}/devices")
    assert page.count('<rect class="lacking"') == 3
    assert "4 owned (dashed)" in page
    assert re.search(r"pump 6 ◆ 1 rented (5 moved )?■ 1 short", words_of(page))


def test_plans_chosen_in_the_list_are_compared_from_the_oldest_on(reader: Browser, ward: str) -> None:
    """The list shows the newest first; what it is held against is the one made first."""
    later = reader.planned(text=text_of(short_ward()))
    ids = [each.rpartition("/")[2] for each in (later, ward)]
    answer = reader.get(f"/compare?first=oldest&plan={ids[0]}&plan={ids[1]}", follow=False)
    assert answer.headers["location"] == f"/compare?plan={ids[1]}&plan={ids[0]}"
