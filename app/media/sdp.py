"""The node's offer, and what it needs of a browser's answer.

Payload types, extension numbers and the order of sections are the same for everybody, so packets
are forwarded without touching either. Sections are named by the place they show: "a" and "v" are
what the browser sends, "a2" and "v2" what comes from place 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.media.ice import Credentials

OPUS, RED, VP8, RTX = 111, 63, 96, 97
AUDIO_LEVEL, TRANSPORT_CC, MID, RID, REPAIRED_RID = 1, 3, 4, 5, 6
OPUS_CLOCK, VP8_CLOCK = 48000, 90000
HIGH, LOW = "h", "l"
LONGEST_ANSWER = 60_000

EXTENSIONS = {
    AUDIO_LEVEL: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    TRANSPORT_CC: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    MID: "urn:ietf:params:rtp-hdrext:sdes:mid",
    RID: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    REPAIRED_RID: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
}
AUDIO = (
    f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS} {RED}",
    (
        f"a=rtpmap:{OPUS} opus/48000/2",
        f"a=fmtp:{OPUS} minptime=10;useinbandfec=1",
        f"a=rtcp-fb:{OPUS} transport-cc",
        f"a=rtcp-fb:{OPUS} nack",
        f"a=rtpmap:{RED} red/48000/2",
        f"a=fmtp:{RED} {OPUS}/{OPUS}",
        f"a=rtcp-fb:{RED} transport-cc",
    ),
    (AUDIO_LEVEL, TRANSPORT_CC, MID),
)
VIDEO = (
    f"m=video 9 UDP/TLS/RTP/SAVPF {VP8} {RTX}",
    (
        f"a=rtpmap:{VP8} VP8/90000",
        f"a=rtcp-fb:{VP8} goog-remb",
        f"a=rtcp-fb:{VP8} transport-cc",
        f"a=rtcp-fb:{VP8} ccm fir",
        f"a=rtcp-fb:{VP8} nack",
        f"a=rtcp-fb:{VP8} nack pli",
        f"a=rtpmap:{RTX} rtx/90000",
        f"a=fmtp:{RTX} apt={VP8}",
    ),
    (TRANSPORT_CC, MID, RID, REPAIRED_RID),
)
MEDIA = {"audio": AUDIO, "video": VIDEO}


@dataclass(frozen=True, slots=True)
class Shown:
    """One slot of an offer: the place it shows, and the names of its streams."""

    place: int
    audio: int
    video: int
    repair: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an offer says of the node."""

    addresses: Sequence[str]
    port: int
    fingerprint: str
    credentials: Credentials
    session: int
    version: int
    slots: Sequence[Shown]
    simulcast: bool


def offer(terms: Terms) -> str:
    """The offer as SDP (RFC 8829, RFC 8843)."""
    mids = ["a", "v", *(f"{kind}{one.place}" for one in terms.slots for kind in "av")]
    lines = [
        "v=0",
        f"o=- {terms.session} {terms.version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]
    lines += _section("audio", "a", terms, ("a=recvonly",))
    # Unless told otherwise a browser halves the size for each layer before the last.
    layers = (f"a=rid:{LOW} recv", f"a=rid:{HIGH} recv", f"a=simulcast:recv {LOW};{HIGH}")
    lines += _section("video", "v", terms, ("a=recvonly", *(layers if terms.simulcast else ())))
    for one in terms.slots:
        lines += _section("audio", f"a{one.place}", terms, _sending(one.place, "a", one.audio))
        lines += _section(
            "video", f"v{one.place}", terms, _sending(one.place, "v", one.video, one.repair)
        )
    return "\r\n".join(lines) + "\r\n"


def _section(kind: str, mid: str, terms: Terms, direction: Sequence[str]) -> list[str]:
    head, codecs, extensions = MEDIA[kind]
    return [
        head,
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        f"a=ice-ufrag:{terms.credentials.fragment}",
        f"a=ice-pwd:{terms.credentials.password}",
        f"a=fingerprint:sha-256 {terms.fingerprint}",
        "a=setup:actpass",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *(f"a=extmap:{number} {EXTENSIONS[number]}" for number in extensions),
        *codecs,
        *direction,
        *(
            f"a=candidate:{at} 1 udp {2130706431 - at * 256} {address} {terms.port} typ host"
            for at, address in enumerate(terms.addresses)
        ),
        "a=end-of-candidates",
    ]


def _sending(place: int, letter: str, *streams: int) -> list[str]:
    """A slot's stream, and its repair behind it: Chromium needs them in this order."""
    lines = ["a=sendonly", f"a=msid:p{place} {letter}{place}"]
    if len(streams) > 1:
        lines.append(f"a=ssrc-group:FID {' '.join(map(str, streams))}")
    return lines + [f"a=ssrc:{one} cname:p{place}" for one in streams]


@dataclass(slots=True)
class Answer:
    """What the browser agreed to."""

    algorithm: str = ""
    fingerprint: str = ""
    simulcast: bool = False
    # Repair streams of its picture, and what they repair, where the answer names them.
    repairs: dict[int, int] = field(default_factory=dict)


# The digests that the handshake can check (RFC 8122 withdrew the shorter ones).
FINGERPRINT = re.compile(r"a=fingerprint:((?i:sha-(?:256|384|512))) ([0-9A-Fa-f:]{8,200})\Z")
REPAIR = re.compile(r"a=ssrc-group:FID (\d{1,10}) (\d{1,10})\Z")
MOST_STREAMS = 16


def read_answer(text: str) -> Answer:
    """What the node needs of an answer; raises ValueError with a plain reason."""
    if len(text) > LONGEST_ANSWER:
        raise ValueError("The answer is too long.")
    found, mid = Answer(), ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith("m="):
            mid = ""
        elif line.startswith("a=mid:"):
            mid = line[6:]
        elif match := FINGERPRINT.match(line):
            _certify(found, match[1].lower(), match[2].upper())
        elif mid == "v":
            found.simulcast = found.simulcast or line.startswith("a=simulcast:send")
            _repairs(found, line)
    if not found.fingerprint:
        raise ValueError("The answer names no certificate.")
    return found


def _certify(found: Answer, algorithm: str, fingerprint: str) -> None:
    if found.fingerprint and found.fingerprint != fingerprint:
        raise ValueError("The answer names two certificates.")
    found.algorithm, found.fingerprint = algorithm, fingerprint


def _repairs(found: Answer, line: str) -> None:
    if match := REPAIR.match(line):
        found.repairs[int(match[2])] = int(match[1])
        if len(found.repairs) > MOST_STREAMS:
            raise ValueError("The answer names too many streams.")
