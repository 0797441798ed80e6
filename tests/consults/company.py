"""Guests for the tests: invited, let in, and at hand like everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from flask import has_app_context
from sqlalchemy import select

from app.accounts import queries as accounts
from app.consults import queries
from app.consults.models import ConsultGuest
from app.consults.operations import guests
from app.consults.queries import VisitView
from app.consults.queries import guests as seen
from app.consults.rules.guests import GuestState
from app.kernel import clock, db
from app.kernel.actor import Role
from tests.support.portal import Portal, Someone

ADDRESS = "198.51.100.7"
MARIA, TOMAS = "Maria Reis", "Tomás Lima"


@contextmanager
def with_nodes(portal: Portal, control: Path | None = None) -> Iterator[None]:
    """Have this process's portal know of media nodes, whether any runs or not."""
    known = portal.app.extensions["settings"]
    nodes = control or known.instance / "media"
    secret = known.media_secret or "a secret that only tests know"
    portal.app.extensions["settings"] = replace(known, media_control=nodes, media_secret=secret)
    try:
        yield
    finally:
        portal.app.extensions["settings"] = known


def _inside(portal: Portal) -> AbstractContextManager[None]:
    """Where operations work: one's own place, if one stands in the portal already."""
    return nullcontext() if has_app_context() else portal.inside()


def visit_of(portal: Portal, someone: Someone, appointment: UUID) -> VisitView:
    """The visit as this person has it."""
    found = queries.visit(portal.actor(someone), appointment)
    assert found is not None
    return found


def invited(portal: Portal, by: Someone, appointment: UUID, name: str = MARIA) -> UUID:
    """A fresh link."""
    with _inside(portal), with_nodes(portal):
        link = guests.invite(visit_of(portal, by, appointment), portal.actor(by), name)
        # Tests invite more people in an hour than anybody may.
        guests.INVITATIONS.give_back(str(by.id))
        return link


def opened(portal: Portal, link: UUID, name: str = MARIA) -> Someone:
    """The guest who came by this link, in a browser of their own."""
    with _inside(portal):
        found = seen.invitation(None, link)
        assert found is not None
        token = guests.open_link(found, ADDRESS)
        session = accounts.session_of(token)
        assert session is not None
        guest = Someone(session[1].id, name, session[1].email, Role.GUEST)
    portal._tokens[guest.id] = token
    return guest


def let_in(portal: Portal, clinician: Someone, appointment: UUID, name: str = MARIA) -> Someone:
    """A guest whom the clinician invited and who has opened the link."""
    return opened(portal, invited(portal, clinician, appointment, name), name)


def asked_for(portal: Portal, patient: Someone, appointment: UUID) -> UUID:
    """The id of somebody whom the patient asks for."""
    invited(portal, patient, appointment)
    with _inside(portal):
        return seen.guests(visit_of(portal, patient, appointment))[0].id


def seat(portal: Portal, clinician: Someone, appointment: UUID, guest: Someone) -> None:
    """Give a guest who is there already a seat in a visit that may not have opened yet."""
    invited(portal, clinician, appointment)
    with _inside(portal), db.writing() as session:
        row = session.scalars(
            select(ConsultGuest).where(ConsultGuest.appointment_id == appointment)
        ).one()
        row.state, row.person_id, row.opened_at = GuestState.OPENED, guest.id, clock.now()
