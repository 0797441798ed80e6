"""RTCP is read and written as the RFCs draw it, and as another implementation does."""

from __future__ import annotations

import contextlib

import pytest
from aiortc import rtp as theirs
from hypothesis import given
from hypothesis import strategies as st

from app.media import rtcp
from tests.media.packets import captured, damaged

byte, word, long = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
blocks = st.lists(
    st.builds(
        rtcp.ReportBlock, long, byte, st.integers(-(1 << 23), (1 << 23) - 1), long, long, long, long
    ),
    max_size=31,
)
sender_reports = st.builds(
    rtcp.SenderReport, long, st.integers(0, (1 << 64) - 1), long, long, long, blocks
)
# Numbers in sending order, from anywhere on the circle.
missing = st.builds(
    lambda first, steps: [first + sum(steps[:at]) & 0xFFFF for at in range(len(steps) + 1)],
    word,
    st.lists(st.integers(1, 40), max_size=60),
)


def read(packet: bytes) -> rtcp.Message:
    (message,) = rtcp.parse(packet)
    return message


def read_by_them(packet: bytes) -> theirs.AnyRtcpPacket:
    (message,) = theirs.RtcpPacket.parse(packet)
    return message


def same_blocks(ours: list[rtcp.ReportBlock], reports: list[theirs.RtcpReceiverInfo]) -> bool:
    return [
        (one.ssrc, one.fraction_lost, one.lost, one.highest, one.jitter, one.last_sr)
        for one in ours
    ] == [
        (one.ssrc, one.fraction_lost, one.packets_lost, one.highest_sequence, one.jitter, one.lsr)
        for one in reports
    ]


# ---------------------------------------------------------------- there and back, and by others


@given(sender_reports)
def test_a_sender_report_is_read_back_here_and_elsewhere(report: rtcp.SenderReport) -> None:
    packet = rtcp.sender_report(report)
    assert read(packet) == report
    other = read_by_them(packet)
    assert isinstance(other, theirs.RtcpSrPacket)
    assert (other.ssrc, other.sender_info.ntp_timestamp) == (report.ssrc, report.ntp)
    assert other.sender_info.rtp_timestamp == report.timestamp
    assert other.sender_info.packet_count == report.packets
    assert other.sender_info.octet_count == report.octets
    assert same_blocks(report.blocks, other.reports)
    assert read(bytes(other)) == report


@given(long, blocks)
def test_a_receiver_report_is_read_back_here_and_elsewhere(
    ssrc: int, told: list[rtcp.ReportBlock]
) -> None:
    packet = rtcp.receiver_report(ssrc, told)
    assert read(packet) == rtcp.ReceiverReport(ssrc, told)
    other = read_by_them(packet)
    assert isinstance(other, theirs.RtcpRrPacket)
    assert bytes(other) == packet


@given(long, long, missing)
def test_a_nack_is_read_back_here_and_elsewhere(
    sender: int, media: int, sequences: list[int]
) -> None:
    packet = rtcp.nack(sender, media, sequences)
    assert read(packet) == rtcp.Nack(sender, media, sequences)
    other = read_by_them(packet)
    assert isinstance(other, theirs.RtcpRtpfbPacket)
    assert [lost & 0xFFFF for lost in other.lost] == sequences


def test_a_nack_that_another_wrote_is_read() -> None:
    lost = [7, 8, 23, 24, 4000]
    packet = bytes(theirs.RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=2, lost=lost))
    assert read(packet) == rtcp.Nack(1, 2, lost)


def test_a_nack_names_sixteen_more_in_one_entry_and_a_repetition_once() -> None:
    packet = rtcp.nack(1, 2, [65530, 65530, 65531, 10, 11])
    assert packet.hex() == "81cd00040000000100000002fffa8001000b0000"
    assert read(packet) == rtcp.Nack(1, 2, [65530, 65531, 10, 11])


@given(long, long)
def test_a_pli_is_read_back_here_and_elsewhere(sender: int, media: int) -> None:
    packet = rtcp.pli(sender, media)
    assert read(packet) == rtcp.Pli(sender, media)
    assert read_by_them(packet) == theirs.RtcpPsfbPacket(fmt=1, ssrc=sender, media_ssrc=media)


@given(long, st.integers(0, 1 << 40), st.lists(long, max_size=20))
def test_a_remb_is_read_back_rounded_down_and_elsewhere_alike(
    sender: int, bits: int, ssrcs: list[int]
) -> None:
    packet = rtcp.remb(sender, bits, ssrcs)
    message = read(packet)
    assert isinstance(message, rtcp.Remb)
    assert (message.sender, message.ssrcs) == (sender, ssrcs)
    assert bits * (1 - 2**-17) <= message.bits <= bits
    other = read_by_them(packet)
    assert isinstance(other, theirs.RtcpPsfbPacket)
    assert theirs.unpack_remb_fci(other.fci) == (message.bits, ssrcs)
    assert other.fci == theirs.pack_remb_fci(bits, ssrcs)


@given(long, st.lists(st.tuples(long, byte), min_size=1, max_size=8))
def test_a_wish_for_key_frames_is_read_back(sender: int, wishes: list[tuple[int, int]]) -> None:
    assert read(rtcp.fir(sender, wishes)) == rtcp.Fir(sender, wishes)


@given(long, st.text(max_size=60))
def test_a_name_is_read_back_here_and_elsewhere(ssrc: int, cname: str) -> None:
    packet = rtcp.sdes(ssrc, cname)
    assert len(packet) % 4 == 0
    assert read(packet) == rtcp.Sdes([(ssrc, cname)])
    other = read_by_them(packet)
    assert isinstance(other, theirs.RtcpSdesPacket)
    assert [(one.ssrc, one.items) for one in other.chunks] == [(ssrc, [(1, cname.encode())])]


def test_names_among_other_items_are_read_chunk_by_chunk() -> None:
    tool, two = "0603616263", "0000000701016100"
    first = "00000005" + tool + "0102c3a9" + "000000"
    packet = bytes.fromhex("82ca0006" + first + two)
    assert read(packet) == rtcp.Sdes([(5, "é"), (7, "a")])
    whole = "00000005" + "01026162" + "00000000"  # a chunk of whole words still ends with zeros
    assert read(bytes.fromhex("82ca0005" + whole + two)) == rtcp.Sdes([(5, "ab"), (7, "a")])


@given(st.lists(long, max_size=31))
def test_a_farewell_is_read_back_here_and_elsewhere(ssrcs: list[int]) -> None:
    packet = rtcp.bye(*ssrcs)
    assert read(packet) == rtcp.Bye(ssrcs)
    assert read_by_them(packet) == theirs.RtcpByePacket(sources=ssrcs)


def test_a_farewell_may_give_its_reason() -> None:
    assert read(bytes.fromhex("81cb0003 00000009 05 68656c6c6f 0000")) == rtcp.Bye([9])


# ---------------------------------------------------------------- compound


def test_messages_are_read_in_their_order_and_strange_ones_passed_over() -> None:
    application = bytes.fromhex("80cc0002 00000001 6e616d65")
    other_feedback = bytes.fromhex("84cd0002 00000001 00000002")
    other_picture = bytes.fromhex("8fce0003 00000001 00000002 41424344")
    packet = rtcp.compound(
        rtcp.receiver_report(1),
        rtcp.sdes(1, "node"),
        application,
        other_feedback,
        rtcp.pli(1, 2),
        other_picture,
        rtcp.bye(1),
    )
    assert rtcp.parse(packet) == [
        rtcp.ReceiverReport(1, []),
        rtcp.Sdes([(1, "node")]),
        rtcp.Pli(1, 2),
        rtcp.Bye([1]),
    ]


def test_a_browsers_reports_are_read_as_another_reader_reads_them() -> None:
    kinds = set()
    for packet in captured("rtcp"):
        ours = rtcp.parse(packet)
        kinds |= {type(message) for message in ours}
        if packet[1] == 205:
            continue  # the other reader takes arrival feedback for a NACK
        for mine, other in zip(ours, theirs.RtcpPacket.parse(packet), strict=True):
            match mine, other:
                case rtcp.SenderReport(), theirs.RtcpSrPacket():
                    assert rtcp.sender_report(mine) == bytes(other)
                case rtcp.ReceiverReport(), theirs.RtcpRrPacket():
                    assert rtcp.receiver_report(mine.ssrc, mine.blocks) == bytes(other)
                case rtcp.Nack(), theirs.RtcpRtpfbPacket():
                    assert mine.sequences == other.lost
                case rtcp.Sdes(), theirs.RtcpSdesPacket():
                    ((_kind, name),) = other.chunks[0].items
                    assert mine.names == [(other.chunks[0].ssrc, name.decode())]
                case _:
                    pytest.fail(f"{mine} is not {other}")
    assert kinds == {
        rtcp.SenderReport,
        rtcp.ReceiverReport,
        rtcp.Nack,
        rtcp.Sdes,
        rtcp.TransportFeedback,
    }


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param("", id="nothing"),
        pytest.param("80c9", id="header cut"),
        pytest.param("40c90001 00000001", id="version 1"),
        pytest.param("80c90002 00000001", id="longer than the packet"),
        pytest.param("80c90001 00000001 80", id="a second header cut"),
        pytest.param("a0c90001 00000000", id="padding of nothing"),
        pytest.param("a0c90001 00000005", id="more padding than message"),
        pytest.param("81c90001 00000001", id="a report block missing"),
        pytest.param("80c80001 00000001", id="a sender report without its times"),
        pytest.param("81cd0002 00000001 00000002", id="a NACK of nothing"),
        pytest.param("a1cd0003 00000001 00000002 00070001", id="a NACK of odd length"),
        pytest.param("81ce0001 00000001", id="a PLI without its source"),
        pytest.param("84ce0003 00000001 00000002 00000003", id="a FIR of odd length"),
        pytest.param("84ce0002 00000001 00000000", id="a FIR of nothing"),
        pytest.param("8fce0003 00000001 00000000 52454d42", id="a REMB without bits"),
        pytest.param("8fce0004 00000001 00000000 52454d42 01000001", id="a REMB cut"),
        pytest.param("81ca0001 00000001", id="a name missing"),
        pytest.param("81ca0002 00000001 01096162", id="a name cut"),
        pytest.param("81ca0002 00000001 0102ffff", id="a name that does not end"),
        pytest.param("81ca0003 00000001 0102ffff 00000000", id="a name that is no text"),
        pytest.param("82cb0001 00000001", id="a farewell cut"),
    ],
)
def test_malformed_rtcp_is_refused_whole(packet: str) -> None:
    with pytest.raises(ValueError, match=r"RTCP|utf-8"):
        rtcp.parse(rtcp.pli(1, 2) + bytes.fromhex(packet) if packet else b"")


def test_what_no_message_can_tell_is_not_written() -> None:
    block = rtcp.ReportBlock(1, 0, 0, 0, 0, 0, 0)
    with pytest.raises(ValueError, match="sources"):
        rtcp.receiver_report(1, [block] * 32)
    with pytest.raises(ValueError, match="long"):
        rtcp.sdes(1, "é" * 128)
    with pytest.raises(ValueError, match="nothing"):
        rtcp.nack(1, 2, [])


def test_losses_beyond_the_format_are_told_as_the_most() -> None:
    told = [rtcp.ReportBlock(1, 0, lost, 0, 0, 0, 0) for lost in (1 << 30, -(1 << 30))]
    message = read(rtcp.receiver_report(1, told))
    assert isinstance(message, rtcp.ReceiverReport)
    assert [one.lost for one in message.blocks] == [(1 << 23) - 1, -(1 << 23)]


def made() -> list[bytes]:
    """What the browser did not send in the capture."""
    return [
        rtcp.remb(1, 1_500_000, [2, 3]),
        rtcp.fir(1, [(2, 3)]),
        rtcp.pli(1, 2),
        rtcp.bye(1, 2),
        rtcp.transport_feedback(1, 2, 3, 4, [1000, None, 900, 90_000, *[None] * 20, 100_000]),
    ]


def test_damaged_packets_raise_nothing_but_a_refusal() -> None:
    count, refused = 100_000, 0
    for packet in damaged(captured("rtcp") + made(), count, seed=5):
        try:
            rtcp.parse(packet)
        except ValueError:
            refused += 1
    assert count // 10 < refused < count


@given(st.sampled_from([200, 201, 202, 203, 205, 206]), byte, st.binary(max_size=96))
def test_arbitrary_bodies_raise_nothing_but_a_refusal(kind: int, first: int, body: bytes) -> None:
    body += bytes(-len(body) % 4)
    head = bytes((0x80 | first & 0x3F, kind)) + (len(body) // 4).to_bytes(2, "big")
    with contextlib.suppress(ValueError):
        rtcp.parse(head + body)
