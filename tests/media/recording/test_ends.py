"""How recordings end that nobody closed: the process killed, the disk full, the writer behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from app.media.recording.sealing import open_sealed
from app.media.recording.sink import DISK_FULL, LONGEST_PACKET, MOST_PACKETS, MOST_PICTURES, Sink
from tests.media.recording.material import (
    KEY,
    Sender,
    Sent,
    declared,
    in_order,
    no_file_longer_than,
    pictures,
    play,
    sound,
    wait_until,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "one"


def call(seconds: float = 3) -> list[Sent]:
    return in_order(Sender().audio(sound(seconds)), Sender().video(pictures(seconds)))


def test_a_killed_recording_plays_up_to_its_last_second(path: Path) -> None:
    program = [sys.executable, "-m", "tests.media.recording.caller", str(path), "9"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout
        written = 0.0
        while written < 4.0:
            written = float(caller.stdout.readline())
        caller.kill()
        rest = caller.stdout.read().split()
    written = float(rest[-1]) if rest else written
    with open_sealed(path, KEY) as sealed:
        assert sealed.cut
    shown = play(path)
    assert set(shown) == {1, 2, 3, 4, 6}
    # No player waits for somebody who was not seen; who was not heard either has a silent track.
    assert declared(path) == set(shown) | {8}
    assert shown[3][0].at == pytest.approx(2.0, abs=0.1)
    for track, frames in shown.items():
        rate = 30 if track % 2 else 50
        assert frames[-1].at > written - 1.0, track
        assert len(frames) == pytest.approx((frames[-1].at - frames[0].at) * rate + 1, abs=1)
        assert all(before.at < after.at for before, after in pairwise(frames))


def test_a_track_is_declared_as_soon_as_something_of_it_is_on_the_disk(path: Path) -> None:
    sink = Sink(path, KEY, (0, 1))
    sent = call(6)
    for arrival, place, kind, packet in sent[: len(sent) // 2]:
        sink.write(place, kind, packet, arrival)
    wait_until(lambda: sink.figures().seconds > 1.5)
    assert declared(path) == {1, 2, 4}
    film = Sender(1, ssrc=77).video([one._replace(at=one.at + 3) for one in pictures(3)])
    for arrival, place, kind, packet in in_order(sent[len(sent) // 2 :], film):
        sink.write(place, kind, packet, arrival)
    wait_until(lambda: sink.figures().seconds > 5)
    assert declared(path) == set(play(path)) == {1, 2, 3}
    sink.close()
    with open_sealed(path, KEY) as sealed:
        assert not sealed.cut
    assert declared(path) == set(play(path)) == {1, 2, 3}
    assert len(play(path)[3]) == 90


def test_a_running_recording_can_be_read_up_to_what_is_on_the_disk(path: Path) -> None:
    sink = Sink(path, KEY)
    for arrival, place, kind, packet in call():
        sink.write(place, kind, packet, arrival)
    wait_until(lambda: sink.figures().seconds > 2.5)
    assert len(play(path)[2]) > 120
    sink.close()
    assert len(play(path)[2]) == 150


def test_a_full_disk_ends_the_recording_with_its_reason_and_keeps_what_there_is(path: Path) -> None:
    sink = Sink(path, KEY)
    sent = call(12)
    with no_file_longer_than(300_000):
        for index, (arrival, place, kind, packet) in enumerate(sent):
            sink.write(place, kind, packet, arrival)
            if not index % 500:
                time.sleep(0.6)
        wait_until(lambda: sink.ended is not None)
        sink.write(0, "audio", sent[0].packet, 501.0)
        assert sink.figures().waiting == 0
        assert sink.needs_keyframe() == frozenset()
        seconds = sink.close()
    assert sink.ended == DISK_FULL
    assert sink.close() == seconds
    shown = play(path)
    assert 1.0 < seconds < 11.0
    assert shown[2][-1].at == pytest.approx(seconds, abs=0.1)
    assert path.stat().st_size <= 300_000


def test_no_room_for_even_the_first_chunk_leaves_a_file_that_opens_as_nothing(path: Path) -> None:
    sink = Sink(path, KEY)
    with no_file_longer_than(64):
        for arrival, place, kind, packet in call():
            sink.write(place, kind, packet, arrival)
        assert sink.close() == 0.0
    assert sink.ended == DISK_FULL
    with open_sealed(path, KEY) as sealed:
        assert (sealed.readall(), sealed.cut) == (b"", True)


def test_a_file_that_is_there_already_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"mine")
    before = threading.active_count()
    with pytest.raises(FileExistsError):
        Sink(path, KEY)
    assert path.read_bytes() == b"mine"
    assert threading.active_count() == before


def test_a_writer_that_is_behind_turns_pictures_away_before_sound(path: Path) -> None:
    sink = Sink(path, KEY)
    heard, seen = Sender().audio(sound(15)), Sender().video(pictures(12))
    begun = time.monotonic()
    for _, place, kind, packet in (*seen, *seen, *heard):
        sink.write(place, kind, packet, 501.0)
    assert time.monotonic() - begun < 0.5
    refused = sink.figures().refused
    sink.close()
    assert sink.ended is None
    assert refused["video"] > 0
    assert refused["audio"] == 0
    assert len(play(path)[2]) == len(heard)


def test_memory_stays_bounded_however_fast_packets_come(path: Path) -> None:
    sink = Sink(path, KEY)
    sent = Sender().video(pictures(3))[0].packet
    tracemalloc.start()
    for number in range(60_000):
        packet = sent[:2] + (number % 0x10000).to_bytes(2, "big") + sent[4:] + bytes(1000)
        sink.write(0, "video", packet, 501.0 + number / 1e5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    sink.write(0, "audio", bytes(LONGEST_PACKET + 1), 502.0)
    figures = sink.figures()
    assert figures.waiting <= MOST_PICTURES < MOST_PACKETS
    assert figures.refused["video"] > 20_000
    assert figures.refused["audio"] == 1
    assert peak < 20 * 2**20
    sink.close()
