"""A visitor at the shop: a browser of its own, and what can be seen and done in the widget."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

PATIENCE_MS = 15_000

expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """One tab with the shop's page. `problems` are the page's errors, in words."""

    def __init__(self, context: BrowserContext, origin: str, chat_id: str) -> None:
        self.context = context
        self.address = f"{origin}/jackets?chat={chat_id}"
        self._origin, self._chat_id = origin, chat_id
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def visit(self, path: str = "/jackets") -> Visitor:
        """Go to a page of the shop."""
        self.page.goto(f"{self._origin}{path}?chat={self._chat_id}")
        return self

    def another_tab(self) -> Visitor:
        """A second tab of the same browser, on the same page."""
        return Visitor(self.context, self._origin, self._chat_id).visit()

    @property
    def launcher(self) -> Locator:
        """The round button, whatever it is called at the moment."""
        return self.page.locator(".launcher")

    @property
    def panel(self) -> Locator:
        """The open chat."""
        return self.page.get_by_role("dialog")

    @property
    def box(self) -> Locator:
        """Where messages are written."""
        return self.panel.locator("textarea")

    @property
    def log(self) -> Locator:
        """The thread."""
        return self.page.get_by_role("log")

    def open(self) -> Visitor:
        """Open the chat."""
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def write(self, text: str) -> None:
        """Write a message and send it by the Enter key."""
        self.box.fill(text)
        self.box.press("Enter")

    def bubble(self, text: str) -> Locator:
        """The message with exactly this text."""
        return self.log.get_by_text(text, exact=True)

    def state_of(self, text: str) -> Locator:
        """What stands under a message of one's own: sent, seen, waiting."""
        return self.log.locator(".message").filter(has_text=text).locator(".state")

    def texts(self) -> list[str]:
        """All bubbles, from top to bottom."""
        return self.log.locator(".bubble").all_inner_texts()

    def focused(self) -> str:
        """The accessible name of what has the keyboard, also inside the widget."""
        return str(
            self.page.evaluate(
                """() => {
                  let node = document.activeElement;
                  while (node && node.shadowRoot) node = node.shadowRoot.activeElement;
                  return node ? node.getAttribute("aria-label") || node.textContent.trim() || node.id : "";
                }"""
            )
        )
