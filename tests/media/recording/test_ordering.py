"""The reorder window: once, in order, and not waited for too long."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.recording.ordering import LONGEST, PATIENCE, REACH, STRAYS, Window

Given = list[tuple[int, bool]]


def window() -> tuple[Window[int], Given]:
    given: Given = []
    return Window(lambda parcel, gap: given.append((parcel, gap))), given


def put(numbers: list[int], every: float = 0.01) -> tuple[Window[int], Given]:
    made, given = window()
    for index, number in enumerate(numbers):
        made.put(number % 0x10000, number, index * every)
    return made, given


def test_packets_in_order_go_through_at_once_past_the_turn_of_the_count() -> None:
    numbers = list(range(65_530, 65_550))
    _, given = put(numbers)
    assert given == [(65_530, True)] + [(number, False) for number in numbers[1:]]


def test_a_late_packet_is_waited_for() -> None:
    _, given = put([1, 3, 4, 2, 5])
    assert given == [(1, True), (2, False), (3, False), (4, False), (5, False)]


def test_a_lost_packet_is_given_up_after_a_while_and_told() -> None:
    made, given = put([1, *range(3, 40)])
    assert given[:3] == [(1, True), (3, True), (4, False)]
    assert made.lost == 1


def test_waiting_ends_with_the_time_and_not_only_with_the_next_packet() -> None:
    made, given = put([1, 3])
    made.expire(0.01 + PATIENCE)
    assert given == [(1, True)]
    made.expire(0.011 + PATIENCE)
    assert given == [(1, True), (3, True)]


def test_a_burst_behind_a_gap_does_not_grow_without_end() -> None:
    made, given = put([1, *range(3, 4 + LONGEST)], every=0.0)
    assert len(given) == LONGEST + 2
    assert not made._held


def test_a_repeated_packet_is_handed_on_once() -> None:
    made, given = put([1, 2, 2, 4, 4, 3, 3])
    assert [parcel for parcel, _ in given] == [1, 2, 3, 4]
    assert (made.late, made.repeated) == (2, 1)


def test_two_packets_in_a_row_from_afar_begin_a_new_count_and_one_does_not() -> None:
    far = 1 + 5 * REACH
    _, given = put([1, far, 2, far + 7, far + 8, far + 9])
    assert given == [(1, True), (2, False), (far + 8, True), (far + 9, False)]


def test_a_count_set_back_a_little_begins_anew() -> None:
    numbers = [*range(100, 110), *range(50, 52 + STRAYS)]
    _, given = put(numbers)
    assert given[-1] == (51 + STRAYS, False)


@settings(deadline=None)
@given(st.permutations(range(20)), st.integers(0, 0xFFFF))
def test_any_disorder_within_the_window_is_undone(order: list[int], first: int) -> None:
    made, given = window()
    made.put(first, -1, 0.0)
    for number in order:
        made.put((first + 1 + number) % 0x10000, number, 0.0)
    assert [parcel for parcel, _ in given] == list(range(-1, 20))
    assert made.lost == 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 0xFFFF), max_size=300))
def test_no_numbers_make_it_hold_much_or_fail(numbers: list[int]) -> None:
    made, given = put(numbers)
    made.expire(float("inf"))
    assert not made._held
    assert len(given) + made.late + made.repeated == len(numbers)
