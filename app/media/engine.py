"""The loop of a node: its port, its clock, and what is due for each leg."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from aiortc import RTCCertificate

from app.media import sdp
from app.media.addresses import found_addresses
from app.media.door import Door
from app.media.dtls import Handshake, HandshakeFailed, fingerprint_of
from app.media.forward import Forwarder
from app.media.leg import ARRIVE_SECONDS, SILENT_SECONDS, Leg
from app.media.logs import Log
from app.media.naps import Naps
from app.media.overload import Pressure
from app.media.quality import Quality
from app.media.reports import Reports
from app.media.settings import NodeSettings
from app.media.streams import is_strange
from app.media.wires import open_wire
from app.media.wires.wire import BATCH

MICRO = 1_000_000
# How long it takes to look after every leg once, and in how many parts: many legs at once would
# keep packets waiting. Fewer than these few are not worth a part.
TICK_SECONDS, PARTS, FEW = 0.02, 4, 8
REPORT_US = MICRO
# Batches in one go: after these the loop may see to its timers and its control socket.
TURNS = 16
# Naps in a row until it does: less than the pause between two parts.
NAPS = 3
log = Log("engine")


class Engine:
    """Everything between the wire and the rooms."""

    def __init__(
        self,
        settings: NodeSettings,
        index: int,
        *,
        plain: bool,
        gone: Callable[[Leg], None],
        now: Callable[[], int],
    ) -> None:
        self._settings, self._index, self._plain, self._gone = settings, index, plain, gone
        self.now = now
        self.legs: dict[str, Leg] = {}
        self.pressure, self._naps = Pressure(), Naps()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        # Those yet to be looked after in this round, how many at once, and after which pauses.
        self._round: list[Leg] = []
        self._part, self._pause = FEW, TICK_SECONDS
        self._ticked_us = 0
        self._failed = self._faults = 0
        self._open = False

    def start(self) -> None:
        """Open the port and begin to turn; raises OSError where the port cannot be had."""
        port = self._settings.port(self._index)
        self.wire = open_wire(self._settings.bind, port, batched=False if self._plain else None)
        self._loop = asyncio.get_running_loop()
        self._certificate = RTCCertificate.generateCertificate()
        self._fingerprint = fingerprint_of(self._certificate)
        self._addresses = self._settings.addresses or found_addresses(self._settings.bind)
        self.forwarder = Forwarder(self.wire)
        self._door = Door(self.wire, self.forwarder.legs)
        self.reports = Reports(self.forwarder)
        self.forwarder.other, self.forwarder.control = self._door.knock, self.reports.heard
        self.quality = Quality()
        self._open = True
        self._loop.add_reader(self.wire.fileno(), self._readable)
        self._tick()

    async def close(self) -> None:
        """Tell every browser, and let go of the port."""
        if not self._open:
            return
        self._open = False
        for leg in list(self.legs.values()):
            await self.shut(leg)
        if self._timer is not None:
            self._timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._loop.remove_reader(self.wire.fileno())
        self.wire.close()

    # ---------------------------------------------------------------- legs

    def open(self, leg: Leg) -> None:
        """Listen for a leg's browser."""
        leg.handshake = Handshake(self._certificate, lambda record: self._raw(leg, record))
        leg.handshake.ended = lambda: self._soon(self.shut(leg))
        self.legs[leg.id] = leg
        self._door.open(leg)

    def reopen(self, leg: Leg) -> None:
        """Listen under its new credentials too."""
        self._door.open(leg)

    def offer(self, leg: Leg) -> str:
        """The offer for a leg as it stands."""
        return sdp.offer(
            sdp.Terms(
                addresses=self._addresses,
                port=self.wire.port,
                fingerprint=self._fingerprint,
                credentials=leg.credentials,
                session=leg.session,
                version=leg.version,
                slots=leg.shown(),
                simulcast=leg.simulcast,
            )
        )

    def secure(self, leg: Leg, answer: sdp.Answer) -> None:
        """Begin the handshake with the browser whose certificate the answer names."""
        leg.answer = answer
        leg.simulcast = leg.simulcast and answer.simulcast
        if leg.handshake is not None:
            self._soon(self._agree(leg, leg.handshake, answer))

    async def shut(self, leg: Leg) -> None:
        """End a leg: its slots and its streams are gone at once."""
        if leg.closed:
            return
        leg.closed = True
        self.legs.pop(leg.id, None)
        self._door.shut(leg)
        self._gone(leg)
        if leg.handshake is not None:
            await leg.handshake.close()
        leg.sealed = None
        self.wire.flush()

    async def _agree(self, leg: Leg, handshake: Handshake, answer: sdp.Answer) -> None:
        try:
            leg.sealed = await handshake.keys(answer.algorithm, answer.fingerprint)
        except HandshakeFailed as failed:
            self._failed += 1
            log.info("handshake_failed", reason=str(failed))
            await self.shut(leg)
            return
        for slot in leg.slots:
            for stream in (slot.stream, slot.awaited):
                if stream is not None:
                    stream.want_keyframe()
        self.reports.asks_all(self.legs.values())
        self.wire.flush()

    def _raw(self, leg: Leg, record: bytes) -> None:
        if leg.destination is None:
            return
        buffer = self.wire.take()
        buffer.view[: len(record)] = record
        self.wire.put(buffer, len(record), leg.destination)
        self.wire.flush()

    def _soon(self, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---------------------------------------------------------------- turning

    def _readable(self) -> None:
        # What came during a nap is taken at once: to be woken for it by the loop costs more.
        for _ in range(NAPS):
            if not self._naps.after(self._take()):
                break

    def _take(self) -> int:
        """Forward what has come, within reason: how many datagrams."""
        now = self.now()
        self.reports.now = self._door.now = now
        taken = count = 0
        for _ in range(TURNS):
            count = self.forwarder.turn(now)
            taken += count
            if count < BATCH:
                break
            now = self.now()
        self.pressure.turned(late=count == BATCH)
        self.wire.flush()
        return taken

    def _tick(self) -> None:
        now = self.now()
        self.reports.now = self._door.now = now
        if not self._round:
            self._begin_round(now)
        part, self._round = self._round[: self._part], self._round[self._part :]
        for leg in part:
            try:
                self._attend(leg, now)
            except Exception:
                # The last stop: one leg's trouble must stop no other's clock.
                self._faults += 1
                log.exception("leg_failed")
                self._soon(self.shut(leg))
        self.reports.catch_up()
        self._naps.judge(now, self.forwarder.received)
        if self.pressure.judge(now):
            self._relieve()
        self.wire.flush()
        self._timer = self._loop.call_later(self._pause, self._tick)

    def _begin_round(self, now: int) -> None:
        self._ticked_us = now
        self._round = list(self.legs.values())
        parts = min(PARTS, 1 + len(self._round) // FEW)
        self._part = 1 + len(self._round) // parts
        self._pause = TICK_SECONDS / parts

    def _attend(self, leg: Leg, now: int) -> None:
        if leg.sealed is not None and not leg.closed:
            self.reports.asks(leg)
        passed = now - leg.feedback_us
        if passed >= leg.pace_us:
            # Each keeps its moment among the others: all at once would hold up packets.
            leg.feedback_us = now - passed % leg.pace_us
            leg.find_pace(now)
            if leg.sealed is not None and not leg.closed:
                self._serve(leg, now, passed / MICRO)
            self._watch(leg, now)

    def _serve(self, leg: Leg, now: int, passed: float) -> None:
        leg.estimate.tick(now)
        self.reports.refill(leg, passed)
        self.reports.feedback(leg)
        sharp = self.quality.look(leg, now)
        if sharp or now - leg.report_us >= REPORT_US:
            leg.report_us = now
            self.reports.report(leg)

    def _watch(self, leg: Leg, now: int) -> None:
        """End what never came, fell silent, or is no browser."""
        allowed = SILENT_SECONDS if leg.sources else ARRIVE_SECONDS
        if now - leg.heard_us > allowed * MICRO or is_strange(leg):
            self._soon(self.shut(leg))

    def _relieve(self) -> None:
        sending = [leg for leg in self.legs.values() if leg.video_streams()]
        before = self.forwarder.shed
        self.forwarder.shed = self.pressure.given_up(sending)
        log.info("shedding", count=len(self.forwarder.shed))
        for leg in before - self.forwarder.shed:
            for stream in leg.video_streams():
                stream.want_keyframe()

    def figures(self) -> dict[str, float]:
        """Counters and gauges of the loop."""
        forwarder, reports = self.forwarder, self.reports
        return {
            "legs": len(self.legs),
            "shed": len(forwarder.shed),
            "received_total": forwarder.received,
            "forwarded_total": forwarder.forwarded,
            "dropped_total": forwarder.dropped,
            "refused_total": forwarder.refused,
            "unsent_total": self.wire.unsent,
            "turned_away_total": self._door.turned_away,
            "handshakes_failed_total": self._failed,
            "faults_total": self._faults + forwarder.faults,
            "repairs_asked_total": reports.asked,
            "repaired_total": reports.repaired,
        }
