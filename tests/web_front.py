"""A browser without a screen, for tests of the page: keeps cookies, reads forms, follows where it is sent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.service_front import Front, front

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Browser:
    """One reader's browser in front of a service."""

    def __init__(self, service: Front) -> None:
        self.service = service
        self.cookies = httpx.Cookies()

    def ask(self, method: str, path: str, *, follow: bool = True, **request: Any) -> httpx.Response:
        """One request with this browser's cookies, and those that it leads to."""

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.service.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost", cookies=self.cookies, follow_redirects=follow
            ) as client:
                answer = await client.request(method, path, **request)
                self.cookies = client.cookies
                return answer

        return asyncio.run(once())

    def get(self, path: str, *, follow: bool = True, **request: Any) -> httpx.Response:
        """Look at an address."""
        return self.ask("GET", path, follow=follow, **request)

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page, which must answer so."""
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def send(self, path: str, *, page: str = "/", **fields: Any) -> httpx.Response:
        """Fill in a form found on a page and send it; no redirect is followed."""
        found = TOKEN.search(self.get(page).text)
        token = found[1] if found else ""
        return self.ask("POST", path, follow=False, data={"csrf": token, **fields})

    def planned(self, **fields: Any) -> str:
        """Where the plan of a demo or text is, once it is done."""
        where = self.send("/plan", **fields).headers["location"]
        self.service.work()
        return str(where)


@contextmanager
def browser(folder: Path, *, login: bool = False) -> Iterator[Browser]:
    """A browser in front of a new service."""
    with front("sqlite", folder, login=login) as service:
        yield Browser(service)
