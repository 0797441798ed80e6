"""Frames from packets: whole ones alone, and none that builds on a missing one."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media import rtp
from app.media.recording import frames
from app.media.recording.frames import Assembler, Frame
from tests.media.recording.material import PAYLOAD, Sender, pictures


class Piece(NamedTuple):
    """A packet as an assembler takes it, with names."""

    content: bytes
    start: int
    end: int
    timestamp: int
    marker: int
    arrival: float


def packets() -> list[Piece]:
    found = []
    for sent in Sender().video(pictures(2, (320, 240), keyframes=1.0)):
        marker, _, _, timestamp, _, start, end = rtp.parse(sent.packet)
        found.append(Piece(sent.packet, start, end, timestamp, marker, sent.arrival))
    return found


def assembled(given: list[Piece], gaps: set[int] = frozenset()) -> list[Frame]:
    made = Assembler()
    whole = [made.add(packet, gap=index in gaps) for index, packet in enumerate(given)]
    return [frame for frame in whole if frame]


def test_frames_come_out_as_the_encoder_made_them() -> None:
    made = assembled(packets())
    wanted = pictures(2, (320, 240), keyframes=1.0)
    assert [(f.content, f.keyframe) for f in made] == [(e.content, e.keyframe) for e in wanted]
    assert any(len(frame.content) > PAYLOAD for frame in made)


def test_after_a_gap_nothing_is_shown_before_the_next_keyframe() -> None:
    given = packets()
    tenth = assembled(given)[10].timestamp
    at = next(index for index, packet in enumerate(given) if packet.timestamp == tenth)
    made = assembled(given[:at] + given[at + 1 :], {at})
    assert len(made) == 10 + 30
    assert made[10].keyframe


def test_a_recording_that_begins_in_mid_stream_waits_for_a_keyframe() -> None:
    assert len(assembled(packets()[10:])) == 30


def test_a_frame_whose_end_never_comes_is_left_out() -> None:
    given = packets()
    large = next(packet for packet in given[5:] if not packet.marker)
    at = max(i for i, packet in enumerate(given) if packet.timestamp == large.timestamp)
    timestamps = [frame.timestamp for frame in assembled(given[:at] + given[at + 1 :])]
    assert large.timestamp not in timestamps


def test_packets_that_only_pad_change_nothing() -> None:
    given = packets()
    padding = given[3]._replace(start=given[3].end)
    assert len(assembled([*given[:3], padding, *given[3:]])) == 60


@pytest.mark.parametrize("length", [1, 1100])
def test_an_endless_frame_is_given_up(length: int) -> None:
    first = next(packet for packet in packets() if not packet.marker)
    content = first.content[: first.start] + bytes([0]) + bytes(length)
    rest = first._replace(content=content, end=len(content))
    made = Assembler()
    made.add(first, gap=True)
    added = 0
    while not made.waiting and added < 2 * frames.LONGEST_FRAME:
        made.add(rest, gap=False)
        added += length + 50
    assert made.waiting
    assert not made._parts


def test_the_size_is_read_from_a_keyframe_alone() -> None:
    first, second, *_ = pictures(2, (320, 240), keyframes=1.0)
    assert frames.size(first.content) == (320, 240)
    assert frames.size(second.content) is None


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=30), st.booleans(), st.booleans()), max_size=40))
def test_no_payload_makes_it_fail_or_pass_for_a_keyframe(
    given: list[tuple[bytes, bool, bool]],
) -> None:
    made = Assembler()
    for index, (content, marker, gap) in enumerate(given):
        frame = made.add(Piece(content, 0, len(content), index // 3, marker, 0.0), gap=gap)
        assert frame is None or not frame.keyframe or frames.size(frame.content)
