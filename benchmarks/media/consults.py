"""Fifty consults on one core: nothing lost, what each takes, and what happens at twice too much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.figures import Figure, beside
from benchmarks.media.forwarding import Side, sides
from benchmarks.media.servers import Node, node
from benchmarks.media.traffic import RATE

CONSULTS = 50
PEOPLE = 2 * CONSULTS
SECONDS = 10.0
FIRST_RATE, STEP = 30_000.0, 1.15
OVERLOAD, OVERLOAD_SECONDS = 2.0, 4.0
SETTLE_SECONDS, AFTER_SECONDS = 12.0, 4.0
SOUND_KEPT = 0.95
KILO = 1024


def measure() -> Iterator[Figure]:
    """Real time first, then too much, then real time again."""
    with ExitStack() as stack:
        (few,) = stack.enter_context(sides(node, people=2, pairs=True))
        empty = few.server.megabytes()
        stack.close()
        (side,) = stack.enter_context(sides(node, people=PEOPLE, pairs=True))
        done = side.play(SECONDS)
        memory = (side.server.megabytes() - empty) / (CONSULTS - 1) * KILO
        title = f"{CONSULTS} consults at real time on one core"
        yield beside(f"{title}: packets lost", "of 1", done.lost / done.sent, 0, limit=0, **LESS)
        yield beside(f"{title}: processor", "share of core", side.spent / done.seconds, 1)
        yield beside("memory of a consult", "KiB", memory, memory)
        yield from _too_much(side)


LESS = {"more_is_better": False}


def _too_much(side: Side) -> Iterator[Figure]:
    most = _capacity(side)
    speed = OVERLOAD * most / (RATE * PEOPLE)
    during = side.play(OVERLOAD_SECONDS, speed)
    given_up = side.server.figure("shed") if isinstance(side.server, Node) else 0.0
    title = f"overload of {during.rate:.0f} packets/s, {during.rate / most:.1f} x the most"
    yield beside(f"{title}: pictures given up", "of 1", given_up / PEOPLE, 0, limit=1 / PEOPLE)
    name = f"{title}: sound that arrives in its second half"
    yield beside(name, "of 1", during.sound_kept, 1, limit=SOUND_KEPT)
    side.play(SETTLE_SECONDS)
    after = side.play(AFTER_SECONDS)
    yield beside("packets lost after it", "of 1", after.lost / after.sent, 0, limit=0, **LESS)


def _capacity(side: Side) -> float:
    """Roughly what the node forwards without loss in this run."""
    rate, best = FIRST_RATE, FIRST_RATE
    while True:
        done = side.play(1.0, rate / (RATE * PEOPLE))
        if done.lost:
            return best
        best, rate = done.rate, rate * STEP
