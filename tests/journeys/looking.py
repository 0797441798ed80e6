"""What is asked of every page in a browser, whoever looks and on whatever screen."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, Request

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
NARROW, PHONE, DESK = 320, 390, 1280
HEIGHT = 900
# WCAG 2.2, 2.5.8 asks for 24 px; the main buttons of a page are made for a thumb.
SMALLEST, THUMB = 24, 44
OWN_SCHEMES = ("data:", "blob:")

# What another theme or width can change in a page whose structure was looked at already.
SEEN_ANEW = ["color-contrast", "target-size"]
AXE_RUN = """async (only) => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
    ...(only ? { runOnly: { type: "rule", values: only } } : {}),
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes
    .slice(0, 4)
    .map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ""}`)
    .join(" | ")}`);
}"""

# A link inside a sentence may be as high as its line.
TARGETS = """([smallest, thumb]) => {
  const found = [];
  const kinds = "a[href], button, select, textarea, summary, input:not([type=hidden])";
  for (const one of document.querySelectorAll(kinds)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(".skip")) continue;
    if (one.matches("a") && getComputedStyle(one).display === "inline") continue;
    const { width, height } = one.getBoundingClientRect();
    const least = one.matches(".button") ? thumb : smallest;
    if (height < least - 0.5 || width < smallest - 0.5)
      found.push(`${width.toFixed()}x${height.toFixed()} px: ${one.outerHTML.slice(0, 140)}`);
  }
  return found;
}"""

UNSEEN_FOCUS = """() => {
  const found = [];
  const parts = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor"];
  const look = (one) => parts.map((part) => getComputedStyle(one)[part]).join();
  const kinds = "a[href], button:enabled, select, textarea, summary, [tabindex='0']";
  document.activeElement.blur();
  for (const one of document.querySelectorAll(`${kinds}, input:not([type=hidden])`)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.tabIndex < 0) continue;
    const before = look(one);
    one.focus({ focusVisible: true, preventScroll: true });
    const unseen = document.activeElement === one && look(one) === before;
    if (unseen) found.push(one.outerHTML.slice(0, 140));
    one.blur();
  }
  return found;
}"""

SETTLED = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true))));
})"""

WIDER = """() => {
  const { clientWidth: wide, scrollWidth } = document.documentElement;
  if (Math.max(scrollWidth, document.body.scrollWidth) <= wide) return [];
  const beyond = [...document.querySelectorAll("body *")].filter(
    (one) => one.getBoundingClientRect().right > wide + 1 && !one.closest(".table-scroll"),
  );
  return [`${scrollWidth} px`, ...beyond.slice(0, 3).map((one) => one.outerHTML.slice(0, 140))];
}"""


@cache
def axe_source() -> str:
    """axe-core as npm brought it."""
    return AXE.read_text()


@dataclass
class Watch:
    """Hears what a page complains about while it is looked at."""

    page: Page
    own: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("pageerror", self._fault)

    def end(self) -> list[str]:
        """Listen no longer; answers what was heard."""
        self.page.remove_listener("console", self._console)
        self.page.remove_listener("request", self._request)
        self.page.remove_listener("pageerror", self._fault)
        return self.heard

    def _fault(self, error: Error) -> None:
        self.heard.append(f"script: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        # Opening an error page on purpose is no fault of the page.
        asked_for = (
            "Failed to load resource" in message.text
            and message.location.get("url") == self.page.url
        )
        if message.type in {"error", "warning"} and not asked_for:
            self.heard.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.own, self.own.replace("http", "ws", 1), *OWN_SCHEMES)):
            self.heard.append(f"third party: {request.url}")


def glance(page: Page) -> list[str]:
    """What is wrong with a page on a telephone: for whoever is shown one that others are too."""
    _resize(page, NARROW)
    found = _say(f"scrolls sideways at {NARROW} px", page.evaluate(WIDER))
    found += _say("too small for a finger", page.evaluate(TARGETS, [SMALLEST, THUMB]))
    _resize(page, PHONE, page.evaluate("() => document.documentElement.scrollHeight"))
    return found + _say("light, phone", _axe(page, "light"))


def faults(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands, on every screen and in both themes."""
    found = []
    for width in (NARROW, PHONE):
        _resize(page, width)
        found += _say(f"scrolls sideways at {width} px", page.evaluate(WIDER))
    found += _say("too small for a finger", page.evaluate(TARGETS, [SMALLEST, THUMB]))
    # As tall as the page is long: what the tabs at the foot cover now is what one scrolls to.
    _resize(page, PHONE, page.evaluate("() => document.documentElement.scrollHeight"))
    found += _say("dark, phone", _axe(page, "dark", SEEN_ANEW))
    _resize(page, DESK)
    found += _say(f"scrolls sideways at {DESK} px", page.evaluate(WIDER))
    found += _say("light, desk", _axe(page, "light"))
    found += _say("focus cannot be seen", page.evaluate(UNSEEN_FOCUS))
    return found


def _resize(page: Page, width: int, height: int = HEIGHT) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(SETTLED)  # Charts are drawn again in the next frame.


def _axe(page: Page, theme: Any, only: list[str] | None = None) -> list[str]:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_source())
    found: list[str] = page.evaluate(AXE_RUN, only)
    return found


def _say(what: str, found: list[str]) -> list[str]:
    return [f"{what}: {one}" for one in found]


def keyboard_faults(page: Page) -> list[str]:
    """The first Tab shows a way past the menu, and that way leads to the page's own part."""
    if page.locator(".error-summary").count():
        return []  # It leads to what went wrong instead.
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    box = skip.bounding_box()
    if not skip.evaluate("one => one === document.activeElement"):
        return ["the first Tab does not reach the skip link"]
    if box is None or box["y"] < 0 or box["x"] < 0:
        return [f"the skip link stays out of sight: {json.dumps(box)}"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "() => document.activeElement.closest('main') !== null"
    rest = (
        "() => document.querySelector('main a[href], main button, main input:not([type=hidden])')"
    )
    if page.evaluate(rest) and not page.evaluate(inside):
        return ["Tab after the skip link is not in main"]
    return []
