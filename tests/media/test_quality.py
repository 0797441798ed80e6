"""How each line is shared out, and what publishers are told to send at most."""

from __future__ import annotations

import pytest

from app.media import sdp
from app.media.quality import UNSEEN, Quality
from tests.media.bench import Bench, picture, seq_of, sound

LOOK_US = 200_000
HIGH_SSRC, LOW_SSRC, VOICE_SSRC = 0x1000, 0x2000, 0x3000
# Bytes of one packet of each kind; ten of a kind come in each turn of 100 ms.
HIGH_BODY, LOW_BODY, VOICE = bytes(800), bytes(180), bytes(30)


class Meeting:
    """People who send sound and layered pictures, and the sharing of their lines."""

    def __init__(self, count: int, *, simulcast: bool = True) -> None:
        self.bench, self.quality = Bench(), Quality()
        self.people = [self.bench.person(at, simulcast=simulcast) for at in range(count)]
        self.simulcast = simulcast
        self.seq = 0

    def talk(self, seconds: float, *, quiet: tuple[int, ...] = ()) -> None:
        for _ in range(int(seconds * 10)):
            for person in self.people:
                if person.leg.place not in quiet:
                    self.send(person)
            self.seq += 10
            self.bench.passes(100_000)
            for person in self.people:
                self.quality.look(person.leg, self.bench.now)

    def send(self, person, *, voice: bool = True) -> None:
        at = person.leg.place
        level = 20 if at == 0 else 100
        for number in range(self.seq, self.seq + 10):
            packets = (
                [sound(number, ssrc=VOICE_SSRC + at, body=VOICE, level=level)] if voice else []
            )
            rids = ((HIGH_SSRC, "h", HIGH_BODY), (LOW_SSRC, "l", LOW_BODY))
            for ssrc, rid, body in rids if self.simulcast else rids[:1]:
                named = rid if self.simulcast else ""
                packets.append(picture(number, ssrc=ssrc + at * 16, rid=named, key=True, body=body))
            person.sends(*packets)

    def bits(self, place: int, bits: int) -> None:
        self.people[place].leg.estimate.bits = bits

    def sees(self, place: int, of: int) -> str:
        stream = self.people[place].slot(of, "video").stream
        return stream.layer or "only" if stream else ""

    def hears(self, place: int, of: int) -> bool:
        return self.people[place].slot(of, "audio").stream is not None


def test_on_a_good_line_everybody_gets_everything():
    meeting = Meeting(3)
    for place in range(3):
        meeting.bits(place, 4_000_000)
    meeting.talk(2)
    assert {meeting.sees(at, of) for at in range(3) for of in range(3) if at != of} == {"h"}
    assert all(meeting.hears(at, of) for at in range(3) for of in range(3) if at != of)


def test_one_narrow_line_gets_small_pictures_and_costs_the_others_nothing():
    meeting = Meeting(3)
    for place, bits in enumerate((4_000_000, 4_000_000, 500_000)):
        meeting.bits(place, bits)
    meeting.talk(2)
    assert [meeting.sees(2, 0), meeting.sees(2, 1)] == ["l", "l"]
    assert [meeting.sees(0, 1), meeting.sees(1, 0)] == ["h", "h"]
    assert [meeting.sees(0, 2), meeting.sees(1, 2)] == ["h", "h"]


def test_the_speaker_keeps_a_picture_longest_and_sound_outlasts_all_pictures():
    meeting = Meeting(3)
    meeting.talk(1)
    meeting.bits(2, 260_000)
    meeting.talk(1)
    assert [meeting.sees(2, 0), meeting.sees(2, 1)] == ["l", ""]
    meeting.bits(2, 80_000)
    meeting.talk(1)
    assert [meeting.sees(2, 0), meeting.sees(2, 1)] == ["", ""]
    assert meeting.hears(2, 0)
    assert meeting.hears(2, 1)


def test_a_better_picture_waits_until_it_has_fitted_for_a_while():
    meeting = Meeting(2)
    meeting.bits(1, 400_000)
    meeting.talk(1)
    assert meeting.sees(1, 0) == "l"
    meeting.bits(1, 4_000_000)
    meeting.talk(2)
    assert meeting.sees(1, 0) == "l"
    meeting.talk(2)
    assert meeting.sees(1, 0) == "h"


def test_what_a_lost_line_took_away_comes_back_with_it():
    meeting = Meeting(2)
    meeting.talk(2)
    seen = meeting.sees(1, 0)
    line = meeting.people[1].leg.estimate
    # Nobody tells of arrivals here: what the estimate would make of that is said instead.
    line.state, line.bits = "silent", 30_000
    meeting.talk(5)
    assert meeting.sees(1, 0) == ""
    line.state, line.bits = "holding", 1_500_000
    meeting.talk(0.2)
    assert seen
    assert meeting.sees(1, 0) == seen


def test_a_newcomers_sound_is_heard_at_once_though_the_picture_came_first():
    meeting = Meeting(2)
    meeting.send(meeting.people[0], voice=False)
    meeting.bench.passes(LOOK_US)
    meeting.quality.look(meeting.people[1].leg, meeting.bench.now)
    meeting.people[1].media()
    meeting.people[0].sends(sound(1, ssrc=VOICE_SSRC))
    assert [seq_of(one) for one in meeting.people[1].media()] == [1]


def test_a_publisher_is_told_what_its_best_receiver_can_use_where_there_are_layers():
    meeting = Meeting(3)
    for place, bits in enumerate((4_000_000, 2_000_000, 300_000)):
        meeting.bits(place, bits)
    meeting.talk(3)
    wide = meeting.people[0].leg.cap
    assert 1_000_000 < wide < 2_400_000
    meeting.bits(1, 300_000)
    meeting.talk(3)
    assert meeting.people[0].leg.cap < 500_000


def test_a_publisher_without_layers_follows_its_narrowest_receiver():
    meeting = Meeting(2, simulcast=False)
    meeting.bits(0, 4_000_000)
    meeting.bits(1, 250_000)
    meeting.talk(3)
    assert 150_000 < meeting.people[0].leg.cap <= 300_000
    assert meeting.sees(1, 0) == "only"


def test_who_is_alone_may_send_enough_for_a_good_beginning():
    meeting = Meeting(1)
    meeting.talk(1)
    assert meeting.people[0].leg.cap >= UNSEEN


def test_who_wants_to_hear_only_is_sent_no_picture_until_they_look_again():
    meeting = Meeting(2)
    for place in (0, 1):
        meeting.bits(place, 4_000_000)
    meeting.talk(1)
    ana, ben = meeting.people
    ana.leg.pictures = False
    meeting.bench.room.arrange()
    ana.media()
    meeting.talk(3)
    assert {one[1] & 0x7F for one in ana.media()} == {111}
    assert (meeting.sees(1, 0), meeting.hears(0, 1)) == ("h", True)
    # What nobody looks at need not be sent; a little of it, for whoever looks again.
    assert ben.leg.cap < 400_000 < ana.leg.cap
    ana.leg.pictures = True
    meeting.bench.room.arrange()
    meeting.talk(0.2)
    assert meeting.sees(0, 1) == "h"


def test_a_pause_of_everybody_gives_nobody_more_than_before():
    meeting = Meeting(2)
    meeting.bits(1, 400_000)
    meeting.talk(1)
    assert meeting.sees(1, 0) == "l"
    meeting.bench.passes(2_000_000)
    meeting.quality.look(meeting.people[1].leg, meeting.bench.now)
    meeting.send(meeting.people[0])
    assert meeting.sees(1, 0) == "l"


def test_whoever_takes_a_place_next_is_awaited_at_their_best():
    meeting = Meeting(2)
    meeting.bits(1, 400_000)
    meeting.talk(1)
    assert meeting.sees(1, 0) == "l"
    meeting.bench.leaves(meeting.people[0])
    assert meeting.people[1].slot(0, "video").wanted == sdp.HIGH


def test_where_nothing_changes_the_next_look_waits_and_any_change_ends_that():
    meeting = Meeting(2, simulcast=False)
    for place in (0, 1):
        meeting.bits(place, 4_000_000)
    meeting.talk(3)
    line = meeting.people[1].leg.line

    def looks(seconds: float) -> set[int]:
        seen = set()
        for _ in range(round(seconds * 10)):
            meeting.talk(0.1)
            seen.add(line.looked_us)
        return seen

    assert len(looks(4)) <= 5
    # The other's line grows narrow: what is sent to them is told to be less, and soon.
    meeting.bits(0, 300_000)
    meeting.talk(0.3)
    assert meeting.people[1].leg.cap <= 300_000
    # A line that carries too little is looked at often.
    meeting.bits(1, 40_000)
    meeting.talk(0.3)
    assert meeting.sees(1, 0) == ""
    assert len(looks(2)) >= 9


@pytest.mark.parametrize("place", [0, 1])
def test_a_layer_that_runs_dry_gives_way_to_the_other(place):
    meeting = Meeting(2)
    meeting.talk(1)
    assert meeting.sees(1 - place, place) == "h"
    person = meeting.people[place]
    for _ in range(40):
        for number in range(meeting.seq, meeting.seq + 10):
            ssrc = LOW_SSRC + place * 16
            person.sends(picture(number, ssrc=ssrc, rid=sdp.LOW, key=True, body=LOW_BODY))
        meeting.seq += 10
        meeting.bench.passes(100_000)
        meeting.quality.look(meeting.people[1 - place].leg, meeting.bench.now)
    assert meeting.sees(1 - place, place) == "l"
