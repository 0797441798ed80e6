"""Who has seen a record, as its patient reads it; and the questions that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.queries import Who
from app.care import queries as care
from app.care.queries import breaking, consents
from app.care.queries.breaking import Opening
from app.care.queries.consents import ConsentView
from app.kernel import clock, db, looks
from app.kernel.actor import Actor
from app.kernel.looks import BREAK_GLASS, CARE_TEAM, OWN, PRIVACY, Look
from app.records import rules
from app.records.models import LookQuestion
from app.records.rules import Reader, Seen

ASKED_AROUND = timedelta(days=1)
# The page on which staff find what waits for them: a name and a line of each patient, no more.
LIST_OF_TASKS = "web.today"
STAFF = frozenset({BREAK_GLASS, CARE_TEAM, PRIVACY})


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question about a look, for the patient who asked and for the privacy officer."""

    id: UUID
    patient_id: UUID
    patient_name: str
    look: Look | None
    who: Who | None
    words: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of one person, as the patient reads it; an emergency rests on `openings`."""

    reader: Reader
    who: Who | None
    question: QuestionView | None
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month of looks: the others' line by line, one's own as a number of days."""

    first: date
    lines: list[Line]
    own_days: int
    consents: list[ConsentView]
    newer: date | None
    older: date | None


@dataclass(frozen=True, slots=True)
class LookView:
    """One look with whoever it was, for asking about it."""

    id: UUID
    patient_id: UUID
    line: Line


@dataclass(frozen=True, slots=True)
class LookWith:
    """One look with whoever it was; in an emergency, with their reason and what was found out."""

    look: Look
    who: Who | None
    reason: str
    finding: str


def month(actor: Actor, asked: str) -> Month | None:
    """One month of the looks at this patient's own record; None for who is no patient."""
    mine = care.own(actor)
    if mine is None:
        return None
    zone = ZoneInfo(actor.zone)
    first = rules.month_of(asked, clock.now().astimezone(zone).date())
    begin, end = _midnight(first, zone), _midnight(rules.after(first), zone)
    found = looks.of_patient(mine.id, begin, end)
    own = {one.at.astimezone(zone).date() for one in found if one.why == OWN}
    begun = looks.first_of_patient(mine.id)
    this = clock.now().astimezone(zone).date().replace(day=1)
    return Month(
        first=first,
        lines=_lines(mine.id, [one for one in found if one.why != OWN], zone),
        own_days=len(own),
        consents=[one for one in consents.history(mine.id) if begin <= one.at < end],
        newer=rules.after(first) if first < this else None,
        older=rules.before(first) if begun and begun < _midnight(first, zone) else None,
    )


def look(actor: Actor, look_id: UUID) -> LookView | None:
    """A line of one's own record, by any look of it."""
    mine = care.own(actor)
    found = looks.one_of_patient(mine.id, look_id) if mine else None
    if mine is None or found is None or found.why == OWN:
        return None
    zone = ZoneInfo(actor.zone)
    day = found.at.astimezone(zone).date()
    begin = _midnight(day, zone)
    those = looks.of_patient(mine.id, begin, begin + ASKED_AROUND)
    lines = _lines(mine.id, [one for one in those if one.why != OWN], zone)
    mine_line = next((one for one in lines if one.reader.id == look_id), None)
    return LookView(look_id, mine.id, mine_line) if mine_line else None


def every_look(patient_id: UUID) -> Iterator[LookWith]:
    """Every look at a patient's record, the earliest first; doors are the caller's."""
    looks.note(patient_id, "look")
    opened = breaking.of_patient(patient_id)
    for some in looks.every(patient_id):
        people = accounts.people({one.person_id for one in some})
        for one in some:
            yield LookWith(one, people.get(one.person_id), *_reason(one, opened))


def is_of_list(look: Look) -> bool:
    """Whether it showed one of the staff a line of what waits for them, and nothing behind it."""
    return look.door == LIST_OF_TASKS and look.why in STAFF


def questions_of(patient_id: UUID) -> list[QuestionView]:
    """What a patient asked about looks, the earliest first; doors are the caller's."""
    return sorted(_questions(patient_id), key=lambda one: one.asked_at)


def _reason(look: Look, opened: list[Opening]) -> tuple[str, str]:
    if look.why != BREAK_GLASS:
        return "", ""
    found = (one for one in opened if one.covers(look.person_id, look.at, look.at))
    return next(((one.reason, one.finding) for one in found), ("", ""))


def open_questions(actor: Actor) -> list[QuestionView]:
    """The questions that wait for the privacy officer, the oldest first."""
    if not actor.officer:
        return []
    waiting = select(LookQuestion).where(LookQuestion.answered_at.is_(None))
    rows = db.session().scalars(waiting.order_by(LookQuestion.asked_at))
    return [_question(row) for row in rows]


def open_count(actor: Actor) -> int:
    """How many wait."""
    if not actor.officer:
        return 0
    waiting = select(func.count()).select_from(LookQuestion)
    return db.session().scalar(waiting.where(LookQuestion.answered_at.is_(None))) or 0


def question(actor: Actor, question_id: UUID) -> QuestionView | None:
    """One question, for the privacy officer."""
    if not actor.officer:
        return None
    row = db.session().get(LookQuestion, question_id)
    return _question(row) if row else None


def _lines(patient_id: UUID, found: list[Look], zone: ZoneInfo) -> list[Line]:
    seen = [
        Seen(one.id, one.at, one.person_id, one.kinds, one.why, listed=is_of_list(one))
        for one in found
    ]
    grouped = rules.readers(seen, zone)
    people = accounts.people({one.person_id for one in grouped})
    asked = {one.look.id: one for one in _questions(patient_id) if one.look}
    broken = any(one.why == BREAK_GLASS for one in grouped)
    opened = breaking.of_patient(patient_id) if broken else []
    return [
        Line(one, people.get(one.person_id), asked.get(one.id), _rests_on(one, opened))
        for one in grouped
    ]


def _rests_on(one: Reader, opened: list[Opening]) -> tuple[Opening, ...]:
    if one.why != BREAK_GLASS:
        return ()
    found = [each for each in opened if each.covers(one.person_id, one.first, one.last)]
    return tuple(reversed(found))


def _questions(patient_id: UUID) -> list[QuestionView]:
    rows = db.session().scalars(select(LookQuestion).where(LookQuestion.patient_id == patient_id))
    return [_question(row) for row in rows]


def _question(row: LookQuestion) -> QuestionView:
    looks.note(row.patient_id, "question", row.id)
    found = looks.one_of_patient(row.patient_id, row.look_id)
    return QuestionView(
        id=row.id,
        patient_id=row.patient_id,
        patient_name=care.by_ids({row.patient_id})[row.patient_id].name,
        look=found,
        who=accounts.who(found.person_id) if found else None,
        words=row.words,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
