"""Coming by a link: a question that only the invited can answer, then a password of theirs.

A patient is asked for their date of birth, a carer for the digits that the patient told them.

Opening the page of a link changes nothing, because mail servers open links too.
"""

from __future__ import annotations

import hmac
from datetime import date, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import rules as account_rules
from app.accounts.operations import joining
from app.accounts.operations.passwords import hash_of
from app.care import operations as care
from app.care import queries as patients
from app.care.models.invitations import Invitation
from app.care.operations import proxies
from app.care.queries import invitations as seen
from app.care.queries.invitations import Welcome
from app.care.rules import invitations as rules
from app.care.rules.invitations import InvitationState, InvitationStep
from app.kernel import audit, clock, db
from app.kernel.actor import Actor, Role
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal, Stale

OPENED = audit.tag("care.invitation_opened", "invitation")
FAILED = audit.tag("care.invitation_failed", "invitation", "left")
FINISHED = audit.tag("care.invitation_finished", "invitation")
ANSWERING = Limit("invitation-answer", ((30, timedelta(minutes=5)),))
GONE = _l("This link does not work any more.")


def prove(one: Welcome, answer: date | str, address: str) -> None:
    """Answer the question of a link. Raises TooMany, Refusal, or Stale once it is closed.

    Each try is counted before it is judged, so that no crowd of them slips through.
    """
    network = account_rules.network_of(address)
    ANSWERING.take(network)
    row = _count_try(one)
    if not _is_right(row, answer):
        _fail(row)
    ANSWERING.give_back(network)
    with db.writing() as session:
        values = {"state": InvitationState.OPENED, "tries": 0, "opened_at": clock.now()}
        _take(session, one, InvitationStep.OPEN, values)
        audit.record(OPENED, entity_id=row.id, patient_id=row.patient_id)


def _count_try(one: Welcome) -> Invitation:
    with db.writing(claims=False) as session:
        counted = session.execute(
            update(Invitation)
            .where(
                Invitation.id == one.id,
                Invitation.serial == one.serial,
                Invitation.state.in_(rules.LIVE),
                Invitation.tries < rules.MOST_TRIES,
            )
            .values(tries=Invitation.tries + 1)
            .execution_options(synchronize_session=False)
        )
        if db.rows_changed(counted) != 1:
            raise Stale(GONE)
        return session.get_one(Invitation, one.id)


def _is_right(row: Invitation, answer: date | str) -> bool:
    if row.digits_hash is not None:
        return hmac.compare_digest(row.digits_hash, seen.hash_of_digits(row.id, str(answer)))
    found = patients.by_ids({row.patient_id} if row.patient_id else set())
    return any(hmac.compare_digest(str(one.birth_date), str(answer)) for one in found.values())


def _fail(row: Invitation) -> None:
    """Note a wrong answer; the last one closes the link."""
    left = rules.tries_left(row.tries)
    with db.writing(claims=False) as session:
        audit.record(FAILED, entity_id=row.id, patient_id=row.patient_id, left=left)
        if not left:
            states = rules.before_step(InvitationStep.CLOSE)
            mine = (Invitation.id == row.id, Invitation.serial == row.serial)
            closing = update(Invitation).where(*mine, Invitation.state.in_(states))
            session.execute(closing.values(state=InvitationState.CLOSED))
    if not left:
        raise Stale(GONE)
    if row.digits_hash is not None:
        said = _l("Those are not the digits that you were told. Tries left: %(left)s.", left=left)
        raise Refusal(said, "digits")
    said = _l(
        "That is not the date of birth that your clinic wrote down. Tries left: %(left)s.",
        left=left,
    )
    raise Refusal(said, "born")


def finish(one: Welcome, password: str, device: str) -> str:
    """Choose the first password, which uses the link up; answers a session's token.

    The session has yet to show a second factor. Of many who finish at once one does.
    """
    row = db.session().get(Invitation, one.id)
    if row is None or row.patient_id is None:
        raise Stale(GONE)
    problem = account_rules.password_problem(password, (row.email, row.name))
    if problem:
        raise Refusal(_l(problem), "password")
    hashed = hash_of(password)
    with db.writing() as session:
        _arrive(session, one, row)
        return joining.begin_with_password(row.person_id, hashed, device)


def take_up(actor: Actor, one: Welcome) -> None:
    """Somebody who acts for others already acts for one more. Raises Stale."""
    row = db.session().get(Invitation, one.id)
    if row is None or row.patient_id is None or row.person_id != actor.person_id:
        raise Stale(GONE)
    with db.writing() as session:
        _arrive(session, one, row)
        joining.look_after(actor, row.patient_id)


def _arrive(session: Session, one: Welcome, row: Invitation) -> None:
    """Use the link up, and let its holder in to what it was for."""
    values = {"state": InvitationState.DONE, "done_at": clock.now()}
    _take(session, one, InvitationStep.FINISH, values)
    audit.record(FINISHED, entity_id=row.id, patient_id=row.patient_id)
    if row.proxy_id is not None:
        proxies.accept(session, row.proxy_id)
    elif row.patient_id is not None:
        _join(row.patient_id, row.team)


def _join(patient_id: UUID, team: list[str]) -> None:
    """Those who were chosen look after the patient from now on, if they still work here."""
    here = {one.id for one in accounts.with_role(Role.CLINICIAN, Role.COORDINATOR)}
    for member in map(UUID, team):
        if member in here:
            care.join_team(patient_id, member)


def _take(session: Session, one: Welcome, step: InvitationStep, values: dict[str, object]) -> None:
    """Take a step in one atomic statement, if the link is still open; else raise Stale."""
    taken = session.execute(
        update(Invitation)
        .where(
            Invitation.id == one.id,
            Invitation.serial == one.serial,
            Invitation.state.in_(rules.before_step(step)),
            Invitation.expires_at > clock.now(),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if db.rows_changed(taken) != 1:
        raise Stale(GONE)
