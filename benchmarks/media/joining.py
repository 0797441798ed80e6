"""From the click to the first picture of the other person, by three ways, in one browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from secrets import token_hex

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Figure, beside
from benchmarks.media.addresses import laid_out
from benchmarks.media.browsing import chrome
from benchmarks.media.janus import Janus, janus
from benchmarks.media.pages import served
from benchmarks.media.servers import node

ROUNDS = 20
WAITING_MILLISECONDS = 1000
WAYS = ("node", "direct", "janus")


def measure() -> Iterator[Figure]:
    """Half and nineteen of twenty clicks, each way in turn."""
    with ExitStack() as stack:
        place = stack.enter_context(laid_out())
        ours, rival = stack.enter_context(node(place)), stack.enter_context(janus(place))
        url = stack.enter_context(served(ours, rival))
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(chrome(playwright))
        taken: dict[str, list[float]] = {way: [] for way in WAYS}
        for turn in range(ROUNDS + 1):
            for way in WAYS:
                milliseconds = _click(browser, url, way, _room(rival, way))
                if turn:  # The first of each way warms everything up.
                    taken[way].append(milliseconds)
    unit = "ms"
    for share, name, limit in ((0.5, "half", 150), (0.95, "19 of 20", 250)):
        mine, bare, other = (_below(taken[way], share) for way in WAYS)
        title = f"click to first picture, {name} of {ROUNDS}"
        yield beside(
            f"{title}, beside Janus", unit, mine, other, aim=0.5, limit=limit, more_is_better=False
        )
        yield beside(f"{title}, beside bare pages", unit, mine, bare, aim=1.0, more_is_better=False)


def _below(row: list[float], share: float) -> float:
    """The value below which this share of the row is."""
    return sorted(row)[round(len(row) * share) - 1]


def _room(rival: Janus, way: str) -> str:
    return str(rival.new_room()) if way == "janus" else token_hex(6)


def _click(browser: Browser, url: str, way: str, room: str) -> float:
    contexts = [browser.new_context(permissions=["camera", "microphone"]) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for number, page in enumerate(pages):
        page.goto(f"{url}/?way={way}&room={room}&place={number}")
        page.wait_for_function("() => document.documentElement.dataset.ready")
    _settle(pages[0], "wait()")
    pages[1].click("#join")
    pages[1].wait_for_function("() => Number.isFinite(first())", polling=20)
    taken = float(pages[1].evaluate("first() - clicked"))
    for context in contexts:
        context.close()
    return taken


def _settle(page: Page, step: str) -> None:
    """Let the one who waits connect, and send for a moment."""
    page.evaluate(step)
    page.wait_for_timeout(WAITING_MILLISECONDS)
