"""Carers as their patient sees them, and patients as their carers do. Asked on every request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from app.accounts import queries as accounts
from app.care import queries as care
from app.care.models.invitations import Invitation
from app.care.models.proxies import Proxy
from app.care.queries import consents
from app.care.queries.invitations import standing_of
from app.care.rules import proxies as rules
from app.care.rules.consents import Purpose
from app.care.rules.invitations import Standing
from app.kernel import clock, db, looks
from app.kernel.actor import Actor, Power, Role

_OPEN = select(Proxy).where(Proxy.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class ProxyView:
    """A carer, for the patient who invited them; `standing` is None once they have come."""

    id: UUID
    patient_id: UUID
    name: str
    email: str
    powers: list[Power]
    last_day: date
    standing: Standing | None

    def may(self, power: str) -> bool:
        """Whether they were given this power."""
        return Power(power) in self.powers


@dataclass(frozen=True, slots=True)
class CaredFor:
    """A patient, for somebody who may act for them; `here` is the one of this session."""

    id: UUID
    patient_id: UUID
    name: str
    powers: list[Power]
    last_day: date
    here: bool


def carers(actor: Actor) -> list[ProxyView]:
    """Everybody who may act for this patient or is invited to, the newest first."""
    mine = care.own(actor) if actor.role is Role.PATIENT else None
    if mine is None:
        return []
    asked = _OPEN.where(Proxy.patient_id == mine.id).order_by(Proxy.created_at.desc())
    found = [_view(row, mine.zone) for row in db.session().scalars(asked)]
    if found:
        looks.note(mine.id, "carer")
    return found


def carer(actor: Actor, proxy_id: UUID) -> ProxyView | None:
    """One of the patient's own carers."""
    return next((one for one in carers(actor) if one.id == proxy_id), None)


def cared_for(actor: Actor) -> list[CaredFor]:
    """Everybody for whom this carer may act now, the longest known first."""
    return db.remembered(("care.cared_for", actor.person_id), lambda: _cared_for(actor))


def cared(actor: Actor, proxy_id: UUID) -> CaredFor | None:
    """One of them."""
    return next((one for one in cared_for(actor) if one.id == proxy_id), None)


def here(actor: Actor) -> CaredFor | None:
    """The one for whom this carer acts in this session."""
    found = next((one for one in cared_for(actor) if one.here), None)
    if found is not None:
        looks.note(found.patient_id, "list")  # Every page of theirs names the patient.
    return found


def patient_of(actor: Actor) -> UUID | None:
    """The patient for whom this carer acts in this session."""
    return next((one.patient_id for one in cared_for(actor) if one.here), None)


def powers(actor: Actor) -> frozenset[Power]:
    """What this carer may do for the patient of this session."""
    return frozenset(one for row in cared_for(actor) if row.here for one in row.powers)


def carers_of(patients: Iterable[UUID], power: Power | None = None) -> list[UUID]:
    """The person ids of those who act for any of these patients now, or do so with this power."""
    asked = _live(clock.now()).where(Proxy.patient_id.in_(list(patients)))
    rows = db.session().scalars(asked)
    return [row.person_id for row in rows if power is None or power in _powers(row)]


def ever_carers_of(patients: Iterable[UUID]) -> set[UUID]:
    """The person ids of those who act or acted for any of these patients."""
    asked = select(Proxy.person_id).where(Proxy.patient_id.in_(list(patients)))
    return set(db.session().scalars(asked.where(Proxy.accepted_at.is_not(None))))


def name_of(patient_id: UUID, person_id: UUID | None) -> str:
    """Who did something in a patient's place; nothing where it was the patient themselves."""
    if person_id is None or person_id == care.by_ids({patient_id})[patient_id].person_id:
        return ""
    who = accounts.who(person_id)
    return who.name if who else ""


def over() -> list[UUID]:
    """Those whose time is over, and who are not written down as ended yet."""
    return [row.id for row in db.session().scalars(_OPEN.where(Proxy.ends_at <= clock.now()))]


def _cared_for(actor: Actor) -> list[CaredFor]:
    if actor.role is not Role.CARER:
        return []
    asked = _live(clock.now()).where(Proxy.person_id == actor.person_id)
    rows = [
        row
        for row in db.session().scalars(asked.order_by(Proxy.accepted_at))
        if consents.gives(row.patient_id, Purpose.PROXY)
    ]
    patients = care.by_ids({row.patient_id for row in rows})
    # Once somebody was chosen, no other ever takes their place by itself.
    first = actor.caring_for or (rows[0].patient_id if rows else None)
    return [
        CaredFor(
            id=row.id,
            patient_id=row.patient_id,
            name=patients[row.patient_id].name,
            powers=_powers(row),
            last_day=_last_day(row.ends_at, patients[row.patient_id].zone),
            here=row.patient_id == first,
        )
        for row in rows
    ]


def _live(moment: datetime) -> Select[Proxy]:
    return _OPEN.where(Proxy.accepted_at.is_not(None), Proxy.ends_at > moment)


def _powers(row: Proxy) -> list[Power]:
    return [Power(one) for one in row.powers]


def _last_day(ends_at: datetime, zone: str) -> date:
    return rules.last_day_of(ends_at, ZoneInfo(zone))


def _view(row: Proxy, zone: str) -> ProxyView:
    sent = db.session().scalar(select(Invitation).where(Invitation.proxy_id == row.id))
    who = accounts.who(row.person_id)
    invited = row.accepted_at is None and sent is not None
    return ProxyView(
        id=row.id,
        patient_id=row.patient_id,
        name=sent.name if invited and sent else who.name if who else "",
        email=sent.email if sent else "",
        powers=_powers(row),
        last_day=_last_day(row.ends_at, zone),
        standing=standing_of(sent) if invited and sent else None,
    )
