"""The page: signing in, starting from a scenario, following a plan, stopping it, sharing it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.service.keys import listed, revoke
from api.web.sealing import Sealer
from api.web.visiting import Session
from tests.small_ward import small_ward
from tests.web_front import Browser, browser


def text_of(data: object) -> str:
    """A scenario as somebody would upload it."""
    return json.dumps(data, indent=1)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Somebody at this machine, where no login is asked for."""
    with browser(tmp_path_factory.mktemp("web")) as found:
        yield found


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Browser]:
    """Somebody in front of a service that asks for keys."""
    with browser(tmp_path, login=True) as found:
        yield found


def test_the_start_offers_demos_and_an_upload(reader: Browser) -> None:
    """What a planner can begin with."""
    page = reader.page("/")
    assert 'href="/scenario/demo/ward"' in page
    assert 'type="file"' in page


def test_every_page_keeps_a_strict_policy(reader: Browser) -> None:
    """Nothing from elsewhere, nothing inline: no script, no style, no style attribute."""
    answer = reader.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*src=)|\son[a-z]+=", answer.text)


def test_a_fault_is_shown_at_its_line(reader: Browser) -> None:
    """`horizn` stands on line 3: the line is shown with the fault and its cure beneath."""
    answer = reader.send("/scenario", text="schema: 1\nid: x\nhorizn: 3\n")
    assert answer.status_code == 422
    lines = re.findall(
        r'<li class="wrong"><span class="number">(\d+)</span><code>(.*?)</code>\s*<p class="fault">(.*?)<',
        answer.text,
        re.DOTALL,
    )
    assert ("3", "horizn: 3") in [(number, text) for number, text, _ in lines]
    assert "did you mean horizon?" in answer.text


def test_what_was_uploaded_can_do_no_harm(reader: Browser) -> None:
    """Markup in a scenario is shown as text."""
    answer = reader.send("/scenario", text="schema: 1\nid: <script>alert(1)</script>\n")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_an_upload_that_names_files_says_so(reader: Browser) -> None:
    """Histories in files are refused at their line."""
    text = (Path(__file__).parents[1] / "scenarios" / "quickstart.yaml").read_text(encoding="utf-8")
    answer = reader.send("/scenario", text=text)
    assert answer.status_code == 422
    assert "no files over HTTP" in answer.text


def test_a_form_without_the_sessions_token_is_refused(reader: Browser) -> None:
    """A page of somebody else can't send our forms."""
    reader.page("/")
    answer = reader.ask("POST", "/plan", data={"csrf": "guessed", "demo": "ward"}, follow=False)
    assert answer.status_code == 403


def test_a_text_is_planned_followed_and_shown(reader: Browser) -> None:
    """From the form to progress, then to the bed state of unit W."""
    where = reader.send("/plan", text=text_of(small_ward(own=3, agency=2.0, short=50, boarding=10))).headers["location"]
    assert f'hx-get="{where}/progress"' in reader.page(where)
    reader.service.work()
    assert reader.get(f"{where}/progress").headers["hx-redirect"] == where
    assert re.search(r'<th scope="row" class="left">W\b', reader.page(where))


def test_a_queued_plan_can_be_stopped(reader: Browser) -> None:
    """One that has not begun ends at once, and its page says that no plan was found."""
    where = reader.send("/plan", text=text_of(small_ward(own=3, agency=2.0, short=50, boarding=10))).headers["location"]
    reader.send(f"{where}/stop", page=where)
    assert "stopped before any plan was found" in reader.page(where)


def test_nobody_sees_a_plan_without_a_key(guarded: Browser) -> None:
    """They are led to the form, and from there back."""
    answer = guarded.get("/plans", follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?to=/plans")


def test_a_key_opens_a_session_that_scripts_cannot_read(guarded: Browser) -> None:
    """The cookie is HttpOnly and SameSite=Strict, and does not hold the key."""
    key = guarded.service.key("north-trust", "planner")
    answer = guarded.send("/sign-in", page="/sign-in", key=key, to="/plans")
    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/plans"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert key not in answer.headers["set-cookie"]
    assert "Plans" in guarded.page("/plans")


def test_a_wrong_key_opens_nothing(guarded: Browser) -> None:
    """It says so, and no page opens."""
    answer = guarded.send("/sign-in", page="/sign-in", key="ww_wrong")
    assert answer.status_code == 401
    assert guarded.get("/plans", follow=False).status_code == 303


def test_a_way_back_never_leads_elsewhere(guarded: Browser) -> None:
    """An address of another host is not followed after signing in."""
    key = guarded.service.key("north-trust")
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = guarded.send("/sign-in", page="/sign-in?to=x", key=key, to=elsewhere)
        assert answer.headers["location"] == "/"
        guarded.cookies.clear()


def test_signing_out_ends_the_session(guarded: Browser) -> None:
    """The pages ask for a key again."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    guarded.send("/sign-out")
    assert guarded.get("/plans", follow=False).status_code == 303


def test_one_tenant_sees_nothing_of_another(guarded: Browser) -> None:
    """The plan of one is not there for the other."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    where = guarded.planned(text=text_of(small_ward(own=3, agency=2.0, short=50, boarding=10)))
    guarded.page(where)
    guarded.send("/sign-out")
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("south-trust"))
    guarded.page(where, status=404)


def test_a_share_link_shows_the_plan_to_anybody_until_its_day(guarded: Browser) -> None:
    """No key is asked for, nothing can be changed, and a token of the past opens nothing."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    where = guarded.planned(text=text_of(small_ward(own=3, agency=2.0, short=50, boarding=10)))
    answer = guarded.send(f"{where}/share", days="2")
    link = re.findall(r'href="http://localhost(/shared/[^"]+)"', answer.text)[0]
    stranger = Browser(guarded.service)
    page = stranger.page(link)
    assert "<form" not in page
    assert stranger.page(f"{link}/occupancy")
    stranger.page(f"{link}/changes", status=404)
    assert stranger.get(where, follow=False).status_code == 303
    sealer = Sealer.of(guarded.service.store)
    said = {"tenant": "north-trust", "plan": where.rpartition("/")[2]}
    stranger.page(f"/shared/{sealer.seal('share', said, time.time() + 60)}")
    stranger.page(f"/shared/{sealer.seal('share', said, time.time() - 1)}", status=404)
    stranger.page(f"/shared/{sealer.seal('session', said, time.time() + 60)}", status=404)
    stranger.page(f"{link}x", status=404)


def test_the_language_stays_as_chosen(reader: Browser) -> None:
    """Chinese until English is chosen again."""
    assert 'lang="zh-Hans"' in reader.get("/language/zh?to=/plans").text
    assert '<html lang="zh-Hans">' in reader.page("/")
    reader.get("/language/en")
    assert '<html lang="en">' in reader.page("/")


def test_a_link_from_elsewhere_leaves_the_session_alone(guarded: Browser) -> None:
    """The browser keeps a strict cookie back then: the page asks again from itself, and sets no other session."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    stranger = Browser(guarded.service)
    answer = stranger.get("/plans", follow=False, headers={"Sec-Fetch-Site": "cross-site"})
    assert 'http-equiv="refresh" content="0;url=/plans"' in answer.text
    assert "set-cookie" not in answer.headers
    assert guarded.get("/plans", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_keys_cannot_be_guessed_for_long(guarded: Browser) -> None:
    """After twenty wrong ones in a row the page asks to wait."""
    told = [guarded.send("/sign-in", page="/sign-in", key=f"ww_{number}").status_code for number in range(24)]
    assert told[0] == 401
    assert told[-1] == 429


def test_a_form_that_is_too_large_is_refused(reader: Browser) -> None:
    """More than a scenario may have is not even taken apart."""
    assert reader.send("/scenario", text="x" * 2_300_000).status_code == 413


def test_a_key_to_read_alone_can_change_nothing(guarded: Browser) -> None:
    """Plans are shown; no form is offered, and one that is sent all the same is refused."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    where = guarded.planned(text=text_of(small_ward(own=3, agency=2.0, short=50, boarding=10)))
    guarded.send("/sign-out")
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust", "planner", scopes=("read",)))
    assert "What if" not in guarded.page(where)
    assert "Try a demo" not in guarded.page("/")
    assert guarded.send("/plan", demo="ward").status_code == 403
    assert guarded.send(f"{where}/replan", events="x").status_code == 403


def test_a_session_ends_with_its_key(guarded: Browser) -> None:
    """A revoked key opens no page any more, whatever the cookie says."""
    guarded.send("/sign-in", page="/sign-in", key=guarded.service.key("north-trust"))
    store = guarded.service.store
    (key,) = store.read(listed)
    store.write(lambda connection: revoke(connection, key.id))
    assert guarded.get("/plans", follow=False).status_code == 303


def test_a_made_up_session_is_none(guarded: Browser) -> None:
    """Only what the service sealed itself counts."""
    guarded.service.key("north-trust")
    (key,) = guarded.service.store.read(listed)
    forged = Session("token", key.id, time.time() + 60).sealed(Sealer("another secret"))
    assert guarded.get("/plans", follow=False, headers={"Cookie": f"ww_session={forged}"}).status_code == 303


def test_secrets_of_the_page_outlive_a_restart(guarded: Browser) -> None:
    """Two services on one store seal alike; another store does not."""
    text = Sealer.of(guarded.service.store).seal("share", {"plan": "p"}, time.time() + 60)
    assert Sealer.of(guarded.service.store).read("share", text) is not None
    assert Sealer("another").read("share", text) is None
