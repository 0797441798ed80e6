"""Arrival feedback is read and written as its draft draws it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media import rtcp
from tests.media.packets import captured

# Arrivals in steps that a feedback can tell: 250 us ticks, up to 8 s back or forth, or lost.
steps = st.lists(
    st.none() | st.integers(0, 255) | st.integers(-300, 600) | st.integers(-32_768, 32_767),
    min_size=1,
    max_size=200,
).filter(lambda steps: any(step is not None for step in steps))


def feedback(*parts: str) -> bytes:
    """A feedback of base 7, reference 1 (64 ms), number 9, of these parts."""
    count, *rest = parts
    body = bytes.fromhex("00000001 00000002 0007" + count + "00000109" + "".join(rest))
    body += bytes(-len(body) % 4)
    return bytes.fromhex("8fcd") + (len(body) // 4).to_bytes(2, "big") + body


def read(packet: bytes) -> rtcp.TransportFeedback:
    (message,) = rtcp.parse(packet)
    assert isinstance(message, rtcp.TransportFeedback)
    return message


def told(packet: bytes) -> list[int | None]:
    """The arrivals in ticks after 64 ms."""
    return [
        None if arrival is None else (arrival - 64_000) // 250
        for _number, arrival in read(packet).packets
    ]


def test_a_vector_made_by_hand() -> None:
    """Received 1 ms after 64 ms; lost; received 2 ms later; received 1 ms before that."""
    packet = feedback("0004", "d180", "04", "08", "fffc")
    found = read(packet)
    assert found == rtcp.TransportFeedback(1, 2, 7, 1, 9, [65_000, None, 67_000, 66_000])
    assert found.packets == [(7, 65_000), (8, None), (9, 67_000), (10, 66_000)]
    written = rtcp.transport_feedback(1, 2, 7, 9, [65_000, None, 67_000, 66_000])
    assert written.hex() == ("afcd000600000001000000020007000400000109d1800408fffc0002")


# The chunks that the draft itself draws, in sections 3.1.3 and 3.1.4.
@pytest.mark.parametrize(
    ("chunk", "statuses"),
    [
        pytest.param("00dd", "0" * 221, id="a run of 221 not received"),
        pytest.param("2018", "1" * 24, id="a run of 24 received"),
        pytest.param("9f1c", "01111100011100", id="a vector of bits"),
        pytest.param("cd50", "0311100", id="a vector of pairs"),
    ],
)
def test_the_drafts_own_chunks(chunk: str, statuses: str) -> None:
    packet = feedback(f"{len(statuses):04x}", chunk, "01" * statuses.count("1"))
    if "3" in statuses:
        with pytest.raises(ValueError, match="reserved"):
            read(packet)
        return
    assert [arrival is not None for arrival in told(packet)] == [one == "1" for one in statuses]


def test_a_browsers_feedback_is_read_and_written_again_alike() -> None:
    found = [
        (packet, message)
        for packet in captured("rtcp")
        for message in rtcp.parse(packet)
        if isinstance(message, rtcp.TransportFeedback)
    ]
    assert len(found) > 5
    for packet, message in found:
        arrivals = [arrival for _number, arrival in message.packets]
        again = rtcp.transport_feedback(
            message.sender, message.media, message.base, message.number, arrivals
        )
        assert read(again) == message
        assert len(again) <= len(packet)
    numbers = [message.number for _packet, message in found]
    assert numbers == sorted(numbers)
    lost = sum(arrival is None for _, message in found for _, arrival in message.packets)
    assert lost > 0


@given(st.integers(0, 0xFFFF), st.integers(0, 1 << 50), steps)
def test_arrivals_are_read_back(base: int, start: int, moves: list[int | None]) -> None:
    clock = start // 250
    arrivals: list[int | None] = []
    for move in moves:
        clock += move or 0
        arrivals.append(None if move is None else clock * 250)
    first = next(one for one in arrivals if one is not None)
    message = read(rtcp.transport_feedback(1, 2, base, 3, arrivals))
    # The reference time turns over: what is read is the same, but for whole turns.
    turns = message.reference * 64_000 - first // 64_000 * 64_000
    assert turns % ((1 << 24) * 64_000) == 0
    assert message.packets == [
        (base + at & 0xFFFF, None if one is None else one + turns)
        for at, one in enumerate(arrivals)
    ]


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=300))
def test_rounding_never_adds_up(gaps: list[int]) -> None:
    arrivals: list[int | None] = [sum(gaps[:at]) + 640_123 for at in range(len(gaps))]
    for (_number, read_back), arrival in zip(
        read(rtcp.transport_feedback(1, 2, 0, 0, arrivals)).packets, arrivals, strict=True
    ):
        assert read_back is not None
        assert arrival is not None
        assert 0 <= arrival - read_back < 250


def test_long_silences_and_steady_streams_are_told_in_runs() -> None:
    steady = rtcp.transport_feedback(1, 2, 0, 0, [at * 5000 for at in range(100)])
    assert len(steady) == 20 + 2 + 100 + 2
    gap = rtcp.transport_feedback(1, 2, 0, 0, [0, *[None] * 8190, 250])
    assert len(gap) <= 32
    assert told(gap)[-1] == 1 - 256


@pytest.mark.parametrize(
    "arrivals",
    [
        pytest.param([], id="nothing"),
        pytest.param([None, None], id="nothing arrived"),
        pytest.param([0, 32_768 * 250], id="too far apart"),
        pytest.param([32_769 * 250, 0], id="too far back"),
        pytest.param([0] * 8193, id="too many"),
    ],
)
def test_what_no_feedback_can_tell_is_not_written(arrivals: list[int | None]) -> None:
    with pytest.raises(ValueError, match="transport-cc"):
        rtcp.transport_feedback(1, 2, 3, 4, arrivals)


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(bytes.fromhex("8fcd0003 00000001 00000002 00070001"), id="cut short"),
        pytest.param(feedback("0010", "2001", "01"), id="statuses cut"),
        pytest.param(feedback("0003", "2003", "0101"), id="deltas cut"),
        pytest.param(feedback("0002", "4002"), id="large delta cut"),
        pytest.param(feedback("0001", "6001", "0101"), id="reserved status"),
        pytest.param(feedback("0001", "2000", "2001", "01"), id="empty run"),
        pytest.param(feedback("2001", "1fff" * 2), id="more than anyone sends"),
    ],
)
def test_malformed_feedback_is_refused(packet: bytes) -> None:
    with pytest.raises(ValueError, match="transport-cc"):
        rtcp.parse(packet)


def test_a_hostile_feedback_costs_little() -> None:
    """A datagram full of claims about thousands of packets is read in milliseconds."""
    bomb = feedback("2000", "1fff", "0001") * 60
    assert len(bomb) < 1500
    began = time.process_time()
    assert len(rtcp.parse(bomb)) == 60
    assert time.process_time() - began < 1
