"""The elements of a file, walked through by a reader of its own (RFC 8794)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from app.media.recording.matroska import Block, Cue, Track, cluster, head

TRACKS = [Track(1, "video", "place 0", (1280, 720)), Track(2, "audio", "place 0")]
SEGMENT, CLUSTER, CUES, INFO, TRACK_LIST = (
    *(0x18538067, 0x1F43B675, 0x1C53BB6B),
    *(0x1549A966, 0x1654AE6B),
)
UNKNOWN = 2**56 - 1
Element = tuple[int, int, bytes]


def elements(content: bytes, at: int = 0) -> Iterator[Element]:
    """Id, where it stands, content: of each element of this level."""
    while at < len(content):
        begin = at
        width = 9 - content[at].bit_length()
        identity = int.from_bytes(content[at : at + width], "big")
        at += width
        width = 9 - content[at].bit_length()
        length = int.from_bytes(content[at : at + width], "big") & (1 << 7 * width) - 1
        at += width
        length = len(content) - at if length == UNKNOWN else length
        assert at + length <= len(content)
        yield identity, begin, content[at : at + length]
        at += length


def one(content: bytes, *path: int) -> bytes:
    for wanted in path:
        (content,) = (inner for identity, _, inner in elements(content) if identity == wanted)
    return content


def clusters() -> list[bytes]:
    return [
        cluster([Block(at, 1, at == 0, b"p" * 300), Block(at + 20, 2, True, b"s")])
        for at in (0, 500, 1000)
    ]


def test_a_recording_without_an_end_is_a_segment_of_unknown_length() -> None:
    file = head(TRACKS, 1.8e9) + b"".join(clusters())
    found = [identity for identity, _, _ in elements(one(file, SEGMENT))]
    assert found == [INFO, TRACK_LIST, CLUSTER, CLUSTER, CLUSTER]


def test_the_index_points_at_clusters() -> None:
    body = clusters()
    cues = [Cue(0, 1, 0), Cue(500, 2, len(body[0])), Cue(1000, 2, len(body[0] + body[1]))]
    file = head(TRACKS, 1.8e9, cues, (1040, len(b"".join(body)))) + b"".join(body)
    segment = one(file, SEGMENT)
    stand = [at for identity, at, _ in elements(segment) if identity == CLUSTER]
    points = [inner for identity, _, inner in elements(one(segment, CUES)) if identity == 0xBB]
    pointed = [int.from_bytes(one(point, 0xB7, 0xF1), "big") for point in points]
    assert pointed == stand
    assert struct.unpack(">d", one(segment, INFO, 0x4489)) == (1040.0,)


def test_a_segment_with_an_end_says_how_long_it_is() -> None:
    body = b"".join(clusters())
    file = head(TRACKS, 1.8e9, (), (1040, len(body))) + body
    assert [identity for identity, _, _ in elements(file)] == [0x1A45DFA3, SEGMENT]
    assert one(file + b"\xec\x80", SEGMENT) == one(file, SEGMENT)


@pytest.mark.parametrize(("started", "since"), [(978_307_200, 0), (978_307_260.5, 60_500_000_000)])
def test_the_date_counts_from_the_year_2001(started: float, since: int) -> None:
    file = head(TRACKS, started)
    assert int.from_bytes(one(file, SEGMENT, INFO, 0x4461), "big") == since


def test_a_block_tells_track_time_and_whether_it_stands_alone() -> None:
    made = cluster([Block(70_000, 1, False, b"one"), Block(70_033, 8, True, b"two")])
    inner = list(elements(one(made, CLUSTER)))
    assert [(identity, content) for identity, _, content in inner] == [
        (0xE7, (70_000).to_bytes(8, "big")),
        (0xA3, b"\x81" + struct.pack(">hB", 0, 0) + b"one"),
        (0xA3, b"\x88" + struct.pack(">hB", 33, 0x80) + b"two"),
    ]
