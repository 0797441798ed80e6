"""A recording while its call goes on: what the media node is told of it, and how it ends.

Every step is taken under the visit's row. The node is spoken to after the commit, so what it did
is written down in a transaction of its own; what was missed in between `watch` finds.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.consults import queries
from app.consults.models import Consult, Presence, Recording, RecordingConsent
from app.consults.operations import nodes
from app.consults.operations.nodes import NodeGone, NodeRefused
from app.consults.queries import recording as recordings
from app.consults.rules import recording as rules
from app.consults.rules.recording import Ending, RecordingState, RecordingStep
from app.kernel import audit, clock, db, live
from app.media.recording.sealing import KEY_BYTES

BEGUN = audit.tag("consults.recording_begun", "recording", "people")
ENDED = audit.tag("consults.recording_ended", "recording", "ending")

EVENT = "consults:recording"
# What a node adds to the name of a file.
SUFFIX = ".webm.sealed"


def follow(consult: Consult, here: dict[UUID, Presence], *, over: bool) -> None:
    """End a recording that cannot go on with the people who are in the call now."""
    row = recordings.open_recording(consult.id)
    if row is None:
        return
    people = recordings.taking_part(here)
    why = rules.must_end(row.state, people, recordings.who_agreed(row.id))
    if over or why is not None:
        end(row, Ending.FINISHED if over else why or Ending.LEFT)


def end(row: Recording, why: Ending) -> None:
    """Let a recording be over: the node stops at once, then everybody is told."""
    step = RecordingStep.REFUSE if why is Ending.REFUSED else RecordingStep.END
    after = rules.after_step(row.state, step)
    if after is None:
        return
    row.state, row.ended_at, row.ending = after, clock.now(), why
    audit.record(ENDED, entity_id=row.id, patient_id=row.patient_id, ending=why.value)
    if row.node is not None:
        db.after_commit(partial(stop, row.id))
    tell(row)


def tell(row: Recording) -> None:
    """Tell every page of the visit, once this has committed, how its recording stands."""
    db.session().flush()
    _tell_visit(row.patient_id, row.consult_id)


def _tell_visit(patient_id: UUID, consult_id: UUID) -> None:
    for person_id, one in queries.presences(consult_id).items():
        told = recordings.told(patient_id, consult_id, person_id)
        db.after_commit(partial(live.send, EVENT, told, to=one.sid))


def consent_answered(patient_id: UUID, *, stands: bool) -> None:
    """The patient said whether visits may be recorded at all: a no ends what goes on, at once.

    In the transaction of that answer, which holds the patient's row before any visit's.
    """
    with db.writing() as session:
        for recording_id in () if stands else recordings.open_of_patient(patient_id):
            end(_locked(session, recording_id), Ending.WITHDRAWN)
        for consult_id in recordings.attended(patient_id):
            _tell_visit(patient_id, consult_id)


def prepare(row: Recording, node: str) -> None:
    """Draw the key of a recording that its pages are ready for; it begins after the commit."""
    row.node, row.file = node, f"{row.id.hex}{SUFFIX}"
    row.key_in_hex = secrets.token_hex(KEY_BYTES)
    db.after_commit(partial(begin, row.id))


def begin(recording_id: UUID) -> None:
    """Have the node record those who agreed; where it cannot, the recording is over."""
    row = db.session().get(Recording, recording_id)
    if row is None or row.state is not RecordingState.AGREED:
        return
    begun = _is_begun(row, recordings.places_agreed(row.id))
    with db.writing() as session:
        row = _locked(session, recording_id)
        state = rules.after_step(row.state, RecordingStep.BEGIN)
        if state is None:  # Over, while the node was asked.
            db.after_commit(partial(stop, row.id, again=True))
        elif begun:
            row.state, row.began_at = state, clock.now()
            people = len(recordings.who_agreed(row.id))
            audit.record(BEGUN, entity_id=row.id, patient_id=row.patient_id, people=people)
            tell(row)
        else:
            end(row, Ending.FAILED)


def _is_begun(row: Recording, places: Collection[int]) -> bool:
    said = {
        "name": row.id.hex,
        "key": row.key_in_hex,
        "places": "".join(str(place) for place in sorted(places)),
    }
    try:
        nodes.ask(row.node or "", "POST", f"/rooms/{row.call_id.hex}/recording", **said)
    except (NodeGone, NodeRefused):
        return False
    return True


def stop(recording_id: UUID, *, again: bool = False) -> None:
    """Have the node close the file, and write down how long it is.

    A node that does not answer may still record: `watch` asks it again.
    """
    row = db.session().get(Recording, recording_id)
    if row is None or row.ended_at is None or (row.seconds is not None and not again):
        return
    try:
        said = nodes.ask(row.node or "", "DELETE", f"/rooms/{row.call_id.hex}/recording")
    except NodeRefused:
        said = {}  # It ended by itself, or the node is another since.
    except NodeGone:
        if rules.may_still_run(row.ended_at, clock.now()):
            return
        said = {}
    with db.writing() as session:
        row = _locked(session, recording_id)
        length = said.get("seconds")
        row.seconds = round(length) if isinstance(length, int | float) else _lasted(row)
        if row.state is RecordingState.DROPPED:
            erase(row)


def erase(row: Recording) -> None:
    """Destroy the key now, and the file once that has committed."""
    row.sealed_key = None
    path = current_app.extensions["settings"].media_recordings / (row.file or "")
    if row.file:
        db.after_commit(partial(path.unlink, missing_ok=True))


def watch() -> None:
    """Find what nobody told: nodes that died, questions left open, files not closed yet."""
    for found in recordings.unsettled():
        if found.ended_at is not None:
            stop(found.id)
        elif why := _trouble(found):
            with db.writing() as session:
                end(_locked(session, found.id), why)


def _trouble(row: Recording) -> Ending | None:
    if row.state is RecordingState.RUNNING:
        return None if _runs(row) else Ending.FAILED
    if not rules.is_overdue(row.state, row.agreed_at or row.asked_at, clock.now()):
        return None
    return Ending.UNANSWERED if row.state is RecordingState.ASKED else Ending.FAILED


def _runs(row: Recording) -> bool:
    try:
        said = nodes.ask(row.node or "", "GET", f"/rooms/{row.call_id.hex}")
    except (NodeGone, NodeRefused):
        return False
    return said.get("recording") is True


def _lasted(row: Recording) -> int:
    if row.began_at is None or row.ended_at is None:
        return 0
    return round((row.ended_at - row.began_at).total_seconds())


def _locked(session: Session, recording_id: UUID) -> Recording:
    """The recording, under its visit's lock."""
    asked = select(Recording).where(Recording.id == recording_id)
    row = session.scalars(asked).one()
    session.scalars(select(Consult).where(Consult.id == row.consult_id).with_for_update()).one()
    session.refresh(row)
    return row


def consent_of(row: Recording, person_id: UUID, answer: rules.Answer) -> RecordingConsent | None:
    """What this person said to it, if they did."""
    return db.session().scalar(
        select(RecordingConsent).where(
            RecordingConsent.recording_id == row.id,
            RecordingConsent.person_id == person_id,
            RecordingConsent.answer == answer,
        )
    )
