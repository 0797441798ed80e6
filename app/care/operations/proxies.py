"""Carers: invited by a patient with chosen powers, and out again the moment the patient says so.

Ending one ends the carer's sessions, so that no page of theirs stays open longer than a sign-out
takes; whoever acts for others too signs in again and goes on with those.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import operations as accounts
from app.accounts import queries as account_queries
from app.accounts.operations import joining
from app.care import queries as patients
from app.care.models.invitations import Invitation
from app.care.models.proxies import Proxy
from app.care.operations import consents
from app.care.operations.mailing import send
from app.care.queries import PatientView
from app.care.queries import invitations as links
from app.care.queries import proxies as seen
from app.care.rules import consents as purposes
from app.care.rules import proxies as rules
from app.care.rules.consents import Purpose
from app.care.rules.proxies import Ending
from app.kernel import audit, clock, db, news
from app.kernel.actor import Actor, Power, Role
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, Stale

INVITED = audit.tag("care.proxy_invited", "proxy", "powers")
ACCEPTED = audit.tag("care.proxy_accepted", "proxy")
CHANGED = audit.tag("care.proxy_changed", "proxy", "powers")
ENDED = audit.tag("care.proxy_ended", "proxy", "why")
INVITING = Limit("proxy-invitation", ((10, timedelta(hours=1)), (20, timedelta(days=1))))

NO_POWER = _l("Please choose at least one thing that they may do.")
NOT_SO_LONG = _l("Please choose a day between tomorrow and a year from now.")
THERE_ALREADY = _l("You have invited this address already. You can change what they may do.")
ENOUGH = _l("Five people can act for you. Please end one of them first.")
YOUR_OWN = _l("This is your own address.")
GONE = _l("This has ended already.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a patient would like to act for them."""

    name: str
    email: str
    powers: list[Power]
    last_day: date


def invite(actor: Actor, wanted: Wanted) -> str:
    """Invite somebody to act for this patient; answers the digits to tell them, shown this once.

    That the patient agrees to be acted for is written down with it.
    """
    mine = _own(actor)
    powers = _allowed(wanted.powers, wanted.last_day, mine)
    INVITING.take(actor.person_id.hex)
    digits = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}"
    try:
        _invite(actor, mine, wanted, powers, digits)
    except IntegrityError:  # Somebody else invited this address at the same moment.
        _invite(actor, mine, wanted, powers, digits)
    return digits


def _invite(
    actor: Actor, mine: PatientView, wanted: Wanted, powers: list[Power], digits: str
) -> None:
    with db.writing() as session:
        known = account_queries.by_email(wanted.email)
        person_id = known.id if known else _newcomer(actor, wanted)
        proxy = _grant(session, actor, mine, person_id, powers, wanted.last_day)
        row = Invitation(
            person_id=person_id,
            patient_id=mine.id,
            proxy_id=proxy.id,
            invited_by=actor.person_id,
            name=wanted.name,
            email=wanted.email,
            team=[],
            created_at=clock.now(),
            serial=0,
        )
        row.digits_hash = links.hash_of_digits(row.id, digits)
        session.add(row)
        send(row)


def admit(actor: Actor, person_id: UUID, powers: list[Power], last_day: date) -> UUID:
    """Let somebody act who is a carer here already, without a letter: how the demo clinic begins.

    Answers the number of it.
    """
    mine = _own(actor)
    whole = _allowed(powers, last_day, mine)
    with db.writing() as session:
        proxy = _grant(session, actor, mine, person_id, whole, last_day)
        accept(session, proxy.id)
        return proxy.id


def _grant(
    session: Session,
    actor: Actor,
    mine: PatientView,
    person_id: UUID,
    powers: list[Power],
    last_day: date,
) -> Proxy:
    """The powers, which count once the carer has come, and the patient's agreement to them.

    Agreeing holds the patient's row until the commit, so that a crowd of these is counted right.
    """
    version = purposes.current(Purpose.PROXY)
    consents.answer(actor, mine.id, Purpose.PROXY, agreed=True, version=version)
    _refuse_more(session, actor, mine, person_id)
    said = [one.value for one in powers]
    proxy = Proxy(
        patient_id=mine.id,
        person_id=person_id,
        powers=said,
        created_at=clock.now(),
        ends_at=rules.end_of(last_day, ZoneInfo(mine.zone)),
    )
    session.add(proxy)
    session.flush()
    audit.record(INVITED, entity_id=proxy.id, patient_id=mine.id, powers=said)
    return proxy


def _newcomer(actor: Actor, wanted: Wanted) -> UUID:
    return joining.invite_person(
        email=wanted.email,
        name=wanted.name,
        role=Role.CARER,
        zone=actor.zone,
        language=actor.language,
    )


def _refuse_more(session: Session, actor: Actor, mine: PatientView, person_id: UUID) -> None:
    if person_id == actor.person_id:
        raise Refusal(YOUR_OWN, "email")
    still = (Proxy.patient_id == mine.id, Proxy.ended_at.is_(None))
    there = session.scalars(select(Proxy.person_id).where(*still)).all()
    if person_id in there:
        raise Refusal(THERE_ALREADY, "email")
    if len(there) >= rules.MOST:
        raise Refusal(ENOUGH)


def _allowed(powers: list[Power], last_day: date, mine: PatientView) -> list[Power]:
    """The whole powers, or a refusal."""
    if not powers:
        raise Refusal(NO_POWER, "powers")
    today = clock.now().astimezone(ZoneInfo(mine.zone)).date()
    if not rules.may_end_on(last_day, today):
        raise Refusal(NOT_SO_LONG, "last_day")
    return rules.whole(powers)


def accept(session: Session, proxy_id: UUID) -> None:
    """Somebody came by their link, in the transaction under way: from now on they may act."""
    row = _locked(session, proxy_id)
    row.accepted_at = clock.now()
    audit.record(ACCEPTED, entity_id=row.id, patient_id=row.patient_id)


def change(actor: Actor, proxy_id: UUID, powers: list[Power], last_day: date) -> None:
    """Give other powers, or another end; both count from the next thing that the carer does."""
    mine = _own(actor)
    whole = _allowed(powers, last_day, mine)
    with db.writing() as session:
        row = _locked(session, proxy_id)
        row.powers = said = [one.value for one in whole]
        row.ends_at = rules.end_of(last_day, ZoneInfo(mine.zone))
        audit.record(CHANGED, entity_id=row.id, patient_id=row.patient_id, powers=said)


def end(proxy_id: UUID, why: Ending) -> None:
    """Nobody acts on this any more: pages and sockets of the carer close within two seconds."""
    with db.writing() as session:
        # Whoever comes by the link takes its row first and this one second, as here.
        session.scalar(
            select(Invitation.id).where(Invitation.proxy_id == proxy_id).with_for_update()
        )
        row = _locked(session, proxy_id)
        row.ended_at, row.ending = clock.now(), why
        audit.record(ENDED, entity_id=row.id, patient_id=row.patient_id, why=why.value)
        person_id, came = row.person_id, row.accepted_at is not None
        if came:
            accounts.end_every_session(person_id)
            return
        session.execute(delete(Invitation).where(Invitation.proxy_id == row.id))
        session.delete(row)
        session.flush()
        if session.scalar(select(Proxy.id).where(Proxy.person_id == person_id).limit(1)) is None:
            joining.forget_invited(person_id)


def end_those_over() -> None:
    """Close what ended by itself; it opened nothing since."""
    _end_each(seen.over(), Ending.TIME)


def _end_each(proxies: Iterable[UUID], why: Ending) -> None:
    for proxy_id in proxies:
        try:
            end(proxy_id, why)
        except Stale:
            continue  # Somebody ended it at this moment.


def _end_with_consent(*, patient_id: UUID, purpose: Purpose, stands: bool) -> None:
    """Whoever takes back that others act for them ends all of it at once."""
    if purpose is not Purpose.PROXY or stands:
        return
    mine = (Proxy.patient_id == patient_id, Proxy.ended_at.is_(None))
    _end_each(db.session().scalars(select(Proxy.id).where(*mine)).all(), Ending.CONSENT)


def _own(actor: Actor) -> PatientView:
    mine = patients.own(actor) if actor.role is Role.PATIENT else None
    if mine is None:
        raise LookupError("only patients have carers; the door lets nobody else in")
    return mine


def _locked(session: Session, proxy_id: UUID) -> Proxy:
    wanted = select(Proxy).where(Proxy.id == proxy_id, Proxy.ended_at.is_(None))
    row = session.scalar(wanted.with_for_update())
    if row is None:
        raise Stale(GONE)
    return row


news.hear(consents.NEWS, _end_with_consent)
