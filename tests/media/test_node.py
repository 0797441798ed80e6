"""People on a real node, over the loopback, on both kinds of wire and of encryption."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.media import rtcp
from app.media.engine import NAPS
from app.media.leg import ARRIVE_SECONDS, CALM_PACE_US, CALM_US, PACE_US, SILENT_SECONDS
from app.media.node import Node
from app.media.rtcp import Nack, Pli, ReceiverReport, SenderReport, TransportFeedback, nack, pli
from app.media.srtp import inplace
from app.media.srtp.copied import Copied
from app.media.srtp.inplace import InPlace
from tests.media.bench import payload_of, picture, seq_of, sound, stamp_of
from tests.media.peer import PATIENCE, meet, token

VIDEO, AUDIO = 0xD1DE0, 0xA0D10


@pytest.fixture(params=["batched", "plain"])
def held(request, tmp_path, monkeypatch):
    """Play a meeting on each wire; the plain one with the plain encryption."""
    plain = request.param == "plain"
    monkeypatch.setattr(inplace, "AVAILABLE", not plain)

    def play(whole, **how):
        async def checked(meeting):
            await whole(meeting)
            for leg in meeting.engine.legs.values():
                assert leg.sealed is None or isinstance(leg.sealed, Copied if plain else InPlace)

        meet(tmp_path, checked, plain=plain, **how)

    return play


@pytest.mark.parametrize("count", [2, 3, 4])
def test_everybody_gets_everybodys_media_unchanged_and_in_order(held, count):
    async def play(meeting):
        people = await meeting.people(count)
        wanted = {}
        for one in people:
            wanted[one.place] = [b"%d:%d" % (one.place, at) for at in range(60)]
            for at, body in enumerate(wanted[one.place]):
                one.sends(sound(at, body=body), picture(at, key=not at, body=body))
        for one in people:
            for other in people:
                if other is one:
                    continue
                heard = await one.gets(f"a{other.place}", 60)
                assert [payload_of(packet) for packet in heard] == wanted[other.place]
                seen = await one.gets(f"v{other.place}", 60)
                assert [payload_of(packet)[6:] for packet in seen] == wanted[other.place]
                assert {len(seen), len(heard)} == {60}
                assert [seq_of(packet) for packet in seen] == list(range(60))
            assert len(one.names) == 6

    held(play)


def test_a_lost_picture_is_repaired_and_lost_sound_sent_again(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(*(picture(at, key=not at) for at in range(10)), *(sound(at) for at in range(10)))
        await ana.gets("v1", 10)
        first = (await ana.gets("a1", 10))[4]
        sealed = next(one for one in ana.sealed if one[:12] == first[:12])
        ana.says(nack(1, ana.names["v1"][0], [3, 7]))
        ana.says(nack(1, ana.names["a1"][0], [4]))
        await ana.until(lambda: len(ana.repairs("v1")) == 2 and ana.sealed.count(sealed) == 2)
        again = [(payload_of(one)[:2], payload_of(one)[2:]) for one in ana.repairs("v1")]
        assert again == [(seq.to_bytes(2, "big"), payload_of(picture(seq))) for seq in (3, 7)]

    held(play)


def test_what_the_node_misses_it_asks_its_sender_for(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(picture(0, key=True), picture(3))
        await ben.until(lambda: ben.told(Nack))
        assert ben.told(Nack)[0].sequences == [1, 2]
        assert ana.told(Nack) == []
        ben.sends(picture(1), picture(2))
        seen = await ana.gets("v1", 4)
        assert [seq_of(one) for one in seen] == [0, 3, 1, 2]

    held(play)


def test_a_wish_for_a_picture_reaches_who_sends_it(held):
    async def play(meeting):
        ana, ben, cem = await meeting.people(3)
        for one in (ben, cem):
            one.sends(picture(0, key=True))
        await ana.gets("v1", 1)
        await ana.gets("v2", 1)
        await ben.until(lambda: ben.told(Pli) and cem.told(Pli))
        await meeting.ticks()
        meeting.ahead += 1_000_000
        before = len(ben.told(Pli)), len(cem.told(Pli))
        ana.says(pli(1, ana.names["v2"][0]))
        await cem.until(lambda: len(cem.told(Pli)) > before[1])
        assert len(ben.told(Pli)) == before[0]
        assert cem.told(Pli)[-1].media == VIDEO

    held(play)


def test_who_comes_late_has_pictures_asked_for(held):
    async def play(meeting):
        ben = meeting.peer(1)
        await ben.join()
        ben.sends(picture(0, key=True))
        await ben.until(lambda: meeting.engine.forwarder.received and ben.at_node().streams)
        ana = meeting.peer(0)
        await ana.join()
        await ben.until(lambda: ben.told(Pli))
        ben.sends(picture(1, key=True))
        assert [seq_of(one) for one in await ana.gets("v1", 1)] == [1]

    held(play)


def test_clocks_of_sound_and_picture_stay_together(held):
    """After a return both slots have moved clocks; the reports move with them."""

    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(sound(0), picture(0, key=True))
        await ana.gets("a1", 1)
        await ana.gets("v1", 1)
        again = meeting.peer(1)
        await again.join()
        again.sends(sound(0, stamp=700_000, ssrc=0xA2), picture(0, stamp=50, ssrc=0xD2, key=True))
        heard = (await ana.gets("a1", 2))[1]
        seen = (await ana.gets("v1", 2))[1]
        ntp = 3_900_000_000 << 32
        for ssrc, stamp in ((0xA2, 700_000 + 4800), (0xD2, 50 + 9000)):
            again.says(
                rtcp.sender_report(SenderReport(ssrc, ntp, stamp, 1, 1)), rtcp.sdes(ssrc, "x")
            )
        await ana.until(lambda: len(ana.told(SenderReport)) == 2)
        told = {one.ssrc: one for one in ana.told(SenderReport)}
        # Both packets were made a tenth of a second before the moment that the reports name.
        for mid, packet, ticks in (("a1", heard, 4800), ("v1", seen, 9000)):
            report = told[ana.names[mid][0]]
            assert (report.ntp, report.timestamp - stamp_of(packet)) == (ntp, ticks)
        assert stamp_of(heard) != 700_000

    held(play)


def test_arrivals_are_told_to_the_sender_and_losses_in_reports(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(*(sound(at, number=at) for at in range(20) if at != 5))
        await ana.gets("a1", 19)
        await ben.until(lambda: sum(len(one.packets) for one in ben.told(TransportFeedback)) >= 20)
        arrived = dict(packet for one in ben.told(TransportFeedback) for packet in one.packets)
        assert [at for at in range(20) if arrived[at] is None] == [5]
        meeting.ahead += 1_000_000
        await ben.until(lambda: any(one.blocks for one in ben.told(ReceiverReport)))
        block = next(one.blocks[0] for one in ben.told(ReceiverReport) if one.blocks)
        assert (block.ssrc, block.lost, block.highest) == (AUDIO, 1, 19)

    held(play)


def test_feedback_of_a_receiver_reaches_its_estimate(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(*(sound(at) for at in range(50)))
        heard = await ana.gets("a1", 50)
        numbers = [int.from_bytes(one[19:21], "big") for one in heard]
        assert numbers == list(range(numbers[0], numbers[0] + 50))
        arrivals = [1_000_000 + 5_000 * at for at in range(50)]
        ana.says(rtcp.transport_feedback(1, ana.names["a1"][0], numbers[0], 0, arrivals))
        await ana.until(lambda: ana.at_node().estimate.through > 0)

    held(play)


def test_what_comes_during_a_nap_goes_on_after_it_and_the_clock_is_not_held_up(held, monkeypatch):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        engine, naps = meeting.engine, []

        def nap(seconds: float) -> None:
            naps.append(seconds)
            ben.sends(sound(len(naps), body=b"%d" % len(naps)))

        monkeypatch.setattr(time, "sleep", nap)
        engine._naps.allowed, before = True, engine.forwarder.received
        ben.sends(sound(0, body=b"0"))
        engine._readable()
        engine._naps.allowed = False
        # The last nap's packet is left to the loop, which looks at the time first.
        assert (len(naps), engine.forwarder.received - before) == (NAPS, NAPS)
        heard = await ana.gets("a1", NAPS + 1)
        assert [payload_of(one) for one in heard] == [b"%d" % at for at in range(NAPS + 1)]

    held(play)


def test_a_line_without_trouble_is_told_of_arrivals_half_as_often_until_one_is_lost(held):
    async def play(meeting):
        _, ben = await meeting.people(2)
        ben.sends(*(sound(at) for at in range(10)))
        leg = ben.at_node()
        await ben.until(lambda: leg.streams)
        assert leg.pace_us == PACE_US
        meeting.ahead += CALM_US + PACE_US
        await ben.until(lambda: leg.pace_us == CALM_PACE_US)
        ben.sends(sound(12))
        await ben.until(lambda: leg.pace_us == PACE_US)

    held(play)


def test_a_restart_keeps_keys_slots_and_numbers(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(sound(0), sound(1))
        await ana.gets("a1", 2)
        names, sealed = ana.names, ana.at_node().sealed
        ana.transport.close()
        await ana.open()
        ana.read(str((await meeting.node.restart(ana.leg))["offer"]))
        await meeting.node.answer(ana.leg, ana.answer())
        await ana.check()
        ben.sends(sound(2))
        assert [seq_of(one) for one in await ana.gets("a1", 3)] == [0, 1, 2]
        assert (ana.names, ana.at_node().sealed) == (names, sealed)
        assert len(ana.at_node().generations) == 1

    held(play)


def test_a_new_address_needs_no_restart(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ana.transport.close()
        await ana.open()
        await ana.check()
        ben.sends(sound(0))
        ana.sends(sound(9, body=b"still me"))
        await ana.gets("a1", 1)
        await ben.gets("a0", 1)

    held(play)


def test_a_new_connection_takes_the_old_ones_place(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        ben.sends(sound(0), sound(1))
        await ana.gets("a1", 2)
        again = meeting.peer(1)
        await again.join()
        await ben.until(lambda: ben.closed)
        again.sends(sound(500, ssrc=0xB2))
        assert [seq_of(one) for one in await ana.gets("a1", 3)] == [0, 1, 2]
        assert meeting.node.room("room")["places"].keys() == {"0", "1"}
        assert meeting.node.figures()["legs"] == 2
        ben.sends(sound(2, body=b"a ghost"))
        again.sends(sound(501, ssrc=0xB2))
        assert [seq_of(one) for one in await ana.gets("a1", 4)] == [0, 1, 2, 3]
        ana.sends(sound(0))
        await again.gets("a0", 1)
        assert not ben.media

    held(play)


def test_two_who_join_in_one_moment_meet_in_one_room(held):
    async def play(meeting):
        first = meeting.peer(0)
        await first.join()
        again, other = meeting.peer(0), meeting.peer(1)
        await asyncio.gather(again.join(), other.join())
        again.sends(sound(0))
        await other.gets("a0", 1)
        assert meeting.node.figures()["legs"] == 2
        twins = [meeting.peer(0), meeting.peer(0)]
        joined = await asyncio.gather(*(one.join() for one in twins), return_exceptions=True)
        assert joined.count(None) <= 2
        await meeting.ticks()
        assert meeting.node.figures()["legs"] == 2

    held(play)


def test_a_silent_leg_ends_and_the_other_stays(held):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        meeting.ahead += (SILENT_SECONDS - 1) * 1_000_000
        await ana.check()
        meeting.ahead += 2_000_000
        await ben.until(lambda: ben.closed)
        assert list(meeting.engine.legs) == [ana.leg]
        assert not ana.closed

    held(play)


def test_who_never_arrives_is_forgotten(held):
    async def play(meeting):
        ana = meeting.peer(0)
        await ana.join()
        await meeting.node.join(token(participant="lost", place=2), "page")
        assert meeting.node.figures()["legs"] == 2
        meeting.ahead += (ARRIVE_SECONDS + 1) * 1_000_000
        await ana.until(lambda: meeting.node.figures()["legs"] == 1)
        assert list(meeting.engine.legs) == [ana.leg]

    held(play)


def test_rooms_hear_nothing_of_each_other(held):
    async def play(meeting):
        ana, ben = meeting.peer(0, room="one"), meeting.peer(1, room="two")
        cem = meeting.peer(1, "cem", room="one")
        for one in (ana, ben, cem):
            await one.join()
        ana.sends(sound(0))
        await cem.gets("a0", 1)
        assert not ben.media
        assert meeting.node.figures()["rooms"] == 2

    held(play)


def test_one_hears_and_sees_oneself_in_the_echo(held):
    async def play(meeting):
        ana = meeting.peer(0)
        await ana.join(echo=True)
        assert list(ana.names) == ["a0", "v0"]
        ana.sends(sound(0, body=b"one two three"), picture(0, key=True))
        assert payload_of((await ana.gets("a0", 1))[0]) == b"one two three"
        await ana.gets("v0", 1)

    held(play)


def test_a_node_that_drains_ends_when_the_last_has_left(held):
    async def play(meeting):
        (ana,) = await meeting.people(1)
        draining = asyncio.create_task(meeting.node.drain())
        await meeting.ticks()
        assert not draining.done()
        ana.sends(sound(0))
        await meeting.node.leave(ana.leg)
        await asyncio.wait_for(draining, PATIENCE)
        await ana.until(lambda: ana.closed)

    held(play)


def test_layers_reach_who_watches_and_one_slow_line_leaves_the_others_whole(held):
    async def play(meeting):
        ana, ben, cem = await meeting.people(3, simulcast=True)
        cem.at_node().estimate.bits = 150_000
        layers = ((0xD1, "h", b"h" * 900), (0xD2, "l", b"l" * 150))

        async def sends(at):
            for ssrc, rid, body in layers:
                ben.sends(picture(at, ssrc=ssrc, rid=rid, key=at % 5 == 0, body=body, number=0))
            # Nobody tells of arrivals here: what the lines carry is said instead, and what is
            # narrow follows from how fast this machine sends.
            full = max((one.rate for one in ben.at_node().video_streams()), default=0)
            ana.at_node().estimate.bits = 3_000_000
            cem.at_node().estimate.bits = full * 6 // 10 or 100_000
            await asyncio.sleep(0.005)

        at = 0
        while not (cem.shown("v1") and cem.shown("v1")[-1].endswith(b"l")) and at < 3000:
            await sends(at)
            at += 1
        watched = len(ana.shown("v1"))
        for more in range(at, at + 20):
            await sends(more)
        seen = (await ana.gets("v1", watched + 20))[watched:]
        assert {one[-1:] for one in seen} == {b"h"}
        assert cem.shown("v1")[-1].endswith(b"l")

    held(play)


def test_the_clock_of_a_node_is_given_or_the_machines():
    assert Node.__init__.__kwdefaults__["now"]() > 0
