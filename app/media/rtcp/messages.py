"""The messages that RTCP carries, as this node knows them.

Sources: RFC 3550 section 6 (SR, RR, SDES, BYE), RFC 4585 (NACK, PLI), RFC 5104 (FIR),
draft-alvestrand-rmcat-remb-03 (REMB). The arrival feedback is in transport_cc.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.media.rtcp.transport_cc import TransportFeedback

VERSION = 2
SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK, TRANSPORT_CC = 1, 15  # formats of RTPFB
PLI, FIR, APPLICATION = 1, 4, 15  # formats of PSFB; REMB is an application's
CNAME = 1


@dataclass(slots=True)
class ReportBlock:
    """How one source is received."""

    ssrc: int
    fraction_lost: int  # of 256, since the last report
    lost: int  # since the start; negative if duplicates outnumber losses
    highest: int  # extended sequence number
    jitter: int  # ticks of the source's clock
    last_sr: int  # the middle 32 bits of the last sender report's time, or 0
    delay_since_sr: int  # 1/65536 s


@dataclass(slots=True)
class SenderReport:
    """What a source has sent, and how its clock lies to the wall's."""

    ssrc: int
    ntp: int  # 64 bits, 1/2**32 s since 1900
    timestamp: int  # RTP time of the same instant
    packets: int
    octets: int
    blocks: list[ReportBlock] = field(default_factory=list)


@dataclass(slots=True)
class ReceiverReport:
    """What one that sends nothing receives."""

    ssrc: int
    blocks: list[ReportBlock] = field(default_factory=list)


@dataclass(slots=True)
class Sdes:
    """The canonical names of sources: (ssrc, cname); other items are not kept."""

    names: list[tuple[int, str]]


@dataclass(slots=True)
class Bye:
    """Sources that end."""

    ssrcs: list[int]


@dataclass(slots=True)
class Nack:
    """Packets of a source that did not arrive."""

    sender: int
    media: int
    sequences: list[int]


@dataclass(slots=True)
class Pli:
    """The picture of a source is lost."""

    sender: int
    media: int


@dataclass(slots=True)
class Fir:
    """A key frame is asked for: (ssrc, number of the request), the number new for a new wish."""

    sender: int
    requests: list[tuple[int, int]]


@dataclass(slots=True)
class Remb:
    """The bits per second that these sources together may send."""

    sender: int
    bits: int
    ssrcs: list[int]


Message = SenderReport | ReceiverReport | Sdes | Bye | Nack | Pli | Fir | Remb | TransportFeedback
