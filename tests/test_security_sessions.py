"""A session on the page lasts no longer than the key that opened it."""

from __future__ import annotations

from pathlib import Path

from api.service.keys import Wanted, create, revoke
from tests.web_front import browser


def test_a_session_ends_with_the_key_that_opened_it(tmp_path: Path) -> None:
    """Signed in, the list of plans is shown; once the key is revoked, the sign-in form is."""
    with browser(tmp_path, login=True) as reader:
        store = reader.service.store
        key, secret = store.write(lambda connection: create(connection, Wanted("north", "x", "planner")))
        reader.send("/sign-in", page="/sign-in", key=secret)
        assert reader.get("/plans", follow=False).status_code == 200
        store.write(lambda connection: revoke(connection, key.id))
        assert reader.get("/plans", follow=False).status_code == 303
