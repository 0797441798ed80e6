"""The node's offer as others read it, and answers as browsers write them."""

from __future__ import annotations

import re

import pytest
from aiortc import sdp as aiortc_sdp

from app.media import sdp
from app.media.ice import Credentials
from tests.media.packets import CAPTURED, damaged

FINGERPRINT = ":".join(["AB"] * 32)
SLOTS = [sdp.Shown(0, 11, 12, 13), sdp.Shown(2, 21, 22, 23), sdp.Shown(3, 31, 32, 33)]
BROWSERS = ["chromium-plain", "chromium-simulcast", "firefox-plain", "firefox-simulcast"]


def offered(*, simulcast=True, addresses=("192.0.2.1", "2001:db8::1")):
    credentials = Credentials("frag", "p" * 24)
    return sdp.offer(sdp.Terms(addresses, 40_000, FINGERPRINT, credentials, 5, 2, SLOTS, simulcast))


def answer_of(browser):
    return (CAPTURED / f"answer-{browser}.sdp").read_text().replace("\n", "\r\n")


def test_another_implementation_reads_every_section():
    read = aiortc_sdp.SessionDescription.parse(offered())
    assert [one.rtp.muxId for one in read.media] == ["a", "v", "a0", "v0", "a2", "v2", "a3", "v3"]
    assert [one.kind for one in read.media] == ["audio", "video"] * 4
    assert [one.direction for one in read.media] == ["recvonly"] * 2 + ["sendonly"] * 6
    for one in read.media:
        assert one.rtcp_mux
        assert one.ice.iceLite
        assert (one.ice.usernameFragment, one.ice.password) == ("frag", "p" * 24)
        assert one.dtls.role == "auto"
        assert [(f.algorithm, f.value) for f in one.dtls.fingerprints] == [("sha-256", FINGERPRINT)]
        assert [(c.ip, c.port, c.type, c.protocol) for c in one.ice_candidates] == [
            ("192.0.2.1", 40_000, "host", "udp"),
            ("2001:db8::1", 40_000, "host", "udp"),
        ]
        assert one.ice_candidates[0].priority > one.ice_candidates[1].priority


def test_payload_types_and_extensions_are_the_same_everywhere():
    read = aiortc_sdp.SessionDescription.parse(offered())
    for one in read.media:
        codecs = {codec.payloadType: codec.name for codec in one.rtp.codecs}
        extensions = {extension.id: extension.uri for extension in one.rtp.headerExtensions}
        assert extensions.items() <= sdp.EXTENSIONS.items()
        if one.kind == "audio":
            assert codecs == {111: "opus", 63: "red"}
        else:
            assert codecs == {96: "VP8", 97: "rtx"}
            feedback = {(fb.type, fb.parameter) for fb in one.rtp.codecs[0].rtcpFeedback}
            assert feedback == {
                ("goog-remb", None),
                ("transport-cc", None),
                ("ccm", "fir"),
                ("nack", None),
                ("nack", "pli"),
            }


def test_slots_name_their_streams_with_the_repair_behind():
    read = aiortc_sdp.SessionDescription.parse(offered())
    by_mid = {one.rtp.muxId: one for one in read.media}
    assert [one.ssrc for one in by_mid["a2"].ssrc] == [21]
    assert [one.ssrc for one in by_mid["v2"].ssrc] == [22, 23]
    assert [(one.semantic, one.items) for one in by_mid["v2"].ssrc_group] == [("FID", [22, 23])]
    assert by_mid["v2"].msid == "p2 v2"
    assert read.group[0].items == list(by_mid)


def test_layers_are_offered_where_asked_for():
    assert "a=simulcast:recv l;h\r\n" in offered()
    assert "simulcast" not in offered(simulcast=False)
    assert "a=rid:" not in offered(simulcast=False)


@pytest.mark.parametrize("browser", BROWSERS)
def test_answers_of_browsers_are_read(browser):
    text = answer_of(browser)
    found = sdp.read_answer(text)
    named = re.search("a=fingerprint:(\\S+) (\\S+)", text)
    assert (found.algorithm, found.fingerprint) == (named[1], named[2])
    assert found.simulcast == browser.endswith("simulcast")
    video = text.split("\r\nm=")[2]
    pairs = re.findall("a=ssrc-group:FID (\\d+) (\\d+)", video)
    assert found.repairs == {int(again): int(first) for first, again in pairs}
    assert bool(found.repairs) == (browser != "chromium-simulcast")


def test_lines_may_end_either_way():
    text = answer_of("chromium-plain")
    assert sdp.read_answer(text) == sdp.read_answer(text.replace("\r\n", "\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "a=fingerprint:sha-256",
        "a=fingerprint:sha-256 ",
        "a=fingerprint:sha-256 XX:YY",
        f"a=fingerprint: {FINGERPRINT}",
        f"b=fingerprint:sha-256 {FINGERPRINT}",
        f"a=fingerprint:sha-256 {FINGERPRINT} and more",
        f"a=fingerprint:md5 {FINGERPRINT}",
        f"a=fingerprint:sha-1 {FINGERPRINT}",
        "x" * (sdp.LONGEST_ANSWER + 1),
    ],
)
def test_an_answer_without_a_certificate_is_refused(text):
    with pytest.raises(ValueError, match=r"^The answer"):
        sdp.read_answer(text)


def test_two_certificates_are_refused():
    other = FINGERPRINT.replace("AB", "CD")
    text = f"a=fingerprint:sha-256 {FINGERPRINT}\r\na=fingerprint:sha-256 {other}\r\n"
    with pytest.raises(ValueError, match="two certificates"):
        sdp.read_answer(text)


def test_too_many_streams_are_refused():
    pairs = "".join(f"a=ssrc-group:FID {at} {at + 1000}\r\n" for at in range(sdp.MOST_STREAMS + 1))
    text = f"a=fingerprint:sha-256 {FINGERPRINT}\r\nm=video 9 x 96\r\na=mid:v\r\n{pairs}"
    with pytest.raises(ValueError, match="too many"):
        sdp.read_answer(text)


def test_streams_of_other_sections_are_not_taken_for_the_picture():
    text = f"a=fingerprint:sha-256 {FINGERPRINT}\r\nm=audio 9 x 111\r\na=mid:a0\r\n"
    text += "a=simulcast:send l;h\r\na=ssrc-group:FID 1 2\r\n"
    found = sdp.read_answer(text)
    assert (found.simulcast, found.repairs) == (False, {})


def test_damaged_answers_are_read_or_refused_and_nothing_else():
    read = refused = 0
    for packet in damaged([answer_of(one).encode() for one in BROWSERS], 3000, seed=2):
        try:
            sdp.read_answer(packet.decode("utf-8", "replace"))
            read += 1
        except ValueError:
            refused += 1
    assert read > 100
    assert refused > 100
