"""What a core can do: packets without loss, processor time, delay, and growth with the crowd.

Both servers have the same participants and the same packets: an echo, everybody hears themselves.
While one is measured the other is stopped.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from statistics import median

from benchmarks.figures import Figure, beside
from benchmarks.media.addresses import Place, laid_out
from benchmarks.media.crowd import Crowd
from benchmarks.media.janus import janus
from benchmarks.media.listening import Outcome
from benchmarks.media.servers import CROWD_CORE, FIRST_SERVED, Server, favour, node
from benchmarks.media.traffic import RATE, Numbers, Traffic

PEOPLE = 80
# The search for the most: from here in long strides, then in small steps, which get so many tries
# each; the middle of so many searches, of which the later ones begin at this part of the last.
SLOWEST, STRIDE, STEP = 20_000.0, 1.12, 1.03
TRIES, SEARCHES, AGAIN = 3, 3, 0.85
TRIAL_SECONDS = 1.5
RECOVERY_SECONDS = 9.0
REAL_SECONDS, ROUNDS = 6.0, 3
DELAY_SECONDS = 4.0
CROWDS = (2, 10, 30, 100)
Start = Callable[[Place], AbstractContextManager[Server]]


class Side:
    """A server with a crowd that has been connected to it."""

    def __init__(self, server: Server, crowd: Crowd) -> None:
        self.server, self.crowd = server, crowd
        self._numbers: Numbers = {}
        self.spent = 0.0
        # Whether another server needs the core afterwards.
        self.shares = False

    def play(self, seconds: float, speed: float = 1.0) -> Outcome:
        """So many seconds of traffic, while the others rest."""
        traffic = Traffic(self.crowd, seconds * speed, self._numbers)
        self.server.resume()
        for person in self.crowd.people:
            person.check()
        before = self.server.seconds()
        # A pause of the crowd's own would count as the server's delay.
        gc.disable()
        try:
            done = traffic.run(speed)
        finally:
            gc.enable()
        self.spent = self.server.seconds() - before
        if self.shares:
            self.server.rest()
        return done

    def cost(self, seconds: float) -> float:
        """Processor seconds for a participant-minute at real time."""
        self.play(seconds)
        return self.spent / (len(self.crowd.people) * seconds / 60)


@contextmanager
def sides(*starts: Start, people: int, pairs: bool = False) -> Iterator[list[Side]]:
    """Servers, each with a crowd of its own; this process moves to the crowd's core."""
    cores = os.sched_getaffinity(0)
    with ExitStack() as stack:
        place = stack.enter_context(laid_out())
        stack.callback(os.sched_setaffinity, 0, cores)
        os.sched_setaffinity(0, {CROWD_CORE})
        stack.callback(favour, os.getpid(), 0)
        favour(os.getpid(), FIRST_SERVED)
        made = [_side(stack, place, start, people, pairs=pairs) for start in starts]
        for side in made if len(made) > 1 else []:
            side.shares = True
            side.server.rest()
        yield made


def _side(stack: ExitStack, place: Place, start: Start, people: int, *, pairs: bool) -> Side:
    server = stack.enter_context(start(place))
    crowd = Crowd(people, place.prefix, pairs=pairs)
    stack.callback(crowd.close)
    asyncio.run(crowd.connect(server.meet))
    side = Side(server, crowd)
    side.play(0.5)
    return side


def measure() -> Iterator[Figure]:
    """Packets per second, cost, and delay, beside Janus."""
    with sides(node, janus, people=PEOPLE) as (ours, rival):
        mine, theirs = most(ours, rival)
        title = f"forwarded without loss, one core, middle of {SEARCHES} searches"
        yield beside(title, "packets/s", mine, theirs, aim=1.1)
        yield _cost(ours, rival)
        yield from _delay(ours, rival, min(mine, theirs) / 2)


def most(*both: Side) -> list[float]:
    """The highest rate at which each side still lost nothing: the middle of some searches."""
    found: list[list[float]] = []
    starts = [SLOWEST] * len(both)
    for _ in range(SEARCHES):
        found.append(_searched(both, starts))
        starts = [max(SLOWEST, AGAIN * best) for best in found[-1]]
    return [median(side) for side in zip(*found, strict=True)]


def _searched(both: Sequence[Side], starts: Sequence[float]) -> list[float]:
    """Upwards, all sides in turn and by one rule: in strides, then in steps from the last good one.

    A rate is carried when one of its tries loses nothing: a moment that the machine gives to
    others spoils a try, and not three of them. A stride that fails need not be tried again: the
    steps begin below it, and go as far as they are carried.
    """
    best, rates = [0.0] * len(both), list(starts)
    for step, tries in ((STRIDE, 1), (STEP, TRIES)):
        running = set(range(len(both)))
        while running:
            for at in sorted(running):
                carried = _carried(both[at], rates[at], tries)
                if carried:
                    best[at] = max(best[at], carried)
                    rates[at] *= step
                else:
                    running.discard(at)
                    # Where not even the first was carried, from the slowest of all.
                    rates[at] = rates[at] * STEP / step if best[at] else SLOWEST
    return best


def _carried(side: Side, rate: float, tries: int) -> float:
    """The rate as it really went out, if one try of it lost nothing; 0.0 otherwise."""
    speed = rate / (RATE * len(side.crowd.people))
    for _ in range(tries):
        done = side.play(TRIAL_SECONDS, speed)
        if not done.lost and done.opened == done.kept:
            return done.rate
        # Who gave up pictures gives them back one share at a time once there is room to spare;
        # another try before that would be lost whatever its rate.
        side.play(RECOVERY_SECONDS)
    return 0.0


def _cost(ours: Side, rival: Side) -> Figure:
    rounds = [(ours.cost(REAL_SECONDS), rival.cost(REAL_SECONDS)) for _ in range(ROUNDS)]
    mine, theirs = (median(side) for side in zip(*rounds, strict=True))
    title, unit = f"processor, {PEOPLE} participants", "CPU s/participant-minute"
    return beside(title, unit, mine, theirs, aim=1.0, limit=0.30, more_is_better=False)


def _delay(ours: Side, rival: Side, rate: float) -> Iterator[Figure]:
    speed = rate / (RATE * PEOPLE)
    done = [side.play(DELAY_SECONDS, speed) for side in (ours, rival)]
    for share, name, limit in ((0.5, "p50", 0.2), (0.99, "p99", 2.0)):
        mine, theirs = (one.latency(share) for one in done)
        title = f"added delay at half load ({rate:.0f} packets/s), {name}"
        yield beside(title, "ms", mine, theirs, limit=limit, more_is_better=False)


def growth() -> Iterator[Figure]:
    """Cost of one participant in a small crowd and in a large one, in rooms of two."""
    found = {}
    for people in CROWDS:
        with sides(node, people=people, pairs=True) as (side,):
            found[people] = side.cost(REAL_SECONDS)
    least, most_ = CROWDS[0], CROWDS[-1]
    told = ", ".join(f"{people}: {cost:.3f}" for people, cost in found.items())
    title = f"cost of one among {most_} beside one among {least} ({told})"
    unit = "CPU s/participant-minute"
    yield beside(title, unit, found[most_], found[least], aim=1.1, more_is_better=False)
