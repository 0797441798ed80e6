"""Whose packet is this: sections, layers and repairs by the names that packets carry."""

from __future__ import annotations

import pytest

from app.media import rtp, sdp
from app.media.downstream import RESENT_PAUSE_US
from app.media.leg import MOST_STRANGE, MOST_STREAMS
from app.media.rtcp import nack
from app.media.streams import is_strange, transport_at
from app.media.upstream import FIRST_ASK_US
from tests.media.bench import Bench, element, header, payload_of, picture, repair, seq_of, sound
from tests.media.packets import captured

HIGH, LOW = 0xD1DE1, 0xD1DE2
HIGH_REPAIR, LOW_REPAIR = 0xD1DE3, 0xD1DE4
VIDEO = 0xD1DE0


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def viewer(bench):
    return bench.person(0)


def names(packet):
    return [one for one in (sdp.MID, sdp.RID, sdp.REPAIRED_RID) if rtp.extension(packet, one)]


def test_names_of_sections_and_layers_do_not_travel_on(bench, viewer):
    sender = bench.person(1, simulcast=True)
    sender.sends(picture(1, ssrc=HIGH, mid="v", rid="h", key=True))
    (packet,) = viewer.media()
    assert names(packet) == []
    at, size = rtp.extension(packet, sdp.TRANSPORT_CC)
    assert int.from_bytes(packet[at : at + size], "big") == viewer.leg.transport_seq
    assert payload_of(packet) == payload_of(picture(1, key=True))


def test_the_transport_number_is_found_in_every_layout():
    number = element(3, b"\x12\x34")
    for extension in (
        number,
        element(1, b"\x10") + number,
        b"\0\0" + number,
        number + element(4, b"v"),
        element(4, b"video-section-1") + element(5, b"h") + b"\0" + number,
    ):
        packet = memoryview(bytearray(header(96, 1, 2, 3, extension) + b"payload"))
        at = transport_at(packet)
        assert bytes(packet[at : at + 2]) == b"\x12\x34"
        assert bytes(packet).endswith(b"payload")


@pytest.mark.parametrize(
    "extension",
    [
        b"",
        b"\xf0" + element(3, b"\1\2"),
        element(3, b"\1"),
        element(4, b"v"),
        b"\x3f\1",
        b"\0\0\0\0",
    ],
)
def test_no_transport_number_is_found_where_none_is(extension):
    packet = memoryview(bytearray(header(96, 1, 2, 3, extension) + b"payload"))
    assert transport_at(packet) == 0
    assert transport_at(packet[:14]) == 0
    assert transport_at(memoryview(bytearray(packet[:1]) + b"\x60" + bytes(10))) == 0


def test_real_packets_of_a_browser_give_their_numbers():
    found = [rtp.extension(one, sdp.TRANSPORT_CC) for one in captured("rtp")]
    assert any(found)
    for packet, there in zip(captured("rtp"), found, strict=True):
        assert transport_at(memoryview(bytearray(packet))) == (there[0] if there else 0)


def test_layers_are_told_apart_by_their_names(bench, viewer):
    sender = bench.person(1, simulcast=True)
    sender.sends(picture(1, ssrc=HIGH, rid="h"), picture(1, ssrc=LOW, rid="l"), sound(1))
    assert {one.layer: one.ssrc for one in sender.leg.video_streams()} == {"h": HIGH, "l": LOW}
    # Later packets carry no names any more.
    sender.sends(picture(2, ssrc=HIGH, key=True))
    assert sender.leg.streams[HIGH].received == 2


@pytest.mark.parametrize("rid", ["", "x", "hh", "\x7f"])
def test_a_picture_of_no_known_layer_waits_for_its_name(bench, viewer, rid):
    sender = bench.person(1, simulcast=True)
    sender.sends(picture(1, ssrc=HIGH, rid=rid, key=True))
    assert sender.leg.streams == {}
    assert viewer.media() == []
    sender.sends(picture(2, ssrc=HIGH, rid="h", key=True))
    assert len(viewer.media()) == 1


def lose_and_repair(sender, viewer, ssrc, repair_ssrc, of=""):
    sender.sends(picture(1, ssrc=ssrc, rid=of, key=True), picture(3, ssrc=ssrc, rid=of))
    lost = picture(2, ssrc=ssrc, body=b"the lost one")
    viewer.media()
    sender.sends(repair(lost, 900, repair_ssrc, of=of))
    return viewer.media(), lost


def test_a_repair_is_known_by_the_layer_it_names(bench, viewer):
    sender = bench.person(1, simulcast=True)
    found, lost = lose_and_repair(sender, viewer, HIGH, HIGH_REPAIR, "h")
    assert [(seq_of(one), one[1] & 0x7F, payload_of(one)) for one in found] == [
        (2, 96, payload_of(lost))
    ]
    assert sender.leg.repairs == {HIGH_REPAIR: sender.leg.streams[HIGH]}
    assert not sender.leg.streams[HIGH].missing


def test_a_repair_is_known_by_the_answer(bench, viewer):
    sender = bench.person(1)
    sender.leg.answer.repairs[HIGH_REPAIR] = VIDEO
    found, lost = lose_and_repair(sender, viewer, VIDEO, HIGH_REPAIR)
    assert [payload_of(one) for one in found] == [payload_of(lost)]


def test_the_only_picture_needs_no_name_for_its_repair(bench, viewer):
    sender = bench.person(1)
    found, lost = lose_and_repair(sender, viewer, VIDEO, HIGH_REPAIR)
    assert [payload_of(one) for one in found] == [payload_of(lost)]


def test_a_repair_of_nothing_known_goes_nowhere(bench, viewer):
    sender = bench.person(1, simulcast=True)
    found, _ = lose_and_repair(sender, viewer, HIGH, LOW_REPAIR)
    assert found == []
    assert LOW_REPAIR in sender.leg.strange


def test_a_repair_that_was_not_missed_goes_nowhere(bench, viewer):
    sender = bench.person(1)
    sender.sends(picture(1, key=True), picture(2))
    viewer.media()
    sender.sends(repair(picture(2), 900, HIGH_REPAIR), repair(picture(7), 901, HIGH_REPAIR))
    assert viewer.media() == []


def test_padding_that_measures_the_line_is_counted_and_goes_nowhere(bench, viewer):
    sender = bench.person(1)
    sender.sends(picture(1, key=True))
    viewer.media()
    sender.leg.arrived.clear()
    padding = bytearray(header(97, 5, 0, HIGH_REPAIR, element(3, b"\0\x09"))) + bytes(199)
    padding[0] |= 0x20
    sender.sends(bytes(padding) + b"\xc8", captured("rtp")[-1])
    assert viewer.media() == []
    assert [one & 0xFFFF for one in sender.leg.arrived] == [9]


def test_padding_of_a_known_stream_keeps_its_number_in_the_slot(bench, viewer):
    sender = bench.person(1)
    sender.sends(picture(1, key=True))
    padding = bytearray(header(96, 2, 3000, VIDEO, element(3, b"\0\x09"))) + bytes(49)
    padding[0] |= 0x20
    sender.sends(bytes(padding) + b"\x32", picture(3))
    assert [seq_of(one) for one in viewer.media()] == [1, 2, 3]


def test_a_sender_of_senseless_names_is_noticed_and_of_many_streams_bounded(bench, viewer):
    sender = bench.person(1)
    sender.sends(*(sound(1, ssrc=100 + at) for at in range(40)))
    assert len(sender.leg.streams) == MOST_STREAMS
    assert not is_strange(sender.leg)
    sender.sends(*(sound(1, ssrc=1000 + at) for at in range(MOST_STRANGE)))
    assert is_strange(sender.leg)


def test_unknown_payload_types_begin_nothing(bench, viewer):
    sender = bench.person(1)
    sender.sends(header(100, 1, 1, 77, element(3, b"\0\1")) + b"what is this")
    assert sender.leg.streams == {}
    assert viewer.media() == []


def test_what_the_node_asked_for_and_got_can_be_asked_of_the_node(bench, viewer):
    sender = bench.person(1)
    sender.sends(picture(1, key=True), picture(3))
    bench.passes(FIRST_ASK_US)
    bench.reports.asks(sender.leg)
    sender.sends(repair(picture(2, body=b"here it is"), 5, HIGH_REPAIR))
    viewer.media()
    bench.passes(RESENT_PAUSE_US)
    bench.reports.refill(viewer.leg, 1.0)
    slot = viewer.slot(1, "video")
    viewer.says(nack(1, slot.ssrc, [2]))
    (again,) = viewer.media()
    assert payload_of(again).endswith(b"here it is")
