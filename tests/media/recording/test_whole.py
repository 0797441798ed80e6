"""A recording from the packets of a room to frames on a screen."""

from __future__ import annotations

import random
from collections.abc import Iterable
from io import BufferedReader
from itertools import pairwise
from pathlib import Path

import av
import pytest

from app.media.recording.sealing import open_sealed
from app.media.recording.sink import Figures, Sink
from tests.media.recording.material import (
    KEY,
    Encoded,
    Sender,
    Sent,
    Shown,
    in_order,
    order,
    pictures,
    play,
    sound,
    wait_until,
)

FRAMES, PACKETS = 90, 150  # of three seconds
Report = tuple[int, str, float, int]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "one"


def record(
    path: Path, sent: Iterable[Sent], reports: Iterable[tuple[float, Report]] = ()
) -> Figures:
    """Write packets, and reports once the packets up to their time of arrival are written."""
    sink = Sink(path, KEY)
    due = sorted(reports)
    for arrival, place, kind, packet in sent:
        while due and due[0][0] <= arrival:
            sink.report(*due.pop(0)[1])
        sink.write(place, kind, packet, arrival)
    sink.close()
    assert sink.ended is None
    return sink.figures()


def both(sender: Sender) -> list[Sent]:
    return in_order(sender.audio(sound(3)), sender.video(pictures(3)))


def numbers(shown: dict[int, list[Shown]]) -> dict[int, int]:
    return {track: len(frames) for track, frames in shown.items()}


def later(frames: Iterable[Encoded], by: float) -> list[Encoded]:
    return [frame._replace(at=frame.at + by) for frame in frames]


@pytest.mark.parametrize("places", [2, 4])
def test_everybody_is_heard_and_seen_to_the_last_frame(path: Path, places: int) -> None:
    sent = [both(Sender(place, ssrc=1000 * (place + 1))) for place in range(places)]
    figures = record(path, in_order(*sent))
    wanted = {2 * place + 1: FRAMES for place in range(places)}
    wanted |= {2 * place + 2: PACKETS for place in range(places)}
    shown = play(path)
    assert numbers(shown) == wanted
    assert all(sum(one.size[0] for one in shown[2 * n + 2]) == 144_000 for n in range(places))
    assert figures.seconds == pytest.approx(3.0, abs=0.05)
    assert figures.refused == {"audio": 0, "video": 0}


def test_one_without_a_camera_has_no_picture_in_the_file_and_is_heard(path: Path) -> None:
    unseen = Sender(1, ssrc=7).audio(sound(3))
    record(path, in_order(both(Sender()), unseen))
    with open_sealed(path, KEY) as sealed, av.open(BufferedReader(sealed)) as file:
        declared = [(one.metadata["title"], one.type) for one in file.streams]
    assert declared[:3] == [("place 0", "video"), ("place 0", "audio"), ("place 1", "audio")]
    assert "video" not in {kind for _, kind in declared[1:]}
    assert numbers(play(path)) == {1: FRAMES, 2: PACKETS, 4: PACKETS}


def test_packets_out_of_order_and_twice_change_nothing(path: Path) -> None:
    sent = both(Sender())
    mixed = [one for begin in range(0, len(sent), 5) for one in reversed(sent[begin : begin + 5])]
    # The first of a stream tells where it begins.
    record(path, [*sent[:5], *(one for one in mixed if one not in sent[:5]), *sent[-40:]])
    assert numbers(play(path)) == {1: FRAMES, 2: PACKETS}


def test_a_lost_packet_of_picture_costs_the_frames_up_to_the_next_keyframe(path: Path) -> None:
    film = pictures(3, keyframes=1.0)
    video = Sender().video(film)
    lost = next(i for i, one in enumerate(video) if one.arrival > 501.3)
    figures = record(path, in_order(Sender().audio(sound(3)), video[:lost] + video[lost + 1 :]))
    missing = figures.streams[0, "video"].frames_dropped
    assert 0 < missing <= 30
    shown = play(path)
    # A frame lost whole is not even seen to be dropped.
    assert FRAMES - missing - 1 <= len(shown[1]) <= FRAMES - missing
    assert len(shown[2]) == PACKETS
    gap = [after.at - before.at for before, after in pairwise(shown[1])]
    assert max(gap) == pytest.approx((FRAMES - len(shown[1]) + 1) / 30, abs=0.002)


def test_sound_sent_twice_over_survives_the_loss_of_every_third_packet(path: Path) -> None:
    heard = Sender().audio(sound(3), red=True)
    figures = record(path, [one for index, one in enumerate(heard) if index % 3 != 1])
    assert figures.streams[0, "audio"].recovered == 50
    shown = play(path)[2]
    assert len(shown) == PACKETS
    assert all(0.018 < after.at - before.at < 0.022 for before, after in pairwise(shown))


def test_lost_sound_leaves_a_gap_of_its_own_length(path: Path) -> None:
    heard = Sender().audio(sound(3))
    record(path, heard[:50] + heard[75:])
    shown = play(path)[2]
    assert len(shown) == PACKETS - 25
    assert shown[50].at - shown[49].at == pytest.approx(26 * 0.02, abs=0.002)


def test_somebody_who_comes_late_is_shown_from_then_on(path: Path) -> None:
    first, second = Sender(0), Sender(3, ssrc=5)
    guests = second.audio(later(sound(3), 1.5)) + second.video(later(pictures(3), 1.5))
    record(path, in_order(both(first), guests))
    shown = play(path)
    assert numbers(shown) == {1: FRAMES, 2: PACKETS, 7: FRAMES, 8: PACKETS}
    assert shown[8][0].at == pytest.approx(1.5, abs=0.01)
    assert shown[7][0].at == pytest.approx(1.5, abs=0.01)


def test_a_picture_may_change_its_size_in_mid_call(path: Path) -> None:
    film = [*pictures(1, (160, 120)), *later(pictures(1, (320, 240)), 1.0)]
    film += later(pictures(1, (80, 60)), 2.0)
    figures = record(path, Sender().video(film))
    sizes = [one.size for one in play(path)[1]]
    assert sizes == [(160, 120)] * 30 + [(320, 240)] * 30 + [(80, 60)] * 30
    assert figures.streams[0, "video"].sizes == 2


@pytest.mark.parametrize("small_first", [True, False])
def test_of_two_sizes_sent_at_once_the_larger_is_recorded(path: Path, small_first: bool) -> None:
    small = Sender(ssrc=50, start=500.0 if small_first else 500.01).video(pictures(3, (80, 60)))
    large = Sender(ssrc=60, start=500.01 if small_first else 500.0)
    shown = large.video(pictures(3, (160, 120)))
    record(path, in_order(small, shown))
    sizes = [one.size for one in play(path)[1]]
    assert sizes.count((160, 120)) == FRAMES
    assert sizes.count((80, 60)) <= 1


def test_when_the_larger_size_stops_the_smaller_is_recorded_and_back_again(path: Path) -> None:
    small = Sender(ssrc=50).video(pictures(6, (80, 60), keyframes=1.0))
    film = pictures(6, (160, 120), keyframes=1.0)
    large = Sender(ssrc=60).video([one for one in film if not 2.0 <= one.at < 4.0])
    figures = record(path, in_order(large, small))
    sizes = [one.size for one in play(path)[1]]
    assert sizes.count((160, 120)) == 120
    # Half a second of silence, then nothing before the keyframe at three seconds.
    assert sizes.count((80, 60)) == 30
    assert figures.streams[0, "video"].sizes >= 2


def test_somebody_who_comes_back_with_another_stream_goes_on_in_the_same_track(path: Path) -> None:
    again = Sender(ssrc=99, sequence=7, timestamp=77)
    sent = again.audio(later(sound(3), 5.0)) + again.video(later(pictures(3), 5.0))
    record(path, in_order(both(Sender()), sent))
    shown = play(path)
    assert numbers(shown) == {1: 2 * FRAMES, 2: 2 * PACKETS}
    assert shown[2][PACKETS].at - shown[2][0].at == pytest.approx(5.0, abs=0.01)


def test_a_recording_that_begins_in_mid_call_asks_for_a_keyframe(path: Path) -> None:
    sent = Sender(2).video(pictures(3, keyframes=1.0))
    sink = Sink(path, KEY)
    assert sink.needs_keyframe() == frozenset()
    for one in sent[20:40]:
        sink.write(one.place, "video", one.packet, one.arrival)
    wait_until(lambda: sink.needs_keyframe() == {2})
    for one in sent[40:]:
        sink.write(one.place, "video", one.packet, one.arrival)
    wait_until(lambda: sink.needs_keyframe() == frozenset())
    sink.close()
    assert len(play(path)[5]) == 60


@pytest.mark.parametrize("ntp", [3.9e9, 3.9e9 + 7200, 0.0])
@pytest.mark.parametrize("skew", [0.0, 3e-4, -3e-4])
def test_lips_and_voice_agree_however_wrong_the_senders_clock_is(
    path: Path, ntp: float, skew: float
) -> None:
    """A flash and a beep of one moment, the picture arriving 0.2 s after its sound."""
    voice, lips = Sender(skew=skew), Sender(skew=skew, delay=0.25)
    heard, seen = sound(12, beep=10.0), pictures(12, flash=10.0)
    reports = [(500.06 + at, one) for at in (0, 5) for one in voice.reports(at, ntp)]
    record(path, in_order(voice.audio(heard), lips.video(seen)), reports)
    shown = play(path)
    flash = next(one.at for one in shown[1] if one.level > 150)
    beep = next(one.at for one in shown[2] if one.level > 0.2)
    assert abs(flash - beep) < 0.02
    assert beep == pytest.approx(10.0, abs=0.1)
    laid = order(path)
    assert sum(after < before for before, after in pairwise(laid)) == 0


def test_without_reports_each_lies_where_it_arrived(path: Path) -> None:
    heard, seen = sound(12, beep=10.0), pictures(12, flash=10.0)
    record(path, in_order(Sender().audio(heard), Sender(delay=0.25).video(seen)))
    shown = play(path)
    flash = next(one.at for one in shown[1] if one.level > 150)
    beep = next(one.at for one in shown[2] if one.level > 0.2)
    assert flash - beep == pytest.approx(0.2, abs=0.02)


def test_a_closed_recording_tells_its_length_and_can_be_entered_anywhere(path: Path) -> None:
    film = pictures(12, flash=10.0, keyframes=1.0)
    record(path, in_order(Sender().audio(sound(12)), Sender().video(film)))
    with open_sealed(path, KEY) as sealed, av.open(BufferedReader(sealed)) as file:
        assert file.duration == pytest.approx(12e6, abs=1e5)
        file.seek(9_500_000)
        frame = next(file.decode(video=0))
        assert 7.4 < frame.time <= 9.5


def test_junk_among_the_packets_is_counted_and_costs_nothing(path: Path) -> None:
    sink = Sink(path, KEY)
    sent = both(Sender())
    junk = [b"", b"\x80", bytes(12), bytes(200), b"\xbf" * 40, b"\x90\x60" + b"\xff" * 30]
    for index, one in enumerate(sent):
        sink.write(one.place, one.kind, one.packet, one.arrival)
        sink.write(one.place, one.kind, junk[index % len(junk)], one.arrival)
    sink.write(9, "audio", sent[0].packet, 501.0)
    sink.close()
    assert sink.ended is None
    assert sink.figures().unreadable == len(sent) + 1
    assert numbers(play(path)) == {1: FRAMES, 2: PACKETS}


def test_real_packets_with_bytes_changed_never_end_a_recording(path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - which bytes are changed is no secret
    sink = Sink(path, KEY)
    for turn in range(4):
        for arrival, place, kind, packet in both(Sender()):
            changed = bytearray(packet[: chance.choice([len(packet), len(packet), 20])])
            for _ in range(chance.randrange(3)):
                changed[chance.randrange(min(24, len(changed)))] = chance.randrange(256)
            sink.write(place, kind, bytes(changed), arrival + 4 * turn)
        wait_until(lambda: sink.figures().waiting == 0)
    for nonsense in (float("nan"), float("inf"), -1e300):
        sink.report(0, "audio", nonsense, 2**32)
    sink.write(0, "video", both(Sender())[0].packet, 520.0)
    sink.close()
    assert sink.ended is None
    assert play(path)[2]


def test_a_recording_of_nothing_is_a_file_that_opens(path: Path) -> None:
    figures = record(path, [])
    assert figures.seconds == 0
    with open_sealed(path, KEY) as sealed:
        assert sealed.readall().startswith(bytes.fromhex("1a45dfa3"))
        assert not sealed.cut
