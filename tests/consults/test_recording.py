"""Recording a visit: asked, agreed to, refused, taken back, and what is in the file afterwards."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.consults.models import Recording, RecordingConsent
from app.consults.rules.recording import Answer, Ending, RecordingState
from app.kernel import db
from app.kernel.models import AuditEvent
from app.media.recording.sealing import Sealed, open_sealed
from tests.consults.caller import until
from tests.consults.meeting import Hall, Meeting, flows, reaches
from tests.consults.test_lock import locks, seal
from tests.consults.test_paths import MediaNode, goes

pytestmark = pytest.mark.long

RECORDED = 4000  # milliseconds
# Bytes of a file for which the disk has room: some seconds of a call.
ROOM = 300_000


@pytest.fixture(scope="module")
def running_node(hall: Hall) -> Iterator[MediaNode]:
    """One node for this module."""
    node = MediaNode(hall._directory)
    yield node
    node.kill()


@pytest.fixture
def node(running_node: MediaNode) -> MediaNode:
    """The node, running."""
    if running_node.process.poll() is not None:
        running_node.start()
    return running_node


def ask(clinician: Page) -> None:
    clinician.get_by_role("button", name="Record this visit").click()


def answers(page: Page, word: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=word).click()


def recorded(meeting: Meeting, *, dark: bool = False) -> tuple[Page, Page]:
    """Both in the call, which is being recorded; the patient's camera may be off."""
    patient, clinician = meeting.both()
    if dark:
        patient.get_by_role("button", name="Camera off").click()
    for page in (patient, clinician):
        locks(page)
    ask(clinician)
    answers(clinician, "Yes")
    answers(patient, "Yes")
    for page in (patient, clinician):
        stands(page, "running")
    return patient, clinician


def stands(page: Page, state: str) -> None:
    page.locator(f"html[data-recording={state}]").wait_for(state="attached")


def is_told(page: Page, words: str) -> None:
    expect(page.locator("#recording-words")).to_contain_text(words)


def is_locked_again(page: Page, before: str) -> str:
    """The sign of the recording is gone, the lock is back, and with another code."""
    expect(page.locator("#recording-sign")).to_be_hidden()
    code = locks(page)
    assert code != before
    return code


def row(meeting: Meeting) -> Recording:
    with meeting.portal.inside():
        found = select(Recording).where(Recording.patient_id == meeting.patient.patient_id)
        return db.session().scalars(found.order_by(Recording.asked_at.desc())).first()


def closed(meeting: Meeting) -> Recording:
    """The recording, once its file is closed."""
    until(lambda: row(meeting).seconds is not None, "the file is closed")
    return row(meeting)


def folder(meeting: Meeting) -> Path:
    found: Path = meeting.portal.app.extensions["settings"].media_recordings
    return found


def files(meeting: Meeting) -> set[str]:
    return {one.name for one in folder(meeting).glob("*")}


def played(meeting: Meeting) -> tuple[dict[str, list[float]], bool]:
    """Every frame of the file, by track's name and kind: its times; and whether it was cut off."""
    found: dict[str, list[float]] = {}
    sealed = film(meeting)
    with av.open(sealed) as file:
        for packet in file.demux():
            for frame in packet.decode():
                found.setdefault(named(packet.stream), []).append(float(frame.time or 0.0))
    return found, sealed.cut


def tracks(meeting: Meeting) -> set[str]:
    """The tracks that the file declares, by name and kind."""
    with av.open(film(meeting)) as file:
        return {named(stream) for stream in file.streams}


def film(meeting: Meeting) -> Sealed:
    one = row(meeting)
    with meeting.portal.inside():
        key = bytes.fromhex(db.session().get(Recording, one.id).key_in_hex)
    return open_sealed(folder(meeting) / one.file, key)


def named(stream: Any) -> str:
    return f"{place(stream)} {stream.type}"


def place(stream: Any) -> str:
    return str(stream.metadata["title"]).removeprefix("place ")


def tags(meeting: Meeting) -> list[tuple[str, Any]]:
    with meeting.portal.inside():
        asked = select(AuditEvent).where(
            AuditEvent.patient_id == meeting.patient.patient_id, AuditEvent.entity == "recording"
        )
        rows = db.session().scalars(asked.order_by(AuditEvent.at))
        return [(one.tag.removeprefix("consults.recording_"), one.detail) for one in rows]


def test_what_everybody_agreed_to_is_recorded_and_the_lock_comes_back(
    meeting: Meeting, node: MediaNode
) -> None:
    patient, clinician = meeting.both()
    code = locks(patient)
    ask(clinician)
    for page in (patient, clinician):
        question = page.get_by_role("dialog", name="May this visit be recorded?")
        expect(question).to_contain_text("You may say no.")
        expect(page.locator("#recording-sign")).to_be_hidden()
        assert seal(page)["counts"]["bare"] == 0
    answers(clinician, "Yes")
    is_told(clinician, "begins when everybody has said yes")
    expect(clinician.locator("#recording-sign")).to_be_hidden()
    answers(patient, "Yes")
    for page in (patient, clinician):
        stands(page, "running")
        expect(page.locator("#recording-sign")).to_have_text("Recording")
        expect(page.locator("#recording-sign")).to_be_visible()
        expect(page.locator("#lock")).to_be_hidden()
        goes(page, "relay")
        flows(page)
        assert seal(page)["state"] == "bare"
    patient.wait_for_timeout(RECORDED)
    clinician.get_by_role("button", name="Stop the recording").click()
    for page in (patient, clinician):
        is_told(page, "The recording has stopped and is kept.")
        reaches(page, "connected")
    assert is_locked_again(patient, code) == is_locked_again(clinician, code)
    flows(patient)
    flows(clinician)
    is_whole(meeting)
    said = [tag for tag, _ in tags(meeting)]
    assert said == ["asked", "answered", "answered", "begun", "ended"]


def is_whole(meeting: Meeting) -> None:
    """Everything of both is in the file, from the first second to the last."""
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.STOPPED)
    assert one.seconds >= 4
    frames, cut = played(meeting)
    assert not cut
    for track, each_second in (("video", 4), ("audio", 40)):
        for place in (0, 1):
            times = frames[f"{place} {track}"]
            assert len(times) > each_second * one.seconds
            assert times[0] < 2
            assert times[-1] > one.seconds - 2


def test_one_no_is_enough_and_nothing_is_recorded(meeting: Meeting, node: MediaNode) -> None:
    before = files(meeting)
    patient, clinician = meeting.both()
    code = locks(patient)
    ask(clinician)
    answers(clinician, "Yes")
    answers(patient, "No")
    for page in (patient, clinician):
        is_told(page, "Nothing is recorded: somebody said no.")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.locator("#lock-code")).to_have_text(code)
        expect(page.locator("#recording-sign")).to_be_hidden()
        assert seal(page)["counts"]["bare"] == 0
        flows(page)
    one = row(meeting)
    assert (one.state, one.ending, one.file) == (RecordingState.REFUSED, Ending.REFUSED, None)
    assert one.sealed_key is None
    assert files(meeting) == before
    assert [tag for tag, _ in tags(meeting)] == ["asked", "answered", "answered", "ended"]


def test_a_yes_taken_back_stops_at_once_and_nothing_comes_after(
    meeting: Meeting, node: MediaNode
) -> None:
    patient, clinician = recorded(meeting, dark=True)
    patient.wait_for_timeout(2000)
    patient.get_by_role("button", name="Stop the recording").click()
    for page in (patient, clinician):
        is_told(page, "because somebody took back their yes")
        expect(page.locator("#recording-sign")).to_be_hidden()
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.WITHDRAWN)
    size = (folder(meeting) / one.file).stat().st_size
    for page in (patient, clinician):
        reaches(page, "connected")
        locks(page)
    patient.wait_for_timeout(2000)
    assert (folder(meeting) / one.file).stat().st_size == size
    frames, cut = played(meeting)
    assert not cut
    # No player waits for a picture of somebody who was not seen.
    assert set(frames) == tracks(meeting) == {"0 audio", "1 audio", "1 video"}
    longest = (one.ended_at - one.began_at).total_seconds() + 1.0
    assert max(times[-1] for times in frames.values()) < longest
    with meeting.portal.inside():
        asked = select(RecordingConsent).where(RecordingConsent.recording_id == one.id)
        said = {(each.person_id, each.answer) for each in db.session().scalars(asked)}
    assert said == {
        (meeting.clinician.id, Answer.AGREED),
        (meeting.patient.id, Answer.AGREED),
        (meeting.patient.id, Answer.WITHDRAWN),
    }


def test_a_node_that_dies_leaves_all_but_the_last_second_and_people_are_told(
    meeting: Meeting, node: MediaNode
) -> None:
    patient, clinician = recorded(meeting, dark=True)
    patient.wait_for_timeout(RECORDED)
    node.kill()
    for page in (patient, clinician):
        is_told(page, "The recording has stopped because of a fault.")
        expect(page.locator("#recording-sign")).to_be_hidden()
        reaches(page, "connected")
        locks(page)
    patient.get_by_role("button", name="Camera on").click()
    for page in (patient, clinician):
        flows(page)
    node.start()
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.FAILED)
    frames, cut = played(meeting)
    assert cut
    # Nobody waits here either for a picture of somebody who was not seen.
    assert set(frames) == tracks(meeting) == {"0 audio", "1 video", "1 audio"}
    for track in frames:
        assert frames[track][-1] > RECORDED / 1000 - 1.5


def test_a_full_disk_ends_the_recording_and_not_the_call(meeting: Meeting, node: MediaNode) -> None:
    with no_longer_files(node):
        patient, clinician = recorded(meeting)
        for page in (patient, clinician):
            is_told(page, "The recording has stopped because of a fault.")
            expect(page.locator("#recording-sign")).to_be_hidden()
    for page in (patient, clinician):
        reaches(page, "connected")
        locks(page)
        flows(page)
    one = closed(meeting)
    assert (one.state, one.ending) == (RecordingState.KEPT, Ending.FAILED)
    frames, cut = played(meeting)
    assert cut
    assert frames["0 audio"]
    assert (folder(meeting) / one.file).stat().st_size <= ROOM


@contextmanager
def no_longer_files(node: MediaNode) -> Iterator[None]:
    """Let the node's machine refuse to write further, as it does on a full disk."""
    pid = node.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_a_reload_in_the_middle_goes_on_being_recorded(meeting: Meeting, node: MediaNode) -> None:
    patient, clinician = recorded(meeting)
    patient.wait_for_timeout(1000)
    patient.reload()
    stands(patient, "running")
    expect(patient.locator("#recording-sign")).to_be_visible()
    for page in (patient, clinician):
        reaches(page, "connected")
        goes(page, "relay")
        flows(page)
        assert seal(page)["state"] == "bare"
    clinician.get_by_role("button", name="Hang up").click()
    is_told(patient, "because somebody left the call")
    assert closed(meeting).ending is Ending.LEFT
    frames, _ = played(meeting)
    # Seen before the reload and after it.
    assert frames["0 video"][0] < 2
    assert frames["0 video"][-1] > 3
