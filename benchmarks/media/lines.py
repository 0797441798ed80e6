"""Poor lines: what people see and hear through the node, beside a bare call between browsers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.figures import Figure, beside
from benchmarks.media.addresses import Place
from benchmarks.media.browsing import chrome
from benchmarks.media.calls import Call, Direct, Got, Relayed
from benchmarks.media.network import NODE_ADDRESS, OUT, Home, closed, homes, opened
from benchmarks.media.servers import Node, node

NARROW_KILOBITS, LOST = 200, 0.10
SETTLE_SECONDS, WATCH_SECONDS = 20.0, 12.0
OUTAGE_SECONDS = 10.0
# Chromium looks at the machine's networks every two seconds.
NOTICED_SECONDS = 3.0
WARM_SECONDS = 4.0
TURNS = 3
FEW_PICTURES, CONCEALED = 25, 0.03
MILLISECONDS = 1000


class Scene:
    """Homes with a browser in each, and a node that all can reach."""

    def __init__(self, found: list[Home], browsers: list[Browser], server: Node) -> None:
        self.homes, self._browsers, self._node = found, browsers, server

    @contextmanager
    def call(self, *, relayed: bool) -> Iterator[Call]:
        """A call of everybody, on whole lines."""
        for home in self.homes:
            home.mend()
        pages = [opened(browser) for browser in self._browsers]
        call = Relayed(pages, self._node) if relayed else Direct(pages)
        try:
            call.begin()
            yield call
        finally:
            closed(*pages)


@contextmanager
def scene(people: int) -> Iterator[Scene]:
    """The homes, the browsers, the node."""
    with ExitStack() as stack:
        found = stack.enter_context(homes(people))
        server = stack.enter_context(node(Place(NODE_ADDRESS, OUT, "")))
        playwright = stack.enter_context(sync_playwright())
        browsers = [stack.enter_context(chrome(playwright, inside=one.space)) for one in found]
        yield Scene(found, browsers, server)


Seen = tuple[float, float]


def both(measured: Callable[[Scene, Call], Seen]) -> tuple[Seen, Seen]:
    """Through the node and without it, by turns: the middle of what the first and second saw."""
    rows: dict[bool, list[Seen]] = {True: [], False: []}
    with scene(2) as built:
        for relayed in (True, False) * TURNS:
            with built.call(relayed=relayed) as call:
                call.pages[0].wait_for_timeout(WARM_SECONDS * MILLISECONDS)
                rows[relayed].append(measured(built, call))
    ours, rival = (tuple(map(median, zip(*rows[one], strict=True))) for one in (True, False))
    return (ours[0], ours[1]), (rival[0], rival[1])


def returning() -> Iterator[Figure]:
    """How soon pictures come on another network, and after a time without any."""
    ours, rival = both(_moved)
    title = "another network: new routes asked for to first picture"
    yield beside(title, "ms", ours[1], rival[1], limit=300, more_is_better=False)
    ours, rival = both(_interrupted)
    for at, who in enumerate(("those who watch them", "who was cut off")):
        title = f"{OUTAGE_SECONDS:.0f} s without a line: return to first picture, {who}"
        yield beside(title, "ms", ours[at], rival[at], limit=250, more_is_better=False)


def _moved(built: Scene, call: Call) -> Seen:
    built.homes[1].reach()
    call.pages[0].wait_for_timeout(NOTICED_SECONDS * MILLISECONDS)
    built.homes[1].move()
    # Until Chromium has seen that a network is gone it sends to nowhere, whatever it is told.
    call.pages[0].wait_for_timeout(NOTICED_SECONDS * MILLISECONDS)
    moment = time.time() * MILLISECONDS
    call.restart(1)
    seen = call.after(0, moment), call.after(1, moment)
    built.homes[1].settle()
    call.pages[0].wait_for_timeout(NOTICED_SECONDS * MILLISECONDS)
    return seen


def _interrupted(built: Scene, call: Call) -> Seen:
    built.homes[1].lose(1)
    call.pages[0].wait_for_timeout(OUTAGE_SECONDS * MILLISECONDS)
    built.homes[1].mend()
    moment = time.time() * MILLISECONDS
    return call.after(0, moment), call.after(1, moment)


def narrow() -> Iterator[Figure]:
    """A line of 200 kbit/s each way."""
    title = f"{NARROW_KILOBITS} kbit/s both ways"
    yield from _poor(title, lambda home: home.narrow(NARROW_KILOBITS), FEW_PICTURES)


def lossy() -> Iterator[Figure]:
    """A line that loses every tenth datagram each way."""
    yield from _poor(f"{LOST:.0%} loss both ways", lambda home: home.lose(LOST), 28)


def _poor(title: str, spoil: Callable[[Home], None], pictures: int) -> Iterator[Figure]:
    ours, rival = (_watched(spoil, relayed=relayed) for relayed in (True, False))
    mine, theirs = (min(one.rate for one in side) for side in (ours, rival))
    yield beside(f"{title}: pictures of the worse side", "per s", mine, theirs, limit=pictures)
    mine, theirs = (min(one.width for one in side) for side in (ours, rival))
    yield beside(f"{title}: width of the worse side", "px", mine, theirs)
    mine, theirs = (max(one.concealed for one in side) for side in (ours, rival))
    name = f"{title}: sound concealed at the worse side"
    yield beside(name, "share", mine, theirs, limit=CONCEALED, more_is_better=False)


def _watched(spoil: Callable[[Home], None], *, relayed: bool) -> list[Got]:
    with scene(2) as built, built.call(relayed=relayed) as call:
        spoil(built.homes[1])
        call.pages[0].wait_for_timeout(SETTLE_SECONDS * MILLISECONDS)
        return [got for side in call.watch(WATCH_SECONDS) for got in side.values()]


def slow_member() -> Iterator[Figure]:
    """One of three on a narrow line: what the other two see of each other, before and after."""
    with scene(3) as built, built.call(relayed=True) as call:
        call.pages[0].wait_for_timeout(SETTLE_SECONDS * MILLISECONDS)
        before = _pixels(call)
        built.homes[2].narrow(NARROW_KILOBITS)
        call.pages[0].wait_for_timeout(SETTLE_SECONDS * MILLISECONDS)
        after = _pixels(call)
    title = f"one of three on {NARROW_KILOBITS} kbit/s: the others' picture, beside before"
    yield beside(title, "pixels/s", after, before, aim=0.9)


def _pixels(call: Call) -> float:
    first, second, _ = call.watch(WATCH_SECONDS)
    return min(first["v1"].pixels, second["v0"].pixels)
