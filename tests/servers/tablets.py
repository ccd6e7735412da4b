"""Tablets in the hands of people: each a page with cookies and storage of its own."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

# A refused or unreachable request is for the test to expect; a script that breaks or a page that reaches for
# something the policy forbids is never right.
EXPECTED = ("Failed to load resource", "htmx:sendError", "htmx:afterRequest, ")


@dataclass
class Tablets:
    """Opens pages on the clinic's address and remembers what went wrong on any of them."""

    browser: Browser
    address: str
    wrong: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(self, *, width_px: int = 820, height_px: int = 1180, colour_scheme: str = "light") -> Page:
        """A new tablet, signed in as nobody; nothing but the clinic's address can be reached from it."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width_px, "height": height_px},
            color_scheme=colour_scheme,
            locale="en-GB",
            timezone_id="America/Denver",
            has_touch=True,
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        context.route(self.elsewhere, self.refuse)
        context.on("console", self.note_console)
        context.on("weberror", lambda event: self.wrong.append(f"script: {event.error}"))
        return context.new_page()

    def elsewhere(self, url: str) -> bool:
        """Whether an address is not the clinic's."""
        return urlsplit(url).netloc != urlsplit(self.address).netloc

    def refuse(self, route: Route, request: Request) -> None:
        """Nothing leaves the clinic; trying is wrong."""
        self.wrong.append(f"reached for {request.url}")
        route.abort()

    def note_console(self, message: ConsoleMessage) -> None:
        """Keeps the browser's errors."""
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.wrong.append(f"console: {message.text}")

    def close(self) -> None:
        """Puts the tablets away."""
        for context in self.contexts:
            context.close()
