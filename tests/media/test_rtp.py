"""RTP is read where it lies, as the RFCs draw it, and never past its end."""

from __future__ import annotations

import contextlib

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from app.media import rtp
from tests.media.packets import captured, damaged

VP8, RED, RTX = 96, 63, 97
AUDIO_LEVEL, TRANSPORT, MID = 1, 3, 4
FIXED = bytes.fromhex("80 60 1234 00000002 00000003")

sequences = st.integers(0, 0xFFFF)


def of_type(payload_type: int) -> list[bytes]:
    return [packet for packet in captured("rtp") if packet[1] & 0x7F == payload_type]


def extended(profile: str, *elements: str) -> bytes:
    """A packet with these extension elements, filled up to whole words, and no payload."""
    body = bytes.fromhex("".join(elements))
    body += bytes(-len(body) % 4)
    head = bytes((0x90,)) + FIXED[1:] + bytes.fromhex(profile)
    return head + (len(body) // 4).to_bytes(2, "big") + body


def payload(descriptor: str) -> tuple[bytes, int, int]:
    packet = FIXED + bytes.fromhex(descriptor)
    return packet, len(FIXED), len(packet)


# ---------------------------------------------------------------- the header


def test_a_browsers_packets_are_read_as_another_reader_reads_them() -> None:
    for packet in captured("rtp"):
        header, theirs = rtp.parse(packet), RtpPacket.parse(packet)
        assert header.marker == bool(theirs.marker)
        assert header[1:5] == (
            theirs.payload_type,
            theirs.sequence_number,
            theirs.timestamp,
            theirs.ssrc,
        )
        assert packet[header.start : header.end] == theirs.payload


def test_sources_extension_and_padding_are_no_payload() -> None:
    packet = bytes.fromhex(
        "b2 e0 0001 00000002 00000003  0000000a 0000000b  bede0001 10ff0000  c0ffee  000003"
    )
    header = rtp.parse(memoryview(packet))
    assert header == rtp.Header(True, 96, 1, 2, 3, 28, 31)
    assert packet[header.start : header.end].hex() == "c0ffee"


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param("", id="nothing"),
        pytest.param("80600001000000020000", id="shorter than a header"),
        pytest.param("406000010000000200000003", id="version 1"),
        pytest.param("826000010000000200000003 0000000a", id="a source missing"),
        pytest.param("906000010000000200000003 bede", id="extension without its length"),
        pytest.param("906000010000000200000003 bede0002 00000000", id="extension cut"),
        pytest.param("a06000010000000200000003 00", id="padding of nothing"),
        pytest.param("a06000010000000200000003 0000ff", id="more padding than packet"),
        pytest.param("a06000010000000200000003", id="padding told by the header itself"),
    ],
)
def test_what_is_no_packet_is_refused(packet: str) -> None:
    with pytest.raises(ValueError, match="RTP"):
        rtp.parse(bytes.fromhex(packet))


def test_padding_may_be_all_there_is() -> None:
    header = rtp.parse(bytes.fromhex("a06000010000000200000003 00000004"))
    assert header.start == header.end == 12


# ---------------------------------------------------------------- extensions


def test_a_browsers_extensions_are_found() -> None:
    numbers = set()
    for packet in of_type(RED):
        assert rtp.extension(packet, AUDIO_LEVEL) is not None
        found = rtp.extension(memoryview(packet), TRANSPORT)
        assert found is not None
        at, length = found
        assert length == 2
        numbers.add(packet[at] << 8 | packet[at + 1])
    assert len(numbers) == len(of_type(RED))
    mids = [(packet, rtp.extension(packet, MID)) for packet in captured("rtp")]
    assert {packet[at[0] : sum(at)] for packet, at in mids if at} == {b"0", b"1"}


def test_padding_between_elements_is_passed_over() -> None:
    packet = extended("bede", "10aa", "00", "31beef", "00")
    assert rtp.extension(packet, AUDIO_LEVEL) == (17, 1)
    assert rtp.extension(packet, TRANSPORT) == (20, 2)
    assert rtp.extension(packet, MID) is None


def test_elements_with_two_byte_headers_are_found_even_empty() -> None:
    packet = extended("1005", "0300", "00", "0402abcd", "ff01ee")
    assert rtp.extension(packet, TRANSPORT) == (18, 0)
    assert rtp.extension(packet, MID) == (21, 2)
    assert rtp.extension(packet, 255) == (25, 1)
    assert rtp.extension(packet, 7) is None


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(FIXED, id="no extension"),
        pytest.param(b"\x9f" + FIXED[1:], id="sources that are not there"),
        pytest.param(extended("bede", "000031be"), id="element cut by the block's own end"),
        pytest.param(extended("bede", "31beef")[:-1], id="block cut by the packet's end"),
        pytest.param(extended("bede", "f000", "31beef"), id="after the id that stops"),
        pytest.param(extended("bede", "01ffff", "31beef"), id="after a zero with a length"),
        pytest.param(extended("1000", "000000", "03"), id="two-byte header cut"),
        pytest.param(extended("1000", "0309beef"), id="two-byte element cut"),
        pytest.param(extended("1234", "31beef"), id="a profile of another kind"),
    ],
)
def test_an_extension_that_is_not_there_is_not_found(packet: bytes) -> None:
    assert rtp.extension(packet, TRANSPORT) is None


# ---------------------------------------------------------------- VP8


def test_a_browsers_pictures_are_read_as_another_reader_reads_them() -> None:
    keyframes = 0
    for packet in of_type(VP8):
        header = rtp.parse(packet)
        found = rtp.vp8(packet, header.start, header.end)
        theirs, rest = VpxPayloadDescriptor.parse(packet[header.start : header.end])
        assert (found.begins, found.partition) == (bool(theirs.partition_start), 0)
        assert found.picture_id == theirs.picture_id
        assert found.wide
        assert packet[found.payload : header.end] == rest
        keyframes += found.keyframe
    assert keyframes >= 1


@given(
    begins=st.booleans(),
    partition=st.integers(0, 7),
    picture_id=st.none() | st.integers(0, 0x7FFF),
    tl0picidx=st.none() | st.integers(0, 255),
    tid=st.none() | st.tuples(st.integers(0, 3), st.integers(0, 1)),
    keyidx=st.none() | st.integers(0, 31),
)
def test_every_descriptor_is_read_back(
    begins: bool,
    partition: int,
    picture_id: int | None,
    tl0picidx: int | None,
    tid: tuple[int, int] | None,
    keyidx: int | None,
) -> None:
    told = bytes(VpxPayloadDescriptor(int(begins), partition, picture_id, tl0picidx, tid, keyidx))
    packet = FIXED + told + b"\x00"
    found = rtp.vp8(packet, 12, len(packet))
    assert (found.begins, found.partition) == (begins, partition)
    assert found.payload == len(FIXED + told)
    assert (found.picture_id, bool(found.picture_at)) == (picture_id or 0, picture_id is not None)
    assert (found.tl0picidx, bool(found.tl0picidx_at)) == (tl0picidx or 0, tl0picidx is not None)
    assert (found.tid, found.sync) == (tid or (0, 0))
    assert found.keyframe == (begins and partition == 0)
    for cut in range(12, found.payload + 1):
        with pytest.raises(ValueError, match="VP8"):
            rtp.vp8(packet, 12, cut)


@pytest.mark.parametrize(
    ("descriptor", "keyframe"),
    [
        pytest.param("10 00", True, id="first packet of a key frame"),
        pytest.param("10 01", False, id="first packet of another frame"),
        pytest.param("00 00", False, id="a later packet"),
        pytest.param("11 00", False, id="a later partition"),
    ],
)
def test_a_key_frame_is_told_by_its_first_byte(descriptor: str, keyframe: bool) -> None:
    assert rtp.vp8(*payload(descriptor)).keyframe is keyframe


def test_a_picture_nobody_needs_may_be_dropped() -> None:
    assert rtp.vp8(*payload("30 00")).droppable
    assert not rtp.vp8(*payload("10 00")).droppable


def test_the_key_index_alone_tells_no_layer() -> None:
    found = rtp.vp8(*payload("90 10 ff 00"))
    assert (found.tid, found.sync, found.payload) == (0, False, 15)


@pytest.mark.parametrize(
    ("descriptor", "rewritten"),
    [
        pytest.param("90 e0 8001 05 40 00", "90 e0 d678 fe 40 00", id="wide"),
        pytest.param("90 c0 01 05 00", "90 c0 78 fe 00", id="narrow keeps its width"),
        pytest.param("90 80 01 00", "90 80 78 00", id="no index"),
        pytest.param("90 40 05 00", "90 40 fe 00", id="no picture id"),
        pytest.param("10 00", "10 00", id="nothing to rewrite"),
    ],
)
def test_a_picture_is_numbered_anew_in_place(descriptor: str, rewritten: str) -> None:
    packet, start, end = payload(descriptor)
    written = bytearray(packet)
    rtp.rewrite_vp8(memoryview(written), rtp.vp8(packet, start, end), 0x5678, 0x1FE)
    assert written[start:].hex() == rewritten.replace(" ", "")
    assert written[:start] == FIXED


# ---------------------------------------------------------------- RED


def test_a_browsers_sound_is_unwrapped() -> None:
    sizes = set()
    for packet in of_type(RED):
        header = rtp.parse(packet)
        blocks = rtp.red_blocks(packet, header)
        sizes.add(len(blocks))
        assert {block.payload_type for block in blocks} == {111}
        assert blocks[-1].timestamp == header.timestamp
        assert blocks[-1].end == header.end
        # Chromium repeats the frame before: 20 ms at 48 kHz.
        assert all(header.timestamp - block.timestamp == 960 for block in blocks[:-1])
    assert sizes == {1, 2}


@given(
    primary=st.binary(max_size=60),
    earlier=st.lists(st.tuples(st.integers(-5, 20_000), st.binary(max_size=1100)), max_size=4),
    timestamp=st.integers(0, 0xFFFFFFFF),
)
def test_what_was_wrapped_is_unwrapped_to_itself(
    primary: bytes, earlier: list[tuple[int, bytes]], timestamp: int
) -> None:
    plain = bytes((0x80, 0x80 | 111)) + b"\x12\x34" + timestamp.to_bytes(4, "big") + b"ssrc"
    plain += primary
    copies = [(timestamp - back & 0xFFFFFFFF, held) for back, held in earlier]
    wrapped = rtp.red_wrap(plain, rtp.parse(plain), RED, copies)
    header = rtp.parse(wrapped)
    assert (header.payload_type, header.marker) == (RED, True)
    assert rtp.red_unwrap(wrapped, header) == plain
    found = [
        (block.timestamp, bytes(wrapped[block.start : block.end]))
        for block in rtp.red_blocks(wrapped, header)[:-1]
    ]
    fits = [0 < back <= 0x3FFF and len(held) <= 0x3FF for back, held in earlier]
    assert found == [copy for copy, fit in zip(copies, fits, strict=True) if fit]


def test_padding_is_not_wrapped_nor_unwrapped() -> None:
    padded = bytes.fromhex("a0ef 0001 00000400 00000003 cafe 000003")
    wrapped = rtp.red_wrap(padded, rtp.parse(padded), RED, [(0x40, b"\x01\x02")])
    assert wrapped.hex() == "80bf00010000040000000003ef0f00026f0102cafe"
    red = bytes.fromhex("a0bf 0001 00000400 00000003 6f cafe 000003")
    assert rtp.red_unwrap(red, rtp.parse(red)).hex() == "80ef00010000040000000003cafe"


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param("", id="nothing"),
        pytest.param("ef0f00", id="header cut"),
        pytest.param("ef0f0002", id="no primary"),
        pytest.param("ef0f0002 6f 01", id="block cut"),
        pytest.param("ef0f0000 ef0f0000 ef", id="second header cut"),
    ],
)
def test_malformed_red_is_refused(blocks: str) -> None:
    packet = FIXED + bytes.fromhex(blocks)
    with pytest.raises(ValueError, match="RED"):
        rtp.red_blocks(packet, rtp.parse(packet))


# ---------------------------------------------------------------- numbers


@given(sequences, st.integers(-32768, 32767))
def test_distance_is_what_was_added(sequence: int, step: int) -> None:
    later = sequence + step & 0xFFFF
    assert rtp.distance(later, sequence) == step
    assert rtp.newer(later, sequence) == (step > 0)


@given(st.integers(0, 1 << 40), st.integers(-32768, 32767))
def test_a_number_is_unwrapped_to_the_nearest(near: int, step: int) -> None:
    assert rtp.extend(near + step & 0xFFFF, near) == near + step


def test_numbers_turn_over() -> None:
    assert rtp.newer(2, 65534)
    assert not rtp.newer(65534, 2)
    assert not rtp.newer(7, 7)
    assert rtp.extend(0, 65535) == 65536
    assert rtp.extend(65535, 0) == -1


# ---------------------------------------------------------------- damage


def read_all(packet: bytes) -> None:
    """Everything that a forwarder reads of a packet, and that it was told no place outside it."""
    for wanted in (AUDIO_LEVEL, TRANSPORT, MID, 200):
        found = rtp.extension(packet, wanted)
        assert found is None or found[0] + found[1] <= len(packet)
    header = rtp.parse(packet)
    assert 12 <= header.start <= header.end <= len(packet)
    blocks = rtp.red_blocks(packet, header)
    assert all(header.start < one.start <= one.end <= header.end for one in blocks)
    picture = rtp.vp8(packet, header.start, header.end)
    assert header.start < picture.payload < header.end
    rtp.rewrite_vp8(bytearray(packet), picture, 1, 1)


def test_damaged_packets_raise_nothing_but_a_refusal() -> None:
    count, refused = 100_000, 0
    for packet in damaged(captured("rtp"), count, seed=4):
        try:
            read_all(packet)
        except ValueError:
            refused += 1
    assert count // 10 < refused < count


@given(st.binary(max_size=80))
def test_arbitrary_bytes_raise_nothing_but_a_refusal(packet: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_all(packet)
