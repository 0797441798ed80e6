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
SETTLE_SECONDS, WATCH_SECONDS = 25.0, 15.0
OUTAGE_SECONDS = 10.0
MOVED_SECONDS = 5.0
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


def both(measured: Callable[[Scene, Call], float]) -> tuple[float, float]:
    """The middle of some turns through the node, and of as many without it, by turns."""
    rows: dict[bool, list[float]] = {True: [], False: []}
    with scene(2) as built:
        for relayed in (True, False) * TURNS:
            with built.call(relayed=relayed) as call:
                call.pages[0].wait_for_timeout(WARM_SECONDS * MILLISECONDS)
                rows[relayed].append(measured(built, call))
    return median(rows[True]), median(rows[False])


def returning() -> Iterator[Figure]:
    """How soon pictures come after another network and after none."""
    mine, theirs = both(_moved)
    yield beside(
        "longest pause of the picture at a change of networks",
        "ms",
        mine,
        theirs,
        limit=300,
        more_is_better=False,
    )
    mine, theirs = both(_interrupted)
    title = f"first picture after {OUTAGE_SECONDS:.0f} s without a line"
    yield beside(title, "ms", mine, theirs, limit=250, more_is_better=False)


def _moved(built: Scene, call: Call) -> float:
    built.homes[1].reach()
    call.pages[0].wait_for_timeout(NOTICED_SECONDS * MILLISECONDS)
    built.homes[1].move()
    moment = time.time() * MILLISECONDS
    call.restart(1)
    call.pages[0].wait_for_timeout(MOVED_SECONDS * MILLISECONDS)
    # Both must see again: who moved, and who watches them.
    return max(call.pause(at, moment) for at in (0, 1))


def _interrupted(built: Scene, call: Call) -> float:
    built.homes[1].lose(1)
    call.pages[0].wait_for_timeout(OUTAGE_SECONDS * MILLISECONDS)
    built.homes[1].mend()
    moment = time.time() * MILLISECONDS
    return max(call.after(at, moment) for at in (0, 1))


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
