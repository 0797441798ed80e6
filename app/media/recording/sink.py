"""The recording of one room: packets from the media loop, a sealed WebM file from a thread.

The loop only ever appends to a queue and looks at its length. When the thread cannot follow,
because the disk or the machine is slow, the queue fills; pictures are turned away first, sound
when there is no other way. What is turned away is a gap like any other: the file stays whole.
"""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.media.logs import Log
from app.media.recording.blocks import Room
from app.media.recording.lanes import Counts
from app.media.recording.sealing import Sealer

Kind = Literal["audio", "video"]

PLACES = (0, 1, 2, 3)
MOST_PACKETS = 4096  # waiting: six seconds of four places, 8 MiB
MOST_PICTURES = 3072
LONGEST_PACKET = 2048  # bytes; no network the node listens on carries more
TURN = 0.24  # seconds between two looks at the queue: waking costs more than a packet does
WRITE_EVERY = 2  # turns; with what is held for its order, 0.73 s are lost when we are killed
SYNC_EVERY = 4  # turns; so much more is lost with the machine
BREATH = 64  # packets after which the loop may have the interpreter
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

log = Log("recording")


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a recording ended before it was closed: "disk-full", "disk-failed" or "fault"."""

    code: str
    words: str


DISK_FULL = Ended("disk-full", "The recording stopped because there is no room left for it.")
DISK_FAILED = Ended("disk-failed", "The recording stopped because it could not be written.")
FAULT = Ended("fault", "The recording stopped because of a fault in the program.")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a recording has seen. `refused`: packets turned away because the writer was behind."""

    seconds: float
    refused: dict[str, int]
    unreadable: int
    waiting: int
    streams: dict[tuple[int, str], Counts]


class Sink:
    """Records one room to one file. Made and closed in a thread, fed from the loop."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        places: Sequence[int] = PLACES,
        started: float | None = None,
    ) -> None:
        """Make the file, which must not be there yet, and start the writer.

        `key` has 32 bytes, `started` is in seconds since 1970. Blocks on the disk: call it
        through `asyncio.to_thread`. OSError: the file exists or cannot be made.
        """
        self._room = Room(places, time.time() if started is None else started)
        self._sealer = Sealer(path, key)
        self._queue: deque[tuple[int, str, bytes | tuple[float, int], float]] = deque()
        self._limits = {"audio": MOST_PACKETS, "video": MOST_PICTURES}
        self._refused = {"audio": 0, "video": 0}
        self._unreadable = 0
        self._headed = False
        self._seconds = 0.0
        self._turns = 0
        self._stop = threading.Event()
        self.ended: Ended | None = None
        self._writer = threading.Thread(target=self._run, name="recording", daemon=True)
        self._writer.start()

    def write(self, place: int, kind: Kind, packet: bytes, arrival: float) -> None:
        """Take one plain RTP packet, which must not change afterwards. Never blocks or raises.

        `arrival` is in seconds of the monotonic clock.
        """
        queue = self._queue
        if len(queue) < self._limits[kind] and len(packet) <= LONGEST_PACKET:
            queue.append((place, kind, packet, arrival))
        else:
            self._refused[kind] += 1

    def report(self, place: int, kind: Kind, ntp: float, rtp_timestamp: int) -> None:
        """Take what a sender report says: this time of the sender, in seconds, this timestamp."""
        if len(self._queue) < self._limits[kind]:
            self._queue.append((place, kind, (ntp, rtp_timestamp), 0.0))

    def needs_keyframe(self) -> frozenset[int]:
        """The places to be asked for a keyframe: nothing of their picture is recorded until one."""
        return frozenset() if self.ended else self._room.waiting()

    def figures(self) -> Figures:
        """What was seen so far."""
        return Figures(
            self._seconds,
            dict(self._refused),
            self._unreadable,
            len(self._queue),
            self._room.counts(),
        )

    def close(self) -> float:
        """Write what is left, close the file, and tell the seconds recorded.

        Blocks on the disk: call it through `asyncio.to_thread`. Calling it again does no harm.
        `ended` tells afterwards whether the file came to its proper end.
        """
        self._stop.set()
        self._writer.join()
        return self._seconds

    def _run(self) -> None:
        """The writer thread, from the first packet to the end of the file."""
        ended: Ended | None = FAULT
        try:
            self._keep_writing()
            self._drain()
            self._write(last=True)
            self._sealer.finish(self._room.head(last=True))
            ended = None
        except OSError as error:
            ended = DISK_FULL if error.errno in NO_ROOM else DISK_FAILED
            log.warning(
                "recording_ended", code=ended.code, error=errno.errorcode.get(error.errno or 0)
            )
        except Exception:
            log.exception("recording_ended", code=FAULT.code)
        finally:
            self._end(ended)

    def _keep_writing(self) -> None:
        """Turn by turn until it is closed."""
        while not self._stop.wait(TURN):
            self._turns += 1
            self._drain()
            if not self._turns % WRITE_EVERY:
                self._write()
            if not self._turns % SYNC_EVERY:
                self._sealer.sync()

    def _end(self, ended: Ended | None) -> None:
        """Take no more packets, keep none, and let go of the file."""
        self.ended = ended
        self._limits = dict.fromkeys(self._limits, 0)
        self._queue.clear()
        self._sealer.close()

    def _drain(self) -> None:
        """Work through what the queue holds."""
        queue, room = self._queue, self._room
        for count in range(1, len(queue) + 1):
            place, kind, content, arrival = queue.popleft()
            try:
                if isinstance(content, tuple):
                    room.report(place, kind, *content)
                else:
                    room.take(place, kind, content, arrival)
            except (ValueError, KeyError):
                self._unreadable += 1
            if not count % BREATH:
                if room.full:
                    self._write()
                time.sleep(0)

    def _write(self, *, last: bool = False) -> None:
        for cluster in self._room.clusters(last=last):
            if not self._headed:
                self._sealer.append(self._room.head())
                self._headed = True
            elif self._room.outgrown:
                self._sealer.renew(self._room.head())
            self._sealer.append(cluster)
            self._seconds = self._room.milliseconds / 1000
