"""A room: who is in it, and whose stream fills which slot."""

from __future__ import annotations

from app.media import sdp
from app.media.downstream import Slot
from app.media.leg import Leg
from app.media.upstream import Sink, Stream

PLACES = 4


class Room:
    """Up to four legs by place. In an echo room a leg is shown itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.legs: dict[int, Leg] = {}
        self.sink: Sink | None = None

    def enter(self, leg: Leg) -> None:
        """Take a leg in; whoever had its place, or was the same participant, has gone."""
        self.legs[leg.place] = leg
        leg.news, leg.rearrange, leg.company = self.news, self.arrange, self.legs
        # What the others send already must not wait until this leg sends something too.
        self.arrange()

    def shut(self, leg: Leg) -> None:
        """A leg has gone: nobody waits for its streams, nothing is sent to its slots."""
        if self.legs.get(leg.place) is leg:
            del self.legs[leg.place]
        for slot in leg.slots:
            self._detach(slot)
        for stream in leg.streams.values():
            stream.sink = None
            for slot in [*stream.slots, *stream.waiting]:
                self._detach(slot)
        # Whoever has the place next is awaited at their best.
        for other in self.legs.values():
            for slot in other.slots:
                if slot.place == leg.place:
                    slot.wanted = sdp.HIGH
        self.arrange()

    def news(self, stream: Stream) -> None:
        """A leg has begun to send another stream."""
        if self.sink is not None:
            stream.sink = self.sink
        self.arrange()

    def record(self, sink: Sink | None) -> None:
        """Give every stream to a recording, or to none."""
        self.sink = sink
        for leg in self.legs.values():
            for stream in leg.streams.values():
                stream.sink = sink
                stream.want_keyframe()

    def arrange(self, now: int = 0) -> None:
        """Let every slot follow the stream that is best for it."""
        for leg in self.legs.values():
            for slot in leg.slots:
                self._follow(slot, self._best(slot, now))

    def _best(self, slot: Slot, now: int) -> Stream | None:
        source = self.legs.get(slot.place)
        if source is None or not slot.wanted or not (slot.sound or slot.leg.pictures):
            return None
        found = [stream for stream in source.streams.values() if stream.kind == slot.kind]
        if slot.sound or not source.simulcast:
            return found[-1] if found else None
        live = {stream.layer: stream for stream in found if not now or not stream.is_stale(now)}
        best = live.get(slot.wanted) or live.get(sdp.HIGH) or live.get(sdp.LOW)
        # Where all have paused, what was shown last goes on at once when its sender is back.
        return best or (slot.stream if slot.stream in found else None)

    def _follow(self, slot: Slot, stream: Stream | None) -> None:
        if stream is None:
            self._detach(slot)
        elif stream is slot.stream:
            self._stop_waiting(slot)
        elif stream is not slot.awaited:
            self._stop_waiting(slot)
            slot.awaited = stream
            stream.waiting.append(slot)
            # Who cannot read yet is asked for when the keys are there: a picture too early would
            # be lost, and the next one is not asked for at once.
            if slot.leg.ready:
                stream.want_keyframe()

    def _detach(self, slot: Slot) -> None:
        self._stop_waiting(slot)
        slot.leave()

    def _stop_waiting(self, slot: Slot) -> None:
        if slot.awaited is not None:
            slot.awaited.waiting = [one for one in slot.awaited.waiting if one is not slot]
            slot.awaited = None
