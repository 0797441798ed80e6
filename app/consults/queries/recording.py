"""Recordings as the people of a visit may see them, and as the call that is recorded needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.care.queries import consents
from app.care.rules.consents import Purpose
from app.consults import queries
from app.consults.models import Consult, Presence, Recording, RecordingConsent
from app.consults.queries import VisitView, people
from app.consults.rules import Place
from app.consults.rules import recording as rules
from app.consults.rules.recording import Answer, RecordingState
from app.kernel import db, looks
from app.kernel.actor import Actor, Role

MINUTE_SECONDS = 60
LIVE_ONES = Recording.ended_at.is_(None)
NONE: dict[str, object] = {"id": "", "state": "none", "mine": "", "why": "", "missing": 0}


@dataclass(frozen=True, slots=True)
class RecordingView:
    """A recording that is kept, for one of the people of its visit."""

    id: UUID
    visit: VisitView
    began_at: datetime
    ended_at: datetime
    seconds: int | None
    # Whose pictures and voices are in it, in the order in which the file has them.
    names: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """How long it is, in minutes begun."""
        return -(-(self.seconds or 0) // MINUTE_SECONDS)

    @property
    def short(self) -> bool:
        """Whether it is shorter than a minute."""
        return (self.seconds or 0) < MINUTE_SECONDS

    @property
    def kept_until(self) -> datetime:
        """When it is deleted by itself."""
        return rules.kept_until(self.ended_at)


def recordings(one: VisitView) -> list[RecordingView]:
    """The recordings of a visit that are kept, oldest first."""
    if one.consult_id is None:
        return []
    rows = db.session().scalars(
        select(Recording)
        .where(Recording.consult_id == one.consult_id, Recording.state == RecordingState.KEPT)
        .order_by(Recording.asked_at)
    )
    return [_view(row, one) for row in rows]


def recording(actor: Actor, recording_id: UUID) -> RecordingView | None:
    """One recording that is kept, for the patient and the clinician of its visit alone."""
    row = db.session().get(Recording, recording_id)
    if row is None or row.state is not RecordingState.KEPT:
        return None
    appointment = select(Consult.appointment_id).where(Consult.id == row.consult_id)
    one = queries.visit(actor, db.session().scalars(appointment).one())
    return _view(row, one) if one is not None else None


def recording_of_patient(actor: Actor, recording_id: UUID) -> RecordingView | None:
    """The same for its patient alone, who may delete it."""
    return recording(actor, recording_id) if actor.role is Role.PATIENT else None


def _view(row: Recording, one: VisitView) -> RecordingView:
    looks.note(one.appointment.patient_id, "recording", row.id)
    known, recorded = people.ever_seated(one.appointment), _recorded(row.id)
    began, ended = row.began_at or row.asked_at, row.ended_at or row.asked_at
    shown = tuple(known[recorded[at]].name for at in sorted(recorded) if recorded[at] in known)
    return RecordingView(row.id, one, began, ended, row.seconds, shown)


# ---------------------------------------------------------------- while the call goes on


def open_recording(consult_id: UUID) -> Recording | None:
    """The one that is asked for, agreed to or running."""
    asked = select(Recording).where(Recording.consult_id == consult_id, LIVE_ONES)
    return db.session().scalar(asked)


def open_of_patient(patient_id: UUID) -> list[UUID]:
    """Those of one patient that are asked for, agreed to or running."""
    asked = select(Recording.id).where(Recording.patient_id == patient_id, LIVE_ONES)
    return list(db.session().scalars(asked))


def attended(patient_id: UUID) -> list[UUID]:
    """The patient's visits that somebody has open now."""
    asked = select(Consult.id).join(Presence, Presence.consult_id == Consult.id)
    return list(db.session().scalars(asked.where(Consult.patient_id == patient_id).distinct()))


def taking_part(here: dict[UUID, Presence]) -> set[UUID]:
    """Who is in the call, those included who are expected back."""
    return {person for person, row in here.items() if row.place in {Place.CALL, Place.LOST}}


def who_agreed(recording_id: UUID) -> set[UUID]:
    """Who said yes and has not taken it back."""
    said = _said(recording_id)
    withdrawn = {one.person_id for one in said if one.answer is Answer.WITHDRAWN}
    return {one.person_id for one in said if one.answer is Answer.AGREED} - withdrawn


def places_agreed(recording_id: UUID) -> list[int]:
    """The places at the media node of those who said yes, in rising order."""
    return sorted(_recorded(recording_id))


def _recorded(recording_id: UUID) -> dict[int, UUID]:
    """Who said yes, by place; of two guests who had one place after each other, the later."""
    said = sorted(_said(recording_id), key=lambda one: one.at)
    return {one.place: one.person_id for one in said if one.answer is Answer.AGREED}


def connections_ready(recording_id: UUID) -> dict[UUID, str | None]:
    """By person, which connection sends through the node, ready to be recorded."""
    said = _said(recording_id)
    return {one.person_id: one.connection for one in said if one.answer is Answer.AGREED}


def _said(recording_id: UUID) -> list[RecordingConsent]:
    asked = select(RecordingConsent).where(RecordingConsent.recording_id == recording_id)
    return list(db.session().scalars(asked))


def told(patient_id: UUID, consult_id: UUID | None, person_id: UUID) -> dict[str, object]:
    """How the recording of the call that goes on stands, for one person's page.

    `offered` says whether the patient agrees that recordings are asked for at all.
    """
    return {"offered": consents.gives(patient_id, Purpose.RECORDING)} | _stands(
        consult_id, person_id
    )


def told_in(one: VisitView, person_id: UUID) -> dict[str, object]:
    """The same for one of a visit's people, whether or not anybody has come yet."""
    return told(one.appointment.patient_id, one.consult_id, person_id)


def _stands(consult_id: UUID | None, person_id: UUID) -> dict[str, object]:
    call = queries.present_call(consult_id) if consult_id is not None else None
    if consult_id is None or call is None:
        return NONE
    newest = select(Recording).where(Recording.call_id == call.id)
    row = db.session().scalar(newest.order_by(Recording.asked_at.desc()).limit(1))
    if row is None:
        return NONE
    mine = [one for one in _said(row.id) if one.person_id == person_id]
    last = max(mine, key=lambda one: one.at).answer.value if mine else ""
    missing = taking_part(queries.presences(consult_id)) - who_agreed(row.id)
    return {
        "id": str(row.id),
        "state": row.state.value,
        "mine": last,
        "why": row.ending.value if row.ending else "",
        "missing": len(missing),
    }


# ---------------------------------------------------------------- for those who look after them


def unsettled() -> list[Recording]:
    """Those that are open, and those whose file the node has not closed yet."""
    over = Recording.state.in_([RecordingState.KEPT, RecordingState.DROPPED])
    closing = and_(over, Recording.seconds.is_(None), Recording.node.is_not(None))
    return list(db.session().scalars(select(Recording).where(or_(LIVE_ONES, closing))))


def past(moment: datetime) -> list[UUID]:
    """Those kept that ended before this moment."""
    asked = select(Recording.id).where(
        Recording.state == RecordingState.KEPT, Recording.ended_at < moment
    )
    return list(db.session().scalars(asked))
