"""Guests and recordings: nobody is in one who was not asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.consults.models import Presence, Recording
from app.consults.operations import guests, present
from app.consults.operations import recording as recordings
from app.consults.operations.present import Page
from app.consults.queries import guests as seen
from app.consults.queries import recording as seen_recordings
from app.consults.rules.recording import Ending, RecordingState
from app.kernel import clock, db
from app.kernel.refusal import Refusal
from tests.consults.company import MARIA, TOMAS, let_in, opened
from tests.consults.three import GUESTS, Three
from tests.support.portal import Someone


def running(three: Three) -> Recording:
    """A recording of the two, running as far as the database knows."""
    call = three.calls()[-1]
    with db.writing() as session:
        row = Recording(
            consult_id=call.consult_id,
            patient_id=three.ana.patient_id,
            call_id=call.id,
            state=RecordingState.ASKED,
            wording=1,
            asked_by=three.doctor.id,
            asked_at=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def agree(three: Three, row: Recording, *people: Someone) -> None:
    for someone in people:
        actor = three.portal.actor(someone)
        recordings.answer(three.seen_by(actor), actor, row.id, agreed=True)


def test_nobody_is_let_in_while_a_recording_runs(three: Three) -> None:
    three.connect()
    link = three.invite(three.doctor)
    three.invite(name=TOMAS)
    agree(three, running(three), three.ana, three.doctor)
    guest = opened(three.portal, link)
    assert three.come(guest, joining=False)
    with pytest.raises(Refusal) as refused:
        three.come(guest)
    assert "recorded" in str(refused.value.sentence)
    asked = [one for one in seen.guests(three.seen_by(three.clinician)) if one.name == TOMAS]
    with pytest.raises(Refusal) as refused:
        guests.answer(asked[0], approved=True)
    assert "Stop the recording first" in str(refused.value.sentence)
    guests.answer(asked[0], approved=False)
    with pytest.raises(Refusal):
        three.invite(three.doctor, "Rui Dias")
    rows = db.session().scalars(select(Presence).where(Presence.sid == GUESTS.sid)).all()
    assert [row.place.value for row in rows] == ["waiting"]


def test_a_guest_in_the_call_is_asked_too_and_named_in_the_recording(three: Three) -> None:
    three.connect()
    guest = let_in(three.portal, three.doctor, three.appointment)
    three.come(guest)
    row = running(three)
    agree(three, row, three.ana, three.doctor)
    assert seen_recordings.open_recording(row.consult_id).state is RecordingState.ASKED
    agree(three, row, guest)
    found = db.session().get(Recording, row.id)
    assert found.state is RecordingState.AGREED
    assert seen_recordings.places_agreed(row.id) == [0, 1, 2]
    # Whoever agreed comes back after a reload.
    present.lose(GUESTS.sid)
    assert three.come(guest, Page("sid-again", "guest-page-3", True, True))
    with db.writing() as session:
        kept = session.get(Recording, row.id)
        kept.state, kept.ended_at, kept.ending = RecordingState.KEPT, clock.now(), Ending.STOPPED
        kept.key_in_hex = "00" * 32
    guests.remove(three.only(three.doctor))
    one = seen_recordings.recording(three.patient, row.id)
    assert one is not None
    assert one.names == (three.ana.name, three.doctor.name, MARIA)
    assert seen_recordings.recording(three.portal.actor(three.doctor), row.id) is not None
