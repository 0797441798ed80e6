"""Encryption in place and through copies: the same promises, and the same bytes."""

from __future__ import annotations

import os

import pytest
from pylibsrtp import Policy, Session

from app.media.srtp import sealed
from app.media.srtp.session import LONGEST, REFUSED
from app.media.wires.wire import Buffers

PROFILES = [
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
]
KEY_BYTES = {PROFILES[0]: 44, PROFILES[1]: 28, PROFILES[2]: 30}
RTP = bytes([0x80, 96, 0, 7]) + bytes(4) + b"\0\0\0\x09" + b"picture" * 50
RTCP = bytes([0x80, 201, 0, 1]) + b"\0\0\0\x09"
buffers = Buffers(4)


def session(key, kind, profile):
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx, policy.window_size = True, 1024
    return Session(policy)


def pair(profile, in_place, *, wrong=False):
    """A sender and a receiver of one direction."""
    key, other = os.urandom(KEY_BYTES[profile]), os.urandom(KEY_BYTES[profile])
    incoming, outgoing = Policy.SSRC_ANY_INBOUND, Policy.SSRC_ANY_OUTBOUND
    sender = sealed(
        session(other, incoming, profile), session(key, outgoing, profile), in_place=in_place
    )
    heard = other if wrong else key
    receiver = sealed(
        session(heard, incoming, profile), session(other, outgoing, profile), in_place=in_place
    )
    return sender, receiver


def filled(packet):
    buffer = buffers.row[0]
    buffer.view[: len(packet)] = packet
    return buffer


@pytest.fixture(params=[True, False], ids=["in place", "copied"])
def in_place(request):
    return request.param


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("seal", "open_", "packet"),
    [("seal_rtp", "open_rtp", RTP), ("seal_rtcp", "open_rtcp", RTCP)],
)
def test_what_is_sealed_opens_again(in_place, profile, seal, open_, packet):
    sender, receiver = pair(profile, in_place)
    buffer = filled(packet)
    size = getattr(sender, seal)(buffer, len(packet))
    assert size > len(packet)
    assert packet[12:] not in bytes(buffer.view[:size]) or len(packet) < 13
    assert getattr(receiver, open_)(buffer, size) == len(packet)
    assert bytes(buffer.view[: len(packet)]) == packet


@pytest.mark.parametrize("profile", PROFILES)
def test_both_ways_write_the_same_bytes(profile):
    key = os.urandom(KEY_BYTES[profile])
    written = []
    for way in (True, False):
        outgoing = session(key, Policy.SSRC_ANY_OUTBOUND, profile)
        incoming = session(key, Policy.SSRC_ANY_INBOUND, profile)
        one = sealed(incoming, outgoing, in_place=way)
        buffer = filled(RTP)
        written.append(bytes(buffer.view[: one.seal_rtp(buffer, len(RTP))]))
    assert written[0] == written[1]


def test_a_wrong_key_a_changed_bit_and_a_replay_are_refused(in_place):
    sender, receiver = pair(PROFILES[0], in_place)
    _, stranger = pair(PROFILES[0], in_place, wrong=True)
    buffer = filled(RTP)
    size = sender.seal_rtp(buffer, len(RTP))
    packet = bytes(buffer.view[:size])
    changed = bytearray(packet)
    changed[40] ^= 1
    assert stranger.open_rtp(filled(packet), size) == REFUSED
    assert receiver.open_rtp(filled(bytes(changed)), size) == REFUSED
    assert receiver.open_rtp(filled(packet), size) == len(RTP)
    assert receiver.open_rtp(filled(packet), size) == REFUSED


@pytest.mark.parametrize("size", [0, 1, 7, 12, 15, 27])
def test_a_packet_cut_short_is_refused(in_place, size):
    sender, receiver = pair(PROFILES[0], in_place)
    buffer = filled(RTP)
    sender.seal_rtp(buffer, len(RTP))
    assert receiver.open_rtp(buffer, size) == REFUSED
    assert receiver.open_rtcp(buffer, size) == REFUSED


def test_a_packet_without_room_for_its_tag_is_not_sealed(in_place):
    sender, _ = pair(PROFILES[0], in_place)
    buffer = filled(RTP)
    assert sender.seal_rtp(buffer, LONGEST + 1) == REFUSED
    assert sender.seal_rtcp(buffer, LONGEST + 1) == REFUSED
    assert sender.seal_rtp(buffer, LONGEST) > LONGEST
