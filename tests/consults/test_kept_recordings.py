"""Recordings that are kept: who may watch them, what is written down, and how they go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.consults import jobs, queries
from app.consults.models import Presence, Recording, RecordingConsent
from app.consults.operations import present, recorder, recording
from app.consults.operations.present import Page
from app.consults.operations.standing import consult_of, settle
from app.consults.queries import VisitView
from app.consults.rules import Place
from app.consults.rules.recording import Answer, Deleter, Ending, RecordingState
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.models import AuditEvent
from app.kernel.refusal import Refusal
from app.media.recording.sealing import open_sealed
from tests.consults import reels
from tests.consults.meeting import book
from tests.support.portal import Clinic, Someone

HIS, HERS = Page("sid-his", "his-page-1", True, True), Page("sid-hers", "her-page-1", True, True)


@pytest.fixture
def appointment(clinic: Clinic) -> UUID:
    return book(clinic.portal, clinic.patient, clinic.clinician)


@pytest.fixture
def kept(clinic: Clinic, appointment: UUID) -> UUID:
    with clinic.portal.inside():
        return reels.kept(clinic.portal.actor(clinic.clinician), appointment)


def row(clinic: Clinic, number: UUID) -> Recording:
    found = db.session().get(Recording, number)
    assert found is not None
    return found


def file(clinic: Clinic, number: UUID) -> Path:
    folder: Path = clinic.portal.app.extensions["settings"].media_recordings
    return folder / f"{number.hex}{recorder.SUFFIX}"


def openings(clinic: Clinic, number: UUID) -> list[UUID | None]:
    with clinic.portal.inside():
        asked = select(AuditEvent.actor_id).where(
            AuditEvent.tag == "consults.recording_opened", AuditEvent.entity_id == number
        )
        return list(db.session().scalars(asked))


def plain(clinic: Clinic, number: UUID) -> bytes:
    with clinic.portal.inside():
        key = bytes.fromhex(row(clinic, number).key_in_hex)
    return open_sealed(file(clinic, number), key).readall()


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CLINICIAN], ids=str)
def test_the_two_of_the_visit_watch_it_and_that_is_written_down_once(
    clinic: Clinic, kept: UUID, appointment: UUID, role: Role
) -> None:
    someone: Someone = getattr(clinic, role.value)
    visitor = clinic.portal.visit(someone)
    assert f"/recordings/{kept}" in visitor.get(f"/visits/{appointment}").text
    assert f"/recordings/{kept}/film?place=1" in visitor.get(f"/recordings/{kept}").text
    whole = visitor.get(f"/recordings/{kept}/film")
    assert (whole.status_code, whole.mimetype) == (200, "video/webm")
    assert whole.headers["Cache-Control"] == "no-store"
    assert whole.data == plain(clinic, kept)
    turned = visitor.get(f"/recordings/{kept}/film?place=1").data
    assert turned.index(b"place 1") < turned.index(b"place 0")
    assert len(turned) == len(whole.data)
    assert openings(clinic, kept) == [someone.id]
    with clock.standing_at(clock.now() + timedelta(minutes=11)):
        visitor.get(f"/recordings/{kept}/film", headers={"Range": "bytes=5-"})
    assert openings(clinic, kept) == [someone.id] * 2


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-899", 100, 900), ("bytes=2000-", 2000, None)],
)
def test_a_player_gets_the_piece_that_it_asks_for(
    clinic: Clinic, kept: UUID, asked: str, begin: int, end: int | None
) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    answer = visitor.get(f"/recordings/{kept}/film", headers={"Range": asked})
    whole = plain(clinic, kept)
    assert answer.status_code == 206
    assert answer.data == whole[begin:end]
    assert answer.headers["Content-Range"].endswith(f"/{len(whole)}")


def test_a_piece_that_is_not_there_is_refused(clinic: Clinic, kept: UUID) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    beyond = visitor.get(f"/recordings/{kept}/film", headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416


def test_a_stranger_finds_nothing(clinic: Clinic, kept: UUID) -> None:
    strangers = [
        clinic.portal.person(Role.CLINICIAN),
        clinic.portal.patient(clinic.clinician),
        clinic.administrator,
    ]
    for someone in strangers:
        visitor = clinic.portal.visit(someone)
        for path in ("", "/film", "/delete"):
            assert visitor.get(f"/recordings/{kept}{path}").status_code == 404
    assert openings(clinic, kept) == []


def test_a_file_that_was_tampered_with_is_not_played(clinic: Clinic, kept: UUID) -> None:
    path = file(clinic, kept)
    path.write_bytes(path.read_bytes()[:60] + bytes(path.stat().st_size - 60))
    visitor = clinic.portal.visit(clinic.patient)
    assert visitor.get(f"/recordings/{kept}/film").status_code == 404
    assert openings(clinic, kept) == []


def test_the_patient_has_it_destroyed(clinic: Clinic, kept: UUID) -> None:
    visitor = clinic.portal.visit(clinic.patient)
    path = f"/recordings/{kept}/delete"
    visitor.get(path)
    assert visitor.send(path).status_code == 303
    assert not file(clinic, kept).exists()
    with clinic.portal.inside():
        one = row(clinic, kept)
        assert (one.state, one.deleted_for) == (RecordingState.DELETED, Deleter.PATIENT)
        assert one.sealed_key is None
    for page in (f"/recordings/{kept}", f"/recordings/{kept}/film", path):
        assert visitor.get(page).status_code == 404


def test_after_a_year_it_goes_by_itself(clinic: Clinic, kept: UUID) -> None:
    with clinic.portal.inside():
        with clock.standing_at(clock.now() + timedelta(days=364)):
            jobs.expire_recordings()
        assert file(clinic, kept).exists()
        with clock.standing_at(clock.now() + timedelta(days=366)):
            jobs.expire_recordings()
        assert row(clinic, kept).deleted_for is Deleter.TIME
    assert not file(clinic, kept).exists()


# ---------------------------------------------------------------- while it runs


def seen(clinic: Clinic, appointment: UUID) -> VisitView:
    found = queries.visit(clinic.portal.actor(clinic.clinician), appointment)
    assert found is not None
    return found


def running(clinic: Clinic, appointment: UUID) -> UUID:
    """Both are in the call, which a node records that does not answer any more."""
    one = seen(clinic, appointment)
    for someone, page in ((clinic.patient, HERS), (clinic.clinician, HIS)):
        present.enter(one, clinic.portal.actor(someone), page, joining=True)
    moments = dict.fromkeys(("asked_at", "agreed_at", "began_at"), clock.now())
    with db.writing() as session:
        consult = consult_of(session, one)
        call = queries.present_call(consult.id)
        assert call is not None
        row = Recording(
            consult_id=consult.id,
            patient_id=consult.patient_id,
            call_id=call.id,
            state=RecordingState.RUNNING,
            wording=1,
            asked_by=clinic.clinician.id,
            node="node-0",
            file="a-file",
            **moments,
        )
        row.key_in_hex = "00" * 32
        session.add(row)
        session.flush()
        for place, someone in enumerate((clinic.patient, clinic.clinician)):
            said = {"answer": Answer.AGREED, "wording": 1, "at": clock.now(), "place": place}
            session.add(RecordingConsent(recording_id=row.id, person_id=someone.id, **said))
    return row.id


def ending(clinic: Clinic, number: UUID) -> tuple[RecordingState, Ending | None]:
    found = row(clinic, number)
    return found.state, found.ending


def test_who_comes_in_without_having_been_asked_ends_it(clinic: Clinic, appointment: UUID) -> None:
    with clinic.portal.inside():
        number = running(clinic, appointment)
        with db.writing() as session:
            consult = consult_of(session, seen(clinic, appointment))
            session.add(
                Presence(
                    consult_id=consult.id,
                    person_id=clinic.coordinator.id,
                    place=Place.CALL,
                    sid="sid-third",
                    connection="a-third-page",
                    connected=False,
                    since=clock.now(),
                    beat_at=clock.now(),
                )
            )
            settle(session, consult)
        assert ending(clinic, number) == (RecordingState.KEPT, Ending.JOINED)


def test_who_hangs_up_ends_it_and_who_reloads_does_not(clinic: Clinic, appointment: UUID) -> None:
    with clinic.portal.inside():
        number = running(clinic, appointment)
        present.lose(HERS.sid)
        assert ending(clinic, number) == (RecordingState.RUNNING, None)
        one = seen(clinic, appointment)
        present.leave(one, clinic.portal.actor(clinic.clinician), HIS)
        assert ending(clinic, number) == (RecordingState.KEPT, Ending.LEFT)


def test_a_node_that_does_not_answer_ends_it_and_is_asked_again(
    clinic: Clinic, appointment: UUID
) -> None:
    with clinic.portal.inside():
        number = running(clinic, appointment)
        jobs.watch_recordings()
        assert ending(clinic, number) == (RecordingState.KEPT, Ending.FAILED)
        assert row(clinic, number).seconds is None
        with clock.standing_at(clock.now() + timedelta(minutes=11)):
            jobs.watch_recordings()
        assert row(clinic, number).seconds is not None


def test_a_yes_is_taken_back_at_any_time_and_from_any_page(
    clinic: Clinic, appointment: UUID
) -> None:
    with clinic.portal.inside():
        number = running(clinic, appointment)
        one, ana = seen(clinic, appointment), clinic.portal.actor(clinic.patient)
        recording.withdraw(one, ana, number)
        assert ending(clinic, number) == (RecordingState.KEPT, Ending.WITHDRAWN)
        with pytest.raises(Refusal):
            recording.withdraw(one, ana, number)
        with pytest.raises(Refusal):
            recording.answer(one, ana, number, agreed=True)


def test_the_patient_asks_for_no_recording(clinic: Clinic, appointment: UUID) -> None:
    ana = clinic.portal.actor(clinic.patient)
    with clinic.portal.inside():
        one = seen(clinic, appointment)
        with pytest.raises(Refusal):
            recording.ask(one, ana, HERS.sid, HERS.connection)
