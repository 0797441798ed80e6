"""The quick reading says what the thorough one says."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.media import rtp
from app.media.recording.reading import outline, picture

FIRST = st.sampled_from([0x80, 0x90, 0x80, 0x90, 0xA0, 0xB0, 0x91, 0x8F, 0x40, 0x00])


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """Nearly RTP: often a plausible length of the extension, sometimes any."""
    rest = bytearray(draw(st.binary(min_size=0, max_size=60)))
    if len(rest) > 14 and draw(st.booleans()):
        rest[13:15] = bytes([0, draw(st.integers(0, 4))])
    return bytes([draw(FIRST)]) + bytes(rest)


@settings(deadline=None)
@given(packets())
@example(b"")
@example(bytes([0x90]) + bytes(15))
@example(bytes([0x90]) + bytes(16))
@example(bytes([0x90]) + bytes(14) + b"\x01" + bytes(4))
def test_headers_are_read_alike(packet: bytes) -> None:
    try:
        marker, kind, *rest = rtp.parse(packet)
        wanted = (marker << 7 | kind, *rest)
    except ValueError:
        wanted = None
    try:
        found = outline(packet)
    except ValueError:
        found = None
    assert found == wanted


@settings(deadline=None)
@given(st.binary(max_size=20), st.integers(0, 3))
def test_pictures_are_read_alike(packet: bytes, start: int) -> None:
    try:
        told = rtp.vp8(packet, start, len(packet))
        wanted = (told.payload, told.begins and not told.partition, told.keyframe)
    except ValueError:
        wanted = None
    try:
        found = picture(packet, start, len(packet))
    except ValueError:
        found = None
    assert found == wanted
