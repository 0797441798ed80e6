"""What recording costs the node, beside libav writing the same packets in clear.

    python -m benchmarks.media_recording

Ten rooms of two are played in real time, because what is done each second would hide in a hurry:
a participant sends 157 packets a second of 860 bytes in the mean, sound 50 times and pictures 30
times. Each side has a process of its own; a third one plays the same and records nothing, and
its processor time is taken off the others'. The rival writes one WebM per room with PyAV,
packets as they come: no reordering, no common time of sound and picture, no encryption, no
thread, nothing kept when the process is killed.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from app.media import rtp
from app.media.recording.sink import Sink
from benchmarks.figures import Figure

ROOMS, PLACES = 10, (0, 1)
SECONDS = 8.0
TICK = 0.005  # seconds; a loop under load takes so many packets at once
AIM = 0.1  # processor seconds per minute of one participant
SOUND_EVERY, PICTURE_EVERY = 0.02, 1 / 30
SOUND_BYTES, PICTURE_BYTES = 130, 1200
PACKETS_OF_FRAMES = (3, 4, 4, 3, 4, 3, 4)  # 107 a second
GOP = 90
KEY = bytes(range(32))
ROOT = Path(__file__).parents[1]

Write = Callable[[int, int, str, bytes, float], None]
Due = tuple[float, int, int, str, bytes]


def measure() -> list[Figure]:
    """Processor seconds per participant-minute: beside what is allowed and beside libav."""
    idle, ours, rival = (_apart(side) for side in ("idle", "ours", "rival"))
    minutes = ROOMS * len(PLACES) * SECONDS / 60
    mine, theirs = (ours - idle) / minutes, (rival - idle) / minutes
    unit = "CPU s/participant-minute"
    return [
        Figure("recording, sealed", unit, mine, AIM, mine / AIM, 1.0, more_is_better=False),
        Figure("recording, beside libav in clear", unit, mine, theirs, mine / theirs),
    ]


def _apart(side: str) -> float:
    program = [sys.executable, "-m", "benchmarks.media_recording", side]
    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def packets() -> list[Due]:
    """What all rooms send, in order: when, room, place, kind, packet."""
    due = [one for room in range(ROOMS) for place in PLACES for one in _participant(room, place)]
    return sorted(due, key=lambda one: one[0])


def _participant(room: int, place: int) -> list[Due]:
    chance = random.Random(room * 4 + place)  # noqa: S311 - content of packets, no secret
    begin = chance.random() * PICTURE_EVERY
    found: list[Due] = []
    for number in range(int(SECONDS / SOUND_EVERY)):
        header = struct.pack("!BBHII", 0x80, 111, number, number * 960, 1 + place)
        packet = header + chance.randbytes(SOUND_BYTES)
        found.append((begin + number * SOUND_EVERY, room, place, "audio", packet))
    sequence = 0
    for number in range(int(SECONDS / PICTURE_EVERY)):
        at = begin + number * PICTURE_EVERY
        count = PACKETS_OF_FRAMES[number % len(PACKETS_OF_FRAMES)]
        for piece in range(count):
            kind = 96 | (0x80 if piece == count - 1 else 0)
            header = struct.pack("!BBHII", 0x80, kind, sequence, number * 3000, 9 + place)
            told = struct.pack("!BBH", 0x80 if piece else 0x90, 0x80, 0x8000 | number)
            content = _beginning(number) if not piece else b""
            packet = header + told + content + chance.randbytes(PICTURE_BYTES)
            found.append((at, room, place, "video", packet))
            sequence += 1
    return found


def _beginning(number: int) -> bytes:
    """The first bytes of a frame: a keyframe now and then."""
    if number % GOP:
        return b"\x11\x00\x00"
    return b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480)


def _play(sent: list[Due], write: Write) -> None:
    """Hand the packets on as a loop would that looks every few milliseconds."""
    begun = time.monotonic()
    at = 0.0
    for due, room, place, kind, packet in sent:
        while due > at:
            time.sleep(TICK)
            at = time.monotonic() - begun
        write(room, place, kind, packet, begun + due)


def _ours(folder: Path, stack: ExitStack) -> Write:
    sinks = [Sink(folder / str(room), KEY, PLACES) for room in range(ROOMS)]
    for sink in sinks:
        stack.callback(sink.close)
    writers = [sink.write for sink in sinks]

    def write(room: int, place: int, kind: str, packet: bytes, arrival: float) -> None:
        writers[room](place, kind, packet, arrival)  # type: ignore[arg-type]  # kinds made above

    return write


class _Rival:
    """A plain recorder: strips the headers, joins the frames, hands them to libav."""

    def __init__(self, path: Path) -> None:
        options = {"live": "1", "cluster_time_limit": "500", "flush_packets": "0"}
        self._file = av.open(str(path), "w", format="webm", options=options)
        self._streams = {}
        for place in PLACES:
            picture = self._file.add_mux_stream("vp8", width=640, height=480)
            picture.time_base = Fraction(1, 90_000)
            voice = self._file.add_mux_stream("libopus", rate=48_000)
            voice.time_base = Fraction(1, 48_000)
            self._streams |= {(place, "video"): picture, (place, "audio"): voice}
        self._parts: dict[int, list[bytes]] = {place: [] for place in PLACES}
        self.close = self._file.close

    def write(self, place: int, kind: str, packet: bytes) -> None:
        header = rtp.parse(packet)
        content = packet[header.start : header.end]
        keyframe = True
        if kind == "video":
            parts = self._parts[place]
            parts.append(packet[rtp.vp8(packet, header.start, header.end).payload : header.end])
            if not header.marker:
                return
            content = b"".join(parts)
            parts.clear()
            keyframe = not content[0] & 1
        made = av.Packet(content)
        made.stream = stream = self._streams[place, kind]
        made.pts = made.dts = header.timestamp
        made.time_base = stream.time_base
        made.is_keyframe = keyframe
        self._file.mux(made)


def _rival(folder: Path, stack: ExitStack) -> Write:
    folder.mkdir()
    recorders = [_Rival(folder / str(room)) for room in range(ROOMS)]
    for recorder in recorders:
        stack.callback(recorder.close)

    def write(room: int, place: int, kind: str, packet: bytes, _arrival: float) -> None:
        recorders[room].write(place, kind, packet)

    return write


def _idle(_folder: Path, _stack: ExitStack) -> Write:
    return lambda *_: None


def _side(name: str) -> None:
    """Play for one side and print its processor seconds."""
    sent = packets()
    start = {"ours": _ours, "rival": _rival, "idle": _idle}[name]
    with TemporaryDirectory(prefix="nearside-bench-") as folder:
        with ExitStack() as stack:
            write = start(Path(folder) / "recordings", stack)
            before = time.process_time()
            _play(sent, write)
        print(time.process_time() - before)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _side(sys.argv[1])
    else:
        for figure in measure():
            print(figure.row())
