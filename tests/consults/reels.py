"""Recordings that are kept already: their rows, and real sealed files beside them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from flask import current_app

from app.consults import queries
from app.consults.models import Call, Recording, RecordingConsent
from app.consults.operations.recorder import SUFFIX
from app.consults.operations.standing import consult_of
from app.consults.rules import CallState
from app.consults.rules.recording import WORDING, Answer, Ending, RecordingState
from app.kernel import clock, db
from app.kernel.actor import Actor
from app.media.recording import matroska
from app.media.recording.matroska import Block, Track
from app.media.recording.sealing import Sealer

SECONDS = 3


def kept(actor: Actor, appointment: UUID, *, ago: timedelta = timedelta(minutes=1)) -> UUID:
    """A recording of three seconds of this visit, ended a minute ago, or as long ago as is said."""
    one = queries.visit(actor, appointment)
    assert one is not None
    people = (one.appointment.patient_person_id, one.appointment.clinician_id)
    ended = clock.now() - ago
    with db.writing() as session:
        consult = consult_of(session, one)
        moments = {"began_at": ended, "ended_at": ended}
        call = Call(consult_id=consult.id, state=CallState.ENDED, reconnects=0, **moments)
        session.add(call)
        session.flush()
        row = Recording(
            consult_id=consult.id,
            patient_id=consult.patient_id,
            call_id=call.id,
            state=RecordingState.KEPT,
            wording=WORDING,
            asked_by=people[1],
            asked_at=ended,
            agreed_at=ended,
            ending=Ending.STOPPED,
            seconds=SECONDS,
            node="node-0",
            **moments,
        )
        row.key_in_hex = secrets.token_hex(32)
        row.file = f"{row.id.hex}{SUFFIX}"
        session.add(row)
        session.flush()
        for place, person in enumerate(people):
            said = {"answer": Answer.AGREED, "wording": WORDING, "at": ended, "place": place}
            session.add(RecordingConsent(recording_id=row.id, person_id=person, **said))
        _write(row)
    return row.id


def _write(row: Recording) -> None:
    """A file with the tracks of two places and a block of nothing in particular."""
    assert row.file is not None
    tracks = []
    for place in (0, 1):
        tracks.append(Track(2 * place + 1, "video", f"place {place}", (640, 480)))
        tracks.append(Track(2 * place + 2, "audio", f"place {place}"))
    cluster = matroska.cluster([Block(0, 1, True, bytes(2000)), Block(20, 2, True, bytes(60))])
    path = current_app.extensions["settings"].media_recordings / row.file
    sealer = Sealer(path, bytes.fromhex(row.key_in_hex))
    sealer.append(matroska.head(tracks, 0.0))
    sealer.append(cluster)
    sealer.finish(matroska.head(tracks, 0.0, [], (SECONDS * 1000, len(cluster))))
