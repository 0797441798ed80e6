"""Whether whoever changes a patient's record may still do so when the change is made."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.care import queries as care
from app.kernel import db
from app.kernel.actor import Actor
from app.kernel.refusal import Stale

NOT_ANY_MORE = _l("You do not look after this person any more, so nothing was saved.")


def shown_to(actor: Actor) -> UUID:
    """The patient whose page this patient or carer has before them.

    Asked before the transaction, so that it is the one whom the door has found.
    """
    if db.in_transaction():
        raise RuntimeError("inside a transaction this would find whoever is looked after now")
    patient = care.own(actor)
    if patient is None:
        raise Stale(NOT_ANY_MORE)
    return patient.id


def ask_still(actor: Actor, patient_id: UUID) -> None:
    """Raise Stale unless they are this patient, or act for them, now: asked in the transaction.

    The door was asked before. A carer who was ended since must not change anything, and least of
    all the record of another whom they look after too.
    """
    patient = care.own(actor)
    if patient is None or patient.id != patient_id:
        raise Stale(NOT_ANY_MORE)
