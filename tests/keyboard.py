"""One person at one window of a real browser, who never touches a mouse."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

RULES = {"runOnly": ["RGAAv4", "wcag2a", "wcag2aa", "wcag22aa"], "resultTypes": ["violations"]}
# Wagtail's own chrome; ours is all the rest.
CHROME = [[".sidebar"], [".messages"], [".w-slim-header"], [".w-header"], ["#wagtail-sidebar"]]
MAX_TABS = 900


class Keyboard:
    """Presses, types and checks at the address `root` of a site."""

    def __init__(self, browser: Browser, root: str) -> None:
        self.page: Page = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="fr-FR", bypass_csp=True
        ).new_page()
        self.root = root
        self.loads: list[str] = []
        self.page.on("framenavigated", self._loaded)
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))

    def _loaded(self, frame: Any) -> None:
        if frame == self.page.main_frame:
            self.loads.append(frame.url)

    def enter(self, name: str) -> None:
        self.open("/admin/login/")
        self.to("[name=username]")
        self.page.keyboard.type(name)
        self.to("[name=password]")
        self.page.keyboard.type("demo")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.root}/admin/")

    def open(self, path: str) -> None:
        self.page.goto(self.root + path)

    def to(self, selector: str) -> None:
        """Tabs until the focus stands on `selector`."""
        for _ in range(MAX_TABS):
            if self.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} can not be reached by keyboard")

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, selector: str, label: str) -> None:
        """In a select, by its first letters."""
        self.to(selector)
        self.page.keyboard.type(label)

    def check(self, step: str) -> None:
        found = Axe().run(self.page, context={"exclude": CHROME}, options=RULES)
        broken = [
            f"{step}: {rule['id']} {rule['nodes'][0]['html'][:200]}"
            for rule in found.response["violations"]
        ]
        if broken or self.broken:
            raise AssertionError("\n".join(broken + self.broken))

    def done(self, words: str) -> None:
        """The composer says so."""
        expect(self.page.locator("[data-status]")).to_contain_text(words, timeout=20_000)
