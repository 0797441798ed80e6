"""What one leg is sent of another: numbers without a break, and never one number for two things."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media import rtp
from app.media.downstream import LEAST_STEP, RESENT_PAUSE_US
from app.media.rtcp import nack
from app.media.rtp import distance
from tests.media.bench import (
    Bench,
    payload_of,
    picture,
    repair,
    seq_of,
    sound,
    ssrc_of,
    stamp_of,
)

HIGH, LOW, HIGH_REPAIR = 0xD1DE1, 0xD1DE2, 0xD1DE3
AUDIO = 0xA0D10


def image_of(packet: bytes) -> tuple[int, int]:
    head = rtp.parse(packet)
    found = rtp.vp8(packet, head.start, head.end)
    return found.picture_id, found.tl0picidx


def layered():
    """A viewer of somebody who sends two layers: the high one is seen, the low one is there."""
    bench = Bench()
    sender, viewer = bench.person(1, simulcast=True), bench.person(0)
    sender.sends(
        picture(65_500, ssrc=HIGH, rid="h", key=True, image=0x7FF0, tl0=250, stamp=1000),
        picture(300, ssrc=LOW, rid="l", key=True, image=77, tl0=3, stamp=90_000),
    )
    return bench, sender, viewer


def wants(bench, viewer, layer):
    viewer.slot(1, "video").wanted = layer
    bench.room.arrange()


def asks(bench, viewer, slot, *numbers):
    """The viewer misses these: what leaves for it then, sealed as it is."""
    bench.passes(RESENT_PAUSE_US)
    bench.reports.refill(viewer.leg, 10.0)
    viewer.says(nack(1, slot.ssrc, list(numbers)))
    return viewer.sealed()


def test_another_layer_goes_on_where_the_first_stopped():
    bench, sender, viewer = layered()
    before = viewer.media()
    assert [image_of(one)[0] for one in before] == [0x7FF0]
    wants(bench, viewer, "l")
    bench.passes(33_000)
    sender.sends(picture(65_501, ssrc=HIGH, image=0x7FF1, tl0=251, stamp=4000))
    sender.sends(picture(301, ssrc=LOW, image=78, tl0=4, stamp=93_000))
    bench.passes(33_000)
    sender.sends(picture(302, ssrc=LOW, image=79, tl0=5, stamp=96_000, key=True))
    sender.sends(picture(303, ssrc=LOW, image=80, tl0=6, stamp=99_000))
    after = viewer.media()
    slot = viewer.slot(1, "video")
    assert {ssrc_of(one) for one in [*before, *after]} == {slot.ssrc}
    assert [seq_of(one) for one in after] == [65_501, 65_502, 65_503]
    assert [image_of(one) for one in after] == [(0x7FF1, 251), (0x7FF2, 252), (0x7FF3, 253)]
    assert [stamp_of(one) for one in after] == [4000, 7000, 10_000]


def test_the_clock_of_a_slot_goes_on_with_the_time_that_has_passed():
    bench, sender, viewer = layered()
    viewer.media()
    wants(bench, viewer, "l")
    bench.passes(2_000_000)
    sender.sends(picture(301, ssrc=LOW, key=True, stamp=500))
    assert [stamp_of(one) for one in viewer.media()] == [1000 + 180_000]


def test_two_streams_in_one_moment_are_a_frame_apart():
    bench, sender, viewer = layered()
    viewer.media()
    wants(bench, viewer, "l")
    sender.sends(picture(301, ssrc=LOW, key=True, stamp=500))
    assert [stamp_of(one) for one in viewer.media()] == [1000 + LEAST_STEP["video"]]


def test_who_returns_goes_on_in_the_same_slot():
    bench = Bench()
    viewer, first = bench.person(0), bench.person(1)
    first.sends(sound(7), sound(8))
    bench.leaves(first)
    bench.passes(1_000_000)
    second = bench.person(1)
    second.sends(sound(60_000, ssrc=0xB0B, stamp=123))
    heard = viewer.media()
    assert [seq_of(one) for one in heard] == [7, 8, 9]
    assert len({ssrc_of(one) for one in heard}) == 1
    assert stamp_of(heard[2]) == 8 * 960 + 48_000


def test_a_missed_picture_is_sent_again_as_a_repair_with_the_numbers_it_went_under():
    bench, sender, viewer = layered()
    first = viewer.media()[0]
    wants(bench, viewer, "l")
    sender.sends(picture(301, ssrc=LOW, key=True, image=500, tl0=9), picture(302, ssrc=LOW))
    second = viewer.media()[0]
    slot = viewer.slot(1, "video")
    repairs = [viewer.opened(one) for one in asks(bench, viewer, slot, 65_500, 65_501)]
    assert [seq_of(one) for one in repairs] == [1, 2]
    assert {ssrc_of(one) for one in repairs} == {slot.repair_ssrc}
    assert [one[1] & 0x7F for one in repairs] == [97, 97]
    for sent, again in zip((first, second), repairs, strict=True):
        assert payload_of(again) == sent[2:4] + payload_of(sent)
        assert stamp_of(again) == stamp_of(sent)


def test_a_picture_that_is_no_longer_shown_is_not_repaired():
    bench, _, viewer = layered()
    viewer.media()
    slot = viewer.slot(1, "video")
    assert asks(bench, viewer, slot, 65_500)
    wants(bench, viewer, "")
    bench.passes(1_000_000)
    assert asks(bench, viewer, slot, 65_500) == []


def test_missed_sound_is_sent_again_to_the_last_bit():
    bench = Bench()
    viewer, sender = bench.person(0), bench.person(1)
    sender.sends(*(sound(seq) for seq in range(1, 20)))
    before = {seq_of(one): one for one in viewer.sealed()}
    bench.passes(RESENT_PAUSE_US)
    bench.reports.refill(viewer.leg, 1.0)
    viewer.says(nack(1, viewer.slot(1, "audio").ssrc, [4, 11]))
    assert viewer.sealed() == [before[4], before[11]]


def test_what_was_never_sent_or_is_too_old_is_not_sent_again():
    bench = Bench()
    viewer, sender = bench.person(0), bench.person(1)
    sender.sends(*(sound(seq) for seq in range(1, 300)))
    viewer.media()
    slot = viewer.slot(1, "audio")
    assert asks(bench, viewer, slot, 0, 1, 100, 300, 40_000) == []
    assert len(asks(bench, viewer, slot, 299, 172, 171)) == 2


def test_a_packet_that_was_just_sent_again_is_not_sent_a_third_time():
    bench = Bench()
    viewer, sender = bench.person(0), bench.person(1)
    sender.sends(sound(1), sound(2))
    viewer.media()
    slot = viewer.slot(1, "audio")
    assert len(asks(bench, viewer, slot, 1)) == 1
    viewer.says(nack(1, slot.ssrc, [1]))
    assert viewer.sealed() == []
    assert len(asks(bench, viewer, slot, 1)) == 1


def long_run(bench, sender, ssrc, first, numbers):
    """A stream goes on over this many numbers, with the longest gaps that are no new beginning."""
    for seq in range(first, first + numbers, 100):
        sender.sends(sound(seq & 0xFFFF, ssrc=ssrc))
        bench.reports.report(sender.leg)
        bench.passes(2_000_000)
        bench.reports.asks(sender.leg)


@pytest.mark.parametrize("numbers", [20_000, 40_000, 60_000, 70_000, 140_000])
def test_long_streams_keep_their_late_packets_and_their_repairs(numbers):
    """A number of 16 bits comes round after twenty minutes of sound."""
    bench = Bench()
    viewer, first = bench.person(0), bench.person(1)
    first.sends(sound(5))
    bench.leaves(first)
    sender = bench.person(1)
    long_run(bench, sender, 0xB0B, 6, numbers)
    last, slot = 6 + numbers, viewer.slot(1, "audio")
    viewer.media()
    sender.sends(*(sound(last + at & 0xFFFF, ssrc=0xB0B) for at in (3, 1, 2)))
    assert [seq_of(one) for one in viewer.media()] == [
        last + at + slot.seq_shift & 0xFFFF for at in (3, 1, 2)
    ]
    wanted = last + 2 + slot.seq_shift & 0xFFFF
    assert [seq_of(one) for one in asks(bench, viewer, slot, wanted)] == [wanted]


def replayed(sent):
    """(name, number with its turns) of each sealed packet, the turns followed as SRTP does."""
    highest: dict[int, int] = {}
    for packet in sent:
        if 192 <= packet[1] <= 223:
            continue
        ssrc, seq = ssrc_of(packet), seq_of(packet)
        last = highest.get(ssrc, seq)
        number = last + distance(seq, last & 0xFFFF)
        highest[ssrc] = max(last, number)
        yield (ssrc, number), packet


def never_twice(sent):
    """With the ciphers of SRTP a second content under a used number gives the keys away."""
    seen: dict[tuple[int, int], bytes] = {}
    for number, packet in replayed(sent):
        assert seen.setdefault(number, packet) == packet
    return seen


STEP = st.one_of(
    st.tuples(st.just("send"), st.sampled_from([HIGH, LOW, AUDIO]), st.integers(1, 40)),
    st.tuples(st.just("lose"), st.sampled_from([HIGH, LOW, AUDIO]), st.integers(1, 300)),
    st.tuples(st.just("jump"), st.sampled_from([HIGH, LOW, AUDIO]), st.integers(1, 32_000)),
    st.tuples(st.just("late"), st.sampled_from([HIGH, LOW, AUDIO]), st.integers(1, 60)),
    st.tuples(st.just("repair"), st.just(HIGH), st.integers(1, 60)),
    st.tuples(st.just("want"), st.sampled_from(["h", "l", ""]), st.just(0)),
    st.tuples(st.just("nack"), st.sampled_from(["audio", "video"]), st.integers(0, 65_535)),
    st.tuples(st.just("nack"), st.sampled_from(["audio", "video"]), st.integers(-200, 3)),
    st.tuples(st.just("return"), st.just(0), st.just(0)),
)


class Play:
    """Somebody sends, loses, overtakes, changes layers and returns; somebody watches and asks."""

    def __init__(self, first: int) -> None:
        self.bench = Bench()
        self.viewer = self.bench.person(0)
        self.first = first
        self.repairs = 0
        self.sent: list[bytes] = []
        self.enter()

    def enter(self) -> None:
        self.sender = self.bench.person(1, simulcast=True)
        self.sender.leg.answer.repairs[HIGH_REPAIR] = HIGH
        self.at = dict.fromkeys((HIGH, LOW, AUDIO), self.first)
        self.lost: dict[int, list[int]] = {HIGH: [], LOW: [], AUDIO: []}
        for ssrc in (HIGH, LOW, AUDIO):
            self.send(ssrc, 1)

    def made(self, ssrc: int, seq: int) -> bytes:
        if ssrc == AUDIO:
            return sound(seq, body=b"%d" % seq)
        rid = "h" if ssrc == HIGH else "l"
        return picture(seq, ssrc=ssrc, rid=rid, key=seq % 7 == 0, body=b"%d" % seq)

    def send(self, ssrc: int, count: int) -> None:
        for _ in range(count):
            self.sender.sends(self.made(ssrc, self.at[ssrc]))
            self.at[ssrc] = self.at[ssrc] + 1 & 0xFFFF

    def lose(self, ssrc: int, count: int) -> None:
        start = self.at[ssrc]
        self.lost[ssrc] += [seq & 0xFFFF for seq in range(start, start + min(count, 60))]
        self.at[ssrc] = start + count & 0xFFFF

    jump = lose

    def late(self, ssrc: int, count: int) -> None:
        for seq in self.lost[ssrc][:count]:
            self.sender.sends(self.made(ssrc, seq))

    def repair(self, ssrc: int, count: int) -> None:
        for seq in self.lost[ssrc][:count]:
            self.repairs += 1
            self.sender.sends(repair(self.made(ssrc, seq), self.repairs, HIGH_REPAIR))

    def want(self, layer: str, _count: int) -> None:
        wants(self.bench, self.viewer, layer)

    def nack(self, kind: str, back: int) -> None:
        slot = self.viewer.slot(1, kind)
        last = slot.segments[0].stream.next + slot.seq_shift if slot.segments else 0
        self.bench.reports.refill(self.viewer.leg, 10.0)
        asked = [(last - back + at) & 0xFFFF for at in range(40)]
        self.viewer.says(nack(1, slot.ssrc, asked))

    def return_(self, _what: int, _count: int) -> None:
        self.bench.leaves(self.sender)
        self.first = self.first + 12_345 & 0xFFFF
        self.enter()

    def step(self, name: str, what, count: int) -> None:
        self.bench.passes(20_000)
        self.bench.reports.report(self.sender.leg)
        getattr(self, "return_" if name == "return" else name)(what, count)
        self.sent += self.viewer.sealed()


@settings(max_examples=200, deadline=None)
@given(first=st.sampled_from([0, 1, 500, 32_760, 65_530]), steps=st.lists(STEP, max_size=30))
def test_no_number_is_ever_used_for_two_contents(first, steps):
    play = Play(first)
    for step in steps:
        play.step(*step)
    play.sent += play.viewer.sealed()
    never_twice(play.sent)


@pytest.mark.parametrize("numbers", [1_000, 33_000, 65_400, 65_536, 66_000, 131_072])
def test_no_number_is_used_twice_over_whole_turns_of_it(numbers):
    """What a slot kept of the stream before has the numbers that come again a turn later."""
    bench = Bench()
    viewer, first = bench.person(0), bench.person(1)
    first.sends(*(sound(seq, body=b"first %d" % seq) for seq in range(10, 60)))
    bench.leaves(first)
    sender = bench.person(1)
    long_run(bench, sender, 0xB0B, 60, numbers)
    sent, slot = viewer.sealed(), viewer.slot(1, "audio")
    for seq in range(60):
        sent += asks(bench, viewer, slot, seq)
    sender.sends(*(sound(60 + numbers + at & 0xFFFF, ssrc=0xB0B) for at in range(1, 60)))
    assert len(never_twice([*sent, *viewer.sealed()])) > numbers // 100
