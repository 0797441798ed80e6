"""Real sound and pictures: encoded by libav, packed into RTP by aiortc, read back by libav.

Neither the encoder nor the packer shares code with the recording.
"""

from __future__ import annotations

import math
import random
import resource
import time
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

import av
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.rtp import RtpPacket

from app.media.recording.sealing import open_sealed

KEY = bytes(range(32))
SOUND_RATE, PICTURE_RATE = 48_000, 90_000
FPS = 30
OPUS_SAMPLES = 960
PAYLOAD = 300
NOISE = 16  # lines, so that a frame needs several packets
OPUS, RED, VP8 = 111, 63, 96


class Encoded(NamedTuple):
    """A frame as the encoder made it, and when it is shown, in seconds."""

    at: float
    content: bytes
    keyframe: bool


class Sent(NamedTuple):
    """A packet on its way: when it arrives and what the sink is told."""

    arrival: float
    place: int
    kind: str
    packet: bytes


@cache
def pictures(
    seconds: float, size: tuple[int, int] = (160, 120), flash: float = -1.0, keyframes: float = 99.0
) -> tuple[Encoded, ...]:
    """VP8 of a moving bar on dark ground with noise below, white for 0.2 s from `flash` on."""
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height = size
    codec.pix_fmt = "yuv420p"
    codec.time_base = Fraction(1, FPS)
    codec.framerate = Fraction(FPS)
    codec.bit_rate = 400_000
    codec.thread_count = 1
    codec.gop_size = max(1, round(keyframes * FPS))
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    chance = random.Random(1)  # noqa: S311 - noise for a picture, no secret
    found = []
    for index in range(round(seconds * FPS)):
        at = index / FPS
        ground = 235 if flash <= at < flash + 0.2 else 20
        frame = av.VideoFrame(*size, "yuv420p")
        for plane, value in zip(frame.planes, (ground, 128, 128), strict=True):
            line = bytearray([value]) * plane.line_size
            if value == ground:
                bar = index * 4 % (size[0] - 8)
                line[bar : bar + 8] = bytes([120]) * 8
            noise = chance.randbytes(NOISE * plane.line_size)
            plane.update(bytes(line) * (plane.height - NOISE) + noise)
        frame.pts = index
        found += [Encoded(at, bytes(made), made.is_keyframe) for made in codec.encode(frame)]
    return tuple(found)


@cache
def sound(seconds: float, beep: float = -1.0) -> tuple[Encoded, ...]:
    """Opus of silence with a tone of 0.2 s from `beep` on."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate = SOUND_RATE
    codec.layout = "stereo"
    codec.format = "s16"
    codec.bit_rate = 32_000
    codec.options = {"application": "lowdelay"}
    found = []
    for index in range(round(seconds * SOUND_RATE / OPUS_SAMPLES)):
        wave = array("h")
        for sample in range(index * OPUS_SAMPLES, (index + 1) * OPUS_SAMPLES):
            moment = sample / SOUND_RATE
            loud = 20_000 if beep <= moment < beep + 0.2 else 0
            wave.extend([round(math.sin(2 * math.pi * 1000 * moment) * loud)] * 2)
        frame = av.AudioFrame("s16", "stereo", OPUS_SAMPLES)
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate = SOUND_RATE
        frame.pts = index * OPUS_SAMPLES
        for made in codec.encode(frame):
            found.append(Encoded(len(found) * OPUS_SAMPLES / SOUND_RATE, bytes(made), True))
    return tuple(found)


@dataclass(frozen=True)
class Sender:
    """One place's sender: what its RTP looks like, and how late it arrives."""

    place: int = 0
    ssrc: int = 1000
    sequence: int = 65_500
    timestamp: int = 2**32 - 48_000
    start: float = 500.0
    delay: float = 0.05
    skew: float = 0.0  # how much faster its clocks run: 1e-4 is 100 millionths

    def other(self, **changes: object) -> Sender:
        return replace(self, **changes)

    def video(self, frames: Iterable[Encoded]) -> list[Sent]:
        """Packets of VP8 with picture ids, markers at the end of frames."""
        sent = []
        sequence = self.sequence
        for number, frame in enumerate(frames):
            pieces = range(0, len(frame.content), PAYLOAD)
            for begin in pieces:
                first = int(begin == 0)
                told = VpxPayloadDescriptor(first, 0, picture_id=number % 0x8000)
                packet = RtpPacket(VP8, int(begin == pieces[-1]), sequence % 0x10000)
                packet.timestamp = self._ticks(frame.at, PICTURE_RATE)
                packet.ssrc = self.ssrc + 1
                packet.payload = bytes(told) + frame.content[begin : begin + PAYLOAD]
                arrival = self.start + frame.at + self.delay + 0.0002 * begin / PAYLOAD
                sent.append(Sent(arrival, self.place, "video", packet.serialize()))
                sequence += 1
        return sent

    def audio(self, frames: Iterable[Encoded], *, red: bool = False) -> list[Sent]:
        """Packets of Opus, or of RED with the packet before in each."""
        sent = []
        before: Encoded | None = None
        for index, frame in enumerate(frames):
            packet = RtpPacket(OPUS, 0, (self.sequence + index) % 0x10000)
            packet.timestamp = self._ticks(frame.at, SOUND_RATE)
            packet.ssrc = self.ssrc
            packet.payload = frame.content
            if red:
                packet.payload_type = RED
                packet.payload = _with_earlier(frame, before)
                before = frame
            arrival = self.start + frame.at + self.delay
            sent.append(Sent(arrival, self.place, "audio", packet.serialize()))
        return sent

    def reports(self, at: float, ntp: float = 3.9e9) -> list[tuple[int, str, float, int]]:
        """What the sender reports of that moment would say to a sink."""
        seen = ntp + at * (1 + self.skew)
        return [
            (self.place, "audio", seen, self._ticks(at, SOUND_RATE)),
            (self.place, "video", seen, self._ticks(at, PICTURE_RATE)),
        ]

    def _ticks(self, at: float, rate: int) -> int:
        return (self.timestamp + round(at * rate * (1 + self.skew))) % 2**32


def _with_earlier(frame: Encoded, before: Encoded | None) -> bytes:
    """A RED payload (RFC 2198): one earlier block where there is one."""
    head = b""
    if before:
        head = (0x80 | OPUS) << 24 | OPUS_SAMPLES << 10 | len(before.content)
        head = head.to_bytes(4, "big")
    return head + bytes([OPUS]) + (before.content if before else b"") + frame.content


def in_order(*streams: Iterable[Sent]) -> list[Sent]:
    """Several streams in the order of arrival."""
    return sorted((one for stream in streams for one in stream), key=lambda one: one.arrival)


class Shown(NamedTuple):
    """A decoded frame: its time in the file in seconds, its size or samples, its mean level."""

    at: float
    size: tuple[int, int]
    level: float


def play(path: Path, key: bytes = KEY) -> dict[int, list[Shown]]:
    """Everything in a recording, decoded: frames by track."""
    with open_sealed(path, key) as sealed, BufferedReader(sealed) as plain, av.open(plain) as file:
        found: dict[int, list[Shown]] = defaultdict(list)
        for packet in file.demux():
            if packet.size:
                found[_track(packet.stream)] += [_shown(one) for one in packet.decode()]
        return dict(found)


def declared(path: Path, key: bytes = KEY) -> set[int]:
    """The tracks that the head of a recording speaks of."""
    with open_sealed(path, key) as sealed, BufferedReader(sealed) as plain, av.open(plain) as file:
        return {_track(stream) for stream in file.streams}


def _track(stream: av.Stream) -> int:
    """Its number in the file, which libav does not tell: picture and sound of each place."""
    place = int(stream.metadata["title"].removeprefix("place "))
    return 2 * place + (1 if stream.type == "video" else 2)


def order(path: Path, key: bytes = KEY) -> list[float]:
    """When the blocks of a recording are shown, in the order in which they lie in the file."""
    with open_sealed(path, key) as sealed, BufferedReader(sealed) as plain, av.open(plain) as file:
        return [float(packet.pts * packet.time_base) for packet in file.demux() if packet.size]


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    """The system refuses to write further, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _shown(frame: av.VideoFrame | av.AudioFrame) -> Shown:
    at = float(frame.pts * frame.time_base)
    if isinstance(frame, av.VideoFrame):
        plane = frame.planes[0]
        line = bytes(plane)[: frame.width]
        return Shown(at, (frame.width, frame.height), sum(line) / len(line))
    loudest = max(map(abs, array("f", bytes(frame.planes[0]))[: frame.samples]))
    return Shown(at, (frame.samples, 1), loudest)


def wait_until(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    """Look again and again; AssertionError when it does not happen."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)
