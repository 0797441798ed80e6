"""The estimate finds what a line carries, keeps its queue short, and is not fooled by radio."""

from __future__ import annotations

from typing import Any

import pytest

from app.media import rtcp
from app.media.congestion.estimate import LEAST_BITS, MOST_BITS, START_BITS, Estimate
from tests.media.congestion.line import Call, Line

SEEDS = [1, 2, 3]
CLOCK = 9_000_000


def steady(bits: float, **others: Any) -> Line:
    return Line(lambda _seconds: bits, **others)


# ---------------------------------------------------------------- a narrow line


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [200_000, 1_000_000])
def test_a_narrow_line_is_filled_and_its_queue_kept_short(capacity: int, seed: int) -> None:
    call = Call(steady(capacity), seed=seed).run(30)
    assert 0.85 * capacity <= call.mean_bits(8, 30) <= capacity
    assert 0.85 * capacity <= call.mean_through(8, 30) <= capacity
    assert call.waiting_ms(8, 30, 0.95) < 150
    assert call.waiting_ms(8, 30, 0.5) < 60


def test_a_call_that_starts_far_too_high_comes_down_within_two_seconds() -> None:
    call = Call(steady(200_000), start=START_BITS).run(4)
    assert max(call.bits_between(2, 4)) < 300_000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_shares_with_somebody_elses_steady_flow(seed: int) -> None:
    call = Call(steady(1_000_000, other=400_000), seed=seed).run(30)
    assert 0.8 * 600_000 <= call.mean_bits(8, 30) <= 1.02 * 600_000
    assert call.waiting_ms(8, 30, 0.95) < 150


def test_a_long_way_does_not_shake_it() -> None:
    call = Call(steady(1_000_000, away_us=150_000)).run(40)
    assert call.mean_bits(10, 40) >= 850_000
    assert call.waiting_ms(10, 40, 0.95) < 150


def test_a_very_deep_queue_is_not_filled() -> None:
    call = Call(steady(500_000, buffer_us=3_000_000)).run(30)
    assert call.mean_bits(10, 30) >= 0.85 * 500_000
    assert call.waiting_ms(10, 30, 0.95) < 150


# ---------------------------------------------------------------- a line that changes


@pytest.mark.parametrize("seed", SEEDS)
def test_it_follows_a_line_down_and_up_again(seed: int) -> None:
    line = Line(lambda seconds: 300_000 if 15 <= seconds < 30 else 2_000_000)
    call = Call(line, seed=seed).run(45)
    assert call.mean_bits(8, 15) >= 0.8 * 2_000_000
    assert call.mean_bits(18, 30) <= 1.02 * 300_000
    assert call.mean_bits(18, 30) >= 0.8 * 300_000
    assert call.waiting_ms(18, 30, 0.95) < 150
    assert call.mean_bits(38, 45) >= 0.75 * 2_000_000


def test_it_rests_while_nothing_is_heard_and_returns_with_the_line() -> None:
    line = steady(2_000_000, cut=(15.0, 25.0))
    call = Call(line).run(25)
    before = call.mean_bits(10, 15)
    assert call.estimate.state == "silent"
    assert call.estimate.bits == LEAST_BITS
    call.run(1)
    assert call.estimate.bits >= 0.4 * before
    call.run(1)
    assert call.estimate.loss < 0.05
    call.run(8)
    assert call.mean_bits(30, 35) >= 0.8 * before
    assert call.estimate.loss < 0.05


# ---------------------------------------------------------------- losses


@pytest.mark.parametrize("seed", SEEDS)
def test_one_in_ten_lost_at_random_starves_nobody(seed: int) -> None:
    line = steady(50_000_000, loss=0.1)
    call = Call(line, wants=lambda _seconds: 740_000, seed=seed).run(30)
    assert min(call.bits_between(0, 30)) >= 780_000
    assert 0.06 < call.estimate.loss < 0.14


def test_a_line_that_loses_at_random_is_still_found_to_be_wide() -> None:
    call = Call(steady(50_000_000, loss=0.1), start=100_000).run(40)
    assert call.estimate.bits >= 750_000


def test_heavy_random_loss_is_borne_with_once_falling_did_not_help() -> None:
    line = steady(50_000_000, loss=0.25)
    call = Call(line, wants=lambda _seconds: 740_000).run(60)
    assert call.mean_bits(10, 60) >= 500_000
    assert min(call.bits_between(0, 60)) >= 200_000


def test_a_line_that_drops_what_is_too_much_is_obeyed() -> None:
    """No queue at all, as a policer has it: only losses tell."""
    call = Call(steady(500_000, buffer_us=20_000)).run(60)
    assert call.mean_through(20, 60) >= 0.5 * 500_000
    assert call.mean_bits(20, 60) <= 1.1 * 500_000


def test_jitter_is_no_jam() -> None:
    line = steady(50_000_000, jitter_us=20_000)
    call = Call(line, wants=lambda _seconds: 740_000).run(30)
    assert min(call.bits_between(0, 30)) >= 780_000


def test_radio_that_halts_for_a_moment_is_no_jam() -> None:
    line = steady(50_000_000, stall_us=150_000)
    call = Call(line, wants=lambda _seconds: 740_000).run(30)
    assert min(call.bits_between(0, 30)) >= 780_000


# ---------------------------------------------------------------- a sender with little to send


def test_little_sent_lowers_nothing_and_proves_nothing() -> None:
    call = Call(steady(50_000_000), wants=lambda _seconds: 0.0).run(30)
    assert call.estimate.bits == START_BITS
    low = Call(steady(50_000_000), wants=lambda _seconds: 100_000, start=100_000).run(30)
    peak = max(through for *_others, through in low.trace)
    assert low.estimate.bits <= 1.5 * peak + 200_000
    assert low.estimate.bits >= 300_000


def test_what_was_held_back_is_found_soon_once_it_is_sent() -> None:
    line = steady(50_000_000)
    call = Call(line, wants=lambda s: 100_000 if s < 10 else 5_000_000, start=100_000).run(18)
    assert call.estimate.bits >= 2_000_000


def test_it_stays_within_its_bounds() -> None:
    wide = Call(steady(100_000_000)).run(30)
    assert wide.estimate.bits == MOST_BITS
    narrow = Call(steady(20_000)).run(30)
    assert narrow.estimate.bits >= LEAST_BITS
    assert narrow.estimate.bits <= 60_000


# ---------------------------------------------------------------- strange feedback


def message(packets: list[tuple[int, int | None]], reference: int = 0) -> rtcp.TransportFeedback:
    arrivals = [arrival for _, arrival in packets]
    told = rtcp.TransportFeedback(1, 2, packets[0][0], reference, 0, arrivals)
    assert told.packets == packets
    return told


def test_feedback_about_packets_never_sent_changes_nothing() -> None:
    estimate = Estimate()
    estimate.feedback(message([(1, 5), (2, None)]), CLOCK)
    for number in range(100, 110):
        estimate.sent(number, 1000, CLOCK + number)
    for number in (0, 99, 111, 30_000, 65_535):
        estimate.feedback(message([(number, 5), (number + 1 & 0xFFFF, None)]), CLOCK + 1000)
    assert (estimate.bits, estimate.loss, estimate.through) == (START_BITS, 0.0, 0)


def test_a_packet_is_counted_once_however_often_it_is_told() -> None:
    once, often = Estimate(), Estimate()
    for number in range(200):
        told = message([(number, 10_000 * number)])
        for estimate, times in ((once, 1), (often, 3)):
            estimate.sent(number, 1000, CLOCK + 10_000 * number)
            for _ in range(times):
                estimate.feedback(told, CLOCK + 10_000 * number + 50_000)
    assert once.through == often.through > 700_000


def test_the_receivers_clock_may_turn_over() -> None:
    estimate = Estimate()
    half = 1 << 23
    for number in range(400):
        arrival = (half * 64_000 - 2_000_000) + 10_000 * number
        reference = arrival // 64_000
        turned = reference - (1 << 24) if reference >= half else reference
        told = message([(number, arrival - (reference - turned) * 64_000)], turned)
        estimate.sent(number, 1000 if number < 250 else 500, CLOCK + 10_000 * number)
        estimate.feedback(told, CLOCK + 10_000 * number + 50_000)
    assert estimate.bits >= START_BITS
    assert 350_000 <= estimate.through <= 450_000


def test_an_overtaken_packet_is_no_loss_but_one_sent_again_is() -> None:
    def lossy(later_us: int) -> float:
        estimate = Estimate()
        for number in range(600):
            at = CLOCK + 10_000 * number
            estimate.sent(number, 1000, at)
            if number % 2:
                before = (number - 1, at - 10_000 + later_us)
                estimate.feedback(message([(number - 1, None), (number, at + 5000)]), at + 6000)
                estimate.feedback(message([before]), at + 7000)
        return estimate.loss

    assert lossy(16_000) < 0.05
    assert lossy(200_000) > 0.3


def test_silence_needs_something_to_have_been_sent() -> None:
    estimate = Estimate()
    estimate.tick(CLOCK)
    estimate.sent(7, 1000, CLOCK)
    estimate.feedback(message([(7, 1000)]), CLOCK + 100_000)
    estimate.tick(CLOCK + 60_000_000)
    assert estimate.state != "silent"
    estimate.sent(8, 1000, CLOCK + 60_000_000)
    estimate.tick(CLOCK + 61_000_000)
    assert estimate.state == "silent"
