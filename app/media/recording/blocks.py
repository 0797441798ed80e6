"""The blocks of a recording: laid on its own time, put in order, bundled into clusters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import inf

from app.media.recording.lanes import Counts, PictureLane, SoundLane
from app.media.recording.matroska import NOMINAL_SIZE, Block, Cue, Track, cluster, head
from app.media.recording.timeline import PlaceTime

HOLD = 250  # milliseconds in which an earlier block of another track may still come
CLUSTER_SPAN = 2000  # milliseconds, at most, and bytes, more or less: what a player reads to
CLUSTER_BYTES = 512 * 1024  # show one frame
CUE_EVERY = 2000  # milliseconds
MOST_CUES = 50_000  # so many fit in a head: seven hours of four places
LAST_BLOCK = 20  # milliseconds the last block is taken to last


class Room:
    """Packets of up to four places in, heads and clusters out: no clock, no file, no thread."""

    def __init__(self, places: Sequence[int], started: float) -> None:
        self._started = started
        self._origin = self._newest = -inf
        self._blocks: list[Block] = []
        self._held = 0
        self._last: dict[int, int] = {}
        self._laid: set[int] = set()
        self._declared: frozenset[int] = frozenset()
        self._cues: list[Cue] = []
        self._cued: dict[int, int] = {}
        self._written = self._until = 0
        self._sounds: dict[int, SoundLane] = {}
        self._pictures: dict[int, PictureLane] = {}
        self._lanes: dict[str, Mapping[int, SoundLane | PictureLane]] = {
            "audio": self._sounds,
            "video": self._pictures,
        }
        for place in places:
            time = PlaceTime()
            video, audio = _numbers(place)
            self._pictures[place] = PictureLane(video, time, self._lay)
            self._sounds[place] = SoundLane(audio, time, self._lay)

    @property
    def full(self) -> bool:
        """Whether so much is waiting that it should be written now."""
        return self._held >= CLUSTER_BYTES

    @property
    def milliseconds(self) -> int:
        """How long the recording is, as far as it was given out in clusters."""
        return self._until

    def take(self, place: int, kind: str, packet: bytes, arrival: float) -> None:
        """Take one packet. ValueError: it cannot be recorded. KeyError: no such place or kind."""
        lane = self._lanes[kind][place]
        if self._origin == -inf:
            self._origin = arrival
        if arrival > self._newest:  # noqa: PLR1730 - for every packet, and max() takes thrice as long
            self._newest = arrival
        lane.take(packet, arrival)

    def report(self, place: int, kind: str, ntp: float, timestamp: int) -> None:
        """Take what a sender report tells. ValueError, KeyError: as in take."""
        self._lanes[kind][place].clock.learn(ntp, timestamp)

    def clusters(self, *, last: bool = False) -> Iterator[bytes]:
        """What is due to be written; at the last everything."""
        now = inf if last else self._newest
        for lane in chain.from_iterable(lanes.values() for lanes in self._lanes.values()):
            lane.window.expire(now)
        for run in _runs(self._due(last=last)):
            content = cluster(run)
            self._laid.update(block.track for block in run)
            self._cue(run)
            self._written += len(content)
            self._until = max(self._until, run[-1].time + LAST_BLOCK)
            yield content

    def _due(self, *, last: bool) -> Sequence[Block]:
        """Take out, in order, the blocks before which none may come any more."""
        self._blocks.sort()
        horizon = inf if last else (self._newest - self._origin) * 1000 - HOLD
        due = bisect_left(self._blocks, horizon, key=_time)
        if sum(len(block.frame) for block in self._blocks[due:]) >= CLUSTER_BYTES:
            due = len(self._blocks)  # memory comes before order
        blocks, self._blocks = self._blocks[:due], self._blocks[due:]
        self._held = sum(len(block.frame) for block in self._blocks)
        return blocks

    def waiting(self) -> frozenset[int]:
        """The places whose picture cannot be recorded before its next keyframe."""
        return frozenset(place for place, lane in self._pictures.items() if lane.waits)

    def counts(self) -> dict[tuple[int, str], Counts]:
        """What became of the packets of each stream that had any."""
        found = {}
        for place, picture in self._pictures.items():
            for kind, lane in (("audio", self._sounds[place]), ("video", picture)):
                if lane.source.known:
                    found[place, kind] = lane.counts()
        return found

    def head(self, *, last: bool = False) -> bytes:
        """The head of the clusters given out so far, or, when those are all, the one to end with.

        It declares what is in them: a player would wait for a picture or a voice that never comes.
        Whoever was neither seen nor heard keeps a silent track, so that every place is in the file.
        """
        self._declared = frozenset(self._laid)
        tracks = []
        for place, picture in self._pictures.items():
            video, audio = _numbers(place)
            if video in self._laid:
                tracks.append(Track(video, "video", f"place {place}", picture.size or NOMINAL_SIZE))
            if audio in self._laid or video not in self._laid:
                tracks.append(Track(audio, "audio", f"place {place}"))
        ended = (self.milliseconds, self._written) if last else None
        return head(tracks, self._started, self._cues if last else (), ended)

    @property
    def outgrown(self) -> bool:
        """Whether clusters were given out with a track that the latest head does not declare."""
        return not self._laid <= self._declared

    def _lay(self, at: float, track: int, frame: bytes, keyframe: bool) -> None:
        """Put a frame in its time; those of one track never stand still nor go back."""
        time = max(self._last.get(track, -1) + 1, round((at - self._origin) * 1000))
        self._last[track] = time
        self._blocks.append(Block(time, track, keyframe, frame))
        self._held += len(frame)

    def _cue(self, run: Sequence[Block]) -> None:
        """Name this cluster in the index for each track that can be played from here."""
        for time, track, keyframe, _ in run:
            due = self._cued.get(track, -CUE_EVERY) + CUE_EVERY <= time
            if keyframe and due and len(self._cues) < MOST_CUES:
                self._cued[track] = time
                self._cues.append(Cue(time, track, self._written))


def _numbers(place: int) -> tuple[int, int]:
    """The tracks of a place: picture and sound."""
    return 2 * place + 1, 2 * place + 2


def _time(block: Block) -> int:
    return block.time


def _runs(blocks: Sequence[Block]) -> Iterator[Sequence[Block]]:
    """Cut into what a cluster may hold."""
    begin = size = 0
    for index, block in enumerate(blocks):
        if block.time - blocks[begin].time > CLUSTER_SPAN or size > CLUSTER_BYTES:
            yield blocks[begin:index]
            begin, size = index, 0
        size += len(block.frame)
    if blocks:
        yield blocks[begin:]
