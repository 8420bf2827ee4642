"""A window of the browser that keeps what a tester would look for: complaints, and requests to anybody else."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page


class Screen:
    """A page, what its console said and which addresses it asked beyond `home`."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.said: list[str] = []
        self.elsewhere: list[str] = []
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on(
            "request", lambda asked: None if asked.url.startswith((home, "data:")) else self.elsewhere.append(asked.url)
        )

    def expect_complaint(self, start: str) -> None:
        """Take back the one complaint that a test asked for, such as a status 422 for a form that was refused."""
        (found,) = self.said
        assert found.startswith(start), found
        self.said.clear()

    def too_wide(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def tabbed(self, most: int = 400) -> Iterator[str]:
        """What the Tab key reaches one after another, until it comes round: an address, a name or a text."""
        self.page.evaluate("document.activeElement && document.activeElement.blur()")
        first = ""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            at = str(self.page.evaluate(_WHERE))
            if at in ("", first):
                return
            first = first or at
            yield at


_WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const all = Array.from(document.querySelectorAll(at.tagName));
  return at.tagName + " " + all.indexOf(at) + " " + (at.getAttribute("href") || at.name || at.textContent).trim();
}"""
