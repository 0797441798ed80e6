"""From the click on Join to the first picture of the other person, beside two bare pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from app.kernel.actor import Role
from benchmarks.figures import Figure
from tests.support import browser as browsers
from tests.support import clinic
from tests.support.clinic import Clinic
from tests.support.server import running

ROUNDS = 10
AIM = 1.25
CONFIG = Path(__file__).with_name("bare_gunicorn.py")
# The same question on both pages: when is the first remote frame shown after the click?
WATCH = """
([button, video]) => {
  document.querySelector(button).addEventListener('click', () => {
    const clicked = performance.now();
    document.querySelector(video).requestVideoFrameCallback(() => {
      document.documentElement.dataset.firstFrame = String(performance.now() - clicked);
    });
  }, {capture: true, once: true});
}
"""
TAKEN = "() => document.documentElement.dataset.firstFrame"


def measure() -> Iterator[Figure]:
    """Click to first remote frame, in turn, ten times each after one warm-up."""
    with (
        TemporaryDirectory(prefix="nearside-bench-") as name,
        clinic.opened() as ours,
        running({}, Path(name), application="benchmarks.bare_call:app", config=CONFIG) as rival,
        browsers.launched() as browser,
    ):
        people = {role: ours.cookie(role) for role in (Role.CLINICIAN, Role.PATIENT)}
        visit = ours.visit()
        pairs = [
            (_consult(browser, ours, visit, people), _bare(browser, rival.url))
            for _ in range(ROUNDS + 1)
        ][1:]
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    title = "click to first remote frame, two bare pages"
    yield Figure(title, "ms", mine, theirs, ratio, AIM, more_is_better=False)


def _consult(browser: Browser, ours: Clinic, visit: str, people: dict[Role, str]) -> float:
    """The clinician is in the call already; the patient's click is timed."""
    pages = {role: _waiting(browser, ours, visit, cookie) for role, cookie in people.items()}
    pages[Role.CLINICIAN].click("#join")
    pages[Role.PATIENT].get_by_text("You can join.").wait_for()
    taken = _click(pages[Role.PATIENT], "#join", "#remote")
    for page in pages.values():
        page.context.close()
    return taken


def _waiting(browser: Browser, ours: Clinic, visit: str, cookie: str) -> Page:
    """Someone in the waiting room, camera and microphone checked, as the bare pages are."""
    url = ours.server.url
    context = browser.new_context(base_url=url, permissions=["camera", "microphone"])
    name, _, value = cookie.partition("=")
    there = url.replace("http:", "https:")  # A secure cookie; Chromium counts localhost so.
    context.add_cookies([{"name": name, "value": value, "url": there, "httpOnly": True}])
    page = context.new_page()
    page.goto(visit)
    # Where camera and microphone were allowed before, the page opens them by itself.
    page.wait_for_function("() => document.querySelector('video.call-self').srcObject")
    page.wait_for_selector("#join:enabled")
    return page


def _bare(browser: Browser, url: str) -> float:
    allowed = ["camera", "microphone"]
    contexts = [browser.new_context(base_url=url, permissions=allowed) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.goto("/call")
        page.wait_for_function("() => document.documentElement.dataset.ready")
    taken = _click(pages[1], "#join", "#remote")
    for context in contexts:
        context.close()
    return taken


def _click(page: Page, button: str, video: str) -> float:
    page.evaluate(WATCH, [button, video])
    page.click(button)
    page.wait_for_function(TAKEN)
    return float(page.evaluate(TAKEN))
