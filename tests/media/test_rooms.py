"""Who is shown to whom: places, echo, return, layers; and when there is too much to do."""

from __future__ import annotations

import pytest

from app.media.overload import CALM_ROUNDS, JUDGED_US, STEPS, Pressure
from tests.media.bench import Bench, payload_of, picture, seq_of, sound, ssrc_of

HIGH, LOW = 0xD1DE1, 0xD1DE2


def said(person):
    """What a person hears now: (place, words) of each packet."""
    places = {slot.ssrc: slot.place for slot in person.leg.slots}
    return sorted((places[ssrc_of(one)], payload_of(one)) for one in person.media())


def test_two_people_hear_each_other_and_not_themselves():
    bench = Bench()
    ana, ben = bench.person(0), bench.person(1)
    ana.sends(sound(1, body=b"ana"))
    ben.sends(sound(1, body=b"ben"))
    assert said(ana) == [(1, b"ben")]
    assert said(ben) == [(0, b"ana")]


def test_four_people_each_hear_the_three_others_in_their_places():
    bench = Bench()
    people = [bench.person(place) for place in (2, 0, 3, 1)]
    for one in people:
        one.sends(sound(1, body=b"from %d" % one.leg.place))
    for one in people:
        others = [place for place in range(4) if place != one.leg.place]
        assert said(one) == [(place, b"from %d" % place) for place in others]


def test_slots_are_there_before_anybody_is():
    bench = Bench()
    ana = bench.person(1)
    assert [(slot.place, slot.kind) for slot in ana.leg.slots] == [
        (place, kind) for place in (0, 2, 3) for kind in ("audio", "video")
    ]
    names = [one for slot in ana.leg.slots for one in (slot.ssrc, slot.repair_ssrc) if one]
    assert len(names) == len(set(names)) == 9


def test_in_the_echo_one_hears_oneself():
    bench = Bench()
    ana = bench.person(0, shows=[0])
    ana.sends(sound(1, body=b"hello"), picture(1, key=True))
    assert [place for place, _ in said(ana)] == [0, 0]


def test_a_picture_begins_whole_and_sound_at_once():
    bench = Bench()
    ana, ben = bench.person(0), bench.person(1)
    ben.sends(sound(5), picture(5), picture(6), picture(7, key=True), picture(8))
    heard = ana.media()
    assert [seq_of(one) for one in heard if one[1] & 0x7F == 111] == [5]
    assert [seq_of(one) for one in heard if one[1] & 0x7F == 96] == [7, 8]


def test_who_comes_late_gets_a_whole_picture_first():
    bench = Bench()
    ben, ana = bench.person(1), bench.person(0)
    ben.sends(picture(1, key=True), picture(2))
    late = bench.person(2)
    bench.room.arrange()
    ben.sends(picture(3))
    assert late.media() == []
    ben.sends(picture(4, key=True), picture(5))
    assert [seq_of(one) for one in late.media()] == [4, 5]
    assert [seq_of(one) for one in ana.media()] == [1, 2, 3, 4, 5]


def test_who_leaves_is_seen_no_more_and_sees_no_more():
    bench = Bench()
    ana, ben, cem = (bench.person(place) for place in range(3))
    for one in (ana, ben, cem):
        one.sends(sound(1), picture(1, key=True))
    for one in (ana, ben, cem):
        one.media()
    bench.leaves(ben)
    ana.sends(sound(2), picture(2))
    assert ben.sealed() == []
    assert [place for place, _ in said(cem)] == [0, 0]
    assert not any(slot.stream for slot in ben.leg.slots)
    assert all(stream.slots == [] for stream in ben.leg.streams.values())
    assert ana.slot(1, "audio").stream is None


def layered(*, watching=2):
    bench = Bench()
    sender = bench.person(0, simulcast=True)
    people = [bench.person(place) for place in range(1, 1 + watching)]
    sender.sends(picture(1, ssrc=LOW, rid="l", key=True), picture(1, ssrc=HIGH, rid="h", key=True))
    return bench, sender, people


def layer(person):
    return person.slot(0, "video").stream.layer


def test_each_person_sees_the_layer_its_line_carries():
    bench, sender, (near, far) = layered()
    far.slot(0, "video").wanted = "l"
    bench.room.arrange()
    sender.sends(*(picture(2, ssrc=ssrc, key=True) for ssrc in (LOW, HIGH)))
    assert (layer(near), layer(far)) == ("h", "l")
    for one in (near, far):
        one.media()
    sender.sends(picture(3, ssrc=LOW, body=b"small"), picture(3, ssrc=HIGH, body=b"large"))
    assert [one[-5:] for one in near.media()] == [b"large"]
    assert [one[-5:] for one in far.media()] == [b"small"]


def test_until_the_other_layer_begins_the_first_goes_on():
    bench, sender, (near, _) = layered()
    near.media()
    near.slot(0, "video").wanted = "l"
    bench.room.arrange()
    sender.sends(picture(2, ssrc=HIGH), picture(2, ssrc=LOW), picture(3, ssrc=HIGH))
    assert [seq_of(one) for one in near.media()] == [3, 4]
    near.slot(0, "video").wanted = "h"
    bench.room.arrange()
    sender.sends(picture(3, ssrc=LOW, key=True), picture(4, ssrc=HIGH))
    assert [seq_of(one) for one in near.media()] == [5]


def test_a_layer_that_has_stopped_makes_way_for_the_one_that_comes():
    bench, sender, (near, _) = layered()
    near.media()
    for at in range(100):
        bench.passes(33_000)
        sender.sends(picture(2 + at, ssrc=LOW, key=at % 10 == 0))
        bench.room.arrange(bench.now)
    assert layer(near) == "l"
    assert len(near.media()) > 40


def test_no_picture_is_sent_where_none_is_wanted_and_sound_goes_on():
    bench, sender, (near, far) = layered()
    near.slot(0, "video").wanted = ""
    bench.room.arrange()
    for one in (near, far):
        one.media()
    sender.sends(picture(2, ssrc=HIGH), sound(1))
    assert [one[1] & 0x7F for one in near.media()] == [111]
    assert [one[1] & 0x7F for one in far.media()] == [96, 111]


class Processor:
    """A clock of the processor's time, and how busy it is from now on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.now = 1

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def processor():
    return Processor()


def rounds(pressure, processor, busy, late, count):
    changes = 0
    for _ in range(count):
        processor.now += JUDGED_US
        processor.seconds += busy * JUDGED_US / 1_000_000
        for _ in range(late):
            pressure.turned(late=True)
        changes += pressure.judge(processor.now)
    return changes


def test_a_busy_node_that_is_late_gives_up_pictures_share_by_share(processor):
    pressure = Pressure(processor)
    rounds(pressure, processor, 0.99, 3, 1)
    assert pressure.step == 0
    assert rounds(pressure, processor, 0.99, 3, 2) == 2
    assert pressure.step == 2
    rounds(pressure, processor, 0.99, 3, 10)
    assert pressure.step == STEPS


def test_a_busy_node_that_keeps_up_gives_up_nothing(processor):
    pressure = Pressure(processor)
    assert rounds(pressure, processor, 0.99, 0, 20) == 0
    assert pressure.load > 0.9


def test_a_node_that_stays_late_gives_up_pictures_whatever_it_was_given_of_the_core(processor):
    pressure = Pressure(processor)
    rounds(pressure, processor, 0.6, 0, 2)
    assert rounds(pressure, processor, 0.6, 3, 1) == 0
    rounds(pressure, processor, 0.6, 0, 1)
    assert rounds(pressure, processor, 0.6, 3, 1) == 0
    assert rounds(pressure, processor, 0.6, 3, 2) == 2


def test_pictures_come_back_one_share_at_a_time_once_there_is_time(processor):
    pressure = Pressure(processor)
    rounds(pressure, processor, 0.99, 1, 10)
    assert rounds(pressure, processor, 0.8, 0, 50) == 0
    assert pressure.step == STEPS
    assert rounds(pressure, processor, 0.3, 0, CALM_ROUNDS) == 1
    assert pressure.step == STEPS - 1
    rounds(pressure, processor, 0.3, 0, CALM_ROUNDS * STEPS)
    assert pressure.step == 0


def test_what_is_given_up_is_pictures_and_never_sound(processor):
    pressure = Pressure(processor)
    bench = Bench()
    ana, ben = bench.person(0), bench.person(1)
    ben.sends(picture(1, key=True), sound(1))
    ana.media()
    rounds(pressure, processor, 0.99, 1, 10)
    bench.forwarder.shed = pressure.given_up([ben.leg])
    ben.sends(picture(2), sound(2), picture(3), sound(3))
    assert [one[1] & 0x7F for one in ana.media()] == [111, 111]
    bench.forwarder.shed = frozenset()
    ben.sends(picture(4), sound(4))
    assert [one[1] & 0x7F for one in ana.media()] == [96, 111]


def test_a_node_that_catches_up_now_and_then_gives_nothing_up(processor):
    pressure = Pressure(processor)
    rounds(pressure, processor, 0.5, 0, 1)
    for _ in range(8):
        pressure.turned(late=False)
        assert rounds(pressure, processor, 0.97, 3, 1) == 0
    assert rounds(pressure, processor, 0.97, 3, 2) == 1


def test_the_same_people_lose_their_pictures_and_never_more_than_needed(processor):
    pressure = Pressure(processor)
    bench = Bench()
    legs = [bench.person(place).leg for place in range(4)]
    before = frozenset()
    assert pressure.given_up(legs) == before
    for step in range(1, STEPS + 1):
        rounds(pressure, processor, 0.99, 1, 2 if step == 1 else 1)
        given_up = pressure.given_up(legs)
        assert len(given_up) == step
        assert before < given_up
        before = given_up
