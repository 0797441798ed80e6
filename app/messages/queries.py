"""Conversations as each person may see them: a patient's own, or a patient's of one's team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, select

from app.accounts import queries as accounts
from app.accounts.queries import Who
from app.care import queries as care
from app.care.queries import PatientView, proxies
from app.kernel import db, looks
from app.kernel.actor import HOLDERS, Actor, Role
from app.messages import rules
from app.messages.models import Message, ReadMark
from app.web.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as a person reads it."""

    id: int
    author: str
    author_role: Role
    mine: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some messages in order, and where the rest of the conversation lies.

    `seen_up_to` is how far the other side has read.
    """

    messages: list[MessageView]
    last: int
    seen_up_to: int
    older: bool
    newer: bool


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation in the inbox.

    `unread` is this person's own; `waiting_since` is when the patient first wrote what nobody of
    the care team has answered yet, whoever has read it.
    """

    patient: PatientView
    unread: int
    waiting_since: datetime | None
    last_at: datetime | None


def latest(actor: Actor, patient_id: UUID, *, before: int | None = None) -> Stretch:
    """The newest messages, or the newest before a number; doors are the caller's."""
    earlier = Message.number < before if before is not None else Message.number > 0
    rows = db.session().scalars(
        select(Message)
        .where(Message.patient_id == patient_id, earlier)
        .order_by(Message.number.desc())
        .limit(rules.PAGE_MESSAGES + 1)
    )
    found = list(rows)
    shown = found[: rules.PAGE_MESSAGES][::-1]
    older = len(found) > rules.PAGE_MESSAGES
    return _stretch(actor, patient_id, shown, older=older, newer=before is not None)


def since(actor: Actor, patient_id: UUID, after: int) -> Stretch:
    """The messages that follow number `after`, oldest first; doors are the caller's."""
    rows = db.session().scalars(
        select(Message)
        .where(Message.patient_id == patient_id, Message.number > after)
        .order_by(Message.number)
        .limit(rules.PAGE_MESSAGES + 1)
    )
    found = list(rows)
    shown = found[: rules.PAGE_MESSAGES]
    newer = len(found) > rules.PAGE_MESSAGES
    return _stretch(actor, patient_id, shown, older=after > 0, newer=newer)


def has_any(patient_id: UUID) -> bool:
    """Whether anything was ever said in a patient's conversation."""
    found = select(Message.id).where(Message.patient_id == patient_id).limit(1)
    return db.session().scalar(found) is not None


def unread(actor: Actor) -> int:
    """How many messages this person has not read, in all their conversations."""
    return sum(count for count, _since in _waiting(actor, _patients(actor)).values())


def inbox(actor: Actor) -> list[ConversationView]:
    """The person's conversations: who has waited longest for an answer first, then the latest."""
    return sorted(_conversations(actor, _patients(actor)), key=_turn)


def _conversations(actor: Actor, patients: list[PatientView]) -> list[ConversationView]:
    unread, states = _waiting(actor, patients), _states(patients)
    return [
        ConversationView(one, unread.get(one.id, (0, None))[0], *states.get(one.id, (None, None)))
        for one in patients
    ]


def _turn(one: ConversationView) -> tuple[int, float]:
    if one.waiting_since is not None:
        return 0, one.waiting_since.timestamp()
    return (2, 0.0) if one.last_at is None else (1, -one.last_at.timestamp())


def of_patient(actor: Actor, patient: PatientView) -> ConversationView:
    """One patient's conversation in short; whoever asks was let into the chart."""
    return _conversations(actor, [patient])[0]


def waiting(actor: Actor, patient: PatientView) -> tuple[int, datetime | None]:
    """How many messages of one conversation this person has not read, and since when."""
    return _waiting(actor, [patient]).get(patient.id, (0, None))


def _patients(actor: Actor) -> list[PatientView]:
    if actor.role in HOLDERS:
        own = care.own(actor)
        return [own] if own else []
    return care.patients(actor) if actor.role in {Role.CLINICIAN, Role.COORDINATOR} else []


def _waiting(
    actor: Actor, patients: Iterable[PatientView]
) -> dict[UUID, tuple[int, datetime | None]]:
    """For each patient with unread messages: how many, and since when.

    The menu and the page under it both ask, so the answer is remembered.
    """
    ids = [one.id for one in patients]
    key = ("messages.waiting", actor.person_id, frozenset(ids))
    return db.remembered(key, lambda: _unread_since(actor, ids))


_UNREAD = (
    select(Message.patient_id, func.count(), func.min(Message.sent_at))
    .outerjoin(
        ReadMark,
        and_(
            ReadMark.patient_id == Message.patient_id,
            ReadMark.person_id == bindparam("person"),
        ),
    )
    .where(
        Message.patient_id.in_(bindparam("patients", expanding=True)),
        Message.author_id != bindparam("person"),
        Message.number > func.coalesce(ReadMark.number, 0),
    )
    .group_by(Message.patient_id)
)


def _unread_since(actor: Actor, patient_ids: list[UUID]) -> dict[UUID, tuple[int, datetime | None]]:
    asked = {"person": actor.person_id, "patients": patient_ids}
    rows = db.session().execute(_UNREAD, asked)
    return {patient: (count, first) for patient, count, first in rows}


# Patients and their carers are the only ones who write and are not of the care team.
_ANSWERED = (
    select(Message.patient_id, func.max(Message.number).label("number"))
    .where(
        Message.patient_id.in_(bindparam("patients", expanding=True)),
        Message.author_id.not_in(bindparam("persons", expanding=True)),
    )
    .group_by(Message.patient_id)
    .subquery()
)
_UNANSWERED = and_(
    Message.author_id.in_(bindparam("persons", expanding=True)),
    Message.number > func.coalesce(_ANSWERED.c.number, 0),
)
_STATES = (
    select(
        Message.patient_id,
        func.min(case((_UNANSWERED, Message.sent_at))),
        func.max(Message.sent_at),
    )
    .outerjoin(_ANSWERED, _ANSWERED.c.patient_id == Message.patient_id)
    .where(Message.patient_id.in_(bindparam("patients", expanding=True)))
    .group_by(Message.patient_id)
)


def _states(patients: list[PatientView]) -> dict[UUID, tuple[datetime | None, datetime | None]]:
    """Since when each patient waits for an answer, and when anybody wrote last."""
    asked = {
        "patients": [one.id for one in patients],
        "persons": [
            *(one.person_id for one in patients),
            *proxies.ever_carers_of(one.id for one in patients),
        ],
    }
    rows = db.session().execute(_STATES, asked)
    return {patient: (since, last) for patient, since, last in rows}


def _stretch(
    actor: Actor, patient_id: UUID, rows: list[Message], *, older: bool, newer: bool
) -> Stretch:
    if rows:
        looks.note(patient_id, "message")
    people = accounts.people({row.author_id for row in rows})
    shown = [
        MessageView(
            id=row.number,
            author=_author(people[row.author_id], patient_id),
            author_role=people[row.author_id].role,
            mine=row.author_id == actor.person_id,
            text=row.body,
            at=row.sent_at,
        )
        for row in rows
    ]
    last = rows[-1].number if rows else 0
    return Stretch(shown, last, _seen_up_to(actor, patient_id), older, newer)


def _author(who: Who, patient_id: UUID) -> str:
    """Who wrote; a carer for whom, because the words are said in the patient's place."""
    if who.role is not Role.CARER:
        return who.name
    patient = care.by_ids({patient_id})[patient_id].name
    return str(_("%(carer)s for %(patient)s", carer=who.name, patient=patient))


def _seen_up_to(actor: Actor, patient_id: UUID) -> int:
    """How far the other side has read: any of the team for a patient, the patient for staff."""
    patient = care.by_ids({patient_id})[patient_id].person_id
    where = [ReadMark.patient_id == patient_id, ReadMark.person_id != actor.person_id]
    if actor.role not in HOLDERS:
        where.append(ReadMark.person_id == patient)
    elif helpers := proxies.ever_carers_of([patient_id]):
        where.append(ReadMark.person_id.not_in({patient, *helpers}))
    return db.session().scalar(select(func.max(ReadMark.number)).where(*where)) or 0
