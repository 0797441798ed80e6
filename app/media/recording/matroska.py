"""WebM, as much of it as a recording needs (RFC 8794, RFC 9559, the WebM container guidelines).

Our own few elements rather than a muxing library: a cluster must leave this process whole, in
one sealed chunk, when we say so, and every track must be declared before it has a single frame.
A recording that is killed is then a head of unknown length and whole clusters, which every
player takes; whoever comes later gets a new head in place of the first, and one that is closed
the last, with length, duration and cues. Nothing here or in the node needs libavformat.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

TICKS = 1000  # of a second: WebM counts in milliseconds
SAMPLE_RATE = 48_000.0
CHANNELS = 2
SEEK_PREROLL = 80_000_000  # nanoseconds a decoder of Opus runs in before it sounds right
EPOCH = 978_307_200  # 1 January 2001, from which Matroska counts its nanoseconds
UNKNOWN = b"\x01" + b"\xff" * 7
# Identification header of Opus (RFC 7845, 5.1): version 1, two channels, nothing to skip.
OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, CHANNELS, 0, int(SAMPLE_RATE), 0, 0)
VIDEO, AUDIO = 1, 2
NOMINAL_SIZE = (640, 480)
BLOCK = struct.Struct(">BIBhB")
KEYFRAME = 0x80
LONG_LENGTH = 0x1000_0000  # marks a length written in four bytes


class Block(NamedTuple):
    """One frame: milliseconds from the beginning, track number, whether it stands alone."""

    time: int
    track: int
    keyframe: bool
    frame: bytes


class Cue(NamedTuple):
    """A frame to start playing from: when, which track, how many bytes into the clusters."""

    time: int
    track: int
    offset: int


@dataclass(frozen=True, slots=True)
class Track:
    """A track of one place. `size` is what players show until the first keyframe."""

    number: int
    kind: str
    name: str
    size: tuple[int, int] = NOMINAL_SIZE


def element(identity: int, content: bytes) -> bytes:
    """An element: its id, the length of its content in eight bytes, the content."""
    name = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    return name + (len(content) | 1 << 56).to_bytes(8, "big") + content


def number(identity: int, value: int, length: int = 8) -> bytes:
    """An element that holds a whole number."""
    return element(identity, value.to_bytes(length, "big"))


def head(
    tracks: Sequence[Track],
    started: float,
    cues: Iterable[Cue] = (),
    ended: tuple[int, int] | None = None,
) -> bytes:
    """What stands before the clusters. `started` is in seconds since 1970.

    `ended`: milliseconds and bytes of all clusters, once they are known.
    """
    doctype = (
        number(0x4286, 1, 1)  # EBMLVersion
        + number(0x42F7, 1, 1)  # EBMLReadVersion
        + number(0x42F2, 4, 1)  # EBMLMaxIDLength
        + number(0x42F3, 8, 1)  # EBMLMaxSizeLength
        + element(0x4282, b"webm")  # DocType
        + number(0x4287, 4, 1)  # DocTypeVersion
        + number(0x4285, 2, 1)  # DocTypeReadVersion
    )
    front = _info(started, ended[0] if ended else None)
    front += element(0x1654AE6B, b"".join(_track(track) for track in tracks))
    segment = bytes.fromhex("18538067")
    if not ended:
        return element(0x1A45DFA3, doctype) + segment + UNKNOWN + front
    front += _cues(cues, len(front))
    length = (len(front) + ended[1] | 1 << 56).to_bytes(8, "big")
    return element(0x1A45DFA3, doctype) + segment + length + front


def cluster(blocks: Sequence[Block]) -> bytes:
    """A cluster of blocks in the order of their time, none 32 seconds after the first."""
    start = blocks[0].time
    parts = [number(0xE7, start)]
    for time, track, keyframe, frame in blocks:
        length = len(frame) + 4 | LONG_LENGTH
        flags = KEYFRAME if keyframe else 0
        parts.append(BLOCK.pack(0xA3, length, 0x80 | track, time - start, flags))
        parts.append(frame)
    return element(0x1F43B675, b"".join(parts))


def _info(started: float, duration: int | None) -> bytes:
    since = int((started - EPOCH) * 1e9)
    content = (
        number(0x2AD7B1, 10**9 // TICKS)  # TimestampScale, in nanoseconds
        + element(0x4D80, b"Nearside")  # MuxingApp
        + element(0x5741, b"Nearside")  # WritingApp
        + element(0x4461, since.to_bytes(8, "big", signed=True))  # DateUTC
    )
    if duration is not None:
        content += element(0x4489, struct.pack(">d", duration))
    return element(0x1549A966, content)


def _track(track: Track) -> bytes:
    video = track.kind == "video"
    content = (
        number(0xD7, track.number, 1)  # TrackNumber
        + number(0x73C5, track.number)  # TrackUID
        + number(0x83, VIDEO if video else AUDIO, 1)  # TrackType
        + number(0x9C, 0, 1)  # FlagLacing
        + element(0x536E, track.name.encode())  # Name
    )
    if video:
        width, height = track.size
        content += element(0x86, b"V_VP8")
        content += element(0xE0, number(0xB0, width, 2) + number(0xBA, height, 2))
    else:
        content += element(0x86, b"A_OPUS") + element(0x63A2, OPUS_HEAD)
        content += number(0x56AA, 0) + number(0x56BB, SEEK_PREROLL)  # CodecDelay, SeekPreRoll
        rate = element(0xB5, struct.pack(">d", SAMPLE_RATE))
        content += element(0xE1, rate + number(0x9F, CHANNELS, 1))
    return element(0xAE, content)


def _cues(cues: Iterable[Cue], before: int) -> bytes:
    """The index. Its own length counts in the positions it names, and does not vary with them."""
    listed = list(cues)
    if not listed:
        return b""

    def lay_out(shift: int) -> bytes:
        points = (
            element(
                0xBB,
                number(0xB3, cue.time)
                + element(0xB7, number(0xF7, cue.track, 1) + number(0xF1, cue.offset + shift)),
            )
            for cue in listed
        )
        return element(0x1C53BB6B, b"".join(points))

    return lay_out(before + len(lay_out(0)))
