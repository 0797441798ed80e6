"""What people do with a recording: ask for it, answer, take it back, watch it, delete it."""

from __future__ import annotations

import io
import os
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.care.operations import consents
from app.care.queries import consents as agreements
from app.care.rules.consents import Purpose
from app.consults import queries
from app.consults.models import Consult, Recording, RecordingConsent
from app.consults.operations import nodes, recorder
from app.consults.operations.present import REPLACED
from app.consults.operations.recorder import consent_of, end, tell
from app.consults.operations.standing import consult_of
from app.consults.queries import VisitView
from app.consults.queries import recording as recordings
from app.consults.queries.recording import RecordingView
from app.consults.rules import recording as rules
from app.consults.rules.recording import (
    Answer,
    Deleter,
    Ending,
    RecordingState,
    RecordingStep,
)
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Role
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, Stale
from app.media.recording.sealing import SealBroken, Sealed, open_sealed

ASKED = audit.tag("consults.recording_asked", "recording", "wording")
ANSWERED = audit.tag("consults.recording_answered", "recording", "answer", "wording")
OPENED = audit.tag("consults.recording_opened", "recording")
DELETED = audit.tag("consults.recording_deleted", "recording", "wish")

ALONE = _l("Nobody else is in the call, so there is nothing to record yet.")
GOING = _l("A recording of this visit is being asked for, or runs already.")
NO_NODE = _l("This visit cannot be recorded now, because our video server does not answer.")
SEALED_ONLY = _l("This clinic allows calls only with the lock, so visits are not recorded.")
CLINICIAN_ASKS = _l("Only the clinician can ask for a recording.")
NOT_AGREED = _l("The patient does not agree that visits are recorded, so they are not asked.")
PAST = _l("This question is no longer open. Nothing was recorded because of it.")
GONE = _l("This recording has been deleted already.")
MOST_OPENINGS = 10_000
ASKS = Limit("recording", ((10, timedelta(hours=1)),))


def may_record() -> bool:
    """Whether visits can be recorded here at all."""
    settings = current_app.extensions["settings"]
    return nodes.are_wanted() and not settings.sealed_calls_only


def ask(one: VisitView, actor: Actor, sid: str, connection: str) -> None:
    """Ask everybody in the call, the one who asks included, whether it may be recorded."""
    _refuse_before(one, actor)
    ASKS.take(str(actor.person_id))
    with db.writing() as session:
        # Again, and held; before the visit's row, as whoever takes it back holds the two.
        if not consents.held(one.appointment.patient_id, Purpose.RECORDING):
            raise Refusal(NOT_AGREED)
        consult = consult_of(session, one)
        call = queries.call_of_page(one, actor, sid, connection)
        if call is None:
            raise Stale(REPLACED)
        if len(recordings.taking_part(queries.presences(consult.id))) < rules.FEWEST:
            raise Refusal(ALONE)
        if recordings.open_recording(consult.id) is not None:
            raise Refusal(GOING)
        row = Recording(
            consult_id=consult.id,
            patient_id=consult.patient_id,
            call_id=call.id,
            state=RecordingState.ASKED,
            wording=rules.WORDING,
            asked_by=actor.person_id,
            asked_at=clock.now(),
        )
        session.add(row)
        audit.record(ASKED, entity_id=row.id, patient_id=consult.patient_id, wording=rules.WORDING)
        tell(row)


def _refuse_before(one: VisitView, actor: Actor) -> None:
    """What can be known without holding anything."""
    if actor.role is not Role.CLINICIAN:
        raise Refusal(CLINICIAN_ASKS)
    if current_app.extensions["settings"].sealed_calls_only:
        raise Refusal(SEALED_ONLY)
    if not agreements.gives(one.appointment.patient_id, Purpose.RECORDING):
        raise Refusal(NOT_AGREED)
    if nodes.least_loaded() is None:
        raise Refusal(NO_NODE)


def answer(one: VisitView, actor: Actor, recording_id: UUID, *, agreed: bool) -> None:
    """Say yes or no; the last yes lets the pages make ready, one no closes the question."""
    with db.writing() as session:
        consult = consult_of(session, one)
        row = _open(consult, recording_id)
        if row.state is not RecordingState.ASKED:
            raise Stale(PAST)
        if consent_of(row, actor.person_id, Answer.AGREED) is not None:
            return
        _note(row, one, actor, Answer.AGREED if agreed else Answer.REFUSED)
        if not agreed:
            end(row, Ending.REFUSED)
            return
        session.flush()
        people = recordings.taking_part(queries.presences(consult.id))
        if rules.all_agree(people, recordings.who_agreed(row.id)):
            row.state, row.agreed_at = RecordingState.AGREED, clock.now()
        tell(row)


def ready(one: VisitView, actor: Actor, recording_id: UUID, connection: str) -> None:
    """A page sends through the node, unsealed; when all of them do, the recording begins."""
    with db.writing() as session:
        consult = consult_of(session, one)
        row = _open(consult, recording_id)
        mine = consent_of(row, actor.person_id, Answer.AGREED)
        if row.state is not RecordingState.AGREED or mine is None:
            return
        mine.connection = connection
        session.flush()
        call = queries.present_call(consult.id)
        waits = row.node is None and call is not None and _all_ready(row)
        if waits and call is not None and call.node is not None:
            recorder.prepare(row, call.node)


def _all_ready(row: Recording) -> bool:
    here, through = queries.presences(row.consult_id), recordings.connections_ready(row.id)
    people = recordings.taking_part(here)
    return all(through.get(person) == here[person].connection for person in people)


def withdraw(one: VisitView, actor: Actor, recording_id: UUID) -> None:
    """Take one's agreement back, or, for the clinician, stop: at once, and at any time."""
    with db.writing() as session:
        row = _open(consult_of(session, one), recording_id)
        if actor.role is Role.CLINICIAN:
            end(row, Ending.STOPPED)
            return
        if consent_of(row, actor.person_id, Answer.WITHDRAWN) is None:
            _note(row, one, actor, Answer.WITHDRAWN)
        end(row, Ending.WITHDRAWN)


def opened(one: RecordingView, actor: Actor, place: int) -> Film | None:
    """The recording as it can be played, or None where its file is not there or does not open.

    Whose eyes it is opened for is written down, once for a while of watching.
    """
    row = db.session().get(Recording, one.id)
    if row is None or row.file is None or row.sealed_key is None:
        return None
    path = current_app.extensions["settings"].media_recordings / row.file
    try:
        film = Film(open_sealed(path, bytes.fromhex(row.key_in_hex)), place)
    except (OSError, SealBroken):
        return None
    if _openings.is_new(actor.session_id, one.id, clock.now()):
        with db.writing():
            audit.record(OPENED, entity_id=one.id, patient_id=row.patient_id)
    return film


class Film(io.RawIOBase):
    """The plain bytes of a recording, with one person's tracks in front: browsers play those."""

    def __init__(self, sealed: Sealed, place: int) -> None:
        super().__init__()
        self._sealed, self.size = sealed, sealed.size
        self._head = rules.put_first(sealed.read(rules.MOST_HEAD) or b"", place)
        sealed.seek(0)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read from."""
        return self._sealed.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move as in any file."""
        return self._sealed.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # no typed Buffer yet
        """Fill the buffer; raises SealBroken where the file was tampered with."""
        at = self.tell()
        size = self._sealed.readinto(buffer)
        piece = self._head[at : at + size]
        buffer[: len(piece)] = piece
        return size

    def close(self) -> None:
        """Close the file and forget what was opened."""
        self._sealed.close()
        super().close()


def delete(one: RecordingView) -> None:
    """Destroy key and file, as the patient wishes."""
    with db.writing() as session:
        row = session.get(Recording, one.id, with_for_update=True)
        if row is None or not _deleted(row, Deleter.PATIENT):
            raise Stale(GONE)


def expire() -> None:
    """Destroy what has been kept as long as people were told."""
    for recording_id in recordings.past(clock.now() - rules.KEPT_FOR):
        with db.writing() as session:
            row = session.get(Recording, recording_id, with_for_update=True)
            if row is not None:
                _deleted(row, Deleter.TIME)


def _deleted(row: Recording, wish: Deleter) -> bool:
    state = rules.after_step(row.state, RecordingStep.DELETE)
    if state is None:
        return False
    row.state, row.deleted_at, row.deleted_for = state, clock.now(), wish
    recorder.erase(row)
    audit.record(DELETED, entity_id=row.id, patient_id=row.patient_id, wish=wish.value)
    return True


def _open(consult: Consult, recording_id: UUID) -> Recording:
    """The visit's recording that is not over, if it is this one."""
    row = recordings.open_recording(consult.id)
    if row is None or row.id != recording_id:
        raise Stale(PAST)
    return row


def _note(row: Recording, one: VisitView, actor: Actor, said: Answer) -> None:
    db.session().add(
        RecordingConsent(
            recording_id=row.id,
            person_id=actor.person_id,
            answer=said,
            wording=row.wording,
            at=clock.now(),
            place=one.seat,
        )
    )
    audit.record(
        ANSWERED,
        entity_id=row.id,
        patient_id=row.patient_id,
        answer=said.value,
        wording=row.wording,
    )


class _Openings:
    """Who opened which recording lately: players fetch one in many pieces."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[UUID, UUID], datetime] = OrderedDict()

    def is_new(self, session_id: UUID, recording_id: UUID, moment: datetime) -> bool:
        """Whether this is worth writing down; notes that it was."""
        with self._lock:
            last = self._known.get((session_id, recording_id))
            if last is not None and moment - last < rules.SAME_OPENING:
                return False
            self._known[session_id, recording_id] = moment
            self._known.move_to_end((session_id, recording_id))
            while len(self._known) > MOST_OPENINGS:
                self._known.popitem(last=False)
            return True


_openings = _Openings()
