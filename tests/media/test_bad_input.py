"""Whatever strangers, and people inside, may send: survived, and nobody else notices."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiortc import RTCCertificate, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.media import rtcp
from app.media.bodies import BadBody, read
from app.media.control import Answering, Joining, Recording, Removing
from app.media.door import Door
from app.media.dtls import Handshake, HandshakeFailed
from app.media.leg import MOST_STRANGE
from app.media.rtcp import nack
from app.media.sdp import read_answer
from tests.media.bench import Bench, payload_of, picture, repair, seq_of, sound
from tests.media.packets import CAPTURED, captured, damaged
from tests.media.peer import meet, nonsense, token

# Together a hundred thousand.
# The name under which a browser speaks that sends nothing.
SPEAKER = (1).to_bytes(4, "big")
DAMAGED = {
    "rtp": 40_000,
    "rtcp": 25_000,
    "stun": 15_000,
    "dtls": 2_000,
    "sdp": 8_000,
    "json": 10_000,
}
HIGH, LOW, REPAIR = 0xD1DE1, 0xD1DE2, 0xD1DE3


def stun():
    lines = (CAPTURED / "stun.hex").read_text().splitlines()
    return [bytes.fromhex(line) for line in lines if not line.startswith("#")]


def answers():
    return [one.read_bytes() for one in sorted(CAPTURED.glob("answer-*.sdp"))]


def test_the_damage_done_here_counts_a_hundred_thousand():
    assert sum(DAMAGED.values()) >= 100_000


def conversation():
    """Packets that belong together, so that the damage meets a leg in every state."""
    made = [sound(at) for at in range(30)]
    for at in range(30):
        made += [
            picture(at, ssrc=HIGH, rid="h" if at < 5 else "", mid="v", key=at % 9 == 0),
            picture(at, ssrc=LOW, rid="l" if at < 5 else "", key=at % 9 == 0),
            repair(picture(at + 1, ssrc=HIGH), at, REPAIR, of="h"),
        ]
    return [*made, *captured("rtp")]


def test_damaged_media_of_somebody_inside_costs_nobody_else_a_packet():
    bench = Bench()
    bad, ana, ben = bench.person(1, simulcast=True), bench.person(0), bench.person(2)
    bad.sends(*conversation())
    ana.sealed()
    packets = conversation()
    for at, packet in enumerate(damaged(packets, DAMAGED["rtp"], seed=3)):
        if len(packet) <= 1400:
            bad.sends(packet)
        if at % 100 == 0:
            bench.passes(10_000)
            bench.reports.asks(bad.leg)
            bench.reports.feedback(bad.leg)
            bench.reports.report(bad.leg)
            bench.room.arrange(bench.now)
            ben.sends(sound(at // 100, body=b"%d" % at))
            # A number that is used twice tells of a fault in what the others are sent.
            bench.wire.sent = [one for one in bench.wire.sent if one[0] == ana.name]
            heard = [one for one in ana.media() if one.endswith(b"%d" % at)]
            assert [payload_of(one) for one in heard] == [b"%d" % at]
    assert bench.forwarder.faults == 0


def test_damaged_sealed_packets_are_refused():
    bench = Bench()
    ana, ben = bench.person(0), bench.person(1)
    real = [ben._seal.protect(sound(at)) for at in range(40)]
    real += [ben._seal.protect_rtcp(one) for one in captured("rtcp")]
    for packet in damaged(real, 10_000, seed=4):
        if packet not in real:
            bench.wire.coming.append((ben.name, packet[:2048]))
    bench.turn()
    assert ana.media() == []
    assert ben.leg.streams == {}
    assert bench.forwarder.refused > 5_000


def reports_of(ssrcs):
    """Control packets of a real browser, and ones that speak of the slots of this leg."""
    made = list(captured("rtcp"))
    for ssrc in ssrcs:
        made += [
            nack(1, ssrc, [1, 2, 3, 9, 17]),
            rtcp.pli(1, ssrc),
            rtcp.fir(1, [(ssrc, 3)]),
            rtcp.remb(1, 900_000, [ssrc]),
            rtcp.transport_feedback(1, ssrc, 7, 1, [1_000_000, None, 1_000_250, 1_100_000]),
            rtcp.receiver_report(1, [rtcp.ReportBlock(ssrc, 3, 9, 70_000, 20, 0x1020, 500)]),
            rtcp.sender_report(rtcp.SenderReport(0xA0D10, 99 << 40, 960, 5, 500)),
            rtcp.bye(ssrc),
        ]
    return made


def test_damaged_control_of_somebody_inside_costs_nobody_else_a_packet():
    bench = Bench()
    bad, ben = bench.person(0), bench.person(1)
    ben.sends(*(picture(at, key=not at) for at in range(60)), *(sound(at) for at in range(60)))
    slots = [slot.ssrc for slot in bad.leg.slots[:2]]
    for at, packet in enumerate(damaged(reports_of(slots), DAMAGED["rtcp"], seed=5)):
        if len(packet) >= 8:
            # Under a name of their own: whoever makes up names is not read at all.
            bad.says(packet[:4] + SPEAKER + packet[8:1300])
        if at % 500 == 0:
            bench.passes(20_000)
            bad.leg.estimate.tick(bench.now)
            bench.reports.refill(bad.leg, 0.02)
            ben.sends(sound(60 + at // 500))
            bench.wire.sent.clear()
    assert bench.forwarder.faults == 0
    assert len(bad.leg.strange) == 1
    assert 30_000 <= bad.leg.estimate.bits <= 4_000_000


def test_reports_under_made_up_names_are_not_read_for_long():
    bench = Bench()
    bad = bench.person(0)
    for name in range(1000):
        bad.says(rtcp.receiver_report(9000 + name))
    assert len(bad.leg.strange) == MOST_STRANGE + 1
    assert bench.forwarder.dropped == 1000 - len(bad.leg.strange)


def test_damaged_checks_open_no_door():
    bench = Bench()
    leg = bench.person(0).leg
    door = Door(bench.wire, {})
    door.open(leg)
    for at, packet in enumerate(damaged(stun(), DAMAGED["stun"], seed=6)):
        door.now += 1000
        # Some name the leg: what they lack is its password.
        named = packet.replace(packet[24:30], leg.credentials.fragment.encode()[:6])
        for one in (packet, named):
            if one:
                door.knock(f"from-{at}", one)
    assert (bench.wire.sent, leg.sources) == ([], [])


def test_damaged_records_end_in_a_failed_handshake_and_nothing_else(tmp_path):
    certificate = RTCCertificate.generateCertificate()
    records = damaged(captured("dtls"), DAMAGED["dtls"], seed=7)

    async def one() -> None:
        handshake = Handshake(certificate, lambda _record: None)
        keys = asyncio.create_task(handshake.keys("sha-256", "AA:" * 31 + "AA"))
        await asyncio.sleep(0)
        for record in captured("dtls")[:1]:
            handshake.record(record)
        for _ in range(25):
            handshake.record(next(records, b"\x16") or b"\x16")
            await asyncio.sleep(0)
        await handshake.close()
        with pytest.raises(HandshakeFailed):
            await keys

    async def all_of_them(meeting) -> None:
        for _ in range(DAMAGED["dtls"] // 25):
            await one()

    meet(tmp_path, all_of_them)


def test_damaged_answers_and_requests_are_refused_in_words():
    for packet in damaged(answers(), DAMAGED["sdp"], seed=8):
        try:
            read_answer(packet.decode("utf-8", "surrogateescape"))
        except ValueError as error:
            assert str(error).startswith("The answer")  # noqa: PT017 - most are read
    bodies = [
        (Joining, {"token": token(), "connection": "page", "echo": True, "simulcast": False}),
        (Answering, {"sdp": "v=0"}),
        (Removing, {"participant": "ana"}),
        (Recording, {"name": "file", "key": "00" * 32}),
    ]
    for shape, said in bodies:
        whole = json.dumps(said).encode()
        for packet in damaged([whole], DAMAGED["json"] // len(bodies), seed=9):
            try:
                read(shape, packet)
            except BadBody as error:
                assert str(error).startswith("The ")  # noqa: PT017 - some are read


# ---------------------------------------------------------------- one datagram


SIZES = [1, 2, 11, 12, 13, 20, 27, 28, 100, 1400, 1500, 1501, 1600, 2048, 9000]
FIRSTS = [0, 1, 2, 3, 4, 19, 20, 22, 23, 63, 64, 127, 128, 0x80, 0x90, 0xB0, 191, 192, 255]


@pytest.mark.parametrize("plain", [False, True])
def test_junk_from_anywhere_costs_no_packet(tmp_path, plain):
    """Oversize, cut short, replayed, under a wrong key: from strangers and from a leg's address."""

    async def play(meeting):
        ana, ben = await meeting.people(2)
        stranger = meeting.peer(3)
        await stranger.open()
        stranger.to = ana.to
        ben.sends(sound(0), picture(0, key=True))
        await ana.gets("v1", 1)
        heard = ana.sealed[-1]
        own = ben.dtls._tx_srtp.protect(sound(1))
        ben.send(own)
        junk = [nonsense(size, first) for size in SIZES for first in FIRSTS]
        junk += [b"", own, heard, own[:-1], own[: len(own) // 2], own + b"x", *stun()]
        junk += captured("dtls") + captured("rtp") + captured("rtcp")
        junk += [one + bytes(1600) for one in (own, heard)]
        for at, one in enumerate(junk):
            for sender in (stranger, ben, ana):
                sender.send(one)
            ben.sends(sound(2 + at))
            if at % 16 == 0:
                await ana.gets("a1", 2 + at)
        heard = await ana.gets("a1", 2 + len(junk))
        assert [seq_of(one) for one in heard] == list(range(2 + len(junk)))
        assert not ana.closed
        assert not ben.closed
        assert not stranger.raw
        assert meeting.node.figures()["legs"] == 2
        await ana.check()

    meet(tmp_path, play, plain=plain)


async def bare() -> tuple[RTCPeerConnection, RTCPeerConnection]:
    """Two connections of aiortc alone."""
    ends = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
    ends[0].addTransceiver("audio")
    await ends[0].setLocalDescription(await ends[0].createOffer())
    for here, there in (ends, ends[::-1]):
        local = here.localDescription
        await there.setRemoteDescription(RTCSessionDescription(local.sdp, local.type))
        if there is ends[1]:
            await there.setLocalDescription(await there.createAnswer())
    return ends[0], ends[1]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_same_datagram_closes_a_bare_connection_of_aiortc():
    """Why no media packet reaches aiortc here: one of 1600 bytes, from anywhere, and it is over."""

    async def whole() -> list[str]:
        states: list[str] = []
        caller, called = await bare()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, _context: None)
        over, up = asyncio.Event(), asyncio.Event()

        def changed() -> None:
            states.append(called.connectionState)
            if called.connectionState == "connected":
                up.set()
            if called.connectionState == "closed":
                over.set()

        called.on("connectionstatechange", changed)
        await asyncio.wait_for(up.wait(), 20)
        ice = called.getTransceivers()[0].receiver.transport.transport
        local = ice._connection._nominated[1].local_candidate
        sender, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(local.host, local.port)
        )
        sender.sendto(b"\x80" + bytes(1599))
        await asyncio.wait_for(over.wait(), 20)
        sender.close()
        await asyncio.gather(caller.close(), called.close())
        return states

    assert asyncio.run(whole())[-2:] == ["connected", "closed"]
