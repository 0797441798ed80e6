"""Closing a visit: the clinician's word, and nothing else, finishes it."""

from __future__ import annotations

from functools import partial

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.appointments import operations as appointments
from app.consults import queries, rules
from app.consults.models import Call, Presence
from app.consults.operations import guests, relay
from app.consults.operations.standing import consult_of, settle
from app.consults.queries import VisitView, people
from app.consults.rules import VisitState, VisitStep
from app.kernel import audit, clock, db
from app.kernel.refusal import Refusal

FINISHED = audit.tag("consults.visit_finished", "consult", "calls")

NOT_BEGUN = _l("This visit has not begun. Join the call first, then finish the visit.")


def finish(one: VisitView) -> None:
    """Finish the visit for both: the call ends, both pages are told, the appointment is kept.

    A second telling changes nothing.
    """
    with db.writing() as session:
        consult = consult_of(session, one)
        if consult.state is VisitState.FINISHED:
            return
        state = rules.after_visit_step(consult.state, VisitStep.FINISH)
        if state is None:
            raise Refusal(NOT_BEGUN)
        consult.state, consult.finished_at = state, clock.now()
        calls = session.scalar(
            select(func.count()).select_from(Call).where(Call.consult_id == consult.id)
        )
        audit.record(FINISHED, entity_id=consult.id, patient_id=consult.patient_id, calls=calls)
        if call := queries.present_call(consult.id):
            db.after_commit(partial(relay.dismiss, call, tuple(people.seated(one.appointment))))
        settle(session, consult)
        session.execute(delete(Presence).where(Presence.consult_id == consult.id))
        guests.expire_all(session, consult)
        appointments.fulfil(one.id)
