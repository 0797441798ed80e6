"""A recording from the packets of a room to frames on a screen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.media.recording.sink import Figures, Sink
from tests.media.recording.material import KEY, Sender, Sent, in_order, pictures, play, sound

FRAMES, PACKETS = 90, 150  # of three seconds


def record(path: Path, sent: Iterable[Sent], reports: Iterable[tuple] = ()) -> Figures:
    sink = Sink(path, KEY)
    for report in reports:
        sink.report(*report)
    for arrival, place, kind, packet in sent:
        sink.write(place, kind, packet, arrival)
    sink.close()
    assert sink.ended is None
    return sink.figures()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "one.webm.sealed"


def both(sender: Sender) -> list[Sent]:
    return in_order(sender.audio(sound(3)), sender.video(pictures(3)))


def test_two_people_are_heard_and_seen_to_the_last_frame(path: Path) -> None:
    sent = in_order(both(Sender(0)), both(Sender(1, ssrc=77)))
    figures = record(path, sent)
    shown = play(path)
    assert {track: len(frames) for track, frames in shown.items()} == {
        1: FRAMES,
        2: PACKETS,
        3: FRAMES,
        4: PACKETS,
    }
    assert figures.seconds == pytest.approx(3.0, abs=0.1)
    assert figures.refused == {"audio": 0, "video": 0}
