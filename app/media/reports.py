"""RTCP of both hops: what the node tells a leg, and what it makes of what a leg tells it.

Nothing is relayed as it came. Losses are repaired on the hop that lost them; a receiver's
estimate (REMB) is ignored, because relayed it makes two people throttle each other.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.media import rtcp
from app.media.congestion.share import red_wanted
from app.media.downstream import Segment, Slot
from app.media.forward import FAULTS_LOGGED, Forwarder
from app.media.leg import LEAST_REPAIR_BYTES, Leg
from app.media.logs import Log
from app.media.quality import GUESSED
from app.media.rtcp import Nack, ReceiverReport, ReportBlock, SenderReport, TransportFeedback
from app.media.rtcp.messages import RTPFB, TRANSPORT_CC
from app.media.upstream import M32, Stream

log = Log("reports")
NTP_SECOND = 1 << 32
SHORT_SECOND = 1 << 16  # The middle half of an NTP time counts in these.
KEPT_REPORTS = 16
LONGEST_ROUND_TRIP_US = 5_000_000
# Repairs may take this share of the line, and this much at least: beyond it they add to the jam.
REPAIR_SHARE = 5
ASKED_AT_ONCE = 64
LONG_SINCE_US = 1_000_000
FORMAT = 0x1F


class Reports:
    """Reads and writes RTCP for every leg of a node."""

    def __init__(self, forwarder: Forwarder) -> None:
        self._forwarder = forwarder
        self.now = 0
        # Feedback that was heard and not yet read: whose, and when it came.
        self._waiting: list[tuple[Leg, bytes, int]] = []
        self.asked = self.repaired = self.refused = self.unreadable = 0

    def heard(self, leg: Leg, packet: bytes) -> None:
        """Act on a compound packet from a leg."""
        hurry = leg.estimate.state == "silent"
        if packet[1] == RTPFB and packet[0] & FORMAT == TRANSPORT_CC and not hurry:
            # It tells of the past: those of many legs one after the other take half the time.
            self._waiting.append((leg, packet, self.now))
        else:
            self._read(leg, packet, self.now)

    def catch_up(self) -> None:
        """Act on what could wait; called many times a second."""
        waiting, self._waiting = self._waiting, []
        for leg, packet, came in waiting:
            try:
                self._read(leg, packet, came)
            except Exception:
                # As in the forwarder: one datagram must cost no other, here the clock of all legs.
                self._forwarder.faults += 1
                if self._forwarder.faults <= FAULTS_LOGGED:
                    log.exception("feedback_failed")

    def _read(self, leg: Leg, packet: bytes, came: int) -> None:
        try:
            messages = rtcp.parse(packet)
        except ValueError:
            self.unreadable += 1
            return
        for message in messages:
            self._message(leg, message, came)

    def _message(self, leg: Leg, message: rtcp.Message, came: int) -> None:
        match message:
            case TransportFeedback():
                self._learn(leg, message, came)
            case SenderReport():
                self._sender_report(leg, message)
                self._blocks(leg, message.blocks)
            case ReceiverReport():
                self._blocks(leg, message.blocks)
            case Nack():
                self._nack(leg, message)
            case rtcp.Pli():
                self._wanted(leg, message.media)
            case rtcp.Fir():
                for ssrc, _number in message.requests:
                    self._wanted(leg, ssrc)

    def _learn(self, leg: Leg, message: TransportFeedback, came: int) -> None:
        if leg.estimate.state == "silent":
            leg.feedback_us -= LONG_SINCE_US  # It is back: it is looked after at once.
        leg.estimate.feedback(message, came)

    def _wanted(self, leg: Leg, ssrc: int) -> None:
        slot = leg.slot_of.get(ssrc)
        if slot is not None and slot.stream is not None:
            slot.stream.want_keyframe()

    def _sender_report(self, leg: Leg, report: SenderReport) -> None:
        stream = leg.streams.get(report.ssrc)
        if stream is None:
            return
        middle = report.ntp >> 16 & M32
        stream.sender_report = (middle, self.now)
        if stream.sink is not None:
            seconds = report.ntp / NTP_SECOND
            stream.sink.report(leg.place, stream.kind, seconds, report.timestamp)
        for slot in stream.slots:
            self._relay_report(slot, report, middle)

    def _relay_report(self, slot: Slot, report: SenderReport, middle: int) -> None:
        """The sender's clock in the slot's terms: that is what keeps lips and voice together."""
        told = SenderReport(
            slot.ssrc,
            report.ntp,
            (report.timestamp + slot.stamp_shift) & M32,
            slot.packets & M32,
            slot.octets & M32,
        )
        reports = slot.leg.reports
        reports[middle] = self.now
        if len(reports) > KEPT_REPORTS:
            del reports[next(iter(reports))]
        name = rtcp.sdes(slot.ssrc, f"p{slot.place}")
        self.say(slot.leg, rtcp.compound(rtcp.sender_report(told), name))

    def _blocks(self, leg: Leg, blocks: list[ReportBlock]) -> None:
        for block in blocks:
            sent = leg.reports.get(block.last_sr)
            if sent is None or block.ssrc not in leg.slot_of:
                continue
            away = self.now - sent - block.delay_since_sr * 1_000_000 // SHORT_SECOND
            if 0 < away < LONGEST_ROUND_TRIP_US:
                leg.round_trip += (away - leg.round_trip) // 4
                leg.estimate.rtt(away)

    def _nack(self, leg: Leg, message: Nack) -> None:
        slot = leg.slot_of.get(message.media)
        # A picture that is no longer shown begins anew when it is: what it lacked is needed no
        # more, and would fill the narrow line that it was taken off.
        if slot is None or (slot.stream is None and not slot.sound):
            return
        for seq in message.sequences[:ASKED_AT_ONCE]:
            self.asked += 1
            found = slot.kept(seq) if slot.may_resend(seq, self.now) else None
            if found is None:
                continue
            packet, run = found
            if leg.resend_bytes < len(packet):
                self.refused += 1
                return
            leg.resend_bytes -= len(packet)
            self.repaired += 1
            if slot.sound:
                self._again(slot, packet, seq, run)
            else:
                self._repair(slot, packet, seq, run)

    def _repair(self, slot: Slot, packet: bytes, seq: int, run: Segment) -> None:
        leg, wire = slot.leg, self._forwarder.wire
        buffer = wire.take()
        size = slot.repair(packet, seq, run, buffer)
        self._forwarder.number(leg, buffer, size, self.now)
        sealed = leg.sealed.seal_rtp(buffer, size) if leg.sealed else 0
        if sealed > 0:
            wire.put(buffer, sealed, leg.destination)

    def _again(self, slot: Slot, packet: bytes, seq: int, run: Segment) -> None:
        """Sound has no repair stream: the same packet, to the last bit of it.

        Another content under the same number would break the cipher, so even its transport
        number and its clock are the old ones.
        """
        leg, wire = slot.leg, self._forwarder.wire
        buffer = wire.take()
        buffer.view[: len(packet)] = packet
        self._forwarder.rename(slot, buffer, seq, run.stamp_shift)
        sealed = leg.sealed.seal_rtp(buffer, len(packet)) if leg.sealed else 0
        if sealed > 0:
            wire.put(buffer, sealed, leg.destination)

    def feedback(self, leg: Leg) -> None:
        """Tell a leg when each of its packets came (transport-cc)."""
        if leg.arrived:
            media = next(iter(leg.streams), 0)
            for packet in leg.arrivals.feedback(leg.ssrc, media):
                self.say(leg, packet)

    def asks(self, leg: Leg) -> None:
        """Ask a leg for what is missing, and for whole pictures where one is wanted."""
        for stream in leg.streams.values():
            if stream.missing:
                missing = stream.asks(self.now, leg.round_trip)
                if missing:
                    self.say(leg, rtcp.nack(leg.ssrc, stream.ssrc, missing))
            if (stream.wanted_keyframe or stream.waiting) and stream.asks_keyframe(self.now):
                self.say(leg, rtcp.pli(leg.ssrc, stream.ssrc))

    def asks_all(self, legs: Iterable[Leg]) -> None:
        """Ask everybody at once: somebody new has come and sees nothing yet."""
        for leg in legs:
            self.asks(leg)

    def report(self, leg: Leg) -> None:
        """Once a second: how well its streams arrive, and how much it may send."""
        blocks = [self._block(stream) for stream in leg.streams.values() if stream.began]
        parts = [rtcp.receiver_report(leg.ssrc, blocks), rtcp.sdes(leg.ssrc, "node")]
        pictures = [stream.ssrc for stream in leg.video_streams()]
        if leg.cap and pictures:
            parts.append(rtcp.remb(leg.ssrc, leg.cap, pictures))
        self.say(leg, rtcp.compound(*parts))

    def _block(self, stream: Stream) -> ReportBlock:
        fraction, lost, highest = stream.loss_since_report()
        if stream.kind == "audio":
            fraction = max(fraction, int(255 * self._worst(stream)))
        middle, came = stream.sender_report
        delay = (self.now - came) * SHORT_SECOND // 1_000_000 if middle else 0
        return ReportBlock(
            stream.ssrc, fraction, lost, highest, int(stream.jitter), middle, delay & M32
        )

    @staticmethod
    def _worst(stream: Stream) -> float:
        """The loss of those who hear a stream and have room for its copies.

        Told as the loss of its own hop it makes the sender's browser add redundancy (RED, Opus
        FEC), which no hop can add to sound that is encrypted from end to end.
        """
        rate = stream.rate or GUESSED["audio"]
        lines = [slot.leg.estimate for slot in stream.slots]
        return max(
            (one.loss for one in lines if red_wanted(one.loss, one.bits, audio=rate)), default=0.0
        )

    def refill(self, leg: Leg, seconds: float) -> None:
        """Give a leg its share of repairs for the time that has passed."""
        share = max(LEAST_REPAIR_BYTES, leg.estimate.bits // 8 // REPAIR_SHARE)
        leg.resend_bytes = min(share, leg.resend_bytes + int(share * seconds))

    def say(self, leg: Leg, packet: bytes) -> None:
        """Send one control packet to a leg that can hear it."""
        if leg.sealed is None or leg.destination is None:
            return
        wire = self._forwarder.wire
        buffer = wire.take()
        buffer.view[: len(packet)] = packet
        sealed = leg.sealed.seal_rtcp(buffer, len(packet))
        if sealed > 0:
            wire.put(buffer, sealed, leg.destination)
