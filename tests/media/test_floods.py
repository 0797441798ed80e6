"""Floods, worn tokens and orders about nothing: each ends where it began."""

from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCCertificate

from app.media.congestion.arrivals import MOST_ARRIVALS, WIDEST_GAP
from app.media.leg import LEAST_REPAIR_BYTES, MOST_STRANGE
from app.media.refusals import Refused
from app.media.rtcp import TransportFeedback, nack, transport_feedback
from tests.media.bench import Bench, picture, seq_of, sound
from tests.media.peer import meet, token


def test_a_flood_of_stream_names_ends_its_sender_alone(tmp_path):
    async def play(meeting):
        ana, ben, bad = await meeting.people(3)
        for at in range(3 * MOST_STRANGE):
            bad.sends(sound(0, ssrc=5000 + at))
        await bad.until(lambda: bad.closed)
        ben.sends(*(sound(at) for at in range(20)))
        heard = await ana.gets("a1", 20)
        assert [seq_of(one) for one in heard] == list(range(20))
        assert meeting.engine.legs.keys() == {ana.leg, ben.leg}

    meet(tmp_path, play)


def test_a_storm_of_requests_is_answered_within_its_budget():
    bench = Bench()
    bad, ben, ana = bench.person(0), bench.person(1), bench.person(2)
    body = b"x" * 1000
    ben.sends(*(picture(at, key=not at, body=body) for at in range(1000)))
    slot = bad.slot(1, "video")
    bad.sealed()
    bad.leg.estimate.bits = 100_000
    for second in range(3):
        bench.reports.refill(bad.leg, 1.0)
        for start in range(0, 1000, 50):
            bench.passes(10_000)
            bad.says(nack(1, slot.ssrc, list(range(start, start + 50))))
        assert len(b"".join(bad.sealed())) < 1.1 * LEAST_REPAIR_BYTES, second
    assert bench.reports.refused > 0
    ana.sealed()
    ben.sends(picture(1000))
    assert len(ana.media()) == 1


def test_numbers_that_leap_cost_little_and_stop_no_clock():
    """Arrivals told as one long row of losses would be more than a message can say."""
    bench = Bench()
    bad = bench.person(0)
    for round_ in range(4):
        numbers = [(at * (WIDEST_GAP - 1)) & 0xFFFF for at in range(400)]
        bad.sends(*(sound(500 * round_ + at, number=one) for at, one in enumerate(numbers)))
        bench.reports.feedback(bad.leg)
        assert bad.leg.arrived == []
        told = [one for one in bad.control() if isinstance(one, TransportFeedback)]
        assert sum(len(one.packets) for one in told) <= 12 * MOST_ARRIVALS


def test_one_leg_that_fails_ends_alone(tmp_path):
    async def play(meeting):
        ana, ben, bad = await meeting.people(3)
        # Whatever it is that fails one day: here the state of one leg is broken.
        bad.at_node().line = None
        await bad.until(lambda: bad.closed)
        ben.sends(sound(0))
        await ana.gets("a1", 1)
        assert meeting.engine._faults == 1
        meeting.engine._faults = 0

    meet(tmp_path, play)


def test_feedback_that_fails_stops_nobody_elses_clock():
    bench = Bench()
    bad, good = bench.person(0), bench.person(1)
    told = transport_feedback(1, 2, 7, 9, [65_000, None, 67_000])
    for one in (bad, good):
        bench.reports.heard(one.leg, told)
    # Whatever it is that fails one day: here the state of one leg is broken.
    bad.leg.estimate, whole = None, bad.leg.estimate
    bench.reports.catch_up()
    assert bench.forwarder.faults == 1
    bad.leg.estimate, bench.forwarder.faults = whole, 0
    bench.reports.heard(good.leg, told)
    bench.reports.catch_up()
    assert bench.forwarder.faults == 0


# ---------------------------------------------------------------- tokens and orders


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: token(seconds=-1), "expired"),
        (lambda: token(seconds=3600), "bad-token"),
        (lambda: token(secret=b"another secret of thirty-two chars"), "bad-token"),
        (lambda: token()[:-1], "bad-token"),
        (lambda: token().replace("room", "hall", 1), "bad-token"),
        (lambda: token().replace(".0.", ".1.", 1), "bad-token"),
        (lambda: "", "bad-token"),
        (lambda: "x" * 100_000, "bad-token"),
    ],
)
def test_tokens_that_say_nothing_true_are_refused(tmp_path, made, code):
    async def play(meeting):
        (ana,) = await meeting.people(1)
        with pytest.raises(Refused) as refused:
            await meeting.node.join(made(), "page")
        assert refused.value.code == code
        assert meeting.engine.legs.keys() == {ana.leg}

    meet(tmp_path, play)


def test_a_token_used_again_brings_nobody_new_in(tmp_path):
    """It is its owner's own return: the earlier leg ends, and there is still one of them."""

    async def play(meeting):
        said = token(participant="ana", place=0)
        first = await meeting.node.join(said, "page")
        second = await meeting.node.join(said, "page")
        assert first["leg"] != second["leg"]
        assert list(meeting.engine.legs) == [second["leg"]]

    meet(tmp_path, play)


def test_who_was_removed_is_out_and_stays_out(tmp_path):
    async def play(meeting):
        ana, ben, bad = await meeting.people(3)
        kept = token(participant="person-2", place=2)
        ben.sends(sound(0))
        await meeting.node.remove("room", "person-2")
        await bad.until(lambda: bad.closed)
        for said in (kept, token(participant="person-2", place=2)):
            with pytest.raises(Refused) as refused:
                await meeting.node.join(said, "page")
            assert refused.value.code == "removed"
        for order in (meeting.node.restart(bad.leg), meeting.node.answer(bad.leg, bad.answer())):
            with pytest.raises(Refused) as refused:
                await order
            assert refused.value.code == "no-leg"
        bad.send(bad.request())
        bad.sends(sound(9, body=b"a ghost"))
        ben.sends(sound(1), sound(2))
        assert [seq_of(one) for one in await ana.gets("a1", 3)] == [0, 1, 2]
        assert not ana.shown("a2")
        elsewhere = token(room="other", participant="person-2", place=2)
        assert (await meeting.node.join(elsewhere, "page"))["place"] == 2

    meet(tmp_path, play)


def test_an_answer_of_another_certificate_is_refused_and_costs_nothing(tmp_path):
    async def play(meeting):
        ana, ben = await meeting.people(2)
        other = RTCCertificate.generateCertificate()
        for text in (ana.answer(certificate=other), "", "v=0", "x" * 70_000):
            with pytest.raises(Refused) as refused:
                await meeting.node.answer(ana.leg, text)
            assert refused.value.code == "bad-answer"
        ben.sends(sound(0))
        await ana.gets("a1", 1)

    meet(tmp_path, play)


def test_a_browser_with_another_certificate_gets_no_keys(tmp_path):
    async def play(meeting):
        (ana,) = await meeting.people(1)
        thief = meeting.peer(1)
        answer = thief.answer
        thief.answer = lambda **how: answer(**how, certificate=RTCCertificate.generateCertificate())
        joining = asyncio.create_task(thief.join())
        await ana.until(lambda: meeting.node.figures()["handshakes_failed_total"] == 1)
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)
        assert meeting.engine.legs.keys() == {ana.leg}

    meet(tmp_path, play)


def test_a_full_node_says_so_and_lets_its_own_people_return(tmp_path):
    async def play(meeting):
        await meeting.people(2)
        with pytest.raises(Refused) as refused:
            await meeting.node.join(token(room="other"), "page")
        assert refused.value.code == "full"
        await meeting.peer(1).join()

    meet(tmp_path, play, most=2)


@pytest.mark.parametrize(
    "order",
    [
        lambda node: node.restart("nobody"),
        lambda node: node.leave("nobody"),
        lambda node: node.answer("nobody", "v=0"),
        lambda node: node.stop_recording("nowhere"),
        lambda node: node.record("nowhere", "file", bytes(32)),
    ],
)
def test_orders_about_nothing_are_refused(tmp_path, order):
    async def play(meeting):
        with pytest.raises(Refused) as refused:
            await order(meeting.node)
        assert refused.value.code in {"no-leg", "no-room"}

    meet(tmp_path, play)
