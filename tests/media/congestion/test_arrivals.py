"""Each arrival is told once, losses are told, and no line of numbers breaks the telling."""

from __future__ import annotations

import random

import pytest

from app.media import rtcp
from app.media.congestion.arrivals import Arrivals

CLOCK = 12_345_678_000  # us; a multiple of the 250 us that feedback counts


def told(arrivals: Arrivals) -> list[rtcp.TransportFeedback]:
    found = []
    for packet in arrivals.feedback(1, 2):
        assert len(packet) <= 1200
        (message,) = rtcp.parse(packet)
        assert isinstance(message, rtcp.TransportFeedback)
        assert (message.sender, message.media) == (1, 2)
        found.append(message)
    return found


def packets(arrivals: Arrivals) -> list[tuple[int, int | None]]:
    """What is told, in milliseconds after the clock's start."""
    return [
        (number, None if arrival is None else (arrival - CLOCK) // 1000)
        for message in told(arrivals)
        for number, arrival in message.packets
    ]


def add(arrivals: Arrivals, *numbers: int, at_ms: int = 0) -> None:
    """Arrivals a millisecond apart."""
    for after, number in enumerate(numbers):
        arrivals.add(number, CLOCK + 1000 * (at_ms + after))


def test_nothing_is_told_of_nothing() -> None:
    arrivals = Arrivals()
    assert arrivals.feedback(1, 2) == []
    add(arrivals, 7)
    assert len(told(arrivals)) == 1
    assert arrivals.feedback(1, 2) == []


def test_arrivals_and_losses_are_told() -> None:
    arrivals = Arrivals()
    add(arrivals, 7, 8, 11)
    assert packets(arrivals) == [(7, 0), (8, 1), (9, None), (10, None), (11, 2)]


def test_losses_between_two_feedbacks_are_told_in_the_second() -> None:
    arrivals = Arrivals()
    add(arrivals, 7)
    assert packets(arrivals) == [(7, 0)]
    add(arrivals, 10, at_ms=50)
    assert packets(arrivals) == [(8, None), (9, None), (10, 50)]


def test_numbers_turn_over() -> None:
    arrivals = Arrivals()
    add(arrivals, 65534, 65535, 1)
    assert packets(arrivals) == [(65534, 0), (65535, 1), (0, None), (1, 2)]
    add(arrivals, 2, at_ms=9)
    assert packets(arrivals) == [(2, 9)]


def test_a_packet_overtaken_within_one_feedback_is_told_in_its_place() -> None:
    arrivals = Arrivals()
    add(arrivals, 7, 9, 8)
    assert packets(arrivals) == [(7, 0), (8, 2), (9, 1)]


def test_a_packet_that_comes_after_it_was_told_as_lost_is_told_once() -> None:
    arrivals = Arrivals()
    add(arrivals, 7, 10, 13)
    assert packets(arrivals)[-1] == (13, 2)
    add(arrivals, 9, 12, 8, 14, 9, at_ms=50)
    assert packets(arrivals) == [(8, 52), (9, 50), (12, 51), (14, 53)]
    add(arrivals, 9, 8, at_ms=90)
    assert packets(arrivals) == []


def test_duplicates_keep_their_first_arrival() -> None:
    arrivals = Arrivals()
    add(arrivals, 7, 7, 8, 7)
    assert packets(arrivals) == [(7, 0), (8, 2)]
    add(arrivals, 7, 8, at_ms=50)
    assert packets(arrivals) == []


@pytest.mark.parametrize("gap", [30_000, 2_002, -2_000, -30_000])
def test_a_wide_gap_is_a_new_beginning(gap: int) -> None:
    arrivals = Arrivals()
    first = 40_000
    after = first + gap & 0xFFFF
    add(arrivals, first, first + 1, after, after + 2)
    assert packets(arrivals) == [
        (first, 0), (first + 1, 1), (after, 2), (after + 1, None), (after + 2, 3)
    ]  # fmt: skip
    add(arrivals, after + 3, at_ms=50)
    assert packets(arrivals) == [(after + 3, 50)]


def test_an_outage_of_seconds_is_told_as_losses() -> None:
    arrivals = Arrivals()
    add(arrivals, 7)
    add(arrivals, 7 + 1500, at_ms=7_000)
    held = packets(arrivals)
    assert held[0] == (7, 0)
    assert held[-1] == (1507, 7_000)
    assert [arrival for _number, arrival in held[1:-1]] == [None] * 1499


def test_arrivals_too_far_apart_for_one_message_are_told_in_two() -> None:
    arrivals = Arrivals()
    add(arrivals, 7)
    add(arrivals, 9, at_ms=9_000)
    assert [message.packets for message in told(arrivals)] == [
        [(7, CLOCK), (8, None)],
        [(9, CLOCK + 9_000_000)],
    ]


def test_neighbours_too_far_apart_for_one_message_are_told_in_two() -> None:
    arrivals = Arrivals()
    add(arrivals, 7)
    assert len(told(arrivals)) == 1
    add(arrivals, 8)
    add(arrivals, 9, at_ms=9_000)
    assert [message.packets for message in told(arrivals)] == [
        [(8, CLOCK)],
        [(9, CLOCK + 9_000_000)],
    ]


def test_a_flood_is_told_in_messages_that_fit_any_path() -> None:
    arrivals = Arrivals()
    dice = random.Random(3)  # noqa: S311 - the same gaps in every run
    number, expected = 0, []
    for at in range(3_000):
        number += dice.choice((1, 1, 2, 3))
        add(arrivals, number & 0xFFFF, at_ms=100 * at if at % 2 else 100 * at - 150)
        expected.append(number & 0xFFFF)
    messages = told(arrivals)
    assert len(messages) >= 8
    assert [
        number for one in messages for number, arrival in one.packets if arrival is not None
    ] == expected
    assert [one.number for one in messages] == list(range(len(messages)))


def test_any_order_of_arrivals_is_told_completely() -> None:
    """Loss, disorder, duplicates and the turn together: each arrival is told exactly once."""
    dice = random.Random(9)  # noqa: S311 - the same disorder in every run
    for _ in range(50):
        arrivals = Arrivals()
        start = dice.randrange(0x10000)
        numbers = [start + at for at in range(400) if at == 0 or dice.random() > 0.1]
        numbers.sort(key=lambda number: number + dice.random() * 12 * (number > start))
        found: list[int] = []
        for at, number in enumerate(numbers):
            add(arrivals, number & 0xFFFF, at_ms=at)
            if dice.random() < 0.1:
                add(arrivals, number & 0xFFFF, at_ms=at)
            if dice.random() < 0.05:
                found += [one for one, arrival in packets(arrivals) if arrival is not None]
        found += [one for one, arrival in packets(arrivals) if arrival is not None]
        assert sorted(found) == sorted(number & 0xFFFF for number in numbers)


def test_a_hot_loop_may_append_for_itself() -> None:
    arrivals = Arrivals()
    append = arrivals.pending.append
    for at in range(3):
        append((CLOCK + 1000 * at) << 16 | at)
        assert packets(arrivals) == [(at, at)]
