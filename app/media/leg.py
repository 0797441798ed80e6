"""One connection of one participant: its addresses, its keys, what it sends and what it gets."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence

from app.media import sdp
from app.media.congestion.arrivals import Arrivals
from app.media.congestion.estimate import Estimate
from app.media.downstream import Slot
from app.media.dtls import Handshake
from app.media.ice import Credentials
from app.media.line import Line
from app.media.srtp.session import Sealed
from app.media.tokens import Claims
from app.media.upstream import Stream
from app.media.wires.wire import Destination, Source

# Addresses of one browser: its interfaces, families and relays, with room for changes.
MOST_SOURCES = 16
# Checks remembered, so that one cannot be repeated from another address: ten minutes of them.
KEPT_CHECKS = 512
# Names of streams without any sense; whoever sends more has lost its mind or means harm.
MOST_STRANGE = 64
MOST_STREAMS = 8
# Bytes of repairs that a leg may have each second whatever its line, and from the start.
LEAST_REPAIR_BYTES = 6_000
# A leg that never spoke, and one that fell silent (RFC 7675 gives consent for 30 s).
ARRIVE_SECONDS = 20
SILENT_SECONDS = 30
# How often a leg is told when its packets came; how often once its line has been without trouble
# for so long.
PACE_US, CALM_PACE_US, CALM_US = 100_000, 200_000, 10_000_000
# Whoever comes back after an outage is told more often for a moment: until a browser knows that
# its line carries again it sends hardly any picture.
BACK_PACE_US, BACK_US = 20_000, 500_000


class Leg:
    """State of one leg. Times are microseconds of the node's clock."""

    def __init__(self, claims: Claims, connection: str, *, shows: Sequence[int], now: int) -> None:
        self.id = secrets.token_urlsafe(12)
        self.room, self.participant, self.place = claims.room, claims.participant, claims.place
        self.role, self.connection = claims.role, connection
        self.began_us = self.heard_us = now
        self.session = secrets.randbits(62)
        self.version = 1
        self.generations = [Credentials()]
        self.sources: list[Source] = []
        self.source: Source | None = None
        self.checks: dict[bytes, Source] = {}
        self.destination: Destination = None
        self.sealed: Sealed | None = None
        self.handshake: Handshake | None = None
        self.answer: sdp.Answer | None = None
        self.simulcast = False
        self.closed = False
        # What it sends.
        self.streams: dict[int, Stream] = {}
        self.repairs: dict[int, Stream] = {}
        self.strange: set[int] = set()
        # Whether it wants to see the others, or only hears them.
        self.pictures = True
        # The room it is in: who else, and what to do when its slots should show something else.
        self.company: Mapping[int, Leg] = {}
        self.rearrange: Callable[[int], None] = lambda _now: None
        self.news: Callable[[Stream], None] = lambda _stream: None
        self.arrivals = Arrivals()
        # Where the hot path notes transport numbers and times.
        self.arrived = self.arrivals.pending
        self._receive(shows)
        # How its line is shared out, and what it may send itself.
        self.line = Line()
        self.cap = 0
        # The name under which the node speaks to this leg.
        self.ssrc = secrets.randbits(31) | 1
        self.report_us = self.feedback_us = self.troubled_us = now
        # How long until it is told again when its packets came.
        self.pace_us = PACE_US
        self.back_us = now - BACK_US

    def _receive(self, shows: Sequence[int]) -> None:
        """What it gets."""
        self.slots = _slots(self, shows)
        self.slot_of = {slot.ssrc: slot for slot in self.slots}
        self.transport_seq = secrets.randbits(15)
        self.estimate = Estimate()
        self.reports: dict[int, int] = {}
        self.round_trip = 100_000
        self.resend_bytes = LEAST_REPAIR_BYTES

    @property
    def credentials(self) -> Credentials:
        """The present generation."""
        return self.generations[-1]

    @property
    def ready(self) -> bool:
        """Whether packets can be read and sent."""
        return self.sealed is not None and self.destination is not None and not self.closed

    def shown(self) -> list[sdp.Shown]:
        """The slots as the offer names them."""
        pairs = zip(self.slots[::2], self.slots[1::2], strict=True)
        return [sdp.Shown(a.place, a.ssrc, v.ssrc, v.repair_ssrc) for a, v in pairs]

    def renew(self) -> None:
        """New credentials; those in use and those offered last serve until it has changed over."""
        self.generations = [self.generations[0], *self.generations[1:][-1:], Credentials()]
        self.version += 1

    def settle(self, fragment: str) -> None:
        """The browser has nominated with these credentials: older ones are void."""
        names = [one.fragment for one in self.generations]
        self.generations = self.generations[names.index(fragment) :]

    def is_repeated(self, transaction: bytes, source: Source) -> bool:
        """Whether a check was seen before from elsewhere: somebody else has sent it again."""
        first = self.checks.setdefault(transaction, source)
        if len(self.checks) > KEPT_CHECKS:
            del self.checks[next(iter(self.checks))]
        return first != source

    def is_back(self, now: int) -> bool:
        """Whether it came back a moment ago."""
        return now - self.back_us < BACK_US

    def comes_back(self, now: int) -> None:
        """Something comes again after an outage: what it takes for a picture is seen to at once."""
        if self.is_back(now):
            return
        self.back_us = self.troubled_us = now
        self.pace_us = BACK_PACE_US
        for stream in self.video_streams():
            stream.want_keyframe_anew()

    def find_pace(self, now: int) -> None:
        """Be told half as often while what it sends comes without losses, and evenly."""
        if self.is_back(now):
            return
        if any(one.is_uneven for one in self.streams.values()):
            self.troubled_us = now
        self.pace_us = CALM_PACE_US if now - self.troubled_us > CALM_US else PACE_US

    def video_streams(self) -> list[Stream]:
        """What it sends of its picture: one, or one for each layer."""
        return [stream for stream in self.streams.values() if stream.kind == "video"]


def _slots(leg: Leg, shows: Sequence[int]) -> list[Slot]:
    names = iter(_names(3 * len(shows)))
    made = []
    for place in shows:
        made.append(Slot(leg, place, "audio", next(names), 0))
        made.append(Slot(leg, place, "video", next(names), next(names)))
    return made


def _names(count: int) -> set[int]:
    """Different random stream names, none of them zero."""
    found: set[int] = set()
    while len(found) < count:
        found.add(secrets.randbits(31) | 1)
    return found
