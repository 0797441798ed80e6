"""Many packets told of at once come to the same as each told of by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.media.congestion.delay import CALM_QUEUE_US, Delay
from app.media.congestion.rate import Rate
from app.media.congestion.sent import KEPT, Sent

CLOCK = 9_000_000
moves = st.lists(
    st.tuples(st.integers(-8_000, 90_000), st.integers(1, 1500), st.integers(0, 40_000)),
    min_size=1,
    max_size=120,
)
Moves = list[tuple[int, int, int]]


def rows(found: Moves) -> tuple[list[int], list[int], list[int]]:
    """When sent, how large, when arrived."""
    sent, at = [], CLOCK
    for step, _, _ in found:
        at += step
        sent.append(at)
    sizes = [size for _, size, _ in found]
    return sent, sizes, [one + late for one, (_, _, late) in zip(sent, found, strict=True)]


@given(moves, st.integers(1, 40))
def test_a_rate_is_the_same(found: Moves, piece: int) -> None:
    alone, together = Rate(), Rate()
    sent, sizes, _ = rows(found)
    for at, size in zip(sent, sizes, strict=True):
        alone.add(at, size)
    for first in range(0, len(sent), piece):
        together.add_all(sent[first : first + piece], sizes[first : first + piece])
    assert together.bits == alone.bits


@given(moves, st.integers(1, 40))
def test_a_queue_is_the_same(found: Moves, piece: int) -> None:
    alone, together = Delay(), Delay()
    sent, _, arrived = rows(found)
    for first in range(0, len(sent), piece):
        some = slice(first, first + piece)
        for at, arrival in zip(sent[some], arrived[some], strict=True):
            alone.add(at, arrival)
        together.add_all(sent[some], arrived[some])
        for one in (alone, together):
            one.judge()
        told = [(one.queue_us, one.base_us, one.overused, one.falling) for one in (alone, together)]
        assert told[0] == told[1]


def calls(seconds: int, delay: Callable[[int], int]) -> list[tuple[list[int], list[int]]]:
    """What ten feedbacks a second tell of a call whose packets arrive `delay` late."""
    told = []
    for first in range(CLOCK, CLOCK + seconds * 1_000_000, 100_000):
        sent = [first + step for step in range(0, 100_000, 6_000)]
        told.append((sent, [at + delay(at - CLOCK) for at in sent]))
    return told


def jammed(late: Callable[[int], int], *, calm: bool) -> tuple[int, int]:
    """After which feedback a growing queue is judged, and how many were taken as calm before."""
    line, skipped = Delay(), 0
    for number, (sent, arrived) in enumerate(calls(30, late)):
        if calm and line.add_calm(sent, arrived):
            skipped += 1
        else:
            line.add_all(sent, arrived)
        line.judge()
        if line.overused:
            return number, skipped
    return -1, skipped


def test_a_jam_after_a_calm_time_is_judged_as_soon_as_ever() -> None:
    def late(at: int) -> int:
        return 20_000 + at % 7_000 // 2 + max(0, at - 20_000_000) // 5

    found, skipped = jammed(late, calm=True)
    assert skipped > 150
    assert 200 < found <= jammed(late, calm=False)[0] + 1


def test_packets_that_wait_are_never_taken_as_calm() -> None:
    line = Delay()
    rows_ = calls(4, lambda _at: 20_000)
    for sent, arrived in rows_[:-1]:
        line.add_all(sent, arrived)
    sent, arrived = rows_[-1]
    late = [*arrived[:-1], arrived[-1] + CALM_QUEUE_US + 1]
    assert not line.add_calm(sent, late)
    assert line.queue_us == 0
    assert line.add_calm(sent, [*arrived[:-1], arrived[-1] + CALM_QUEUE_US])


def sending(first: int, count: int) -> Sent:
    sent = Sent()
    for number in range(first, first + count):
        place = number % KEPT
        sent.sizes[place], sent.at[place], sent.last = 1000 + place, CLOCK + number, number & 0xFFFF
    return sent


def arrivals(first: int, count: int) -> tuple[int, list[int | None]]:
    return first & 0xFFFF, [CLOCK + 50_000] * count


def test_all_that_was_sent_is_told_of_once() -> None:
    sent = sending(100, 30)
    row = sent.row(*arrivals(100, 20), 7)
    assert row is not None
    assert row.sent == [CLOCK + number for number in range(100, 120)]
    assert row.sizes.tolist() == [1100 + number for number in range(20)]
    assert row.arrived == [CLOCK + 50_007] * 20
    assert sent.reported == 119
    assert sent.row(*arrivals(100, 20), 0) is None
    assert sent.row(*arrivals(119, 5), 0) is None
    assert sent.row(*arrivals(120, 10), 0) is not None


def test_numbers_turn_over_in_a_row() -> None:
    sent = sending(65_500, 40)
    assert sent.row(*arrivals(65_500, 36), 0) is not None
    assert sent.row(*arrivals(65_536, 4), 0) is not None
    assert sent.reported == 3


@pytest.mark.parametrize(
    "told",
    [
        pytest.param((100, [CLOCK] * 5 + [None]), id="one was lost"),
        pytest.param(arrivals(125, 6), id="more than was sent"),
        pytest.param(arrivals(95, 6), id="from before the first"),
        pytest.param(arrivals(KEPT + 100, 5), id="a turn of the memory ahead"),
        pytest.param(arrivals(130 - KEPT - 5, 5), id="long forgotten"),
    ],
)
def test_what_is_not_ordinary_is_looked_at_one_by_one(told: tuple[int, list[int | None]]) -> None:
    sent = sending(100, 30)
    before = (sent.sizes.tolist(), sent.reported)
    assert sent.row(*told, 0) is None
    assert (sent.sizes.tolist(), sent.reported) == before


def test_nobody_is_believed_who_tells_of_what_is_yet_to_be_sent() -> None:
    sent = sending(0, KEPT + 50)
    assert sent.row(*arrivals(KEPT + 45, 6), 0) is None
    assert sent.row(*arrivals(KEPT + 45, 5), 0) is not None


def test_what_lies_across_the_end_of_the_memory_is_looked_at_one_by_one() -> None:
    sent = sending(KEPT - 10, 20)
    assert sent.row(*arrivals(KEPT - 10, 10), 0) is not None
    assert sent.row(*arrivals(KEPT, 10), 0) is not None
    again = sending(KEPT - 10, 20)
    assert again.row(*arrivals(KEPT - 10, 20), 0) is None
