"""People who act for patients, as tests make and meet them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pyotp
from sqlalchemy import select

from app.accounts import queries as accounts
from app.care.models.invitations import Invitation
from app.care.operations import proxies
from app.care.operations.proxies import Wanted
from app.care.queries import proxies as seen
from app.kernel import clock, db
from app.kernel.actor import Power
from tests.care.inviting import PASSWORD, link
from tests.support.inspection import words
from tests.support.portal import Portal, Someone, Visitor

PETRA = "Petra Nowak"
PATHS = ("/results", "/plan", "/questions", "/messages", "/visits", "/genes")
EVERYTHING = dict.fromkeys(PATHS, 200)
_numbers = count(1)


def wanted(
    *powers: Power, email: str = "", last_day: date | None = None, name: str = PETRA
) -> Wanted:
    """Somebody to invite, with an address that nobody has yet."""
    return Wanted(
        name=name,
        email=email or f"petra{next(_numbers)}@nearside.test",
        powers=list(powers or Power),
        last_day=last_day or clock.now().date() + timedelta(days=90),
    )


def invite(portal: Portal, patient: Someone, who: Wanted | None = None) -> tuple[UUID, str]:
    """An invitation whose letter waits to be written, and the digits for it."""
    actor, asked = portal.actor(patient), who or wanted()
    with portal.inside():
        digits = proxies.invite(actor, asked)
        proxies.INVITING.give_back(patient.id.hex)
        newest = select(Invitation.id).where(Invitation.invited_by == patient.id)
        rows = db.session().scalars(newest.order_by(Invitation.created_at.desc()))
        return rows.first() or UUID(int=0), digits


def invited(portal: Portal, patient: Someone) -> UUID:
    """Somebody who was invited and has not come; no more than one at a time."""
    actor = portal.actor(patient)
    with portal.inside():
        waiting = [one.id for one in seen.carers(actor) if one.standing]
    if waiting:
        return waiting[0]
    invite(portal, patient)
    return invited(portal, patient)


def acting(portal: Portal, carer: Someone) -> UUID:
    """That this carer may act, for the first whom they help."""
    actor = portal.actor(carer)
    with portal.inside():
        return seen.cared_for(actor)[0].id


def said(visitor: Visitor) -> str:
    """The words of the present page."""
    assert visitor.page is not None
    return words(visitor.page)


def come(portal: Portal, number: UUID, digits: str) -> Visitor:
    """Follow the link, say the digits, choose a password, connect a phone."""
    path, visitor = f"/welcome/{link(portal, number)}", portal.visit()
    visitor.follow(visitor.send(path, digits=digits))
    visitor.follow(visitor.post(path, {**visitor.filled(path), "password": PASSWORD}))
    with portal.inside():
        person = db.session().get_one(Invitation, number).person_id
        factor = accounts.authenticator_of(person)
        assert factor is not None
        code = pyotp.TOTP(factor.secret).at(clock.now())
    visitor.follow(visitor.send("/sign-in/authenticator", code=code))
    visitor.follow(visitor.send("/recovery-codes"))
    return visitor


def may(visitor: Visitor) -> dict[str, int]:
    """What becomes of whoever opens the pages that powers open."""
    return {path: visitor.get(path).status_code for path in EVERYTHING}
