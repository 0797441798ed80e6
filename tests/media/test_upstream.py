"""What a browser sends: gaps, turns of the numbers, asking again, and the report of losses."""

from __future__ import annotations

import pytest

from app.media.leg import BACK_PACE_US, BACK_US
from app.media.rtcp import Nack, Pli, ReceiverReport
from app.media.upstream import (
    FIRST_ASK_US,
    GIVEN_UP_US,
    KEYFRAME_PAUSE_US,
    LONGEST_GAP,
    MOST_ASKED,
)
from tests.media.bench import Bench, picture, seq_of, sound

VIDEO, AUDIO = 0xD1DE0, 0xA0D10
SECOND = 1_000_000


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def sender(bench):
    return bench.person(1)


@pytest.fixture
def viewer(bench):
    return bench.person(0)


def begin(sender, viewer, first=10):
    """A picture that both know of; requests so far are forgotten."""
    sender.sends(picture(first, key=True))
    assert len(viewer.media()) == 1
    sender.bench.reports.asks(sender.leg)
    sender.control()
    return sender.leg.streams[VIDEO]


def asked(bench, sender, after=0):
    bench.passes(after)
    bench.reports.asks(sender.leg)
    return sender.control()


def test_numbers_go_on_over_their_end_without_a_gap(bench, sender, viewer):
    stream = begin(sender, viewer, 65_533)
    sender.sends(*(picture(seq & 0xFFFF) for seq in range(65_534, 65_550)))
    assert [seq_of(one) for one in viewer.media()] == [
        seq & 0xFFFF for seq in range(65_534, 65_550)
    ]
    assert not stream.missing


def test_a_gap_over_the_end_of_the_numbers_is_asked_for(bench, sender, viewer):
    begin(sender, viewer, 65_533)
    sender.sends(picture(2))
    assert asked(bench, sender, FIRST_ASK_US) == [
        Nack(sender.leg.ssrc, VIDEO, [65_534, 65_535, 0, 1])
    ]


def test_what_was_only_overtaken_is_not_asked_for(bench, sender, viewer):
    begin(sender, viewer)
    sender.sends(picture(12))
    assert asked(bench, sender, FIRST_ASK_US - 1) == []
    sender.sends(picture(11))
    assert asked(bench, sender, 10 * FIRST_ASK_US) == []
    assert [seq_of(one) for one in viewer.media()] == [12, 11]


def test_what_comes_twice_or_too_late_goes_nowhere(bench, sender, viewer):
    stream = begin(sender, viewer)
    before = bench.forwarder.dropped
    sender.sends(picture(9))
    assert (viewer.media(), bench.forwarder.dropped) == ([], before + 1)
    assert stream.received == 1


def test_asking_pauses_for_a_round_trip_and_ends_in_a_whole_picture(bench, sender, viewer):
    stream = begin(sender, viewer)
    sender.sends(picture(12))
    sender.leg.round_trip = 80_000
    assert len(asked(bench, sender, FIRST_ASK_US)) == 1
    for _ in range(MOST_ASKED - 1):
        assert asked(bench, sender, 99_999) == []
        assert asked(bench, sender, 1) == [Nack(sender.leg.ssrc, VIDEO, [11])]
    assert asked(bench, sender, 99_999) == []
    assert asked(bench, sender, 1) == [Pli(sender.leg.ssrc, VIDEO)]
    assert not stream.missing


def test_a_lost_packet_of_long_ago_is_given_up_on_a_slow_line(bench, sender, viewer):
    begin(sender, viewer)
    sender.sends(picture(12))
    sender.leg.round_trip = 2_000_000
    assert len(asked(bench, sender, FIRST_ASK_US)) == 1
    assert asked(bench, sender, GIVEN_UP_US) == [Pli(sender.leg.ssrc, VIDEO)]


def test_sound_that_is_given_up_asks_for_no_picture(bench, sender, viewer):
    sender.sends(sound(1), sound(3))
    assert [type(one) for one in asked(bench, sender, FIRST_ASK_US)] == [Nack]
    assert asked(bench, sender, GIVEN_UP_US) == []


def test_a_jump_is_a_new_beginning_that_asks_for_a_picture_and_not_for_packets(
    bench, sender, viewer
):
    stream = begin(sender, viewer)
    bench.passes(KEYFRAME_PAUSE_US)
    sender.sends(picture(12 + LONGEST_GAP))
    assert asked(bench, sender, FIRST_ASK_US) == [Pli(sender.leg.ssrc, VIDEO)]
    assert len(viewer.media()) == 1
    assert stream.stored(10) is None


def test_many_gaps_are_a_new_beginning_too(bench, sender, viewer):
    stream = begin(sender, viewer)
    sender.sends(*(picture(12 + 2 * at) for at in range(LONGEST_GAP + 2)))
    assert len(stream.missing) <= LONGEST_GAP + 1


def test_whole_pictures_are_asked_for_with_a_pause_between(bench, sender, viewer):
    stream = begin(sender, viewer)
    stream.want_keyframe()
    assert asked(bench, sender) == []
    stream.want_keyframe()
    assert asked(bench, sender, KEYFRAME_PAUSE_US) == [Pli(sender.leg.ssrc, VIDEO)]
    assert asked(bench, sender, KEYFRAME_PAUSE_US) == []


def test_a_lost_request_for_a_picture_is_made_again_until_one_comes(bench, sender, viewer):
    sender.sends(picture(10))
    wanted = [Pli(sender.leg.ssrc, VIDEO)]
    assert asked(bench, sender) == wanted
    assert asked(bench, sender, KEYFRAME_PAUSE_US - 1) == []
    sender.sends(picture(11))
    assert asked(bench, sender, 1) == wanted
    sender.sends(picture(12, key=True))
    assert asked(bench, sender, KEYFRAME_PAUSE_US) == []
    assert [seq_of(one) for one in viewer.media()] == [12]


def test_who_comes_back_is_asked_for_a_picture_with_their_first_sound(bench, sender, viewer):
    begin(sender, viewer)
    sender.sends(sound(5))
    asked(bench, sender)
    bench.passes(10 * SECOND)
    # Asked for by those who watch, and lost with all else on that line.
    sender.leg.streams[VIDEO].want_keyframe()
    assert asked(bench, sender) == [Pli(sender.leg.ssrc, VIDEO)]
    sender.sends(sound(505))
    assert asked(bench, sender, 10_000) == [Pli(sender.leg.ssrc, VIDEO)]
    # Its picture begins anew with that, and is not asked for a second time.
    sender.sends(picture(310))
    assert asked(bench, sender, KEYFRAME_PAUSE_US) == []


def test_who_comes_back_is_told_of_it_often_for_a_moment(bench, sender, viewer):
    begin(sender, viewer)
    before = sender.leg.pace_us
    bench.passes(10 * SECOND)
    sender.sends(picture(310))
    bench.passes(BACK_US - 1)
    sender.leg.find_pace(bench.now)
    assert sender.leg.pace_us == BACK_PACE_US < before
    bench.passes(1)
    sender.leg.find_pace(bench.now)
    assert sender.leg.pace_us == before


def test_nobody_is_asked_for_pictures_that_no_one_could_show_yet(bench, sender, viewer):
    viewer.leg.sealed = None
    sender.sends(picture(10))
    assert asked(bench, sender) == []
    sender.sends(picture(11))
    assert asked(bench, sender, KEYFRAME_PAUSE_US) == []


def test_who_could_not_read_a_whole_picture_yet_gets_the_next_one_first(bench, sender, viewer):
    keys, viewer.leg.sealed = viewer.leg.sealed, None
    sender.sends(picture(10, key=True))
    viewer.leg.sealed = keys
    sender.sends(picture(11))
    assert asked(bench, sender) == [Pli(sender.leg.ssrc, VIDEO)]
    sender.sends(picture(12, key=True))
    assert [seq_of(one) for one in viewer.media()] == [12]


def test_what_is_kept_is_found_by_its_number_and_never_by_an_older_turns(bench, sender, viewer):
    stream = begin(sender, viewer)
    sender.sends(picture(11, body=b"first turn"), picture(12))
    assert stream.stored(11) == picture(11, body=b"first turn")
    assert stream.stored(13) is None
    # A turn later the same number is lost: what lies in its place is not it.
    stream.next = 11
    sender.leg.streams[VIDEO] = stream
    assert stream.out_of_turn(14, bench.now)
    assert stream.stored(11) is None


def report(bench, sender):
    bench.reports.report(sender.leg)
    return next(one for one in sender.control() if isinstance(one, ReceiverReport)).blocks


def test_the_report_tells_losses_as_rfc_3550_counts_them(bench, sender, viewer):
    begin(sender, viewer, 100)
    sender.sends(*(picture(seq) for seq in range(101, 110)))
    (block,) = report(bench, sender)
    assert (block.fraction_lost, block.lost, block.highest) == (0, 0, 109)
    sender.sends(*(picture(seq) for seq in range(112, 118)))
    (block,) = report(bench, sender)
    assert (block.fraction_lost, block.lost, block.highest) == (256 * 2 // 8, 2, 117)
    sender.sends(picture(110))
    (block,) = report(bench, sender)
    assert (block.fraction_lost, block.lost) == (0, 1)


def test_a_turn_before_the_first_report_is_counted(bench, sender, viewer):
    begin(sender, viewer, 65_530)
    sender.sends(*(picture(seq & 0xFFFF) for seq in range(65_531, 65_540)))
    (block,) = report(bench, sender)
    assert (block.fraction_lost, block.lost, block.highest) == (0, 0, 65_539)


def test_jitter_is_measured_in_ticks_of_the_sender(bench, sender, viewer):
    for at in range(200):
        bench.passes(20_000 if at % 16 else 28_000)
        sender.sends(sound(at + 1))
    (block,) = report(bench, sender)
    # The late packets are among those that are measured: 8 ms are 384 ticks of 48 kHz.
    assert 0 < block.jitter < 384


def test_the_report_gives_the_senders_own_clock_back(bench, sender, viewer):
    from app.media import rtcp

    sender.sends(sound(1))
    sender.says(
        rtcp.sender_report(rtcp.SenderReport(AUDIO, 0x0102_0304_0506_0708, 960, 1, 4)),
        rtcp.sdes(AUDIO, "x"),
    )
    bench.passes(500_000)
    (block,) = report(bench, sender)
    assert (block.last_sr, block.delay_since_sr) == (0x0304_0506, 32_768)
